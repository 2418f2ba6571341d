"""What the model sees: stretches of a text as word pieces with their shapes, and where each candidate stands in them.

A window is `[CLS] line [SEP] line [SEP]`, a line being a paragraph or an entry of a list. It is read once for all its candidates. The encoder knows no capitals, so each
piece carries a feature: `shape + 4 * mark`, with shape 0 small letters, 1 capitalised, 2 capitals, 3 digits or signs; mark 1 for
candidates. How a piece stands to a candidate (one of its own, so many pieces before it, so many sentences earlier) is a *relation*.
Nothing is lost of long texts: what does not fit into one window has a next one, half of which goes over what was before.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from condotta.claims.quantities import Quantity

LIMIT = 384
"""Word pieces of a window."""
FEATURES = 8
"""Number of distinct features."""
RELATIONS = 22
"""Number of distinct relations of a piece to a candidate; 0: padding or [CLS], [SEP]; 1: the candidate itself."""

_PIECES_APART = (1, 2, 4, 8, 16)  # before it, 2 to 7, and behind it, 8 to 13, in its own sentence
_EARLIER = (1, 2, 3, 5, 8)  # sentences before its own, 14 to 19
_LATER = (1,)  # sentences behind its own, 20 and 21

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Window:
    """ids, features : (piece,); starts, ends : offsets into the text, -1 at the special pieces; sentences : (piece,), number of the
    sentence, -1 likewise. `candidates` : those asked about here, with their sentence, in the order of the text."""

    ids: tuple[int, ...]
    features: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    candidates: tuple[tuple[int, Quantity], ...]

    def pieces(self, start: int, end: int) -> list[int]:
        """Indices of the pieces that share a character with text[start:end]."""
        return _sharing(self.starts, self.ends, start, end)

    def relations(self) -> NDArray[np.int64]:
        """relations : (candidate, piece)."""
        sentences = np.array(self.sentences)
        made = np.zeros((len(self.candidates), len(self.ids)), np.int64)
        for row, (k, q) in enumerate(self.candidates):
            own = self.pieces(q.number_start, q.number_end)
            if not own:
                continue
            away = np.arange(len(sentences))
            before, behind = own[0] - away, away - own[-1]
            part = np.where(
                sentences == k,
                np.where(
                    before > 0, 2 + np.searchsorted(_PIECES_APART, before), 8 + np.searchsorted(_PIECES_APART, behind)
                ),
                np.where(
                    sentences < k,
                    14 + np.searchsorted(_EARLIER, k - sentences),
                    20 + np.searchsorted(_LATER, sentences - k),
                ),
            )
            part[own] = 1
            part[sentences < 0] = 0
            made[row] = part
        return made


@dataclass(frozen=True, slots=True)
class _Part:
    """A sentence, or a piece of a very long one; `opens` : whether a line begins with it."""

    sentence: int
    opens: bool
    ids: tuple[int, ...]
    shapes: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.ids) + self.opens


class Windower:
    """Cuts one text into pieces once, then makes the windows of its candidates. `spans` : its sentences."""

    def __init__(self, tokenizer: Any, view: str, spans: Spans, limit: int = LIMIT) -> None:
        self._cls, self._sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        self._room = limit - 2
        encoded = tokenizer.encode_batch([view[a:b] for a, b in spans], add_special_tokens=False)
        self._parts: list[_Part] = []
        end = 0
        for k, (made, (a, b)) in enumerate(zip(encoded, spans, strict=True)):
            self._parts += _parts(k, made, view, a, k > 0 and "\n" in view[end:a], self._room // 4 - 1)
            end = b

    def windows(self, candidates: Sequence[Quantity]) -> Iterator[Window]:
        """The windows in which every candidate of a sentence is asked about once."""
        asked: dict[int, list[Quantity]] = {}
        begins = [p.starts[0] for p in self._parts]
        for q in sorted(candidates, key=lambda q: q.number_start):
            at = bisect_right(begins, q.number_start) - 1
            if at >= 0 and q.number_start < self._parts[at].ends[-1]:
                asked.setdefault(at, []).append(q)
        after = 0
        for k in sorted(asked):
            if k >= after:
                first, last = self._stretch(k)
                after = self._whole(k, last) + 1
                own = [(self._parts[i].sentence, q) for i in range(k, after) for q in asked.get(i, ())]
                yield self._window(first, last, own, [q for i in range(first, last + 1) for q in asked.get(i, ())])

    def _whole(self, k: int, last: int) -> int:
        """The last part from `k` to `last` behind which no sentence is cut; `k` where there is none."""
        while last > k and last + 1 < len(self._parts) and self._parts[last + 1].sentence == self._parts[last].sentence:
            last -= 1
        return last

    def _stretch(self, k: int) -> tuple[int, int]:
        """The parts around part `k` that fit: half of the room before it, then what follows, then more of what was before."""
        first, last, size = k, k, self._parts[k].size
        while first > 0 and size + self._parts[first - 1].size <= max(self._room // 2, self._parts[k].size):
            first -= 1
            size += self._parts[first].size
        while last + 1 < len(self._parts) and size + self._parts[last + 1].size <= self._room:
            last += 1
            size += self._parts[last].size
        while first > 0 and size + self._parts[first - 1].size <= self._room:
            first -= 1
            size += self._parts[first].size
        return first, last

    def _window(self, first: int, last: int, own: Sequence[tuple[int, Quantity]], marked: Sequence[Quantity]) -> Window:
        border = (self._sep, 0, -1, -1, -1)
        rows = [(self._cls, 0, -1, -1, -1)]
        for part in self._parts[first : last + 1]:
            if part.opens and len(rows) > 1:
                rows.append(border)
            rows += zip(part.ids, part.shapes, part.starts, part.ends, repeat(part.sentence), strict=False)
        rows.append(border)
        ids, shapes, starts, ends, sentences = zip(*rows, strict=True)
        figures = {i for q in marked for i in _sharing(starts, ends, q.number_start, q.number_end)}
        features = tuple(s + 4 * (i in figures) for i, s in enumerate(shapes))
        return Window(ids, features, starts, ends, sentences, tuple(own))


def _sharing(starts: Sequence[int], ends: Sequence[int], start: int, end: int) -> list[int]:
    """Indices of the pieces that share a character with text[start:end]."""
    return [i for i, (a, b) in enumerate(zip(starts, ends, strict=True)) if a < end and b > start]


def _parts(k: int, encoded: Any, view: str, base: int, opens: bool, most: int) -> Iterator[_Part]:
    """The parts of sentence `k`, of at most `most` pieces each."""
    shapes: list[int] = []
    for token, (a, b) in zip(encoded.tokens, encoded.offsets, strict=True):
        shapes.append(shapes[-1] if token.startswith("##") and shapes else _shape(view, base + a, base + b))
    starts, ends = [base + a for a, _ in encoded.offsets], [base + b for _, b in encoded.offsets]
    for first in range(0, len(shapes), most):
        cut = slice(first, first + most)
        yield _Part(
            k, opens and first == 0, tuple(encoded.ids[cut]), tuple(shapes[cut]), tuple(starts[cut]), tuple(ends[cut])
        )


def _shape(view: str, start: int, end: int) -> int:
    text = view[start:end]
    if not text[:1].isalpha():
        return 3
    if text.islower():
        return 0
    following = view[end : end + 1]
    return 2 if text.isupper() and (len(text) > 1 or following.isupper()) else 1
