"""Whose people a figure counts: the group in their noun phrase, beside the verb, or in focus from before."""

import re

from condotta.claims.actors import Mention
from condotta.claims.anchors import CIVIL, Anchor
from condotta.claims.context import Context
from condotta.claims.parser import Token
from condotta.claims.quantities import Quantity
from condotta.claims.triggers import Trigger

_GENERIC = frozenset(["fighters", "fighter", "men", "man", "militants", "militant", "mercenaries", "mercenary", "members", "member", "of", "dead", "deaths", "bodies", "soldiers", "troops", "combatants", "jihadists", "rebels", "gunmen", "militiamen", "recruits", "volunteers", "were", "have", "had", "are", "others", "more", "trainees", "prisoners", "people", "casualties", "strong", "elements", "personnel"])  # fmt: skip


def group_of(
    context: Context, figure: Quantity, anchor: Anchor, trigger: Trigger, last: Mention | None
) -> Mention | None:
    """The group that the people counted belong to: in their noun phrase, else beside the verb, else the one in focus."""
    named = [m for m in context.mentions if m.kind in ("group", "side")]
    end = _phrase_end(context, anchor.token)
    head = min(figure.start, anchor.token.start - 40 if anchor.token.start < figure.start else figure.start)
    inside = [
        m for m in named if head <= m.start < end and (m.start >= figure.start or m.end <= anchor.token.start + 3)
    ]
    if inside:
        return min(inside, key=lambda m: abs(m.start - anchor.token.end))
    if anchor.token.low in CIVIL and anchor.token.low not in ("people", "person"):
        return _words_group(context, figure, anchor)
    beside = [m for m in named if _is_of_trigger(context, m, trigger, figure)]
    if beside:
        return min(beside, key=lambda m: abs(m.start - figure.start))
    casualties = {n for m in context.words.measures.values() if m.klass == "casualty" for n in m.nouns}
    described = None if anchor.token.low in casualties else _words_group(context, figure, anchor)
    generic = _generic(context, described)
    if generic:
        return generic
    among = _among_words(context, trigger)
    if among:
        return among
    if (anchor.token.low in _GENERIC or anchor.token.low in casualties or not anchor.noun) and (
        described is None or described.text.lower() in _GENERIC
    ):
        if last is not None:
            return last
        if (
            context.case
            and context.case.root
            and re.search(r"\bthe (?:fighters|mercenaries|militants|recruits|men)\b", context.lower)
            and not any(m.end <= figure.start for m in named)
        ):
            return Mention(figure.start, figure.end, "", "group", context.case.root)
        spoken = {p for s in context.speeches for p in s.path}
        focus = [m for m in named if m.end <= figure.start and not is_agent(context, m)]
        focus = [m for m in focus if not any(m.text in p or m.name == p for p in spoken)]
        focus = focus or [m for m in context.groups_before if not set(context.lower.split()) & CIVIL]
        if focus:
            return focus[-1]
        if (
            context.case
            and context.case.root
            and (
                described
                or re.search(r"\b(?:fighters|militants|mercenaries|recruits|factions|their|them)\b", context.lower)
            )
        ):
            at = described or Mention(figure.start, figure.end, "", "group", None)
            return Mention(at.start, at.end, at.text, "group", context.case.root)
    return described


def _among_words(context: Context, trigger: Trigger) -> Mention | None:
    """A group without a name behind the word that counts: "losses among the Turkey-backed groups"."""
    hit = re.match(
        r"\s+(?:among|of|within|in the ranks of)\s+(?:the\s+)?((?:[\w-]+\s+){0,4}?(?:factions|groups|militias|mercenaries|fighters|rebels|militants))\b",
        context.between(trigger.token.end, trigger.token.end + 90),
    )
    if hit is None or trigger.token.tag.startswith("VB"):
        return None
    start = trigger.token.end + hit.start(1)
    name = context.lexicon.group(hit[1])
    return Mention(start, start + len(hit[1]), hit[1], "group", name)


