"""The report: self-contained, complete, and working in a real browser."""

import re
from pathlib import Path
from typing import Any

import pytest

from condotta import pipeline


@pytest.fixture(scope="module")
def page(bundled: Path) -> Path:
    """The report on the bundled case with its article."""
    html, picture = pipeline.report(bundled, bundled / "article.html")
    (bundled / "report.html").write_text(html, encoding="utf-8")
    (bundled / "report.png").write_bytes(picture)
    return bundled / "report.html"


def test_holds_every_part(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    for part in (
        "What is known",
        "Over time",
        "Contradictions",
        "Sources",
        "Method and caveats",
        "Set aside, with reasons",
        "times the estimate",
    ):
        assert part in html


def test_asks_nothing_of_the_network(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    outside_scripts = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"<link|<iframe|<img|@import|url\(|\ssrc=", outside_scripts)
    assert not re.search(r"<script[^>]+src=", html)


def test_picture_is_a_png(page: Path) -> None:
    assert page.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_words_from_documents_are_escaped(bundled: Path, tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(
        "A title\n\n<script>alert(1)</script> said that 300 Syrian fighters were killed in Libya last month.",
        encoding="utf-8",
    )
    html, _ = pipeline.report(bundled, article)
    assert "<script>alert(1)" not in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser(page: Path, browser: Any, scheme: str) -> None:
    tab = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    faults: list[str] = []
    asked: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri())
    tab.wait_for_selector(".chart svg")
    assert tab.locator(".chart svg").count() >= 8
    assert tab.locator("article.higher").count() >= 2
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    mark = tab.locator(".chart svg .mark-symbol path").nth(3)
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    tab.wait_for_selector("#vg-tooltip-element.visible")
    assert "words" in tab.locator("#vg-tooltip-element").inner_text()
    tab.close()
    assert faults == []
    assert [a for a in asked if not a.startswith(("file:", "data:", "blob:"))] == []
