"""Many documents in one file: web archives (WARC, WACZ), tables of articles, and exports of capture tools (a CSV beside files, with hashes).

What such a file says about hashes is held against the bytes: a document whose hash is another is an error (E-DOC-12), never a document.
"""

import base64
import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from condotta.documents.read import SIZE_LIMIT, from_bytes, from_line, too_large
from condotta.errors import DocumentError
from condotta.records import Document

_LONGEST_LIST = 20_000_000
"""Bytes of a collection's list of its parts."""
Found = tuple[Document, bytes] | DocumentError
_TEXTS = ("text", "body", "content", "maintext", "article", "plain_text")
_ADDRESSES = ("address", "url", "link", "source_url", "page url", "original_url", "archive_url")
_DATES = ("published", "date", "date_publish", "published_at", "publication_date", "datetime")
_TITLES = ("title", "headline", "page title", "name")
_OUTLETS = ("publisher", "outlet", "source", "source_domain", "sitename", "domain")
_FILES = (
    "file",
    "filename",
    "file_name",
    "file name",
    "path",
    "local_path",
    "filepath",
    "archive_location",
    "archive location",
    "screenshot_file",
)
_HASHES = ("sha256", "sha-256", "hash", "sha256 hash", "page hash", "file hash")
_TIMES = ("received", "captured", "timestamp", "archive_date", "archive date", "capture date", "date captured", "visited")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table says what; None where none does."""

    text: str | None
    address: str | None
    published: str | None
    title: str | None
    publisher: str | None
    file: str | None
    sha256: str | None
    received: str | None

    @property
    def articles(self) -> bool:
        """A table of articles: the text is in it."""
        return self.text is not None and (self.address is not None or self.published is not None)

    @property
    def captures(self) -> bool:
        """A table of captures: files lie beside it."""
        return self.file is not None and (self.address is not None or self.sha256 is not None)


def columns_of(header: Sequence[str]) -> Columns:
    """What the columns of a table mean, by their names."""
    by_name = {h.strip().lower(): h for h in header}

    def one(names: Sequence[str]) -> str | None:
        return next((by_name[n] for n in names if n in by_name), None)

    return Columns(*map(one, (_TEXTS, _ADDRESSES, _DATES, _TITLES, _OUTLETS, _FILES, _HASHES, _TIMES)))


def is_archive(path: Path) -> bool:
    """Whether a file holds many documents of its own kind: .warc, .warc.gz, .wacz."""
    return path.name.lower().endswith((".warc", ".warc.gz", ".wacz"))


def read_archive(path: Path, limit: int = SIZE_LIMIT) -> Iterator[Found]:
    """The pages of a web archive, each with its address and the moment it was fetched. Raises DocumentError E-DOC-06 for a broken file."""
    pages = wacz if path.name.lower().endswith(".wacz") else warc
    with path.open("rb") as file:
        yield from pages(file, path.name, limit)


def warc(file: IO[bytes], name: str, limit: int = SIZE_LIMIT) -> Iterator[Found]:
    """The pages of a WARC file, compressed or not: answers with status 200 whose kind of document is read."""
    from warcio.archiveiterator import ArchiveIterator

    try:
        for number, record in enumerate(ArchiveIterator(file, check_digests="log"), 1):
            if record.rec_type in ("response", "resource") and _wanted(record):
                try:
                    yield _page(record, f"{name}:{number}", limit)
                except DocumentError as error:
                    yield error
    except Exception as error:  # whatever the library throws on a broken archive must not lose the pages before
        yield DocumentError("E-DOC-06", f"broken web archive: {str(error)[:150]}", where=name)


def _wanted(record: Any) -> bool:
    headers = record.http_headers
    kind = (headers.get_header("Content-Type") if headers else record.rec_headers.get_header("Content-Type")) or ""
    return (headers is None or headers.get_statuscode() == "200") and kind.lower().startswith(
        ("text/html", "application/xhtml", "application/pdf", "text/plain")
    )


def _page(record: Any, where: str, limit: int) -> tuple[Document, bytes]:
    data = record.content_stream().read(limit + 1)
    if len(data) > limit:
        raise too_large(len(data), limit, where)
    told = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    if told and record.http_headers is not None and not _same(record, told, data):
        raise DocumentError("E-DOC-12", "its bytes are not those that the archive's digest says", where=where)
    address = record.rec_headers.get_header("WARC-Target-URI")
    at = _moment(record.rec_headers.get_header("WARC-Date"))
    kind = (record.http_headers or record.rec_headers).get_header("Content-Type") or ""
    ending = ".pdf" if "pdf" in kind else ".txt" if "plain" in kind else ".html"
    return from_bytes(data, where + ending, address, at), data


def _same(record: Any, told: str, data: bytes) -> bool:
    """Whether the payload has the digest told. Some writers take it before compression is undone: the library has looked at that."""
    checker = getattr(record, "digest_checker", None)
    if checker is not None and checker.passed is not None:
        return bool(checker.passed)
    name, _, digest = told.partition(":")
    if name.lower() not in ("sha1", "sha256", "md5"):
        return True  # a digest of a kind that nobody here can take
    found = hashlib.new(name.lower(), data, usedforsecurity=False)
    return digest in (base64.b32encode(found.digest()).decode(), found.hexdigest())


def wacz(collection: IO[bytes], called: str, limit: int = SIZE_LIMIT) -> Iterator[Found]:
    """The pages of a WACZ file: of each web archive in it whose hash is that of its list."""
    try:
        with zipfile.ZipFile(collection) as zipped:
            with zipped.open("datapackage.json") as listed:
                told = json.loads(listed.read(_LONGEST_LIST))
            for resource in told.get("resources", ()):
                name, kept = resource["path"], resource.get("hash", "")
                if not name.endswith((".warc", ".warc.gz")):
                    continue
                if kept.startswith("sha256:") and _sha256(zipped, name) != kept[7:]:
                    yield DocumentError(
                        "E-DOC-12", "its bytes are not those that datapackage.json says", where=f"{called}/{name}"
                    )
                    continue
                with zipped.open(name) as file:
                    yield from warc(io.BufferedReader(file), f"{called}/{Path(name).name}", limit)  # type: ignore[type-var]
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        yield DocumentError("E-DOC-06", f"broken web archive collection: {str(error)[:150]}", where=called)


def _sha256(zipped: zipfile.ZipFile, name: str) -> str:
    with zipped.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def read_articles(rows: Iterator[Mapping[str, Any]], columns: Columns, name: str) -> Iterator[Found]:
    """The documents of a table of articles, a row each."""
    for number, row in enumerate(rows, 2):
        told = {
            "text": row.get(columns.text or ""), "title": _cell(row, columns.title), "publisher": _cell(row, columns.publisher),
            "address": _cell(row, columns.address), "published": _day(_cell(row, columns.published)),
        }  # fmt: skip
        line = json.dumps({k: v for k, v in told.items() if v}, ensure_ascii=False, sort_keys=True).encode(
            "utf-8", "replace"
        )
        try:
            yield from_line(line, f"{name}:{number}"), line
        except DocumentError as error:
            yield error


def read_captures(path: Path, columns: Columns, limit: int = SIZE_LIMIT) -> Iterator[Found]:
    """The files that a table of captures speaks of, with the address, hash and moment that it gives each."""
    for number, row in enumerate(table(path), 2):
        where = f"{path.name}:{number}"
        for name in (n.strip() for n in re.split(r"[;|\n]", _cell(row, columns.file) or "") if n.strip()):
            try:
                yield _capture(path, name, row, columns, where, limit)
            except DocumentError as error:
                yield error


def _capture(
    path: Path, name: str, row: Mapping[str, str], columns: Columns, where: str, limit: int
) -> tuple[Document, bytes]:
    file = (path.parent / Path(name.replace("\\", "/"))).resolve()
    if not file.is_relative_to(path.parent.resolve()) or not file.is_file():
        raise DocumentError("E-DOC-09", f"no file {name!r} beside it", where=where)
    if file.stat().st_size > limit:
        raise too_large(file.stat().st_size, limit, where)
    data = file.read_bytes()
    told = re.sub(r"^sha-?256:", "", (_cell(row, columns.sha256) or "").lower())
    if len(told) == 64 and hashlib.sha256(data).hexdigest() != told:
        raise DocumentError("E-DOC-12", f"the bytes of {name} are not those that the table's hash says", where=where)
    document = from_bytes(data, file.name, _cell(row, columns.address), _moment(_cell(row, columns.received)))
    title = document.title or _cell(row, columns.title)
    return replace(document, title=title), data


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a .csv file."""
    with path.open("rb") as file:
        yield from rows_of(file)


def rows_of(file: IO[bytes]) -> "csv.DictReader[str]":
    """The rows of a .csv file that is open, however long their cells are."""
    csv.field_size_limit(2**31 - 1)
    return csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline=""))


def _cell(row: Mapping[str, Any], column: str | None) -> str | None:
    value = row.get(column) if column else None
    return str(value).strip() or None if value is not None else None


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat((text or "")[:10]).isoformat()
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    """A moment as archives write it; UTC where no zone is given."""
    for form in (text or "", (text or "").replace(" UTC", "+00:00").replace("/", "-")):
        try:
            at = datetime.fromisoformat(form)
        except ValueError:
            continue
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return None
