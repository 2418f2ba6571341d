"""The order of the stages: a folder of reports to a ledger, the ledger to estimates, an article to findings.

Every function takes the case's folder first and does what the command of the same name does.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condotta.adding import VERSION, Adding, files_of, reader_version, table_version
from condotta.cases import Case, load_case
from condotta.errors import DocumentError, EstimationError, LedgerError, UsageError, near_misses
from condotta.places import folder_of, ledger, ledger_of, write_case
from condotta.records import Added, Claim, Document, Evidence, Failure, Finding, named
from condotta.vocabulary import KINDS, vocabulary

if TYPE_CHECKING:
    from condotta.damage import Damage
    from condotta.documents import Neighbours
    from condotta.estimates import Estimate
    from condotta.estimation import Setup
    from condotta.findings import Question
    from condotta.ledger import Ledger
    from condotta.ledger.copying import Copied
    from condotta.runs import Runs

Progress = Callable[[int, int, str], None]


Told = Callable[[int, int, Finding], None]


def untold(done: int, of: int, finding: Finding) -> None:
    """Findings that nobody waits for."""


def silent(done: int, of: int, what: str) -> None:
    """Progress that nobody watches."""


def new(case: Path | str) -> Path:
    """Make a case folder: a commented case.yaml and an empty documents/. Raises UsageError E-USE-03 where one is."""
    folder = Path(case)
    if (folder / "case.yaml").exists():
        raise UsageError(
            "E-USE-03", f"{folder} holds a case already", fix="Choose another folder, or edit its case.yaml."
        )
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    template = files("condotta").joinpath("words", "case-template.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text(template, encoding="utf-8")
    return folder


def add(
    case: Path | str, paths: Iterable[Path | str], progress: Progress = silent, size_limit: int | None = None, by: str = "condotta",
    outlet: str | None = None,
) -> Added:  # fmt: skip
    """Take documents in: hashed, deduplicated, text extracted. What fails is listed; nothing else is lost. `by`: who does it; `outlet`:
    who publishes what does not say so itself."""
    who = load_case(Path(case))
    sources, missing = files_of(paths)
    result = Adding(who, missing, by, outlet)
    with ledger(case) as store:
        near = _neighbours(store)
        for number, path in enumerate(sources):
            progress(number, len(sources), path.name)
            result.take(store, near, path, size_limit)
        progress(len(sources), len(sources), "")
    return result.done()


def _texts(store: "Ledger") -> list[Document]:
    """The documents of a case that are texts, not tables."""
    return [d for d in store.documents() if d.media_type != "text/csv"]


def _neighbours(store: "Ledger") -> "Neighbours":
    """The index of wording of all texts of a case."""
    from condotta.documents import Neighbours

    near = Neighbours()
    for known in _texts(store):
        near.add(known)
    return near


def read(case: Path | str, progress: Progress = silent) -> tuple[int, list[Failure]]:
    """Read the claims of every document not read yet: (claims found, failures). Kill it and run it again: it resumes."""
    from condotta.claims import Reader

    who = load_case(Path(case))
    reader, version, found, failures = Reader(case=who), reader_version(who), 0, []
    with ledger(case) as store:
        tables = {d.id for d in store.documents() if d.media_type == "text/csv"}
        failures += _tables_again(store, who, tables & set(store.unread(table_version(who))))
        waiting = [d for d in store.unread(version) if d not in tables]
        for number, id in enumerate(waiting):
            document = store.document(id)
            progress(number, len(waiting), document.name or id)
            if document.language not in (None, "en"):
                failures.append(not_english(document))
                continue
            found += store.save_reading(id, version, *reader.read_with_names(document))
        progress(len(waiting), len(waiting), "")
    return found, failures


def _tables_again(store: "Ledger", case: Case, tables: set[str]) -> list[Failure]:
    """Resolve the names of spreadsheets taken in earlier against the case as it is now."""
    from condotta.exchange import figures_in

    failures: list[Failure] = []
    for id in sorted(tables):
        document = store.document(id)
        kept = store.table_rows(id)
        _, claims, failed = figures_in(document.text.encode(), document.name or id, case, vocabulary())
        claims = [named(replace(c, document=id)) for c in claims]
        store.save_reading(id, table_version(case), [c for c in claims if c.quote in kept])
        failures += failed
    return failures


def not_english(document: Document) -> Failure:
    """Why a document in another language is not read (E-DOC-10)."""
    error = DocumentError(
        "E-DOC-10",
        f"its language is {document.language!r}; only English is read so far",
        where=document.name or document.id,
    )
    return Failure(document.name or document.id, error.code, str(error))


def extract(path: Path | str, case: Path | str | None = None) -> Iterator[Claim | Failure]:
    """The claims of one file (or of each document of a .jsonl), without a ledger; a document that fails is a Failure."""
    from condotta.claims import Reader
    from condotta.documents import read as read_document
    from condotta.documents import read_lines

    reader = Reader(case=load_case(Path(case)) if case else None)
    file = Path(path)
    documents: Iterable[Document | DocumentError]
    if file.suffix.lower() == ".jsonl" and file.is_file():
        documents = (d if isinstance(d, DocumentError) else d[0] for d in read_lines(file))
    else:
        try:
            documents = [read_document(file)[0]]
        except DocumentError as error:
            documents = [error]
    for document in documents:
        if isinstance(document, DocumentError):
            yield Failure(str(path), document.code, str(document))
        else:
            yield from reader.read(document)


def claims(
    case: Path | str,
    kind: str | None = None,
    measure: str | None = None,
    group: str | None = None,
    source: str | None = None,
    document: str | None = None,
    unsure: bool = False,
) -> list[Claim]:
    """The current claims of a case, with the facets given; `unsure`: those that wait for a judgement. Raises UsageError for a name that is not known."""
    who, words = load_case(Path(case)), vocabulary()
    if kind is not None and kind not in KINDS:
        raise UsageError("E-USE-02", f"no kind is called {kind!r}", near=near_misses(kind, KINDS))
    name = (
        words.measure(measure).name if measure and kind in (None, "count") and measure not in _terms(who) else measure
    )
    with ledger(case) as store:
        if document is not None:
            store.document(document)
        found = store.claims(kind=kind, measure=name, group=_group_name(who, group), document=document)
    found = [c for c in found if c.unsure] if unsure else found
    if source is None:
        return found
    wanted = who.resolve("sources", source) or source
    chosen = [c for c in found if wanted in c.chain]
    if not chosen and not any(wanted in c.chain for c in found) and who.resolve("sources", source) is None:
        known = sorted({n for c in found for n in c.chain} | set(who.sources))
        raise UsageError("E-USE-02", f"no source is called {source!r}", near=near_misses(source, known))
    return chosen


def _terms(case: Case) -> tuple[str, ...]:
    return ("pay", "pay deducted", "compensation", "contract", "citizenship", "posting", "perks")


def _group_name(case: Case, group: str | None) -> str | None:
    if group is None:
        return None
    name = case.resolve("groups", group)
    if name is None:
        names = [alias for name, spec in case.groups.items() for alias in (name, *spec.aliases)]
        raise UsageError("E-USE-02", f"no group is called {group!r}", near=near_misses(group, names))
    return name


def evidence(case: Path | str, as_of: date | None = None) -> list[Evidence]:
    """The claims of a case grouped by origin: one piece of evidence each; `as_of`: only what was published by then."""
    from condotta.damage import marked
    from condotta.origins import group_origins

    with ledger(case) as store:
        links, found = list(store.links()), store.claims()
    if as_of is not None:
        found = [c for c in found if (c.reported or c.day or date.max) <= as_of]
    copies = [(a, b) for a, b, kind in links if kind == "copy"]
    updates = [(a, b) for a, b, kind in links if kind == "update"]
    return marked(group_origins(found, copies, updates))


def origins(case: Path | str) -> dict[str, list[dict[str, Any]]]:
    """Who the origins of a case are, which figures were replaced or damaged on their way, which series look odd."""
    return _origins(evidence(case), load_case(Path(case)))


def _origins(pieces: list[Evidence], who: Case) -> dict[str, list[dict[str, Any]]]:
    from condotta.damage import GARBLED, damages, flags

    by_origin: dict[str, list[Evidence]] = {}
    for piece in pieces:
        by_origin.setdefault(piece.origin, []).append(piece)
    rows = [
        {
            "origin": name, "pieces": len(own), "claims": sum(len(p.claims) for p in own),
            "outlets": len({c.chain[0] for p in own for c in p.claims if c.chain}),
        }
        for name, own in sorted(by_origin.items(), key=lambda pair: -len(pair[1]))
    ]  # fmt: skip
    return {
        "origins": rows,
        "replaced": [{"what": _shown(p), "why": p.replaced, "claim": p.head.id} for p in pieces if p.replaced],
        "garbled": [
            {"what": _shown(d.piece), "why": f"probability {d.probability:.2f}", "claim": d.piece.head.id}
            for d in damages(pieces)
            if d.kind == GARBLED
        ],
        "flags": [
            {"what": f.kind, "why": f"{f.origin}: {f.words}", "claims": [c.id for c in f.claims]}
            for f in flags(pieces, who)
        ],
    }


def _shown(piece: Evidence) -> str:
    """A piece in a few words: figure, measure, group, day, chain."""
    c = piece.head
    figure = c.amount.show() if c.amount else ""
    when = f", {c.day:%d %b %Y}" if c.day else ""
    return f"{figure} {c.measure or ''} [{c.group or c.group_text or '?'}]{when}, {' > '.join(c.chain)}"


def reconcile(
    case: Path | str,
    seed: int = 7,
    progress: Progress = silent,
    fresh: bool = False,
    setup: "Setup | None" = None,
) -> "Estimate":
    """Estimates with intervals from all claims of a case; the same claims, case and setup are not computed twice.

    `setup` takes the place of `seed`: `until` (only what was published by that day), `ahead` (weeks of forecast) and more.
    """
    from condotta.estimation import Setup, estimate
    from condotta.exchange.draws import load_estimate, save_estimate

    setup = setup or Setup(seed=seed)
    who, pieces = load_case(Path(case)), evidence(case, setup.until)
    key = question_key(who, pieces, setup)
    store = Path(case) / "estimates" / f"{key}.npz"
    if store.exists() and not fresh:
        kept = load_estimate(store, pieces)
        if kept is not None:
            return kept
    progress(0, 1, f"{len(pieces)} pieces of evidence")
    result = estimate(pieces, who, setup)
    save_estimate(result, store)
    with ledger(case) as book:
        book.save_run(
            key, "reconcile", VERSION, setup.seed, {"evidence": len(pieces)}, {"diagnostics": dict(result.diagnostics)}
        )
        for name, source in who.sources.items():
            book.set_grade(name, source.grade, source.kind, source.interest, "case.yaml", "as in case.yaml")
    progress(1, 1, "")
    return result


def question_key(case: Case, pieces: list[Evidence], setup: "Setup") -> str:
    """A hash of all that an estimate depends on: the case, every claim as judged and grouped, the words, the model's own source."""
    from condotta.records import claim_json

    package = files("condotta")
    digest = hashlib.sha256(f"{case.model_dump_json(exclude={'ledger'})} {setup} {VERSION}".encode())
    for piece in pieces:
        digest.update(json.dumps([piece.origin, piece.replaced, *(claim_json(c) for c in piece.claims)]).encode())
    sources = [
        *(package / name for name in ("origins.py", "estimates.py", "intervals.py", "records.py", "scrutiny.py")),
        package / "exchange" / "draws.py",
        *package.joinpath("estimation").iterdir(),
        *package.joinpath("words").iterdir(),
    ]
    for source in sorted((f for f in sources if f.is_file()), key=lambda f: f.name):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:24]


