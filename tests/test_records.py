"""Claims as records: ids and plain data."""

import json
from dataclasses import replace
from datetime import date

from condotta.intervals import Amount, Period
from condotta.records import Claim, claim_from_json, claim_json, named, shown_words

CLAIM = named(
    Claim(
        "D1", "count", "some 700 men left", 10, 27, measure="defected", aspect="flow", group="G", amount=Amount(700, 700, qualifier="about", text="some 700", start=10, end=18),
        period=Period(None, date(2020, 5, 6)), chain=("Outlet", "Monitor"), reported=date(2020, 5, 7),
    )
)  # fmt: skip


def test_json_round_trip() -> None:
    assert claim_from_json(json.loads(json.dumps(claim_json(CLAIM)))) == CLAIM


def test_id_depends_on_what_is_said() -> None:
    assert named(replace(CLAIM, id="")).id == CLAIM.id
    assert named(replace(CLAIM, aspect="total")).id != CLAIM.id
    assert named(replace(CLAIM, confidence=0.1)).id == CLAIM.id


def test_origin_and_day() -> None:
    assert CLAIM.origin == "Monitor"
    assert CLAIM.day == date(2020, 5, 6)
    assert replace(CLAIM, chain=(), period=None).origin is None


def test_shown_words_of_a_row() -> None:
    row = replace(CLAIM, by="table", group_text="G", note="a note")
    assert shown_words(row) == "about 700 flow defected [G]; a note"
    assert shown_words(replace(CLAIM, quote="two\n lines")) == "two lines"
