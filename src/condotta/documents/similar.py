"""Near duplicates: texts that share most of their wording. Same numbers: a copy; other numbers: an update."""

import re
from collections import Counter

from condotta.records import Document

_COPY = 0.75


class Neighbours:
    """An index of texts by their wording (MinHash over five-word shingles, numbers left out)."""

    def __init__(self) -> None:
        from datasketch import MinHashLSH

        self._index = MinHashLSH(threshold=0.5, num_perm=128)
        self._known: dict[str, tuple[frozenset[str], Counter[str]]] = {}

    def add(self, document: Document) -> list[tuple[str, str, float]]:
        """(other document, "copy" or "update", share of wording in common) for each near duplicate already known."""
        from datasketch import MinHash

        shingles, numbers = _shingles(document.text), Counter(_numbers(document.text))
        sketch = MinHash(num_perm=128, seed=7)
        sketch.update_batch([s.encode() for s in sorted(shingles)])
        links = []
        for other in sorted(self._index.query(sketch)):
            theirs, their_numbers = self._known[other]
            shared = len(shingles & theirs) / max(min(len(shingles), len(theirs)), 1)
            if shared >= _COPY:
                links.append((other, "copy" if numbers == their_numbers else "update", round(shared, 3)))
        if document.id not in self._known and shingles:
            self._index.insert(document.id, sketch)
            self._known[document.id] = (shingles, numbers)
        return links


def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return frozenset(" ".join(words[i : i + 5]) for i in range(max(len(words) - 4, 1)))


def _numbers(text: str) -> list[str]:
    """The figures of a text, without those of addresses and dates."""
    plain = re.sub(
        r"https?://\S+|\b\d{1,2} [A-Z][a-z]+ \d{4}|\b[A-Z][a-z]+ \d{1,2},? \d{4}|\b\d{4}-\d\d-\d\d", " ", text
    )
    return [n.replace(",", "") for n in re.findall(r"\d[\d,]*", plain)]