def check(
    case: Path | str, path: Path | str, seed: int = 7, progress: Progress = silent, told: Told = untold
) -> tuple[Document, list[Finding]]:
    """The findings on one document against all other evidence of the case; `told` hears each as it comes. Raises DocumentError for a
    bad file."""
    who, pieces = load_case(Path(case)), evidence(case)
    question = _asked(case, who, path)
    return _answered(question, _estimate_or_nothing(case, seed, progress), pieces, who, seed, told)


def _asked(case: Path | str, who: Case, path: Path | str) -> "Question":
    """A document with its claims, and the ids of its text and of the copies of it in the case."""
    from condotta.claims import Reader
    from condotta.documents import read as read_document
    from condotta.findings import Question

    document, _ = read_document(Path(path))
    with ledger(case) as store:
        links = _neighbours(store).add(document)
    texts = frozenset([document.id, *(other for other, kind, _ in links if kind == "copy")])
    return Question(document, tuple(Reader(case=who).read(document)), texts)


def _answered(
    question: "Question", result: "Estimate", pieces: list[Evidence], who: Case, seed: int, told: Told = untold
) -> tuple[Document, list[Finding]]:
    from condotta.damage import explainer
    from condotta.findings import Desk
    from condotta.findings import check as compare

    @cache
    def explain() -> "Callable[[Claim], Damage | None]":
        return explainer(p for p in pieces if not any(c.document in question.texts for c in p.claims))

    def happened(claim: Claim) -> str | None:
        found = explain()(claim)
        return f"{found.reason}, probability {found.probability:.2f}" if found and found.harmful else None

    desk = Desk(who, _leaving_out(who, pieces, seed), happened)
    found = []
    for number, finding in enumerate(compare(question, result, pieces, desk)):
        found.append(finding)
        told(number + 1, len(question.claims), finding)
    return question.document, found


