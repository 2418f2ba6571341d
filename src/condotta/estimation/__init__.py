"""Claims to estimates: the weekly stock-flow model, what each claim says about it, and the sampler that joins them.

    >>> estimate(evidence, case, seed=7).reading("Turkey-backed factions", "arrived", "total", period)

docs/methods.md holds the equations; the symbols there are the names here.
"""

from condotta.estimation.estimate import estimate, without
from condotta.estimation.influence import influence
from condotta.estimation.presets import presets

__all__ = ["estimate", "influence", "presets", "without"]
