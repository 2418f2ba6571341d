"""What the model says of one candidate: probabilities of its labels, and the words of its roles.

Labels: measure (with "none"), aspect, subset, stance. Roles: group, place, time, source, via, each a span of the text or
nothing. A role's probability is that of its start times that of its end, over the spans of at most 30 pieces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from condotta.claims.windows import Window

Array = NDArray[np.float32]

LABELS: dict[str, tuple[str | None, ...]] = {
    "measure": (
        None, "recruited", "in training", "arrived", "present", "returned", "killed", "wounded", "captured", "fled",
        "defected", "refused", "requested", "pay", "pay deducted", "compensation", "contract",
    ),
    "aspect": (None, "stock", "total", "flow"),
    "subset": ("all", "minors", "commanders", "women", "civilians", "foreign"),
    "stance": ("asserted", "denied", "promised", "planned", "predicted"),
}  # fmt: skip
TERMS = ("pay", "pay deducted", "compensation", "contract")
SPANS = ("group", "place", "time", "source", "via")
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Role:
    """Offsets of a role's words (None: the text does not say) and the probability of that reading."""

    span: tuple[int, int] | None
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """`labels` : name -> probability of each label, in the order of LABELS; `roles` : name -> Role."""

    labels: Mapping[str, Array]
    roles: Mapping[str, Role]

    def best(self, name: str) -> tuple[str | None, float]:
        """The likeliest label of "measure", "aspect", "subset" or "stance", and its probability."""
        k = int(self.labels[name].argmax())
        return LABELS[name][k], float(self.labels[name][k])


def readings_of(window: Window, labels: Array, starts: Array, ends: Array) -> list[Reading]:
    """The reading of each candidate of a window from its logits: labels (candidate, 32), starts and ends (candidate, role, piece)."""
    split = np.cumsum([len(v) for v in LABELS.values()])[:-1]
    size, count = len(window.ids), len(window.candidates)
    shares = [softmax(part) for part in np.split(labels[:count], split, axis=1)]
    roles = _roles(window, softmax(starts[:count, :, :size]), softmax(ends[:count, :, :size]))
    return [Reading({n: s[c] for n, s in zip(LABELS, shares, strict=True)}, roles[c]) for c in range(count)]


def _roles(window: Window, starts: Array, ends: Array) -> list[dict[str, Role]]:
    """The likeliest span of each role; piece 0 stands for "not said". A span lies within a sentence."""
    size = starts.shape[2]
    sentences = np.array(window.sentences)
    first = np.arange(size)[:, None]
    last = np.minimum(first + np.arange(_LONGEST), size - 1)
    allowed = (first + np.arange(_LONGEST) < size) & (sentences[first] >= 0) & (sentences[first] == sentences[last])
    joint = (starts[..., None] * ends[..., last] * allowed).reshape(*starts.shape[:2], -1)
    nothing = starts[..., 0] * ends[..., 0]
    best, whole = joint.argmax(-1), np.maximum(joint.sum(-1) + nothing, 1e-9)
    found: list[dict[str, Role]] = []
    for c in range(len(starts)):
        row: dict[str, Role] = {}
        for r, name in enumerate(SPANS):
            share = float(joint[c, r, best[c, r]])
            if nothing[c, r] >= share:
                row[name] = Role(None, float(nothing[c, r] / whole[c, r]))
            else:
                a, length = divmod(int(best[c, r]), _LONGEST)
                row[name] = Role((window.starts[a], window.ends[a + length]), share / float(whole[c, r]))
        found.append(row)
    return found


def softmax(logits: Any) -> Array:
    """Shares that sum to one along the last axis."""
    raised = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), dtype=np.float32)
