"""Damage on the way: each kind found by its own hypothesis, faithful copies left alone, odd series flagged."""

from datetime import date, timedelta

import pytest

from condotta.cases import Case
from condotta.damage import OWN, damages, explainer, flags, marked
from condotta.intervals import Amount, Period
from condotta.origins import group_origins
from condotta.records import Claim, Evidence, named

START = date(2020, 1, 6)
CASE = Case.model_validate(
    {
        "title": "test", "period": {"start": START, "end": START + timedelta(weeks=30)}, "sponsors": {"S": {}},
        "groups": {"Force": {"sponsor": "S"}, "First": {"parent": "Force"}, "Second": {"parent": "Force"}},
        "sources": {"Monitor": {"kind": "monitor", "grade": "B"}},
    }
)  # fmt: skip


def claim(week: int, measure: str, figure: float, outlet: str, **more: object) -> Claim:
    """The Monitor's figure at the end of a week, carried by an outlet."""
    day = START + timedelta(weeks=week)
    fields: dict[str, object] = {
        "document": f"D{outlet}{measure}{week}{figure}", "kind": "count", "quote": "q", "start": 0, "end": 1,
        "measure": measure, "aspect": "stock" if measure in ("present", "in training") else "total", "group": "Force",
        "amount": Amount(figure, figure), "period": Period(None, day), "chain": (outlet, "Monitor"), "reported": day,
    }  # fmt: skip
    return named(Claim(**{**fields, **more}))  # type: ignore[arg-type]  # fields are spelt out above


SERIES = {
    "killed": {4: 117, 8: 182, 12: 261, 16: 318, 20: 417},
    "arrived": {4: 2900, 8: 4750, 12: 7850, 16: 11600, 20: 15300},
    "in training": {4: 1800, 8: 1950, 12: 3300, 16: 2350, 20: 1150},
}
RECORD = [claim(w, m, x, f"Outlet {i}") for m, points in SERIES.items() for w, x in points.items() for i in range(5)]


def verdict(odd: Claim) -> tuple[str, str]:
    """(kind, reason) for one odd copy beside the record."""
    pieces = group_origins([*RECORD, odd])
    found = [d for d in damages(pieces) if odd in d.piece.claims]
    return (found[0].kind, found[0].reason) if found else ("", "")


@pytest.mark.parametrize(
    ("odd", "kind", "words"),
    [
        (claim(12, "killed", 216, "Daily"), "digits swapped", "two digits of 261"),
        (claim(12, "killed", 117, "Daily"), "an old figure reissued", "by then it gave 261"),
        (claim(12, "arrived", 11150, "Daily"), "arrived and in training added up", "7,850 arrived and 3,300 in training"),
        (claim(12, "present", 7850, "Daily"), "", ""),
        (claim(12, "in training", 33000, "Daily"), "a nought more or less", "a nought too many"),
        (claim(12, "killed", 961, "Daily"), "one digit wrong", "one digit of 261"),
    ],
)  # fmt: skip
def test_each_kind_is_found_with_its_reason(odd: Claim, kind: str, words: str) -> None:
    found, reason = verdict(odd)
    assert found == kind
    assert words in reason


def test_a_total_passed_on_as_present_is_found_beside_figures_of_the_present() -> None:
    there = [claim(12, "present", 6100, f"Outlet {i}") for i in range(3)]
    pieces = group_origins([*RECORD, *there, claim(12, "present", 7850, "Daily")])
    found = next(d for d in damages(pieces) if d.piece.head.amount == Amount(7850, 7850) and d.harmful)
    assert found.kind == "passed on as another measure"
    assert "what it gave as arrived" in found.reason


def test_the_record_itself_is_left_alone() -> None:
    assert not [d for d in damages(group_origins(RECORD)) if d.harmful]
    assert verdict(claim(14, "killed", 287, "Daily"))[0] == OWN


