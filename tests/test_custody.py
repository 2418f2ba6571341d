"""Custody from the outside: heads written down, stamps of a local authority, words blacked out; a case by the address of its ledger."""

import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which
from threading import Thread

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from condotta import custody, pipeline
from condotta.cli import cli
from condotta.errors import CustodyError, LedgerError
from condotta.ledger import Ledger
from condotta.places import folder_of

REPORT = """Losses in the north

The Herald, 3 June 2020

At least 343 fighters of the First Division have been killed, the Monitor said. A fighter named Omar Example said 20 men fled.
"""
CONFIG = """
[tsa]
default_tsa = local
[local]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/cert.pem
certs = {folder}/cert.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = yes
tsa_name = yes
"""


def run(*arguments: str | Path) -> Result:
    """The result of one call of the command line."""
    return CliRunner().invoke(cli, [str(a) for a in arguments], standalone_mode=False)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with one report, read."""
    folder = pipeline.new(tmp_path / "case")
    (tmp_path / "report.txt").write_text(REPORT, encoding="utf-8")
    pipeline.add(folder, [tmp_path / "report.txt"], by="ann")
    pipeline.read(folder)
    return folder


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a time-stamping authority on this machine, and its certificate."""
    if which("openssl") is None:
        pytest.skip("no openssl to play the authority")
    folder = tmp_path / "authority"
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test Authority", "-keyout", folder / "key.pem",
            "-out", folder / "cert.pem", "-addext", "extendedKeyUsage=critical,timeStamping", "-addext", "keyUsage=critical,digitalSignature"]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            answer = [
                "openssl",
                "ts",
                "-reply",
                "-queryfile",
                folder / "query",
                "-config",
                folder / "tsa.cnf",
                "-out",
                folder / "reply",
            ]
            subprocess.run(answer, check=True, capture_output=True)
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes() if self.path == "/" else b"no token")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", folder / "cert.pem"
        server.shutdown()


def test_a_head_written_down_is_still_in_the_log_or_missed(case: Path) -> None:
    head = custody.verify(case).head
    pipeline.judge(case, pipeline.claims(case)[0].id, "accepted", "so it is")
    assert custody.verify(case, head).faults == []
    with pipeline.ledger(case) as store, store.engine.begin() as db:
        db.execute(sa.text("DELETE FROM log"))
    assert [f.subject for f in custody.verify(case, head).faults if f.subject == "log"] == ["log"]


def test_an_authority_stamps_the_head(case: Path, authority: tuple[str, Path], tmp_path: Path) -> None:
    address, certificate = authority
    assert run("verify", case, "--stamp", address).return_value == 0
    found = custody.verify(case, authority=certificate)
    assert found.faults == [] and [s.number for s in found.stamps] == [found.entries]
    other = tmp_path / "other.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=Other",
        "-keyout",
        tmp_path / "k",
        "-out",
        other,
    ]
    subprocess.run(made, check=True, capture_output=True)
    assert "does not lead to" in custody.verify(case, authority=other).faults[0].words
    with pytest.raises(CustodyError, match="E-CUS-01"):
        custody.stamp(case, address + "wrong", found)
    with pytest.raises(CustodyError, match="E-CUS-01"):
        custody.stamp(case, "file:///etc/passwd", found)
    with pytest.raises(CustodyError, match="E-CUS-02"):
        custody.verify(case, authority=case / "case.yaml")
    with pipeline.ledger(case) as store, store.engine.begin() as db:
        db.execute(sa.text("UPDATE stamps SET number = 1"))
    assert "stamps another seal" in custody.verify(case).faults[0].words


def test_verify_tells_what_was_altered(case: Path) -> None:
    with pipeline.ledger(case) as store, store.engine.begin() as db:
        db.execute(sa.text("UPDATE documents SET text = replace(text, '343', '943')"))
    done = run("verify", case)
    assert done.return_value == 1 and "altered" in done.stdout and "1 faults" in done.stderr
    assert '"subject": "document D' in run("verify", case, "--json").stdout


