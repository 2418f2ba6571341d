"""Claims and judgements: lists by facets, one claim with its reasons, judging, the same judgement on others, taking back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import cache
from typing import Any, Literal

from pydantic import Field
from starlette.responses import Response

from condotta.cases import Case
from condotta.claims import Reader
from condotta.errors import LedgerError, WorkbenchError
from condotta.exchange import to_csv
from condotta.intervals import Amount, Period
from condotta.ledger import browsing
from condotta.ledger.browsing import Filters, Listed
from condotta.pipeline import change_for
from condotta.records import Claim, Judgement, claim_json, shown_words
from condotta.workbench.api.shape import Call, Operation, Part
from condotta.workbench.desk import Desk

Verdict = Literal["accepted", "corrected", "rejected"]
_ALIKE = {
    "group": ("group_text",), "measure": ("measure", "kind"), "aspect": ("aspect", "measure"), "chain": ("chain",), "place": ("place",),
    "stance": ("stance", "measure"), "subset": ("subset", "measure"),
}  # fmt: skip


class ClaimsQuery(Part):
    """The facets of a list of claims, and which part of it."""

    status: str | None = None
    kind: str | None = None
    measure: str | None = None
    aspect: str | None = None
    group: str | None = None
    origin: str | None = None
    source: str | None = None
    document: str | None = None
    since: date | None = None
    until: date | None = None
    text: str | None = Field(default=None, max_length=200)
    first: int = Field(default=0, ge=0, le=100_000_000)
    size: int = Field(default=50, ge=1, le=1000)

    def filters(self) -> Filters:
        """The facets alone; empty ones do not narrow."""
        given = self.model_dump(exclude={"first", "size"})
        return Filters(**{k: v for k, v in given.items() if v not in (None, "")})


class Judge(Part):
    """A judgement; `change`: for corrected, the fields with their new values; `seen`: the claim's revision as it was shown."""

    verdict: Verdict
    why: str = Field(min_length=1, max_length=1000)
    change: dict[str, Any] | None = None
    seen: int | None = None


class Seen(Part):
    """A claim by its id, and the revision that was shown."""

    id: str
    seen: int | None = None


class JudgeAll(Part):
    """The same judgement on several claims: all of them or none."""

    claims: list[Seen] = Field(min_length=1, max_length=2000)
    verdict: Verdict
    why: str = Field(min_length=1, max_length=1000)
    change: dict[str, Any] | None = None


class Words(Part):
    """A reason."""

    why: str = Field(min_length=1, max_length=1000)


