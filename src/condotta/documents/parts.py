"""What a format's reader gives: the text and what the file says about itself; and how bytes become characters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from condotta.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Parts:
    """Text (title first where there is one) and metadata, as far as the file gives them."""

    text: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    address: str | None = None
    published: date | None = None
    title_end: int = 0


def decode(data: bytes) -> str:
    """Bytes as text: UTF-8 or UTF-16 by their mark, else the likeliest encoding. Raises E-DOC-04."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise DocumentError(
            "E-DOC-04", "NUL bytes in a text file: it is binary or damaged", fix="Save it as UTF-8 text."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        if sum(b > 127 for b in data) < 0.15 * len(data):
            try:
                return data.decode("cp1252")  # a few accents among Latin letters: too little for statistics
            except UnicodeDecodeError:
                pass

        best = from_bytes(data).best()
    if best is None:
        raise DocumentError("E-DOC-04", "no known encoding fits these bytes", fix="Save it as UTF-8 text.")
    return str(best)


def row_of(cells: Iterable[str]) -> str:
    """A row of a table as one line: "| Monitor | 450 | 68 |"."""
    return f"| {' | '.join(cells)} |"


def titled(title: str | None, body: str) -> tuple[str, int]:
    """The body behind its title, and where the title ends; a body that already opens with it is left alone."""
    title = (title or "").strip()
    if not title:
        return body, 0
    if body.lstrip().startswith(title):
        return body, body.index(title) + len(title)
    return f"{title}\n\n{body}", len(title)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_DAY = rf"(?:\d{{1,2}}\s+{_MONTH},?\s+(?:19|20)\d\d|{_MONTH}\s+\d{{1,2}},?\s+(?:19|20)\d\d|20\d\d-\d\d-\d\d)"
_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})\s+({_MONTH})|({_MONTH})\s+(\d{{1,2}})),?\s+(20\d\d|19\d\d)\b",
    re.IGNORECASE,
)
_BRACKET = r"\s+\(([A-Z][^\n()]{1,40})\)\s*"
_WIRE = re.compile(
    rf"(?m)^[ \t]*(?:[A-Z\u00c0-\u00dd][A-Z\u00c0-\u00dd'. /,-]{{2,50}}?(?:,?\s+(?i:{_DAY}))?{_BRACKET}(?:-{{1,2}}|\u2013|\u2014|$)"
    rf"|[A-Z][^\n()|]{{1,50}}?,\s+(?i:{_DAY}){_BRACKET}(?:-{{1,2}}|\u2013|\u2014|$))"
)
"""CITY, 7 Aug. 2025 (Outlet) - ; the date, or what follows the bracket, may be missing."""
_HEADLINE = re.compile(
    rf"(?m)^[ \t]*(?:[Pp]ublished by\s+|[Bb]y\s+[^\n,]{{3,40}},\s+)?([A-Z][^\n,:]{{2,60}}),\s+(?i:{_DAY})(?!\s*(?:\(|-{{1,2}}\s|\u2013|\u2014))"
)
"""Outlet, 7 August 2025; a city in that place has a dash behind it."""
_BARRED = re.compile(rf"(?m)^\s*([A-Z][^\n|]{{1,60}}?)\s*\|\s*(?i:{_DAY})")
_NAMED = re.compile(r"(?im)^\s*(?:outlet|publisher|source of this summary|published (?:by|in|on))\s*:\s*(.{2,80}?)\s*$")


def outlet(text: str) -> str | None:
    """The outlet that the top of a text names: "KHARTOUM, 3 June 2020 (Outlet) -", "Outlet, 3 June 2020", "Outlet | 3 June
    2020"; or a line "Publisher: Outlet" anywhere."""
    head = text.lstrip()[:700]
    hit = _WIRE.search(head) or _HEADLINE.search(head) or _BARRED.search(head) or _NAMED.search(text)
    return next(name.strip() for name in hit.groups() if name) if hit else None


def written_date(text: str) -> date | None:
    """The first full date that is written out in `text`: "June 03, 2020", "3 Jun. 2020", "2020-06-03"."""
    iso = re.search(r"\b(20\d\d)-(\d\d)-(\d\d)\b", text)
    hit = _DATE.search(text)
    try:
        if iso and (hit is None or iso.start() < hit.start()):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if hit:
            month = _MONTHS.index((hit[2] or hit[3]).lower()[:3]) + 1
            return date(int(hit[5]), month, int(hit[1] or hit[4]))
    except ValueError:
        return None
    return None
