"""Lists for people: facets, pages, what was judged, taken back and added by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from condotta.errors import LedgerError
from condotta.intervals import Amount, Period
from condotta.ledger import Ledger, browsing
from condotta.ledger.browsing import FACETS, Filters
from condotta.records import Claim, Document, named

TEXT = "The Herald: at least 343 killed, 100% sure. The Monitor: 40 arrived. Nobody_knows."


def _claim(measure: str, start: int, end: int, **more: object) -> Claim:
    made = Claim("D1", "count", TEXT[start:end], start, end, measure, "total", group="First", period=Period(None, date(2020, 6, 3)),
                 amount=Amount(1, 1), chain=("Herald", "Monitor"), reported=date(2020, 6, 4), confidence=0.9)  # fmt: skip
    return named(replace(made, **more))


@pytest.fixture
def store(place: str | Path) -> Iterator[Ledger]:
    with Ledger(place) as made:
        for id in ("D1", "D2"):
            document = Document(
                id, f"hash of {id}", 5, "text/plain", TEXT, title=f"Title {id}", published=date(2020, 6, 4)
            )
            made.add_document(document)
        claims = [
            _claim("killed", 0, 43), _claim("arrived", 44, 68), _claim("killed", 69, 82, group=None, chain=("Herald",), aspect=None),
            _claim("present", 0, 10, by="model", confidence=0.1),
        ]  # fmt: skip
        made.save_reading("D1", "rules 1", claims, [(4, 10)])
        yield made


def _ids(found: list[browsing.Listed]) -> set[str | None]:
    return {c.claim.measure for c in found}


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(), 4), (Filters(measure="killed"), 2), (Filters(group="-"), 1), (Filters(status="unsure"), 1), (Filters(text="100%"), 1),
        (Filters(text="nobody_knows"), 1), (Filters(text="nobodyxknows"), 0), (Filters(text="herald KILLED"), 1), (Filters(source="Monitor"), 3),
        (Filters(source="Moni"), 0), (Filters(origin="Herald"), 1), (Filters(since=date(2020, 6, 4)), 0), (Filters(until=date(2020, 6, 3)), 4),
        (Filters(document="D2"), 0),
    ],
)  # fmt: skip
def test_filters_choose_claims_and_count_them(store: Ledger, filters: Filters, count: int) -> None:
    assert len(browsing.claims_page(store, filters)) == browsing.count_claims(store, filters) == count
    assert browsing.claims_page(store, filters, count=count) == browsing.claims_page(store, filters)


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(measure="killed"), Filters(group="First", status="open"), Filters(aspect="-")]
)
def test_both_ways_to_count_facets_agree(store: Ledger, filters: Filters) -> None:
    """The one that the database counts facet by facet, and the one in a single pass for words that every claim has."""
    alone = browsing.facets(store, filters)
    once = browsing.facets(store, replace(filters, source="Herald"))
    assert set(alone) == set(FACETS)
    assert {k: dict(v) for k, v in alone.items()} == {k: dict(v) for k, v in once.items()}


def test_a_page_is_a_part_of_the_list(store: Ledger) -> None:
    every = [c.claim.id for c in browsing.claims_page(store, Filters(document="D1"))]
    assert every == browsing.claim_ids(store, Filters(document="D1"))
    assert [c.claim.id for c in browsing.claims_page(store, Filters(document="D1"), 1, 2)] == every[1:3]


def test_a_judgement_taken_back_leaves_what_held_before(store: Ledger) -> None:
    claim = browsing.claims_page(store, Filters(measure="arrived"))[0].claim
    store.judge(claim.id, "corrected", "ann", "a slip", {"measure": "present"})
    second = store.judge(claim.id, "rejected", "ben", "not at all")
    assert browsing.claim_of(store, claim.id).status == "rejected" and len(store.claims(document="D1")) == 3
    store.take_back(second.number, "ann", "it was")
    now = browsing.claim_of(store, claim.id)
    assert (now.status, now.claim.measure, now.revision) == ("corrected", "present", 3)
    assert (
        browsing.count_claims(store, Filters(measure="present")) == 2
        and browsing.as_read(store, claim.id).measure == "arrived"
    )
    assert browsing.taken_back(store) == {second.number}
    for number in (second.number, 99):
        with pytest.raises(LedgerError, match="E-LED-08"):
            store.take_back(number, "ann", "again")


def test_of_two_judgements_on_one_revision_the_second_is_refused(store: Ledger) -> None:
    claim = browsing.claims_page(store, Filters(measure="arrived"))[0]
    store.judge(claim.claim.id, "accepted", "ann", "yes", seen=claim.revision)
    with pytest.raises(LedgerError, match=r"E-LED-07.*ann: accepted, yes"):
        store.judge(claim.claim.id, "rejected", "ben", "no", seen=claim.revision)
    assert [j.by for j in store.judgements()] == ["ann"]


def test_the_same_judgement_on_many_is_all_or_nothing(store: Ledger) -> None:
    ids = browsing.claim_ids(store, Filters(document="D1"))
    with pytest.raises(LedgerError, match="E-LED-07"):
        store.judge_all([*((i, 0) for i in ids[:-1]), (ids[-1], 5)], "accepted", "ann", "all")
    assert store.judgements() == [] and browsing.statuses(store)["accepted"] == 0
    assert len(store.judge_all([(i, 0) for i in ids], "accepted", "ann", "all")) == 4


def test_judgements_hold_after_reading_again(store: Ledger) -> None:
    claim = browsing.claims_page(store, Filters(measure="arrived"))[0].claim
    store.judge(claim.id, "corrected", "ann", "a slip", {"measure": "present"})
    by_hand = store.add_claim(_claim("wounded", 44, 68), "ann")
    store.save_reading("D1", "rules 2", [claim])
    assert {c.measure for c in store.claims(document="D1")} == {"present", "wounded"}
    assert browsing.claim_of(store, by_hand.id).added and store.private_names("D1") == []


def test_documents_are_listed_with_what_is_open(store: Ledger) -> None:
    found, count = browsing.documents_page(store), browsing.count_documents(store)
    shelf = {d.id: (d.read, d.claims, d.open) for d in found}
    assert count == 2 and shelf == {"D1": (True, 4, 4), "D2": (False, 0, 0)}
    assert [d.id for d in browsing.documents_page(store, "title d2")] == ["D2"] and browsing.count_documents(
        store, "title d2"
    ) == 1
    assert browsing.count_documents(store, "100%") == 0 and browsing.documents_page(store, "100%") == []
    assert (browsing.unread(store), browsing.was_read(store, "D1"), browsing.was_read(store, "D2")) == (1, True, False)


def test_chains_are_counted(store: Ledger) -> None:
    assert browsing.citations(store) == [("Herald > Monitor", 3), ("Herald", 1)]


def test_the_queries_of_lists_use_the_indices(store: Ledger) -> None:
    """What makes lists quick on a large ledger."""
    import sqlalchemy as sa

    lite = store.engine.dialect.name == "sqlite"
    whole = "SCAN claims" if lite else "Seq Scan on claims"

    statements: list[str] = []
    sa.event.listen(
        store.engine, "before_cursor_execute", lambda c, cur, text, given, ctx, many: statements.append((text, given))
    )  # type: ignore[arg-type]
    browsing.documents_page(store)
    browsing.facets(store, Filters(measure="killed"))
    browsing.facets(store, Filters(text="herald"))
    browsing.claims_page(store, Filters(document="D1"))
    browsing.statuses(store)
    with store.engine.connect() as db:
        if not lite:
            db.exec_driver_sql("SET enable_seqscan = off")  # on four claims it would be the quicker way
        for text, given in list(statements):
            if "FROM claims" in text:
                plan = db.exec_driver_sql(f"{'EXPLAIN QUERY PLAN' if lite else 'EXPLAIN'} {text}", given).all()
                assert all(whole not in r[-1] or "INDEX" in r[-1] for r in plan), (text, plan)


def test_corrections_add_up_and_accepting_keeps_them(store: Ledger) -> None:
    claim = browsing.claims_page(store, Filters(measure="arrived"))[0].claim
    store.judge(claim.id, "corrected", "ann", "a slip", {"measure": "present"})
    second = store.judge(claim.id, "corrected", "ben", "that group", {"group": "Second"})
    store.judge(claim.id, "accepted", "cem", "so it is")
    now = browsing.claim_of(store, claim.id)
    assert (now.status, now.claim.measure, now.claim.group) == ("accepted", "present", "Second")
    assert now.claim.by == "corrected by ben, accepted by cem"
    store.take_back(second.number, "ann", "no")
    assert (browsing.claim_of(store, claim.id).claim.measure, browsing.claim_of(store, claim.id).claim.group) == (
        "present",
        "First",
    )


@pytest.mark.parametrize(
    "change",
    [{"quote": None}, {"quote": "other words"}, {"start": 7}, {"document": "D2"}, {"id": "C0"}, {"confidence": 1}, {"by": "me"}, {"subset": 5},
     {"amount": {"low": 1, "high": 1, "qualifier": "roughly"}}, {"period": {"start": "2020-06-04", "end": "2020-06-03"}}, {"group_text": 3}],
)  # fmt: skip
def test_a_correction_changes_no_words_and_no_nonsense_is_kept(store: Ledger, change: dict[str, object]) -> None:
    claim = browsing.claims_page(store, Filters(measure="arrived"))[0].claim
    with pytest.raises(LedgerError, match="E-LED-06"):
        store.judge(claim.id, "corrected", "ann", "so", change)
    assert store.judgements() == []


def test_a_claim_added_with_another_date_is_another_claim(store: Ledger) -> None:
    first = store.add_claim(_claim("wounded", 44, 68, period=None), "ann")
    store.judge(first.id, "rejected", "ann", "no date")
    second = store.add_claim(_claim("wounded", 44, 68), "ann")
    assert second.id != first.id and browsing.claim_of(store, second.id).status == "open"
    assert store.add_claim(_claim("wounded", 44, 68), "ann").id == second.id


def test_two_who_take_one_judgement_back_at_once(store: Ledger) -> None:
    from concurrent.futures import ThreadPoolExecutor

    claim = browsing.claims_page(store, Filters(measure="arrived"))[0].claim
    for _ in range(8):
        number = store.judge(claim.id, "accepted", "ann", "yes").number
        with ThreadPoolExecutor(2) as pool:
            done = [f.exception() for f in [pool.submit(store.take_back, number, by, "no") for by in ("ann", "ben")]]
        assert sum(e is None for e in done) == 1
