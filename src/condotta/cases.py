"""Loads and checks case.yaml: who is who in one situation. Errors name the file, the line and near misses."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from condotta.errors import CaseError, near_misses

Kind = Literal["monitor", "UN body", "government", "belligerent", "outlet", "fighter", "researcher", "unnamed"]
Grade = Literal["A", "B", "C", "D", "E", "F"]


class Part(BaseModel):
    """Every table of case.yaml: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(Part):
    """The days that the case covers."""

    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.end <= self.start:
            raise ValueError("the period ends before it starts")
        return self


class Actor(Part):
    """A state or a side: other names for it, and whom it backs or fights."""

    aliases: tuple[str, ...] = ()


class Group(Actor):
    """An armed group; `parent` is the group it belongs to, `sponsor` who backs it, `pool` a guess at its men at home."""

    parent: str | None = None
    sponsor: str | None = None
    pool: float | None = Field(default=None, gt=0)


class Theatre(Actor):
    """Where the fighters are sent; `places` are names inside it."""

    places: tuple[str, ...] = ()


class Source(Actor):
    """Whoever claims are attributed to. `interest`: the side it belongs to; `grade`: Admiralty reliability."""

    kind: Kind
    interest: str | None = None
    grade: Grade = "F"


class Case(Part):
    """One situation under study. Keys of each table are the canonical names."""

    title: str
    period: Span
    sponsors: Mapping[str, Actor] = {}
    client: Mapping[str, Actor] = {}
    opponent: Mapping[str, Actor] = {}
    groups: Mapping[str, Group] = {}
    theatres: Mapping[str, Theatre] = {}
    places: Mapping[str, Actor] = {}
    sources: Mapping[str, Source] = {}
    unspecified: str | None = None
    names: Literal["mask", "keep"] = "mask"
    contract_weeks: int | None = Field(default=None, gt=0, le=520)
    simulation: Mapping[str, float] = {}
    ledger: str | None = Field(default=None, pattern=r"://|^\$\{")

    @cached_property
    def root(self) -> str | None:
        """The group that "the fighters" without a name means: `unspecified`, else the only group without a parent."""
        tops = [name for name, group in self.groups.items() if group.parent is None]
        return self.unspecified or (tops[0] if len(tops) == 1 else None)

    def members(self, name: str) -> tuple[str, ...]:
        """The groups below `name`, however deep, without itself."""
        below = [g for g, spec in self.groups.items() if spec.parent == name]
        return tuple(x for g in below for x in (g, *self.members(g)))

    def top(self, name: str) -> str:
        """The group without a parent that `name` belongs to."""
        parent = self.groups[name].parent
        return name if parent is None else self.top(parent)

    def source(self, name: str) -> Source | None:
        """What the case knows about a source; a party to the conflict that speaks is a belligerent, grade D, in its own interest."""
        known = self.resolve("sources", name)
        if known:
            return self.sources[known]
        for table in ("client", "opponent", "sponsors", "groups"):
            party = self.resolve(table, name)
            if party:
                return Source(kind="belligerent", grade="D", interest=party)
        return None

    def resolve(self, table: str, words: str) -> str | None:
        """The canonical name in `table` ("groups", "sources", ...) that `words` is a name or alias of.

        Armed groups are also known by another transliteration ("Firqat al-Hamza" of "Hamza Division"), if only one fits.
        """
        exact = self._folded[table].get(fold(words))
        if exact is not None or table != "groups":
            return exact
        near = self._skeletons.get(skeleton(words), frozenset())
        return next(iter(near)) if len(near) == 1 else None

    @cached_property
    def _skeletons(self) -> dict[frozenset[str], frozenset[str]]:
        found: dict[frozenset[str], frozenset[str]] = {}
        for name, spec in self.groups.items():
            for alias in (name, *spec.aliases):
                bones = skeleton(alias)
                if bones:
                    found[bones] = found.get(bones, frozenset()) | {name}
        return found

    @cached_property
    def _folded(self) -> dict[str, dict[str, str]]:
        tables = ("sponsors", "client", "opponent", "groups", "theatres", "places", "sources")
        return {
            t: {fold(alias): name for name, spec in getattr(self, t).items() for alias in (name, *spec.aliases)}
            for t in tables
        }


def fold(words: str) -> str:
    """A name without case, articles, apostrophes, hyphens and accents, so that spellings meet."""
    import unicodedata

    plain = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"['’`ʿʾ]", "", plain)
    return " ".join(w for w in re.split(r"[^\w]+", plain) if w not in ("", "the", "al", "el"))