class NewClaim(Part):
    """A claim that a person found: `start`, `end` are offsets of its words in the document's text."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)
    measure: str
    aspect: Literal["stock", "total", "flow"] | None = None
    group: str | None = None
    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    qualifier: str = "exactly"
    source: str | None = None
    since: date | None = None
    until: date | None = None


class Alike(Part):
    """Which fields a correction changed, comma-separated."""

    fields: str = ""


class Pages(Part):
    """Which part of a list."""

    by: str | None = None
    first: int = Field(default=0, ge=0, le=100_000_000)
    size: int = Field(default=50, ge=1, le=1000)


def row(listed: Listed) -> dict[str, Any]:
    """A claim as plain data, with its status, its revision, and its words for people."""
    told = claim_json(listed.claim) | {"status": listed.status, "revision": listed.revision, "added": listed.added}
    figure = listed.claim.amount.show() if listed.claim.amount else ""
    day = listed.claim.day.isoformat() if listed.claim.day else None
    return told | {"figure": figure, "words": shown_words(listed.claim), "day": day, "superseded": listed.superseded}


def judgement_row(judgement: Judgement) -> dict[str, Any]:
    """A judgement as plain data."""
    return asdict(judgement) | {"at": judgement.at.isoformat(timespec="seconds")}


def claims(call: Call) -> dict[str, Any]:
    """A page of claims with the counts of every facet."""
    filters, ledger, masks = call.query.filters(), call.desk.ledger, call.masks()
    masks.allow(filters)
    number, counts = counted(call.desk, filters)
    found = browsing.claims_page(ledger, filters, call.query.first, call.query.size, number)
    return {
        "count": number, "more": browsing.may_be_more(filters, number), "first": call.query.first, "claims": [row(masks.listed(c)) for c in found],
        "facets": {k: [{"value": v, "count": n} for v, n in values if k != "origin" or masks.shows(v)] for k, values in counts.items()},
    }  # fmt: skip


def counted(desk: Desk, filters: Filters) -> tuple[int, dict[str, list[tuple[str | None, int]]]]:
    """(number of claims, the counts of every facet); remembered while nothing changes."""
    found: tuple[int, dict[str, list[tuple[str | None, int]]]] = desk.remembered(
        filters, lambda: browsing.counts(desk.ledger, filters)
    )
    return found


def claims_csv(call: Call) -> Response:
    """All claims that the facets choose, as CSV."""
    filters, masks, found, first = call.query.filters(), call.masks(), [], 0
    masks.allow(filters)
    while page := browsing.claims_page(call.desk.ledger, filters, first, 5000):
        found += [c.claim for c in page]
        first += len(page)
    headers = {"content-disposition": 'attachment; filename="claims.csv"'}
    return Response(to_csv(map(masks.claim, found)), media_type="text/csv", headers=headers)


def claim(call: Call) -> dict[str, Any]:
    """One claim with its judgements."""
    listed = browsing.claim_of(call.desk.ledger, call.path["id"])
    judged, masks = call.desk.ledger.judgements_of(call.path["id"]), call.masks()
    return row(masks.listed(listed)) | {"judgements": [judgement_row(masks.judgement(j)) for j in judged]}


def why(call: Call) -> dict[str, Any]:
    """Why the reader thinks so, with the runners-up."""
    listed = browsing.claim_of(call.desk.ledger, call.path["id"])
    if listed.claim.by.startswith("table"):
        return {
            "by": listed.claim.by,
            "confidence": listed.claim.confidence,
            "note": "a row of a spreadsheet: nothing was read",
        }
    found = reader(call.desk.case).why(call.desk.ledger.document(listed.claim.document), listed.claim)
    told = asdict(found)
    if call.desk.masks(call.session):
        told.pop("roles")
    return told


@cache
def _reader(case_json: str) -> Reader:
    return Reader(case=Case.model_validate_json(case_json))


def reader(case: Case) -> Reader:
    """The reader of a case; made when it is first needed."""
    return _reader(case.model_dump_json())


def alike(call: Call) -> dict[str, Any]:
    """Other claims, judged by nobody yet, for which the same correction may hold: alike in what was corrected."""
    mine, masks = browsing.claim_of(call.desk.ledger, call.path["id"]), call.masks()
    return {"claims": [row(masks.listed(c)) for c in alike_to(call.desk, mine, call.query.fields.split(","))]}


def alike_to(desk: Desk, mine: Listed, fields: list[str]) -> list[Listed]:
    """See `alike`. The claim is compared as the reader gave it, before its correction."""
    keys = {k for f in fields for k in _ALIKE.get(f, ())}
    if not keys or any(f in ("low", "high", "qualifier", "period", "amount") for f in fields):
        return []
    before = browsing.as_read(desk.ledger, mine.claim.id)
    if any(getattr(before, k) in (None, ()) for k in keys):
        return []  # alike in saying nothing is not alike
    near = Filters(kind=before.kind)
    if "measure" in keys:
        near = Filters(measure=before.measure, document=before.document)
    found = []
    for status in ("open", "unsure"):
        page = browsing.claims_page(desk.ledger, Filters(**near.given() | {"status": status}), 0, 5000)
        found += [
            c for c in page if c.claim.id != before.id and all(getattr(c.claim, k) == getattr(before, k) for k in keys)
        ]
    return found[:200]


def judge(call: Call) -> dict[str, Any]:
    """Judge a claim."""
    body: Judge = call.body
    listed = browsing.claim_of(call.desk.ledger, call.path["id"])
    change = _change(listed, body.change, call.desk.case) if body.verdict == "corrected" else None
    made = call.desk.ledger.judge(listed.claim.id, body.verdict, call.session.name, body.why, change, body.seen)
    now = browsing.claim_of(call.desk.ledger, listed.claim.id)
    others = alike_to(call.desk, now, list(body.change or {})) if change else []
    return {"judgement": judgement_row(made), "claim": row(now), "alike": [row(c) for c in others]}


def judge_all(call: Call) -> dict[str, Any]:
    """The same judgement on several claims."""
    body: JudgeAll = call.body
    change = None
    if body.verdict == "corrected":
        if not body.change or {"low", "high", "qualifier", "unit", "amount", "period"} & set(body.change):
            raise LedgerError("E-LED-06", "figures are corrected one by one")
        change = _named(body.change, call.desk.case)
    pairs = [(c.id, c.seen) for c in body.claims]
    made = call.desk.ledger.judge_all(pairs, body.verdict, call.session.name, body.why, change)
    return {"judgements": [judgement_row(j) for j in made]}


def _change(listed: Listed, fields: Mapping[str, Any] | None, case: Case) -> dict[str, Any] | None:
    if not fields:
        raise LedgerError("E-LED-06", "a correction changes something")
    return change_for(listed.claim, _named(fields, case))


def _named(fields: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """The fields with groups under the case's own names."""
    found = {k: (None if v == "" else v) for k, v in fields.items()}
    group = found.get("group")
    if isinstance(group, str):
        found["group"] = _group(group, case)
    return found


