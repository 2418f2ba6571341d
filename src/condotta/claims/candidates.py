"""Every place of a text that may count people or their pay: its figures, "a soldier" that stands for one, a contract of "a year".

What the rules reject is kept where the rejection is a judgement; the model decides.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from condotta.claims.quantities import Quantity, quantities
from condotta.vocabulary import Vocabulary

_PERSON = r"(?:fighter|terrorist|militant|mercenary|member|soldier|jihadist|jihadi|commander|man|militiaman|officer|recruit|rebel|gunman|policeman|guard|contractor|conscript|person|civilian|child|woman|girl|boy|journalist|teenager|baby|leader|citizen|doctor|worker|student|minor|volunteer|instructor|adviser|guerrilla|insurgent|peasant|peacekeeper|sergeant|lieutenant|captain|colonel|general|major|medic|nurse|farmer|paramilitary|operative|bodyguard|pilot|trainer|legionnaire|combatant|paratrooper|marine|commando|corporal|private|deserter|prisoner|hostage|resident|villager|teacher|priest|driver|elder|trooper|brigadier|sub-lieutenant|commissar|gunner|martyr|legionary|sailor|airman|crewman|governor|judge|shepherd|goatherd|monk|nun|sniper|infantryman|reservist|cadet|gendarme|partisan|separatist|fugitive|suspect|foreigner|(?-i:Briton|Frenchman|Englishman|Irishman|Dutchman|Swede|Dane|Finn|Pole|Turk|Serb|Croat|Czech|Uzbek|Kazakh|Kyrgyz|Tajik|Turkmen|Chechen|Arab|Kurd|Afghan|Scot|Spaniard|Greek))"
_NATIONAL = r"(?-i:[A-Z][a-z]+(?:ian|ean|[b-df-hj-np-tv-z]an|ese|li|ti|ni|mi|qi|di|hi|gi|ri))(?=\s*(?:[,.;:)]|$|(?:and|or|who|whom|whose|was|is|had|has|from|of|in|with|among|aged|by)\b))"
_NOT = re.compile(r"\b(?:not|without|never)\s+$", re.IGNORECASE)
_ONE = re.compile(rf"(?<![\w-])(an?)\s+(?:[\w'.-]+\s+){{0,4}}?(?:{_PERSON}\b(?!')|{_NATIONAL})", re.IGNORECASE)

_YEAR = re.compile(
    r"\b(half a|a)(\s+year)(?=(?:['\u2019]s)?\s+(?:contract|hitch|tour|term)\b)"
    r"|\b(?:contracts?|signed|enlist\w*|hired|engaged|engagement|term|tour|hitch)\b[^.;\n\d$\u20ac\u00a3]{0,40}?\b(half a|a)(\s+year)\b"
    r"(?!\s+(?:ago|earlier|later|before|after|old|and)\b)",
    re.IGNORECASE,
)


def candidates(view: str, words: Vocabulary) -> list[Quantity]:
    """Every figure of `view` and every "a soldier", left to right, without overlaps."""
    figures = quantities(view, words, doubtful=True)
    ends = [q.end for q in figures]

    def free(single: Quantity) -> bool:
        k = bisect_right(ends, single.number_start)
        return k == len(figures) or figures[k].start >= single.number_end

    return sorted([*figures, *filter(free, (*_singles(view), *_years(view)))], key=lambda q: q.number_start)


def _singles(view: str) -> Iterator[Quantity]:
    for hit in _ONE.finditer(view):
        a, b = hit.span(1)
        if not is_nobody(view, a):
            yield Quantity(a, b, a, b, 1.0, 1.0, "exactly", None, single=True)


def _years(view: str) -> Iterator[Quantity]:
    """Contracts of "a year" and "half a year"."""
    for hit in _YEAR.finditer(view):
        last = hit.lastindex or 2  # the groups of either wording: "half a", "year"
        (a, b), end = hit.span(last - 1), hit.end(last)
        months = 6.0 if view[a:b].lower().startswith("half") else 12.0
        yield Quantity(a, end, a, b, months, months, "exactly", "months")


def is_nobody(text: str, at: int) -> bool:
    """Whether "a soldier" at an offset is no soldier at all: "not a single soldier"."""
    return bool(_NOT.search(text, max(0, at - 12), at))
