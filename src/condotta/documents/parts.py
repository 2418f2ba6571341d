"""What a format's reader gives: the text and what the file says about itself; and how bytes become characters."""

import re
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


def titled(title: str | None, body: str) -> tuple[str, int]:
    """The body behind its title, and where the title ends; a body that already opens with it is left alone."""
    title = (title or "").strip()
    if not title:
        return body, 0
    if body.lstrip().startswith(title):
        return body, body.index(title) + len(title)
    return f"{title}\n\n{body}", len(title)


_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})\s+({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)})\s+(\d{{1,2}})),?\s+(20\d\d|19\d\d)\b",
    re.IGNORECASE,
)


def written_date(text: str) -> date | None:
    """The first full date that is written out in `text`: "June 03, 2020", "3 June 2020", "2020-06-03"."""
    iso = re.search(r"\b(20\d\d)-(\d\d)-(\d\d)\b", text)
    hit = _DATE.search(text)
    try:
        if iso and (hit is None or iso.start() < hit.start()):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if hit:
            month = _MONTHS.index((hit[2] or hit[3]).lower()) + 1
            return date(int(hit[5]), month, int(hit[1] or hit[4]))
    except ValueError:
        return None
    return None
