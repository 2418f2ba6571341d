"""The simulator's parameters, loaded from words/simulation.yaml and checked: value, range, unit, source of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from condotta.errors import ScenarioError, near_misses

PART = ("sponsor", "fighters", "commanders", "theatre")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number: `value` unless a scenario or the fit gives another, never outside `low` to `high`."""

    name: str
    part: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    what: str
    fit: tuple[float, float] | None = None
    plain: bool = False

    def at(self, quantile: float) -> float:
        """The value at a quantile of the prior: even between the two ends of `fit`, on the log scale unless `plain`."""
        low, high = self.fit or (self.low, self.high)
        if self.plain:
            return low + quantile * (high - low)
        return float(np.exp(np.log(low) + quantile * (np.log(high) - np.log(low))))


@cache
def parameters() -> Mapping[str, Parameter]:
    """All parameters by name, in the order of words/simulation.yaml."""
    data = yaml.safe_load(files("condotta").joinpath("words", "simulation.yaml").read_text(encoding="utf-8"))
    found = {}
    for part in PART:
        for name, spec in data[part].items():
            plain, fit = spec.pop("scale", None) == "plain", spec.pop("fit", None)
            found[name] = Parameter(name, part, plain=plain, fit=tuple(fit) if fit else None, **spec)
    return found


def fitted() -> tuple[Parameter, ...]:
    """The parameters that are fitted to a case."""
    return tuple(p for p in parameters().values() if p.fit)


MECHANISMS = (
    "backing", "call", "enlistment", "vetting", "training", "posting", "pay", "losses", "news", "orders", "exit",
    "contracts", "account", "front", "observers",
)  # fmt: skip
"""What can be switched off, in the order of docs/simulation.md."""


def rules(values: Mapping[str, float] | None = None, off: tuple[str, ...] = ()) -> Any:
    """Every parameter, then one switch (1 or 0) for each mechanism, as the record that the compiled code reads; some values
    replaced, some mechanisms switched off. Raises ScenarioError E-SIM-01, E-SIM-02."""
    found = {name: p.value for name, p in parameters().items()}
    for name, value in (values or {}).items():
        found[name] = checked(name, value)
    for name in off:
        if name not in MECHANISMS:
            raise ScenarioError("E-SIM-01", f"no mechanism is called {name!r}", near=near_misses(name, MECHANISMS))
    switches = {f"with_{m}": float(m not in off) for m in MECHANISMS}
    record = np.recarray(1, dtype=[(name, np.float64) for name in (*found, *switches)])
    record[0] = tuple((found | switches).values())
    return record[0]


def checked(name: str, value: float) -> float:
    """The value, if the parameter exists and allows it. Raises ScenarioError E-SIM-01, E-SIM-02."""
    known = parameters()
    if name not in known:
        raise ScenarioError("E-SIM-01", f"no parameter is called {name!r}", near=near_misses(name, known))
    p = known[name]
    if not isinstance(value, int | float) or not p.low <= value <= p.high or value != value:
        raise ScenarioError(
            "E-SIM-02", f"{name}: {value!r} is not between {p.low:g} and {p.high:g} ({p.unit})", fix=f"It is {p.what}."
        )
    return float(value)


def table() -> Iterator[tuple[str, ...]]:
    """Rows for the documentation: part, name, value, range, unit, source, what."""
    for p in parameters().values():
        fit = " (fitted)" if p.fit else ""
        yield p.part, p.name + fit, f"{p.value:g}", f"{p.low:g} to {p.high:g}", p.unit, p.source, p.what
