"""Finds who is named in a sentence: groups, states, sources and places of the case, and groups never seen before."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from condotta.cases import Case
from condotta.claims.parser import Parse, Token
from condotta.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: offsets, the words, what kind of actor, and the case's canonical name (None: not in it)."""

    start: int
    end: int
    text: str
    kind: str
    name: str | None


_TABLES = {"groups": "group", "sponsors": "state", "client": "side", "opponent": "side", "theatres": "place",
           "places": "place", "sources": "source"}  # fmt: skip
_PREFERENCE = ("group", "side", "state", "place", "source", "demonym")
_IRREGULAR = frozenset(["fighters", "mercenaries", "militants", "recruits", "volunteers", "combatants", "jihadists"])
_REGULAR = frozenset(["soldiers", "soldier", "troops", "officers", "officer", "forces", "personnel", "police", "policemen", "civilians", "people", "pilots",
                      "pilot", "commanders", "commander", "advisers", "advisors", "workers", "citizens", "nationals", "refugees", "children", "women"])  # fmt: skip
_ROLE = r"(?:fighters?|militants?|mercenar(?:y|ies)|terrorists?|soldiers?|recruits?|detainees?|captives?|prisoners?|deserters?|defectors?|witness(?:es)?|residents?|gunm[ae]n|jihadists?|man|men|youths?|minors?|member|faction|group|brigade|battalion|brothers?|fathers?|mothers?|cousins?|relatives?)"
_NAME = r"(?:[A-Z][a-z'`]+|[Aa]l-[A-Z][a-z]+|bin|ibn|Abu)(?:\s+(?:[A-Z][a-z'`]+|[Aa]l-[A-Z][a-z]+|bin|ibn|Abu)){1,3}"


class Lexicon:
    """The names of one case (or of none) as one pattern, and the rules for names that no case knows."""

    def __init__(self, words: Vocabulary, case: Case | None = None) -> None:
        self.words, self.case = words, case
        self.heads = frozenset(words.actors["heads"])
        self.starts = frozenset(words.actors["starts"])
        self._states = dict(words.actors["demonyms"]) | {s: s for s in words.actors["states"]}
        self._names = self._collect()
        self._pattern = _alternatives(self._names)

    def _collect(self) -> dict[str, list[tuple[str, str | None]]]:
        names: dict[str, list[tuple[str, str | None]]] = {}
        for table, kind in _TABLES.items() if self.case else ():
            for name, spec in getattr(self.case, table).items():
                inside = spec.places if table == "theatres" else ()
                for alias in (name, *spec.aliases, *inside):
                    entry = names.setdefault(_key(alias), [])
                    entry.append((kind, alias if alias in inside else name))
        for group in self.words.actors["known"]:
            names.setdefault(_key(group), []).append(("group", None))
        for word, state in self._states.items():
            kind = "demonym" if word in self.words.actors["demonyms"] else "state"
            names.setdefault(_key(word), []).append((kind, state if self.case is None else self._state(state)))
        return names

    def _state(self, name: str) -> str:
        """The case's own name for a state, where the case has one."""
        assert self.case is not None
        return self.case.resolve("sponsors", name) or name

    def mentions(self, parse: Parse, kind: str | None = None) -> list[Mention]:
        """The names in one sentence, left to right, longest first where they overlap."""
        base, found = parse.sentence.start, []
        for hit, option_kind, name in self._known(parse.text):
            found.append(Mention(base + hit.start(), base + hit.end(), hit[0], option_kind, name))
        taken = [f for f in found if f.kind in ("group", "side")]
        found += [
            m
            for m in self._unknown_groups(parse)
            if not any(_inside(m, f) or (_inside(f, m) and f.name) for f in taken)
        ]
        found = [m for m in found if not any(_covers(o, m) for o in found)]
        found = [m for i, m in enumerate(found) if not any(_same(o, m) and (o.name or not m.name) for o in found[:i])]
        found = [m for m in found if m.name or not any((o.start, o.end) == (m.start, m.end) and o.name for o in found)]
        return sorted((m for m in found if kind in (None, m.kind)), key=lambda m: m.start)

    def group(self, words: str) -> str | None:
        """The case's group that some words name: by its names, else by the nation that it is known by ("Colombian snipers" where
        the case has "Colombians", "Colombian pilots" not where it has "Colombian fighters" only)."""
        if self.case is None:
            return None
        found = self.case.resolve("groups", words)
        parts = words.split()
        if found or len(parts) < 2 or parts[-1].lower() not in self.words.quantities["people"]:
            return found
        nation, irregular = parts[0], parts[-1].lower() not in _REGULAR
        named = {
            name
            for name, spec in self.case.groups.items()
            for alias in (name, *spec.aliases)
            if alias in (nation, f"{nation}s")
            or (irregular and alias.startswith(f"{nation} ") and alias.split()[-1] in _IRREGULAR)
        }
        return named.pop() if len(named) == 1 and nation[:1].isupper() else None

    def names_in(self, label: str) -> list[tuple[str, str | None, str]]:
        """(kind, name, words) of the names in a few words that are no sentence, left to right."""
        return [(kind, name, hit[0]) for hit, kind, name in self._known(label)]

    def _known(self, text: str) -> Iterator[tuple[re.Match[str], str, str | None]]:
        """Every name of the case or of the word lists in a text: (where, kind, name), the preferred kind first."""
        for hit in self._pattern.finditer(text):
            for kind, name in sorted(self._names.get(_key(hit[0]), []), key=lambda o: _PREFERENCE.index(o[0])):
                yield hit, kind, name

    def _unknown_groups(self, parse: Parse) -> Iterable[Mention]:
        """Runs of capitalised words that end like a group ("... Brigade") or begin like one ("Liwa ...")."""
        demonyms = "|".join(self.words.actors["demonyms"])
        for hit in re.finditer(
            rf"\b(?:{demonyms}|[A-Z][a-z]+(?:ian|ese|ish|i|an))\s+(?:army|forces|troops|soldiers|government|military|paramilitar\w+)\b",
            parse.text,
        ):
            yield Mention(parse.sentence.start + hit.start(), parse.sentence.start + hit.end(), hit[0], "group", None)
        for run in _capital_runs(parse, self.heads):
            texts = [t.text for t in run]
            if len(run) > 1 and (texts[-1] in self.heads or texts[0] in self.starts):
                start, end = run[0].start, run[-1].end
                base = parse.sentence.start
                yield Mention(start, end, parse.text[start - base : end - base], "group", None)

    def private_names(self, parse: Parse) -> list[tuple[int, int]]:
        """Offsets of the private names that the case masks."""
        return [] if self.case is not None and self.case.names == "keep" else self.persons(parse)

    def persons(self, parse: Parse) -> list[tuple[int, int]]:
        """Offsets of what looks like the name of a private person: beside a fighter's or witness's role, or "named"."""
        base, spans = parse.sentence.start, []
        patterns = (
            rf"\b{_ROLE},?\s+(?:named\s+|called\s+|identified as\s+)?({_NAME})",
            rf"\b(?:named|called|identified as|nicknamed)\s+({_NAME})",
            rf"({_NAME}),?\s+(?:an?|the|who)\s+(?:\S+\s+){{0,3}}?{_ROLE}\b",
        )
        known = [m for m in self.mentions(parse) if m.kind != "source" or m.name]
        for pattern in patterns:
            for hit in re.finditer(pattern, parse.text):
                a, b = hit.span(1)
                if not any(m.start < base + b and m.end > base + a for m in known):
                    spans.append((base + a, base + b))
        return spans

    def masked(self, parse: Parse, start: int, end: int) -> str:
        """The words of a sentence from `start` to `end`, private names left out."""
        text, at = "", start
        for a, b in sorted(self.private_names(parse)):
            if a < end and b > start:
                text, at = text + parse.text[at - parse.sentence.start : max(at, a) - parse.sentence.start], max(at, b)
        text += parse.text[at - parse.sentence.start : max(at, end) - parse.sentence.start]
        return " ".join(text.split()).strip(" ,") or "person (name withheld)"


