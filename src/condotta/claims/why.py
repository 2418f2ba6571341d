"""Why a claim was read as it was: what the model gave each label, and the other groups and dates that stood nearby."""

from collections.abc import Sequence
from dataclasses import dataclass

from condotta.claims.context import Context
from condotta.claims.quantities import Quantity
from condotta.claims.readings import LABELS, Reading
from condotta.records import Claim

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Why:
    """`by`: rules, model, labels (of a table or list, which), table or a person. The rest: (what it could be, its probability or None), the likeliest first;
    `roles`: role -> the words that the model took for it."""

    by: str
    confidence: float
    measures: tuple[tuple[str, float | None], ...] = ()
    aspects: tuple[tuple[str, float | None], ...] = ()
    groups: tuple[tuple[str, float | None], ...] = ()
    days: tuple[tuple[str, float | None], ...] = ()
    roles: tuple[tuple[str, str, float], ...] = ()


def why(claim: Claim, context: Context, read: Sequence[tuple[Quantity, Reading]]) -> Why:
    """The reasons, from the sentence's context and the model's readings of its figures."""
    at = claim.amount.start if claim.amount else None
    mine = next((made for q, made in read if at is not None and q.start <= at < q.end), None)
    return Why(
        claim.by,
        claim.confidence,
        _best(mine, "measure"),
        _best(mine, "aspect"),
        _groups(context, claim),
        tuple((_dates(t.period.start, t.period.end), None) for t in context.times if t.period is not None),
        _roles(mine, context.document.text),
    )


def _best(made: Reading | None, name: str) -> tuple[tuple[str, float | None], ...]:
    if made is None:
        return ()
    shares = sorted(zip(LABELS[name], made.labels[name], strict=True), key=lambda pair: -pair[1])
    return tuple((label or "none of these", round(float(share), 3)) for label, share in shares[:_SHOWN])


def _groups(context: Context, claim: Claim) -> tuple[tuple[str, float | None], ...]:
    here = [m for m in context.mentions if m.kind == "group"]
    near = sorted(here, key=lambda m: abs(m.start - claim.start))
    names = [claim.group or claim.group_text, *(m.name or m.text for m in (*near, *context.groups_before))]
    return tuple((name, None) for name in dict.fromkeys(n for n in names if n))[: _SHOWN + 1]


def _dates(start: object, end: object) -> str:
    return f"{end}" if start in (None, end) else f"{start} to {end}"


def _roles(made: Reading | None, text: str) -> tuple[tuple[str, str, float], ...]:
    if made is None:
        return ()
    found = [(name, role.span, role.probability) for name, role in made.roles.items() if role.span is not None]
    return tuple((name, text[span[0] : span[1]], round(p, 3)) for name, span, p in found)
