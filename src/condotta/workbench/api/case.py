"""The case: its documents, contradictions, estimates, sources; what is known now."""

import re
import secrets
import shutil
from itertools import count
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from starlette.datastructures import UploadFile

from condotta.cases import set_grade
from condotta.errors import WorkbenchError
from condotta.ledger import browsing
from condotta.records import claim_json
from condotta.workbench.api.claims import row
from condotta.workbench.api.shape import Call, Operation, Part
from condotta.workbench.desk import Desk
from condotta.workbench.masking import Masks
from condotta.workbench.survey import Survey, band_of, moved, series_rows, without_sources


class DocumentsQuery(Part):
    """Words in title, publisher or file name, and which part of the list."""

    text: str | None = Field(default=None, max_length=200)
    first: int = Field(default=0, ge=0, le=100_000_000)
    size: int = Field(default=50, ge=1, le=500)


class SeriesQuery(Part):
    """A series of the estimate; `without`: sources to leave out, separated by " | "."""

    group: str
    measure: str
    without: str = ""


class Grade(Part):
    """An Admiralty grade of reliability, with the reason."""

    grade: Literal["A", "B", "C", "D", "E", "F"]
    why: str = Field(min_length=1, max_length=1000)


def surveyed(desk: Desk) -> Survey:
    """The latest survey. Raises WorkbenchError E-WEB-10 while the first one is being made."""
    if desk.survey is None:
        raise WorkbenchError("E-WEB-10", "the case is still being looked through", fix="Try again in a moment.")
    return desk.survey


def overview(call: Call) -> dict[str, Any]:
    """What is known now, with intervals; claims by status."""
    found = surveyed(call.desk)
    known = [
        {"group": k.group, "measure": k.measure, "day": k.day.isoformat(), "median": round(float(k.median), 1),
         "low50": round(float(k.inner[0]), 1), "high50": round(float(k.inner[1]), 1), "low90": round(float(k.outer[0]), 1),
         "high90": round(float(k.outer[1]), 1), "rests_on": k.identified}
        for k in found.known
    ]  # fmt: skip
    return {
        "title": found.case.title, "known": known, "claims": browsing.statuses(call.desk.ledger), "behind": call.desk.behind(),
        "fresh": found.fresh and call.desk.behind() == 0,
    }  # fmt: skip


def documents(call: Call) -> dict[str, Any]:
    """A page of the documents, last received first."""
    masks = call.masks()
    number = call.desk.documents(call.query.text)
    found = browsing.documents_page(call.desk.ledger, call.query.text, call.query.first, call.query.size, number)
    return {"count": number, "documents": [shelved_row(masks.shelved(d)) for d in found]}


def shelved_row(d: browsing.Shelved) -> dict[str, Any]:
    """A document of a list as plain data."""
    told = {
        k: getattr(d, k)
        for k in ("id", "title", "publisher", "media_type", "name", "language", "read", "claims", "open")
    }
    days = {
        "published": d.published.isoformat() if d.published else None,
        "received": d.received.isoformat() if d.received else None,
    }
    return told | days


def document(call: Call) -> dict[str, Any]:
    """A document: its text, and its claims with their offsets."""
    found, masks = call.desk.ledger.document(call.path["id"]), call.masks()
    listed = browsing.claims_page(call.desk.ledger, browsing.Filters(document=found.id), 0, 5000)
    told = {
        k: getattr(found, k)
        for k in ("id", "title", "publisher", "address", "media_type", "name", "language", "sha256")
    }
    published = found.published.isoformat() if found.published else None
    return told | {
        "published": published,
        "title": masks.title(found),
        "text": masks.text(found),
        "claims": [row(masks.listed(c)) for c in listed],
    }


