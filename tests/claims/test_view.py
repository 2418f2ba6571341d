"""The same-length view."""

from hypothesis import given
from hypothesis import strategies as st

from condotta.claims.view import plain_view


def test_markup_is_blanked_in_place() -> None:
    text = r"Data [gathered](#) for \$2,000 – 5,000"
    view = plain_view(text)
    assert view.split() == ["Data", "gathered", "for", "$2,000", "-", "5,000"]
    assert view.index("gathered") == text.index("gathered")


@given(st.text(max_size=200))
def test_length_never_changes(text: str) -> None:
    assert len(plain_view(text)) == len(text)
