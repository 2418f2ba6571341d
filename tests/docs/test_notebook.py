"""The notebook of the library runs from its first cell to its last, and shows tables and a figure."""

from pathlib import Path

import pytest

from condotta import displays
from condotta.records import Claim, Finding

NOTEBOOK = Path(__file__).parents[2] / "docs" / "library.ipynb"


@pytest.mark.filterwarnings("ignore")
def test_every_cell_runs_and_shows_what_it_should() -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    book = nbformat.read(NOTEBOOK, as_version=4)
    kept = [[o.get("data", {}).get("text/plain") for o in c.outputs] for c in book.cells if c.cell_type == "code"]
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    made = [c for c in book.cells if c.cell_type == "code"]
    assert [[o.get("data", {}).get("text/plain") for o in c.outputs] for c in made] == kept  # as printed in the page
    shown = "".join(o.get("data", {}).get("text/html", "") for c in made for o in c.outputs)
    assert (
        "who says so" in shown
        and "data:image/png;base64," in shown
        and "what holds it" in shown
        and "Traceback" not in shown
    )


def test_words_of_documents_are_text() -> None:
    claim = Claim(
        "D1", "count", "<script>alert(1)</script>", 0, 5, "killed", group_text="<b>x</b>", chain=("<i>Paper</i>",)
    )
    for shown in (displays.show([claim]), displays.show(Finding(claim, "higher", words="<u>"))):
        html = shown._repr_html_()
        assert (
            "<script>" not in html
            and "<b>x" not in html
            and "<i>" not in html
            and "<u>" not in html
            and "<table>" in html
        )
    assert (
        "and 40 more" in displays.show([claim] * 100)._repr_html_() and repr(displays.show([claim] * 2)) == "2 x Claim"
    )
    assert "&lt;" in displays.show(["<", 1])._repr_html_()
