"""The contract of every format: the words, the title and its end, the day, the bytes' hash and size, the address."""

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

from condotta.claims.lines import layout
from condotta.documents import from_bytes, read, read_lines
from condotta.records import Document

TITLE = "Fighters leave for the front"
SENTENCE = "Over 2,000 fighters left the Northern Division last month, the monitor said on Tuesday."
MORE = "Their families were told that the posting would last for three months and that pay would follow."
DAY = date(2020, 6, 3)
ADDRESS = "https://example.org/2020/06/fighters-leave"


def _html() -> bytes:
    page = f"""<!doctype html><html><head><title>{TITLE}</title>
    <meta property="article:published_time" content="2020-06-03T08:00:00Z"></head>
    <body><nav><a href="/">Home</a></nav><article><h1>{TITLE}</h1><p>{SENTENCE}</p><p>{MORE}</p></article></body></html>"""
    return page.encode()


def _pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setTitle(TITLE)
    for line, words in enumerate((TITLE, "3 June 2020", SENTENCE, MORE)):
        canvas.drawString(50, 800 - 30 * line, words)
    canvas.save()
    return file.getvalue()


def _docx() -> bytes:
    document = docx.Document()
    document.core_properties.title = TITLE
    document.core_properties.created = datetime(2020, 6, 3, 8)
    document.add_paragraph(SENTENCE)
    document.add_paragraph(MORE)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _eml() -> bytes:
    message = EmailMessage()
    message["From"] = "The Monitor <desk@example.org>"
    message["Subject"] = TITLE
    message["Date"] = "Wed, 03 Jun 2020 10:00:00 +0200"
    message.set_content(f"{SENTENCE}\n\n{MORE}\n")
    return message.as_bytes()


def _md() -> bytes:
    return f"---\ntitle: {TITLE}\npublisher: The Monitor\npublished: 2020-06-03\n---\n\n{SENTENCE}\n\n{MORE}\n".encode()


def _txt() -> bytes:
    return f"{TITLE}\n\nThe Monitor, 3 June 2020\n\n{SENTENCE}\n\n{MORE}\n".encode()


def _jsonl() -> bytes:
    row = {"title": TITLE, "text": f"{SENTENCE}\n\n{MORE}", "published": "2020-06-03", "publisher": "The Monitor"}
    return (json.dumps(row) + "\n").encode()


FORMATS: dict[str, Callable[[], bytes]] = {
    "html": _html, "pdf": _pdf, "docx": _docx, "eml": _eml, "md": _md, "txt": _txt, "jsonl": _jsonl,
}  # fmt: skip
FILES = [ending for ending in FORMATS if ending != "jsonl"]


def _read(folder: Path, ending: str) -> tuple[Document, bytes]:
    """The one document of a file of that format, and the bytes written."""
    path, data = folder / f"report.{ending}", FORMATS[ending]()
    path.write_bytes(data)
    if ending != "jsonl":
        return read(path)[0], data
    (only,) = read_lines(path)
    assert isinstance(only, tuple)
    return only[0], data


@pytest.mark.parametrize("ending", FORMATS)
def test_the_text_holds_the_words_as_written(tmp_path: Path, ending: str) -> None:
    document, _ = _read(tmp_path, ending)
    assert SENTENCE in document.text
    assert MORE in document.text


@pytest.mark.parametrize("ending", FORMATS)
def test_the_title_stands_in_the_text_up_to_its_end(tmp_path: Path, ending: str) -> None:
    document, _ = _read(tmp_path, ending)
    assert document.title == TITLE
    assert document.text[: document.title_end].strip() == TITLE
    assert document.text.count(TITLE) == 1
    assert document.text.index(SENTENCE) > document.title_end


@pytest.mark.parametrize("ending", FORMATS)
def test_the_day_of_publication_is_the_one_that_the_file_carries(tmp_path: Path, ending: str) -> None:
    assert _read(tmp_path, ending)[0].published == DAY


@pytest.mark.parametrize("ending", FORMATS)
def test_hash_and_size_are_those_of_the_bytes(tmp_path: Path, ending: str) -> None:
    document, data = _read(tmp_path, ending)
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.size == len(data)
    assert document.id == "D" + document.sha256[:16]


@pytest.mark.parametrize("ending", FILES)
def test_reading_gives_back_the_bytes_and_tells_the_same_kind_under_any_case_of_the_ending(
    tmp_path: Path, ending: str
) -> None:
    data = FORMATS[ending]()
    path = tmp_path / f"REPORT.{ending.upper()}"
    path.write_bytes(data)
    document, given = read(path)
    assert given == data
    assert document.media_type == from_bytes(data, f"report.{ending}").media_type
    assert document.name == path.name


@pytest.mark.parametrize("ending", FILES)
def test_reading_twice_gives_the_same_document(ending: str) -> None:
    data, now = FORMATS[ending](), datetime.now(UTC)
    assert from_bytes(data, f"a.{ending}", None, now) == from_bytes(data, f"a.{ending}", None, now)


