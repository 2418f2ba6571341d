"""Documentation that cannot go stale: the tutorial is run, generated pages are compared."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from evaluation import docs

ROOT = Path(__file__).parents[2]
RUN = "import sys; from condotta.cli import main; sys.argv[0] = 'condotta'; main()"


def condotta(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_generated_pages_are_up_to_date() -> None:
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == docs.commands()
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == docs.errors()
    assert (ROOT / "docs" / "simulation.md").read_text(encoding="utf-8") == docs.simulation()


def test_tutorial(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    (tmp_path / "reports").mkdir()
    bodies = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    for name, body in zip(re.findall(r"`((?:reports/)?\w+\.txt)`", text), bodies, strict=True):
        (tmp_path / name).write_text(body, encoding="utf-8")
    shown = ""
    for block in re.findall(r"```\n(condotta .*?)```", text, re.DOTALL):
        for line in block.strip().splitlines():
            done = condotta(shlex.split(line)[1:], tmp_path)
            assert done.returncode == 0, (line, done.stderr)
            shown += done.stdout
    assert "REPEATS" in shown
    assert "passed on as present" in shown


def test_readme_names_every_verb() -> None:
    from condotta.cli import VERBS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for verb in VERBS:
        assert f"condotta {verb}" in readme


def test_python_example_of_the_readme(bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    shutil.copytree(bundled, tmp_path / "mycase")
    (tmp_path / "reports").mkdir()
    shutil.copy(bundled / "article.html", tmp_path / "article.html")
    shutil.copy(bundled / "figures.csv", tmp_path / "figures.csv")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # the README's own lines
