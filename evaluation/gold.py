"""F1 of the reader, per field, on the project's own annotated sentences (evaluation/gold).

train.jsonl and dev.jsonl may be looked at when errors are studied; test.jsonl never. A claim of the reader matches one of the annotation when kind, measure (or predicate) and amount are the same. "claim"
asks in addition for aspect and group; the fields below it are the share of matched claims with that field right.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from condotta.cases import fold
from condotta.claims import Reader
from condotta.records import Claim, Document

HERE = Path(__file__).parent / "gold"
FIELDS = ("aspect", "subset", "group", "place", "period", "qualifier", "stance", "source")


def items(half: str) -> Iterator[dict[str, Any]]:
    """The annotated items of "train", "dev" or "test"."""
    for line in (HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def read_item(reader: Reader, item: dict[str, Any]) -> list[Claim]:
    """The reader's claims of one item."""
    day = date.fromisoformat(item["published"]) if item.get("published") else None
    return reader.read(Document(item["id"], "", 0, "text/plain", item["text"], published=day))


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


def score(half: str) -> dict[str, float]:
    """Precision, recall and F1 of detection and of whole claims, and the share right of every field."""
    reader, tally = Reader(), Counter[str]()
    for item in items(half):
        found = read_item(reader, item)
        tally.update(_item_tally(item["claims"], found))
    return _rates(tally)


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
