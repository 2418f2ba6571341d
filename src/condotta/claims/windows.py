"""What the model sees of one candidate: its sentence and what goes before, as word pieces with shape and marks.

A window is `[CLS] before [SEP] sentence [SEP]`. The encoder knows no capitals, so each piece carries a feature:
`shape + 4 * mark + 12 * segment`, with shape 0 small letters, 1 capitalised, 2 capitals, 3 digits or signs; mark 1 for the
candidate, 2 for every other candidate; segment 1 for the candidate's own sentence. Nothing is lost of long texts: a
sentence longer than the window is cut around its candidate, and every candidate has its own window.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from condotta.claims.quantities import Quantity

LIMIT = 160
"""Word pieces of a window."""
BEFORE = 4
"""Sentences before the candidate's that a window reaches back to; training reaches back 2 or 4."""
FEATURES = 24
"""Number of distinct features."""

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """One sentence in word pieces: ids, shapes, and offsets into the text."""

    ids: tuple[int, ...]
    shapes: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def cut(self, first: int, last: int) -> "Pieces":
        """The pieces from `first` up to, not including, `last`."""
        part = slice(first, last)
        return Pieces(self.ids[part], self.shapes[part], self.starts[part], self.ends[part])


@dataclass(frozen=True, slots=True)
class Window:
    """ids, features : (piece,); starts, ends : offsets into the text, -1 at the special pieces."""

    ids: tuple[int, ...]
    features: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def anchor(self) -> list[int]:
        """Indices of the candidate's pieces."""
        return [i for i, f in enumerate(self.features) if f // 4 % 3 == 1]


class Windower:
    """Cuts one text into pieces once, then makes a window for each of its candidates."""

    def __init__(self, tokenizer: Any, view: str, spans: Spans, reach: int = BEFORE) -> None:
        self._reach = reach
        encoded = tokenizer.encode_batch([view[a:b] for a, b in spans], add_special_tokens=False)
        self._pieces = [_pieces(e, view, a) for e, (a, _) in zip(encoded, spans, strict=True)]
        self._cls, self._sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")

    def window(self, k: int, candidate: Quantity, marked: Iterable[Quantity]) -> Window:
        """The window of a candidate in sentence `k`; `marked` are the candidates of the text around it."""
        own = self._own(k, candidate)
        before = self._before(k, LIMIT - 3 - len(own.ids))
        numbers = [(q.number_start, q.number_end) for q in marked]
        at = (candidate.number_start, candidate.number_end)
        head, tail = _features(before, 0, at, numbers), _features(own, 1, at, numbers)
        return Window(
            (self._cls, *before.ids, self._sep, *own.ids, self._sep),
            (0, *head, 0, *tail, 0),
            (-1, *before.starts, -1, *own.starts, -1),
            (-1, *before.ends, -1, *own.ends, -1),
        )

    def _own(self, k: int, candidate: Quantity) -> Pieces:
        pieces, room = self._pieces[k], LIMIT - 3
        if len(pieces.ids) <= room:
            return pieces
        middle = next((i for i, end in enumerate(pieces.ends) if end > candidate.number_start), 0)
        first = min(max(0, middle - room // 2), len(pieces.ids) - room)
        return pieces.cut(first, first + room)

    def _before(self, k: int, room: int) -> Pieces:
        parts: list[Pieces] = []
        for j in range(k - 1, max(-1, k - 1 - self._reach), -1):
            if room <= 0:
                break
            whole = self._pieces[j]
            part = whole.cut(max(0, len(whole.ids) - room), len(whole.ids))
            parts.insert(0, part)
            room -= len(part.ids)
        return Pieces(*(tuple(x for p in parts for x in getattr(p, f)) for f in ("ids", "shapes", "starts", "ends")))


def _pieces(encoded: Any, view: str, base: int) -> Pieces:
    shapes: list[int] = []
    for token, (a, b) in zip(encoded.tokens, encoded.offsets, strict=True):
        shapes.append(shapes[-1] if token.startswith("##") and shapes else _shape(view, base + a, base + b))
    starts, ends = zip(*encoded.offsets, strict=True) if encoded.offsets else ((), ())
    return Pieces(tuple(encoded.ids), tuple(shapes), tuple(base + a for a in starts), tuple(base + b for b in ends))


def _shape(view: str, start: int, end: int) -> int:
    text = view[start:end]
    if not text[:1].isalpha():
        return 3
    if text.islower():
        return 0
    following = view[end : end + 1]
    return 2 if text.isupper() and (len(text) > 1 or following.isupper()) else 1


def _features(pieces: Pieces, segment: int, at: tuple[int, int], numbers: list[tuple[int, int]]) -> list[int]:
    found = []
    for shape, start, end in zip(pieces.shapes, pieces.starts, pieces.ends, strict=True):
        mark = 1 if start < at[1] and end > at[0] else 2 if any(start < b and end > a for a, b in numbers) else 0
        found.append(shape + 4 * mark + 12 * segment)
    return found
