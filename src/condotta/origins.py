"""Which claims repeat one origin, and why we think so: claims of one origin are one piece of evidence.

Two claims are one piece when their last source, measure, aspect, group, subset and figure are the same and their
dates come within three weeks of each other, link by link (two days for events and other flows: another five dead next
week are other dead); what an outlet says in its own voice is one piece with the copies of its text.

A figure that its own origin no longer stands by is marked as replaced: the document was updated and the update has
another figure for the same thing, the source gives another figure in its own voice for the same day, or it takes it back.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from condotta.records import Claim, Evidence

_GAP = timedelta(days=21)
_FLOW_GAP = timedelta(days=2)
Key = tuple[object, ...]


def group_origins(
    claims: Iterable[Claim], copies: Iterable[tuple[str, str]] = (), updates: Iterable[tuple[str, str]] = ()
) -> list[Evidence]:
    """Every claim in exactly one piece of evidence; the earliest claim is the head. `copies`, `updates`: (later document,
    earlier document)."""
    original = _originals(copies)
    ordered = sorted(claims, key=lambda c: (repr(_key(c, original)), c.day or date.max, c.reported or date.max, c.id))
    pieces: list[Evidence] = []
    for key, same in groupby(ordered, key=lambda c: _key(c, original)):
        for run in _runs(list(same)):
            pieces.append(_piece(key, run))
    return _with_replaced(pieces, set(updates))


def _with_replaced(pieces: list[Evidence], updates: set[tuple[str, str]]) -> list[Evidence]:
    """The pieces, with the reason for those that their own origin no longer stands by."""
    same = defaultdict(list)
    for piece in pieces:
        c = piece.head
        if c.kind == "count" and c.amount is not None:
            same[piece.origin, c.measure, c.aspect, c.group or c.group_text, c.subset].append(piece)
    found = {}
    for rivals in same.values():
        for old in rivals:
            for new in rivals:
                reason = _replaces(new, old, updates) if new is not old else None
                if reason and old.id not in found:
                    found[old.id] = replace(old, replaced=reason)
    return [found.get(p.id, p) for p in pieces]


def _replaces(new: Evidence, old: Evidence, updates: set[tuple[str, str]]) -> str | None:
    """Why `new` takes the place of `old`, a figure of the same origin for the same thing; None where it does not."""
    a, b = new.head, old.head
    assert a.amount is not None and b.amount is not None
    when = f"{a.reported:%d %b %Y}" if a.reported else "later"
    later = a.reported is not None and b.reported is not None and a.reported > b.reported
    equal = abs(a.amount.middle - b.amount.middle) <= 0.01 * b.amount.middle
    if a.stance == "denied" and b.stance == "asserted":
        return f"taken back by {new.origin} itself, {when}" if equal and later else None
    if equal or a.stance != b.stance:
        return None
    if all(any((x.document, y.document) in updates for x in new.claims) for y in old.claims):
        near = a.day is not None and b.day is not None and abs((a.day - b.day).days) <= 3
        return f"replaced by {a.amount.show()} in the update of {when}" if near else None
    own_voice = all(len(c.chain) == 1 for c in (a, b)) and a.period is not None and a.period == b.period
    if own_voice and later and a.aspect != "flow":
        return f"corrected by {new.origin} itself to {a.amount.show()}, {when}"
    return None


def origin_of(claim: Claim) -> str:
    """The name of a claim's origin; a claim that names nobody is its document's own."""
    return claim.origin or f"document {claim.document}"


def _originals(copies: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each copy, the document it is a copy of, followed to the first."""
    parent = dict(copies)

    def first(document: str) -> str:
        seen = {document}
        while document in parent and parent[document] not in seen:
            document = parent[document]
            seen.add(document)
        return document

    found = {d: first(d) for d in parent}
    return found | {root: root for root in found.values()}


def _key(claim: Claim, original: dict[str, str]) -> Key:
    amount = claim.amount
    figure = (amount.middle, amount.unit) if amount else (claim.subject, claim.predicate, claim.object)
    family = original.get(claim.document)
    whose = f"text {family}" if family and len(claim.chain) <= 1 else origin_of(claim)
    return (
        whose,
        claim.kind,
        claim.measure,
        claim.aspect,
        claim.group or claim.group_text,
        claim.subset,
        figure,
        claim.stance,
    )


def _runs(claims: list[Claim]) -> list[list[Claim]]:
    """Claims in order of their day, cut where two neighbours are further apart than three weeks."""
    runs: list[list[Claim]] = []
    for claim in claims:
        last = runs[-1][-1].day if runs else None
        near = last is None or claim.day is None or claim.day - last <= (_FLOW_GAP if claim.aspect == "flow" else _GAP)
        if runs and near:
            runs[-1].append(claim)
        else:
            runs.append([claim])
    return runs


def _is_open(claim: Claim) -> bool:
    """Whether the figure is only a bound: the more precise words of the same origin stand for it."""
    return claim.amount is not None and (claim.amount.low is None or claim.amount.high is None)


def _piece(key: Key, run: list[Claim]) -> Evidence:
    root = str(key[0]).removeprefix("text ")
    first = min(run, key=lambda c: (c.document != root, c.reported or date.max, c.id))
    origin = origin_of(first) if str(key[0]).startswith("text ") else str(key[0])
    run = sorted(run, key=lambda c: (c.unsure, _is_open(c), c.day or date.max, c.reported or date.max, c.id))
    outlets = sorted({c.chain[0] if c.chain else "?" for c in run})
    if len(run) == 1:
        reason = "stands alone"
    else:
        figure = run[0].amount.show() if run[0].amount else "the same statement"
        reason = f"{len(run)} claims of {figure} from {origin}, carried by {len(outlets)} outlets"
    return Evidence("E" + run[0].id[1:], tuple(run), origin, reason)
