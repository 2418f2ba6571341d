"""Claims of simulated observers as short reports in plain English, one report for each observer and day: what the closed loop reads."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from condotta.records import Claim

_STOCK = {
    "present": ("about {n} fighters of the {g} were in {p} as of {d}", "the {g} had about {n} fighters in {p} on {d}"),
    "in training": ("about {n} fighters of the {g} were in training camps on {d}", "about {n} recruits of the {g} were undergoing training as of {d}"),
}  # fmt: skip
_TOTAL = {
    "recruited": ("about {n} men had been recruited by the {g} by {d}", "the {g} had recruited about {n} fighters by {d}"),
    "arrived": ("about {n} fighters of the {g} had arrived in {p} by {d}", "the number of fighters of the {g} who had arrived in {p} reached about {n} by {d}"),
    "killed": ("about {n} fighters of the {g} had been killed in {p} by {d}", "the death toll of the {g} in {p} had reached about {n} by {d}"),
    "captured": ("about {n} fighters of the {g} had been captured in {p} by {d}",),
    "returned": ("about {n} fighters of the {g} had returned home by {d}", "about {n} fighters of the {g} had gone home by {d}"),
}  # fmt: skip
_FRAMES = ("{s} said on {r} that {what}.", "According to {s}, {what}.", "{S}, {s} reported.")


def report(claims: Sequence[Claim], place: str, rng: np.random.Generator) -> tuple[str, str, date]:
    """(title, text, day of publication) of one observer's claims of one day."""
    first = claims[0]
    day = first.reported or first.day or date.min
    lines = [_line(c, place, rng) for c in claims]
    return f"Report on the {first.group}", " ".join(lines), day


def _line(claim: Claim, place: str, rng: np.random.Generator) -> str:
    patterns = (_STOCK | _TOTAL)[claim.measure or ""]
    figure = claim.amount.text if claim.amount else ""
    what = str(rng.choice(patterns)).format(n=figure, g=claim.group_text, p=place, d=_day(claim.day))
    frame = str(rng.choice(_FRAMES))
    return frame.format(s=claim.origin, r=_day(claim.reported), what=what, S=what[:1].upper() + what[1:])


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def by_report(claims: Iterable[Claim]) -> list[list[Claim]]:
    """The claims of each simulated report."""
    found: dict[str, list[Claim]] = {}
    for c in claims:
        found.setdefault(c.document, []).append(c)
    return list(found.values())
