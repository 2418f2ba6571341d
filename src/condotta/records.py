"""The frozen records that the stages exchange; a stage knows these and nothing of its neighbours."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from condotta.intervals import Amount, Period


@dataclass(frozen=True, slots=True)
class Document:
    """One report: the bytes as received (by hash) and the text that every offset points into.

    `text` : the extracted text; `title_end` : where the title stops inside it (0 when the title is not in the text).
    """

    id: str
    sha256: str
    size: int
    media_type: str
    text: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    address: str | None = None
    published: date | None = None
    received: datetime | None = None
    language: str | None = None
    name: str | None = None
    title_end: int = 0


UNSURE = 0.35
"""Confidence below which a claim of the model enters no estimate until a person has judged it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attributed statement with its exact words.

    `start`, `end` : offsets of `quote` in the document's text; `chain` : sources, outlet first, origin last;
    `amount` : the figure of a count or of terms; `subject`, `predicate`, `object` : the rest.
    None means that the text does not say.
    """

    document: str
    kind: str
    quote: str
    start: int
    end: int
    measure: str | None = None
    aspect: str | None = None
    subset: str = "all"
    group: str | None = None
    group_text: str | None = None
    place: str | None = None
    period: Period | None = None
    amount: Amount | None = None
    stance: str = "asserted"
    chain: tuple[str, ...] = ()
    confidence: float = 0.5
    by: str = "rules"
    subject: str | None = None
    predicate: str | None = None
    object: str | None = None
    reported: date | None = None
    note: str | None = None
    id: str = ""

    @property
    def origin(self) -> str | None:
        """The last source of the chain, or None where nobody is named."""
        return self.chain[-1] if self.chain else None

    @property
    def unsure(self) -> bool:
        """Whether the reader abstains: it gives the claim little chance to be wholly right, and nobody has accepted it."""
        return self.confidence < UNSURE and self.by.startswith("model") and "accepted" not in self.by

    @property
    def misread(self) -> float:
        """How likely the model read it wrong (measure, figure, aspect or group), by its own calibrated confidence; 0 for what a person
        or a table says, and for what somebody has accepted."""
        by_model = self.by.startswith("model") and "accepted" not in self.by
        return 1.0 - self.confidence if by_model else 0.0

    @property
    def day(self) -> date | None:
        """The day the claim speaks of: the end of its period, else the day it was published."""
        return self.period.end if self.period else self.reported


def named(claim: Claim) -> Claim:
    """The claim with its id: a hash of what it says and where, so that reading again changes nothing."""
    amount = claim.amount
    what = [claim.document, claim.kind, claim.start, claim.end, claim.measure, claim.group_text, claim.predicate]
    what += [claim.subject, claim.object, claim.stance, claim.subset, claim.note]
    what += [amount.text, amount.start, amount.low, amount.high, amount.unit] if amount else []
    what += [claim.aspect]  # not the chain: a new alias in the case must not orphan a judgement
    digest = hashlib.sha256(json.dumps(what, ensure_ascii=True, default=str).encode()).hexdigest()
    return replace(claim, id="C" + digest[:16])


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about a claim; judgements are added, never overwritten. "taken back" undoes `change["judgement"]`."""

    claim: str
    verdict: str
    by: str
    at: datetime
    why: str
    change: Mapping[str, Any] | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Claims that share one origin and one figure: one piece of evidence, with the reason for the grouping.

    `replaced` : why the origin itself no longer stands by it (corrected, taken back), or None.
    """

    id: str
    claims: tuple[Claim, ...]
    origin: str
    reason: str
    replaced: str | None = None

    @property
    def head(self) -> Claim:
        """The claim that stands for the others: the earliest one with the most precise words."""
        return self.claims[0]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A claim that does not enter the estimate, and why."""

    claim: Claim
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim of a document against everything but its origin.

    `factor` : claim over estimate, median; `probability` : that the true value lies beyond the claim's figure on the
    other side (for higher/lower), or that the two agree; `because` : the evidence, each with words and chain.
    """

    claim: Claim
    verdict: str
    factor: float | None = None
    factor_low: float | None = None
    factor_high: float | None = None
    probability: float | None = None
    expected: tuple[float, float, float] | None = None
    because: tuple[Claim, ...] = ()
    words: str = ""


_WEIGHT = ("higher", "lower", "contradicts", "repeats", "agrees", "supported", "no-evidence")


def weightiest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings for people: departures first, then repetitions, then support; head-counts before the rest of their kind."""
    return sorted(findings, key=lambda f: (_WEIGHT.index(f.verdict), f.claim.kind != "count", f.claim.start))


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be used: its name, the error's code and its message."""

    name: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: ids of new documents, number of claims imported from tables, copies, updates, failures."""

    documents: tuple[str, ...] = ()
    claims: int = 0
    known: int = 0
    links: tuple[tuple[str, str, str], ...] = ()
    failures: tuple[Failure, ...] = field(default=())
    notes: tuple[str, ...] = ()


def shown_words(claim: Claim) -> str:
    """A claim's words for people: the quote on one line; for a row of a spreadsheet what it says, in order."""
    if claim.by.startswith("table"):
        figure = claim.amount.show() if claim.amount else ""
        what = " ".join(
            x
            for x in (figure, claim.aspect, claim.measure or claim.kind, claim.group_text and f"[{claim.group_text}]")
            if x
        )
        return f"{what}; {claim.note}" if claim.note else what
    return " ".join(claim.quote.split())


def claim_json(claim: Claim) -> dict[str, Any]:
    """The claim as plain data, in the stable order and names that other programs read."""
    period = claim.period
    amount = asdict(claim.amount) if claim.amount else None
    row: dict[str, Any] = {k: getattr(claim, k) for k in ("id", "document", "kind", "measure", "aspect", "subset")}
    row |= {k: getattr(claim, k) for k in ("group", "group_text", "place")}
    row["period"] = {"start": _iso(period.start), "end": _iso(period.end)} if period else None
    row |= {"amount": amount, "stance": claim.stance, "chain": list(claim.chain)}
    row |= {k: getattr(claim, k) for k in ("quote", "start", "end", "confidence", "by")}
    row |= {k: getattr(claim, k) for k in ("subject", "predicate", "object")}
    return row | {"reported": _iso(claim.reported), "note": claim.note}


def claim_from_json(row: Mapping[str, Any]) -> Claim:
    """The claim that `claim_json` wrote."""
    data = dict(row)
    period, amount = data.pop("period"), data.pop("amount")
    reported = data.pop("reported", None)
    data["chain"] = tuple(data["chain"])
    return Claim(
        **data,
        period=Period(_date(period["start"]), _date(period["end"]) or date.max) if period else None,
        amount=Amount(**amount) if amount else None,
        reported=_date(reported),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
