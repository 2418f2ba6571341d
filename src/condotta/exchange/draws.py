"""Estimates on disk: the draws as a compressed NumPy file, so that asking the same again costs nothing."""

import json
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from condotta.estimates import Estimate, Weeks
from condotta.records import Evidence, SetAside, claim_from_json, claim_json
from condotta.runs import Runs

_UNREADABLE = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)


def save_estimate(result: Estimate, path: Path) -> None:
    """Write an estimate; first beside, then renamed, so that a kill leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = {
        **_weeks_meta(result.weeks), "groups": result.groups,
        "members": {k: list(v) for k, v in result.members.items()}, "evidence": [e.id for e in result.evidence],
        "set_aside": [(claim_json(s.claim), s.reason) for s in result.set_aside], "bias": result.bias,
        "diagnostics": dict(result.diagnostics), "identified": dict(result.identified), "chains": result.chains,
        "shares": list(result.shares), "voices": list(result.voices), "prior": dict(result.prior),
    }  # fmt: skip
    shares = np.array(list(result.shares.values())).reshape(len(result.shares), len(result.draws))
    voices = np.array(list(result.voices.values())).reshape(len(result.voices), len(result.draws), 3)
    scratch = path.with_suffix(".part.npz")
    meta_text = np.array(json.dumps(meta))
    np.savez(scratch, draws=result.draws, loglik=result.loglik, shares=shares, voices=voices, meta=meta_text)
    scratch.rename(path)


def save_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write plain rows as JSON; first beside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(rows), encoding="utf-8")
    scratch.rename(path)


def load_rows(path: Path) -> list[dict[str, Any]] | None:
    """The rows in a file; None where there is none, or none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, list) else None


def load_estimate(path: Path, pieces: list[Evidence]) -> Estimate | None:
    """The estimate in a file, with its evidence taken from `pieces`; None where the file cannot be used any more."""

    try:
        return _read(path, {p.id: p for p in pieces})
    except _UNREADABLE:
        return None


def _read(path: Path, by_id: dict[str, Evidence]) -> Estimate | None:
    with path.open("rb") as file, np.load(file) as data:
        draws, loglik, shares, voices = (data[name] for name in ("draws", "loglik", "shares", "voices"))
        meta = json.loads(str(data["meta"]))
    if any(e not in by_id for e in meta["evidence"]):
        return None
    return Estimate(
        weeks=_weeks(meta), groups=tuple(meta["groups"]),
        members={k: tuple(v) for k, v in meta["members"].items()}, draws=draws, loglik=loglik,
        evidence=tuple(by_id[e] for e in meta["evidence"]),
        set_aside=tuple(SetAside(claim_from_json(c), reason) for c, reason in meta["set_aside"]),
        bias={s: {k: (v[0], v[1], v[2]) for k, v in b.items()} for s, b in meta["bias"].items()},
        diagnostics=meta["diagnostics"], identified=meta["identified"], chains=meta["chains"],
        shares=dict(zip(meta["shares"], shares, strict=True)), voices=dict(zip(meta["voices"], voices, strict=True)),
        prior={k: (v[0], v[1], v[2]) for k, v in meta["prior"].items()},
    )  # fmt: skip


def save_record(runs: Runs, path: Path) -> None:
    """Write runs of a scenario; first beside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = {
        "scenario": runs.scenario, "about": runs.about, **_weeks_meta(runs.weeks), "groups": runs.groups, "states": runs.states, "events": runs.events, "seed": runs.seed,
        "weight": runs.weight, "parameters": list(runs.parameters), "costs": runs.costs, "avoided": runs.avoided, "without": runs.without,
    }  # fmt: skip
    scratch, values = path.with_suffix(".part.npz"), np.array(list(runs.parameters.values()))
    np.savez_compressed(scratch, record=runs.record, world=runs.world, values=values, meta=np.array(json.dumps(meta)))
    scratch.rename(path)


def load_record(path: Path) -> Runs | None:
    """The runs in a file; None where there is none, or none that can be read."""
    try:
        with path.open("rb") as file, np.load(file) as data:
            record, world, values, m = data["record"], data["world"], data["values"], json.loads(str(data["meta"]))
    except _UNREADABLE:
        return None
    return Runs(
        m["scenario"], m["about"], _weeks(m), tuple(m["groups"]), tuple(m["states"]), tuple(m["events"]), record, world, m["seed"], m["weight"],
        dict(zip(m["parameters"], values, strict=True)), (m["costs"][0], m["costs"][1]), m["avoided"], tuple(m["without"]),
    )  # fmt: skip


def _weeks_meta(weeks: Weeks) -> dict[str, Any]:
    return {"start": weeks.start.isoformat(), "weeks": weeks.count, "hidden": weeks.hidden, "ahead": weeks.ahead}


def _weeks(meta: dict[str, Any]) -> Weeks:
    return Weeks(date.fromisoformat(meta["start"]), meta["weeks"], meta["hidden"], meta["ahead"])
