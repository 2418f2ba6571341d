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


def reading(window: Window, labels: Array, starts: Array, ends: Array) -> Reading:
    """The reading of one window from its logits: labels (32,), starts and ends (role, piece)."""
    split = np.cumsum([len(v) for v in LABELS.values()])[:-1]
    shares = {name: softmax(part) for name, part in zip(LABELS, np.split(labels, split), strict=True)}
    size = len(window.ids)
    roles = {name: _role(window, softmax(starts[r, :size]), softmax(ends[r, :size])) for r, name in enumerate(SPANS)}
    return Reading(shares, roles)


def _role(window: Window, starts: Array, ends: Array) -> Role:
    """The likeliest span; piece 0 stands for "not said". A span stays within one side of the window's separator."""
    joint = np.triu(np.outer(starts, ends)) - np.triu(np.outer(starts, ends), _LONGEST)
    special = [i for i, at in enumerate(window.starts) if at < 0]
    joint[special] = 0
    joint[:, special] = 0
    border = special[1]
    joint[:border, border:] = 0
    nothing = float(starts[0] * ends[0])
    first, last = divmod(int(joint.argmax()), joint.shape[1])
    share, whole = float(joint[first, last]), float(joint.sum()) + nothing
    if nothing >= share:
        return Role(None, nothing / max(whole, 1e-9))
    return Role((window.starts[first], window.ends[last]), share / max(whole, 1e-9))


def softmax(logits: Any) -> Array:
    """Shares that sum to one."""
    raised = np.exp(logits - np.max(logits))
    return np.asarray(raised / raised.sum(), dtype=np.float32)
