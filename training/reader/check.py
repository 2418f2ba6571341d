"""Hold the training texts against their form: python -m training.reader.check FILE...

Prints every value that is not in its text letter by letter, every unknown word, and figures that the grammar of
figures misses (those are for the grammar's author; the item stays).
"""

import json
import sys
from pathlib import Path
from typing import Any

from condotta.claims.quantities import quantities
from condotta.claims.readings import LABELS, SPANS, TERMS
from condotta.claims.view import plain_view

COUNTS = tuple(m for m in LABELS["measure"] if m and m not in TERMS)
KEYS = {"amount", "measure", "aspect", "subset", "stance", *SPANS}


def faults(item: dict[str, Any]) -> list[str]:
    """What is wrong with one item, in words."""
    text, found, at = item["text"], [], 0
    for claim in item["claims"]:
        name = f"{claim.get('measure')} {claim.get('amount')!r}"
        found += [f"{name}: unknown key {k}" for k in claim if k not in KEYS]
        if claim.get("measure") not in COUNTS + TERMS:
            found.append(f"{name}: unknown measure")
        if claim.get("measure") in COUNTS and claim.get("aspect") not in LABELS["aspect"]:
            found.append(f"{name}: unknown aspect {claim.get('aspect')}")
        if claim.get("subset", "all") not in LABELS["subset"]:
            found.append(f"{name}: unknown subset {claim['subset']}")
        if claim.get("stance", "asserted") not in LABELS["stance"]:
            found.append(f"{name}: unknown stance {claim['stance']}")
        found += [
            f"{name}: {k} {claim[k]!r} is not in the text" for k in SPANS if claim.get(k) and claim[k] not in text
        ]
        where = text.find(claim.get("amount") or "\0", at)
        if where < 0:
            found.append(f"{name}: the amount is not in the text behind the one before it")
        else:
            at = where + 1
    return found


def main(paths: list[str]) -> int:
    bad = items = claims = missed = 0
    for path in paths:
        for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
            try:
                item = json.loads(line)
                wrong = faults(item)
            except (ValueError, KeyError, TypeError) as error:
                wrong, item = [repr(error)], {"claims": [], "text": ""}
            items, claims, bad = items + 1, claims + len(item["claims"]), bad + bool(wrong)
            for words in wrong:
                print(f"{path}:{number}: {words}")
            spans = [(q.start, q.end) for q in quantities(plain_view(item["text"]))]
            for claim in item["claims"]:
                at = item["text"].find(claim.get("amount") or "\0")
                if at >= 0 and not any(s < at + len(claim["amount"]) and e > at for s, e in spans):
                    missed += 1
    print(
        f"{items} items, {claims} claims, {bad} items with faults, {missed} amounts that the grammar of figures misses"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
