"""A case in the formats that others read: what each needs, and the writing of it.

Every export holds claims as judged, without names of private persons (but where a case says `names: keep`: then claims hold them); texts of documents
and their bytes as received stay with the case.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from condotta.adding import VERSION
from condotta.cases import load_case
from condotta.errors import EstimationError, UsageError, near_misses
from condotta.pipeline import Progress, reconcile, silent
from condotta.places import ledger
from condotta.records import Document, Judgement

if TYPE_CHECKING:
    from condotta.exchange.holdings import Holdings
    from condotta.ledger import Ledger
    from condotta.ledger.log import Entry


@dataclass(frozen=True, slots=True)
class Format:
    """A format. `text`: what to print; `write`: into a file or folder; one of the two. `estimate`: whether an estimate is in it."""

    about: str
    text: "Callable[[Holdings], str] | None" = None
    write: "Callable[[Holdings, Path], None] | None" = None
    estimate: bool = False


def formats() -> Mapping[str, Format]:
    """Every format by name."""
    from condotta.exchange import ftm, monthly, provenance, publishing, stix, tables

    return {
        "csv": Format("claims, one a row", lambda h: tables.to_csv(h.claims)),
        "jsonl": Format("claims, one JSON object a line", lambda h: tables.to_jsonl(h.claims)),
        "parquet": Format("claims, for data frames and DuckDB", write=lambda h, path: tables.to_parquet(h.claims, path)),
        "monthly": Format("low, best, high a group and month, as conflict event data give them", lambda h: _estimated(h, monthly.to_monthly), estimate=True),
        "ftm": Format("FollowTheMoney entities, JSON lines", ftm.to_ftm),
        "statements": Format("FollowTheMoney statements, CSV", ftm.to_statements),
        "stix": Format("STIX 2.1 bundle: notes, opinions, Admiralty grades", stix.to_stix),
        "prov": Format("W3C PROV-JSON: where each estimate came from", provenance.to_prov, estimate=True),
        "datasette": Format("a folder with case.db and metadata.json for Datasette", write=publishing.to_datasette, estimate=True),
        "crate": Format("a folder as RO-Crate, for a repository with a DOI", write=publishing.to_crate, estimate=True),
    }  # fmt: skip


def export(
    case: Path | str, format: str = "csv", to: Path | str | None = None, seed: int = 7, progress: Progress = silent
) -> str:
    """A case in one of the formats: its text, or "" where it was written to `to`. Raises UsageError E-USE-02 for an unknown format,
    E-USE-06 where the format needs a file, or a package that is not installed."""
    known = formats()
    if format not in known:
        raise UsageError(
            "E-USE-02",
            f"no format is called {format!r}",
            near=near_misses(format, known),
            fix=f"One of: {', '.join(known)}.",
        )
    wanted = known[format]
    if wanted.write and to is None:
        raise UsageError("E-USE-06", f"{format} cannot be printed", fix="Say where to write it: -o PATH.")
    held = holdings(case, wanted.estimate, seed, progress)
    try:
        if wanted.write and to is not None:
            wanted.write(held, Path(to))
            return ""
        text = wanted.text(held) if wanted.text else ""
    except ModuleNotFoundError as error:
        fix = "Install it with: pip install 'condotta[exchange]'; for FollowTheMoney: pip install 'condotta[ftm]'."
        raise UsageError("E-USE-06", f"{format} needs the package {error.name}", fix=fix) from error
    if to is None:
        return text
    Path(to).write_text(text, encoding="utf-8", newline="")
    return ""


def holdings(case: Path | str, estimate: bool = True, seed: int = 7, progress: Progress = silent) -> "Holdings":
    """What a case holds, for export; without an estimate where there is too little evidence, or none is wanted."""
    from condotta.exchange.holdings import Holdings
    from condotta.ledger import log
    from condotta.ledger.judging import standing

    made = None
    if estimate:
        try:
            made = reconcile(case, seed, progress)
        except EstimationError as error:
            if error.code != "E-EST-01":
                raise
    with ledger(case) as store:
        names: dict[str, set[str] | None] = {}  # of private persons in a document; None: nobody has looked for them
        documents = []
        for document in store.documents():
            names[document.id] = _private(store, document)
            documents.append(_shown(document, names[document.id]))
        claims = store.claims()
        of = {c.id: c.document for c in claims}
        return Holdings(
            load_case(Path(case)), documents, claims,
            [_judged(j, names.get(of.get(j.claim, ""), set())) for j in standing(store.judgements())], store.grade_history(), made,
            [_entry(e) for e in log.entries(store)], log.head(store)[1], datetime.now(UTC), VERSION,
        )  # fmt: skip


def _estimated(held: "Holdings", write: "Callable[..., str]") -> str:
    if held.estimate is None:
        raise EstimationError("E-EST-01", "there is too little evidence for an estimate")
    return write(held.estimate, held.case)


def _entry(entry: "Entry") -> dict[str, object]:
    """A row of the log for others: who did what when, and its seal; case.yaml is an export of its own."""
    detail = {k: v for k, v in entry.detail.items() if k not in ("text", "why")}
    return {"number": entry.number, "at": entry.at.isoformat(), "by": entry.by, "what": entry.what, "subject": entry.subject, "detail": detail, "seal": entry.seal}  # fmt: skip


def _private(store: "Ledger", document: Document) -> set[str] | None:
    from condotta.ledger.browsing import was_read

    if not was_read(store, document.id):
        return None
    return {document.text[a:b] for a, b in store.private_names(document.id)}


def _shown(document: Document, names: set[str] | None) -> Document:
    """A document without its text and author; of one in which names were not looked for, what could hold one is left out too."""
    bare = replace(document, text="", author=None, title=None, name=None, address=None)
    if names is None:
        return bare
    title, name, address = (_without(x, names) for x in (document.title, document.name, document.address))
    return replace(bare, title=title, name=name, address=address)


def _judged(judgement: Judgement, names: set[str] | None) -> Judgement:
    change = json.loads(_without(json.dumps(dict(judgement.change or {}), ensure_ascii=False), names or set()) or "{}")
    return replace(judgement, why=_without(judgement.why, names or set()) or "", change=change or None)


def _without(text: str | None, names: set[str]) -> str | None:
    from condotta.ledger.redacting import blacked_out

    for name in names:
        text = blacked_out(text, name)
    return text
