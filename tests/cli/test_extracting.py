"""`condotta extract`: claims of files as JSON lines, without a case or a ledger."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from condotta.cli import main

KEYS = {
    "id", "document", "kind", "measure", "aspect", "subset", "group", "group_text", "place", "period", "amount", "stance",
    "chain", "quote", "start", "end", "confidence", "by", "subject", "predicate", "object",
}  # fmt: skip
TITLE = "More than 1,200 fighters leave – for “the front”"
TEXT = """The Monitor, 3 June 2020

At least 343 fighters of the Sultan Murad Division have been killed in Libya since January, the Syrian Observatory for
Human Rights said on Tuesday. “Some 2,000 men arrived in Tripoli last month,” the activists added – 150 of them fled.
Turkey promised each fighter 2,000 dollars a month. About 300 fighters refused to go to Libya, a commander told us.
"""


def _extract(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str | Path
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["condotta", "extract", *map(str, words)])
    with pytest.raises(SystemExit) as leaving:
        main()
    out, err = capsys.readouterr()
    assert isinstance(leaving.value.code, int)
    return leaving.value.code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda *words: _extract(capsys, monkeypatch, *words)


def _claims(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(f"{TITLE}\n\n{TEXT}", encoding="utf-8")
    return path


def test_every_claim_has_the_keys_that_other_programs_read(run: Any, report: Path) -> None:
    status, out, err = run(report)
    assert (status, err) == (0, "")
    claims = _claims(out)
    assert {"count", "terms"} <= {c["kind"] for c in claims}
    for claim in claims:
        assert set(claim) >= KEYS
        if claim["period"] is not None:
            assert set(claim["period"]) >= {"start", "end"}
        if claim["amount"] is not None:
            assert set(claim["amount"]) >= {"low", "high", "unit", "qualifier", "text"}
        assert isinstance(claim["chain"], list)


def test_the_figures_of_a_report_are_found(run: Any, report: Path) -> None:
    found = {(c["measure"], c["amount"]["low"]) for c in _claims(run(report)[1]) if c["amount"]}
    assert {("killed", 343), ("arrived", 2000)} <= found


def test_what_is_unknown_is_null_and_never_empty(run: Any, report: Path) -> None:
    claims = _claims(run(report)[1])
    assert claims
    for claim in claims:
        assert "" not in claim.values()


def test_quotes_of_a_text_file_are_its_characters(run: Any, report: Path) -> None:
    text, claims = report.read_text(encoding="utf-8"), _claims(run(report)[1])
    assert claims
    for claim in claims:
        assert claim["quote"] == text[claim["start"] : claim["end"]] != ""


def test_quotes_of_lines_point_into_title_and_text(run: Any, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "title": TITLE, "text": TEXT, "published": "2020-06-03", "publisher": "The Herald"},
        {"id": "b", "text": TEXT},
    ]
    path = tmp_path / "reports.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    status, out, _ = run("--jsonl", path)
    whole = {"a": f"{TITLE}\n\n{TEXT}", "b": TEXT}
    claims = _claims(out)
    assert status == 0
    assert {c["document"] for c in claims} == {"a", "b"}
    for claim in claims:
        assert claim["quote"] == whole[claim["document"]][claim["start"] : claim["end"]] != ""
    assert {c["chain"][0] for c in claims if c["document"] == "a"} == {"The Herald"}


def test_ids_are_the_same_each_time(run: Any, report: Path) -> None:
    assert run(report)[1] == run(report)[1]


def test_a_case_gives_groups_their_names(run: Any, report: Path) -> None:
    case = Path(__file__).parents[2] / "examples" / "libya-2020"
    (killed,) = [c for c in _claims(run("--case", case, report)[1]) if c["measure"] == "killed"]
    assert killed["group"] == "Sultan Murad Division"
    assert killed["chain"][-1] == "SOHR"


def test_several_files_are_read_and_the_bad_ones_listed(run: Any, report: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    status, out, err = run(tmp_path / "empty.txt", report, tmp_path / "missing.txt")
    assert status == 1
    assert _claims(out) == _claims(run(report)[1])
    assert [line.split(": ")[2].split(" ")[0] for line in err.splitlines()] == ["E-DOC-01", "E-DOC-09"]


def test_a_bad_line_does_not_cost_the_others(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text(f"nonsense\n{json.dumps({'text': TEXT})}\n", encoding="utf-8")
    status, out, err = run(path)
    assert status == 1
    assert "E-DOC-05" in err
    assert "reports.jsonl:1" in err
    assert _claims(out)


def test_no_ledger_and_no_other_file_is_left(
    run: Any, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("report.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["report.txt"]


def test_a_case_that_is_not_there_cannot_be_used(run: Any, report: Path, tmp_path: Path) -> None:
    status, out, err = run("--case", tmp_path / "nowhere", report)
    assert (status, out) == (3, "")
    assert err.startswith("E-CASE-01")


def test_the_installed_command_prints_the_same(run: Any, report: Path) -> None:
    command = [sys.executable, "-c", "from condotta.cli import main; main()", "extract", str(report)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.decode() == run(report)[1]
