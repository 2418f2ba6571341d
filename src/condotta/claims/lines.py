"""The lines of a text that are no running text: rows of tables and items of lists.

A table is lines with bars (as Word, HTML and Markdown tables are kept) or tabs; a list is two lines or more that begin with a mark
or with a label and a figure ("killed: 27"). Messages, as channels and chats are exported, open with who and when: "[Channel, 11.11.2025 14:32]",
"11/13/2025, 14:32 - Name: text".
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

Span = tuple[int, int]

LABEL = re.compile(r"([^\n:|]{2,90}?):\s+")
_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"[ \t]*(?:[-*+\u2022\u00b7\u25aa\u2013\u2014]|\d{1,2}[.)]|\([a-z0-9]\))[ \t]+\S")
_BARS = re.compile(r"[ \t]*\|.*\|[ \t]*$|[^\t\n]*\S[ \t]*\t[^\n]*$")
_CELL = 60
_RULE = re.compile(r"[\s|:+=-]*$")
_SENT = r"(?P<a{k}>\d{{1,4}})(?P<by{k}>[-./])(?P<b{k}>\d\d?)(?P=by{k})(?P<c{k}>\d{{4}}|\d\d)"
_TIME = r"(?:(?:,[ \t]*|T|[ \t]+)\d\d?:\d\d(?::\d\d)?(?:[ \u202f]?[AaPp][Mm])?)"
_OPENS = re.compile(
    r"(?m)^[ \t\u200e\u200f\ufeff]*(?:\[(?P<who1>[^\[\]\n]{2,60}?),?[ \t]+" + _SENT.format(k=1) + _TIME + r"?\]"
    r"|(?P<who2>[^\[\]\n]{2,60}?),[ \t]*\[" + _SENT.format(k=2) + _TIME + r"?\][ \t]*$"
    r"|(?P<in>\[)?" + _SENT.format(k=3) + _TIME + r"(?(in)\]|[ \t]+[-\u2013|])[ \t]+(?P<who3>[^\s:|\u2013-][^:\n]{0,59}):(?=\s))[ \t]*"
)  # fmt: skip
_HEAD = 200
"""Characters that may stand before the first message: a title."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: offsets of its cells, and of the cells of the table's head."""

    start: int
    end: int
    cells: tuple[Span, ...]
    head: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a channel or chat: where its opening and its words begin, who sent it (`named`: offsets) on which day."""

    start: int
    body: int
    who: str
    named: Span
    day: date


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a text that are no running text: rows of tables, items of lists as (start, end), and the messages of a log."""

    rows: tuple[Row, ...]
    items: tuple[Span, ...]
    messages: tuple[Message, ...] = ()

    def breaks(self) -> list[int]:
        """Offsets at which a sentence must end."""
        return sorted(
            {at for r in self.rows for at in (r.start, r.end)}
            | {at for i in self.items for at in i}
            | {at for m in self.messages for at in (m.start, m.body)}
        )

    def message(self, at: int) -> Message | None:
        """The message that an offset is in."""
        k = bisect_right(self.messages, at, key=lambda m: m.start) - 1
        return self.messages[k] if k >= 0 else None

    def row(self, at: int) -> Row | None:
        """The row that an offset is in."""
        k = bisect_right(self.rows, at, key=lambda r: r.start) - 1
        return self.rows[k] if k >= 0 and at < self.rows[k].end else None

    def opens_item(self, start: int) -> bool:
        """Whether a sentence that starts here opens an item."""
        k = bisect_right(self.items, start, key=lambda i: i[0]) - 1
        return k >= 0 and start < self.items[k][1]


def layout(text: str) -> Layout:
    """The tables and lists of a text; a list is two items or more with nothing but white space between them."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m[0].strip()]
    rows, items, run = list[Row](), list[Span](), list[Span]()
    tables: list[list[Span]] = [[]]
    for a, b in lines:
        line = text[a:b]
        if _BARS.match(line):
            tables[-1].append((a, b))
        elif tables[-1]:
            tables.append([])
        if _BULLET.match(line) or _is_labelled(line):
            run.append((a, b))
        else:
            items += run if len(run) > 1 else []
            run = []
    items += run if len(run) > 1 else []
    for table in tables:
        data = [(a, b) for a, b in table if not _RULE.match(text[a:b])]
        cells = [_cells(text, a, b) for a, b in data]
        if len(cells) > 1 and len(cells[0]) > 1 and _is_data(cells, "|" in text[slice(*data[0])]):
            rows += [Row(*line, c, cells[0] if k else ()) for k, (line, c) in enumerate(zip(data, cells, strict=True))]
    return Layout(tuple(rows), tuple(items), _messages(text))


def _messages(text: str) -> tuple[Message, ...]:
    """The messages of a log: two openings or more, the first at the top. Where no date tells day from month, or one is none, no messages."""
    found = list(_OPENS.finditer(text))
    if len(found) < 2 or len(text[: found[0].start()].strip()) > _HEAD:
        return ()
    keys = [next(k for k in "123" if hit[f"who{k}"]) for hit in found]
    dates = [(hit[f"by{k}"], [int(hit[f"{part}{k}"]) for part in "abc"]) for hit, k in zip(found, keys, strict=True)]
    open_ones = [(a, b) for by, (a, b, _) in dates if by != "." and a < 32]
    american = any(b > 12 for _, b in open_ones)
    if open_ones and american == any(a > 12 for a, _ in open_ones):
        return ()
    made = []
    for hit, k, (by, (a, b, c)) in zip(found, keys, dates, strict=True):
        year, month, day = (a, b, c) if a > 31 else (c, a, b) if by != "." and american else (c, b, a)
        try:
            sent = date(year + 2000 * (year < 100), month, day)
        except ValueError:
            return ()
        made.append(Message(hit.start(), hit.end(), hit[f"who{k}"].strip(), hit.span(f"who{k}"), sent))
    return tuple(made)


def _is_data(cells: list[tuple[Span, ...]], bars: bool) -> bool:
    """Whether lines are a table of data: heads that are no sentences; between tabs as many cells in each row, and none a sentence."""
    short = [all(b - a <= _CELL for a, b in row) for row in cells]
    return short[0] if bars else all(short) and all(len(row) == len(cells[0]) for row in cells)


def _is_labelled(line: str) -> bool:
    label = LABEL.match(line)
    return bool(label and len(label[1].split()) <= 8 and re.match(r"(?:\w+ ){0,3}\d", line[label.end() :]))


def _cells(text: str, start: int, end: int) -> tuple[Span, ...]:
    line = text[start:end]
    mark = "|" if "|" in line else "\t"
    inner = line.strip().strip("|") if mark == "|" else line
    at, found = start + line.index(inner), []
    for cell in inner.split(mark):
        left = len(cell) - len(cell.lstrip())
        found.append((at + left, at + left + len(cell.strip())))
        at += len(cell) + 1
    return tuple(found)
