"""FA-KES, development half: claim recall and primary toll on Syrian war news that the reader never saw.

Primary-toll rule, fixed: of the asserted killed counts with a number (not "dozens"), the largest one of the title; where
the title gives only a bound ("more than 50") and the first 900 characters have a figure close to it, that one; without
any in the title, the largest of the first sentence that has one. Figures for a subset (children, women) come last.
"""

import csv
import random
import re
import sys
from datetime import datetime
from pathlib import Path

from condotta.claims import Reader
from condotta.records import Claim, Document


def rows(path: Path) -> list[dict[str, str]]:
    """The rows with a toll above zero."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        return [r for r in csv.DictReader(file) if target(r) > 0]


def target(row: dict[str, str]) -> int:
    """The toll that the crowd coded."""
    return int(float(row["nb_civilians"] or 0)) + int(float(row["nb_noncivilians"] or 0))


def killed(reader: Reader, row: dict[str, str]) -> list[Claim]:
    """The killed counts of one article."""
    text = f"{row['article_title']}\n\n{row['article_content']}"
    day = datetime.strptime(row["date"], "%m/%d/%y").date()
    document = Document(row["unit_id"], "", 0, "text/plain", text, published=day, title_end=len(row["article_title"]))
    return [c for c in reader.read(document) if c.kind == "count" and c.measure == "killed" and c.amount]


def value(claim: Claim) -> float:
    """The figure, or the bound where it is one."""
    assert claim.amount is not None
    low, high = claim.amount.low, claim.amount.high
    return low if low is not None else high if high is not None else -1.0


def primary(claims: list[Claim], title_end: int) -> float | None:
    """The document's main toll by the rule of this module's first page."""
    usable = [
        c
        for c in claims
        if c.stance == "asserted" and c.amount and c.amount.qualifier not in ("order of magnitude", "between")
    ]
    title = [c for c in usable if c.start < title_end]
    body = sorted((c for c in usable if c.start >= title_end), key=lambda c: c.start)
    if title:
        main = _main(title)
        bound = next(c for c in title if value(c) == main or True)
        if bound.amount and bound.amount.qualifier in ("more than", "nearly"):
            close = [
                value(c)
                for c in body
                if c.start < title_end + 900 and 0.8 * main <= value(c) <= 1.3 * main and value(c) != main
            ]
            return close[0] if close else main
        return main
    return _main([c for c in body if c.start == body[0].start]) if body else None


def _main(claims: list[Claim]) -> float:
    """The largest figure of one sentence, with those that "and" adds to it ("50 militants and eight civilians")."""
    whole = [c for c in claims if c.subset in ("all", "civilians")] or claims
    first = max(whole, key=value)
    return value(first) + sum(value(c) for c in claims if c is not first and _added(first, c))


def _added(first: Claim, other: Claim) -> bool:
    """Whether nothing but "people and" stands between two figures of one sentence."""
    a, b = sorted((first.amount, other.amount), key=lambda x: x.start or 0 if x else 0)
    if a is None or b is None or a.end is None or b.start is None or first.start != other.start:
        return False
    gap = first.quote[a.end - first.start : b.start - first.start].lower()
    return len(gap) < 50 and gap.rstrip().endswith(" and") and not re.search(r"includ|among|wound|injur|[.;]", gap)


def score(path: Path, reader: Reader | None = None, seed: int = 7) -> dict[str, float]:
    """Recall and accuracy, with the shuffled control and 90 % intervals by bootstrap over events (date, location)."""
    reader, kept = reader or Reader(), rows(path)
    claims = [killed(reader, r) for r in kept]
    targets = [target(r) for r in kept]
    mains = [primary(c, len(r["article_title"])) for c, r in zip(claims, kept, strict=True)]
    recall = [float(any(value(c) == t for c in cs)) for cs, t in zip(claims, targets, strict=True)]
    exact = [float(m == t) for m, t in zip(mains, targets, strict=True)]
    near = [float(m is not None and abs(m - t) <= 0.1 * t) for m, t in zip(mains, targets, strict=True)]
    rng = random.Random(seed)
    mixed = rng.sample(targets, len(targets))
    control = [float(any(value(c) == t for c in cs)) for cs, t in zip(claims, mixed, strict=True)]
    events = [(r["date"], r["location"]) for r in kept]
    low, high = _bootstrap(exact, events, rng)
    return {
        "articles": len(kept),
        "claim recall": _mean(recall),
        "primary toll exact": _mean(exact),
        "primary toll exact, 5 %": low,
        "primary toll exact, 95 %": high,
        "primary toll within 10 %": _mean(near),
        "claim recall, targets shuffled": _mean(control),
        "distinct values per article": _mean([float(len({value(c) for c in cs})) for cs in claims]),
    }


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _bootstrap(
    values: list[float], events: list[tuple[str, str]], rng: random.Random, rounds: int = 1000
) -> tuple[float, float]:
    by_event: dict[tuple[str, str], list[float]] = {}
    for value_, event in zip(values, events, strict=True):
        by_event.setdefault(event, []).append(value_)
    groups = list(by_event.values())
    means = sorted(_mean([v for g in rng.choices(groups, k=len(groups)) for v in g]) for _ in range(rounds))
    return means[rounds // 20], means[-rounds // 20]
