"""Lists for people: claims by facets, documents, judgements, a page at a time; what is asked of the database is what is shown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.ledger import tables as t
from condotta.ledger.judging import LONGEST, STATUSES, judgement_of, utc
from condotta.ledger.store import Ledger
from condotta.ledger.tallies import ALL, rows_for
from condotta.records import Claim, Judgement, claim_from_json

FACETS = t.FACETS
MOST_COUNTED = 20_000
"""Claims that are looked through for a word, a source, a day: where there are more, counts are of these."""
_MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """Which claims: each field narrows, None does not. `source`: anywhere in the chain; `text`: in the words; "-" means none."""

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
    text: str | None = None

    def given(self) -> dict[str, Any]:
        """The fields that narrow."""
        return {k: v for k, v in asdict(self).items() if v is not None}

    def without(self, name: str) -> "Filters":
        """The same without one of them."""
        return replace(self, **{name: None})

    @property
    def counted(self) -> bool:
        """Whether the claims chosen are counted already, with every write."""
        return set(self.given()) <= set(FACETS)


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim as it stands now, its status, how often it was judged, and whether a person added it."""

    claim: Claim
    status: str
    revision: int
    added: bool
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document in a list: no text, its current claims and those of them that nobody has judged."""

    id: str
    title: str | None
    publisher: str | None
    published: date | None
    received: datetime | None
    media_type: str
    name: str | None
    language: str | None
    read: bool
    claims: int
    open: int


def claims_page(
    ledger: Ledger, filters: Filters, first: int = 0, size: int = 50, count: int | None = None
) -> list[Listed]:
    """Current claims from number `first`: of one document in the order of its text, else the last reported first. `count`: how many there
    are, where that is known (it tells the quicker way to them)."""
    c = t.claims.c
    few = count is not None and count < MOST_COUNTED and not filters.counted
    # first which, by an index where there is one; then what is in them. A database that does not know how few a word finds would
    # go through all claims in their order instead
    where, order = _where(filters, ledger), _forth if filters.document else _back
    if few:
        f = sa.select(c.id, c.reported, c.document, c.start).where(*where).cte("few").prefix_with("MATERIALIZED").c
        found = sa.select(f.id).order_by(*order(f))
    else:
        found = sa.select(c.id).where(*where).order_by(*order(c))
    page = found.limit(size).offset(first).subquery()
    columns = (c.body, c.judged, c.status, c.revision, c.added, c.superseded)
    query = sa.select(*columns).join(page, page.c.id == c.id).order_by(*order(c))
    with ledger.engine.connect() as db:
        return [_listed(r) for r in db.execute(query)]


def _forth(c: Any) -> tuple[Any, ...]:
    return c.reported.nulls_first(), c.document, c.start, c.id


def _back(c: Any) -> tuple[Any, ...]:
    return c.reported.desc().nulls_last(), c.document.desc(), c.start.desc(), c.id.desc()


def claim_ids(ledger: Ledger, filters: Filters) -> list[str]:
    """The ids of the claims of `claims_page`, in the order of a document's text."""
    c = t.claims.c
    with ledger.engine.connect() as db:
        return list(db.scalars(sa.select(c.id).where(*_where(filters, ledger)).order_by(*_forth(c))))


def claim_of(ledger: Ledger, id: str) -> Listed:
    """One claim, current or superseded. Raises LedgerError E-LED-04."""
    c = t.claims.c
    query = sa.select(c.body, c.judged, c.status, c.revision, c.added, c.superseded).where(c.id == id)
    with ledger.engine.connect() as db:
        row = db.execute(query).first()
    if row is None:
        raise LedgerError("E-LED-04", f"no claim {id!r}", where=ledger.url)
    return _listed(row)


def as_read(ledger: Ledger, id: str) -> Claim:
    """One claim as the reader gave it, whatever was judged since. Raises LedgerError E-LED-04."""
    with ledger.engine.connect() as db:
        body = db.scalar(sa.select(t.claims.c.body).where(t.claims.c.id == id))
    if body is None:
        raise LedgerError("E-LED-04", f"no claim {id!r}", where=ledger.url)
    return claim_from_json(body)


def count_claims(ledger: Ledger, filters: Filters) -> int:
    """How many current claims there are; of those that must be looked through, no more than MOST_COUNTED are counted."""
    tally = t.tallies.c
    with ledger.engine.connect() as db:
        if filters.counted:
            where = rows_for(_values(filters))
            return int(db.scalar(sa.select(sa.func.sum(tally.claims)).where(*where)) or 0)
        found = sa.select(t.claims.c.id).where(*_where(filters, ledger)).limit(MOST_COUNTED).subquery()
        return db.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def may_be_more(filters: Filters, count: int) -> bool:
    """Whether `count_claims` stopped there."""
    return count >= MOST_COUNTED and not filters.counted


