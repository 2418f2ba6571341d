"""The verbs: their help, what they print and where, and the status they end with."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from condotta.cli import VERBS, main

EXAMPLES = Path(__file__).parents[2] / "examples"
REPORT = """Fighters leave for the front

The Monitor, 3 June 2020

At least 343 fighters of the First Division have been killed in Front Town since January, activists said on Tuesday.
"""


class Ended(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """The command line in this process: its status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def ended(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["condotta", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        out, err = capsys.readouterr()
        assert isinstance(leaving.value.code, int)
        return Ended(leaving.value.code, out, err)

    return ended


@pytest.fixture
def case(run: Run) -> str:
    assert run("new", "case").status == 0
    return "case"


@pytest.fixture
def libya(tmp_path: Path) -> str:
    shutil.copytree(EXAMPLES / "libya-2020", tmp_path / "libya", ignore=shutil.ignore_patterns("*sqlite*", "originals"))
    return "libya"


def _write(name: str, content: str) -> str:
    Path(name).write_text(content, encoding="utf-8")
    return name


# help


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_verb_has_help(run: Run, verb: str, flag: str) -> None:
    status, out, err = run(verb, flag)
    assert (status, err) == (0, "")
    assert out.startswith("Usage: ")
    assert f"condotta {verb} " in out.splitlines()[0]
    assert len(out.split("\n\n")[1].strip()) > 20


def test_help_lists_every_verb_with_what_it_does(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    listed = {line.split()[0]: line.split()[1:] for line in out.split("Commands:")[1].splitlines() if line.strip()}
    assert set(listed) >= set(VERBS)
    assert all(len(listed[verb]) >= 3 for verb in VERBS)


def test_the_version_is_that_of_the_package(run: Run) -> None:
    from condotta import __version__

    assert __version__ in run("--version").out


def test_help_loads_nothing_heavy() -> None:
    script = """
import sys
sys.argv = ["condotta", "--help"]
from condotta.cli import main
try:
    main()
finally:
    print("LOADED", *sorted({name.split(".")[0] for name in sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split("LOADED")[1].split())
    heavy = {
        "spacy", "numba", "sqlalchemy", "alembic", "trafilatura", "arviz", "altair", "pydantic", "numpy", "scipy",
        "nutpie", "docx", "pypdfium2", "rich", "yaml",
    }  # fmt: skip
    assert "click" in loaded
    assert loaded & heavy == set()


# status 0


def test_new_makes_a_case_that_every_verb_accepts(run: Run, case: str) -> None:
    assert (Path(case) / "documents").is_dir()
    assert run("claims", case).status == 0


def test_add_read_and_claims_from_a_folder_to_a_list(run: Run, case: str) -> None:
    _write("report.txt", REPORT)
    assert run("add", case, "report.txt").status == 0
    assert run("read", case).status == 0
    status, out, _ = run("claims", case, "--json", "--measure", "killed")
    (claim,) = (json.loads(line) for line in out.splitlines())
    assert status == 0
    assert (claim["amount"]["low"], claim["group"], claim["reported"]) == (343, "First Division", "2020-06-03")


def test_add_tells_of_copies_and_updates(run: Run, case: str) -> None:
    run("add", case, _write("a.txt", REPORT))
    assert "is a copy of" in run("add", case, _write("b.txt", REPORT + "\nShared.\n")).err
    assert "is an update of" in run("add", case, _write("c.txt", REPORT.replace("343", "351"))).err


def test_adding_again_says_what_was_there(run: Run, case: str) -> None:
    run("add", case, _write("a.txt", REPORT))
    assert "0 documents added, 1 already there" in run("add", case, "a.txt").err


def test_results_go_to_standard_output_and_messages_to_standard_error(run: Run, case: str) -> None:
    run("add", case, _write("a.txt", REPORT))
    done = run("read", case)
    assert done.out == ""
    assert done.err.endswith(" claims read\n")


def test_progress_is_silent_where_nobody_watches(run: Run, case: str) -> None:
    _write("a.txt", REPORT)
    done = run("add", case, "a.txt")
    assert done.err.splitlines() == ["1 documents added, 0 already there, 0 claims from spreadsheets"]


def test_the_libya_figures_come_in_and_go_out_again(run: Run, libya: str) -> None:
    assert "1296 claims from spreadsheets" in run("add", libya, f"{libya}/figures.csv").err
    listed, exported = run("claims", libya, "--json"), run("export", libya, "--format", "jsonl")
    assert len(listed.out.splitlines()) == 1296
    assert exported.out == listed.out
    rows = list(csv.DictReader(io.StringIO(run("export", libya).out)))
    assert [r["id"] for r in rows] == [json.loads(line)["id"] for line in listed.out.splitlines()]


def test_facets_of_claims_choose_by_any_name(run: Run, libya: str) -> None:
    run("add", libya, f"{libya}/figures.csv")

    def chosen(*facets: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in run("claims", libya, "--json", *facets).out.splitlines()]

    alias, name = chosen("--group", "the Hamzat"), chosen("--group", "Hamza Division")
    assert alias == name
    assert {c["group"] for c in name} == {"Hamza Division"}
    assert {c["measure"] for c in chosen("--measure", "in_training")} == {"in training"}
    assert {c["kind"] for c in chosen("--kind", "event")} == {"event"}
    assert all("SOHR" in c["chain"] for c in chosen("--source", "sohr"))  # type: ignore[operator]
    assert chosen("--measure", "killed", "--source", "LNA")


def test_a_table_is_shown_without_losing_a_claim(run: Run, case: str) -> None:
    run("add", case, _write("a.txt", REPORT))
    run("read", case)
    out = run("claims", case, "--measure", "killed").out
    assert "1 claims" in out
    assert "343" in out


def test_output_that_is_cut_off_ends_quietly(libya: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from condotta.cli import main; main()"]
    subprocess.run([*command, "add", libya, f"{libya}/figures.csv"], cwd=tmp_path, check=True, capture_output=True)
    with subprocess.Popen(
        [*command, "claims", libya, "--json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.readline().startswith(b"{")
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait() == 0


# status 1: done, some inputs failed


def test_files_that_failed_are_listed_and_the_others_added(run: Run, case: str) -> None:
    _write("good.txt", REPORT)
    _write("empty.txt", "")
    _write("picture.gif", "GIF89a")
    done = run("add", case, "good.txt", "empty.txt", "picture.gif", "missing.txt")
    assert (done.status, done.out) == (1, "")
    assert "1 documents added" in done.err
    for name, code in (("empty.txt", "E-DOC-01"), ("picture.gif", "E-DOC-03"), ("missing.txt", "E-DOC-09")):
        assert any(name in line and code in line for line in done.err.splitlines())


def test_rows_that_failed_are_listed_and_the_others_taken(run: Run, case: str) -> None:
    row = "2020-06-03,The Monitor,killed"
    _write("figures.csv", f"reported,source,measure,low,high\n{row},1,1\n{row},many,\n{row},3,3\n")
    done = run("add", case, "figures.csv")
    assert done.status == 1
    assert "2 claims from spreadsheets" in done.err
    assert "figures.csv:3" in done.err
    assert "E-IMP-02" in done.err


def test_a_document_in_another_language_is_listed_when_read(run: Run, case: str) -> None:
    _write("a.txt", REPORT)
    _write(
        "b.txt", "Selon les militants, au moins 343 combattants de la division ont été tués depuis le mois de janvier."
    )
    assert run("add", case, "a.txt", "b.txt").status == 0
    done = run("read", case)
    assert done.status == 1
    assert "E-DOC-10" in done.err
    assert run("claims", case, "--json", "--measure", "killed").out.count("\n") == 1


# status 2: wrong use


def test_new_refuses_to_overwrite_a_case(run: Run, case: str) -> None:
    Path(case, "case.yaml").write_text("title: mine\n", encoding="utf-8")
    done = run("new", case)
    assert done.status == 2
    assert done.err.startswith("E-USE-03")
    assert Path(case, "case.yaml").read_text(encoding="utf-8") == "title: mine\n"


@pytest.mark.parametrize(
    ("words", "close"),
    [
        (("claims", "case", "--measure", "kiled"), "killed"),
        (("claims", "case", "--kind", "cuont"), "count"),
        (("claims", "case", "--group", "First Divison"), "First Division"),
        (("claims", "case", "--source", "Montor"), "The Monitor"),
        (("export", "case", "--format", "cvs"), "csv"),
        (("explain", "E-DOC-3"), "E-DOC-03"),
        (("claims", "case", "--jsn"), "--json"),
        (("reed", "case"), "read"),
    ],
)
def test_an_unknown_name_is_answered_with_what_is_close(
    run: Run, case: str, words: tuple[str, ...], close: str
) -> None:
    done = run(*words)
    assert (done.status, done.out) == (2, "")
    guess = done.err.split("Did you mean", 1)[-1] if "Did you mean" in done.err else ""
    assert close in guess


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("add",),
        ("add", "case"),
        ("claims", "case", "--nothing"),
        ("nothing",),
        ("reconcile", "case", "--seed", "x"),
        ("check", "case", "missing.txt"),
        ("extract",),
    ],
)
def test_a_call_that_cannot_be_meant_is_wrong_use(run: Run, case: str, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.status == 2
    assert done.err.startswith("Usage: ")
    assert "Traceback" not in done.err


def test_a_setting_of_the_wrong_kind_is_wrong_use(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _write("a.txt", REPORT)
    monkeypatch.setenv("CONDOTTA_SIZE_LIMIT", "ten")
    done = run("add", case, "a.txt")
    assert done.status == 2
    assert done.err.strip().startswith("E-USE-01")


def test_the_size_limit_is_a_setting(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDOTTA_SIZE_LIMIT", "20")
    done = run("add", case, _write("a.txt", REPORT))
    assert done.status == 1
    assert "E-DOC-02" in done.err


# status 3: could not be done


@pytest.mark.parametrize(
    "words", [("claims", "nowhere"), ("read", "nowhere"), ("add", "nowhere", "x"), ("export", ".")]
)
def test_without_a_case_nothing_can_be_done(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.status, done.out) == (3, "")
    assert done.err.strip().startswith("E-CASE-01")
    assert "condotta explain E-CASE-01" in done.err


def test_a_case_with_a_wrong_key_names_its_line(run: Run, case: str) -> None:
    path = Path(case, "case.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("grade: B", "grad: B"), encoding="utf-8")
    line = path.read_text(encoding="utf-8")[: path.read_text(encoding="utf-8").index("grad:")].count("\n") + 1
    done = run("claims", case)
    assert done.status == 3
    assert f"case.yaml:{line}" in done.err
    assert "grade" in done.err.split("Did you mean")[1]


@pytest.mark.parametrize("verb", ["claims", "read", "export"])
def test_a_ledger_that_is_none_cannot_be_used(run: Run, case: str, verb: str) -> None:
    Path(case, "ledger.sqlite").write_bytes(os.urandom(64) * 100)
    done = run(verb, case)
    assert done.status == 3
    assert done.err.strip().startswith("E-LED-01")


def test_too_little_evidence_cannot_be_reconciled(run: Run, case: str) -> None:
    done = run("reconcile", case, "--json")
    assert (done.status, done.out) == (3, "")
    assert done.err.strip().startswith("E-EST-01")
