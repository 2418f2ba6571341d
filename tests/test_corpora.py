"""An archive's claims: the same from one process, from Ray's workers, after a kill; what concerns a case comes in."""

import contextlib
import json
import pickle
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from condotta import corpora, pipeline
from condotta.cli import cli
from condotta.errors import CorpusError
from condotta.exchange.tables import read_claims

TEXT = "At least {n} fighters of the Hamza Division have been killed near Tripoli, SOHR said on Tuesday. Some {m} fighters arrived in Tripoli."


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder of every kind of file that an archive has, two texts of them the same and some that cannot be read."""
    folder = tmp_path / "archive"
    folder.mkdir()
    texts = [TEXT.format(n=300 + k, m=40 + k) for k in range(12)]
    lines = [
        json.dumps({"text": t, "published": "2020-06-03", "title": f"Report {k}"}) for k, t in enumerate(texts[:4])
    ]
    (folder / "a.jsonl").write_text("\n".join([*lines, "no json", lines[0], ""]), encoding="utf-8")
    columns = {"url": [f"https://example.org/{k}" for k in (4, 5)], "date": ["2020-06-04"] * 2, "text": texts[4:6]}
    pq.write_table(pa.table(columns), folder / "b.parquet", row_group_size=1)
    rows = "".join(f'https://example.org/{k},2020-06-05,"{texts[k]}"\n' for k in (6, 7))
    (folder / "c.csv").write_text("url,date,text\n" + rows, encoding="utf-8")
    (folder / "d.csv").write_text("one,two\n1,2\n", encoding="utf-8")
    for k in (8, 9):
        (folder / f"{k}.html").write_text(f"<html><title>Report {k}</title><p>{texts[k]}</p></html>", encoding="utf-8")
    (folder / "10.txt").write_text(
        "Le texte est en fran\u00e7ais et personne ne peut le lire ici, malheureusement pour nous tous.",
        encoding="utf-8",
    )
    (folder / "11.pdf").write_bytes(b"no pdf")
    return folder


def _ids(path: Path) -> list[str]:
    return sorted(c.id for c in read_claims(path))


def test_every_kind_is_read_once_and_failures_are_listed(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "claims.parquet"
    done = corpora.extract([str(archive)], str(out))
    ids = _ids(out)
    assert len(ids) == len(set(ids)) == done.claims >= 20 and done.documents == 11
    failed = pq.read_table(tmp_path / "out" / "claims.failures.parquet").to_pylist()
    assert sorted(f["code"] for f in failed) == ["E-DOC-03", "E-DOC-05", "E-DOC-06", "E-DOC-10"]
    again = corpora.extract([str(archive)], str(out))
    assert (again.shards, again.before, again.claims) == (0, done.shards, done.claims)


def test_a_kill_loses_nothing_and_addresses_are_taken(archive: Path, tmp_path: Path) -> None:
    whole, out = tmp_path / "whole.parquet", tmp_path / "claims.parquet"
    corpora.extract([str(archive)], str(whole))

    def stop(done: int, of: int, what: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpora.extract([archive.as_uri()], out.as_uri(), progress=stop)
    assert not out.exists()
    after = corpora.extract([archive.as_uri()], out.as_uri())
    assert after.before == 2 and _ids(out) == _ids(whole)


def test_what_changed_is_read_again_and_what_it_wrote_is_no_input(archive: Path) -> None:
    out = archive / "claims.parquet"
    first = corpora.extract([str(archive)], str(out))
    assert corpora.extract([str(archive)], str(out)) == replace(first, shards=0, before=first.shards)
    (archive / "8.html").write_text(
        f"<html><title>Report 8</title><p>{TEXT.format(n=777, m=5)}</p></html>", encoding="utf-8"
    )
    again = corpora.extract([str(archive)], str(out))
    assert again.shards == 1 and any(c.amount and c.amount.low == 777 for c in read_claims(out))


def test_a_file_of_lines_is_cut_and_no_line_lost(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [
        f[0].sha256
        for s in corpora.shards([str(archive / "a.jsonl")])
        for f in corpora.documents_of(s)
        if isinstance(f, tuple)
    ]
    for piece in (97, 150, 301):
        monkeypatch.setattr(corpora, "_PIECE", piece)
        cut = corpora.shards([str(archive / "a.jsonl")])
        assert len(cut) > 3
        assert [f[0].sha256 for s in cut for f in corpora.documents_of(s) if isinstance(f, tuple)] == whole


@pytest.mark.filterwarnings("ignore")
def test_on_a_cluster_a_kill_loses_nothing(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    whole, out = tmp_path / "whole.parquet", tmp_path / "claims.parquet"
    corpora.extract([str(archive)], str(whole))
    killed: list[str] = []

    def killer(word: str) -> corpora.Told:
        def kill(done: int, of: int, what: str) -> None:
            for process in psutil.Process().children(recursive=True) if word not in killed else ():
                with contextlib.suppress(psutil.NoSuchProcess):  # one that ended while we looked
                    if word in " ".join(process.cmdline()):
                        process.kill()
                        killed.append(word)
                        return

        return kill

    with pytest.raises(CorpusError, match=r"E-COR-03.*Run the same command again"):  # the process that leads the others
        corpora.extract([str(archive)], str(out), cluster="local", workers=1, progress=killer("multiprocessing.spawn"))
    done = corpora.extract([str(archive)], str(out), cluster="local", workers=1, progress=killer("ray::MapWorker"))
    assert len(killed) == 2 and done.before >= 1 and done.shards >= 1 and _ids(out) == _ids(whole)


def test_an_error_comes_whole_out_of_another_process() -> None:
    error = CorpusError("E-COR-01", "nothing there", where="here", fix="Look.", near=["hear"])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is CorpusError and str(again) == str(error) and again.near == ("hear",)


def test_what_concerns_a_case_comes_in(archive: Path, tmp_path: Path, example: Path) -> None:
    (archive / "far.txt").write_text(
        "Elsewhere\n\nThe Paper, 3 June 2020\n\nAbout 30 soldiers of the Northern Army were killed, the ministry said."
    )
    out = tmp_path / "claims.parquet"
    corpora.extract([str(archive)], str(out))
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_text((example / "case.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    done = pipeline.add(folder, [out])
    assert done.failures == () and len(done.documents) == 10 and done.claims >= 20
    before = pipeline.claims(folder, measure="killed")
    assert {c.group for c in before} == {"Hamza Division"}, [
        (c.group_text, c.quote, c.document) for c in before if not c.group
    ]
    assert {c.origin for c in before} == {"SOHR"}
    assert pipeline.read(folder)[1] == [] and len(pipeline.claims(folder)) >= 20
    assert pipeline.add(folder, [out]).known == 10
    (tmp_path / "other.parquet").write_bytes((archive / "b.parquet").read_bytes())
    assert [f.code for f in pipeline.add(folder, [tmp_path / "other.parquet"]).failures] == ["E-IMP-04"]


def test_the_verb_says_what_it_did_and_what_it_needs(archive: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli, ["extract", str(archive), "--out", str(tmp_path / "c.parquet")], standalone_mode=False
    )
    assert done.return_value == 1 and "11 documents" in done.stderr and "4 could not be read" in done.stderr
    for given, code in ((["nowhere"], "E-COR-01"), ([str(archive)], "E-COR-01")):
        with pytest.raises(CorpusError, match=code):
            corpora.extract(given, str(tmp_path / ("x.parquet" if given == ["nowhere"] else "x.csv")))
    with pytest.raises(CorpusError, match="E-COR-02"):
        corpora.extract([str(archive)], str(tmp_path / "y.parquet"), cluster="127.0.0.1:1")


@pytest.mark.filterwarnings("ignore")
def test_an_archive_in_an_s3_store_is_read_and_its_tables_written_there(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same claims as from the folder; a second run finds everything done."""
    from moto.server import ThreadedMotoServer
    from pyarrow import fs

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "k", "AWS_DEFAULT_REGION": "us-east-1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    try:
        store, _ = fs.FileSystem.from_uri("s3://news/?allow_bucket_creation=true")
        store.create_dir("news")
        fs.copy_files(str(archive), "news/2020", source_filesystem=fs.LocalFileSystem(), destination_filesystem=store)
        here = corpora.extract([str(archive)], str(tmp_path / "claims.parquet"))
        there = corpora.extract(["s3://news/2020/"], "s3://news/claims.parquet")
        assert (there.claims, there.documents, there.failures) == (here.claims, here.documents, here.failures)
        again = corpora.extract(["s3://news/2020/"], "s3://news/claims.parquet")
        assert (again.shards, again.claims) == (0, here.claims)
        fs.copy_files("news/claims.parquet", str(tmp_path / "back.parquet"), source_filesystem=store, destination_filesystem=fs.LocalFileSystem())  # fmt: skip
        assert _ids(tmp_path / "back.parquet") == _ids(tmp_path / "claims.parquet")
        odd = f"s3://news/2020?endpoint_override={host}:{port}&scheme=http"
        assert corpora.extract([odd], str(tmp_path / "odd.parquet")).claims == here.claims
    finally:
        server.stop()