def _leaving_out(
    case: Case, pieces: list[Evidence], seed: int
) -> Callable[["Estimate", list[int]], tuple["Estimate", Any, float]]:
    """Leaves evidence out by reweighting the draws; where that is unsound (Pareto k above 0.7), by estimating again."""
    import numpy as np

    from condotta.estimation import Setup, estimate, quick, without

    known: dict[frozenset[int], tuple[Estimate, Any, float]] = {}

    def leave(result: "Estimate", out: list[int]) -> tuple["Estimate", Any, float]:
        key = frozenset(out)
        if key not in known:
            weights, k = without(result, out)
            known[key] = (result, weights, k)
            if k > 0.7:
                gone = {result.evidence[i].id for i in out}
                try:
                    again = estimate([p for p in pieces if p.id not in gone], case, quick(Setup(seed=seed)))
                    known[key] = (again, np.full(len(again.loglik), 1 / len(again.loglik)), 0.0)
                except EstimationError:
                    pass  # too little is left to estimate from: the rough weights stay, and the finding says so
        return known[key]

    return leave


def _estimate_or_nothing(case: Path | str, seed: int, progress: Progress) -> "Estimate":
    """The case's estimate; an empty one where there is too little evidence, so that claims still meet claims."""
    import numpy as np

    from condotta.estimates import SERIES, Estimate
    from condotta.estimation import weeks_of

    try:
        return reconcile(case, seed, progress)
    except EstimationError as error:
        if error.code != "E-EST-01":
            raise
        empty = np.zeros((0, 0, 0, len(SERIES)), dtype=np.float32)
        return Estimate(weeks_of(load_case(Path(case))), (), {}, empty, (), (), np.zeros((0, 0)))


