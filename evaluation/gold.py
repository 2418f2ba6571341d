"""F1 of the reader, per field, on the project's own annotated sentences (evaluation/gold).

train, dev and study may be looked at when errors are studied; test and unseen never. second is a second person's annotation of
100 items of unseen. A claim of the reader matches one of the annotation when kind, measure (or predicate) and amount are the same. "claim"
asks in addition for aspect and group; the fields below it are the share of matched claims with that field right.
"""

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from condotta.cases import fold
from condotta.claims import Reader
from condotta.claims.readings import TERMS
from condotta.intervals import Amount, Period
from condotta.records import Claim, Document

HERE = Path(__file__).parent / "gold"
FIELDS = ("aspect", "subset", "group", "place", "period", "qualifier", "stance", "source")


_UNSAID: dict[str, Any] = {
    **dict.fromkeys(("aspect", "group", "place", "source", "period", "low", "high", "qualifier", "predicate")),
    "subset": "all",
    "stance": "asserted",
}


def items(half: str) -> Iterator[dict[str, Any]]:
    """The annotated items of one set, in the order of its file; what the compact form leaves out is filled in."""
    for line in (HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines():
        if line.strip():
            item = json.loads(line)
            yield {**item, "claims": [_filled(c) for c in item["claims"]]}


def _filled(claim: dict[str, Any]) -> dict[str, Any]:
    return {**_UNSAID, "kind": "terms" if claim["measure"] in TERMS else "count", **claim}


def read_item(reader: Reader, item: dict[str, Any]) -> list[Claim]:
    """The reader's claims of one item."""
    return reader.read(document(item))


def document(item: dict[str, Any]) -> Document:
    """An item as a document; an article's first line is its title."""
    day = date.fromisoformat(item["published"]) if item.get("published") else None
    text = item["text"]
    title = text.find("\n\n") if "\n\n" in text else 0
    return Document(item["id"], "", 0, "text/plain", text, published=day, title_end=title)


def same(gold: dict[str, Any], claim: Claim) -> bool:
    """Whether a claim says the same thing, fields aside."""
    if gold["kind"] != claim.kind:
        return False
    if gold["kind"] in ("relation", "event", "assessment"):
        return bool(gold["predicate"] == claim.predicate)
    amount = claim.amount
    values = (amount.low, amount.high) if amount else (None, None)
    measures = gold["measure"] == claim.measure or {gold["measure"], claim.measure} == {"pay", "compensation"}
    return bool(measures) and values == (_number(gold["low"]), _number(gold["high"]))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def right(field: str, gold: dict[str, Any], claim: Claim) -> bool:
    """Whether one field of a matched claim agrees."""
    if field == "qualifier":
        return bool(gold["qualifier"] == (claim.amount.qualifier if claim.amount else None))
    if field == "source":
        return _alike(gold["source"], claim.origin)
    if field == "group":
        return _alike(gold["group"], claim.group_text) or _alike(gold["group"], claim.group)
    if field == "place":
        return _alike(gold["place"], claim.place)
    if field == "period":
        end = claim.period.end.isoformat() if claim.period else None
        return bool((gold["period"] or {}).get("end") == end)
    if field == "subset":
        return (gold["subset"] or "all") == claim.subset
    return bool(gold[field] == getattr(claim, field))


def _alike(a: str | None, b: str | None) -> bool:
    """Names agree when one holds the other's words, case and articles aside."""
    if a is None or b is None:
        return a is b
    first, second = set(fold(a).split()), set(fold(b).split())
    return bool(first and second) and (first <= second or second <= first)


def score(half: str, reader: Reader | None = None, seed: int = 7) -> dict[str, float]:
    """Precision, recall and F1 of detection and of whole claims, the share right of every field, and 90 % intervals of the
    two F1 by bootstrap over items."""
    reader = reader or Reader()
    tallies = [_item_tally(item["claims"], read_item(reader, item)) for item in items(half)]
    rng = random.Random(seed)
    drawn = [_rates(sum(rng.choices(tallies, k=len(tallies)), Counter[str]())) for _ in range(400)]
    rates = _rates(sum(tallies, Counter[str]()))
    for name in ("figures F1", "claim F1"):
        ordered = sorted(d[name] for d in drawn)
        rates[f"{name}, 5 %"], rates[f"{name}, 95 %"] = ordered[20], ordered[-21]
    return rates


def agreement() -> dict[str, float]:
    """The second annotation of 100 unseen items, made without sight of the first, scored against the first like a reader."""
    first = {item["id"]: item for item in items("unseen")}
    tally = Counter[str]()
    for item in items("second"):
        tally += _item_tally(first[item["id"]]["claims"], [_claim(item["id"], c) for c in item["claims"]])
    return _rates(tally)


def _claim(document: str, c: dict[str, Any]) -> Claim:
    """An annotation as the reader would give it."""
    period = c["period"] and Period(_day(c["period"]["start"]), _day(c["period"]["end"]) or date.max)
    amount = Amount(_number(c["low"]), _number(c["high"]), "people", c["qualifier"], c["amount"], 0, 1)
    said = {k: c[k] for k in ("measure", "aspect", "subset", "place", "stance")}
    source = (c["source"],) if c["source"] else ()
    return Claim(
        document, c["kind"], "", 0, 0, group_text=c["group"], period=period, amount=amount, chain=source, **said
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def reliability(
    half: str, bounds: tuple[float, ...] = (0.0, 0.35, 0.5, 0.65, 0.8, 1.01)
) -> list[tuple[str, int, float, float]]:
    """Rows of a reliability table: confidence band, claims in it, their mean confidence, share that is wholly right."""
    reader, rows = Reader(), list[tuple[float, bool]]()
    for item in items(half):
        found = [c for c in read_item(reader, item) if c.by.startswith("model")]
        matched = {id(c): g for g, c in pairs(item["claims"], found)}
        for c in found:
            g = matched.get(id(c))
            rows.append((c.confidence, g is not None and right("aspect", g, c) and right("group", g, c)))
    table = []
    for low, high in itertools.pairwise(bounds):
        band = [(p, ok) for p, ok in rows if low <= p < high]
        if band:
            size = len(band)
            table.append(
                (
                    f"{low:.2f}-{min(high, 1):.2f}",
                    size,
                    sum(p for p, _ in band) / size,
                    sum(ok for _, ok in band) / size,
                )
            )
    return table


def pairs(gold: list[dict[str, Any]], found: list[Claim]) -> list[tuple[dict[str, Any], Claim]]:
    """One-to-one matches, the ones with most fields right first."""
    options = [
        (sum(right(f, g, c) for f in FIELDS), i, j)
        for i, g in enumerate(gold)
        for j, c in enumerate(found)
        if same(g, c)
    ]
    taken: list[tuple[int, int]] = []
    for _, i, j in sorted(options, reverse=True):
        if all(i != a and j != b for a, b in taken):
            taken.append((i, j))
    return [(gold[i], found[j]) for i, j in taken]


def _item_tally(gold: list[dict[str, Any]], found: list[Claim]) -> Counter[str]:
    tally = Counter[str]()
    for kind in ("figures", "other"):
        chosen = [g for g in gold if (g["kind"] in ("count", "terms")) == (kind == "figures")]
        claims = [c for c in found if (c.kind in ("count", "terms")) == (kind == "figures")]
        matched = pairs(chosen, claims)
        tally[f"{kind} gold"] += len(chosen)
        tally[f"{kind} found"] += len(claims)
        tally[f"{kind} hit"] += len(matched)
        if kind == "figures":
            tally["claim hit"] += sum(right("aspect", g, c) and right("group", g, c) for g, c in matched)
            for field in FIELDS:
                tally[field] += sum(right(field, g, c) for g, c in matched)
    return tally


def _rates(t: Counter[str]) -> dict[str, float]:
    rates = {}
    for name, hit, of in (
        ("figures", "figures hit", "figures"),
        ("claim", "claim hit", "figures"),
        ("other kinds", "other hit", "other"),
    ):
        rates[f"{name} precision"] = t[hit] / max(t[f"{of} found"], 1)
        rates[f"{name} recall"] = t[hit] / max(t[f"{of} gold"], 1)
        rates[f"{name} F1"] = 2 * t[hit] / max(t[f"{of} found"] + t[f"{of} gold"], 1)
    return rates | {field: t[field] / max(t["figures hit"], 1) for field in FIELDS}