def upload(call: Call) -> dict[str, Any]:
    """Take files in: they are kept in the case's inbox until they are in the ledger, so that nothing is lost."""
    given = [f for f in call.body.getlist("files") if isinstance(f, UploadFile)]
    if not given:
        raise WorkbenchError("E-WEB-06", "no file came with the request")
    box = f"{secrets.token_hex(6)}"
    folder = call.desk.folder / "inbox" / f".{box}"
    folder.mkdir(parents=True)
    try:
        for file in given:
            _keep(file, folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise WorkbenchError("E-WEB-11", f"the files cannot be kept: {error.strerror}") from error
    folder.rename(folder.with_name(box))
    what = given[0].filename or "a file"
    job = call.desk.jobs.add(
        "add", call.session.name, f"{len(given)} files" if len(given) > 1 else what, box=box, who=call.session.name
    )
    return {"job": job.row()}


def _keep(file: UploadFile, folder: Path) -> None:
    name = safe_name(file.filename or "file")
    free = (folder / (f"{k}-{name}" if k else name) for k in count())
    target = next(path for path in free if not path.exists())
    with target.open("wb") as out:
        while data := file.file.read(1024 * 1024):
            out.write(data)


def safe_name(given: str) -> str:
    """A file name that names no folder: letters, digits, dots, spaces, hyphens; 200 bytes at most, its ending kept."""
    name = re.sub(r"[^\w.\- ]+", "_", given.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(". ") or "file"
    stem, dot, ending = name.rpartition(".")
    short = stem.encode()[:150].decode(errors="ignore")
    return name if len(name.encode()) <= 200 else f"{short}{dot}{ending[:15]}"


def contradictions(call: Call) -> dict[str, Any]:
    """Figures of different origins that cannot all be right, the largest first, with the estimate's band."""
    found, masks = surveyed(call.desk), call.masks()
    return {"questions": [_question(found, q, masks) for q in found.questions]}


def _question(found: Survey, q: Any, masks: Masks) -> dict[str, Any]:
    band = band_of(found, q)
    pieces = [
        {
            "id": p.id,
            "origin": p.origin,
            "reason": p.reason,
            "head": claim_json(masks.claim(p.head)),
            "claims": [c.id for c in p.claims],
        }
        for p in map(masks.piece, q.pieces)
    ]
    days = [d.isoformat() for d in q.days]
    told = {"measure": q.measure, "group": q.group, "aspect": q.aspect, "factor": round(q.factor, 2), "days": days}
    return told | {
        "estimate": dict(zip(("low90", "median", "high90"), band, strict=True)) if band else None,
        "pieces": pieces,
    }


def estimates(call: Call) -> dict[str, Any]:
    """The series that claims speak of."""
    found = surveyed(call.desk)
    spoken = found.estimate.spoken() if found.estimate else []
    return {"series": [{"group": g, "measure": m} for g, m in spoken], "fresh": found.fresh}


def series(call: Call) -> dict[str, Any]:
    """One series per week, as it is or with sources left out (by reweighting: `sound` says whether that can be trusted)."""
    found, query, masks = surveyed(call.desk), call.query, call.masks()
    if found.estimate is None or (query.group, query.measure) not in found.estimate.spoken():
        raise WorkbenchError("E-WEB-09", f"no claim speaks of {query.measure} of {query.group}")
    names = [n for n in query.without.split(" | ") if n]
    left = without_sources(found.estimate, names)
    weeks = series_rows(found.estimate, query.group, query.measure, left.weights)
    pieces = [
        {"claim": claim_json(masks.claim(p.head)), "sd": round(s, 3)}
        for p, s in moved(found.estimate, query.group, query.measure)
    ]
    return {
        "weeks": weeks,
        "without": names,
        "pieces left out": left.pieces,
        "pareto_k": round(left.k, 3),
        "sound": left.sound,
        "moved": pieces,
    }


def sources(call: Call) -> dict[str, Any]:
    """Every source that was heard: kind, grade, interest, pieces of evidence, learned bias; and the grades' history."""
    found, masks = surveyed(call.desk), call.masks()
    history = [h | {"at": h["at"].isoformat(timespec="seconds")} for h in call.desk.ledger.grade_history()]
    heard = [dict(s) | {"bias": [list(b) for b in s["bias"]]} for s in found.sources if masks.shows(s["name"])]
    return {"sources": heard, "history": history}


def grade(call: Call) -> dict[str, Any]:
    """Set a source's grade in case.yaml, with the reason in the ledger; it counts from the next reconciling on."""
    name, case = call.path["name"], call.desk.case
    held = case.resolve("sources", name) or name
    set_grade(call.desk.folder, held, call.body.grade)
    spec = call.desk.case.sources[held]
    call.desk.ledger.set_grade(held, spec.grade, spec.kind, spec.interest, call.session.name, call.body.why)
    return {"source": held, "grade": spec.grade}


OPERATIONS = (
    Operation("GET", "/overview", "reader", "What is known now, with intervals", overview),
    Operation("GET", "/documents", "reader", "Documents, last received first", documents, DocumentsQuery),
    Operation("GET", "/documents/{id}", "reader", "A document's text and its claims", document),
    Operation("POST", "/documents", "analyst", "Add documents or spreadsheets of figures; gives the job that takes them in", upload, upload=True, status=202),
    Operation("GET", "/contradictions", "reader", "Figures of different origins that cannot all be right", contradictions),
    Operation("GET", "/estimates", "reader", "The series that claims speak of", estimates),
    Operation("GET", "/estimates/series", "reader", "One series per week, as it is or without some sources", series, SeriesQuery),
    Operation("GET", "/sources", "reader", "Sources with grades, interests, learned bias", sources),
    Operation("POST", "/sources/{name}/grade", "admin", "Set a source's grade", grade, body=Grade),
)  # fmt: skip