_UNITS = frozenset(
    [
        "division",
        "brigade",
        "brigades",
        "battalion",
        "corps",
        "legion",
        "army",
        "front",
        "group",
        "faction",
        "forces",
        "force",
        "movement",
        "militia",
        "regiment",
        "company",
        "firqat",
        "firqa",
        "liwa",
        "lewa",
        "alwiya",
        "faylaq",
        "failaq",
        "jaysh",
        "jaish",
        "jabhat",
        "jabha",
        "katibat",
        "katiba",
        "kataib",
        "harakat",
        "of",
        "and",
    ]
)
_LETTERS = (("ee", "i"), ("oo", "u"), ("ou", "u"), ("kh", "h"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("q", "k"), ("y", "i"), ("w", "u"))  # fmt: skip


def skeleton(words: str) -> frozenset[str]:
    """The consonants of a group's own words, kinds of unit left out: the same for most ways to write one Arabic name.

    >>> skeleton("Hamza Division") == skeleton("al-Hamzat") == skeleton("Firqat al-Hamza")
    True

    Empty where too little is left to tell groups apart (fewer than three consonants, or no capital letter).
    """
    own = fold(words).split() if re.search(r"[A-Z]", words) else []
    bones = {_bone(word) for word in own if word not in _UNITS}
    return frozenset(bones) if sum(map(len, bones)) >= 3 else frozenset()


def _bone(word: str) -> str:
    for old, new in _LETTERS:
        word = word.replace(old, new)
    word = re.sub(r"(?<=\w\w)(?:at|ah|a)$", "", word)
    return re.sub(r"(.)\1+", r"\1", word[:1] + re.sub(r"[aeiou]", "", word[1:]))


def load_case(folder: Path) -> Case:
    """The case whose case.yaml lies in `folder`. Raises CaseError E-CASE-01 to E-CASE-04."""
    path = folder / "case.yaml" if folder.is_dir() else folder
    if not path.is_file():
        raise CaseError("E-CASE-01", f"no case at {folder}", fix="Make one with: condotta new FOLDER")
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"{path}:{mark.line + 1}" if mark else str(path)
        raise CaseError("E-CASE-02", f"not readable as YAML: {getattr(error, 'problem', error)}", where=line) from error
    try:
        case = Case.model_validate(data)
    except ValidationError as error:
        raise _explained(error, path, node) from error
    _check_names(case, path, node)
    return case


def set_grade(folder: Path, source: str, grade: str) -> None:
    """Write a source's grade into case.yaml, everything else as it was. Raises CaseError E-CASE-03, E-CASE-04."""
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in ("sources", source):
        node = next((v for k, v in getattr(node, "value", ()) if k.value == key), None)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        known = load_case(folder).sources
        raise CaseError(
            "E-CASE-04", f"case.yaml has no source {source!r}", where=str(path), near=near_misses(source, known)
        )
    held = next((v for k, v in node.value if k.value == "grade"), None)
    last = node.value[-1][1].end_mark.index if held is None else held.end_mark.index
    lead = "" if held is not None else ", grade: " if node.flow_style else f"\n{' ' * node.start_mark.column}grade: "
    first = last if held is None else held.start_mark.index
    try:
        Case.model_validate(yaml.safe_load(changed := f"{text[:first]}{lead}{grade}{text[last:]}"))
    except (ValidationError, yaml.YAMLError) as error:
        raise CaseError("E-CASE-03", f"{grade!r} is no grade", where=str(path), fix="Grades are A to F.") from error
    scratch = path.with_suffix(".part")
    scratch.write_text(changed, encoding="utf-8")
    scratch.rename(path)


def _explained(error: ValidationError, path: Path, node: Any) -> CaseError:
    """The first fault, with its line and the keys that it might have meant."""
    first = error.errors()[0]
    loc = tuple(str(p) for p in first["loc"])
    near: list[str] = []
    if first["type"] == "extra_forbidden":
        near = near_misses(loc[-1], _known_keys(loc))
        what = f"unknown key {loc[-1]!r}"
    else:
        what = f"{'.'.join(loc) or 'the file'}: {first['msg']}"
        if first["type"] == "literal_error":
            near = near_misses(str(first["input"]), re.findall(r"'([^']+)'", first["ctx"]["expected"]))
    more = len(error.errors()) - 1
    fix = f"({more} more like it.)" if more else ""
    return CaseError("E-CASE-03", what, where=f"{path}:{_line(node, loc)}", near=near, fix=fix)


def _known_keys(loc: tuple[str, ...]) -> list[str]:
    models: dict[str, type[Part]] = {"groups": Group, "sources": Source, "theatres": Theatre, "period": Span}
    model = Case if len(loc) == 1 else models.get(loc[0], Actor)
    return list(model.model_fields)


def _line(node: Any, loc: tuple[str, ...]) -> int:
    """The line, counted from 1, of the deepest key of `loc` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for key in loc:
        if isinstance(node, yaml.MappingNode):
            hit = next(((k, v) for k, v in node.value if k.value == key), None)
        elif isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
            hit = (node.value[int(key)], node.value[int(key)])
        else:
            hit = None
        if hit is None:
            break
        line, node = hit[0].start_mark.line + 1, hit[1]
    return line


def _check_names(case: Case, path: Path, node: Any) -> None:
    """Names that point at other names must find them."""
    for loc, name, known in _references(case):
        if name not in known:
            where = f"{path}:{_line(node, loc)}"
            raise CaseError(
                "E-CASE-04", f"{'.'.join(loc)}: {name!r} is not defined", where=where, near=near_misses(name, known)
            )
    for name in case.groups:
        seen, at = {name}, case.groups[name].parent
        while at is not None:
            if at in seen:
                raise CaseError(
                    "E-CASE-04", f"group {name!r} is its own parent", where=f"{path}:{_line(node, ('groups', name))}"
                )
            seen.add(at)
            at = case.groups[at].parent


def _references(case: Case) -> Iterator[tuple[tuple[str, ...], str, list[str]]]:
    groups, sponsors = list(case.groups), list(case.sponsors)
    sides = sponsors + list(case.client) + list(case.opponent) + groups
    for name, group in case.groups.items():
        if group.parent is not None:
            yield ("groups", name, "parent"), group.parent, groups
        if group.sponsor is not None:
            yield ("groups", name, "sponsor"), group.sponsor, sponsors
    for name, source in case.sources.items():
        if source.interest is not None:
            yield ("sources", name, "interest"), source.interest, sides
    if case.unspecified is not None:
        yield ("unspecified",), case.unspecified, groups
