"""Estimates on disk: the draws as a compressed NumPy file, so that asking the same again costs nothing."""

import json
import zipfile
from pathlib import Path

import numpy as np

from condotta.estimates import Estimate, Weeks
from condotta.records import Evidence, SetAside, claim_from_json, claim_json


def save_estimate(result: Estimate, path: Path) -> None:
    """Write an estimate; first beside, then renamed, so that a kill leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = {
        "start": result.weeks.start.isoformat(), "weeks": result.weeks.count, "hidden": result.weeks.hidden, "groups": result.groups,
        "members": {k: list(v) for k, v in result.members.items()}, "evidence": [e.id for e in result.evidence],
        "set_aside": [(claim_json(s.claim), s.reason) for s in result.set_aside], "bias": result.bias,
        "diagnostics": dict(result.diagnostics), "identified": dict(result.identified), "chains": result.chains,
    }  # fmt: skip
    scratch = path.with_suffix(".part.npz")
    np.savez(scratch, draws=result.draws, loglik=result.loglik, meta=np.array(json.dumps(meta)))
    scratch.rename(path)


def load_estimate(path: Path, pieces: list[Evidence]) -> Estimate | None:
    """The estimate in a file, with its evidence taken from `pieces`; None where the file cannot be used any more."""
    from datetime import date

    try:
        with np.load(path) as data:
            draws, loglik, meta = data["draws"], data["loglik"], json.loads(str(data["meta"]))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    by_id = {p.id: p for p in pieces}
    if any(e not in by_id for e in meta["evidence"]):
        return None
    return Estimate(
        weeks=Weeks(date.fromisoformat(meta["start"]), meta["weeks"], meta["hidden"]), groups=tuple(meta["groups"]),
        members={k: tuple(v) for k, v in meta["members"].items()}, draws=draws, loglik=loglik,
        evidence=tuple(by_id[e] for e in meta["evidence"]),
        set_aside=tuple(SetAside(claim_from_json(c), reason) for c, reason in meta["set_aside"]),
        bias={s: {k: (v[0], v[1], v[2]) for k, v in b.items()} for s, b in meta["bias"].items()},
        diagnostics=meta["diagnostics"], identified=meta["identified"], chains=meta["chains"],
    )  # fmt: skip
