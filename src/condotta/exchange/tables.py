"""Claims as CSV, JSON Lines and Parquet; and Parquet and JSON Lines back."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from condotta.errors import ImportFileError
from condotta.records import Claim, claim_from_json, claim_json


def to_jsonl(claims: Iterable[Claim]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(claim_json(c), ensure_ascii=False) + "\n" for c in claims)


def to_csv(claims: Iterable[Claim]) -> str:
    """One row a claim, nested parts flattened: period_start, amount_low, chain joined by " > "."""
    out = io.StringIO(newline="")
    writer: csv.DictWriter[str] | None = None
    for claim in claims:
        row = flat(claim)
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow(row)
    return out.getvalue()


def flat(claim: Claim) -> dict[str, Any]:
    """A claim as one row of plain cells."""
    row = claim_json(claim)
    period, amount = row.pop("period") or {}, row.pop("amount") or {}
    row["chain"] = " > ".join(row["chain"])
    row |= {f"period_{k}": period.get(k) for k in ("start", "end")}
    row |= {f"amount_{k}": amount.get(k) for k in ("low", "high", "unit", "qualifier", "text")}
    return {k: harmless(v) for k, v in row.items()}


def to_parquet(claims: Iterable[Claim], path: Path) -> None:
    """One row a claim, nested as in JSON; `read_claims` gives the same claims back."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([claim_json(c) for c in claims], schema=schema()), path)


def schema() -> Any:
    """The columns of claims in Parquet."""
    import pyarrow as pa

    text, number = pa.string(), pa.float64()
    amount = pa.struct(
        [
            ("low", number),
            ("high", number),
            ("unit", text),
            ("qualifier", text),
            ("text", text),
            ("start", pa.int64()),
            ("end", pa.int64()),
        ]
    )
    fields = {
        "period": pa.struct([("start", text), ("end", text)]),
        "amount": amount,
        "chain": pa.list_(text),
        "start": pa.int64(),
        "end": pa.int64(),
        "confidence": number,
    }
    names = ("id", "document", "kind", "measure", "aspect", "subset", "group", "group_text", "place", "period", "amount", "stance", "chain", "quote", "start", "end",
             "confidence", "by", "subject", "predicate", "object", "reported", "note")  # fmt: skip
    return pa.schema([(n, fields.get(n, text)) for n in names])


def read_claims(path: Path) -> Iterator[Claim]:
    """The claims of a Parquet or .jsonl file that an export wrote. Raises ImportFileError E-IMP-04 where it holds something else."""
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches():
                    yield from map(claim_from_json, batch.to_pylist())
        else:
            with path.open(encoding="utf-8") as lines:
                yield from (claim_from_json(json.loads(line)) for line in lines if line.strip())
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ImportFileError("E-IMP-04", f"these are no claims: {str(error)[:200]}", where=path.name) from error


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is given a leading apostrophe."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
