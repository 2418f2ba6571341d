"""Amounts and periods."""

from datetime import date

import pytest

from condotta.intervals import Amount, Period, rounding


@pytest.mark.parametrize(
    ("value", "half"), [(4750, 25), (9000, 500), (343, 0.5), (700, 50), (7, 0.5), (1750, 25), (20, 5)]
)
def test_rounding(value: float, half: float) -> None:
    assert rounding(value) == half


def test_middle_of_an_open_amount_is_its_bound() -> None:
    assert Amount(2000, None).middle == 2000
    assert Amount(None, 600).middle == 600


def test_middle_of_a_range_is_geometric() -> None:
    assert Amount(200, 800).middle == pytest.approx(400)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Amount(2000, None, qualifier="more than"), "more than 2,000"),
        (Amount(2000, 5000, "USD", "between"), "2,000-5,000 USD"),
        (Amount(343, 343), "343"),
        (Amount(None, 600, qualifier="up to"), "up to 600"),
    ],
)
def test_show(amount: Amount, words: str) -> None:
    assert amount.show() == words


def test_overlaps() -> None:
    may = Period(date(2020, 5, 1), date(2020, 5, 31))
    assert may.overlaps(Period(date(2020, 5, 31), date(2020, 6, 2)))
    assert not may.overlaps(Period(date(2020, 6, 1), date(2020, 6, 2)))
    assert may.overlaps(Period(date(2020, 6, 1), date(2020, 6, 2)), slack=1)
    assert may.overlaps(Period(None, date(2020, 5, 1)))
