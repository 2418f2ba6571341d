"""Limits with known answers, conservation, mechanisms and patterns of the simulated system."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from tests.simulation.worlds import QUIET, World

from condotta.simulation import engine
from condotta.simulation.chance import key_of, uniform
from condotta.simulation.engine import COLUMNS
from condotta.simulation.force import FRONT, STATES, TRAINING, muster
from condotta.simulation.parameters import MECHANISMS, parameters, rules

FREE = {k: (p.low, min(p.high, max(4 * p.value, 1.0))) for k, p in parameters().items() if k not in ("unit_size", "threshold_a", "threshold_b", "wage", "contract", "boarding", "belief_weight")}  # fmt: skip


def test_chance_is_even_and_belongs_to_its_key() -> None:
    u = np.array([uniform(np.uint64(5), i, d, p) for i in range(60) for d in range(30) for p in range(10)])
    counts = np.histogram(u, 20, (0, 1))[0]
    assert ((counts - len(u) / 20) ** 2 / (len(u) / 20)).sum() < 43.8  # chi-square, 19 degrees, 0.1 %
    assert len(np.unique(u)) == len(u)
    assert uniform(np.uint64(5), 7, 8, 9) == uniform(np.uint64(5), 7, 8, 9)
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 0.02


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(sorted(FREE)), st.floats(0, 1), max_size=20), st.sets(st.sampled_from(MECHANISMS), max_size=4),
    st.integers(0, 1000),
)  # fmt: skip
def test_people_and_money_are_conserved(places: dict[str, float], off: set[str], seed: int) -> None:
    values = {k: FREE[k][0] + u * (FREE[k][1] - FREE[k][0]) for k, u in places.items()}
    w = World(values, tuple(off), sizes=(150, 50), weeks=25, demand=15, orders=2, seed=seed)
    people = w.record[..., : len(STATES)].sum(axis=2)
    assert (people == people[0]).all() and (w.record >= 0).all()
    assert (
        np.bincount(w.force.men["state"], minlength=len(STATES)) == w.record[-1, :, : len(STATES)].sum(axis=0)
    ).all()
    assert (w.total("handed out") == w.total("cut") + w.total("received")).all()
    assert w.force.men["owed"].sum() == w.total("owed")[-1] and w.force.men["paid"].sum() == w.total("received")[-1]
    entered = w.total("recruited")[-1]
    assert w.total("arrived")[-1] + w.total("defected in training")[-1] + w.stock("in training")[-1] == entered
    assert w.total("killed")[-1] == w.stock("killed")[-1] and w.total("fled")[-1] == w.stock("fled")[-1]
    for name in ("recruited", "killed", "owed", "received", "defected"):
        assert (np.diff(w.total(name)) >= 0).all()


def _at_the_front(n: int, r: object) -> object:
    force = muster([n], r, 3)
    force.men["state"] = FRONT
    return force


def test_constant_hazards_without_exits_give_the_closed_form() -> None:
    n, weeks = 40_000, 30
    values = QUIET | {"kill": 0.03, "wounded_ratio": 0.0, "captured_ratio": 0.2, "contract": 3650, "rotation": 0, "arms": 0.5, "training": 0, "front_feedback": 0}  # fmt: skip
    r = rules(values)
    w = World(values, sizes=(n,), weeks=weeks, demand=0, force=_at_the_front(n, r))
    expected = n * (1 - 0.001 * 1.2) ** (7 * weeks)
    there = w.force.men["state"] == FRONT
    assert abs(there.sum() - expected) < 4 * np.sqrt(n * 0.25)
    dead, taken = w.total("killed")[-1], w.total("captured")[-1]
    assert abs(dead / (dead + taken) - 1 / 1.2) < 4 * np.sqrt(0.14 / (dead + taken))


def test_without_ties_and_grievances_the_mean_field_holds() -> None:
    """Training, flights, losses, wounds and contracts as differential equations, integrated by scipy."""
    n, days = 60_000, 140
    values = QUIET | {"kill": 0.06, "training": 0, "boarding": 0.1, "front_share": 1, "rotation": 0, "wounded_ratio": 1, "captured_ratio": 0.5, "contract": 3650, "healing": 720, "front_feedback": 0}  # fmt: skip
    r = rules(values, ("news",))
    force = muster([n], r, 3)
    force.men["state"] = TRAINING
    w = World(values, ("news",), sizes=(n,), weeks=days // 7, demand=0, force=force)
    b, k = -np.log(1 - 0.1), -np.log(1 - 0.002 * 2.5)

    def flow(_: float, y: np.ndarray) -> list[float]:
        t, f, *_rest = y
        out = k * f
        return [-b * t, b * t - out, out / 2.5, out / 2.5, out * 0.5 / 2.5]

    end = solve_ivp(flow, (0, days), [n, 0, 0, 0, 0], rtol=1e-8).y[:, -1]
    found = np.bincount(w.force.men["state"], minlength=len(STATES))
    for state, expected in zip(("in training", "front", "killed", "wounded", "captured"), end, strict=True):
        assert abs(found[STATES.index(state)] - expected) < 5 * np.sqrt(n * 0.25) * 0.5 + 0.01 * n, state


@pytest.mark.parametrize(("second", "left"), [(1, 100), (2, 1)])
def test_granovetters_hundred_and_its_knife_edge(second: int, left: int) -> None:
    """Thresholds 0, 1, ..., 99 of a hundred men who see each other: all leave; with nobody at 1 only the first does."""
    n = 100
    everyone = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.int32)
    values = {"refuse_level": -20, "refuse_comrades": 50, "refuse_grievance": 0, "refuse_backing": 0, "exit_home": 1, "pressure": 0, "interest": 0, "news_delay": 0}  # fmt: skip
    r = rules(values)
    force = muster([n], r, 3, ties=everyone)
    thresholds = np.arange(n)
    thresholds[1] = second
    force.men["theta"] = (thresholds - 0.5) / (n - 1)
    w = World(values, sizes=(n,), weeks=250, demand=0, force=force)
    assert w.total("defected")[-1] == left


def test_a_run_repeats_and_stretches_may_be_taken_in_any_order() -> None:
    whole = World(sizes=(700, 300), weeks=20)
    again = World(sizes=(700, 300), weeks=20)
    assert (whole.record == again.record).all()
    r, key = rules(), key_of(3, 0)
    policy = engine.Policy(30 * np.ones((20, 1)) * [0.7, 0.3], np.zeros((20, 2)), np.ones(20))
    force, s = muster([700, 300], r, 3), engine.before([700, 300], r, 20)
    for day in range(140):
        engine.open_day(day, key, r, policy, s)
        for lo, hi in ((600, 1000), (0, 350), (350, 600)):
            engine.advance(force, lo, hi, day, key, r, policy, s.command, s.situation, s.day)
        total = engine.whole(s.total)
        total += engine.whole(s.day) * (np.arange(len(COLUMNS)) < len(STATES))
        engine.whole(s.day)[:, : len(STATES)] = 0
        engine.close_call(r, s)
        for lo, hi in ((350, 600), (0, 350), (600, 1000)):
            engine.enrol(force, lo, hi, day, key, r, s.command, s.day)
        engine.settle(force, day, key, r, 20, s, engine.whole(s.day), total, engine._WEEKLY)
    assert (s.record == whole.record).all()


# Each mechanism, with and without it.


def test_backing_holds_their_loyalty() -> None:
    assert World({"backing": 1}).exits < 0.7 * World({"backing": 0}).exits
    assert World({"backing": 1}, ("backing",)).exits == World({"backing": 0}, ("backing",)).exits


def test_the_call_limits_who_goes() -> None:
    called = World({"pressure": 0, "interest": 0.5})
    assert (
        called.total("recruited")[-1]
        <= 30 * 40 * 1.05
        < World({"pressure": 0, "interest": 0.5}, ("call",)).total("recruited")[-1]
    )


@pytest.mark.parametrize(("name", "less", "more"), [("promised", 300, 4000), ("enlist_risk", 300, 0), ("wage", 1500, 40), ("enlist_peers", 0, 15), ("perks", 0, 1)])  # fmt: skip
def test_enlistment_weighs_pay_risk_home_comrades_and_perks(name: str, less: float, more: float) -> None:
    base = {"interest": 0.02, "pressure": 0, "enlist_level": -4, "enlist_perks": 3}
    few, many = (World(base | {name: v}, demand=400).total("recruited")[-1] for v in (less, more))
    assert few < many
    one, other = (
        World(base | {name: v}, ("enlistment", "exit", "contracts"), demand=400).total("recruited")[-1]
        for v in (less, more)
    )
    assert one == other


def test_vetting_lets_some_through_and_capture_exposes_them() -> None:
    values = {"past": 0.4, "captured_ratio": 3, "kill": 0.03}
    strict, lax = World(values | {"vetting": 0.95}), World(values | {"vetting": 0.0})
    assert 0 < strict.total("exposed")[-1] < lax.total("exposed")[-1]
    assert lax.world[:, 1].max() > 0 == World(values, ("vetting",)).world[:, 1].max()


def test_training_lowers_losses_and_delays_arrival() -> None:
    short, long = World(QUIET | {"training": 7, "kill": 0.03}), World(QUIET | {"training": 42, "kill": 0.03})
    rate = [w.total("killed")[-1] / w.total("arrived")[-1] for w in (short, long)]
    assert rate[1] < 0.8 * rate[0] and long.total("arrived")[6] < short.total("arrived")[6]
    armed, bare = (World(QUIET | {"arms": a, "kill": 0.03}).total("killed")[-1] for a in (1, 0))
    assert armed < 0.8 * bare
    assert (
        World(QUIET | {"arms": 1}, ("training",)).total("killed")[-1]
        == World(QUIET | {"arms": 0}, ("training",)).total("killed")[-1]
    )


def test_a_broken_posting_promise_angers() -> None:
    kept, broken = World({"front_share": 0.9, "promised_guard": 0}), World({"front_share": 0.9, "promised_guard": 1})
    assert broken.exits > 1.2 * kept.exits
    assert broken.left_for("posting") > 0 == World({"front_share": 0.9}, ("posting",)).left_for("posting")


def test_pay_withheld_is_owed() -> None:
    w = World({"funded": 0.3, "cut": 0.2})
    assert 0 < w.total("received")[-1] < 0.35 * w.total("owed")[-1] and w.total("cut")[-1] > 0
    full = World({"funded": 0.3}, ("pay",))
    assert full.total("received")[-1] == full.total("owed")[-1]


def test_losses_by_post_and_intensity() -> None:
    front, guard = World(QUIET | {"front_share": 1, "kill": 0.03}), World(QUIET | {"front_share": 0, "kill": 0.03})
    assert guard.total("killed")[-1] < 0.4 * front.total("killed")[-1]
    assert (
        World(QUIET | {"kill": 0.03}, intensity=3).total("killed")[-1]
        > 2 * World(QUIET | {"kill": 0.03}).total("killed")[-1]
    )
    assert World(QUIET, ("losses",)).total("killed")[-1] == 0


def test_news_travels_home() -> None:
    values = {"funded": 0.1, "exit_theatre": 0.0, "unit_chance": 0.0}
    told, silent = World(values), World(values, ("news",))
    home = [
        w.record[-1, :, COLUMNS.index("grievance")].sum() / w.record[-1, :, COLUMNS.index("asked at home")].sum()
        for w in (told, silent)
    ]
    assert home[0] > 1.2 * home[1]
    slow = World(values | {"news_delay": 4})
    early = [
        w.record[14, :, COLUMNS.index("grievance")].sum() / w.record[14, :, COLUMNS.index("asked at home")].sum()
        for w in (told, slow)
    ]
    assert early[0] > early[1]


def test_orders_are_obeyed_stalled_or_refused_and_refusal_costs_funds() -> None:
    values = {"interest": 0.0, "pressure": 0.0}
    loyal = World(values | {"comply_level": 20}, orders=20)
    assert loyal.total("orders refused")[-1] == 0 < loyal.total("recruited")[-1]
    stalling, defying = (World(values | {"comply_level": -20, "stall": s}, orders=20) for s in (1, 0))
    assert stalling.total("recruited")[-1] == defying.total("recruited")[-1] == 0
    assert stalling.total("orders refused")[-1] == 0 < defying.total("orders refused")[-1]
    assert defying.exits > stalling.exits and defying.left_for("punishment") > 0
    assert World(values, ("orders",), orders=20).total("recruited")[-1] == 0


def test_exits_by_every_door() -> None:
    values = {
        "funded": 0.1,
        "refuse_level": 0,
        "exit_theatre": 0.3,
        "unit_chance": 0.5,
        "unit_share": 0.3,
        "demand_factor": 1,
    }
    w = World(values, orders=5, weeks=60, sizes=(3000,), demand=150)
    for name in ("refused", "fled", "defected", "defected in training", "defected in theatre"):
        assert w.total(name)[-1] > 0, name
    assert w.left_for("unit") > 0 and w.left_for("comrades") > 0
    assert World(values, ("exit",), orders=5).exits == 0


def test_contracts_end_and_some_serve_again() -> None:
    w = World(QUIET | {"contract": 60})
    assert w.total("returned")[-1] > 100 and w.total("re-enlisted")[-1] > 0
    assert World(QUIET | {"contract": 60, "wounded_ratio": 0}, ("contracts",)).total("returned")[-1] == 0


def test_the_front_follows_the_balance_and_costs_lives() -> None:
    calm, surge = World(QUIET | {"kill": 0.02}, weeks=60), World(QUIET | {"kill": 0.02, "surge": 5}, weeks=60)
    assert surge.world[-1, 0] < calm.world[-1, 0] and surge.total("killed")[-1] > calm.total("killed")[-1]
    assert (World({"surge": 5}, ("front",)).world[:, 0] == 0).all()


# Patterns.


def test_exits_rise_with_arrears() -> None:
    exits = [World({"funded": f}).exits for f in (1.0, 0.6, 0.2)]
    assert exits[0] < exits[1] < exits[2]


def test_paid_in_full_removes_most_exits() -> None:
    poor = {"funded": 0.15, "promised_guard": 0, "grievance_risk": 0.5}
    full = poor | {"funded": 1, "cut": 0, "pay_delay": 0}
    assert World(full, weeks=60).exits < 0.5 * World(poor, weeks=60).exits


def test_a_broken_posting_promise_alone_can_start_a_cascade() -> None:
    paid = {
        "funded": 1,
        "cut": 0,
        "pay_delay": 0,
        "front_share": 1,
        "grievance_risk": 0,
        "grievance_posting": 0.8,
        "exit_theatre": 0.3,
    }
    w, kept = World(paid, weeks=60), World(paid | {"promised_guard": 0}, weeks=60)
    assert w.left_for("comrades") > 50 and w.exits > 2 * kept.exits
