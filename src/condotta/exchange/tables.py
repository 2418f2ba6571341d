"""Claims as CSV and JSON Lines."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from condotta.records import Claim, claim_json


def to_jsonl(claims: Iterable[Claim]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(claim_json(c), ensure_ascii=False) + "\n" for c in claims)


def to_csv(claims: Iterable[Claim]) -> str:
    """One row a claim, nested parts flattened: period_start, amount_low, chain joined by " > "."""
    out = io.StringIO(newline="")
    writer: csv.DictWriter[str] | None = None
    for claim in claims:
        row = _flat(claim)
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow(row)
    return out.getvalue()


def _flat(claim: Claim) -> dict[str, Any]:
    row = claim_json(claim)
    period, amount = row.pop("period") or {}, row.pop("amount") or {}
    row["chain"] = " > ".join(row["chain"])
    row |= {f"period_{k}": period.get(k) for k in ("start", "end")}
    row |= {f"amount_{k}": amount.get(k) for k in ("low", "high", "unit", "qualifier", "text")}
    return {k: _harmless(v) for k, v in row.items()}


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is given a leading apostrophe."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
