"""Plain text (kept as it is, so that offsets are those of the file) and Markdown with YAML front matter."""

import re
from datetime import date, datetime
from typing import Any

import yaml

from condotta.documents.parts import Parts, decode, outlet, titled, written_date


def read_text(data: bytes, address: str | None = None) -> Parts:
    """A text file: its first short line is the title; outlet, author and date from the lines at its top."""
    text = decode(data)
    stripped = text.lstrip()
    first = stripped.split("\n", 1)[0].strip()
    title = first if first and len(first) < 160 and not first.endswith(".") else None
    head = stripped[:700]
    byline = re.search(r"(?m)^By\s+\[?([^\]\n(]{3,60})", head)
    end = text.index(title) + len(title) if title else 0
    return Parts(text, title, outlet(text), byline[1].strip() if byline else None, address, written_date(head), end)


def read_markdown(data: bytes, address: str | None = None) -> Parts:
    """Markdown: front matter gives title, publisher, author, address, published; the rest is the text."""
    text = decode(data)
    front = re.match(r"---\s*\n(.*?)\n---\s*\n", text, re.DOTALL)
    about = _front_matter(front[1]) if front else {}
    body = text[front.end() :].lstrip("\n") if front else text
    heading = re.match(r"\s*#\s+(.+)", body)
    named = _line(about.get("title"))
    title = named or (heading[1].strip() if heading else None)
    whole, end = (body, heading.end()) if heading and named in (None, heading[1].strip()) else titled(title, body)
    day = _day(about.get("published") or about.get("date")) or written_date(body[:700])
    address = _line(about.get("address") or about.get("url"))
    publisher = next((v for v in map(about.get, ("publisher", "outlet", "source", "site")) if v), None)
    publisher = _line(publisher) or outlet(body[heading.end() :] if heading else body)
    return Parts(whole, title, publisher, _line(about.get("author")), address, day, end)


def _front_matter(block: str) -> dict[str, Any]:
    """The fields on top of a Markdown file; taken line by line where they are no YAML ("title: Libya: more fighters")."""
    try:
        about = yaml.safe_load(block)
    except yaml.YAMLError:
        about = dict(re.findall(r"(?m)^(\w+):[ \t]*(.+?)[ \t]*$", block))
    return about if isinstance(about, dict) else {}


def _line(value: object) -> str | None:
    """A field as one line of text; several values joined by commas."""
    if value is None or value == "":
        return None
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
