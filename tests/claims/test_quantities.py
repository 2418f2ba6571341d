"""The grammar of figures."""

import pytest

from condotta.claims.candidates import candidates
from condotta.claims.quantities import quantities
from condotta.vocabulary import vocabulary


def figures(text: str) -> list[tuple[float | None, float | None, str, str | None]]:
    """(low, high, qualifier, unit) of every figure of a text."""
    return [(q.low, q.high, q.qualifier, q.unit) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "low", "high", "qualifier"),
    [
        ("4,750 fighters", 4750, 4750, "exactly"),
        ("3 700 men", 3700, 3700, "exactly"),
        ("some 2000 fighters", 2000, 2000, "about"),
        ("half a million men", 500_000, 500_000, "about"),
        ("half a hundred men", 50, 50, "about"),
        ("a million men", 1_000_000, 1_000_000, "exactly"),
        ("a million and a half men", 1_500_000, 1_500_000, "exactly"),
        ("Two and a half million men", 2_500_000, 2_500_000, "exactly"),
        ("a hundred and twenty-five men", 125, 125, "exactly"),
        ("a hundred thousand men", 100_000, 100_000, "exactly"),
        ("BENGHAZI, April 2 - 13 rebels died", 13, 13, "exactly"),
        ("BENGHAZI, April 2 - Thirteen rebels died", 13, 13, "exactly"),
        ("approximately 90 men", 90, 90, "about"),
        ("over 2,000 fighters", 2000, None, "more than"),
        ("no fewer than 30 men", 30, None, "at least"),
        ("12 or more men", 12, None, "at least"),
        ("nearly 500 men", 500, 500, "nearly"),
        ("no more than 6,000 men", None, 6000, "up to"),
        ("as many as 17 men", None, 17, "up to"),
        ("it was never more than 500 men", None, 500, "up to"),
        ("their number has at no time been higher than 350", None, 350, "up to"),
        ("not fewer than 90 men", 90, None, "at least"),
        ("between 3,500 and 3,800 men", 3500, 3800, "between"),
        ("5-10 people", 5, 10, "between"),
        ("two to three thousand men", 2000, 3000, "between"),
        ("1,800 to 2,000 men", 1800, 2000, "between"),
        ("dozens of men", 24, 99, "order of magnitude"),
        ("hundreds of men", 200, 999, "order of magnitude"),
        ("several hundred men", 200, 999, "order of magnitude"),
        ("tens of thousands of men", 20000, 99999, "order of magnitude"),
        ("two dozen men", 24, 24, "about"),
        ("half a dozen men", 6, 6, "about"),
        ("three hundred and fifty men", 350, 350, "exactly"),
        ("twenty-three men", 23, 23, "exactly"),
        ("a 500-strong force", 500, 500, "exactly"),
        ("1.2 million people", 1200000, 1200000, "exactly"),
        ("5k men", 5000, 5000, "exactly"),
        ("three and a half thousand men", 3500, 3500, "exactly"),
        ("half of the 80 never boarded", 40, 40, "about"),
        ("half its 80 men", 40, 40, "about"),
        ("a third of the 90 men", 30, 30, "about"),
        ("two-thirds of the 300 men", 200, 200, "about"),
        ("at least half of the 80 men", 40, None, "at least"),
        ("x4 KIA", 4, 4, "exactly"),
        ("5x 200", 5, 5, "exactly"),
        ("six 200s", 6, 6, "exactly"),
        ("barely a dozen men", 12, 12, "about"),
        ("a good hundred men", 100, 100, "about"),
        ("\u2248200 men", 200, 200, "about"),
        ("well under 400 men", None, 400, "up to"),
        ("just shy of 400 men", 400, 400, "nearly"),
        ("far more than 400 men", 400, None, "more than"),
    ],
)  # fmt: skip
def test_amounts(text: str, low: float | None, high: float | None, qualifier: str) -> None:
    assert [(a, b, c) for a, b, c, _ in figures(text)] == [(low, high, qualifier)]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("$2,000 - 5,000", 2000, 5000, "USD"),
        ("up to $2,000 a month", None, 2000, "USD"),
        ("1,500 euros", 1500, 1500, "EUR"),
        ("US$1,500 - US$2,000", 1500, 2000, "USD"),
        ("a million francs", 1_000_000, 1_000_000, "unknown"),
        ("400 U.S. dollars", 400, 400, "USD"),
        ("a three-month contract", 3, 3, "months"),
        ("for six months", 6, 6, "months"),
    ],
)
def test_money_and_months(text: str, low: float | None, high: float | None, unit: str) -> None:
    assert [(a, b, u) for a, b, _, u in figures(text)] == [(low, high, unit)]


