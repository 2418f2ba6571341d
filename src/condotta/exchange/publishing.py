"""A case as others publish and keep it: a database with Datasette's metadata, and an RO-Crate for a repository."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from condotta.estimates import bands
from condotta.exchange.holdings import Holdings
from condotta.exchange.monthly import to_monthly
from condotta.exchange.provenance import to_prov
from condotta.exchange.rows import write_rows
from condotta.exchange.tables import flat, to_csv, to_jsonl

_NOTICE = "Claims as sources made them, with who says so; estimates with intervals. Nothing here is a fact because it is listed. Names of private persons are left out."  # fmt: skip
_ABOUT: Mapping[str, tuple[str, Mapping[str, str], Sequence[str]]] = {
    "claims": (
        "What sources said, in their exact words, as judged",
        {"chain": "outlet first, origin last", "confidence": "how likely it was read right", "quote": "the exact words", "start": "characters into the document's text"},
        ("kind", "measure", "aspect", "group", "origin", "stance"),
    ),
    "documents": ("Where claims were read; the texts stay with the case", {"sha256": "of the bytes as received", "received": "UTC"}, ("publisher", "media_type")),
    "judgements": ("What people decided about claims, and why", {"verdict": "accepted, corrected, rejected or taken back"}, ("verdict", "by")),
    "sources": ("Sources with their Admiralty grade over time", {"grade": "A to F: reliability of the source"}, ("grade", "kind")),
    "estimates": (
        "Weekly estimates: 5, 25, 50, 75 and 95 % of what the model takes to be possible",
        {"median": "people, or US dollars a month for pay", "low90": "the truth is below in 5 of 100 cases, as far as the model holds"},
        ("group", "measure"),
    ),
}  # fmt: skip
"""Table -> (description, columns, facets)."""


def tables(held: Holdings) -> dict[str, list[dict[str, Any]]]:
    """Everything that is published, as rows."""
    claims = [flat(c) | {"origin": c.origin} for c in held.claims]
    documents = [
        {k: getattr(d, k) for k in ("id", "title", "publisher", "author", "address", "language", "media_type", "size", "sha256")}
        | {"published": _iso(d.published), "received": _iso(d.received)}
        for d in held.documents
    ]  # fmt: skip
    known = {c.id for c in held.claims}
    judgements = [
        {"number": j.number, "claim": j.claim, "verdict": j.verdict, "by": j.by, "at": _iso(j.at), "why": j.why, "change": json.dumps(j.change, ensure_ascii=False) if j.change else None}
        for j in held.judgements
        if j.claim in known
    ]  # fmt: skip
    sources = [{k: v if isinstance(v, str | int | None) else _iso(v) for k, v in row.items()} for row in held.grades]
    return {
        "documents": documents,
        "claims": claims,
        "judgements": judgements,
        "sources": sources,
        "estimates": _weekly(held),
    }


def to_datasette(held: Holdings, folder: Path) -> None:
    """Write case.db and metadata.json: `datasette case.db -m metadata.json` shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / "case.db")) as db, db:
        for name, rows in tables(held).items():
            _write(db, name, rows)
    shown = {name: {"description": about, "columns": dict(columns), "facets": list(facets)} for name, (about, columns, facets) in _ABOUT.items()}  # fmt: skip
    metadata = {"title": held.case.title, "description": _NOTICE, "source": f"condotta {held.version}", "databases": {"case": {"tables": shown}}}  # fmt: skip
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=1), encoding="utf-8")


def to_crate(held: Holdings, folder: Path) -> None:
    """Write an RO-Crate 1.1: claims, estimates, who judged, provenance, the log of custody. Originals stay with the case; their
    hashes are listed."""
    from rocrate.rocrate import ROCrate

    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "claims.csv": ("text/csv", "Every current claim as judged, in its exact words", to_csv(held.claims)),
        "claims.jsonl": ("application/x-ndjson", "The same, one JSON object a line", to_jsonl(held.claims)),
        "provenance.json": ("application/json", "W3C PROV-JSON: where each estimate came from", to_prov(held)),
        "custody.jsonl": ("application/x-ndjson", f"The log of what was done to the case; its head is {held.head}", "".join(json.dumps(dict(r), ensure_ascii=False, default=str) + "\n" for r in held.log)),
    }  # fmt: skip
    if held.estimate is not None:
        files["monthly.csv"] = ("text/csv", "Low, best and high for each group, month and measure", to_monthly(held.estimate, held.case))  # fmt: skip
    crate = ROCrate()
    crate.name, crate.description = held.case.title, _NOTICE
    crate.datePublished = held.made
    crate.root_dataset["temporalCoverage"] = f"{held.case.period.start}/{held.case.period.end}"
    for name, (media, about, text) in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
        crate.add_file(folder / name, properties={"name": name, "description": about, "encodingFormat": media})
    for name, rows in tables(held).items():
        if rows and name != "claims":
            write_rows(rows, folder / f"{name}.csv")
            crate.add_file(folder / f"{name}.csv", properties={"name": name, "description": _ABOUT[name][0], "encodingFormat": "text/csv"})  # fmt: skip
    crate.write(folder)


def _write(db: sqlite3.Connection, name: str, rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0]) if rows else ["empty"]
    key = f', PRIMARY KEY ("{columns[0]}")' if name in ("documents", "claims", "judgements") and rows else ""
    db.execute(f"CREATE TABLE {name} ({', '.join(_quoted(c) for c in columns)}{key})")
    places = ", ".join("?" * len(columns))
    db.executemany(f"INSERT INTO {name} VALUES ({places})", [[row.get(c) for c in columns] for row in rows])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _weekly(held: Holdings) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if held.estimate is None:
        return rows
    for group, measure in held.estimate.spoken():
        q = bands(held.estimate.series(group, measure))
        for w in held.estimate.weeks.shown:
            day = held.estimate.weeks.end(w).isoformat()
            rows.append(
                {"group": group, "measure": measure, "week": day} | {k: round(float(v[w]), 1) for k, v in q.items()}
            )
    return rows


def _iso(at: Any) -> str | None:
    return at.isoformat() if at else None
