"""Loads and checks the words of words/*.yaml; every stage that reads language is handed the one result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from condotta.errors import UsageError, near_misses

KINDS = ("count", "terms", "relation", "event", "assessment")
ASPECTS = ("stock", "total", "flow")
STANCES = ("asserted", "denied", "promised", "planned", "predicted")
QUALIFIERS = ("exactly", "about", "at least", "more than", "nearly", "up to", "between", "order of magnitude")


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted: its usual aspect, its class of error, and the words that speak of it."""

    name: str
    klass: str
    usual: str | None
    verbs: frozenset[str]
    nouns: frozenset[str]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words, loaded and checked. Hashed by identity, so that what is built of them can be cached."""

    measures: Mapping[str, Measure]
    quantities: Mapping[str, Any]
    speech: Mapping[str, Any]
    time: Mapping[str, Any]
    terms: Mapping[str, Any]
    actors: Mapping[str, Any]

    def subset(self, words: Iterable[str]) -> str | None:
        """The part of the fighters that one of some words names (minors, women, ...), or None."""
        told = set(words)
        return next((str(part) for part, nouns in self.quantities["subsets"].items() if told & set(nouns)), None)

    def measure(self, name: str) -> Measure:
        """The measure called `name`; underscores and hyphens count as spaces. Raises UsageError E-USE-02."""
        plain = name.replace("_", " ").replace("-", " ").strip().lower()
        if plain not in self.measures:
            raise UsageError("E-USE-02", f"no measure is called {name!r}", near=near_misses(plain, self.measures))
        return self.measures[plain]


@cache
def vocabulary() -> Vocabulary:
    """The words that ship with the program; read once. Raises ValueError where a word list is broken."""
    parts = {name: _load(name) for name in ("quantities", "speech", "time", "terms", "actors")}
    measures = {name: _measure(name, spec) for name, spec in _load("measures").items()}
    return Vocabulary(measures=measures, **parts)


def _load(name: str) -> dict[str, Any]:
    data = yaml.safe_load(files("condotta").joinpath("words", f"{name}.yaml").read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"words/{name}.yaml holds no table")
    return data


def _measure(name: str, spec: Mapping[str, Any]) -> Measure:
    if spec["usual"] not in (None, *ASPECTS):
        raise ValueError(f"words/measures.yaml: {name}: no aspect is called {spec['usual']!r}")
    return Measure(
        name,
        spec["class"],
        spec["usual"],
        frozenset(spec["verbs"]),
        frozenset(spec["nouns"]),
        tuple(spec.get("labels", ())),
    )
