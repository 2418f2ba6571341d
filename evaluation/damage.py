"""Damage on the way, measured: what is explained of the copies in the bundled evidence, and of copies damaged on purpose.

Real copies: figures that a single outlet ascribes to an origin which is on record, through others, with other figures of
the same thing in those two weeks. Made copies: figures carried by three outlets or more, damaged by a known kind so that
they differ from everything on record; and the same figures as if one outlet alone had carried them, which are no damage.
"""

from collections import Counter
from dataclasses import replace

from condotta.damage import GARBLED, OWN, damages, explainer
from condotta.damage.anchors import Copy, on_record, series_of
from condotta.damage.kinds import MAKERS
from condotta.intervals import Amount
from condotta.origins import group_origins
from condotta.randomness import stream
from condotta.records import Claim, Evidence, named
from evaluation.bundled import figures


def score() -> dict[str, float]:
    """The figures of both parts."""
    pieces = group_origins(figures()[1])
    return _real(pieces) | _made(pieces)


def _real(pieces: list[Evidence]) -> dict[str, float]:
    verdicts = damages(pieces)
    odd = [d for d in verdicts if d.kind != OWN and len(d.piece.claims) == 1]
    explained = [d for d in odd if d.kind != GARBLED]
    often = [d for d in verdicts if len({c.chain[0] for c in d.piece.claims}) >= 3]
    return {
        "copies beside other figures": float(len(verdicts)), "of these out of line": float(len(odd)),
        "of these explained": float(len(explained)), "share explained": len(explained) / max(len(odd), 1),
        "carried by three": float(len(often)), "of these not accused": 1 - sum(d.harmful for d in often) / max(len(often), 1),
    }  # fmt: skip


def _made(pieces: list[Evidence], each: int = 40) -> dict[str, float]:
    """Damage on purpose; `each` copies of every kind."""
    rng, record, explain = stream(7, "damage"), on_record(pieces), explainer(pieces)
    sure = [p for p in pieces if len({c.chain[0] for c in p.claims if c.chain}) >= 3 and _is_plain_copy(p.head)]
    chosen = [sure[i] for i in rng.permutation(len(sure))[:each]]
    alone = [_carried_once(p, pieces) for p in chosen]
    found: Counter[str] = Counter()
    for kind, make in MAKERS.items():
        tried = 0
        for i in rng.permutation(len(sure)):
            head = sure[i].head
            assert head.day is not None
            others = record[sure[i].origin]
            same = [a for a in others if series_of(a.claim) == series_of(head)]
            own = [a for a in same if a.claim is head]
            candidates = list(make(Copy(head, head.day, 1, others, same, own or same[:1])))
            fresh = [
                c
                for c in candidates
                if c[0] >= 10 and all(abs(a.figure - c[0]) > 0.01 * c[0] for a in same if a.near(head.day))
            ]
            if not fresh:
                continue
            verdict = explain(_copy_of(head, fresh[int(rng.integers(len(fresh)))][0]))
            if verdict is None:
                continue
            tried += 1
            found["made"] += 1
            found["noticed"] += verdict.kind != OWN
            found["explained"] += verdict.kind not in (OWN, GARBLED)
            found["right kind"] += verdict.kind == kind
            if tried == each:
                break
    return {
        "made copies": float(found["made"]), "noticed": found["noticed"] / found["made"],
        "explained": found["explained"] / found["made"], "right kind": found["right kind"] / found["made"],
        "true figures of one outlet, not accused": 1 - sum(alone) / len(alone),
    }  # fmt: skip


def _carried_once(piece: Evidence, pieces: list[Evidence]) -> bool:
    """Whether a well attested figure would be called damaged if only one outlet had carried it."""
    one = replace(piece, claims=piece.claims[:1])
    return any(d.harmful for d in damages([one if p is piece else p for p in pieces]) if d.piece is one)


def _is_plain_copy(claim: Claim) -> bool:
    return claim.kind == "count" and claim.amount is not None and claim.amount.middle >= 10 and claim.day is not None


def _copy_of(head: Claim, figure: float) -> Claim:
    """The head's claim in one more outlet, with another figure."""
    amount = Amount(round(figure), round(figure))
    return named(replace(head, document="Dmade", chain=("One more daily", head.origin or ""), amount=amount))