def counts(ledger: Ledger, filters: Filters) -> tuple[int, dict[str, list[tuple[str | None, int]]]]:
    """(number of claims as `count_claims` gives it, facet -> (value, number of claims) with the commonest first). Each facet is counted under
    the filters of all the others; of claims that must be looked through, MOST_COUNTED are."""
    with ledger.engine.connect() as db:
        if filters.counted:
            number, found = None, {name: _kept(db, name, filters.without(name)) for name in FACETS}
        else:
            seen, chosen, found = _looked_through(db, filters, ledger)
            number = chosen if seen < MOST_COUNTED else None
    return count_claims(ledger, filters) if number is None else number, found


def facets(ledger: Ledger, filters: Filters) -> dict[str, list[tuple[str | None, int]]]:
    """The facets alone."""
    return counts(ledger, filters)[1]


def _kept(db: sa.Connection, name: str, filters: Filters) -> list[tuple[str | None, int]]:
    """One facet, from the counts that are kept."""
    tally = t.tallies.c
    number = sa.func.sum(tally.claims)
    where = rows_for(_values(filters), name)
    query = sa.select(tally[name], number).where(*where).group_by(tally[name]).order_by(number.desc(), tally[name])
    return [(r[0] or None, int(r[1])) for r in db.execute(query.limit(_MOST_VALUES))]


def _values(filters: Filters) -> dict[str, str]:
    return {k: "" if v == "-" else v[:LONGEST] for k, v in filters.given().items()}


def _looked_through(
    db: sa.Connection, filters: Filters, ledger: Ledger
) -> tuple[int, int, dict[str, list[tuple[str | None, int]]]]:
    """(claims looked through, those that all filters choose, the facets) from one pass: to look through words is what takes long."""
    given = filters.given()
    rest = Filters(**{k: v for k, v in given.items() if k not in FACETS})
    wanted = {n: None if given[n] == "-" else given[n][:LONGEST] for n in FACETS if n in given}
    tally: dict[str, Counter[str | None]] = {n: Counter() for n in FACETS}
    seen = number = 0
    found = sa.select(*(t.claims.c[n] for n in FACETS)).where(*_where(rest, ledger)).limit(MOST_COUNTED).subquery()
    columns = [found.c[n] for n in FACETS]
    for row in db.execute(sa.select(*columns, sa.func.count()).group_by(*columns)):
        missed = [n for n, v in wanted.items() if row[FACETS.index(n)] != v]
        seen += row[-1]
        number += 0 if missed else row[-1]
        for k, name in enumerate(FACETS):
            if missed in ([], [name]):
                tally[name][row[k]] += row[-1]
    common = {n: sorted(c.most_common(_MOST_VALUES), key=lambda p: (-p[1], p[0] or "")) for n, c in tally.items()}
    return seen, number, common


def statuses(ledger: Ledger) -> dict[str, int]:
    """Status -> number of current claims."""
    tally = t.tallies.c
    query = sa.select(tally.status, sa.func.sum(tally.claims)).where(tally.origin == ALL).group_by(tally.status)
    with ledger.engine.connect() as db:
        rows = db.execute(query).all()
    return dict.fromkeys(STATUSES, 0) | {r[0]: int(r[1]) for r in rows}


def documents_page(
    ledger: Ledger, text: str | None = None, first: int = 0, size: int = 50, count: int | None = None
) -> list[Shelved]:
    """Documents, those received last first; `text`: in title, publisher or file name; `count`: see `claims_page`."""
    d, where = t.documents.c, _on_the_shelf(text)
    if text and count is not None and count < MOST_COUNTED:
        where = [d.id.in_(sa.select(sa.select(d.id).where(*where).cte("few").prefix_with("MATERIALIZED").c.id))]
    names = ("id", "title", "publisher", "published", "received", "media_type", "name", "language")
    query = sa.select(*(d[n] for n in names), t.readings.c.document.label("read")).outerjoin(
        t.readings, t.readings.c.document == d.id
    )
    with ledger.engine.connect() as db:
        rows = (
            db.execute(
                query.where(*where).order_by(d.received.desc().nulls_last(), d.id.desc()).limit(size).offset(first)
            )
            .mappings()
            .all()
        )
        counts = _counted(db, [r["id"] for r in rows])
    shelf = [
        dict(r) | {"read": r["read"] is not None, "received": utc(r["received"]) if r["received"] else None}
        for r in rows
    ]
    return [Shelved(**r, claims=counts.get(r["id"], (0, 0))[0], open=counts.get(r["id"], (0, 0))[1]) for r in shelf]


def count_documents(ledger: Ledger, text: str | None = None) -> int:
    """How many documents there are; `text`: in title, publisher or file name."""
    with ledger.engine.connect() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(t.documents).where(*_on_the_shelf(text))) or 0