def test_an_edited_case_is_named_and_not_taken_into_the_log(case: Path) -> None:
    (case / "case.yaml").write_text((case / "case.yaml").read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert (
        [f.subject for f in custody.verify(case).faults]
        == ["case.yaml"] * 1
        == [f.subject for f in custody.verify(case).faults]
    )
    pipeline.claims(case)
    assert custody.verify(case).faults == []


def test_a_redacted_spreadsheet_keeps_its_rows(case: Path, tmp_path: Path) -> None:
    rows = "reported,source,group,measure,aspect,low,high,note\n2020-06-03,SOHR,First Division,killed,total,40,40,said Omar Example\n"
    (tmp_path / "figures.csv").write_text(rows, encoding="utf-8")
    pipeline.add(case, [tmp_path / "figures.csv"])
    custody.redact(case, "Omar Example", "a witness")
    (case / "case.yaml").write_text(
        (case / "case.yaml").read_text(encoding="utf-8").replace("title:", "title: New #", 1), encoding="utf-8"
    )
    assert pipeline.read(case)[1] == []
    (kept,) = [c for c in pipeline.claims(case) if c.by.startswith("table")]
    assert kept.amount and kept.amount.low == 40 and "Omar" not in f"{kept.note} {kept.quote}"


def test_words_are_blacked_out_everywhere(case: Path) -> None:
    (case / "estimates").mkdir()
    assert run("redact", case, "Omar Example", "--why", "a witness").return_value is None
    with pipeline.ledger(case) as store:
        assert not any("Omar" in d.text for d in store.documents())
    assert custody.verify(case).faults == [] and not (case / "estimates").exists()
    with pytest.raises(CustodyError, match="E-CUS-03"):
        custody.redact(case, "Omar Example", "again")


def test_a_case_goes_to_postgresql_and_back(
    case: Path, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDOTTA_HOME", str(tmp_path / "home"))
    done = run("copy", case, database)
    assert "documents" in done.stdout
    before = [c.id for c in pipeline.claims(case)]
    listed = run("claims", database, "--json")
    assert [line.split('"')[3] for line in listed.stdout.splitlines()] == before != []
    assert run("judge", database, before[0], "accepted", "--why", "so it is").exception is None
    assert run("verify", database).return_value == 0
    home = folder_of(database)
    assert (home / "case.yaml").stat().st_mode & 0o77 == 0 and home.parent == tmp_path / "home"
    with pytest.raises(LedgerError, match="E-LED-10"):
        pipeline.copy(case, database)
    pipeline.copy(database, tmp_path / "again")
    assert len(pipeline.claims(tmp_path / "again")) == len(before) and custody.verify(tmp_path / "again").faults == []
    with Ledger(database) as store:
        held = store.original(next(store.documents()).sha256)
    assert held == REPORT.encode()


def test_a_folder_may_keep_its_ledger_in_postgresql(
    case: Path, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDOTTA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DESK", database)
    text = (case / "case.yaml").read_text(encoding="utf-8")
    (case / "case.yaml").write_text("ledger: ${DESK}\n" + text, encoding="utf-8")
    pipeline.add(case, [tmp_path / "report.txt"])
    pipeline.read(case)
    assert not pipeline.read(case)[0] and len(pipeline.claims(case)) > 0
    with pytest.raises(LedgerError, match="E-LED-12"):
        folder_of(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    home = folder_of(database)  # the same case from another machine
    edited = (home / "case.yaml").read_text(encoding="utf-8").replace("title:", "title: Renamed #", 1)
    (home / "case.yaml").write_text(edited, encoding="utf-8")
    assert "Renamed" in (folder_of(database) / "case.yaml").read_text(encoding="utf-8")  # an edit is not undone
    pipeline.claims(home)
    with Ledger(database) as store:
        assert "Renamed" in (store.case_text() or "")
    monkeypatch.delenv("DESK")
    with pytest.raises(LedgerError, match="E-LED-09"):
        pipeline.claims(case)
