"""case.yaml: what is accepted, and errors that name file, line and near misses."""

from pathlib import Path

import pytest

from condotta.cases import Case, fold, load_case
from condotta.errors import CaseError

HEAD = "title: x\nperiod: {start: 2020-01-01, end: 2020-02-01}\n"


def fault(folder: Path, text: str) -> CaseError:
    """The error that a case.yaml of this text gives."""
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    return caught.value


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="E-CASE-01"):
        load_case(tmp_path)


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    error = fault(tmp_path, HEAD + "groups: [\n")
    assert error.code == "E-CASE-02"
    assert ":4" in error.where or ":3" in error.where


def test_unknown_key_names_line_and_near_miss(tmp_path: Path) -> None:
    error = fault(tmp_path, HEAD + "gruops: {}\n")
    assert (error.code, error.near) == ("E-CASE-03", ("groups",))
    assert error.where.endswith("case.yaml:3")


def test_unknown_key_in_a_source(tmp_path: Path) -> None:
    error = fault(tmp_path, HEAD + "sources:\n  A:\n    kind: monitor\n    graed: B\n")
    assert error.near == ("grade",)
    assert error.where.endswith(":6")


def test_unknown_kind_of_source(tmp_path: Path) -> None:
    assert fault(tmp_path, HEAD + "sources:\n  A: {kind: monitr}\n").near == ("monitor",)


def test_unknown_parent(tmp_path: Path) -> None:
    error = fault(tmp_path, HEAD + "groups:\n  A Division: {parent: B Divison}\n  B Division: {}\n")
    assert error.code == "E-CASE-04"
    assert "B Division" in error.near


def test_group_that_is_its_own_parent(tmp_path: Path) -> None:
    assert fault(tmp_path, HEAD + "groups:\n  A: {parent: B}\n  B: {parent: A}\n").code == "E-CASE-04"


def test_period_that_ends_before_it_starts(tmp_path: Path) -> None:
    assert fault(tmp_path, "title: x\nperiod: {start: 2020-02-01, end: 2020-01-01}\n").code == "E-CASE-03"


def test_fold_makes_spellings_meet() -> None:
    assert fold("al-Mu'tasim Division") == fold("The Mutasim division")


def test_resolve_and_members(libya: Case) -> None:
    assert libya.resolve("sources", "Syrian Observatory for Human Rights") == "SOHR"
    assert libya.resolve("groups", "Firqat al-Hamza") == "Hamza Division"
    assert "Hamza Division" in libya.members("Turkey-backed factions")
    assert libya.top("Hamza Division") == "Turkey-backed factions"
    assert libya.root == "Turkey-backed factions"
