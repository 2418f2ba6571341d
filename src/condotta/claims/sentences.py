"""Splits a text into sentences by rule; abbreviations, initials, decimals and broken lines do not split."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

_ABBREVIATIONS = frozenset(
    [
        "lt",
        "col",
        "gen",
        "maj",
        "capt",
        "sgt",
        "cpl",
        "pvt",
        "brig",
        "cmdr",
        "adm",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "sr",
        "jr",
        "rev",
        "hon",
        "gov",
        "sen",
        "rep",
        "pres",
        "approx",
        "appr",
        "ca",
        "cf",
        "est",
        "no",
        "nos",
        "vol",
        "art",
        "para",
        "fig",
        "ed",
        "al",
        "vs",
        "inc",
        "ltd",
        "co",
        "corp",
        "dept",
        "div",
        "regt",
        "bn",
        "btn",
        "univ",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "e.g",
        "i.e",
        "etc",
        "u.s",
        "u.k",
        "u.n",
        "u.s.a",
        "a.m",
        "p.m",
        "ph.d",
        "sq",
        "ft",
        "pp",
        "op",
        "cit",
        "resp",
        "min",
        "max",
    ]
)
_END = re.compile(r"""[.!?…]+["'\u201d\u2019)\]]*(?=\s|$)|[.!?]["']?(?=[A-Z][a-z])""")
_LONGEST = 1200
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_NEVER_LAST = frozenset(
    [
        "lt",
        "col",
        "gen",
        "maj",
        "capt",
        "sgt",
        "brig",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "approx",
        "appr",
        "ca",
        "cf",
        "vs",
        "no",
        "nos",
        "e.g",
        "i.e",
        "est",
    ]
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Offsets of one sentence in the text, and the number of its paragraph."""

    start: int
    end: int
    paragraph: int


def sentences(view: str, title_end: int = 0, breaks: Iterable[int] = ()) -> list[Sentence]:
    """The sentences of a text, in order; they never overlap, never cover white space at their ends, nor a title's end, nor one
    of `breaks` (offsets at which a line of a table or list begins or ends)."""
    found: list[Sentence] = []
    for number, (start, end) in enumerate(_cut(_paragraphs(view), sorted({title_end, *breaks}))):
        found += [Sentence(s, e, number) for s, e in _split(view, start, end)]
    return found


def _paragraphs(view: str) -> list[tuple[int, int]]:
    """Blank lines part paragraphs, unless the text plainly runs on over them (no full stop, then a small letter)."""
    cuts = [0]
    for gap in _PARAGRAPH.finditer(view):
        before, after = view[: gap.start()].rstrip()[-1:], view[gap.end() : gap.end() + 1]
        if not (after.islower() and (before.isalnum() or before == ",")):
            cuts += [gap.start(), gap.end()]
    cuts.append(len(view))
    return [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if view[a:b].strip()]


def _cut(paragraphs: list[tuple[int, int]], breaks: list[int]) -> list[tuple[int, int]]:
    found = list[tuple[int, int]]()
    for a, b in paragraphs:
        inside = breaks[bisect_right(breaks, a) : bisect_left(breaks, b)]
        found += zip([a, *inside], [*inside, b], strict=True)
    return found


def _split(view: str, start: int, end: int) -> list[tuple[int, int]]:
    spans, at = [], start
    for stop in _END.finditer(view, start, end):
        if _is_boundary(view, stop, at, end):
            spans.append((at, stop.end()))
            at = stop.end()
    spans.append((at, end))
    pieces = [p for a, b in spans for p in _shortened(view, a, b)]
    return [s for s in (_trim(view, a, b) for a, b in pieces) if s]


def _shortened(view: str, start: int, end: int) -> list[tuple[int, int]]:
    """A run without full stops (a table, a list) in pieces of readable length, cut at a line end, semicolon or space."""
    pieces = []
    while end - start > _LONGEST:
        window = view[start : start + _LONGEST]
        cut = max(window.rfind("\n"), window.rfind("; ") + 1)
        cut = cut if cut > _LONGEST // 4 else window.rfind(" ")
        cut = cut if cut > 0 else _LONGEST
        pieces.append((start, start + cut))
        start += cut
    return [*pieces, (start, end)]


def _is_boundary(view: str, stop: re.Match[str], start: int, end: int) -> bool:
    following = view[stop.end() : end].lstrip()
    if not following:
        return False
    if stop[0][0] in "!?…" or not stop[0].startswith("."):
        return not following[0].islower()
    word = view[start : stop.start()].split()[-1:] or [""]
    stem = word[0].lower().strip("(\"'[")
    if stem in _NEVER_LAST or following[0].islower():
        return False
    if re.fullmatch(r"[A-Za-z]", stem) and word[0][-1:].isupper():
        return False
    if stem in _ABBREVIATIONS or "." in stem:
        return bool(
            re.match(
                r"""["']?(?:The|A|An|In|On|It|He|She|They|This|That|But|And|At|According|Some|Another)\b""", following
            )
        )
    return True


def _trim(view: str, start: int, end: int) -> tuple[int, int] | None:
    piece = view[start:end]
    left = len(piece) - len(piece.lstrip())
    return (start + left, start + len(piece.rstrip())) if piece.strip() else None
