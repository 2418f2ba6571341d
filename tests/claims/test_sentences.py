"""The rule splitter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from condotta.claims.sentences import sentences


def split(text: str, title_end: int = 0) -> list[str]:
    """The sentences of a text as strings."""
    return [text[s.start : s.end] for s in sentences(text, title_end)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Lt. Col. Ahmad said approx. 300 men left. They went home.", 2),
        ("The U.S. Army denied it. It was false.", 2),
        ("He was in the U.S. The end came.", 2),
        ("About 3.5 km away, e.g. here. Next.", 2),
        ('"We saw them." The man left.', 2),
        ("Is it so? Yes! Good.", 3),
        ("No. 5 of the list. Another.", 2),
    ],
)
def test_count(text: str, count: int) -> None:
    assert len(split(text)) == count


def test_blank_line_parts_unless_the_text_runs_on() -> None:
    assert split("A title\n\nThe text.") == ["A title", "The text."]
    assert len(split("reached hundreds and\n\ncontinue to grow.")) == 1


def test_title_is_cut_off() -> None:
    assert split("A title\nThe text.", 7) == ["A title", "The text."]


@given(st.text(alphabet="aB. \n!?\"'", max_size=80))
def test_spans_are_ordered_and_trimmed(text: str) -> None:
    end = 0
    for s in sentences(text):
        assert end <= s.start < s.end
        assert text[s.start : s.end] == text[s.start : s.end].strip()
        end = s.end


@pytest.mark.parametrize("text", ["word " * 2000, "w" * 5000, "300 men; " * 800, "line\n" * 2000])
def test_runs_without_stops_are_cut_and_nothing_is_lost(text: str) -> None:
    spans = sentences(text)
    assert all(s.end - s.start <= 1200 for s in spans)
    kept = "".join(text[s.start : s.end] for s in spans)
    assert kept.replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")