def test_a_rounded_copy_is_harmless() -> None:
    about = claim(12, "killed", 250, "Daily", amount=Amount(250, 250, qualifier="about"))
    assert not [d for d in damages(group_origins([*RECORD, about])) if d.harmful]


def test_ordinary_growth_is_no_damage() -> None:
    """Totals that rise a little each week, carried by one outlet each, differ by a digit or two; so do two of one day."""
    rising = [claim(w, "killed", x, f"Outlet {w}") for w, x in ((4, 351), (5, 357), (6, 363), (7, 371), (8, 375))]
    assert not [d for d in damages(group_origins(rising)) if d.harmful]
    both = [claim(4, "killed", 216, "Daily"), claim(4, "killed", 261, "Weekly")]
    assert not [d for d in damages(group_origins(both)) if d.harmful]


def test_claims_that_name_nobody_break_nothing() -> None:
    bare = [claim(w, "killed", x, "Daily", chain=(), document=f"D{w}") for w, x in ((4, 1000), (8, 2000))]
    assert kinds(bare) == []


def test_damaged_copies_enter_no_estimate_and_are_not_lost() -> None:
    odd = claim(12, "killed", 216, "Daily")
    pieces = marked(group_origins([*RECORD, odd]))
    replaced = [p for p in pieces if p.replaced]
    assert [p.head for p in replaced] == [odd]
    assert "digits swapped" in (replaced[0].replaced or "")
    assert sum(len(p.claims) for p in pieces) == len(RECORD) + 1


def test_a_new_article_is_explained_against_the_record() -> None:
    found = explainer(group_origins(RECORD))(claim(12, "killed", 216, "Daily"))
    assert found is not None
    assert found.kind == "digits swapped"
    assert explainer(group_origins(RECORD))(claim(12, "killed", 216, "Daily", chain=("Daily", "Nobody"))) is None


def kinds(claims: list[Claim]) -> list[str]:
    pieces: list[Evidence] = group_origins(claims)
    return [f.kind for f in flags(pieces, CASE)]


def test_a_total_that_falls_is_flagged_once() -> None:
    slip = claim(18, "arrived", 9000, "Daily", chain=("Daily", "Second"))
    rising = [claim(w, "arrived", 1000 * w, f"Outlet {i}", chain=(f"Outlet {i}", "Second")) for w in range(8, 22, 2) for i in range(2)]  # fmt: skip
    found = [f for f in flags(group_origins([*rising, slip]), CASE) if f.kind == "a total that falls"]
    assert [f.claims[0] for f in found] == [slip]
    assert "after 16,000" in found[0].words or "after 18,000" in found[0].words


def test_a_series_that_freezes_while_arrivals_rise_is_flagged() -> None:
    minors = [claim(w, "arrived", 350, "Outlet 1", subset="minors") for w in range(6, 20, 2)]
    assert "a series that freezes" in kinds([*RECORD, *minors])
    assert "a series that freezes" not in kinds(RECORD)


def test_parts_above_the_whole_are_flagged() -> None:
    one = {"document": "D1", "chain": ("Daily", "Monitor")}
    parts = [claim(5, "killed", x, "Daily", group=g, **one) for g, x in (("First", 40), ("Second", 31))]
    assert "parts that do not add up" in kinds([*parts, claim(5, "killed", 62, "Daily", **one)])
    assert "parts that do not add up" not in kinds([*parts, claim(5, "killed", 103, "Daily", **one)])


def test_claims_that_name_nobody_are_looked_at_like_others() -> None:
    nobody = [claim(week, "killed", 10 * week, "Daily", chain=()) for week in (8, 12)]
    pieces = group_origins([*RECORD, *nobody])
    assert not [d for d in damages(pieces) if not d.piece.head.chain]
    assert {p.origin for p in pieces if not p.head.chain} == {f"document {c.document}" for c in nobody}
    assert len(marked(pieces)) == len(pieces)
