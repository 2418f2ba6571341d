"""Estimates on a small case: truth recovered, nothing lost, the same seed the same numbers, honest words."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from condotta.cases import Case
from condotta.errors import EstimationError
from condotta.estimates import Weeks
from condotta.estimation import Setup, estimate, influence, presets, without
from condotta.estimation.observations import bounds, camp
from condotta.intervals import Amount, Period
from condotta.origins import group_origins
from condotta.records import Claim, named

START = date(2020, 1, 6)
CASE = Case.model_validate(
    {
        "title": "test", "period": {"start": START, "end": START + timedelta(weeks=20)},
        "sponsors": {"S": {}, "T": {}}, "client": {"C": {}}, "opponent": {"O": {}},
        "groups": {"Force": {"sponsor": "S", "pool": 5000}, "First": {"parent": "Force"}},
        "sources": {
            "Monitor": {"kind": "monitor", "grade": "B"}, "Second": {"kind": "outlet", "grade": "C"},
            "Enemy": {"kind": "belligerent", "grade": "D", "interest": "O"},
        },
    }
)  # fmt: skip


def claim(week: int, measure: str, figure: float, source: str = "Monitor", **more: object) -> Claim:
    """A total (or stock) at the end of a week."""
    day = START + timedelta(weeks=week + 1, days=-1)
    aspect = "stock" if measure in ("present", "in training") else "total"
    fields: dict[str, object] = {
        "document": f"D{source}{measure}{week}", "kind": "count", "quote": "q", "start": 0, "end": 1, "measure": measure, "aspect": aspect,
        "group": "Force", "amount": Amount(figure, figure), "period": Period(None, day), "chain": ("Outlet", source), "reported": day,
    }  # fmt: skip
    return named(Claim(**{**fields, **more}))  # type: ignore[arg-type]  # fields are spelt out above


TRUE = {w: 2000 * (1 - np.exp(-0.12 * (w + 1))) for w in range(20)}
CLAIMS = [claim(w, "arrived", round(TRUE[w])) for w in range(0, 20, 2)]
CLAIMS += [claim(w, "killed", round(0.05 * TRUE[w])) for w in range(3, 20, 4)]
CLAIMS += [claim(w, "killed", round(0.10 * TRUE[w]) + 1, "Enemy") for w in range(3, 20, 4)]


@pytest.fixture(scope="module")
def result():  # type: ignore[no-untyped-def]  # an Estimate, made once
    """The estimate from the claims above."""
    return estimate(group_origins(CLAIMS), CASE, Setup(seed=7))


def test_truth_is_inside_the_interval(result) -> None:  # type: ignore[no-untyped-def]
    draws = result.series("Force", "arrived")
    for week in (5, 11, 17):
        low, high = np.quantile(draws[:, week + result.weeks.hidden], [0.05, 0.95])
        assert low < TRUE[week] < high
        assert (high - low) / TRUE[week] < 0.6


def test_the_enemys_inflation_is_learnt(result) -> None:  # type: ignore[no-untyped-def]
    low, mid, _ = result.bias["Enemy"]["casualty, enemy side"]
    assert low > 1.2
    assert 1.5 < mid < 2.6


def test_claims_in_are_used_or_set_aside(result) -> None:  # type: ignore[no-untyped-def]
    used = {c.id for e in result.evidence for c in e.claims}
    aside = {s.claim.id for s in result.set_aside}
    assert used | aside == {c.id for c in CLAIMS}
    assert not used & aside
    assert all(s.reason for s in result.set_aside)


def test_people_are_conserved_in_every_draw(result) -> None:  # type: ignore[no-untyped-def]
    d = result.draws.astype(float)
    np.testing.assert_allclose(d[..., 4], d[..., 2] + d[..., 5:9].sum(-1) + d[..., 13], rtol=1e-3, atol=0.5)


def test_same_seed_same_numbers(result) -> None:  # type: ignore[no-untyped-def]
    again = estimate(group_origins(CLAIMS), CASE, Setup(seed=7))
    np.testing.assert_array_equal(again.draws, result.draws)


def test_what_nobody_speaks_of_is_not_printed(result) -> None:  # type: ignore[no-untyped-def]
    spoken = result.spoken()
    assert ("Force", "arrived") in spoken
    assert ("Force", "fled") not in spoken
    assert result.identified["Force | arrived"].startswith("not identified beyond the prior: only Monitor")


def test_reweighting_agrees_with_estimating_again(result) -> None:  # type: ignore[no-untyped-def]
    killed = result.series("Force", "killed")[:, 11 + result.weeks.hidden]
    piece = next(i for i, e in enumerate(result.evidence) if (e.head.measure, e.origin) == ("killed", "Enemy"))
    weights, k = without(result, [piece])
    assert k < 0.7
    rest = [e for i, e in enumerate(result.evidence) if i != piece]
    again = estimate(rest, CASE, Setup(seed=8)).series("Force", "killed")[:, 11 + result.weeks.hidden]
    assert abs(weights @ killed - again.mean()) < 0.3 * again.std()


def test_influence_names_a_claim_of_the_same_measure(result) -> None:  # type: ignore[no-untyped-def]
    shift = influence(result, result.series("Force", "killed")[:, -1])
    assert result.evidence[int(np.argmax(np.abs(shift)))].head.measure == "killed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"measure": None}, "fits no measure"),
        ({"stance": "planned"}, "not asserted"),
        ({"subset": "civilians"}, "civilians"),
        ({"kind": "terms", "measure": "contract"}, "terms, not estimated"),
        ({"kind": "terms", "measure": "pay", "amount": Amount(9, 9, unit="TRY")}, "another currency"),
        ({"group": None, "group_text": "others"}, "not in the case"),
        ({"amount": None}, "no figure"),
        ({"period": Period(None, date(2031, 1, 1))}, "outside"),
        ({"period": None, "reported": None}, "no date"),
        ({"measure": "requested"}, "no head-count"),
    ],
)
def test_reasons_for_setting_aside(change: dict[str, object], reason: str) -> None:
    from condotta.estimation.estimate import weeks_of
    from condotta.estimation.observations import observe
    from condotta.vocabulary import vocabulary

    odd = replace(claim(1, "arrived", 100), **change)  # type: ignore[arg-type]  # spelt out above
    kept, aside = observe(group_origins([odd]), CASE, weeks_of(CASE), vocabulary())
    assert kept == []
    assert reason in aside[0].reason


def test_too_little_evidence_is_an_error_with_a_way_out() -> None:
    with pytest.raises(EstimationError, match="E-EST-01"):
        estimate(group_origins(CLAIMS[:3]), CASE)


def test_presets() -> None:
    pieces = group_origins(
        [claim(2, "arrived", 900), claim(3, "arrived", 700, "Second"), claim(3, "arrived", 400, "Nobody")]
    )
    rules = presets(pieces, CASE, "Force", "arrived", START + timedelta(weeks=5))
    corrected = rules.pop("inflation corrected")
    assert rules == {"lowest credible": 700, "median": 700, "latest most reliable": 900}
    assert corrected is not None
    assert 800 < corrected < 900  # the B-graded monitor weighs most


@pytest.mark.parametrize(
    ("amount", "low", "high"),
    [
        (Amount(4750, 4750), 4725, 4775),
        (Amount(300, 300, qualifier="about"), 250, 350),
        (Amount(500, 500, qualifier="nearly"), 450, 500),
        (Amount(2000, None, qualifier="more than"), 2000, 3200),
        (Amount(None, 600, qualifier="up to"), 240, 600),
        (Amount(200, 999, qualifier="order of magnitude"), 200, 999),
    ],
)
def test_bounds(amount: Amount, low: float, high: float) -> None:
    assert bounds(amount) == (low, high)


def test_camps() -> None:
    assert camp("First", CASE) == camp("C", CASE) == camp("S", CASE) == "client"
    assert camp("O", CASE) == camp("T", CASE) == "opponent"


def test_weeks_interpolate() -> None:
    weeks = Weeks(START, 4)
    assert weeks.weights(START + timedelta(days=6)) == ((0, 1.0),)
    assert weeks.weights(START - timedelta(days=1)) == ()
    (a, x), (b, y) = weeks.weights(START + timedelta(days=9))
    assert (a, b) == (0, 1)
    assert x + y == pytest.approx(1)
