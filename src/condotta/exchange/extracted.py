"""What an extraction over an archive wrote, and the part of it that concerns a case. DuckDB does the filtering.

claims.parquet holds the claims; claims.documents.parquet and claims.failures.parquet beside it the documents and what could not be read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from condotta.cases import Case, fold
from condotta.errors import ImportFileError
from condotta.records import Claim, Document, claim_from_json

DOCUMENT = tuple(f.name for f in fields(Document))
_SLACK = timedelta(days=90)


def beside(path: str, kind: str) -> str:
    """The name of a table beside claims.parquet."""
    return path.removesuffix(".parquet") + f".{kind}.parquet"


def concerning(path: Path, case: Case) -> Iterator[tuple[Document, list[Claim]]]:
    """(document, its claims) of every document that names a group of the case and was published in its period, or up to
    90 days behind it. Raises ImportFileError E-IMP-04 where the tables are no extraction's."""
    import duckdb

    names = sorted({alias for group, spec in case.groups.items() for alias in (group, *spec.aliases)})
    pattern = "|".join(re.escape(n.lower()) for n in names) or "."
    period = [case.period.start.isoformat(), (case.period.end + _SLACK).isoformat()]
    with duckdb.connect() as db:
        try:
            for name, file in (("claims", str(path)), ("documents", beside(str(path), "documents"))):
                db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_quoted(file)})")
            for row in _rows(db, _CHOSEN, [rf"\b(?:{pattern})\b", *period]):
                claims = _rows(db, "SELECT * FROM claims WHERE document = ? ORDER BY start, id", [row["id"]])
                yield _document(row), [claim_from_json(c) for c in claims]
        except (duckdb.Error, KeyError, TypeError, ValueError) as error:
            raise ImportFileError(
                "E-IMP-04", f"these are no claims of an extraction: {str(error)[:200]}", where=path.name
            ) from error


_CHOSEN = """
SELECT * FROM documents WHERE id IN (
  SELECT DISTINCT document FROM claims WHERE regexp_matches(lower(coalesce(group_text, '') || ' ' || quote || ' ' || coalesce(subject, '')), ?)
) AND (published IS NULL OR published BETWEEN ? AND ?) ORDER BY published, id
"""


def _rows(db: Any, query: str, given: list[str]) -> list[dict[str, Any]]:
    found = db.execute(query, given)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def resolved(claim: Claim, case: Case) -> Claim:
    """A claim that was read without a case, with the case's names of groups and sources. (Reading it again does more.)"""
    group = _group(claim.group_text, case) if claim.group_text else None
    return replace(claim, group=group, chain=tuple(case.resolve("sources", n) or n for n in claim.chain))


def _group(words: str, case: Case) -> str | None:
    """The group of the case that these words name, or hold the longest name of ("fighters of the Hamza Division")."""
    held = f" {fold(words)} "
    inside = [
        (len(fold(a)), name)
        for name, spec in case.groups.items()
        for a in (name, *spec.aliases)
        if f" {fold(a)} " in held
    ]
    return case.resolve("groups", words) or max(inside, default=(0, None))[1]


def document_row(document: Document) -> dict[str, Any]:
    """A document as a row of claims.documents.parquet."""
    row = {n: getattr(document, n) for n in DOCUMENT}
    return row | {n: row[n].isoformat() if row[n] else None for n in ("published", "received")}


def _document(row: Mapping[str, Any]) -> Document:
    from datetime import date, datetime

    known = {n: row[n] for n in DOCUMENT}
    known["published"] = date.fromisoformat(row["published"]) if row["published"] else None
    known["received"] = datetime.fromisoformat(row["received"]) if row["received"] else None
    return Document(**known)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
