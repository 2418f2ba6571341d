"""Findings on the bundled article: each claim against everything but its own origin."""

import shutil
from pathlib import Path

import pytest

from condotta import pipeline
from condotta.records import Finding


@pytest.fixture(scope="module")
def findings(bundled: Path) -> list[Finding]:
    """The findings on the bundled article."""
    return pipeline.check(bundled, bundled / "article.html")[1]


def one(findings: list[Finding], measure: str, stance: str = "asserted") -> Finding:
    """The only finding on a count or on terms with this measure."""
    (found,) = [
        f
        for f in findings
        if f.claim.measure == measure and f.claim.stance == stance and f.claim.amount and f.claim.amount.middle > 1
    ]
    return found


def test_defections_are_about_three_times_the_monitors(findings: list[Finding]) -> None:
    found = one(findings, "defected")
    assert found.verdict == "higher"
    assert found.factor is not None
    assert 2.3 < found.factor < 3.5
    assert found.probability is not None
    assert found.probability > 0.9
    assert "about 700 defected (SOHR, 06 May 2020)" in found.words
    assert "one origin" in found.words
    assert "local media" in found.words
    assert {c.origin for c in found.because} >= {"SOHR", "local media"}


def test_present_is_the_monitors_total_passed_on(findings: list[Finding]) -> None:
    found = one(findings, "present")
    assert found.verdict == "repeats"
    assert "there it is the total arrived, here it is passed on as present" in found.words
    assert found.because[0].origin == "SOHR"


def test_training_repeats_the_monitor(findings: list[Finding]) -> None:
    found = one(findings, "in training")
    assert found.verdict == "repeats"
    assert found.because[0].origin == "SOHR"


def test_hundreds_of_dead_agree(findings: list[Finding]) -> None:
    assert one(findings, "killed").verdict == "agrees"


def test_pay_reaches_above_every_other_promise(findings: list[Finding]) -> None:
    found = one(findings, "pay", "promised")
    assert found.verdict == "higher"
    assert "above every other" in found.words


def test_captures_are_supported_by_name(findings: list[Finding]) -> None:
    captures = [f for f in findings if f.claim.measure == "captured"]
    assert len(captures) == 2
    assert all(f.verdict == "supported" and "LNA" in f.words for f in captures)


def test_a_forecast_cannot_be_checked(findings: list[Finding]) -> None:
    (forecast,) = [f for f in findings if f.claim.kind == "assessment"]
    assert forecast.verdict == "no-evidence"


def test_every_finding_names_its_evidence(findings: list[Finding]) -> None:
    for found in findings:
        assert found.words
        if found.verdict not in ("no-evidence", "agrees"):
            assert found.because
        assert all(c.chain or c.by == "table" for c in found.because)


def test_json_has_the_stable_keys(findings: list[Finding]) -> None:
    for row in map(pipeline.finding_json, findings):
        assert {"claim", "verdict", "factor", "probability", "because"} <= set(row)
        assert all({"quote", "chain", "document"} <= set(b) for b in row["because"])
        assert row["verdict"] in ("agrees", "higher", "lower", "repeats", "contradicts", "supported", "no-evidence")


@pytest.fixture
def some(tmp_path: Path, example: Path) -> Path:
    """The bundled case with one figure in twelve, and no documents."""
    folder = tmp_path / "case"
    folder.mkdir()
    shutil.copy(example / "case.yaml", folder)
    header, *rows = (example / "figures.csv").read_text(encoding="utf-8").splitlines()
    (folder / "some.csv").write_text("\n".join([header, *rows[::12]]), encoding="utf-8")
    pipeline.add(folder, [folder / "some.csv"])
    return folder


def test_losses_of_the_other_side_do_not_stop_the_road(some: Path) -> None:
    (some / "more.txt").write_text(
        "Losses of the army\n\nDaily Paper, 9 May 2020\n\nThe GNA said that 30 fighters of the LNA were killed at Tarhuna on 4 May.\n",
        encoding="utf-8",
    )
    pipeline.add(some, [some / "more.txt"])
    pipeline.read(some)
    result = pipeline.reconcile(some)
    assert any(s.claim.group == "LNA" and "whom the model does not move" in s.reason for s in result.set_aside)


def test_a_correction_asks_for_a_new_estimate(some: Path) -> None:
    before = pipeline.reconcile(some)
    claim = next(e.head for e in before.evidence if e.head.measure == "killed" and e.head.aspect == "total")
    pipeline.judge(some, claim.id, "rejected", "a slip of the page")
    after = pipeline.reconcile(some)
    assert before.draws.shape != after.draws.shape or (before.draws != after.draws).any()
    assert claim.id not in {c.id for e in after.evidence for c in e.claims}


def test_a_source_that_denied_a_figure_does_not_give_it(some: Path) -> None:
    denial = "The army denies losses\n\nDaily Paper, 9 May 2020\n\nSOHR denied that 410 Turkey-backed fighters had been killed in Tripoli by 4 May 2020.\n"
    (some / "denial.txt").write_text(denial, encoding="utf-8")
    pipeline.add(some, [some / "denial.txt"])
    pipeline.read(some)
    article = some / "article.txt"
    article.write_text(
        "Losses\n\nEvening Post, 12 May 2020\n\nSOHR said that 410 Turkey-backed fighters had been killed in Tripoli by 10 May 2020.\n",
        encoding="utf-8",
    )
    _, found = pipeline.check(some, article)
    verdict = next(f for f in found if f.claim.measure == "killed")
    assert verdict.verdict == "contradicts" and "itself denies" in verdict.words
