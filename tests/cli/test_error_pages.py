"""Every error code that the program raises has its page, and every page is of a code that is raised."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import condotta
from condotta.cli import cli
from condotta.errors import UsageError
from condotta.pipeline import explain

PAGES = yaml.safe_load(files("condotta").joinpath("words", "errors.yaml").read_text(encoding="utf-8"))


def _raised() -> set[str]:
    """The codes in the program's code, strings and docstrings."""
    sources = Path(condotta.__file__).parent.rglob("*.py")
    return {code for path in sources for code in re.findall(r"E-[A-Z]+-\d\d", path.read_text(encoding="utf-8"))}


def test_every_code_has_a_page() -> None:
    assert _raised() - set(PAGES) == set()


def test_every_page_is_of_a_code_that_is_raised() -> None:
    assert set(PAGES) - _raised() == set()


@pytest.mark.parametrize("code", PAGES)
def test_a_page_says_what_why_and_what_to_do(code: str) -> None:
    assert set(PAGES[code]) == {"what", "why", "fix"}
    page = explain(code)
    assert page.startswith(f"{code}: ")
    for part in PAGES[code].values():
        assert part.strip()
        assert part in page


@pytest.mark.parametrize("spelling", ["E-DOC-03", "e-doc-03", "E_DOC_03"])
def test_explain_prints_the_page(spelling: str) -> None:
    done = CliRunner().invoke(cli, ["explain", spelling])
    assert done.exit_code == 0
    assert done.stdout == (
        f"E-DOC-03: {PAGES['E-DOC-03']['what']}\n\nWhy: {PAGES['E-DOC-03']['why']}\n\n"
        f"What to do: {PAGES['E-DOC-03']['fix']}\n"
    )


def test_a_code_without_a_page_is_unknown() -> None:
    with pytest.raises(UsageError) as refusal:
        explain("E-DOC-99")
    assert refusal.value.code == "E-USE-02"
    assert "E-DOC-09" in refusal.value.near
