"""Scenarios: a policy and the circumstances, as YAML: what departs from what was reported.

about: The sponsor hands out all the pay that was promised.
parameters: {funded: 1, training: {times: 2}}        # values, or multiples of what they are
off: [news]                                          # mechanisms that do not work
orders: [{from: 2020-04-20, until: 2020-06-01, weekly: 200, group: Sultan Murad Division}]   # men ordered besides
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from condotta.errors import ScenarioError, near_misses
from condotta.simulation.parameters import checked, parameters, rules

SHIPPED = ("as-reported", "paid-in-full", "posting-kept", "double-training", "no-further-orders", "slow-recruitment", "front-collapse")  # fmt: skip
_KEYS = ("about", "parameters", "without", "orders")


@dataclass(frozen=True, slots=True)
class Order:
    """`weekly` men ordered to go in each week from `start` to `until`, of one group or of all by their size."""

    start: date
    until: date
    weekly: float
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What departs from what was reported. `values`, `times`: parameters set, parameters multiplied; `off`: mechanisms."""

    name: str
    about: str = ""
    values: Mapping[str, float] | None = None
    times: Mapping[str, float] | None = None
    off: tuple[str, ...] = ()
    orders: tuple[Order, ...] = ()

    def over(self, base: Mapping[str, float]) -> dict[str, float]:
        """All parameter values of a run: the defaults, `base` (fitted values) over them, the scenario over both."""
        found = {name: p.value for name, p in parameters().items()} | dict(base) | dict(self.values or {})
        for name, factor in (self.times or {}).items():
            found[name] = checked(name, found[name] * factor)
        return found


def load_scenario(name: str | Path) -> Scenario:
    """A shipped scenario by name, or one in a YAML file. Raises ScenarioError E-SIM-01 to E-SIM-04."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise ScenarioError("E-SIM-03", f"there is no scenario file {path}", fix=f"Shipped: {', '.join(SHIPPED)}.")
        text, label = path.read_text(encoding="utf-8"), path.stem
    elif str(name) in SHIPPED:
        text = files("condotta").joinpath("words", "scenarios", f"{name}.yaml").read_text(encoding="utf-8")
        label = str(name)
    else:
        fix = f"Shipped: {', '.join(SHIPPED)}; a scenario of your own is a file ending in .yaml."
        raise ScenarioError("E-SIM-03", f"no scenario is called {str(name)!r}", near=near_misses(str(name), SHIPPED), fix=fix)  # fmt: skip
    return _scenario(label, text)


def _scenario(name: str, text: str) -> Scenario:
    try:
        data = yaml.safe_load(text) or {}
        if not isinstance(data, dict):
            raise ValueError("it holds no table")
    except (yaml.YAMLError, ValueError) as error:
        raise ScenarioError("E-SIM-04", f"scenario {name} is not readable: {error}") from error
    return scenario_of(name, data)


def scenario_of(name: str, data: Mapping[str, Any]) -> Scenario:
    """The scenario that a table describes; see the module's page for its keys. Raises ScenarioError E-SIM-01, -02, -04."""
    _known(data, _KEYS, name)
    given = data.get("parameters") or {}
    if not isinstance(given, dict) or not isinstance(data.get("orders") or [], list):
        raise ScenarioError("E-SIM-04", f"scenario {name}: parameters is a table of values, orders a list")
    values = {k: checked(k, v) for k, v in given.items() if not isinstance(v, dict)}
    times = {k: _number(v.get("times", 1), f"scenario {name}: {k}") for k, v in given.items() if isinstance(v, dict)}
    scenario = Scenario(name, str(data.get("about", "")), values, times, tuple(map(str, data.get("without") or ())), tuple(map(_order, data.get("orders") or ())))  # fmt: skip
    for k in times:
        _known([k], parameters(), name)
    rules(scenario.over({}), scenario.off)
    return scenario


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ScenarioError("E-SIM-04", f"{where}: {value!r} is not a number")
    return float(value)


def _order(row: Any) -> Order:
    if not isinstance(row, dict):
        raise ScenarioError("E-SIM-04", f"an order is a table of from, until, weekly: {row!r}")
    _known(row, ("from", "until", "weekly", "group"), "orders")
    start, until = row.get("from"), row.get("until")
    if (
        not isinstance(start, date)
        or not isinstance(until, date)
        or until < start
        or not _number(row.get("weekly", 0), "orders: weekly") > 0
    ):
        raise ScenarioError("E-SIM-04", f"an order needs from, until (days, in order) and weekly (men): {dict(row)}")
    return Order(start, until, float(row["weekly"]), row.get("group"))


def _known(keys: Iterable[str], known: Iterable[str], where: str) -> None:
    for key in keys:
        if key not in known:
            raise ScenarioError("E-SIM-01", f"{where}: {key!r} is not known", near=near_misses(str(key), known))
