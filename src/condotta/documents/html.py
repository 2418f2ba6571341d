"""HTML: the main text by trafilatura, the date of publication by htmldate, tables by lxml."""

import re
from datetime import date

from condotta.documents.parts import Parts, decode, outlet, row_of, titled
from condotta.errors import DocumentError

_DEPTH_LIMIT = 1500
_CELL = 80
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "dd",
        "dt",
        "option",
    ]
)


def read(data: bytes, address: str | None = None) -> Parts:
    """The article in a page. Raises E-DOC-08 for nesting beyond reason."""
    import trafilatura
    from htmldate import find_date

    page = decode(data)
    if depth(page) > _DEPTH_LIMIT:
        raise DocumentError("E-DOC-08", f"elements nested more than {_DEPTH_LIMIT} deep")
    plain = _with_rows(page)
    found = trafilatura.bare_extraction(
        plain, url=address, include_comments=False, include_tables=True, with_metadata=True
    )
    about = found.as_dict() if found is not None and hasattr(found, "as_dict") else found or {}
    body = "\n\n".join(line for line in (about.get("text") or "").splitlines() if line.strip())
    if not body.strip():
        body = trafilatura.html2txt(plain) or ""
    day = find_date(page, url=address, original_date=True, outputformat="%Y-%m-%d") or about.get("date")
    text, title_end = titled(about.get("title"), body)
    return Parts(
        text,
        about.get("title"),
        about.get("sitename") or outlet(body),
        _author(about.get("author"), about.get("sitename")),
        about.get("url"),
        _day(day),
        title_end,
    )


def _with_rows(page: str) -> str:
    """The page with its tables of data as paragraphs, a row each: "| Monitor | 450 | 68 |". What tables lay out is left alone."""
    if "<table" not in page.lower():
        return page
    from lxml import etree, html

    try:
        tree = html.fromstring(page)
    except (ValueError, etree.LxmlError):
        return page
    for table in list(tree.iter("table")):
        rows = [
            [" ".join(cell.text_content().split()) for cell in row if cell.tag in ("td", "th")]
            for row in table.iter("tr")
        ]
        plain = table.getparent() is not None and table.find(".//table") is None
        if not (
            plain and len(rows) > 1 and len(rows[0]) > 1 and all(len(cell) <= _CELL for row in rows for cell in row)
        ):
            continue
        for row in rows:
            line = html.Element("p")
            line.text = row_of(row)
            table.addprevious(line)
        table.drop_tree()
    return str(etree.tostring(tree, encoding="unicode", method="html"))


def depth(page: str) -> int:
    """The deepest nesting of elements that must be closed, counted without parsing."""
    level = deepest = 0
    for tag in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>", page):
        if tag[2].lower() not in _VOID and not tag[3]:
            level = max(0, level - 1) if tag[1] else level + 1
            deepest = max(deepest, level)
    return deepest


def _author(author: str | None, site: str | None) -> str | None:
    """A byline, unless it is the outlet's own name or scraps of an address."""
    return None if not author or author == site or "http" in author.lower() else author


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
