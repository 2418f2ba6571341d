"""Claims to estimates: the weekly stock-flow model, what each claim says about it, and the sampler that joins them.

    >>> estimate(evidence, case, Setup(seed=7)).reading("Turkey-backed factions", "arrived", "total", period)

docs/estimation.md holds the equations; the symbols there are the names here.
"""

from condotta.estimation.estimate import Setup, estimate, merged, quick, weeks_of, without
from condotta.estimation.influence import influence
from condotta.estimation.more import Reweighted, with_more
from condotta.estimation.presets import presets

__all__ = [
    "Reweighted",
    "Setup",
    "estimate",
    "influence",
    "merged",
    "presets",
    "quick",
    "weeks_of",
    "with_more",
    "without",
]
