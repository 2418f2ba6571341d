"""A view of a text with its markup blanked out: same length, so that every offset holds in both."""

import re

_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\n]*)\)")
_FOOTNOTE = re.compile(r"(?<=\S)\[\d{1,3}\]")
_ESCAPE = re.compile(r"\\(?=[$*_#\[\]()~>-])")
_MARKS = re.compile(r"(?m)^[ \t]*(?:#{1,6}|[*+>-]{1,3}|\d{1,2}\.)(?=[ \t])|\*\*|__|`|^\s*\*\s*$")
_TYPOGRAPHY = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\u202f": " ",
                             "\u2009": " ", "\u2013": "-", "\u2014": "-", "\u2012": "-", "\u2011": "-"})  # fmt: skip


def plain_view(text: str) -> str:
    """`text` with links, escapes, marks of footnotes and emphasis replaced by spaces, and typography made plain, character by character."""
    view = _LINK.sub(lambda m: " " + m[1] + " " * (len(m[0]) - len(m[1]) - 1), text)
    view = _FOOTNOTE.sub(lambda m: " " * len(m[0]), _ESCAPE.sub(" ", view))
    view = _MARKS.sub(lambda m: " " * len(m[0]) if "\n" not in m[0] else re.sub(r"[^\n]", " ", m[0]), view)
    return view.translate(_TYPOGRAPHY)
