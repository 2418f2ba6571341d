"""A spreadsheet of figures as claims: one row, one claim, whose exact words are the row as it stands in the file.

Columns (figures.csv): reported, as_of, outlet, source, address, kind, group (several joined by ";"), measure, aspect,
subset, place, low, high, unit, qualifier, stance, note. Needed: reported or as_of, source, measure or note.
"""

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from condotta.cases import Case
from condotta.errors import CondottaError, ImportFileError, near_misses
from condotta.exchange.monthly import events_in, placed
from condotta.intervals import Amount, Period
from condotta.records import Claim, Document, Failure, named
from condotta.vocabulary import ASPECTS, KINDS, QUALIFIERS, STANCES, Vocabulary

COLUMNS = ("reported", "as_of", "outlet", "source", "address", "kind", "group", "measure", "aspect", "subset", "place",
           "low", "high", "unit", "qualifier", "stance", "note")  # fmt: skip
_LONGEST_CELL = 2**31 - 1
_NEEDED = ("reported", "source", "measure", "low")


def is_figures(path: Path) -> bool:
    """Whether a file is such a spreadsheet, or one of events: .csv with the needed columns. Raises ImportFileError E-IMP-01 near one."""
    if path.suffix.lower() != ".csv":
        return False
    header = header_of(path)
    if events_in(header):
        return True
    missing = [c for c in _NEEDED if c not in header]
    if missing:
        near = [n for c in missing for n in near_misses(c, header)]
        fix = f"A spreadsheet of figures has the columns {', '.join(COLUMNS)}."
        raise ImportFileError("E-IMP-01", f"no column {missing[0]!r}", where=f"{path.name}:1", near=near, fix=fix)
    return True


def header_of(path: Path) -> list[str]:
    """The first row of a .csv file."""
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader(file), [])


def read_figures(path: Path, case: Case, words: Vocabulary) -> tuple[Document, list[Claim], list[Failure]]:
    """The file as a document, its claims, and the rows that could not be read (code E-IMP-02)."""
    return figures_in(path.read_bytes(), path.name, case, words)


def figures_in(data: bytes, name: str, case: Case, words: Vocabulary) -> tuple[Document, list[Claim], list[Failure]]:
    """The same for the bytes of a file called `name`."""
    text = data.decode("utf-8-sig", errors="replace")
    sha = hashlib.sha256(data).hexdigest()
    document = Document(
        id="D" + sha[:16], sha256=sha, size=len(data), media_type="text/csv", text=text, title=name,
        received=datetime.now(UTC), language="en", name=name,
    )  # fmt: skip
    claims: list[Claim] = []
    failures = []
    events = events_in(next(csv.reader(io.StringIO(text, newline="")), []))
    for number, start, end, row in _rows(text):
        try:
            if events:
                claims += [placed(c, document.id, text[start:end], start, end) for c in events(row, case)]
            else:
                claims.append(_claim(document, row, (start, end), case, words))
        except (ValueError, CondottaError) as error:
            where = f"{name}:{number}"
            what = error.what if isinstance(error, CondottaError) else str(error)
            near = error.near if isinstance(error, CondottaError) else ()
            code = "E-IMP-03" if events else "E-IMP-02"
            failures.append(Failure(where, code, str(ImportFileError(code, what, near=near))))
    return document, claims, failures


def _rows(text: str) -> Iterator[tuple[int, int, int, dict[str, str]]]:
    """(line number, start, end, cells) of each row; offsets are those of the row in the text."""
    offsets = [0]
    for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text):
        offsets.append(line.end())
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader)
    before = reader.line_num
    for cells in reader:
        start, end = offsets[before], offsets[reader.line_num]
        if any(c.strip() for c in cells):
            yield before + 1, start, start + len(text[start:end].rstrip("\r\n")), dict(zip(header, cells, strict=False))
        before = reader.line_num


def _claim(document: Document, row: dict[str, str], span: tuple[int, int], case: Case, words: Vocabulary) -> Claim:
    cell = {c: (row.get(c) or "").strip() for c in COLUMNS}
    kind = _one_of(cell["kind"] or "count", KINDS, "kind")
    measure = _measure(cell["measure"], kind, words)
    amount = _amount(cell)
    period = _period(cell)
    group_text = cell["group"] or None
    if measure is None and amount is None and not cell["note"]:
        raise ValueError("a row without measure, figure and note says nothing")
    quote = document.text[span[0] : span[1]]
    return named(
        Claim(
            document.id, kind, quote, *span, measure=measure, aspect=_maybe(cell["aspect"], ASPECTS, "aspect"),
            subset=cell["subset"] or "all", group=_groups(group_text, case), group_text=group_text, place=cell["place"] or None,
            period=period, amount=amount,
            stance=_one_of(cell["stance"] or "asserted", STANCES, "stance"), chain=_chain(cell, case), confidence=0.9, by="table",
            predicate=(measure if kind == "event" else None), subject=group_text if kind == "event" else None,
            reported=_day(cell["reported"]), note=cell["note"] or None,
        )
    )  # fmt: skip


def _measure(name: str, kind: str, words: Vocabulary) -> str | None:
    if not name:
        return None
    return words.measure(name).name if kind == "count" else name


def _amount(cell: dict[str, str]) -> Amount | None:
    low, high = (_number(cell[c]) if cell[c] else None for c in ("low", "high"))
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        raise ValueError(f"low {low:g} is above high {high:g}")
    qualifier = _maybe(cell["qualifier"], QUALIFIERS, "qualifier") or ("exactly" if low == high else "between")
    text = cell["low"] if cell["low"] == cell["high"] else f"{cell['low']}-{cell['high']}".strip("-")
    return Amount(low, high, cell["unit"] or "people", qualifier, text)


def _number(text: str) -> float:
    value = float(text.replace(",", ""))
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{text!r} is no number of people or sum of money")
    return value


def _groups(text: str | None, case: Case) -> str | None:
    """The case's names for one group or several joined by ";"; None where one of them is not in the case."""
    if text is None:
        return None
    names = [case.resolve("groups", part.strip()) for part in text.split(";")]
    return "; ".join(n for n in names if n) if all(names) else None


def _chain(cell: dict[str, str], case: Case) -> tuple[str, ...]:
    names = [case.resolve("sources", n) or n for n in (cell["outlet"], cell["source"]) if n]
    return tuple(n for i, n in enumerate(names) if i == 0 or n != names[i - 1])


def _period(cell: dict[str, str]) -> Period | None:
    """The day of `as_of` (else of the report), the whole month where only that is given; totals run since the start."""
    month = cell["as_of"] if len(cell["as_of"]) == 7 else None
    day = None if month else _day(cell["as_of"]) or _day(cell["reported"])
    if month:
        first = date.fromisoformat(month + "-01")
        last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
        return Period(None if cell["aspect"] == "total" else first, last)
    return Period(None if cell["aspect"] == "total" else day, day) if day else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _one_of(value: str, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        raise ImportFileError(
            "E-IMP-02", f"{what}: {value!r} is none of {', '.join(known)}", near=near_misses(value, known)
        )
    return value


def _maybe(value: str, known: tuple[str, ...], what: str) -> str | None:
    return _one_of(value, known, what) if value else None
