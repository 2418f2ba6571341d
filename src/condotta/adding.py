"""What `add` gathers on its way through the files: documents, figures of spreadsheets, copies, failures.

Every input is taken on its own: one that fails is listed with its code and never takes the others with it.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condotta.cases import Case
from condotta.errors import CondottaError, DocumentError, near_misses
from condotta.records import Added, Claim, Document, Failure
from condotta.vocabulary import vocabulary

if TYPE_CHECKING:
    from condotta.documents.archives import Found
    from condotta.ledger import Ledger

VERSION = "0.1.0"


class Adding:
    """What one `add` gathers on its way through the files."""

    def __init__(self, case: Case, failures: list[Failure], by: str, outlet: str | None = None) -> None:
        self.case, self.failures, self.by, self.outlet = case, failures, by, outlet
        self.unnamed: list[str] = []
        self.documents: list[str] = []
        self.links: list[tuple[str, str, str]] = []
        self.claims = self.known = 0
        self.notes: list[str] = []

    def take(self, store: "Ledger", near: Any, path: Path, size_limit: int | None) -> None:
        from condotta.documents import SIZE_LIMIT, read
        from condotta.exchange import is_figures

        limit = size_limit or SIZE_LIMIT
        try:
            many = _many(path, limit)
            if many is not None:
                for item in many:
                    if isinstance(item, DocumentError):
                        self.failures.append(Failure(item.where or path.name, item.code, str(item)))
                    else:
                        self._keep(store, near, *item)
            elif path.suffix.lower() == ".parquet":
                self._extracted(store, near, path)
            elif is_figures(path):
                self._figures(store, path)
            else:
                self._keep(store, near, *read(path, limit=limit))
        except CondottaError as error:
            self.failures.append(Failure(str(path), error.code, str(error)))
        except OSError as error:
            self.failures.append(Failure(str(path), "E-DOC-09", f"E-DOC-09: cannot be opened: {error}"))
        except csv.Error as error:
            self.failures.append(Failure(str(path), "E-IMP-01", f"E-IMP-01: not readable as a spreadsheet: {error}"))
        except Exception as error:  # one file must never take the others with it, whatever is in it
            self.failures.append(
                Failure(str(path), "E-SYS-01", f"E-SYS-01: {type(error).__name__}: {str(error)[:200]}")
            )

    def _keep(self, store: "Ledger", near: Any, document: Document, data: bytes | None) -> None:
        if self.outlet and not document.publisher:
            document = replace(document, publisher=self.outlet)
        links = near.add(document)
        links = [link for link in links if link[0] != document.id]
        if store.has_other(document.id, document.sha256):
            document = replace(document, id="D" + document.sha256[:16])
        if store.add_document(document, links, data, self.by):
            self.documents.append(document.id)
            if not document.publisher:
                self.unnamed.append(document.name or document.id)
            self.links += [(document.id, other, kind) for other, kind, _ in links]
        else:
            self.known += 1

    def _extracted(self, store: "Ledger", near: Any, path: Path) -> None:
        """What concerns the case of the claims that an extraction wrote: their documents, and the claims with the names of the case."""
        from condotta.exchange.extracted import concerning, resolved

        for document, claims in concerning(path, self.case):
            before = len(self.documents)
            self._keep(store, near, document, None)
            if len(self.documents) > before:
                mine = [resolved(replace(c, document=self.documents[-1]), self.case) for c in claims]
                store.save_reading(
                    self.documents[-1], f"extracted {VERSION}", mine, None
                )  # names in it are looked for when it is read
                self.claims += len(mine)

    def _figures(self, store: "Ledger", path: Path) -> None:
        from condotta.exchange import read_figures

        document, claims, failures = read_figures(path, self.case, vocabulary())
        self.failures += failures
        rows = store.table_rows()
        fresh = list({(c.quote, c.note, c.group_text): c for c in claims if c.quote not in rows}.values())
        self.known += len(claims) - len(fresh)
        self.notes += _unknown_groups(fresh, self.case)
        if store.add_document(document, (), path.read_bytes(), self.by):
            store.save_reading(document.id, table_version(self.case), fresh)
            self.documents.append(document.id)
            self.claims += len(fresh)

    def done(self) -> Added:
        notes = (*self.notes, *_unnamed(self.unnamed))
        return Added(tuple(self.documents), self.claims, self.known, tuple(self.links), tuple(self.failures), notes)


def _many(path: Path, limit: int) -> "Iterator[Found] | None":
    """The documents of a file that holds many; None for any other file."""
    from condotta.documents import columns_of, is_archive, read_archive, read_articles, read_captures, read_lines, table
    from condotta.exchange import header_of

    if is_archive(path):
        return read_archive(path, limit)
    if path.suffix.lower() == ".jsonl":
        return read_lines(path)
    if path.suffix.lower() != ".csv":
        return None
    columns = columns_of(header_of(path))
    if columns.articles:
        return read_articles(iter(table(path)), columns, path.name)
    return read_captures(path, columns, limit) if columns.captures else None


def _unnamed(names: list[str]) -> list[str]:
    """A note on the documents that do not say who publishes them."""
    if not names:
        return []
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return [f"no outlet found in {shown}: what they say in their own voice stands as the document's own word; `condotta add --outlet NAME` says who publishes files"]  # fmt: skip


def _unknown_groups(claims: list[Claim], case: Case) -> list[str]:
    """A line for each group of a spreadsheet that the case does not know, with what it might be."""
    names = [alias for name, spec in case.groups.items() for alias in (name, *spec.aliases)]
    unknown = sorted({c.group_text for c in claims if c.group is None and c.group_text})
    notes = [
        f"no group of the case is called {g!r}; did you mean {near[0]!r}?"
        for g in unknown
        if (near := near_misses(g, names))
    ]
    more = len(unknown) - len(notes[:5])
    return notes[:5] + ([f"{more} more group names are not in the case"] if more else [])


def table_version(case: Case) -> str:
    return "table " + reader_version(case)


def reader_version(case: Case) -> str:
    """The reader's version for one case: it changes when the program, or the names in the case, do."""
    digest = hashlib.sha256(
        case.model_dump_json(exclude={"sources", "ledger"}).encode() + repr(sorted(case.sources)).encode()
    )
    return f"rules {VERSION} {digest.hexdigest()[:12]}"


def files_of(paths: Iterable[Path | str]) -> tuple[list[Path], list[Failure]]:
    """The files meant, folders opened in order; the `.url` notes beside saved pages are no documents themselves."""
    found: list[Path] = []
    missing: list[Failure] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        elif path.exists():
            found.append(path)
        else:
            missing.append(Failure(str(path), "E-DOC-09", f"E-DOC-09: no such file ({path})."))
    return [p for p in found if p.suffix != ".url"], missing
