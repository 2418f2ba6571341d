"""What a figure counts: the noun of people it stands with, or nothing when it counts something else."""

import re
from dataclasses import dataclass

from condotta.claims.context import Context
from condotta.claims.parser import Token
from condotta.claims.quantities import Quantity

_PARTICIPLES = ("killed", "wounded", "injured", "captured", "arrested", "martyred")
_DEAD_END = re.compile(r"^(?:\s+\w+){0,2}\s+(?:of\s+)?(?:the\s+)?(?:million|billion|trillion)\b")


CIVIL = frozenset(["civilians", "civilian", "children", "child", "women", "woman", "people", "person", "residents", "villagers", "passengers", "protesters", "students", "police", "policemen", "workers", "refugees", "journalists", "families", "demonstrators", "patients", "nurses", "doctors", "pilgrims", "teachers", "players", "athletes", "medics"])  # fmt: skip


_MARTIAL = r"\b(?:fighters?|mercenar\w+|militants?|soldiers?|troops?|rebels?|militia\w*|recruit\w*|jihadi\w*|combatants?|battalions?|brigades?|armed|army|military|front ?line|deploy\w*|insurgen\w+|gunm[ae]n|contractors?|paramilitar\w+|commanders?|conscripts?|war|factions?|defector\w*|desert\w*|training camps?|volunteers?|instructors?|garrison|theatre|enlist\w*|convicts|guard duty|recruiters?|trainers?|legionnaires?|volunteers?|unit|brigadier|guards)\b"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a figure counts: the noun's token (or the number's own), whether a noun of people stands there."""

    token: Token
    noun: bool


def anchor_of(context: Context, figure: Quantity) -> Anchor | None:
    """The people that a figure counts: the first noun after it that decides; None when it counts something else."""
    lists = context.words.quantities
    people, things = set(lists["people"]), set(lists["not_people"])
    after = [t for t in context.parse.tokens if t.start >= figure.number_end]
    number = context.token_at(figure.number_start) or context.parse.tokens[0]
    if _DEAD_END.match(context.between(figure.number_end, figure.number_end + 30)):
        return None
    for k, token in enumerate(after[:9]):
        following = after[k + 1] if k + 1 < len(after) else None
        compound = following is not None and (
            following.low in things or (following.text == "-" and k + 2 < len(after) and after[k + 2].low in things)
        )
        if token.low in things and not (
            following is not None and following.low in people and token.tag.startswith("NN")
        ):
            return None
        if token.low == "of" and following is not None and following.low in ("them", "these", "those", "whom"):
            return Anchor(token, False)
        if (
            token.text[:1].isupper()
            and token.low in people
            and following is not None
            and following.tag.startswith("NN")
            and not token.low.endswith("s")
        ):
            continue
        if (
            token.low in people
            and following is not None
            and following.low in context.words.speech["say"]
            and following.tag.startswith("VB")
            and figure.low is not None
            and figure.low < 10
        ):
            return None  # "two recruits told the newspaper": they speak, nobody counts them
        if token.low in people and not compound:
            return Anchor(
                token, token.tag.startswith("NN") or token.low not in ("were", "have", "had", "are", "of", "more")
            )
        if token.tag in (",", ".", ":", "-LRB-") or (
            token.low != "of"
            and token.tag.startswith(("VB", "IN", "TO", "WP", "WDT", "MD", "CC"))
            and token.tag not in ("VBN", "VBG")
        ):
            break
        if (token.tag in ("VBN", "VBD", "VBG") or token.low in _PARTICIPLES) and any(
            token.low in m.verbs for m in context.words.measures.values()
        ):
            break
        if token.tag in ("NNS", "NN", "NNPS", "NNP") and not _may_continue(after, k):
            nation = token.text[:1].isupper() and token.low.endswith(("ans", "ese", "is", "ards", "ers"))
            unknown = (
                token.low.endswith(("ers", "ists", "ians", "men", "ors", "ees", "nts", "icts")) and token.tag == "NNS"
            )
            if nation or any(m.start <= token.start < m.end and m.kind == "group" for m in context.mentions):
                return Anchor(token, True)
            return Anchor(token, True) if unknown else None
    return _counted_before(context, figure) or Anchor(number, False)


def _counted_before(context: Context, figure: Quantity) -> Anchor | None:
    """The people of "the number of X ... at/to/of N", when the figure itself stands bare."""
    first, _ = context.clause(figure.start)
    lead = context.between(first, figure.start)
    hit = re.search(
        r"\b(?:(?:number|total|count|strength|figure|presence)s?\s+of|puts?)\s+(?:the\s+)?((?:[\w-]+\s+){0,4}?([\w-]+))\b(?=.*\b(?:at|to|of|is|was|reached|exceeds|exceeded|as|by|from|stood|stands|hit|nears?)\s+(?:\w+\s+){0,2}$)",
        lead,
    )
    if hit is None:
        return None
    people = set(context.words.quantities["people"])
    counted = (
        t for t in context.parse.at(first + hit.start(1), figure.start) if t.low in people and t.tag.startswith("NN")
    )
    return next((Anchor(token, True) for token in counted), None)


def _may_continue(after: list[Token], k: int) -> bool:
    """Whether the noun phrase goes on: a noun, an adjective or a hyphen follows."""
    return k + 1 < len(after) and (after[k + 1].tag.startswith(("NN", "JJ", "HYPH", "VBN")) or after[k + 1].text == "-")


def warlike(context: Context) -> bool:
    """Whether the document speaks of armed men and this sentence does not speak of other people's pay."""
    civil = re.search(
        r"\b(?:teachers?|civil servants?|nurses|doctors|workers|miners|dockers|company|firm|students|pensioners|farmers|union)\b",
        context.lower,
    )
    return civil is None and re.search(_MARTIAL, context.document.text, re.IGNORECASE) is not None


def martial(context: Context) -> bool:
    """Whether the sentence, or the one before, speaks of armed men at all."""
    texts = [context.lower] + ([context.before.lower] if context.before else [])
    if any(m.kind in ("group", "side") for m in context.mentions) or (
        context.before and any(m.kind == "group" for m in context.before.mentions)
    ):
        return True
    return any(re.search(_MARTIAL, t) for t in texts)