def _group(words: str, case: Case) -> str:
    name = case.resolve("groups", words)
    if name is None:
        raise WorkbenchError("E-WEB-06", f"no group of the case is called {words!r}", near=list(case.groups)[:5])
    return name


def take_back(call: Call) -> dict[str, Any]:
    """Undo a judgement, by another one that says so."""
    number = call.path["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise WorkbenchError("E-WEB-09", f"no judgement {number!r}")
    made = call.desk.ledger.take_back(int(number), call.session.name, call.body.why)
    return {"judgement": judgement_row(made), "claim": row(browsing.claim_of(call.desk.ledger, made.claim))}


def judgements(call: Call) -> dict[str, Any]:
    """Every judgement, newest first."""
    found, count = browsing.judgements_page(call.desk.ledger, call.query.by, call.query.first, call.query.size)
    masks = call.masks()
    return {
        "count": count,
        "judgements": [judgement_row(masks.judgement(j)) | {"words": shown_words(masks.claim(c))} for j, c in found],
    }


def add(call: Call) -> dict[str, Any]:
    """Add a claim that the reader has not found."""
    body: NewClaim = call.body
    document, case = call.desk.ledger.document(call.path["id"]), call.desk.case
    if case.names != "keep" and not browsing.was_read(call.desk.ledger, document.id):
        raise LedgerError(
            "E-LED-06", "the document has not been read yet", fix="Names in it have to be looked for first."
        )
    private = call.desk.ledger.private_names(document.id) if case.names != "keep" else []
    if any(a < body.end and b > body.start for a, b in private):
        fix = "Choose words beside the name."
        raise LedgerError("E-LED-06", "those words hold the name of a private person", fix=fix)
    figure = None if body.low is None and body.high is None else Amount(body.low, body.high, "people", body.qualifier, "", body.start, body.end)  # fmt: skip
    chain = [n for n in (document.publisher, body.source) if n]
    made = Claim(
        document.id, "count", "", body.start, body.end, body.measure, body.aspect, group=_group(body.group, case) if body.group else None,
        group_text=body.group, amount=figure, period=Period(body.since, body.until) if body.until else None, reported=document.published,
        chain=tuple(case.resolve("sources", n) or n for n in dict.fromkeys(chain)),
    )  # fmt: skip
    kept = call.desk.ledger.add_claim(made, call.session.name)
    return {"claim": row(browsing.claim_of(call.desk.ledger, kept.id))}


OPERATIONS = (
    Operation("GET", "/claims", "reader", "Claims by facets, a page at a time, with the counts of every facet", claims, ClaimsQuery),
    Operation("GET", "/claims.csv", "reader", "The same claims as CSV, all of them", claims_csv, ClaimsQuery),
    Operation("GET", "/claims/{id}", "reader", "One claim and its judgements", claim),
    Operation("GET", "/claims/{id}/why", "reader", "Why the reader thinks so, with the runners-up", why),
    Operation("GET", "/claims/{id}/alike", "reader", "Claims for which the same correction may hold", alike, Alike),
    Operation("POST", "/claims/{id}/judgements", "analyst", "Judge a claim", judge, body=Judge),
    Operation("POST", "/judgements", "analyst", "The same judgement on several claims: all or none", judge_all, body=JudgeAll),
    Operation("GET", "/judgements", "reader", "The history: every judgement, newest first", judgements, Pages),
    Operation("POST", "/judgements/{number}/taken-back", "analyst", "Undo a judgement", take_back, body=Words),
    Operation("POST", "/documents/{id}/claims", "analyst", "Add a claim to a document", add, body=NewClaim),
)  # fmt: skip
