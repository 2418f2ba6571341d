"""Ranges of numbers and of days that remember how precisely they were given."""

import math
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure as a source gave it: `low`..`high` in `unit`, either end open (None), with the words as written.

    `start`, `end` : character offsets of `text` in the document, or None where the figure came from a table.
    """

    low: float | None
    high: float | None
    unit: str = "people"
    qualifier: str = "exactly"
    text: str = ""
    start: int | None = None
    end: int | None = None

    @property
    def middle(self) -> float:
        """The one number that stands for the amount in tables: the value, the geometric middle, or the open end."""
        if self.low is None or self.high is None:
            return self.low if self.low is not None else self.high if self.high is not None else math.nan
        return self.low if self.low == self.high else math.sqrt(max(self.low, 0.5) * max(self.high, 0.5))

    def show(self) -> str:
        """The amount as a person writes it, with its qualifier."""
        words = {"exactly": "", "order of magnitude": "", "between": ""}
        lead = words.get(self.qualifier, self.qualifier + " ")
        low, high = (None if v is None else f"{v:,.0f}" for v in (self.low, self.high))
        body = low if low == high or high is None else high if low is None else f"{low}-{high}"
        unit = "" if self.unit == "people" else f" {self.unit}"
        return f"{lead}{body or '?'}{unit}"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; `start` None means since the beginning."""

    start: date | None
    end: date

    def overlaps(self, other: "Period", slack: int = 0) -> bool:
        """Whether the two share a day, or come within `slack` days of it."""
        pad = timedelta(days=slack)
        starts_before = other.start is None or other.start <= self.end + pad
        return starts_before and (self.start is None or self.start <= other.end + pad)


def rounding(value: float) -> float:
    """Half the step to which a whole number seems rounded: 4,750 -> 25, 9,000 -> 500, 343 -> 0.5."""
    whole = round(value)
    if whole < 10 or value != whole:
        return 0.5
    step = 1
    while whole % (step * 10) == 0:
        step *= 10
    significant = whole // step
    return 2.5 * step if significant % 10 == 5 and significant >= 100 and step > 1 else max(step / 2, 0.5)