def _on_the_shelf(text: str | None) -> list[Any]:
    return [t.SHELF.ilike(f"%{_literal(text)}%", escape="\\")] if text else []


def judgements_page(
    ledger: Ledger, by: str | None = None, first: int = 0, size: int = 50
) -> tuple[list[tuple[Judgement, Claim]], int]:
    """((judgement, claim as it was read) newest first, how many there are)."""
    j = t.judgements.c
    where = [j.by == by] if by else []
    query = sa.select(t.judgements, t.claims.c.body).join(t.claims, t.claims.c.id == j.claim).where(*where)
    with ledger.engine.connect() as db:
        number = db.scalar(sa.select(sa.func.count()).select_from(t.judgements).where(*where)) or 0
        rows = db.execute(query.order_by(j.number.desc()).limit(size).offset(first)).mappings().all()
    return [(judgement_of(r), claim_from_json(r["body"])) for r in rows], number


def statuses_of(ledger: Ledger, claims: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Claim -> (status, revision), of some claims."""
    c, found = t.claims.c, {}
    with ledger.engine.connect() as db:
        for first in range(0, len(claims), 500):
            part = claims[first : first + 500]
            found.update(
                {r[0]: (r[1], r[2]) for r in db.execute(sa.select(c.id, c.status, c.revision).where(c.id.in_(part)))}
            )
    return found


def was_read(ledger: Ledger, document: str) -> bool:
    """Whether a document has been read, and private names in it looked for."""
    with ledger.engine.connect() as db:
        looked = t.readings.c.private.is_not(None)
        query = sa.select(t.readings.c.document).where(t.readings.c.document == document, looked)
        return db.scalar(query) is not None


def unread(ledger: Ledger) -> int:
    """How many documents no reader has read."""
    with ledger.engine.connect() as db:
        read = db.scalar(sa.select(sa.func.count()).select_from(t.readings)) or 0
    return count_documents(ledger) - read


def taken_back(ledger: Ledger) -> set[int]:
    """The numbers of the judgements that another one took back."""
    query = sa.select(t.judgements.c.change).where(t.judgements.c.verdict == "taken back")
    with ledger.engine.connect() as db:
        return {r[0]["judgement"] for r in db.execute(query)}


def stamp(ledger: Ledger) -> int:
    """What changes whenever anything is done to the case: the number of the newest row of its log."""
    with ledger.engine.connect() as db:
        return db.scalar(sa.select(sa.func.max(t.log.c.number))) or 0


def last_judgement(ledger: Ledger) -> int:
    """The number of the newest judgement; 0 without any."""
    with ledger.engine.connect() as db:
        return db.scalar(sa.select(sa.func.max(t.judgements.c.number))) or 0


def citations(ledger: Ledger, most: int = 5000) -> list[tuple[str, int]]:
    """(chain as "outlet > ... > origin", number of current claims), the commonest first, so many of them."""
    c, number = t.claims.c, sa.func.count()
    query = sa.select(c.chain, number).where(c.superseded.is_(None), c.status != "rejected", c.chain != "")
    with ledger.engine.connect() as db:
        return [(r[0], r[1]) for r in db.execute(query.group_by(c.chain).order_by(number.desc(), c.chain).limit(most))]


def _counted(db: sa.Connection, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    c = t.claims.c
    waits = sa.func.sum(sa.case((c.status.in_(("open", "unsure")), 1), else_=0))
    query = sa.select(c.document, sa.func.count(), waits).where(c.superseded.is_(None), c.document.in_(ids))
    return {r[0]: (r[1], r[2]) for r in db.execute(query.group_by(c.document))}


def _where(filters: Filters, ledger: Ledger) -> list[Any]:
    c, given = t.claims.c, filters.given()
    where: list[Any] = [c.superseded.is_(None)]
    for name in (*FACETS, "document"):
        if name in given:
            where.append(c[name].is_(None) if given[name] == "-" else c[name] == given[name][:LONGEST])
    if filters.since:
        where.append(c.day >= filters.since)
    if filters.until:
        where.append(c.day <= filters.until)
    if filters.source and ledger.engine.dialect.name == "postgresql":
        where.append(t.VOICES.op("@>")(sa.func.string_to_array(filters.source, "\x1f")))
    elif filters.source:
        where.append((" > " + c.chain + " > ").like(f"%> {_literal(filters.source)} >%", escape="\\"))
    where += [c.words.like(f"%{_literal(word)}%", escape="\\") for word in (filters.text or "").casefold().split()]
    return where


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _listed(row: Any) -> Listed:
    claim = claim_from_json(row.judged or row.body)
    return Listed(claim, row.status, row.revision, row.added, row.superseded is not None)
