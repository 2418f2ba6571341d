"""MUC-4, tst1 and tst2: the dead and injured of the templates among the reader's claims.

From the keys: (number, effect, victim) of HUM TGT: NUMBER and EFFECT, effect death (killed) or injury (wounded). "~30" is
about 30, "30-" at most 30, "5 - 10" a range. A pair is hit when a claim of the document has that measure and number; hit with
its victim when a claim's words hold a word of the victim too. One named person (number 1) is no figure of the text: the main
row asks for numbers from 2 on.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from condotta.claims import Reader
from condotta.records import Claim, Document

Pair = tuple[str, float | None, float | None, str]
_EFFECT = {"DEATH": "killed", "INJURY": "wounded"}
SETS = (("tst1-muc3", "key-tst1.v7"), ("tst2-muc4", "key-tst2.v4"))


def texts(path: Path) -> dict[str, str]:
    """Message id -> text."""
    parts = re.split(r"(?m)^(TST\d-MUC\d-\d{4})\s*$", path.read_text(encoding="latin-1"))
    return {a: b.strip() for a, b in zip(parts[1::2], parts[2::2], strict=True)}


def keys(path: Path) -> dict[str, set[Pair]]:
    """Message id -> pairs (measure, low, high, victim)."""
    found: dict[str, set[Pair]] = {}
    for template in re.split(r"(?m)^0\.\s+", path.read_text(encoding="latin-1"))[1:]:
        slots = _slots("0.  " + template)
        effects = dict(_named(slots.get("HUM TGT: EFFECT OF INCIDENT", "")))
        for victim, number in _named(slots.get("HUM TGT: NUMBER", "")):
            measure = _EFFECT.get(effects.get(victim, ""))
            amount = _amount(number)
            if measure and amount:
                found.setdefault(slots["MESSAGE: ID"].strip(), set()).add((measure, *amount, victim))
    return found


def _slots(template: str) -> dict[str, str]:
    slots: dict[str, str] = {}
    name = ""
    for line in template.splitlines():
        head = re.match(r"\d+\.\s+([A-Z :]+?)\s{2,}(.*)", line)
        if head:
            name = head[1].strip()
            slots[name] = head[2]
        elif line.startswith(" ") and name:
            slots[name] += "\n" + line.strip()
    return slots


def _named(slot: str) -> Iterator[tuple[str, str]]:
    """(victim, value) of each line `value: "victim" / ...`, for every alternative victim's first name."""
    for line in slot.splitlines():
        hit = re.match(r'\s*\??\s*([^":]+):\s*\??\s*"([^"]*)"', line)
        if hit:
            yield hit[2], hit[1].strip()


def _amount(text: str) -> tuple[float | None, float | None] | None:
    plain = text.strip()
    ends = [float(n) for n in re.findall(r"\d+", plain)]
    if not ends:
        return None
    if len(ends) > 1:
        return ends[0], ends[-1]
    if plain.endswith("-"):
        return None, ends[0]
    return (ends[0], None) if plain.endswith("+") else (ends[0], ends[0])


def score(folder: Path, reader: Reader, seed: int = 7) -> dict[str, float]:
    """Share of the templates' numbers found, with the control of another document's claims and a 90 % interval over documents."""
    wanted: list[set[Pair]] = []
    found: list[list[Claim]] = []
    for name, key in SETS:
        pairs = keys(folder / key)
        for message, text in texts(folder / name).items():
            document = Document(message, "", 0, "text/plain", text)
            wanted.append({p for p in pairs.get(message, set()) if (p[1] or p[2] or 0) >= 2})
            found.append([c for c in reader.read(document) if c.kind == "count" and c.measure in _EFFECT.values()])
    rng = random.Random(seed)
    other = rng.sample(found, len(found))
    hits = [[any(_hit(p, c) for c in claims) for p in pairs] for pairs, claims in zip(wanted, found, strict=True)]
    total = sum(map(len, wanted))
    victims = sum(
        any(_hit(p, c) and _names(p[3], c) for c in cs) for ps, cs in zip(wanted, found, strict=True) for p in ps
    )
    control = sum(any(_hit(p, c) for c in cs) for ps, cs in zip(wanted, other, strict=True) for p in ps)
    means = sorted(_mean(rng.choices(hits, k=len(hits))) for _ in range(1000))
    return {
        "numbers from 2 on": total,
        "number and effect found": _mean(hits),
        "found, 5 %": means[50],
        "found, 95 %": means[-50],
        "with its victim": victims / total,
        "another document's claims": control / total,
        "claims per document": sum(map(len, found)) / len(found),
    }


def _hit(pair: Pair, claim: Claim) -> bool:
    amount = claim.amount
    ends = {pair[1], pair[2]} - {None}
    return claim.measure == pair[0] and amount is not None and bool({amount.low, amount.high} & ends)


def _names(victim: str, claim: Claim) -> bool:
    words = {w.lower().rstrip("s") for w in re.findall(r"[A-Za-z]{4,}", victim)}
    return bool(words & {w.lower().rstrip("s") for w in re.findall(r"[A-Za-z]{4,}", claim.group_text or claim.quote)})


def _mean(hits: list[list[bool]]) -> float:
    flat = [h for part in hits for h in part]
    return sum(flat) / max(len(flat), 1)