@pytest.mark.parametrize("ending", FILES)
def test_a_note_beside_the_file_gives_its_address(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"report.{ending}.url").write_text(ADDRESS + "\n", encoding="utf-8")
    assert _read(tmp_path, ending)[0].address == ADDRESS


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("report.txt.url", f"[InternetShortcut]\nURL={ADDRESS}\n"),
        ("report.url", f"\nurl={ADDRESS}\n"),
        ("report.url", f"{ADDRESS}"),
    ],
)
def test_the_note_may_be_a_shortcut_or_share_the_stem(tmp_path: Path, name: str, note: str) -> None:
    (tmp_path / name).write_text(note, encoding="utf-8")
    assert _read(tmp_path, "txt")[0].address == ADDRESS


def test_a_note_without_an_address_gives_none(tmp_path: Path) -> None:
    (tmp_path / "report.txt.url").write_text("saved in a hurry\n", encoding="utf-8")
    assert _read(tmp_path, "txt")[0].address is None


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_bytes_outweigh_a_wrong_ending(ending: str) -> None:
    document = from_bytes(FORMATS[ending](), "report.txt")
    assert SENTENCE in document.text
    assert document.media_type == from_bytes(FORMATS[ending](), f"report.{ending}").media_type


def test_a_page_without_an_ending_is_known_by_its_first_bytes() -> None:
    assert from_bytes(_html(), "saved page").media_type == "text/html"


def test_plain_text_is_kept_character_for_character() -> None:
    text = f"  {TITLE}\r\n\r\n{SENTENCE}\t(en)\r\n\u201cquoted\u201d \u2013 \u0639\u0631\u0628\u064a \U0001f4f0\n"
    assert from_bytes(text.encode(), "report.txt").text == text


def test_a_body_that_opens_with_its_title_is_not_given_it_twice() -> None:
    document = from_bytes(f"---\ntitle: {TITLE}\n---\n{TITLE}\n\n{SENTENCE}".encode(), "report.md")
    assert document.text == f"{TITLE}\n\n{SENTENCE}"
    assert document.title_end == len(TITLE)


def test_a_heading_is_the_title_of_markdown_without_front_matter() -> None:
    document = from_bytes(f"# {TITLE}\n\n{SENTENCE}".encode(), "report.md")
    assert document.title == TITLE
    assert document.text[document.title_end - len(TITLE) : document.title_end] == TITLE


def test_front_matter_says_who_published_and_where() -> None:
    front = f"---\ntitle: {TITLE}\npublisher: The Monitor\nauthor: desk\naddress: {ADDRESS}\n---\n{SENTENCE}"
    document = from_bytes(front.encode(), "report.md")
    assert (document.publisher, document.author, document.address) == ("The Monitor", "desk", ADDRESS)
    assert document.text == f"{TITLE}\n\n{SENTENCE}"


@pytest.mark.parametrize("front", ["title: 2020", "author: [first desk, second desk]", "title: Libya\npublisher: 24"])
def test_front_matter_of_another_type_ends_up_as_words(front: str) -> None:
    document = from_bytes(f"---\n{front}\n---\n{SENTENCE}".encode(), "report.md")
    assert SENTENCE in document.text
    for value in (document.title, document.publisher, document.author):
        assert value is None or isinstance(value, str)


def test_a_mail_gives_its_sender_and_prefers_the_plain_part() -> None:
    message = EmailMessage()
    message["From"] = "The Monitor <desk@example.org>"
    message["Subject"] = TITLE
    message.set_content(f"{SENTENCE}\n")
    message.add_alternative("<p>only for browsers</p>", subtype="html")
    document = from_bytes(message.as_bytes(), "report.eml")
    assert document.publisher == "The Monitor"
    assert SENTENCE in document.text
    assert "browsers" not in document.text


def test_a_mail_of_html_alone_is_read_like_a_page() -> None:
    message = EmailMessage()
    message["From"] = "desk@example.org"
    message["Subject"] = TITLE
    message.set_content(_html().decode(), subtype="html")
    document = from_bytes(message.as_bytes(), "report.eml")
    assert SENTENCE in document.text
    assert "<p>" not in document.text


def test_a_word_file_gives_its_tables() -> None:
    word = docx.Document()
    word.add_paragraph(SENTENCE)
    table = word.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "killed", "343"
    file = io.BytesIO()
    word.save(file)
    assert "| killed | 343 |" in from_bytes(file.getvalue(), "report.docx").text


