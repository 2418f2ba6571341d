"""The verb `simulate` on a small case: the fit is kept, runs go on where they were, tables and figures are written."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.test_scrutiny import small  # noqa: F401 - a fixture

from condotta import whatif
from condotta.cli import cli
from condotta.errors import ScenarioError
from condotta.simulation import Ensemble

HOW = Ensemble(4, 7, 2, 10.0)


@pytest.fixture(scope="module", autouse=True)
def quick_fit() -> object:
    """A fit of a moment instead of a minute."""
    patch, whole = pytest.MonkeyPatch(), whatif.fit
    patch.setattr(whatif, "fit", lambda *a, **k: whole(*a, **k, size=20, populations=2))
    patch.setattr(whatif, "FITTED_MEN", 400)
    yield
    patch.undo()


def test_runs_are_kept_and_continued(small: Path) -> None:  # noqa: F811
    (base, paid), found = whatif.run(small, ["paid-in-full"], HOW)
    assert base.scenario == "as-reported" and paid.record.shape[0] == 4 and found.runs >= 60
    again, same = whatif.run(small, ["paid-in-full"], HOW)
    assert (again[1].record == paid.record).all() and all(
        (same.values[k] == found.values[k]).all() for k in found.values
    )
    kept = sorted((small / "simulations").rglob("*.npz"))
    kept[0].write_bytes(b"half a file")
    mended, _ = whatif.run(small, ["paid-in-full"], HOW)
    assert (mended[0].record == base.record).all() and (mended[1].record == paid.record).all()
    assert paid.money("received")[:, -1].mean() > base.money("received")[:, -1].mean()


@pytest.mark.filterwarnings("ignore")
def test_runs_of_a_cluster_are_the_same(small: Path) -> None:  # noqa: F811
    pytest.importorskip("ray")
    (alone,), _ = whatif.run(small, how=HOW)
    shutil.rmtree(small / "simulations")
    (shared,), _ = whatif.run(small, how=HOW, cluster="local")
    assert (shared.record == alone.record).all() and (shared.world == alone.world).all()


def test_the_verb_shows_writes_and_compares(small: Path, tmp_path: Path) -> None:  # noqa: F811
    arguments = ["simulate", str(small), "--scenario", "paid-in-full", "--runs", "4", "--men", "10"]
    table, chart, page = tmp_path / "t.csv", tmp_path / "c.png", tmp_path / "c.html"
    done = CliRunner().invoke(cli, [*arguments, "--table", str(table), "--chart", str(chart)])
    assert done.exit_code == 0, done.output
    assert "paid-in-full less as-reported" in done.output and "Exits by what drove them" in done.output
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert {r["scenario"] for r in rows} == {"as-reported", "paid-in-full"} and chart.read_bytes()[:4] == b"\x89PNG"
    done = CliRunner().invoke(cli, [*arguments, "--json", "--table", str(tmp_path / "t.parquet"), "--chart", str(page)])
    data = json.loads(done.stdout)
    assert [s["scenario"] for s in data["scenarios"]] == ["as-reported", "paid-in-full"]
    assert data["scenarios"][1]["differences"] and data["fit"]["parameters"]["kill"]["median"] > 0
    import pyarrow.parquet as pq

    assert pq.read_table(tmp_path / "t.parquet").num_rows == len(rows)
    assert "vegaEmbed" in page.read_text(encoding="utf-8")


def test_the_report_shows_scenarios_where_asked(small: Path, tmp_path: Path) -> None:  # noqa: F811
    page = tmp_path / "r.html"
    arguments = ["report", str(small), "--scenario", "paid-in-full", "--runs", "4", "-o", str(page)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    html = page.read_text(encoding="utf-8")
    assert '<h2 id="whatif">' in html and "<h3>paid-in-full</h3>" in html and 'data-for="scenes"' in html
    assert html.count("an argument about mechanisms, not a report of what happened") == 1
    assert CliRunner().invoke(cli, ["report", str(small), "-o", str(page)]).exit_code == 0
    assert "whatif" not in page.read_text(encoding="utf-8")


def test_what_decides_is_ranked(small: Path) -> None:  # noqa: F811
    effects = whatif.assumptions(small, HOW)
    means = [e.exits[0] for e in effects]
    assert means == sorted(means, reverse=True) and means[0] > 0 and np.isfinite(means).all()
    assert not {"funded", "kill"} & {e.name for e in effects}


def test_bad_requests_have_a_way_out(small: Path, tmp_path: Path) -> None:  # noqa: F811
    with pytest.raises(ScenarioError, match="E-SIM-05"):
        whatif.run(small, (), HOW, side="Forse")
    done = CliRunner().invoke(cli, ["simulate", str(small), "--scenario", "payed-in-full"])
    assert isinstance(done.exception, ScenarioError) and "paid-in-full" in str(done.exception)


def test_a_case_gives_its_own_parameters(small: Path, tmp_path: Path) -> None:  # noqa: F811
    own = tmp_path / "own"
    shutil.copytree(small, own)
    text = (own / "case.yaml").read_text(encoding="utf-8")
    (own / "case.yaml").write_text(text + "\nsimulation: {wage: 450, training: 42}\n", encoding="utf-8")
    (runs,), _ = whatif.run(own, how=HOW)
    assert set(runs.parameters["wage"]) == {450.0} and set(runs.parameters["training"]) == {42.0}
    for words, code in (("{wages: 450}", "E-SIM-01"), ("{wage: -1}", "E-SIM-02"), ("{funded: 0.5}", "E-SIM-02")):
        (own / "case.yaml").write_text(text + f"\nsimulation: {words}\n", encoding="utf-8")
        with pytest.raises(ScenarioError) as error:
            whatif.run(own, how=HOW)
        assert error.value.code == code


def test_the_variance_is_shared_out(small: Path) -> None:  # noqa: F811
    patch, whole = pytest.MonkeyPatch(), whatif.variance
    patch.setattr(whatif, "variance", lambda *a, **k: whole(*a, **k, size=4, strongest=2))
    patch.setattr(whatif, "screen", lambda *a, _screen=whatif.screen, **k: _screen(*a, **k, trajectories=2))
    try:
        done = CliRunner().invoke(cli, ["simulate", str(small), "--variance", "--seed", "7", "--json"])
        shown = CliRunner().invoke(cli, ["simulate", str(small), "--variance", "--seed", "7"])
    finally:
        patch.undo()
    found = json.loads(done.stdout)
    assert {"luck", "estimate", "fit", "other assumptions"} <= {row["name"] for row in found} and len(found) == 6
    assert "what is not known" in shown.stdout and "luck" in shown.stdout
