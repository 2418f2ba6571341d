"""Scenarios are checked; ensembles repeat; fits find what was put in; observers report what happened."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from condotta.errors import ScenarioError
from condotta.estimates import Weeks
from condotta.randomness import stream
from condotta.runs import differences, rows
from condotta.simulation import SHIPPED, Circumstances, Ensemble, fit, load_scenario, simulate
from condotta.simulation.fitting import Target, summaries
from condotta.simulation.observers import Observer, emit

WEEKS = 30


def start(draws: int = 4, men: float = 800.0) -> Circumstances:
    """Two groups called to send a third of their men."""
    demand = np.full((draws, WEEKS, 2), 0.35 * men / WEEKS)
    return Circumstances(
        Weeks(date(2020, 1, 6), WEEKS), ("North", "South"), np.full((draws, 2), men), demand, np.ones((draws, WEEKS)), np.full(draws, np.nan), {},
    )  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_run_and_say_what_they_are(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.about
    assert simulate(start(), scenario, Ensemble(2)).record.shape[:3] == (2, WEEKS, 2)


@pytest.mark.parametrize(
    ("text", "code", "near"),
    [
        ("parameters: {fundet: 1}", "E-SIM-01", "funded"), ("parameters: {funded: 2}", "E-SIM-02", "share"), ("without: [newz]", "E-SIM-01", "news"),
        ("- a list", "E-SIM-04", "table"), ("parameters: {training: {times: 1000}}", "E-SIM-02", "days"), ("a: [", "E-SIM-04", "bad"),
        ("orders: [{from: 2020-05-01, until: 2020-04-01, weekly: 5}]", "E-SIM-04", "order"), ("polcy: x", "E-SIM-01", "polcy"),
        ("parameters: {funded: much}", "E-SIM-02", "much"), ("parameters: [funded]", "E-SIM-04", "table"),
    ],
)  # fmt: skip
def test_a_wrong_scenario_is_refused_with_the_way_out(tmp_path: Path, text: str, code: str, near: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load_scenario(path)
    assert error.value.code == code and near in str(error.value)


def test_unknown_scenarios_and_groups_have_near_misses(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="paid-in-full"):
        load_scenario("payed-in-full")
    path = tmp_path / "own.yaml"
    path.write_text("orders: [{from: 2020-02-01, until: 2020-04-01, weekly: 50, group: Nort}]", encoding="utf-8")
    with pytest.raises(ScenarioError, match="North"):
        simulate(start(), load_scenario(path), Ensemble(2))


def test_orders_of_a_scenario_reach_their_group(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "parameters: {pressure: 0}\norders: [{from: 2020-02-01, until: 2020-04-01, weekly: 50, group: North}]",
        encoding="utf-8",
    )
    runs = simulate(start(), load_scenario(path), Ensemble(2))
    assert runs.event("ordered", "North")[:, -1].min() > 0 == runs.event("ordered", "South")[:, -1].max()


def test_the_same_seed_gives_the_same_runs_on_any_number_of_threads() -> None:
    one, four = (simulate(start(), load_scenario("as-reported"), Ensemble(6, 5, threads)) for threads in (1, 4))
    assert (one.record == four.record).all()
    later = simulate(start(), load_scenario("as-reported"), Ensemble(2, 5), first=4)
    assert (later.record == one.record[4:]).all()
    assert (one.record != simulate(start(), load_scenario("as-reported"), Ensemble(6, 6)).record).any()


def test_common_luck_makes_differences_sharper() -> None:
    base, other = (simulate(start(), load_scenario(n), Ensemble(30)) for n in ("as-reported", "paid-in-full"))
    by_name = {d.what: d for d in differences(other, base)}
    spent = by_name["spent, US dollars"]
    apart = np.hypot(other.money("spent")[:, -1].std(), base.money("spent")[:, -1].std()) / np.sqrt(30)
    assert spent.mean > 0 and spent.stable and spent.error < apart
    same = differences(base, base)
    assert all(d.mean == 0 and d.agree == 1.0 for d in same)
    table = rows(base)
    assert {r["group"] for r in table} == {"all", "North", "South"} and all(
        r["low90"] <= r["median"] <= r["high90"] for r in table
    )


def test_money_of_the_account_adds_up() -> None:
    runs = simulate(start(), load_scenario("as-reported"), Ensemble(3))
    assert (runs.money("handed out") == runs.money("cut") + runs.money("received")).all()
    assert (runs.money("arrears") == runs.money("owed") - runs.money("received")).all()
    assert (runs.money("spent") >= runs.money("handed out")).all()
    blind = simulate(start(), replace(load_scenario("as-reported"), off=("account",)), Ensemble(3))
    assert blind.money("training").max() == 0 < runs.money("training").max() and blind.own_dead_avoided().max() == 0
    assert ((runs.influence() >= 0) & (runs.influence() <= 1)).all()


def test_a_fit_narrows_what_the_figures_speak_of_and_repeats() -> None:
    true = simulate(
        start(), load_scenario("as-reported"), Ensemble(1, 11), {"kill": np.array([0.05]), "funded": np.array([0.9])}
    )
    names = ("killed | 29", "present | 29", "arrived | 29", "recruited | 29", "pay")
    goal = Target(names, summaries(true.record[0], names, 1.0), np.full(len(names), 0.1))
    found = fit(goal, start(), 3, size=30, populations=4)
    assert found.distance[-1] < found.distance[0]
    kill = found.values["kill"] * found.values["front_share"]
    assert 0.35 < np.median(kill) / (0.05 * 0.7) < 2.9
    assert np.median(found.values["funded"]) > 0.6
    again = fit(goal, start(), 3, size=30, populations=4, threads=1)
    assert all((found.values[k] == again.values[k]).all() for k in found.values)


def test_observers_make_claims_with_delay_bias_and_rounding() -> None:
    runs = simulate(start(), load_scenario("as-reported"), Ensemble(2))
    honest = Observer("Monitor", every=7, delay=4, scatter=0.0, digits=6, measures=("arrived",), whole=1.0)
    loud = Observer("Enemy", every=7, delay=4, bias=1.0, scatter=0.0, digits=1, measures=("arrived",), whole=1.0)
    claims = emit(runs, 0, [honest, loud], "Side", stream(1, "x"))
    assert claims and all(
        (c.reported - c.day).days == 4 and c.amount and c.chain == ("Wire", c.origin)
        for c in claims
        if c.reported and c.day
    )
    by = {s: {c.day: c.amount.low for c in claims if c.origin == s and c.amount} for s in ("Monitor", "Enemy")}
    series = np.concatenate([[0.0], runs.series("arrived")[0]])
    for day, figure in by["Monitor"].items():
        at = np.interp(runs.weeks.place(day) + 1, np.arange(len(series)), series)
        assert abs(figure - at) < 1.5
    assert np.median(list(by["Enemy"].values())) > 2 * np.median(list(by["Monitor"].values()))
    mute = simulate(start(), replace(load_scenario("as-reported"), off=("observers",)), Ensemble(2))
    assert emit(mute, 0, [honest], "Side", stream(1, "x")) == []
