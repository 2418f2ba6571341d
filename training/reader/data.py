"""Annotated texts as training examples: the windows of each text with what is to be read of their candidates."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from condotta.claims.candidates import candidates
from condotta.claims.quantities import Quantity
from condotta.claims.readings import LABELS, SPANS, TERMS
from condotta.claims.sentences import sentences
from condotta.claims.view import plain_view
from condotta.claims.windows import LIMIT, Window, Windower
from condotta.vocabulary import vocabulary

# Given and family names for "{PERSON}", mixed at random: they stand for nobody.
_GIVEN = ["Ahmad", "Omar", "Khaled", "Yusuf", "Ivan", "Sergei", "Dmitri", "Juan", "Carlos", "Pierre", "Moussa", "Ibrahima", "John", "David", "Mehmet", "Ali", "Hassan", "Mariam", "Elena", "Anna", "Luis", "Pedro", "Samir", "Tariq", "Nikolai", "Bakary"]  # fmt: skip
_FAMILY = ["Haddad", "Mansour", "Ivanov", "Petrov", "Diallo", "Traore", "Garcia", "Lopez", "Smith", "Brown", "Yilmaz", "Demir", "Karimi", "Rahimi", "Okafor", "Mbeki", "Kovac", "Novak", "Silva", "Santos", "Dubois", "Moreau", "al-Masri", "al-Jabouri", "Osman"]  # fmt: skip

LIMITS = (96, 192, LIMIT, LIMIT)
"""Pieces of a window, drawn anew for each text: the reader must do with less around a figure, too."""


@dataclass(frozen=True, slots=True)
class Example:
    """One window. For each candidate `labels` : index per label, -1 where not asked; `spans` : role -> pieces of possible starts, ends;
    empty where not asked."""

    window: Window
    labels: tuple[tuple[int, ...], ...]
    spans: tuple[tuple[tuple[tuple[int, ...], tuple[int, ...]], ...], ...]
    item: str = ""


def load(path: Path) -> list[dict[str, Any]]:
    """The items of one file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [{"id": f"{path.stem}-{n}", **json.loads(line)} for n, line in enumerate(lines, 1) if line.strip()]


def examples(items: Sequence[dict[str, Any]], tokenizer: Any, rng: random.Random | None = None) -> Iterator[Example]:
    """Every window of the items; with a generator the texts are varied: names, digits, capitals."""
    for item in items:
        made = varied(item, rng) if rng else named(item, random.Random(0))
        yield from item_examples(made, tokenizer, rng.choice(LIMITS) if rng else LIMIT)


