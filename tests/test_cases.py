"""case.yaml: what is accepted, and errors that name file, line and near misses."""

from pathlib import Path

import pytest

from condotta.cases import Case, fold, load_case, set_grade
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


GRADED = """title: T
period: {start: 2020-01-01, end: 2020-12-31}
sources:
  A: {kind: monitor, grade: B}  # a comment
  B: {kind: outlet}
  C:
    kind: outlet
    aliases: [see]
  D:
    grade: F
    kind: outlet
"""


@pytest.mark.parametrize("source", ["A", "B", "C", "D"])
def test_a_grade_is_written_and_nothing_else_changes(tmp_path: Path, source: str) -> None:
    (tmp_path / "case.yaml").write_text(GRADED, encoding="utf-8")
    before = load_case(tmp_path)
    set_grade(tmp_path, source, "C")
    after = load_case(tmp_path)
    assert after.sources[source].grade == "C"
    assert after.model_dump(exclude={"sources"}) == before.model_dump(exclude={"sources"})
    for name in before.sources:
        assert after.sources[name].model_dump(exclude={"grade"}) == before.sources[name].model_dump(exclude={"grade"})
        assert name == source or after.sources[name].grade == before.sources[name].grade
    assert "# a comment" in (tmp_path / "case.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("source", "grade", "code"), [("Z", "A", "E-CASE-04"), ("A", "G", "E-CASE-03")])
def test_a_grade_that_cannot_be_set_leaves_the_file(tmp_path: Path, source: str, grade: str, code: str) -> None:
    (tmp_path / "case.yaml").write_text(GRADED, encoding="utf-8")
    with pytest.raises(CaseError, match=code):
        set_grade(tmp_path, source, grade)
    assert (tmp_path / "case.yaml").read_text(encoding="utf-8") == GRADED