def stored(case: Path | str, pieces: list[Evidence], seed: int = 7) -> "Estimate | None":
    """The estimate from exactly these pieces, if it was made before."""
    from condotta.estimation import Setup
    from condotta.exchange.draws import load_estimate

    store = Path(case) / "estimates" / f"{question_key(load_case(Path(case)), pieces, Setup(seed=seed))}.npz"
    return load_estimate(store, pieces) if store.exists() else None


def report(
    case: Path | str, article: Path | str | None = None, seed: int = 7, progress: Progress = silent,
    simulated: "Sequence[Runs]" = (),
) -> tuple[str, bytes]:  # fmt: skip
    """(one self-contained HTML page, PNG of its main figure) on a case, with the findings on `article` and with the runs of scenarios
    (`whatif.run`) if given."""
    from condotta import scrutiny
    from condotta.estimation import influence, presets
    from condotta.reports import Material, build

    who = load_case(Path(case))
    result, pieces = reconcile(case, seed, progress), evidence(case)
    checked = _answered(_asked(case, who, article), result, pieces, who, seed) if article else None
    with ledger(case) as store:
        documents = _texts(store)
    rules = partial(presets, pieces, who)
    judged = scrutiny.judgements(case, seed)
    odd = oddities(pieces, who)
    return build(Material(who, result, pieces, documents, rules, influence, checked, judged, odd, simulated))