def _capital_runs(parse: Parse, heads: frozenset[str]) -> Iterable[list[Token]]:
    """Runs of capitalised words; "of the" joins only behind a word such as Army or Front ("Army of the South")."""
    run: list[Token] = []
    for token in (*parse.tokens, None):
        if token is not None and (_is_capital(token) or _joins(parse, run, token, heads)):
            run.append(token)
            continue
        if run:
            yield run
        run = []


def _is_capital(token: Token) -> bool:
    return token.text[:1].isupper() and token.tag not in ("PRP", "DT", "IN", "CC")


def _joins(parse: Parse, run: list[Token], token: Token, heads: frozenset[str]) -> bool:
    if not run or not _next_capital(parse, token):
        return False
    return token.low in ("al", "-", "'") or (token.low in ("of", "the", "for") and any(t.text in heads for t in run))


def _next_capital(parse: Parse, token: Token) -> bool:
    following = parse.tokens[token.i + 1 : token.i + 2]
    return bool(following) and (following[0].text[:1].isupper() or following[0].low in ("al", "-", "the"))


def _alternatives(names: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(names, key=len, reverse=True)
    body = "|".join(_loose(n) for n in ordered)
    return re.compile(rf"(?<![\w-])(?:{body})(?![\w])" if body else r"(?!)", re.IGNORECASE)


def _loose(name: str) -> str:
    """Hyphens, apostrophes and spaces of a name may be written either way; short names keep their capitals."""
    body = re.sub(r"(?:\\-|\\ |[-' ])+", r"[-'’\\s]{0,2}", re.escape(name))
    short = len(name) <= 4 or name.isupper()
    return f"(?-i:{body})" if short else body


def _key(text: str) -> str:
    trimmed = re.sub(r"'s$", "", text)
    return trimmed if len(trimmed) <= 4 or trimmed.isupper() else re.sub(r"[-'’\s]+", " ", trimmed).casefold()


def _inside(m: Mention, other: Mention) -> bool:
    return other.start <= m.start and m.end <= other.end


def _same(other: Mention, m: Mention) -> bool:
    return (other.start, other.end, other.kind) == (m.start, m.end, m.kind)


def _covers(other: Mention, m: Mention) -> bool:
    return (
        _inside(m, other)
        and (other.end - other.start) > (m.end - m.start)
        and (other.kind == "group" or other.kind == m.kind)
    )
