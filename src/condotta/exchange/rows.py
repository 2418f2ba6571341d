"""Flat rows as CSV or Parquet, by the ending of the file."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from condotta.errors import UsageError
from condotta.exchange.tables import harmless


def write_rows(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write rows that all have the same keys. Raises UsageError E-USE-02 for another ending than .csv or .parquet."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({k: harmless(v) for k, v in row.items()} for row in rows)
    elif path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    else:
        raise UsageError(
            "E-USE-02", f"no table is written to {path.name!r}", fix="The ending says what: .csv or .parquet."
        )