def named(item: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The item with a name at each "{PERSON}"."""
    name = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
    put = {k: v.replace("{PERSON}", name) if isinstance(v, str) else v for k, v in item.items()}
    put["claims"] = [
        {k: v.replace("{PERSON}", name) if isinstance(v, str) else v for k, v in c.items()} for c in item["claims"]
    ]
    return put


def varied(item: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The item with other names, other digits of the same length, at times a bare headline, and now and then in capitals or small letters."""
    put = named(item, rng)
    if rng.random() < 0.5:
        table = dict(zip("123456789", rng.choices("123456789", k=9), strict=True))
        put = _changed(put, table)
    if _has_title(put["text"]) and rng.random() < 0.3:
        put["text"] = _bare_title(put["text"])
    chance = rng.random()
    if chance < 0.06:
        change = str.upper if chance < 0.04 else str.lower
        if len(change(put["text"])) == len(put["text"]):
            put["text"] = change(put["text"])
            put["claims"] = [
                {k: change(v) if k in ("amount", *SPANS) and isinstance(v, str) else v for k, v in c.items()}
                for c in put["claims"]
            ]
    return put


def _bare_title(text: str) -> str:
    """The text with its headline as many sites give it: without commas between words, apostrophes, and signs."""
    title, gap, body = text.partition("\n\n")
    return re.sub(r"[,:;] |['\u2019](?=\w)| - ", lambda m: " " if " " in m[0] else "", title) + gap + body


_NUMBER = re.compile(r"(?:\d[\d,.]*\d|\d)(?!\d|s\b)")


def _changed(item: dict[str, Any], table: dict[str, str]) -> dict[str, Any]:
    """The item with other digits in its numbers; what may be a year or a day stays, and so do "200s" and "300s" (the dead, the wounded)."""

    def swap(text: str) -> str:
        return _NUMBER.sub(lambda m: m[0] if kept(m[0]) else "".join(table.get(c, c) for c in m[0]), text)

    def kept(word: str) -> bool:
        return bool(re.fullmatch(r"(?:19|20)\d\d|[12]?\d|3[01]", word))

    claims = [{k: swap(v) if isinstance(v, str) else v for k, v in c.items()} for c in item["claims"]]
    return {**item, "text": swap(item["text"]), "claims": claims}


def item_examples(item: dict[str, Any], tokenizer: Any, limit: int) -> Iterator[Example]:
    """The windows of one item, claims matched to candidates by place; a claim without a candidate gets one."""
    view = plain_view(item["text"])
    claims = list(located(view, item["claims"]))
    found = candidates(view, vocabulary())
    for start, end, _ in claims:
        if not any(q.number_start < end and q.number_end > start for q in found):
            found.append(Quantity(start, end, start, end, None, None, "exactly", None))
    spans = [(s.start, s.end) for s in sentences(view, view.find("\n\n") + 1 if _has_title(view) else 0)]
    for window in Windower(tokenizer, view, spans, limit).windows(found):
        said = [
            next((c for s, e, c in claims if q.number_start < e and q.number_end > s), None)
            for _, q in window.candidates
        ]
        labels = tuple(_labels(c) for c in said)
        yield Example(window, labels, tuple(_spans(view, window, c, item.get("unsaid", ())) for c in said), item["id"])


def _has_title(view: str) -> bool:
    return "\n\n" in view and "." not in view[: view.find("\n\n")]


def located(view: str, claims: list[dict[str, Any]]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Each claim with an amount, and where its amount stands: in order, else anywhere that is not taken."""
    at, taken = 0, set[int]()
    for claim in claims:
        words = plain_view(claim.get("amount") or "")
        if not words:
            continue
        start = _whole(view, words, at)
        start = start if start >= 0 else _whole(view, words, 0)
        if start >= 0 and start not in taken:
            taken.add(start)
            at = start + 1
            yield start, start + len(words), claim


def _whole(view: str, words: str, at: int) -> int:
    """Where `words` stand as whole words, from `at`; -1 where they do not."""
    hit = re.compile(rf"(?<![\w,.]){re.escape(words)}(?![\w])").search(view, at)
    return hit.start() if hit else view.find(words, at)


def _labels(claim: dict[str, Any] | None) -> tuple[int, ...]:
    if claim is None:
        return (0, -1, -1, -1)
    terms = claim["measure"] in TERMS
    return (
        LABELS["measure"].index(claim["measure"]),
        -1 if terms else LABELS["aspect"].index(claim.get("aspect")),
        LABELS["subset"].index(claim.get("subset") or "all"),
        LABELS["stance"].index(claim.get("stance") or "asserted"),
    )


def _spans(
    view: str, window: Window, claim: dict[str, Any] | None, unsaid: Sequence[str]
) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """For each role the pieces where its words start and end, all places of them; piece 0 where nothing is said."""
    if claim is None:
        return tuple(((), ()) for _ in SPANS)
    made: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for role in SPANS:
        if role in unsaid:
            made.append(((), ()))
            continue
        words = plain_view(claim.get(role) or "")
        starts: list[int] = []
        ends: list[int] = []
        if words:
            for hit in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", view):
                first, last = window.pieces(hit.start(), hit.start() + 1), window.pieces(hit.end() - 1, hit.end())
                if first and last:
                    starts.append(first[0])
                    ends.append(last[-1])
        made.append((tuple(starts) or (0,), tuple(ends) or (0,)))
    return tuple(made)


def gold_item(item: dict[str, Any]) -> dict[str, Any]:
    """An item of evaluation/gold in the compact form (its claims without an amount left out)."""
    kept = []
    for claim in item["claims"]:
        if claim["kind"] in ("count", "terms") and (claim["low"] is not None or claim["high"] is not None):
            kept.append({
                "amount": claim["anchor"], "measure": claim["measure"], "aspect": claim["aspect"],
                "subset": claim["subset"] or "all", "group": claim["group"], "place": claim["place"], "stance": claim["stance"],
                "source": claim["source"],
            })  # fmt: skip
    return {**item, "claims": [c for c in kept if c["measure"] in LABELS["measure"]], "unsaid": ("time", "via")}
