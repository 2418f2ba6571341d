"""Estimates under other judgements and as they stood earlier, on a small case; the verbs that show them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from condotta import pipeline, scrutiny
from condotta.cli import cli
from condotta.estimation import Setup
from condotta.exchange import COLUMNS, to_inference_data
from condotta.exchange.draws import load_rows, save_rows

CASE = """
title: small
period: {start: 2020-01-06, end: 2020-06-21}
sponsors: {Sponsor: {}}
groups: {Force: {sponsor: Sponsor, pool: 6000}}
sources:
  Monitor: {kind: monitor, grade: B}
  Ministry: {kind: government, grade: D, interest: Sponsor}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of two sources and one slip of an outlet."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    rows = [",".join(COLUMNS)]

    def row(day: str, outlet: str, source: str, measure: str, figure: int) -> None:
        cells = {"reported": day, "as_of": day, "outlet": outlet, "source": source, "kind": "count", "group": "Force",
                 "measure": measure, "aspect": "total", "subset": "all", "low": str(figure), "high": str(figure),
                 "unit": "people", "qualifier": "exactly", "stance": "asserted"}  # fmt: skip
        rows.append(",".join(cells.get(c, "") for c in COLUMNS))

    for i, day in enumerate(f"2020-0{m}-{d}" for m in range(1, 7) for d in ("08", "19")):
        for outlet in ("Daily", "Weekly", "Agency"):
            row(day, outlet, "Monitor", "arrived", 261 * (i + 1))
            row(day, outlet, "Monitor", "killed", 13 * (i + 1))
        if i % 3 == 2:
            row(day, "Gazette", "Ministry", "arrived", 190 * (i + 1))
    row("2020-05-19", "Slip", "Monitor", "arrived", 2160)  # 2,610 with two digits swapped
    (folder / "figures.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert pipeline.add(folder, [folder / "figures.csv"]).failures == ()
    return folder


def test_sensitivity_names_the_judgements(small: Path) -> None:
    shifts = scrutiny.sensitivity(small)
    what = [s.what for s in shifts]
    assert what[0] == "as it is"
    assert {"Monitor graded A (one up)", "Monitor graded C (one down)", "men at home halved", "men at home doubled"} <= set(what)  # fmt: skip
    assert any(w.startswith("unclear claims as") for w in what)
    base = next(h for h in shifts[0].figures if h.measure == "arrived")
    halved = next(s for s in shifts if s.what == "men at home halved")
    assert next(h for h in halved.figures if h.measure == "arrived").median != base.median
    assert scrutiny.sensitivity(small) == shifts  # kept
    (kept,) = (small / "estimates").glob("*-sensitivity.json")
    half = kept.with_suffix(".unfinished")
    save_rows(half, load_rows(kept)[:5])  # type: ignore[index]  # it is there
    kept.unlink()
    assert scrutiny.sensitivity(small) == shifts  # goes on where it was
    assert not half.exists()
    assert "as it is" in scrutiny.by_headline(shifts)[0][0]


def test_retrospective_compares_then_and_now(small: Path) -> None:
    peels = scrutiny.retrospective(small, step=6, peels=2)
    assert {p.day for p in peels} == {"2020-03-29", "2020-05-10"}
    arrived = [p for p in peels if p.then.measure == "arrived"]
    assert all(p.then.day == p.now.day == p.day for p in arrived)
    assert all(abs(p.revision) < 0.3 for p in arrived)
    rho = scrutiny.mohns_rho(peels)["Force", "arrived"]
    assert rho == pytest.approx(sum(p.revision for p in arrived) / 2)


def test_as_of_takes_only_what_was_published(small: Path) -> None:
    from datetime import date

    early = pipeline.evidence(small, date(2020, 3, 1))
    assert early
    assert all((c.reported or date.max) <= date(2020, 3, 1) for p in early for c in p.claims)
    result = pipeline.reconcile(small, setup=Setup(until=date(2020, 5, 1), ahead=4))
    assert pipeline.summary(result)["as_of"] == "2020-05-03"
    assert pipeline.summary(result)["forecast_from"] == "2020-05-03"


def test_the_verbs_show_it(small: Path) -> None:
    run = CliRunner()
    found = run.invoke(cli, ["origins", str(small), "--json"])
    assert found.exit_code == 0, found.output
    replaced = json.loads(found.stdout)["replaced"]
    assert len(replaced) == 1
    assert "digits swapped: two digits of 2,610 swapped" in replaced[0]["why"]
    shown = run.invoke(cli, ["origins", str(small)]).stdout
    assert "two digits of 2,610" in shown
    table = run.invoke(cli, ["sensitivity", str(small)]).stdout
    assert "men at home doubled" in table
    back = run.invoke(cli, ["retrospective", str(small), "--step", "6", "--peels", "2", "--json"])
    assert {r["measure"] for r in json.loads(back.stdout)["mohns_rho"]} >= {"arrived", "killed"}
    ahead = run.invoke(cli, ["reconcile", str(small), "--as-of", "2020-05-01", "--ahead", "4", "--json"])
    weeks = json.loads(ahead.stdout)["groups"]["Force"]["arrived"]
    assert weeks[-1]["week"] == "2020-05-31"


def test_inference_data_works_with_arviz(small: Path, tmp_path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz as az

        data = to_inference_data(pipeline.reconcile(small))
        table = az.summary(data, var_names=["arrived"], coords={"week": data.posterior.week.values[-1:]})
        assert table["r_hat"].iloc[0] < 1.02
        assert data.posterior["arrived"].dims == ("chain", "draw", "group", "week")
        target = tmp_path / "draws.nc"
        done = CliRunner().invoke(cli, ["reconcile", str(small), "--netcdf", str(target)])
        assert done.exit_code == 0, done.output
        assert az.from_netcdf(target).observed_data["figure"].shape == data.observed_data["figure"].shape
