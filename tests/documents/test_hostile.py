"""Bad files: every one ends in a DocumentError with its code, and in nothing else."""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

from condotta.documents import SIZE_LIMIT, from_bytes, read, read_lines
from condotta.documents.html import depth
from condotta.errors import DocumentError

SENTENCE = "Over 2,000 fighters left the Northern Division last month, the monitor said on Tuesday."
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def _pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(50, 800, SENTENCE)
    canvas.save()
    return file.getvalue()


def _empty_pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.rect(50, 50, 200, 200)
    canvas.save()
    return file.getvalue()


def _locked_pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt="a password")
    canvas.drawString(50, 800, SENTENCE)
    canvas.save()
    return file.getvalue()


def _docx() -> bytes:
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    document.save(file)
    return file.getvalue()


def _wordless() -> bytes:
    file = io.BytesIO()
    docx.Document().save(file)
    return file.getvalue()


def _zip(*names: str, content: bytes = b"nothing of Word's") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


def _bomb() -> bytes:
    """An archive of some 200 kB with Word's parts that unpacks to 208 MiB."""
    return _zip("word/document.xml", *(f"word/{i}.xml" for i in range(7)), content=bytes(26 * 1024 * 1024))


def _lying_bomb() -> bytes:
    """A Word file whose main part unpacks to 26 MiB and declares 64 bytes."""
    data = bytearray(_zip("word/document.xml", content=bytes(26 * 1024 * 1024)))
    directory = data.index(b"PK\x01\x02")
    data[22:26] = data[directory + 24 : directory + 28] = struct.pack("<I", 64)
    return bytes(data)


def _mail(body: str, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value
    message.set_content(body)
    return message.as_bytes()


BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "no bytes": ("a.txt", lambda: b"", "E-DOC-01"),
    "no bytes, no kind": ("a.gif", lambda: b"", "E-DOC-01"),
    "blanks": ("a.txt", lambda: b" \r\n\t \n", "E-DOC-01"),
    "only NUL bytes": ("a.html", lambda: bytes(100), "E-DOC-01"),
    "a byte-order mark alone": ("a.txt", lambda: b"\xef\xbb\xbf", "E-DOC-07"),
    "blanks of Unicode": ("a.md", lambda: "\u00a0\u2003\n".encode(), "E-DOC-07"),
    "NUL bytes in text": ("a.txt", lambda: SENTENCE.encode() + b"\0", "E-DOC-04"),
    "NUL bytes in Markdown": ("a.md", lambda: b"# Title\0\n", "E-DOC-04"),
    "unknown kind": ("a.gif", lambda: b"GIF89a" + SENTENCE.encode(), "E-DOC-03"),
    "no ending": ("report", lambda: SENTENCE.encode(), "E-DOC-03"),
    "a spreadsheet program's file": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "E-DOC-03"),
    "PDF cut in its head": ("a.pdf", lambda: _pdf()[:60], "E-DOC-06"),
    "PDF cut before its pages": ("a.pdf", lambda: _pdf()[:300], "E-DOC-06"),
    "PDF that is a first line": ("a.pdf", lambda: b"%PDF-1.7\n", "E-DOC-06"),
    "PDF with wrong bytes": ("a.pdf", lambda: SENTENCE.encode(), "E-DOC-06"),
    "PDF with a password": ("a.pdf", _locked_pdf, "E-DOC-06"),
    "PDF of pictures": ("a.pdf", _empty_pdf, "E-DOC-07"),
    "Word with wrong bytes": ("a.docx", lambda: SENTENCE.encode(), "E-DOC-06"),
    "Word cut short": ("a.docx", lambda: _docx()[:5000], "E-DOC-06"),
    "Word without words": ("a.docx", _wordless, "E-DOC-07"),
    "zip bomb": ("a.docx", _bomb, "E-DOC-02"),
    "zip bomb that lies": ("a.docx", _lying_bomb, "E-DOC-06"),
    "zip without Word's parts": ("a.docx", lambda: _zip("notes.txt"), "E-DOC-03"),
    "zip named .zip": ("a.zip", lambda: _zip("notes.txt"), "E-DOC-03"),
    "zip with a false main part": ("a.docx", lambda: _zip("word/document.xml"), "E-DOC-06"),
    "HTML nested 100,000 deep": ("a.html", lambda: b"<html><body>" + b"<div>" * 100_000 + b"x", "E-DOC-08"),
    "HTML nested and closed": ("a.html", lambda: b"<b>" * 100_000 + b"x" + b"</b>" * 100_000, "E-DOC-08"),
    "HTML without text": ("a.html", lambda: b"<html><head></head><body><img src='a.png'></body></html>", "E-DOC-07"),
    "HTML with a title alone": ("a.html", lambda: b"<html><head><title>Photos</title></head><body><img src='a.png'></body></html>", "E-DOC-07"),
    "HTML of scripts": ("a.html", lambda: b"<!doctype html><script>var killed = 343;</script><div></div>", "E-DOC-07"),
    "picture named .html": ("a.html", lambda: PNG, "E-DOC-04"),
    "noise named .html": ("a.html", lambda: random.Random(1).randbytes(4000).replace(b"\0", b"\x01"), "E-DOC-04"),
    "noise named .txt": ("a.txt", lambda: random.Random(2).randbytes(4000), "E-DOC-04"),
    "mail without headers": ("a.eml", lambda: b"just some words\nand nothing else", "E-DOC-06"),
    "mail with no kind of encoding": ("a.eml", lambda: b"Subject: x\nContent-Type: text/plain; charset=klingon\n\nx", "E-DOC-06"),
    "front matter nested deep": ("a.md", lambda: b"---\na: " + b"[" * 5000 + b"\n---\nwords", "E-DOC-08"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_its_code(tmp_path: Path, what: str) -> None:
    name, make, code = BAD[what]
    (tmp_path / name).write_bytes(make())
    with pytest.raises(DocumentError) as refusal:
        read(tmp_path / name)
    assert refusal.value.code == code
    assert name in str(refusal.value)


def test_a_file_that_is_not_there_or_is_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.txt", tmp_path, tmp_path / "a.txt" / "b.txt"):
        with pytest.raises(DocumentError) as refusal:
            read(path)
        assert refusal.value.code == "E-DOC-09"


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:  # sparse: takes no room
        file.truncate(SIZE_LIMIT + 1)
    with pytest.raises(DocumentError) as refusal:
        read(path)
    assert refusal.value.code == "E-DOC-02"


def test_the_limit_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    size = path.stat().st_size
    assert read(path, limit=size)[0].text == SENTENCE
    with pytest.raises(DocumentError) as refusal:
        read(path, limit=size - 1)
    assert refusal.value.code == "E-DOC-02"


def _spoilt(data: bytes, rng: random.Random) -> Iterator[bytes]:
    """The file cut at ten places, and with some of its bytes changed ten times."""
    for part in range(1, 11):
        yield data[: len(data) * part // 11]
    for _ in range(10):
        changed = bytearray(data)
        for _ in range(20):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        yield bytes(changed)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.pdf", _pdf),
        ("a.docx", _docx),
        ("a.eml", lambda: _mail(SENTENCE * 5, Subject="A report", Date="Wed, 03 Jun 2020 10:00:00 +0200")),
        ("a.html", lambda: f"<html><head><title>T</title></head><body><p>{SENTENCE}</p></body></html>".encode()),
        ("a.md", lambda: f"---\ntitle: A report\npublished: 2020-06-03\n---\n{SENTENCE}".encode()),
        ("a.txt", lambda: f"A report\n\n3 June 2020\n\n{SENTENCE}".encode()),
    ],
)
def test_a_damaged_file_is_read_or_refused_but_never_anything_else(name: str, make: Callable[[], bytes]) -> None:
    outcomes = []
    for data in _spoilt(make(), random.Random(name)):
        try:
            outcomes.append(bool(from_bytes(data, name).text.strip()))
        except DocumentError as refusal:
            outcomes.append(refusal.code.startswith("E-DOC-"))
    assert outcomes == [True] * 20


