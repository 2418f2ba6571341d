"""The ledger, on both databases: what is kept, what is superseded, what people judged, and how it refuses."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.intervals import Amount, Period
from condotta.ledger import Ledger
from condotta.records import Claim, Document, named

TEXT = "At least 343 fighters were killed. Some 2,000 arrived."


def _document(id: str = "D1", published: date | None = date(2020, 6, 3), **more: Any) -> Document:
    return Document(id, f"hash of {id}", len(TEXT), "text/plain", TEXT, published=published, **more)


def _claim(measure: str = "killed", document: str = "D1", start: int = 0, **more: Any) -> Claim:
    amount = Amount(343, 343, qualifier="at least", text="343", start=9, end=12)
    given: dict[str, Any] = {
        "measure": measure, "aspect": "total", "group": "Northern Division", "period": Period(None, date(2020, 6, 3)),
        "amount": amount, "chain": ("The Herald", "The Monitor"), "reported": date(2020, 6, 3),
    }  # fmt: skip
    return named(Claim(document, "count", TEXT[start:34], start, 34, **(given | more)))


def _with_claims(place: str | Path, *claims: Claim) -> Ledger:
    """A ledger with two documents, and `claims` as what was read in the first."""
    store = Ledger(place)
    store.add_document(_document("D1"))
    store.add_document(_document("D2", date(2020, 5, 1)))
    store.save_reading("D1", "rules 1", claims or (_claim(),))
    return store


def _rows(store: Ledger, query: str) -> list[tuple[Any, ...]]:
    with store.engine.connect() as db:
        return [tuple(row) for row in db.execute(sa.text(query))]


# documents


def test_a_document_comes_back_as_it_went_in(place: str | Path) -> None:
    document = _document(
        title="Killed", publisher="The Herald", author="desk", address="https://example.org/1", language="en",
        name="a.txt", title_end=6, received=datetime(2020, 6, 4, 9, tzinfo=UTC),
    )  # fmt: skip
    with Ledger(place) as store:
        assert store.add_document(document) is True
        assert store.document("D1") == document
        assert list(store.documents()) == [document]


def test_the_same_bytes_are_kept_once(place: str | Path) -> None:
    with Ledger(place) as store:
        assert store.add_document(_document()) is True
        assert store.add_document(_document(title="another title")) is False
        assert [d.title for d in store.documents()] == [None]


def test_documents_come_oldest_publication_first(place: str | Path) -> None:
    with Ledger(place) as store:
        for id, day in (("D1", date(2020, 6, 3)), ("D2", date(2020, 1, 1)), ("D3", date(2020, 6, 3))):
            store.add_document(_document(id, day))
        assert [d.id for d in store.documents()] == ["D2", "D1", "D3"]


def test_links_are_kept_with_the_document(place: str | Path) -> None:
    with Ledger(place) as store:
        store.add_document(_document("D1"))
        store.add_document(_document("D2"), [("D1", "copy", 0.97)])
        store.add_document(_document("D3"), [("D1", "update", 0.9), ("D2", "update", 0.8)])
        assert set(store.links()) == {("D2", "D1", "copy"), ("D3", "D1", "update"), ("D3", "D2", "update")}


def test_a_document_whose_link_fails_is_not_kept_by_half(place: str | Path) -> None:
    with Ledger(place) as store:
        with pytest.raises(sa.exc.IntegrityError):
            store.add_document(_document("D2"), [("nobody", "copy", 1.0)])
        assert list(store.documents()) == []


def test_an_unknown_document_is_refused(place: str | Path) -> None:
    with Ledger(place) as store, pytest.raises(LedgerError) as refusal:
        store.document("D9")
    assert refusal.value.code == "E-LED-03"


# reading


def test_unread_lists_what_this_version_of_the_reader_has_not_read(place: str | Path) -> None:
    with _with_claims(place) as store:
        store.add_document(_document("D3", date(2020, 7, 1)))
        store.save_reading("D3", "table", [])
        assert store.unread("rules 1") == ["D2"]
        assert store.unread("rules 2") == ["D2", "D1"]
        store.save_reading("D2", "rules 1", [])
        assert store.unread("rules 1") == []


def test_a_new_reading_supersedes_the_old_one_and_loses_nothing(place: str | Path) -> None:
    old, kept, new = _claim("killed"), _claim("wounded"), _claim("captured")
    with _with_claims(place, old, kept) as store:
        assert store.save_reading("D1", "rules 2", [kept, new]) == 2
        assert {c.id for c in store.claims()} == {kept.id, new.id}
        assert _rows(store, "select id from claims where superseded is not null") == [(old.id,)]
        assert _rows(store, "select reader, claims from readings") == [("rules 2", 2)]


def test_a_superseded_claim_that_is_read_again_is_current_again(place: str | Path) -> None:
    old, new = _claim("killed"), _claim("captured")
    with _with_claims(place, old) as store:
        store.save_reading("D1", "rules 2", [new])
        store.save_reading("D1", "rules 3", [old])
        assert [c.id for c in store.claims()] == [old.id]


def test_a_name_resolved_by_a_later_reading_takes_effect(place: str | Path) -> None:
    before = _claim(group=None, group_text="the northerners", period=None)
    after = _claim(group="Northern Division", group_text="the northerners")
    with _with_claims(place, before) as store:
        store.save_reading("D1", "rules 2", [after])
        assert store.claims() == [after]
        assert store.claims(group="Northern Division") == [after]


def test_reading_again_with_the_same_result_changes_nothing(place: str | Path) -> None:
    with _with_claims(place) as store:
        before = store.claims()
        store.save_reading("D1", "rules 1", [_claim()])
        assert store.claims() == before
        assert _rows(store, "select count(*) from claims") == [(1,)]


def test_a_reading_leaves_other_documents_alone(place: str | Path) -> None:
    mine, other = _claim(), _claim(document="D2")
    with _with_claims(place, mine) as store:
        store.save_reading("D2", "rules 1", [other])
        store.save_reading("D1", "rules 1", [])
        assert store.claims() == [other]


def test_a_reading_that_fails_leaves_the_earlier_one(place: str | Path) -> None:
    with _with_claims(place) as store:
        before = store.claims()
        with pytest.raises(sa.exc.IntegrityError):
            store.save_reading("D1", "rules 2", [_claim("captured"), _claim("fled", document="nobody")])
        assert store.claims() == before
        assert _rows(store, "select reader from readings") == [("rules 1",)]


# claims


def test_a_claim_comes_back_as_it_went_in(place: str | Path) -> None:
    claim = _claim(note="said twice", place="Port Town", subject="a", object="b", predicate="c", confidence=0.75)
    with _with_claims(place, claim) as store:
        assert store.claims() == [claim]


@pytest.mark.parametrize(
    ("facet", "value", "expected"),
    [
        ({}, None, {"killed", "captured", "pay", "arrived"}),
        ("measure", "captured", {"captured"}),
        ("kind", "terms", {"pay"}),
        ("group", "Southern Division", {"captured"}),
        ("origin", "The Herald", {"pay"}),
        ("document", "D2", {"arrived"}),
        ("measure", "nothing like it", set()),
    ],
)
def test_facets_choose_claims(place: str | Path, facet: str, value: str | None, expected: set[str]) -> None:
    pay = named(Claim("D1", "terms", TEXT, 0, 54, measure="pay", chain=("The Herald",)))
    with _with_claims(place, _claim("killed"), _claim("captured", group="Southern Division"), pay) as store:
        store.save_reading("D2", "rules 1", [_claim("arrived", document="D2")])
        found = store.claims(**({facet: value} if facet else {}))
    assert {c.measure for c in found} == expected


def test_facets_narrow_together_and_none_means_any(place: str | Path) -> None:
    other = _claim("killed", group="Southern Division", group_text="the southerners")
    with _with_claims(place, _claim("killed"), other, _claim("fled")) as store:
        found = store.claims(measure="killed", group="Northern Division", kind=None)
    assert [(c.measure, c.group) for c in found] == [("killed", "Northern Division")]


def test_claims_come_in_the_order_of_report_and_place(place: str | Path) -> None:
    late, first, second = _claim("killed", start=9), _claim("fled", start=0), _claim("captured", start=3)
    early = _claim("arrived", document="D2", reported=date(2020, 5, 1))
    with _with_claims(place, late, second, first) as store:
        store.save_reading("D2", "rules 1", [early])
        assert [c.id for c in store.claims()] == [early.id, first.id, second.id, late.id]


# judgements


def test_an_accepted_claim_says_who_accepted_it(place: str | Path) -> None:
    with _with_claims(place) as store:
        given = store.judge(_claim().id, "accepted", "first analyst", "checked against the page")
        (claim,) = store.claims()
    assert claim.by == "rules, accepted by first analyst"
    assert (given.claim, given.verdict, given.why) == (claim.id, "accepted", "checked against the page")


def test_a_corrected_claim_shows_the_correction_under_its_old_id(place: str | Path) -> None:
    change = {
        "aspect": "flow",
        "amount": {"low": 300, "high": 343, "unit": "people", "qualifier": "between", "text": "343"},
    }
    with _with_claims(place) as store:
        store.judge(_claim().id, "corrected", "first analyst", "the text says this week", change)
        (claim,) = store.claims()
    assert (claim.id, claim.aspect, claim.by) == (_claim().id, "flow", "corrected by first analyst")
    assert claim.amount == Amount(300, 343, qualifier="between", text="343")
    assert claim.quote == _claim().quote


def test_a_rejected_claim_is_left_out_and_still_there(place: str | Path) -> None:
    with _with_claims(place, _claim(), _claim("captured")) as store:
        store.judge(_claim().id, "rejected", "first analyst", "a slip of the pen")
        assert [c.measure for c in store.claims()] == ["captured"]
        assert _rows(store, "select count(*) from claims where superseded is null") == [(2,)]


def test_judgements_are_added_and_the_last_one_holds(place: str | Path) -> None:
    with _with_claims(place) as store:
        for verdict in ("rejected", "accepted", "rejected", "accepted"):
            store.judge(_claim().id, verdict, "first analyst", f"now {verdict}")
        assert [j.verdict for j in store.judgements()] == ["rejected", "accepted", "rejected", "accepted"]
        assert [c.by for c in store.claims()] == ["rules, accepted by first analyst"]


def test_a_judgement_comes_back_as_it_was_given(place: str | Path) -> None:
    with _with_claims(place) as store:
        given = store.judge(_claim().id, "corrected", "first analyst", "as printed", {"place": "Port Town"})
        assert store.judgements() == [given]


def test_judgements_outlive_a_new_reading(place: str | Path) -> None:
    with _with_claims(place) as store:
        store.judge(_claim().id, "rejected", "first analyst", "a slip of the pen")
        store.save_reading("D1", "rules 2", [_claim()])
        assert store.claims() == []


@pytest.mark.parametrize(
    ("claim", "verdict", "code"),
    [("C0", "accepted", "E-LED-04"), (None, "maybe", "E-LED-05"), ("C0", "maybe", "E-LED-05")],
)
def test_what_cannot_be_judged_is_refused_and_not_kept(
    place: str | Path, claim: str | None, verdict: str, code: str
) -> None:
    with _with_claims(place) as store:
        with pytest.raises(LedgerError) as refusal:
            store.judge(claim or _claim().id, verdict, "first analyst", "why not")
        assert refusal.value.code == code
        assert store.judgements() == []


def test_a_correction_that_makes_no_claim_is_refused_and_claims_can_still_be_listed(place: str | Path) -> None:
    with _with_claims(place) as store:
        with pytest.raises(LedgerError):
            store.judge(_claim().id, "corrected", "first analyst", "a typo", {"messure": "fled"})
        assert len(store.claims()) == 1


def test_long_names_are_kept_and_found(place: str | Path) -> None:
    long = "The Very Long Name of a Brigade " * 40
    claim = _claim("an event with a name longer than thirty characters", group=long, chain=("Paper", long))
    with _with_claims(place, claim) as store:
        assert store.claims() == [claim] and store.claims(group=long, origin=long) == [claim]


# grades and runs


def test_grades_change_over_time_and_every_change_is_kept(place: str | Path) -> None:
    with Ledger(place) as store:
        for grade, why in (("B", "as in case.yaml"), ("B", "again"), ("C", "two slips"), ("B", "mended")):
            store.set_grade("The Monitor", grade, "monitor", None, "first analyst", why)
        store.set_grade("The Herald", "D", "outlet", None, "first analyst", "as in case.yaml")
        assert store.grades() == {"The Monitor": "B", "The Herald": "D"}
        history = _rows(store, "select grade, why from grades where source = 'The Monitor' order by number")
    assert history == [("B", "as in case.yaml"), ("C", "two slips"), ("B", "mended")]


def test_a_run_is_kept_and_the_same_question_replaces_it(place: str | Path) -> None:
    with Ledger(place) as store:
        assert store.saved_run("q1") is None
        store.save_run("q1", "reconcile", "0.1.0", 7, {"evidence": 3}, {"median": [1, 2.5]})
        store.save_run("q2", "check", "0.1.0", None, {}, [])
        store.save_run("q1", "reconcile", "0.1.0", 7, {"evidence": 4}, {"median": [3]})
        assert store.saved_run("q1") == {"median": [3]}
        assert store.saved_run("q2") == []
        assert _rows(store, "select count(*) from runs") == [(2,)]


# the file


def test_the_file_is_in_wal_mode_and_checks_references(path: Path) -> None:
    with Ledger(path) as store:
        assert _rows(store, "pragma journal_mode") == [("wal",)]
        assert _rows(store, "pragma foreign_keys") == [(1,)]


def test_an_address_opens_the_same_ledger_as_its_path(path: Path) -> None:
    with _with_claims(path) as store:
        expected = store.claims()
    with Ledger(f"sqlite:///{path}") as again:
        assert again.claims() == expected


def test_everything_is_there_after_reopening(place: str | Path) -> None:
    with _with_claims(place) as store:
        store.judge(_claim().id, "accepted", "first analyst", "checked")
        before = store.claims(), list(store.documents()), store.judgements(), store.unread("rules 1")
    with Ledger(place) as store:
        assert (store.claims(), list(store.documents()), store.judgements(), store.unread("rules 1")) == before


def test_two_ledgers_may_be_open_at_once(place: str | Path) -> None:
    with _with_claims(place) as one, Ledger(place) as two:
        two.save_reading("D2", "rules 1", [_claim("fled", document="D2")])
        assert {c.measure for c in one.claims()} == {"killed", "fled"}


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    content = b"reported,source,measure\n" * 100
    path.write_bytes(content)
    with pytest.raises(LedgerError) as refusal:
        Ledger(path)
    assert refusal.value.code == "E-LED-01"
    assert path.read_bytes() == content


def test_a_ledger_in_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as refusal:
        Ledger(tmp_path / "nowhere" / "ledger.sqlite")
    assert refusal.value.code == "E-LED-01"


def test_a_ledger_cut_short_is_refused(path: Path) -> None:
    _with_claims(path).close()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(LedgerError) as refusal, Ledger(path) as store:
        store.claims()
    assert refusal.value.code == "E-LED-01"
