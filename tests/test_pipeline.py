"""The road as functions, on the bundled case."""

import json
from datetime import date
from pathlib import Path

import condotta
from condotta import exports, pipeline
from condotta.estimates import Estimate


def test_all_documents_and_figures_are_in(bundled: Path) -> None:
    with condotta.Ledger(bundled / "ledger.sqlite") as store:
        assert sum(1 for _ in store.documents()) == 14
        assert any(kind == "copy" for _, _, kind in store.links())
    assert len([c for c in pipeline.claims(bundled) if c.by == "table"]) == 1296


def test_claims_in_are_used_or_set_aside_with_a_reason(bundled: Path) -> None:
    result = pipeline.reconcile(bundled)
    used = [c.id for e in result.evidence for c in e.claims]
    aside = [s.claim.id for s in result.set_aside]
    assert sorted(used + aside) == sorted(c.id for c in pipeline.claims(bundled))
    assert all(s.reason for s in result.set_aside)


def test_people_are_conserved(bundled: Path) -> None:
    result = pipeline.reconcile(bundled)
    d = result.draws.astype(float)
    inside = d[..., 2] + d[..., 5:9].sum(-1)
    assert abs(d[..., 4] - inside).max() <= 1e-3 * d[..., 4].max()


def test_the_sampler_mixed(bundled: Path) -> None:
    assert pipeline.reconcile(bundled).diagnostics["rhat"] < 1.05


def test_all_is_the_sum_of_its_groups(bundled: Path) -> None:
    result = pipeline.reconcile(bundled)
    rows = [result.groups[i] for i in result.rows("Turkey-backed factions")]
    assert "Sultan Murad Division" in rows
    assert rows[-1] == "rest of Turkey-backed factions"


def test_stored_estimate_is_the_same(bundled: Path) -> None:
    first, second = pipeline.reconcile(bundled), pipeline.reconcile(bundled)
    assert isinstance(first, Estimate)
    assert (first.draws == second.draws).all()


def test_summary_has_the_stable_keys(bundled: Path) -> None:
    data = pipeline.summary(pipeline.reconcile(bundled))
    assert {"as_of", "groups", "sources", "diagnostics", "identified"} <= set(data)
    row = data["groups"]["Turkey-backed factions"]["arrived"][10]
    assert set(row) == {"week", "low90", "low50", "median", "high50", "high90"}
    assert row["low90"] <= row["low50"] <= row["median"] <= row["high50"] <= row["high90"]
    assert date.fromisoformat(row["week"])
    json.dumps(data)


def test_the_monitors_total_is_near_the_estimate_in_may(bundled: Path) -> None:
    data = pipeline.summary(pipeline.reconcile(bundled))
    (row,) = [r for r in data["groups"]["Turkey-backed factions"]["arrived"] if r["week"] == "2020-05-17"]
    assert row["low90"] < 9000 < row["high90"]


def test_claims_by_source_follow_the_whole_chain(bundled: Path) -> None:
    found = pipeline.claims(bundled, measure="killed", source="Syrian Observatory for Human Rights")
    assert found
    assert all("SOHR" in c.chain for c in found)


def test_export_formats(bundled: Path) -> None:
    lines = exports.export(bundled, "jsonl").splitlines()
    rows = exports.export(bundled, "csv").splitlines()
    assert len(lines) == len(pipeline.claims(bundled))
    assert rows[0].startswith("id,document,kind,measure")


def test_reading_again_changes_nothing(bundled: Path) -> None:
    before = [c.id for c in pipeline.claims(bundled)]
    assert pipeline.read(bundled) == (0, [])
    assert [c.id for c in pipeline.claims(bundled)] == before


def test_case_with_no_evidence_still_checks(tmp_path: Path) -> None:
    folder = pipeline.new(tmp_path / "empty")
    article = tmp_path / "a.txt"
    article.write_text(
        "A title\n\nThe Monitor said that 300 mercenaries of Sponsorland were killed last month.", encoding="utf-8"
    )
    _, found = pipeline.check(folder, article)
    assert [f.verdict for f in found if f.claim.kind == "count"] == ["no-evidence"]
