"""Every format is read back by those who define it: validators, libraries, a database, a site."""

import asyncio
import csv
import io
import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from condotta import exports, pipeline
from condotta.errors import ImportFileError, UsageError
from condotta.exchange.holdings import Holdings
from condotta.exchange.tables import read_claims

REPORT = """Losses in the north

The Herald, 3 June 2020

At least 343 fighters of the Hamza Division have been killed, SOHR said. A fighter named Omar Example said 20 men fled.
"""


@pytest.fixture(scope="module")
def held(bundled: Path) -> Holdings:
    """What the bundled case holds, with its estimate."""
    return exports.holdings(bundled)


@pytest.fixture
def small(tmp_path: Path, example: Path) -> Path:
    """A case of one report with a private name in its text, its title and a judgement."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_text((example / "case.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "Omar Example.txt").write_text(REPORT, encoding="utf-8")
    pipeline.add(folder, [tmp_path / "Omar Example.txt"])
    pipeline.read(folder)
    claims = pipeline.claims(folder)
    pipeline.judge(folder, claims[0].id, "accepted", "as Omar Example said")
    pipeline.judge(folder, claims[-1].id, "rejected", "no")
    return folder


def test_claims_come_back_as_they_went_out(bundled: Path, tmp_path: Path) -> None:
    for form, name in (("parquet", "claims.parquet"), ("jsonl", "claims.jsonl")):
        exports.export(bundled, form, tmp_path / name)
        assert list(read_claims(tmp_path / name)) == pipeline.claims(bundled)
    (tmp_path / "no.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(ImportFileError, match="E-IMP-04"):
        list(read_claims(tmp_path / "no.jsonl"))


def test_months_add_up_to_the_totals(held: Holdings) -> None:
    formats = exports.formats()
    assert formats["monthly"].text is not None
    rows = list(csv.DictReader(io.StringIO(formats["monthly"].text(held))))
    killed = [r for r in rows if r["group"] == "Turkey-backed factions" and r["measure"] == "killed"]
    assert len(killed) >= 12 and all(int(r["low"]) <= int(r["best"]) <= int(r["high"]) for r in rows)
    assert held.estimate is not None
    total = float(held.estimate.series("Turkey-backed factions", "killed")[:, -1].mean())
    assert sum(int(r["best"]) for r in killed) == pytest.approx(total, rel=0.15)
    assert any("SOHR" in r["sources"] for r in killed)


def test_the_bundle_is_valid_stix(small: Path) -> None:
    import stix2
    from stix2validator import ValidationOptions, validate_string

    text = exports.export(small, "stix")
    result = validate_string(text, ValidationOptions(version="2.1", disabled=["1"]))
    assert result.is_valid, [str(e) for e in result.errors]
    objects = stix2.parse(text).objects
    kinds = Counter(o.type for o in objects)
    claims = pipeline.claims(small)
    assert kinds["note"] == len(claims) and kinds["report"] == 1 and kinds["opinion"] == 1
    labels = {o.name: o.labels for o in objects if o.type == "identity"}
    assert "admiralty-reliability:B" in labels["SOHR"]
    assert {o.confidence for o in objects if o.type == "note"} == {round(100 * c.confidence) for c in claims}
    (opinion,) = (o for o in objects if o.type == "opinion")
    notes = {o.id: o for o in objects if o.type == "note"}
    assert notes[opinion.object_refs[0]].modified == opinion.modified, "a judgement changes what it is about"
    assert exports.export(small, "stix") != "" and "Omar" not in text


def test_provenance_is_read_by_its_library_and_leads_back_to_documents(held: Holdings) -> None:
    from prov.model import ProvDocument

    from condotta.exchange.provenance import to_prov

    text = to_prov(held)
    assert ProvDocument.deserialize(content=text, format="json").get_records()
    data = json.loads(text)
    derived: dict[str, set[str]] = {}
    for d in data["wasDerivedFrom"].values():
        derived.setdefault(d["prov:generatedEntity"], set()).add(d["prov:usedEntity"])
    start = next(e for e in derived if "estimate/" in e)
    seen, waiting = set(), [start]
    while waiting:
        for other in derived.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    assert any("document/" in e for e in seen) and any("claim/" in e for e in seen)


def test_datasette_shows_a_sensible_site(bundled: Path, tmp_path: Path) -> None:
    datasette = pytest.importorskip("datasette.app")
    exports.export(bundled, "datasette", tmp_path / "site")
    metadata = json.loads((tmp_path / "site" / "metadata.json").read_text())
    app = datasette.Datasette([str(tmp_path / "site" / "case.db")], metadata=metadata)

    async def look() -> None:
        await app.invoke_startup()
        page = await app.client.get("/case/claims?_facet=measure")
        assert (
            page.status_code == 200
            and "In their exact words" not in page.text
            and "exact words" in page.text
            and "killed" in page.text
        )
        front = await app.client.get("/case.json")
        assert {t["name"] for t in front.json()["tables"]} == {
            "claims",
            "documents",
            "judgements",
            "sources",
            "estimates",
        }

    asyncio.run(look())
    with sqlite3.connect(tmp_path / "site" / "case.db") as db:
        assert db.execute("select count(*) from claims").fetchone()[0] == len(pipeline.claims(bundled))
    db.close()


def test_a_crate_is_read_by_its_library(bundled: Path, tmp_path: Path) -> None:
    from rocrate.rocrate import ROCrate

    exports.export(bundled, "crate", tmp_path / "crate")
    crate = ROCrate(tmp_path / "crate")
    names = {e.id for e in crate.data_entities}
    assert {"claims.csv", "claims.jsonl", "provenance.json", "custody.jsonl", "monthly.csv", "estimates.csv"} <= names
    assert all((tmp_path / "crate" / n).is_file() for n in names)
    assert crate.root_dataset["temporalCoverage"].startswith("2019") and crate.name
    assert list(read_claims(tmp_path / "crate" / "claims.jsonl")) == pipeline.claims(bundled)


def test_follow_the_money_takes_the_entities(small: Path) -> None:
    pytest.importorskip("followthemoney", reason="followthemoney builds PyICU: pip install 'condotta[ftm]'")
    from followthemoney import model
    from followthemoney.statement.serialize import read_csv_statements

    entities = [model.get_proxy(json.loads(line)) for line in exports.export(small, "ftm").splitlines()]
    kinds = Counter(e.schema.name for e in entities)
    assert kinds["Event"] == len(pipeline.claims(small)) and kinds["Document"] == 1 and kinds["Organization"] >= 2
    ids = {e.id for e in entities}
    assert all(other in ids for e in entities for p, other in e.itervalues() if p.type.name == "entity")
    statements = exports.export(small, "statements")
    assert {
        s.entity_id for s in read_csv_statements(io.BytesIO(statements.encode()))
    } == ids and "Omar" not in statements


@pytest.mark.parametrize("form", ["csv", "jsonl", "stix", "prov", "datasette", "crate"])
def test_no_private_name_leaves_the_case(small: Path, tmp_path: Path, form: str) -> None:
    exports.export(small, form, tmp_path / "out")
    files = [p for p in (tmp_path / "out").rglob("*") if p.is_file()] or [tmp_path / "out"]
    assert files and not any(b"Omar" in f.read_bytes() for f in files)


def test_what_cannot_be_written_says_how(small: Path) -> None:
    with pytest.raises(UsageError, match=r"E-USE-02.*stix"):
        exports.export(small, "stics")
    with pytest.raises(UsageError, match=r"E-USE-06.*-o PATH"):
        exports.export(small, "parquet")
