"""Chooses the reader for a file and guards it: size, emptiness, type, encoding, and whatever a library may throw."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from condotta.documents import html, mail, pdf, plain, word
from condotta.documents.parts import Parts
from condotta.errors import DocumentError
from condotta.records import Document

SIZE_LIMIT = 50 * 1024 * 1024

_READERS: dict[str, Callable[[bytes, str | None], Parts]] = {
    "text/html": html.read,
    "application/pdf": pdf.read,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": word.read,
    "message/rfc822": mail.read,
    "text/markdown": plain.read_markdown,
    "text/plain": plain.read_text,
}
_GRAMMAR = frozenset(["the", "of", "and", "to", "by", "that", "for", "with", "were", "was", "have", "had", "has", "from", "are", "their", "they", "who", "which", "been", "at"])  # fmt: skip
ENDINGS = {
    ".html": "text/html", ".htm": "text/html", ".xhtml": "text/html", ".pdf": "application/pdf", ".md": "text/markdown",
    ".markdown": "text/markdown", ".txt": "text/plain", ".text": "text/plain", ".eml": "message/rfc822",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


def read(path: Path, received: datetime | None = None, limit: int = SIZE_LIMIT) -> tuple[Document, bytes]:
    """The document in a file, and its bytes. Raises DocumentError E-DOC-01 to E-DOC-09."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise too_large(size, limit, path.name)
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError("E-DOC-09", f"cannot be opened: {error.strerror}", where=str(path)) from error
    return from_bytes(data, path.name, _address(path), received), data


def from_bytes(data: bytes, name: str, address: str | None = None, received: datetime | None = None) -> Document:
    """The document in `data`. `name` decides the type where the bytes do not. Raises DocumentError."""
    if not data.strip(b"\0 \t\r\n"):
        raise DocumentError("E-DOC-01", "the file is empty", where=name)
    media = _media_type(data, name)
    try:
        parts = _READERS[media](data, address)
    except DocumentError as error:
        raise DocumentError(error.code, error.what, where=name, fix=error.fix) from error
    except RecursionError as error:
        raise DocumentError("E-DOC-08", "nested too deeply to be read", where=name) from error
    except ImportError:
        raise
    except Exception as error:  # whatever a parsing library throws on broken input must not lose the other documents
        raise DocumentError(
            "E-DOC-06", f"broken {media}: {type(error).__name__}: {str(error)[:120]}", where=name
        ) from error
    body = parts.text if media.startswith("text/") and media != "text/html" else parts.text[parts.title_end :]
    if not body.strip():
        raise DocumentError("E-DOC-07", "no text in it (a scan or a page of pictures?)", where=name)
    return _document(data, name, media, parts, address, received)


def _document(
    data: bytes, name: str, media: str, parts: Parts, address: str | None, received: datetime | None
) -> Document:
    sha = hashlib.sha256(data).hexdigest()
    return Document(
        id="D" + sha[:16], sha256=sha, size=len(data), media_type=media, text=_storable(parts.text) or "", title=_storable(parts.title),
        publisher=parts.publisher, author=parts.author, address=address or parts.address, published=parts.published,
        received=received or datetime.now(UTC), language=language(parts.text), name=name, title_end=parts.title_end,
    )  # fmt: skip


def read_lines(path: Path) -> Iterator[tuple[Document, bytes] | DocumentError]:
    """The documents of a .jsonl file and their bytes, one a line: id, title, text, published, publisher, address; a bad line is an error."""
    with path.open("rb") as lines:
        yield from lines_of(lines, path.name)


