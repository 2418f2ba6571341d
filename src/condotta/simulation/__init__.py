"""The sponsor-proxy system, simulated man by man: `simulate` runs a scenario, `fit` finds what the estimates say of it."""

from condotta.simulation.circumstances import Circumstances, circumstances
from condotta.simulation.ensemble import Ensemble, joined, simulate
from condotta.simulation.fitting import Fit, fit, target
from condotta.simulation.scenarios import SHIPPED, Scenario, load_scenario, scenario_of
from condotta.simulation.screening import Effect, Share, screen, variance

__all__ = [
    "SHIPPED", "Circumstances", "Effect", "Ensemble", "Fit", "Scenario", "Share", "circumstances", "fit", "joined", "load_scenario", "scenario_of", "screen", "simulate", "target", "variance",
]  # fmt: skip