def test_a_page_of_unfinished_tags_costs_no_more_than_its_length() -> None:
    def took(tags: int) -> float:
        page, best = "<div " * tags, 9e9
        for _ in range(3):
            start = perf_counter()
            depth(page)
            best = min(best, perf_counter() - start)
        return best

    assert took(2000) < 8 * took(500)  # in proportion: 4; with the square: 16


@pytest.mark.parametrize(
    "line",
    [
        "[1, 2]",
        '"words"',
        "null",
        "{}",
        "not JSON",
        '{"text": 3}',
        '{"text": null}',
        '{"text": "words", "published": "June 2020"}',
        '{"text": "words", "published": 2020}',
        '{"text": "words", "title": 5}',
        '{"text": "words", "publisher": ["one", "two"]}',
        '{"text": "words \\ud800"}',
        pytest.param("[" * 100_000, id="nested"),
        pytest.param('{"text": "words", "size": ' + "9" * 5000 + "}", id="huge number"),
    ],
)
def test_a_line_that_is_no_document_is_an_error_and_the_others_are_read(tmp_path: Path, line: str) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text(f'{{"text": "before"}}\n{line}\n{{"text": "after"}}\n', encoding="utf-8")
    before, bad, after = read_lines(path)
    assert isinstance(bad, DocumentError)
    assert bad.code == "E-DOC-05"
    assert "reports.jsonl:2" in str(bad)
    assert [item[0].text for item in (before, after) if isinstance(item, tuple)] == ["before", "after"]


def test_a_line_without_words_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text('{"text": " \\n"}\n', encoding="utf-8")
    (only,) = read_lines(path)
    assert isinstance(only, DocumentError)
    assert only.code == "E-DOC-01"


@pytest.mark.parametrize(
    "front", [b"title: Libya: more fighters", b"title: Libya: more fighters\na: !!python/object/apply:os.getcwd []"]
)
def test_front_matter_that_is_no_yaml_is_taken_line_by_line(front: bytes) -> None:
    document = from_bytes(b"---\n" + front + b"\n---\nwords", "a.md")
    assert document.title == "Libya: more fighters"
    assert document.text.endswith("words")
