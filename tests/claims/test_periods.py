"""Dated phrases, counted from the day of publication."""

from datetime import date

import pytest

from condotta.claims.periods import time_phrases

WEDNESDAY = date(2020, 6, 3)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("last month", "2020-05-01", "2020-05-31"),
        ("this month", "2020-06-01", "2020-06-03"),
        ("on Friday", "2020-05-29", "2020-05-29"),
        ("in the past week", "2020-05-27", "2020-06-03"),
        ("in the past 24 hours", "2020-06-02", "2020-06-03"),
        ("on 6 May", "2020-05-06", "2020-05-06"),
        ("on May 6, 2020", "2020-05-06", "2020-05-06"),
        ("between 3 and 7 May", "2020-05-03", "2020-05-07"),
        ("since January", "2020-01-01", "2020-06-03"),
        ("in November", "2019-11-01", "2019-11-30"),
        ("in mid-May 2020", "2020-05-11", "2020-05-20"),
        ("yesterday", "2020-06-02", "2020-06-02"),
        ("in the first quarter of 2020", "2020-01-01", "2020-03-31"),
        ("in 2019", "2019-01-01", "2019-12-31"),
        ("on 11.05.2020", "2020-05-11", "2020-05-11"),
        ("on 13/05/2020", "2020-05-13", "2020-05-13"),
        ("on 05/13/2020", "2020-05-13", "2020-05-13"),
        ("since 11.5.2020", "2020-05-11", "2020-06-03"),
    ],
)
def test_reading(text: str, start: str, end: str) -> None:
    (phrase,) = time_phrases(text, WEDNESDAY)
    assert phrase.period.start is not None
    assert (phrase.period.start.isoformat(), phrase.period.end.isoformat()) == (start, end)


def test_until_has_no_start() -> None:
    (phrase,) = time_phrases("by the end of March", WEDNESDAY)
    assert phrase.period.start is None
    assert phrase.period.end == date(2020, 3, 31)


@pytest.mark.parametrize(
    "text",
    [
        "version 3.2.2011",
        "1.2.2020.5",
        "on 11/05/2020",
        "by 2/2020",
        "three days of clashes",
        "a march on the town",
        "the men may leave",
        "since the war",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert time_phrases(text, WEDNESDAY) == []


def test_relative_phrases_need_a_day_of_publication() -> None:
    assert time_phrases("last month", None) == []
