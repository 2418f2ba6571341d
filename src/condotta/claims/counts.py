"""Head-counts: binds each figure that counts people to a measure, an aspect, a group, a place and a period.

A figure is anchored at the noun it counts (`anchors`); the word that says what happened to those people (a verb or
noun of words/measures.yaml) is found by `triggers` and `senses`; `belonging` and `circumstances` say the rest.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from condotta.claims.actors import Mention
from condotta.claims.anchors import Anchor, anchor_of
from condotta.claims.belonging import group_of
from condotta.claims.circumstances import aspect_of, period_of, place_of, stance_of, subset_of
from condotta.claims.context import Context
from condotta.claims.quantities import Quantity
from condotta.claims.singles import single_people
from condotta.claims.triggers import Trigger, trigger_of
from condotta.intervals import Amount
from condotta.records import Claim


def counts(context: Context) -> Iterable[Claim]:
    """The count claims of one sentence, without quote, chain and id, which the caller adds."""
    last: Mention | None = None
    previous: Claim | None = None
    for figure in context.figures:
        if figure.unit is None and (anchor := anchor_of(context, figure)):
            trigger = trigger_of(context, figure, anchor)
            part = _part_of(context, figure, anchor, previous, trigger)
            if part:
                previous = part
                yield part
            elif trigger:
                last = group_of(context, figure, anchor, trigger, last)
                previous = _claim(context, figure, anchor, trigger, last)
                yield previous
    yield from single_people(context)


def _claim(context: Context, figure: Quantity, anchor: Anchor, trigger: Trigger, group: Mention | None) -> Claim:
    clause = context.clause(figure.start)
    period, phrase = period_of(context, figure, trigger)
    aspect = aspect_of(context, figure, trigger, phrase)
    return Claim(
        document=context.document.id,
        kind="count",
        quote="",
        start=figure.start,
        end=figure.end,
        measure=trigger.measure,
        aspect=aspect,
        subset=subset_of(context, figure, anchor),
        group=group.name if group else None,
        group_text=(group.text or None) if group else None,
        place=place_of(context, figure, trigger),
        period=period,
        amount=amount_of(context, figure),
        stance=stance_of(context, figure, trigger, clause),
        confidence=round(
            max(0.3, min(0.95, 0.97 - 0.09 * trigger.cost - (0 if anchor.noun else 0.05) - (0 if aspect else 0.1))), 2
        ),
    )


def _part_of(
    context: Context, figure: Quantity, anchor: Anchor, previous: Claim | None, trigger: Trigger | None
) -> Claim | None:
    """A figure that is a part of the one before ("among them 290 minors") or a rival to it ("put them at 4,200")."""
    if previous is None or previous.amount is None or previous.amount.end is None:
        return None
    gap = context.between(previous.amount.end, figure.start).lower()
    part = re.search(
        r"\b(?:including|among them|of them|of whom|among whom|among those|including the|includes)\s+(?:at least\s+|about\s+)?$",
        gap,
    )
    rival = re.search(
        r"\b(?:put|puts|putting|gave|gives|admit\w*|claim\w*|said|says|speak\w*|estimat\w+|counted|insist\w*)\s+(?:only\s+)?(?:to\s+|of\s+)?(?:(?:it|them|the\s+(?:\w+\s+)?(?:number|figure|toll|total|count|strength|captured|dead|wounded))\s+at\s+)?(?:only\s+|just\s+)?$",
        gap,
    )
    whole = re.match(r"\s*of (?:the|these|those|them)\b", context.lower)
    part = part or (
        whole if len(gap) < 130 and re.search(r",\s*(?:only\s+|some\s+|about\s+|at least\s+)?$", gap) else None
    )
    own = (
        trigger is not None
        and trigger.token.start > figure.start
        and trigger.cost < 3.5
        and trigger.token.i != anchor.token.i
    )
    if not ((part and not own) or (rival and (trigger is None or not anchor.noun) and len(gap) < 160)):
        return None
    subset = subset_of(context, figure, anchor) if part else previous.subset
    return replace(
        previous,
        start=figure.start,
        end=figure.end,
        amount=amount_of(context, figure),
        subset=subset,
        stance="asserted",
        confidence=0.6,
    )


def amount_of(context: Context, figure: Quantity) -> Amount:
    text = context.document.text[figure.start : figure.end]
    return Amount(figure.low, figure.high, figure.unit or "people", figure.qualifier, text, figure.start, figure.end)
