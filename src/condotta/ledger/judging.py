"""What judgements make of a claim: its status, the claim as it stands, the columns that lists are filtered by."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from condotta.errors import LedgerError, near_misses
from condotta.records import Claim, Judgement, claim_from_json, claim_json
from condotta.vocabulary import ASPECTS, KINDS, QUALIFIERS, STANCES, vocabulary

VERDICTS = ("accepted", "corrected", "rejected")
TAKEN_BACK = "taken back"
_WORDS = 500
"""Characters of a claim that lists can be searched for."""
LONGEST = 300
"""Characters of a group or source by which lists are filtered: an index of PostgreSQL takes no more than some 2,700 bytes."""
_FIXED = ("id", "document", "quote", "start", "end", "confidence", "by")
"""What says where a claim was read, and by whom: no correction changes it."""
STATUSES = ("unsure", "open", *VERDICTS)


def utc(at: datetime) -> datetime:
    """Databases forget the zone; every time in the ledger is UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def judgement_of(row: Mapping[Any, Any]) -> Judgement:
    """A judgement from its row."""
    return Judgement(row["claim"], row["verdict"], row["by"], utc(row["at"]), row["why"], row["change"], row["number"])


def standing(judgements: Sequence[Judgement]) -> list[Judgement]:
    """The judgements that hold: those that were not taken back, oldest first."""
    gone = {(j.change or {}).get("judgement") for j in judgements if j.verdict == TAKEN_BACK}
    return [j for j in judgements if j.verdict != TAKEN_BACK and j.number not in gone]


def as_judged(claim: Claim, judgements: Sequence[Judgement]) -> Claim:
    """The claim with its judgements applied in turn: corrections add up, and accepting keeps them."""
    now = claim
    for judgement in judgements:
        if judgement.verdict == "corrected" and judgement.change:
            try:
                changed = corrected(claim_json(now), judgement.change)
            except LedgerError:
                continue  # it was valid once, beside corrections that are taken back, or for an older version
            now = replace(changed, by=f"corrected by {judgement.by}", id=claim.id)
    last = judgements[-1] if judgements else None
    return replace(now, by=f"{now.by}, accepted by {last.by}") if last and last.verdict == "accepted" else now


def columns(claim: Claim, judgements: Sequence[Judgement] = ()) -> dict[str, Any]:
    """The row of a claim in the ledger, as judged."""
    holds = standing(judgements)
    now = as_judged(claim, holds)
    status = holds[-1].verdict if holds else "unsure" if claim.unsure else "open"
    return {
        "id": claim.id, "document": claim.document, "reported": claim.reported, "start": claim.start, "body": claim_json(claim),
        "kind": now.kind, "measure": now.measure[:30] if now.measure else None, "group": _short(now.group), "origin": _short(now.origin), "superseded": None, "status": status,
        "judged": claim_json(now) if holds and status != "rejected" else None, "aspect": now.aspect, "day": now.day,
        "confidence": claim.confidence, "chain": " > ".join(now.chain),
        "words": " ".join(filter(None, (now.quote, now.note))).casefold()[:_WORDS],
    }  # fmt: skip


def _short(name: str | None) -> str | None:
    return name[:LONGEST] if name else name


def corrected(body: Mapping[str, Any], change: Mapping[str, Any]) -> Claim:
    """The claim with a correction applied. Raises LedgerError E-LED-06 when that makes no claim."""
    unknown = [k for k in change if k not in body]
    if unknown:
        near = near_misses(unknown[0], body)
        raise LedgerError("E-LED-06", f"a claim has no field {unknown[0]!r}", near=near)
    fixed = [k for k in change if k in _FIXED]
    if fixed:
        fix = "Reject the claim and add the right one from its words."
        raise LedgerError("E-LED-06", f"{fixed[0]} is what was read, and stays", fix=fix)
    try:
        claim = claim_from_json(dict(body) | dict(change))
        sound(claim)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise LedgerError("E-LED-06", f"the correction makes no claim: {error}") from error
    return claim


def sound(claim: Claim) -> None:
    """Raise ValueError where a field has a value that no reader gives."""
    amount = claim.amount
    if claim.kind not in KINDS or claim.stance not in STANCES or claim.aspect not in (None, *ASPECTS):
        raise ValueError("kind, stance or aspect is not a known one")
    if claim.kind == "count" and claim.measure is not None and claim.measure not in vocabulary().measures:
        raise ValueError(f"no measure is called {claim.measure!r}")
    if amount:
        ends = [v for v in (amount.low, amount.high) if v is not None]
        if not all(isinstance(v, int | float) and math.isfinite(v) and v >= 0 for v in ends):
            raise ValueError("low and high are numbers, none of them negative")
        if not ends or (len(ends) == 2 and ends[0] > ends[1]):
            raise ValueError("a figure has one end at least, and low is not above high")
    if amount and (amount.qualifier not in QUALIFIERS or not isinstance(amount.unit, str)):
        raise ValueError(f"no qualifier is called {amount.qualifier!r}")
    if claim.period and claim.period.start and claim.period.start > claim.period.end:
        raise ValueError("a period ends after it starts")
    if not isinstance(claim.subset, str):
        raise ValueError("a subset is a text")
    texts = (
        claim.measure,
        claim.group,
        claim.group_text,
        claim.place,
        claim.subject,
        claim.predicate,
        claim.object,
        claim.note,
        *claim.chain,
    )
    if not all(t is None or isinstance(t, str) for t in texts) or any(len(n) == 1 for n in claim.chain):
        raise ValueError("measure, group and place are texts, chain is a list of them")
