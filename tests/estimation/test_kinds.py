"""Every kind of claim is heard: parts, pay, denials, corrections; days as of which and ahead; invariances."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.estimation.test_estimate import CASE, CLAIMS, START, claim

from condotta.cases import Case
from condotta.estimation import Setup, estimate, weeks_of, with_more
from condotta.estimation.layout import layout, plan
from condotta.estimation.observations import observe
from condotta.intervals import Amount, Period
from condotta.origins import group_origins
from condotta.records import Claim, Evidence
from condotta.vocabulary import vocabulary

QUICK = Setup(seed=3, least=150, rounds=2, round=150)


def pay(week: int, figure: float, stance: str, source: str = "Monitor") -> Claim:
    """Promised or delivered pay a month."""
    return claim(week, "pay", figure, source, kind="terms", aspect=None, stance=stance, amount=Amount(figure, figure, "USD"))  # fmt: skip


EXTRA = [
    *(claim(w, "arrived", round(0.05 * 2000 * (1 - np.exp(-0.12 * (w + 1)))), subset="minors") for w in (6, 10, 14)),
    *(pay(w, 2000, "promised") for w in (2, 8, 14)),
    *(pay(w, 700, "asserted", "Second") for w in (6, 12)),
]


@pytest.fixture(scope="module")
def result():  # type: ignore[no-untyped-def]  # an Estimate, made once
    """The small case with parts and pay."""
    return estimate(group_origins([*CLAIMS, *EXTRA]), CASE, Setup(seed=3))


def test_a_part_is_a_share_of_the_whole(result) -> None:  # type: ignore[no-untyped-def]
    day = START + timedelta(weeks=12, days=-1)
    whole = result.reading("Force", "arrived", "total", Period(None, day))
    part = result.reading("Force", "arrived", "total", Period(None, day), "minors")
    assert 0.03 < np.median(part / whole) < 0.08
    with pytest.raises(KeyError):
        result.reading("Force", "arrived", "total", Period(None, day), "commanders")


def test_pay_promised_and_delivered_are_estimated(result) -> None:  # type: ignore[no-untyped-def]
    promised, delivered = (np.median(result.series("Force", f"pay {k}")[:, -8]) for k in ("promised", "delivered"))
    assert 1600 < promised < 2400
    assert 500 < delivered < 1000
    assert ("Force", "pay promised") in result.spoken()


def test_one_more_claim_is_heard_at_once(result) -> None:  # type: ignore[no-untyped-def]
    """Reweighted by one more figure, and estimated again with it: the same quantiles within what draws allow."""
    piece = group_origins([claim(16, "killed", 72, "Second", document="Dmore")])[0]
    more = with_more(result, piece, CASE)
    assert more is not None
    assert more.sound
    again = estimate([*group_origins([*CLAIMS, *EXTRA]), piece], CASE, Setup(seed=3))
    fresh, before = (np.log(r.series("Force", "killed")[:, -3]) for r in (again, result))
    mean = float(more.weights @ before)
    assert abs(mean - fresh.mean()) < 0.15 * fresh.std()
    assert abs(before.mean() - fresh.mean()) > abs(mean - fresh.mean())
    unheard = group_origins([claim(16, "killed", 100, "Second", group="Nobody")])[0]
    assert with_more(result, unheard, CASE) is None


def test_reweighting_hears_what_the_density_hears(result) -> None:  # type: ignore[no-untyped-def]
    """The likelihood of a piece that the estimate holds already is the stored one."""
    from condotta.estimation.more import _loglik

    weeks = weeks_of(CASE)
    for i in (0, 5, len(result.evidence) - 1):
        o = observe([result.evidence[i]], CASE, weeks, vocabulary())[0][0]
        share = result.share(o.groups[0], o.part[1], o.part[2]) if o.part else np.ones(len(result.draws))
        ours = _loglik(result, o, result.voices[f"{o.source} | {o.klass} | {o.side}"], share)
        np.testing.assert_allclose(ours, result.loglik[:, i], atol=2e-3)


def test_a_denial_pulls_down() -> None:
    day = START + timedelta(weeks=19, days=-1)
    denied = claim(18, "arrived", 1500, "Second", stance="denied", period=Period(None, day))
    kept, _ = observe(group_origins([denied]), CASE, weeks_of(CASE), vocabulary())
    assert (kept[0].low, kept[0].high) == (-np.inf, pytest.approx(np.log(1501)))


def test_a_denied_event_of_one_day_bounds_nothing() -> None:
    day = START + timedelta(weeks=5)
    denied = claim(5, "killed", 5, aspect="flow", stance="denied", period=Period(day, day))
    kept, aside = observe(group_origins([denied]), CASE, weeks_of(CASE), vocabulary())
    assert kept == []
    assert "one day" in aside[0].reason


def test_an_unclear_event_has_no_upper_end_as_a_flow() -> None:
    day = START + timedelta(weeks=5)
    unclear = claim(5, "arrived", 300, aspect=None, period=Period(day, day))
    kept, _ = observe(group_origins([unclear]), CASE, weeks_of(CASE), vocabulary())
    assert [r.open for r in kept[0].readings] == [False, True]


def test_one_unsure_head_does_not_take_the_piece_with_it() -> None:
    unsure = claim(4, "arrived", 4750, confidence=0.2, by="model", document="D0")
    sure = [claim(4, "arrived", 4750, chain=(f"O{i}", "Monitor"), document=f"D{i}") for i in (1, 2)]
    kept, aside = observe(group_origins([unsure, *sure]), CASE, weeks_of(CASE), vocabulary())
    assert len(kept) == 1
    assert aside == []


def test_a_sides_guess_of_men_at_home_is_shared_out() -> None:
    from condotta.estimation.layout import _pools, plan, priors

    case = CASE.model_copy(update={"groups": dict(CASE.groups) | {"Second part": CASE.groups["First"].model_copy()}})
    claims = [claim(w, "killed", 5 + w, group=g, document=f"D{g}{w}") for g in ("First", "Second part", "Force") for w in range(4, 9)]  # fmt: skip
    observations, _ = observe(group_origins(claims), case, weeks_of(case), vocabulary())
    pools = _pools(plan(observations, case), case, priors())
    assert sum(pools.values()) == pytest.approx(5000)
    halved = _pools(plan(observations, case), case, {**priors(), "pool": {**priors()["pool"], "factor": 0.5}})
    assert sum(halved.values()) == pytest.approx(2500)


def test_the_sources_own_correction_replaces() -> None:
    first = claim(4, "arrived", 5000, "Second", chain=("Second",), document="D1")
    second = replace(
        first, amount=Amount(7000, 7000), document="D2", reported=first.reported + timedelta(days=9), id="C2"
    )
    pieces = group_origins([first, second])
    old, new = sorted(pieces, key=lambda p: p.head.amount.low if p.head.amount and p.head.amount.low else 0)
    assert new.replaced is None
    assert "corrected by Second itself to 7,000" in (old.replaced or "")
    kept, aside = observe(pieces, CASE, weeks_of(CASE), vocabulary())
    assert [o.evidence.id for o in kept] == [new.id]
    assert aside[0].reason == old.replaced


def test_an_updated_document_replaces_its_figure() -> None:
    first = claim(4, "killed", 12, "Second", document="D1")
    second = claim(4, "killed", 17, "Second", document="D2", reported=first.reported)
    pieces = group_origins([first, second], updates=[("D2", "D1")])
    assert [p.head.amount.low for p in pieces if p.replaced and p.head.amount] == [12]
    assert not any(p.replaced for p in group_origins([first, second]))


def test_a_figure_taken_back_is_set_aside() -> None:
    said = claim(4, "killed", 40)
    back = claim(4, "killed", 40, stance="denied", document="D9", reported=said.reported + timedelta(days=3))
    pieces = group_origins([said, back])
    assert [p.replaced is not None for p in pieces if p.head.stance == "asserted"] == [True]


def test_as_of_a_day_and_ahead_of_it() -> None:
    until = START + timedelta(weeks=12, days=-1)
    early = [c for c in CLAIMS if c.reported and c.reported <= until]
    result = estimate(group_origins(early), CASE, replace(QUICK, until=until, ahead=6))
    assert result.weeks.last_day >= until
    assert result.weeks.count == weeks_of(CASE, until).count + 6
    series = np.log(result.series("Force", "arrived") + 0.5)
    width = np.diff(np.quantile(series, [0.05, 0.95], axis=0), axis=0)[0]
    assert width[-1] > width[-7]  # a forecast widens


def test_the_same_bits_on_one_thread_and_two() -> None:
    one, two = (estimate(group_origins(CLAIMS), CASE, replace(QUICK, threads=n)) for n in (1, 2))
    np.testing.assert_array_equal(one.draws, two.draws)


def test_relabelling_groups_changes_nothing() -> None:
    spec = CASE.model_dump()
    spec["groups"] = {"Alpha": spec["groups"]["Force"], "Beta": {**spec["groups"]["First"], "parent": "Alpha"}}
    other = Case.model_validate(spec)
    renamed = [replace(p, claims=tuple(replace(c, group="Alpha") for c in p.claims)) for p in group_origins(CLAIMS)]
    plain = estimate(group_origins(CLAIMS), CASE, QUICK).series("Force", "killed")
    np.testing.assert_array_equal(estimate(renamed, other, QUICK).series("Alpha", "killed"), plain)


def doubled(pieces: list[Evidence]) -> list[Evidence]:
    """Every figure twice as large."""

    def twice(c: Claim) -> Claim:
        assert c.amount is not None and c.amount.low is not None and c.amount.high is not None
        return replace(c, amount=Amount(2 * c.amount.low, 2 * c.amount.high))

    return [replace(p, claims=tuple(twice(c) for c in p.claims)) for p in pieces]


def test_doubling_every_figure_and_the_pool_doubles_the_estimate() -> None:
    groups = dict(CASE.groups) | {"Force": CASE.groups["Force"].model_copy(update={"pool": 10000})}
    big = CASE.model_copy(update={"groups": groups})
    pieces = [p for p in group_origins(CLAIMS) if p.head.measure == "arrived" and (p.head.amount and (p.head.amount.low or 0) >= 100)]  # fmt: skip
    pieces += [p for p in group_origins(CLAIMS) if p.head.measure == "killed"]
    once = np.median(estimate(pieces, CASE, QUICK).series("Force", "arrived")[:, -4])
    twice = np.median(estimate(doubled(pieces), big, QUICK).series("Force", "arrived")[:, -4])
    assert twice / once == pytest.approx(2.0, rel=0.04)


def test_one_more_claim_that_says_what_is_known_does_not_widen_much() -> None:
    before = estimate(group_origins(CLAIMS), CASE, QUICK).series("Force", "arrived")[:, 18]
    level = float(np.median(before))
    more = [claim(14, "arrived", round(level), "Second", document="Dmore")]
    after = estimate(group_origins([*CLAIMS, *more]), CASE, QUICK).series("Force", "arrived")[:, 18]
    assert np.log(after).std() < 1.1 * np.log(before).std()


def test_a_flow_of_which_nobody_says_when_may_be_the_total_by_then() -> None:
    dated = claim(8, "killed", 40, aspect="flow")
    undated = replace(claim(8, "killed", 40, aspect="flow", document="D8"), period=None)
    rare = replace(claim(8, "refused", 40, aspect="flow", document="D9"), period=None)
    for one, readings in ((dated, [False]), (undated, [False, True]), (rare, [False])):
        kept, _ = observe(group_origins([one]), CASE, weeks_of(CASE), vocabulary())
        found = kept[0].readings
        assert len(found) == len(readings)
        if len(found) == 2:
            assert [r.start is not None for r in found] == readings  # the total by that day, the flow around it


def test_what_the_reader_may_have_misread_is_likelier_garbled() -> None:
    """By its confidence where the model read it; not where a person accepted it, a table says it, or another copy was read surely."""
    said = [
        claim(4, "killed", 40, document="D1", confidence=0.6, by="model"), claim(6, "killed", 60, document="D2", confidence=0.6, by="model accepted"),
        claim(8, "killed", 80, document="D3", confidence=0.6, by="table"), claim(10, "killed", 90, document="D4", confidence=0.6, by="model"),
        claim(10, "killed", 90, document="D5", confidence=0.9, by="model+rules"),
    ]  # fmt: skip
    kept, _ = observe(group_origins([*CLAIMS, *said]), CASE, weeks_of(CASE), vocabulary())
    misread = {
        o.evidence.head.amount.low: o.misread
        for o in kept
        if o.evidence.head.document in ("D1", "D2", "D3", "D4", "D5")
    }  # type: ignore[union-attr]
    assert misread == {40: pytest.approx(0.4), 60: 0.0, 80: 0.0, 90: pytest.approx(0.1)}
    shares = layout(kept, plan(kept, CASE), CASE, weeks_of(CASE)).garbled
    assert {round(float(s), 3) for s in shares} == {0.05, 0.145, 0.43}
