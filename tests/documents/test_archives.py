"""Web archives, tables of articles and captures: documents with address and moment, hashes held against the bytes."""

import gzip
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from condotta import pipeline
from condotta.documents import read_archive
from condotta.documents.archives import warc
from condotta.errors import DocumentError

# the writer of the tests leaves its scratch files to be closed by themselves
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
PAGE = b"<html><head><title>Losses</title></head><body><p>At least 343 fighters of the Hamza Division have been killed, SOHR said.</p></body></html>"


def _warc(pages: list[tuple[str, bytes, str, str]], compressed: bool = True) -> bytes:
    """A WARC of (address, body, content type, status)."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compressed)
    for address, body, kind, status in pages:
        headers = StatusAndHeaders(
            status, [("Content-Type", kind), ("Content-Length", str(len(body)))], protocol="HTTP/1.1"
        )
        made = writer.create_warc_record(
            address,
            "response",
            payload=io.BytesIO(body),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": "2020-06-04T09:30:00Z"},
        )
        writer.write_record(made)
    return out.getvalue()


PAGES = [("https://example.org/a", PAGE, "text/html; charset=utf-8", "200 OK"), ("https://example.org/b.png", b"png", "image/png", "200 OK"),
         ("https://example.org/c", b"gone", "text/html", "404 Not Found"), ("https://example.org/d", b"\0\0", "text/html", "200 OK"),
         ("https://example.org/e", PAGE.replace(b"343", b"344"), "text/html", "200 OK")]  # fmt: skip


@pytest.mark.parametrize("name", ["x.warc", "x.warc.gz"])
def test_pages_come_with_address_and_moment(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(_warc(PAGES, name.endswith("gz")))
    found = list(read_archive(tmp_path / name))
    documents = [f for f in found if isinstance(f, tuple)]
    assert [d.address for d, _ in documents] == ["https://example.org/a", "https://example.org/e"]
    assert documents[0][1] == PAGE and documents[0][0].sha256 == hashlib.sha256(PAGE).hexdigest()
    assert documents[0][0].received == datetime(2020, 6, 4, 9, 30, tzinfo=UTC) and documents[0][0].title == "Losses"
    assert [f.code for f in found if isinstance(f, DocumentError)] == ["E-DOC-01"]


def test_an_altered_page_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(_warc(PAGES[:1], compressed=False).replace(b"343", b"943"))
    assert [getattr(f, "code", "") for f in read_archive(tmp_path / "x.warc")] == ["E-DOC-12"]


def test_a_digest_of_another_kind_is_held_against_the_bytes_too(tmp_path: Path) -> None:
    whole = _warc(PAGES[:1], compressed=False)
    line = next(part for part in whole.split(b"\r\n") if part.startswith(b"WARC-Payload-Digest"))
    for digest, found in ((hashlib.sha256(PAGE).hexdigest(), 1), ("0" * 64, 0)):
        (tmp_path / "x.warc").write_bytes(whole.replace(line, b"WARC-Payload-Digest: sha256:" + digest.encode()))
        assert sum(isinstance(f, tuple) for f in read_archive(tmp_path / "x.warc")) == found


def test_a_collection_is_held_against_its_package(tmp_path: Path) -> None:
    data = _warc(PAGES)

    def packed(told: bytes) -> Path:
        path = tmp_path / "x.wacz"
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr("archive/data.warc.gz", data)
            resource = {
                "name": "data.warc.gz",
                "path": "archive/data.warc.gz",
                "hash": "sha256:" + hashlib.sha256(told).hexdigest(),
            }
            zipped.writestr("datapackage.json", json.dumps({"profile": "data-package", "resources": [resource]}))
        return path

    assert sum(isinstance(f, tuple) for f in read_archive(packed(data))) == 2
    (error,) = read_archive(packed(b"other"))
    assert isinstance(error, DocumentError) and error.code == "E-DOC-12"
    (tmp_path / "y.wacz").write_bytes(b"PK no zip")
    assert [getattr(f, "code", "") for f in read_archive(tmp_path / "y.wacz")] == ["E-DOC-06"]


@given(st.binary(max_size=300), st.integers(0, 900))
@settings(max_examples=60, deadline=None)
def test_broken_archives_are_errors_and_nothing_else(noise: bytes, at: int) -> None:
    whole = _warc(PAGES, compressed=False)
    for data in (noise, whole[:at] + noise + whole[at:], gzip.compress(whole)[:at]):
        for found in warc(io.BytesIO(data), "x.warc"):
            assert isinstance(found, tuple | DocumentError)


def test_captures_and_articles_are_added_with_their_hashes(tmp_path: Path, example: Path) -> None:
    case, export = tmp_path / "case", tmp_path / "export"
    case.mkdir()
    export.mkdir()
    (case / "case.yaml").write_text((example / "case.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (export / "a.html").write_bytes(PAGE)
    (export / "b.html").write_bytes(PAGE.replace(b"343", b"345"))
    right = hashlib.sha256(PAGE).hexdigest()
    rows = [f"https://example.org/a,2020-06-04 09:30:00,a.html,{right}", f"https://example.org/b,2020-06-04,b.html,{right}",
            f"https://example.org/c,2020-06-04,../case/case.yaml,{right}"]  # fmt: skip
    (export / "captures.csv").write_text("\n".join(["URL,Timestamp,Filename,SHA256", *rows]), encoding="utf-8")
    (export / "articles.csv").write_text(
        "url,date,text\nhttps://example.org/x,2020-06-05,Some 40 fighters of the Hamza Division were killed.\n,2020-06-05,\n"
    )
    done = pipeline.add(case, [export / "captures.csv", export / "articles.csv"])
    assert [f.code for f in done.failures] == ["E-DOC-12", "E-DOC-09", "E-DOC-05"]
    with pipeline.ledger(case) as store:
        kept = {d.address: d for d in store.documents()}
        assert store.original(right) == PAGE
    assert set(kept) == {"https://example.org/a", "https://example.org/x"}
    assert kept["https://example.org/a"].received == datetime(2020, 6, 4, 9, 30, tzinfo=UTC)
