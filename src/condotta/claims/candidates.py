"""Every place of a text that may count people or their pay: its figures, and "a soldier" that stands for one.

What the rules reject is kept and marked, where the rejection is a judgement; the model decides.
"""

import re
from collections.abc import Iterator

from condotta.claims.quantities import Quantity, quantities
from condotta.vocabulary import Vocabulary

_PERSON = r"(?:fighter|terrorist|militant|mercenary|member|soldier|jihadist|jihadi|commander|man|militiaman|officer|recruit|rebel|gunman|policeman|guard|contractor|conscript|person|civilian|child|woman|girl|boy|journalist|teenager|baby|leader|citizen|doctor|worker|student|minor|volunteer|instructor|adviser|guerrilla|insurgent|peasant|peacekeeper|sergeant|lieutenant|captain|colonel|general|major|medic|nurse|farmer|paramilitary|operative|bodyguard|pilot|trainer|legionnaire|combatant|paratrooper|marine|commando|corporal|private|deserter|prisoner|hostage|resident|villager|teacher|priest|driver|elder)"
_ONE = re.compile(rf"(?<![\w-])(an?)\s+(?:[\w'.-]+\s+){{0,4}}?{_PERSON}\b(?!')", re.IGNORECASE)


def candidates(view: str, words: Vocabulary) -> list[Quantity]:
    """Every figure of `view` and every "a soldier", left to right, without overlaps."""
    figures = quantities(view, words, doubtful=True)
    taken = [(q.start, q.end) for q in figures]
    singles = [q for q in _singles(view) if not any(a < q.number_end and b > q.number_start for a, b in taken)]
    return sorted([*figures, *singles], key=lambda q: q.number_start)


def _singles(view: str) -> Iterator[Quantity]:
    for hit in _ONE.finditer(view):
        a, b = hit.span(1)
        yield Quantity(a, b, a, b, 1.0, 1.0, "exactly", None, single=True)