def oddities(pieces: list[Evidence], who: Case) -> list[tuple[str, str]]:
    """(figure or series, what is odd about it): replaced by their origin, or not fitting together."""
    found = _origins(pieces, who)
    return [(row["what"], row["why"]) for name in ("replaced", "flags") for row in found[name]]


def judge(
    case: Path | str, claim: str, verdict: str, why: str, by: str = "analyst", change: Mapping[str, Any] | None = None
) -> None:
    """Accept, reject or correct a claim; added to the ledger, never overwriting. Raises LedgerError E-LED-04 to -06."""
    with ledger(case) as store:
        store.judge(claim, verdict, by, why, change)


def change_of(case: Path | str, claim: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """Plain fields (measure, group, chain, low, high, qualifier, ...) as the change of a correction, groups under the case's own names.
    Raises LedgerError E-LED-04, E-LED-06, UsageError E-USE-02 for a group that the case does not know."""
    from condotta.ledger.browsing import claim_of

    named, who = dict(fields), load_case(Path(case))
    if named.get("group"):
        parts = (str(_group_name(who, part.strip())) for part in str(named["group"]).split(";"))
        named["group"] = "; ".join(parts)
    with ledger(case) as store:
        return change_for(claim_of(store, claim).claim, named) if named else None


def change_for(claim: Claim, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same for a claim at hand; a chain of sources may be written "outlet > source". Raises LedgerError E-LED-06 for a figure that
    is no number."""
    from condotta.records import claim_json

    amounts = {"low", "high", "unit", "qualifier"}
    change: dict[str, Any] = {k: v for k, v in fields.items() if k not in amounts}
    if isinstance(change.get("chain"), str):
        change["chain"] = [name.strip() for name in change["chain"].split(">") if name.strip()]
    if amounts & set(fields):
        amount = dict(claim_json(claim)["amount"] or {"low": None, "high": None, "text": ""})
        for name in amounts & set(fields):
            value = fields[name]
            try:
                amount[name] = float(value) if name in ("low", "high") and value is not None else value
            except (TypeError, ValueError) as error:
                raise LedgerError("E-LED-06", f"{name}: {value!r} is not a number") from error
        change["amount"] = amount
    return change or None


def copy(source: Path | str, target: Path | str, progress: Progress = silent) -> "list[Copied]":
    """Everything of a case (folder or address) into a new folder or an empty database, proved by counts and hashes: a row for each table.
    Raises LedgerError E-LED-10 where something is there already, E-LED-11 where the copy differs."""
    from condotta.ledger import Ledger
    from condotta.ledger.copying import copy as copied
    from condotta.ledger.databases import is_address

    origin = folder_of(source)
    text = (origin / "case.yaml").read_text(encoding="utf-8")
    if is_address(target):
        place: Path | str = str(target)
    else:
        Path(target).mkdir(parents=True, exist_ok=True)
        if not (Path(target) / "case.yaml").exists():
            write_case(Path(target), text)
        place = ledger_of(Path(target))
    with ledger(origin) as held, Ledger(place) as made:
        done = copied(held, made, progress)
    if not is_address(target):
        for name in ("estimates", "simulations"):  # can be worked out again, at a price
            if (origin / name).is_dir():
                shutil.copytree(origin / name, Path(target) / name, dirs_exist_ok=True)
    return done


def summary(result: "Estimate") -> dict[str, Any]:
    """The estimate as plain data: per group, measure and week the 5, 25, 50, 75 and 95 % quantiles."""
    from condotta.estimates import bands

    groups: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for group, measure in result.spoken():
        q = bands(result.series(group, measure))
        rows = [
            {"week": result.weeks.end(w).isoformat()} | {n: round(float(v[w]), 1) for n, v in q.items()}
            for w in result.weeks.shown
        ]
        groups.setdefault(group, {})[measure] = rows
    return {
        "as_of": result.weeks.last_day.isoformat(),
        "made": datetime.now(UTC).date().isoformat(),
        "forecast_from": result.weeks.last_day.isoformat() if result.weeks.ahead else None,
        "groups": groups,
        "sources": {
            s: {k: dict(zip(("low90", "median", "high90"), v, strict=True)) for k, v in b.items()}
            for s, b in result.bias.items()
        },
        "diagnostics": dict(result.diagnostics),
        "identified": dict(result.identified),
        "shares": {k: _named_quantiles(v) for k, v in result.shares.items()},
        "prior": {k: dict(zip(("low90", "median", "high90"), v, strict=True)) for k, v in result.prior.items()},
        "evidence": {
            "used": sum(len(e.claims) for e in result.evidence),
            "pieces": len(result.evidence),
            "set_aside": len(result.set_aside),
        },
    }


def _named_quantiles(draws: Any) -> dict[str, float]:
    import numpy as np

    low, mid, high = np.quantile(draws, [0.05, 0.5, 0.95])
    return {"low90": round(float(low), 4), "median": round(float(mid), 4), "high90": round(float(high), 4)}


def explain(code: str) -> str:
    """The page of an error code. Raises UsageError E-USE-02 for a code that does not exist."""
    import yaml

    pages = yaml.safe_load(files("condotta").joinpath("words", "errors.yaml").read_text(encoding="utf-8"))
    wanted = code.upper().replace("_", "-")
    if wanted not in pages:
        raise UsageError("E-USE-02", f"no error has the code {code!r}", near=near_misses(wanted, pages))
    page = pages[wanted]
    return f"{wanted}: {page['what']}\n\nWhy: {page['why']}\n\nWhat to do: {page['fix']}\n"


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as plain data for other programs."""
    from condotta.records import claim_json, shown_words

    return {
        "claim": claim_json(finding.claim),
        "verdict": finding.verdict,
        "factor": _rounded(finding.factor),
        "factor90": [_rounded(finding.factor_low), _rounded(finding.factor_high)] if finding.factor_low else None,
        "probability": finding.probability,
        "expected": [_rounded(x) for x in finding.expected] if finding.expected else None,
        "because": [
            {"quote": c.quote, "words": shown_words(c), "chain": list(c.chain), "document": c.document, "claim": c.id}
            for c in finding.because
        ],
        "words": finding.words,
    }


def _rounded(x: float | None) -> float | None:
    return None if x is None else round(x, 2)


def to_json(value: Any) -> str:
    """Plain data as one line of JSON."""
    return json.dumps(value, ensure_ascii=False)