@pytest.mark.parametrize(
    "text",
    [
        "on June 3, 2020", "on 3 June 2020", "in 2020 the war", "at 09:30", "a 23-years-old man", "a 23-year-old fighter", "12.7mm guns",
        "a 155-mm gun", "T-72 tanks", "the M23 rebels", "the 51st Brigade", "resolution 2510", "5 % of it", "12 percent",
        "aged 29-45", "aged between 16 and 18", "No one was killed", "three quarters of a million", "25-04-2016", "Jul 27 2016", "No. 5", "at 6 a.m.",
    ],
)  # fmt: skip
def test_what_is_no_figure(text: str) -> None:
    assert figures(text) == []


def test_a_change_is_two_figures_not_a_range() -> None:
    assert [f[0] for f in figures("the toll rose from 190 to 199")] == [190, 199]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half of the $3,000 was deducted", [(1500, "USD")]),
        ("one third of the 90 fighters", [(30, None)]),
        ("three tenths of the 80 men", [(24, None)]),
        ("half of the 5 men", [(3, None)]),
        ("half of the three-month term", [(1.5, "months")]),
        ("half of the roughly 80 fighters", [(40, None)]),
        ("the third of their 12 fighters", [(12, None)]),
        ("in the second half of the 2,000 days", []),
        ("all but a third of the 90 men", []),
        ("https://news.example/andean-fighters-killed/4512", []),
        ("S/RES/2231", []),
        ("our side: 12 killed/31 wounded", [(12, None), (31, None)]),
        ("half a  year's contract", [(6, "months")]),
        ("contracts worth $30,000 a year", [(30000, "USD")]),
    ],
)
def test_shares_and_what_stands_behind_a_stroke(text: str, expected: list[tuple[float, str | None]]) -> None:
    assert [(q.low, q.unit) for q in candidates(text, vocabulary())] == expected
    for q in candidates(text, vocabulary()):
        assert text[q.start : q.end].strip() == text[q.start : q.end]
        assert text[q.number_start : q.number_end] in text[q.start : q.end]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("a two-year contract", 24),
        ("contracts of one year", 12),
        ("he signed for a year", 12),
        ("half a year's contract", 6),
    ],
)
def test_a_contract_in_years_is_so_many_months(text: str, months: float) -> None:
    assert [(q.low, q.unit) for q in candidates(text, vocabulary())] == [(months, "months")]


def test_a_day_is_no_figure_but_bodies_are() -> None:
    assert [
        q.low for q in candidates("In December 28 bodies were found; by December 28 it was over.", vocabulary())
    ] == [28]


def test_losses_divided_by_a_stroke_are_two_figures() -> None:
    assert [f[0] for f in figures("our side: 12 KIA/31 WIA (+3 today)")] == [12, 31, 3]
    assert quantities("(+3 today)")[0].update


def test_another_marks_an_update() -> None:
    first, second = quantities("300 men came and another 150 men followed")
    assert (first.update, second.update) == (False, True)


def test_offsets_cover_the_words() -> None:
    text = "They said that more than $2,000 was promised"
    (q,) = quantities(text)
    assert text[q.start : q.end] == "more than $2,000"


def test_what_only_may_be_a_figure_comes_when_asked_for() -> None:
    text = "One to two million men came; one fled."
    found = [(q.low, q.high) for q in quantities(text, doubtful=True)]
    assert found == [(1_000_000, 2_000_000), (1, 1)] and len(quantities(text)) == 1


def test_number_words_without_end_are_survived() -> None:
    assert quantities("hundred " * 500)[0].low == 1e15