def lines_of(lines: Iterable[bytes], name: str) -> Iterator[tuple[Document, bytes] | DocumentError]:
    """The same for lines at hand, of a file called `name`."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                data = line.removeprefix(b"\xef\xbb\xbf")
                yield from_line(data, f"{name}:{number}"), data
            except DocumentError as error:
                yield error


def _storable(text: str | None) -> str | None:
    """A text without the character 0, which no PostgreSQL keeps; everything else stays in its place."""
    return text.replace("\0", "\ufffd") if text else text


_TEXT_FIELDS = ("text", "title", "publisher", "address", "author")


def from_line(line: bytes, where: str) -> Document:
    """The document in one line of a .jsonl file. Raises DocumentError E-DOC-01, E-DOC-05."""
    try:
        row = json.loads(line)
        day = date.fromisoformat(row["published"][:10]) if row.get("published") else None
        wrong = [k for k in _TEXT_FIELDS if row.get(k) is not None and not isinstance(row[k], str)]
        if wrong or row.get("text") is None:
            raise TypeError(f"{(wrong or ['text'])[0]} is no string")
        for k in _TEXT_FIELDS:
            (row.get(k) or "").encode()  # half a surrogate pair is no character: UnicodeEncodeError is a ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        fix = 'A line is {"text": "...", "published": "2020-06-03", ...}; only text is needed.'
        raise DocumentError("E-DOC-05", f"not a document: {str(error)[:200]}", where=where, fix=fix) from error
    told = {k: _storable(row.get(k)) or None for k in _TEXT_FIELDS}
    text, title = told["text"] or "", told["title"]
    if not text.strip():
        raise DocumentError("E-DOC-01", "the text is empty", where=where)
    whole = f"{title}\n\n{text}" if title else text
    sha = hashlib.sha256(line).hexdigest()
    return Document(
        id=str(row.get("id") or "D" + sha[:16])[:40], sha256=sha, size=len(line), media_type="application/json",
        text=whole, title=title, publisher=told["publisher"], author=told["author"], address=told["address"],
        published=day, received=datetime.now(UTC), language=language(whole), name=where, title_end=len(title) if title else 0,
    )  # fmt: skip


def too_large(size: int, limit: int, name: str) -> DocumentError:
    """The error for a file over the limit."""
    fix = "Split it, or raise the limit in the settings (CONDOTTA_SIZE_LIMIT, bytes)."
    return DocumentError("E-DOC-02", f"{size:,} bytes is over the limit of {limit:,}", where=name, fix=fix)


def language(text: str) -> str | None:
    """The language code of a text, by its first 4,000 characters; None when it is too short to tell."""
    if len(text) < 40:
        return None
    import py3langid

    found = str(py3langid.classify(text[:4000])[0])
    return "en" if found != "en" and _reads_english(text[:4000]) else found


def _reads_english(text: str) -> bool:
    """Whether a tenth of the words are English words of grammar: names and figures (a table, a list) mislead a statistic of letters."""
    words = re.findall(r"[a-z']+", text.lower())
    return sum(w in _GRAMMAR for w in words) >= max(3.0, 0.1 * len(words))


def _address(path: Path) -> str | None:
    """The address that lies beside a saved file: `NAME.url` with one line, or a line `URL=...`."""
    for beside in (path.with_name(path.name + ".url"), path.with_suffix(".url")):
        if beside.is_file() and beside != path:
            lines = beside.read_text(encoding="utf-8", errors="replace").splitlines()
            found = [ln.split("=", 1)[-1].strip() if ln.lower().startswith("url=") else ln.strip() for ln in lines]
            return next((f for f in found if "://" in f), None)
    return None


def _media_type(data: bytes, name: str) -> str:
    head = data[:1024].lstrip()
    if head.startswith(b"%PDF"):
        return "application/pdf"
    if data.startswith(b"PK\x03\x04"):
        return ENDINGS[".docx"]
    known = ENDINGS.get(Path(name).suffix.lower())
    if known == "application/pdf" or known == ENDINGS[".docx"]:
        raise DocumentError("E-DOC-06", f"named like {known} but its bytes are not", where=name)
    if known:
        return known
    if head[:200].lower().startswith((b"<!doctype html", b"<html")):
        return "text/html"
    fix = f"Readable: {', '.join(sorted(ENDINGS))}, .jsonl, and .csv with the columns of figures.csv."
    raise DocumentError("E-DOC-03", "this kind of file is not read", where=name, fix=fix)


__all__ = ["SIZE_LIMIT", "from_bytes", "language", "read", "read_lines"]