def test_the_pages_of_a_pdf_follow_each_other() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    for words in (SENTENCE, MORE):
        canvas.drawString(50, 800, words)
        canvas.showPage()
    canvas.save()
    text = from_bytes(file.getvalue(), "report.pdf").text
    assert 0 <= text.index(SENTENCE) < text.index(MORE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("ending", ["txt", "md", "html"])
def test_text_is_read_in_its_encoding(ending: str, encoding: str) -> None:
    words = f"The fighters met in a caf\u00e9 in Z\u00fcrich. {SENTENCE} {MORE}"
    page = f"<html><body><article><p>{words}</p><p>{MORE}</p></article></body></html>" if ending == "html" else words
    assert words in from_bytes(page.encode(encoding), f"report.{ending}").text


def test_a_short_western_text_keeps_its_accents() -> None:
    words = f"The fighters' caf\u00e9 in Z\u00fcrich was closed. {SENTENCE.replace('Northern', 'Sultan Murad')}"
    assert from_bytes(words.encode("latin-1"), "report.txt").text == words


def test_the_character_zero_keeps_its_place(tmp_path: Path) -> None:
    line = json.dumps({"text": "At least 40\0 fighters of the division were killed."})
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    (document,) = (item[0] for item in read_lines(tmp_path / "a.jsonl") if isinstance(item, tuple))
    assert document.text.index("\ufffd") == 11 and "\0" not in document.text


def test_a_line_gives_all_that_it_says(tmp_path: Path) -> None:
    row = {"id": "x1", "title": TITLE, "text": SENTENCE, "publisher": "The Monitor", "address": ADDRESS}
    path = tmp_path / "reports.jsonl"
    path.write_text(json.dumps(row) + "\n\n" + json.dumps({"text": MORE}) + "\n", encoding="utf-8")
    full, bare = (item[0] for item in read_lines(path) if isinstance(item, tuple))
    assert (full.id, full.publisher, full.address) == ("x1", "The Monitor", ADDRESS)
    assert full.text == f"{TITLE}\n\n{SENTENCE}"
    assert (bare.text, bare.title, bare.title_end) == (MORE, None, 0)
    assert full.name != bare.name


@pytest.mark.parametrize(
    ("top", "publisher", "day"),
    [
        ("KHARTOUM, 26 November 2024 (Valley Wire) - Fighters came.", "Valley Wire", date(2024, 11, 26)),
        ("PORT SUDAN, Aug 7, 2025 (Valley Wire) -- Fighters came.", "Valley Wire", date(2025, 8, 7)),
        ("BEIRUT (Valley Wire) - Fighters came.", "Valley Wire", None),
        ("BOGOTÁ, 20 August 2025 (Valley Wire)", "Valley Wire", date(2025, 8, 20)),
        ("WASHINGTON, December 9, 2025 - The office came.", None, date(2025, 12, 9)),
        ("Valley Wire, 2 May 2025", "Valley Wire", date(2025, 5, 2)),
        ("By Jane Example, Valley Wire, 2025-08-07. Fighters came.", "Valley Wire", date(2025, 8, 7)),
        ("Valley Wire | 3 Sept. 2025", "Valley Wire", date(2025, 9, 3)),
        ("Publisher: Valley Wire", "Valley Wire", None),
        ("Source, Date, Monthly pay (USD)", None, None),
        ("Fighters (some of them young) came on 3 May 2025.", None, date(2025, 5, 3)),
    ],
)
@pytest.mark.parametrize("name", ["note.txt", "note.md"])
def test_the_top_of_a_text_says_who_publishes_it_and_when(
    top: str, publisher: str | None, day: date | None, name: str
) -> None:
    mark = "# " if name.endswith(".md") else ""
    document = from_bytes(f"{mark}{TITLE}\n\n{top}\n\n{MORE}\n".encode(), name)
    assert (document.publisher, document.published) == (publisher, day)


def test_a_table_of_names_and_figures_in_english_is_english() -> None:
    rows = "\n".join(f"| Wagner | {k} | Kidal |" for k in range(12))
    text = f"The losses of the force by month\n\nThey were counted by the monitor and its men at the front.\n\n| Group | Dead | Place |\n{rows}\n"
    assert from_bytes(text.encode(), "note.md").language == "en"
    french = (
        "Le porte-parole a dit que les combattants ont quitt\u00e9 la ville de Kidal avec leurs armes et leurs familles. "
        * 3
    )
    assert from_bytes(french.encode(), "note.txt").language == "fr"


@pytest.mark.parametrize("more", [MORE * 3, ""])
def test_tables_of_a_page_are_rows_and_what_a_table_lays_out_is_not(more: str) -> None:
    table = "<table><tr><th>Source</th><th>Killed</th></tr><tr><td>The Monitor</td><td>55</td></tr></table>"
    page = f"<html><body><h1>{TITLE}</h1><p>{SENTENCE}</p>{table}<p>{more}</p></body></html>"
    assert "| The Monitor | 55 |" in from_bytes(page.encode(), "page.html").text
    laid = f"<html><body><table><tr><td><p>{SENTENCE}</p></td><td><p>{MORE}</p></td></tr><tr><td>{MORE}</td><td></td></tr></table></body></html>"
    assert not layout(from_bytes(laid.encode(), "laid.html").text).rows
    declared = f'<?xml version="1.0" encoding="utf-8"?>\n{page}'
    assert "55" in from_bytes(declared.encode(), "page.html").text
