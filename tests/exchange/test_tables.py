"""Claims as JSON Lines and CSV: nothing lost on the way out and back, nothing that a spreadsheet would run."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from condotta.exchange import to_csv, to_jsonl
from condotta.intervals import Amount, Period
from condotta.records import Claim, claim_from_json, claim_json, named

words = st.text(st.characters(codec="utf-8") | st.sampled_from('\r\n",;=+-@\t\u2028'), max_size=20)
maybe = st.none() | words
days = st.dates(date(2010, 1, 1), date(2030, 1, 1))
figures = st.none() | st.floats(0, 1e9, allow_nan=False)
amounts = st.builds(
    Amount, figures, figures, words, words, words, st.none() | st.integers(0, 10**6), st.none() | st.integers(0, 10**6)
)
claims = st.builds(
    Claim, document=words, kind=words, quote=words, start=st.integers(0, 10**6), end=st.integers(0, 10**6), measure=maybe,
    aspect=maybe, subset=words, group=maybe, group_text=maybe, place=maybe,
    period=st.none() | st.builds(Period, st.none() | days, days), amount=st.none() | amounts, stance=words,
    chain=st.lists(words, max_size=4).map(tuple), confidence=st.floats(0, 1), by=words, subject=maybe, predicate=maybe,
    object=maybe, reported=st.none() | days, note=maybe,
).map(named)  # fmt: skip

CLAIM = named(
    Claim(
        "D1", "count", "At least 343 were killed", 10, 34, measure="killed", aspect="total", group="Northern Division",
        period=Period(None, date(2020, 6, 3)), amount=Amount(343, None, qualifier="at least", text="343"),
        chain=("The Herald", "The Monitor"), reported=date(2020, 6, 3),
    )
)  # fmt: skip


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(st.lists(claims, max_size=4))
def test_claims_survive_json_lines(found: list[Claim]) -> None:
    lines = to_jsonl(found).split("\n")
    assert lines.pop() == ""
    assert [claim_from_json(json.loads(line)) for line in lines] == found


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(claims)
def test_a_claim_is_one_row_of_csv_whatever_it_says(claim: Claim) -> None:
    rows = list(csv.reader(io.StringIO(to_csv([claim, claim]), newline="")))
    assert len(rows) == 3
    assert {len(row) for row in rows} == {len(rows[0])}
    assert rows[1] == rows[2]
    for cell in rows[1]:
        assert cell[:1] not in ("=", "@", "\t", "\r", "+", "-")


def test_json_lines_use_the_names_that_other_programs_read() -> None:
    row = json.loads(to_jsonl([CLAIM]))
    assert row["chain"] == ["The Herald", "The Monitor"]
    assert row["period"] == {"start": None, "end": "2020-06-03"}
    assert {k: row["amount"][k] for k in ("low", "high", "unit", "qualifier", "text")} == {
        "low": 343, "high": None, "unit": "people", "qualifier": "at least", "text": "343",
    }  # fmt: skip
    assert (row["place"], row["note"]) == (None, None)


def test_json_lines_keep_letters_readable() -> None:
    assert "\u062d\u0641\u062a\u0631" in to_jsonl([named(Claim("D1", "count", "\u062d\u0641\u062a\u0631", 0, 4))])


def test_csv_has_a_column_for_every_part_of_a_claim() -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([CLAIM])))
    flat = set(claim_json(CLAIM)) - {"period", "amount"}
    assert flat <= set(row)
    assert row["chain"] == "The Herald > The Monitor"
    assert (row["period_start"], row["period_end"]) == ("", "2020-06-03")
    assert (row["amount_low"], row["amount_high"], row["amount_qualifier"]) == ("343", "", "at least")


def test_csv_gives_every_claim_its_row_under_one_header() -> None:
    bare = named(Claim("D2", "event", "they refused", 0, 12))
    rows = list(csv.DictReader(io.StringIO(to_csv([bare, CLAIM]))))
    assert [r["id"] for r in rows] == [bare.id, CLAIM.id]
    assert [r["amount_low"] for r in rows] == ["", "343"]


def test_nothing_gives_nothing() -> None:
    assert to_jsonl([]) == to_csv([]) == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.parametrize("column", ["quote", "note", "place", "group_text"])
def test_csv_disarms_what_a_spreadsheet_would_run(start: str, column: str) -> None:
    claim = replace(CLAIM, **{column: f"{start}HYPERLINK(1)"})
    (row,) = csv.DictReader(io.StringIO(to_csv([claim]), newline=""))
    assert row[column] == f"'{start}HYPERLINK(1)"


def test_csv_disarms_a_source_that_opens_the_chain() -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([named(Claim("D1", "count", "words", 0, 5, chain=("=1+1", "b")))])))
    assert row["chain"] == "'=1+1 > b"


def test_csv_leaves_numbers_numbers() -> None:
    claim = named(Claim("D1", "terms", "words", 0, 5, amount=Amount(-5, 10, unit="USD")))
    (row,) = csv.DictReader(io.StringIO(to_csv([claim])))
    assert (row["amount_low"], row["amount_high"]) == ("-5", "10")
