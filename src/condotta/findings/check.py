"""A document's claims against everything but their own origin: agrees, higher, lower, repeats, contradicts, supported.

    >>> check(question, estimate, evidence, desk)

`higher` and `lower` are said when the estimate made without the claim's origin puts the true value on the other side
of the claim's figure with probability 0.9 or more; `repeats` when the same origin's figure (within 3 %) is on record
within 60 days before; `contradicts` when no estimate covers the claim and one other claim excludes it. A claim never becomes a fact: each
finding names who says what.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from condotta.estimates import Estimate
from condotta.findings.bench import Bench, Desk, Question, known_as
from condotta.findings.counts import against_estimate, repeats
from condotta.findings.terms import against_terms
from condotta.findings.words import against_words
from condotta.records import Claim, Document, Evidence, Finding


def check(question: Question, estimate: Estimate, evidence: Sequence[Evidence], desk: Desk) -> Iterator[Finding]:
    """One finding for each claim, in the order of the text, as they come.

    `desk.without` leaves pieces of evidence out: it gives the estimate, weights of its draws, and Pareto k of the weights;
    `desk.happened` says how the claim's figure may have got damaged on its way from its origin.
    """
    document = question.document
    case = desk.case
    others = [p for e in evidence if e.replaced is None and (p := _free_of(e, question.texts))]
    author = case.resolve("sources", document.author or "") or document.author
    for claim in question.claims:
        names = {known_as(claim.origin, case), author if len(claim.chain) <= 1 else None}
        later = [e for e in others if _may_copy(e, claim, document)]
        free = tuple(e for e in others if e not in later)
        bench = Bench(frozenset(n for n in names if n), free, tuple(later), estimate, case, desk.without)
        yield _with_history(_finding(claim, bench), desk)


def _with_history(finding: Finding, desk: Desk) -> Finding:
    """The finding; where a figure is out of line, with what probably happened to it on the way."""
    if finding.claim.kind != "count" or finding.verdict not in ("higher", "lower", "contradicts"):
        return finding
    happened = desk.happened(finding.claim)
    return (
        replace(finding, words=f"{finding.words}; what may have happened on the way: {happened}")
        if happened
        else finding
    )


def _free_of(piece: Evidence, texts: frozenset[str]) -> Evidence | None:
    """The piece without the claims of the document itself and of its copies; None when nothing is left."""
    kept = tuple(c for c in piece.claims if c.document not in texts)
    return piece if len(kept) == len(piece.claims) else replace(piece, claims=kept) if kept else None


def _may_copy(piece: Evidence, claim: Claim, document: Document) -> bool:
    """The very same figure, published after the document by somebody else: it may be a copy of it, so it is no support."""
    if claim.amount is None or piece.head.amount is None or document.published is None:
        return False
    same = (piece.head.measure, piece.head.amount.low, piece.head.amount.high) == (
        claim.measure,
        claim.amount.low,
        claim.amount.high,
    )
    return same and all(c.reported is not None and c.reported > document.published for c in piece.claims)


def _finding(claim: Claim, bench: Bench) -> Finding:
    if claim.kind == "count" and claim.amount is not None and claim.amount.middle > 1:
        repeated = repeats(claim, bench)
        if repeated and len(claim.chain) > 1:
            return repeated
        compared = against_estimate(claim, bench)
        return repeated if repeated and compared.verdict == "no-evidence" else compared
    if claim.kind == "terms" and claim.amount is not None:
        return against_terms(claim, bench)
    return against_words(claim, bench)