def _phrase_end(context: Context, token: Token) -> int:
    """Where the noun phrase of the people ends: behind its "of/from/in the ranks of/belonging to" part."""
    tail = context.between(token.end, token.end + 160)
    link = re.match(
        r"\s*(?:,\s*)?(?:who\s+)?(?:of|from|belonging to|belong to|affiliated with|loyal to|allied with|within|in the ranks of|in|with|linked to|affiliated to|fighting for|working for|employed by)\b[^.;]*?(?=\b(?:were|was|had|have|has|are|is|who|that|which|by|after|when|while|on|in)\b|[,.;(]|$)",
        tail,
    )
    return token.end + (link.end() if link else 0)


def is_agent(context: Context, mention: Mention) -> bool:
    """Whether a name stands for those who act or are dealt with, not for those counted: "by X", "by X and their Y"."""
    lead = context.between(mention.start - 48, mention.start).lower()
    return bool(
        re.search(r"\b(?:by|against|with|between|to|for|from)\s+(?:the\s+)?$|\bby\s+(?:(?!of\b)[\w'-]+\s+){0,6}$", lead)
    )


def _is_of_trigger(context: Context, mention: Mention, trigger: Trigger, figure: Quantity) -> bool:
    """Whether a name beside the verb is whose people they are: "from X" of leaving, "among X", or the subject "X lost"."""
    lead = context.between(mention.start - 24, mention.start).lower()
    low, high = sorted((mention.start, figure.start))
    if re.search(r";|\bwhile\b|\bwhereas\b", context.between(low, high).lower()):
        return False
    if trigger.measure in ("defected", "fled", "refused", "recruited") and re.search(
        r"\b(?:from|within|in|left|quit|deserted|abandoned|of)\s+(?:the\s+)?(?:ranks of\s+(?:the\s+)?)?$", lead
    ):
        return True
    if re.search(r"\b(?:among|for|of|in|within|from)\s+(?:the\s+)?(?:ranks of\s+(?:the\s+)?)?$", lead):
        return mention.start > figure.start or trigger.measure in ("killed", "wounded", "captured", "present")
    after = context.between(mention.end, mention.end + 24).lower()
    lost = re.match(
        r"(?:'s)?\s+(?:had\s+|has\s+|have\s+)?(?:lost|suffered|losses|dead|casualties|strength|number\w*|has|have|fields|toll)\b",
        after,
    )
    return bool(lost) and mention.start < figure.start


def _words_group(context: Context, figure: Quantity, anchor: Anchor) -> Mention | None:
    """The describing words as a group without a name: "Turkey-backed Syrian factions", "Sudanese mercenaries"."""
    if not anchor.noun or anchor.token.tag.startswith(("VB", "IN")):
        return None
    tokens = context.parse.at(figure.end, anchor.token.end)
    if anchor.token.start < figure.start:
        first = anchor.token.i
        while first > 0 and context.parse.tokens[first - 1].tag in ("JJ", "NNP", "HYPH", "VBN", "NNPS"):
            first -= 1
        tokens = list(context.parse.tokens[first : anchor.token.i + 1])
    while tokens and (
        tokens[0].low
        in (
            "of",
            "the",
            "a",
            "other",
            "more",
            "new",
            "additional",
            "about",
            "-",
            "strong",
            "their",
            "its",
            "such",
            "his",
            "these",
            "those",
            "least",
        )
        or tokens[0].tag in (",", "CD")
    ):
        tokens = tokens[1:]
    if not tokens:
        return None
    start, end = tokens[0].start, anchor.token.end
    if (
        anchor.token.low in ("members", "fighters", "men", "elements", "militants", "soldiers", "personnel")
        and len(tokens) == 1
    ):
        of = re.match(
            r"\s+(?:of|from|belonging to)\s+(?:the\s+)?((?:[\w'-]+\s+){0,5}?(?:factions|groups|faction|group|brigades|militias|militia|forces|rebels|opposition|army|units|regiment|company|contractor|tribe))\b",
            context.between(end, end + 90),
        )
        if of:
            start, end = end + of.start(1), end + of.end(1)
    return Mention(start, end, context.document.text[start:end], "group", None)


def _generic(context: Context, described: Mention | None) -> Mention | None:
    """The case's group for words such as "Turkey-backed fighters", when one of its aliases says so."""
    if described is None or context.case is None:
        return None
    name = context.lexicon.group(described.text)
    return Mention(described.start, described.end, described.text, "group", name) if name else None
