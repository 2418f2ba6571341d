"""The log of what was done to a case: whatever is altered, put there or taken away by other means is named."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa

from condotta.intervals import Amount
from condotta.ledger import Ledger, log
from condotta.ledger.redacting import redact
from condotta.records import Claim, Document, named

TEXT = "The Herald says 40 of them died. Omar Example said 40 more fled."


def _claim(measure: str, start: int, end: int, document: str = "D1") -> Claim:
    return named(Claim(document, "count", TEXT[start:end], start, end, measure, group="First", chain=("Herald",), amount=Amount(40, 40),
                       subject="Omar Example", reported=date(2020, 6, 1)))  # fmt: skip


@pytest.fixture
def held(anew: Ledger) -> Iterator[Ledger]:
    """A ledger in which something of every kind was done."""
    for id in ("D1", "D2"):
        data = f"{id} {TEXT}".encode()
        document = Document(id, hashlib.sha256(data).hexdigest(), len(data), "text/plain", TEXT, title="Omar Example")
        anew.add_document(document, [("D1", "copy", 0.9)] if id == "D2" else [], data, by="ann")
        anew.save_reading(id, "rules 1", [_claim("killed", 0, 32, id), _claim("fled", 33, 64, id)], [(33, 45)])
    anew.save_reading("D1", "rules 2", [_claim("fled", 33, 64)], [(33, 45)])
    anew.add_claim(_claim("wounded", 0, 31), "ann")
    first = anew.judge(_claim("fled", 33, 64).id, "corrected", "ann", "said Omar Example", {"group": "Second"})
    anew.judge(_claim("fled", 33, 64, "D2").id, "accepted", "ben", "so it is")
    anew.take_back(first.number, "ben", "no")
    anew.set_grade("Herald", "C", "outlet", None, "ann", "as in case.yaml")
    anew.save_run("r1", "reconcile", "0.1.0", 7, {}, {"median": 1.5})
    anew.save_run("visit 1", "visit", "0.1.0", None, {}, {})
    anew.keep_case("title: Test\n")
    yield anew


def _done(store: Ledger, statement: str) -> list[str]:
    """The subjects that `verify` names after something was done to the database behind the ledger's back."""
    with store.engine.begin() as db:
        if store.engine.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        db.execute(sa.text(statement))
    return [f.subject for f in log.verify(store)]


def test_what_was_done_by_the_program_has_no_fault(held: Ledger) -> None:
    assert list(log.verify(held)) == []
    whats = [e.what for e in log.entries(held)]
    assert whats == [
        "received",
        "read",
        "received",
        "read",
        "read",
        "added",
        "judged",
        "judged",
        "judged",
        "graded",
        "ran",
        "case",
    ]
    assert [e.by for e in log.entries(held, "D1")] == ["ann", "condotta", "condotta"]


@pytest.mark.parametrize(
    ("statement", "named_first"),
    [
        ("UPDATE documents SET text = replace(text, '40', '41') WHERE id = 'D2'", "document D2"),
        ("UPDATE documents SET published = '2020-06-02' WHERE id = 'D1'", "document D1"),
        ("UPDATE judgements SET why = 'because' WHERE number = 2", "judgement 2"),
        ("UPDATE judgements SET \"by\" = 'cem' WHERE number = 1", "judgement 1"),
        ("DELETE FROM grades", "grade 1"),
        ("UPDATE runs SET result = '{\"median\": 2.5}' WHERE id = 'r1'", "run r1"),
        ("DELETE FROM links", "links D2"),
        ("UPDATE readings SET private = '[]' WHERE document = 'D1'", "reading of D1"),
        ("UPDATE tallies SET claims = claims + 1", "counts of claims"),
        ("DELETE FROM log WHERE number = 3", "log 3"),
        ("UPDATE log SET \"by\" = 'cem' WHERE number = 4", "log 4"),
        ("INSERT INTO grades (source, grade, at, \"by\", why) VALUES ('Herald', 'A', '2020-01-01', 'x', 'y')", "grade 2"),
    ],
)  # fmt: skip
def test_what_is_altered_is_named(held: Ledger, statement: str, named_first: str) -> None:
    assert _done(held, statement)[0] == named_first


def test_altered_claims_are_named(held: Ledger) -> None:
    fled = f"claim {_claim('fled', 33, 64, 'D2').id}"
    assert fled in _done(held, f"UPDATE claims SET measure = 'arrived' WHERE id = '{fled[6:]}'")
    gone = f"claim {_claim('killed', 0, 32).id}"
    assert gone in _done(held, f"UPDATE claims SET superseded = NULL WHERE id = '{gone[6:]}'")


def test_an_altered_or_lost_original_is_named(held: Ledger) -> None:
    one, two = (d.sha256 for d in held.documents())
    held.erase_original(one)
    assert [f.subject for f in log.verify(held)] == [f"original {one}"]
    held.keep_original(one, b"other bytes")
    held.erase_original(two)
    assert [f.words[:7] for f in log.verify(held)] in (["altered", "gone: t"], ["gone: t", "altered"])


def test_redacted_words_are_nowhere_and_the_log_still_holds(held: Ledger) -> None:
    assert redact(held, "D1", "omar  EXAMPLE", "ann", "a witness") == 1
    document = held.document("D1")
    assert document.text == TEXT.replace("Omar Example", "█" * 12) and document.title == "█" * 12
    with held.engine.connect() as db:
        kept = [
            str(tuple(r))
            for table in ("documents", "claims", "judgements")
            for r in db.execute(sa.text(f"SELECT * FROM {table}"))
        ]
    assert not any("Omar" in row for row in kept if "'D2'" not in row)
    assert all(c.quote == document.text[c.start : c.end] for c in held.claims(document="D1"))
    assert list(log.verify(held)) == []
    redact(held, "D1", "Herald", "ann", "an outlet", erase=True)
    assert held.original(document.sha256) is None and list(log.verify(held)) == []
    assert held.document("D2").text == TEXT


def test_two_who_redact_at_once_undo_nothing(held: Ledger) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda words: redact(held, "D1", words, "ann", "both"), ["Omar Example", "Herald"]))
    assert "Omar" not in held.document("D1").text and "Herald" not in held.document("D1").text
    assert list(log.verify(held)) == []


def test_erased_bytes_that_are_back_are_named(held: Ledger) -> None:
    redact(held, "D1", "Omar Example", "ann", "a witness", erase=True)
    document = held.document("D1")
    assert held.add_document(document, (), b"D1 bytes") is False and held.original(document.sha256) is None
    held.keep_original(document.sha256, f"D1 {TEXT}".encode())
    assert [f.subject for f in log.verify(held)] == [f"original {document.sha256}"]


def test_a_ledger_without_a_log_is_taken_as_it_is(held: Ledger) -> None:
    with held.writing() as db:
        db.execute(sa.text("DELETE FROM log"))
        log.adopt(db, set(held.originals()))
    assert list(log.verify(held)) == []
    assert {e.what for e in log.entries(held)} == {"adopted"}
