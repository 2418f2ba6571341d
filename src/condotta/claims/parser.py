"""Tokens with tags and dependencies, from the small model whose weights ship in `weights/`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from condotta.claims.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Token:
    """One word: offsets in the document, Penn tag, UD relation, index of its head (itself at the root)."""

    i: int
    text: str
    low: str
    start: int
    end: int
    tag: str
    dep: str
    head: int


@dataclass(frozen=True, slots=True)
class Parse:
    """One parsed sentence; token offsets point into the document."""

    sentence: Sentence
    text: str
    tokens: tuple[Token, ...]
    children: tuple[tuple[int, ...], ...]

    def ancestors(self, i: int) -> list[int]:
        """Indices from `i` up to the root, `i` first; a broken tree ends where it would loop."""
        path = [i]
        while self.tokens[path[-1]].head not in path:
            path.append(self.tokens[path[-1]].head)
        return path

    def distance(self, i: int, j: int) -> int:
        """Number of dependency arcs between two tokens."""
        up, down = self.ancestors(i), self.ancestors(j)
        shared = next((k for k in up if k in down), None)
        return len(self.tokens) if shared is None else up.index(shared) + down.index(shared)

    def subtree(self, i: int) -> list[int]:
        """Indices below and including `i`, in order."""
        seen, stack = {i}, [i]
        while stack:
            for child in self.children[stack.pop()]:
                if child not in seen:
                    seen.add(child)
                    stack.append(child)
        return sorted(seen)

    def at(self, start: int, end: int) -> list[Token]:
        """The tokens that share a character with [start, end)."""
        return [t for t in self.tokens if t.start < end and t.end > start]


def parse(view: str, spans: Sequence[Sentence]) -> Iterator[Parse]:
    """Each sentence of `spans`, parsed; one pass in batches."""
    nlp = _model()
    docs = (_words(nlp, view, span) for span in spans)
    for span, (doc, offsets) in zip(spans, _piped(nlp, docs), strict=True):
        heads = [t.head.i for t in doc]
        children: list[list[int]] = [[] for _ in heads]
        for i, head in enumerate(heads):
            if head != i:
                children[head].append(i)
        tokens = tuple(
            Token(t.i, t.text, t.lower_, o, o + len(t.text), t.tag_, t.dep_, t.head.i)
            for t, o in zip(doc, offsets, strict=True)
        )
        yield Parse(span, view[span.start : span.end], tokens, tuple(tuple(c) for c in children))


def _piped(nlp: Any, docs: Iterable[tuple[Any, list[int]]]) -> Iterator[tuple[Any, list[int]]]:
    yield from nlp.pipe(docs, as_tuples=True, batch_size=128)


def _words(nlp: Any, view: str, span: Sentence) -> tuple[Any, list[int]]:
    """The sentence without runs of white space, marked as one sentence, and the offset of every word."""
    from spacy.tokens import Doc

    made = nlp.tokenizer(view[span.start : span.end])
    kept = [t for t in made if not t.is_space]
    doc = Doc(nlp.vocab, [t.text for t in kept], [bool(t.whitespace_) for t in kept])
    for token in doc:
        token.is_sent_start = token.i == 0
    return doc, [span.start + t.idx for t in kept]


@cache
def _model() -> Any:
    import spacy

    with as_file(files("condotta").joinpath("claims", "weights")) as folder:
        return spacy.load(folder)
