"""Grouping by origin: one piece of evidence for one origin's figure, whoever carries it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from condotta.intervals import Amount, Period
from condotta.origins import group_origins
from condotta.records import Claim, named


def claim(document: str, figure: float, day: date, *chain: str, open_: bool = False) -> Claim:
    """A count of defections."""
    amount = Amount(figure, None if open_ else figure, qualifier="more than" if open_ else "about")
    return named(
        Claim(
            document,
            "count",
            "q",
            0,
            1,
            measure="defected",
            aspect="flow",
            group="G",
            amount=amount,
            period=Period(day, day),
            chain=chain,
            reported=day,
        )
    )


MAY = date(2020, 5, 6)


def test_one_origin_many_outlets() -> None:
    pieces = group_origins([claim(f"D{i}", 700, MAY + timedelta(days=i), f"Outlet {i}", "Monitor") for i in range(5)])
    assert len(pieces) == 1
    assert "5 claims" in pieces[0].reason
    assert "5 outlets" in pieces[0].reason


def test_other_figure_or_origin_is_another_piece() -> None:
    claims = [
        claim("A", 700, MAY, "O", "Monitor"),
        claim("B", 2000, MAY, "O", "Monitor"),
        claim("C", 700, MAY, "O", "Local media"),
    ]
    assert len(group_origins(claims)) == 3


def test_same_figure_much_later_is_another_piece() -> None:
    assert (
        len(group_origins([claim("A", 700, MAY, "O", "M"), claim("B", 700, MAY + timedelta(days=90), "O", "M")])) == 2
    )


def test_precise_words_stand_for_the_bound() -> None:
    (piece,) = group_origins(
        [claim("A", 700, MAY, "O", "M", open_=True), claim("B", 700, MAY + timedelta(days=1), "P", "M")]
    )
    assert piece.head.document == "B"


def test_copies_without_a_source_are_one_piece() -> None:
    claims = [claim("A", 700, MAY), claim("B", 700, MAY), claim("C", 700, MAY)]
    assert len(group_origins(claims)) == 3
    assert len(group_origins(claims, [("B", "A"), ("C", "B")])) == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from([700.0, 2000.0]), st.integers(0, 60), st.sampled_from(["M", "N"]))
    )
)
def test_every_claim_is_in_exactly_one_piece(rows: list[tuple[int, float, int, str]]) -> None:
    claims = list(
        {c.id: c for c in (claim(f"D{d}", f, MAY + timedelta(days=n), "O", s) for d, f, n, s in rows)}.values()
    )
    grouped = [c.id for p in group_origins(claims) for c in p.claims]
    assert sorted(grouped) == sorted(c.id for c in claims)


def test_the_same_number_of_dead_next_week_is_another_event() -> None:
    assert (
        len(
            group_origins(
                [
                    claim("A", 7, MAY, "O", "M"),
                    claim("B", 7, MAY + timedelta(days=1), "P", "M"),
                    claim("C", 7, MAY + timedelta(days=12), "O", "M"),
                ]
            )
        )
        == 2
    )


def test_what_an_outlet_says_itself_is_one_piece_with_its_copies() -> None:
    claims = [claim("A", 700, MAY, "Alpha Daily"), claim("B", 700, MAY, "Beta Blog")]
    assert len(group_origins(claims)) == 2
    (piece,) = group_origins(claims, [("B", "A")])
    assert piece.origin == "Alpha Daily"
