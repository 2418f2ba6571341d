"""Tables and lists: labels and heads say what is counted; a label without a measure claims nothing; prose stays prose."""

import io
from datetime import date

import pytest

from condotta.cases import Case
from condotta.claims import Reader
from condotta.claims.lines import layout
from condotta.claims.listed import measure_of
from condotta.claims.sentences import sentences
from condotta.documents import from_bytes
from condotta.records import Claim, Document
from condotta.vocabulary import vocabulary

CASE = Case.model_validate(
    {
        "title": "test", "period": {"start": date(2024, 8, 1), "end": date(2025, 12, 31)}, "sponsors": {"S": {}},
        "groups": {"Column": {"sponsor": "S", "aliases": ["Andeans", "Andean fighters"]}, "Wolves": {"parent": "Column"}},
        "theatres": {"Valley": {"places": ["Riverton"]}},
        "sources": {"Valley Monitor": {"kind": "monitor", "grade": "B"}, "Valley army": {"kind": "belligerent", "grade": "D"}},
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(case=CASE)


def read(reader: Reader, text: str, title: str | None = None) -> list[Claim]:
    document = Document(
        "d", "", 0, "text/plain", text, title, "Wire", published=date(2025, 3, 5), title_end=len(title or "")
    )
    found = [c for c in reader.read(document) if c.kind == "count"]
    assert all(text[c.start : c.end] == c.quote for c in found)
    return found


def said(claims: list[Claim]) -> set[tuple[str | None, float, str | None, str | None]]:
    return {(c.measure, c.amount.middle, c.aspect, c.origin) for c in claims if c.amount}


def test_every_label_keeps_its_own_figure(reader: Reader) -> None:
    text = (
        "Key figures of the Valley Monitor on the Andeans:\n\n- arrived since September: 350\n- present in Riverton on 12 January: 180\n"
        "- killed: 27, of whom 22 in November\n- missing: 9\n- sent home: 60"
    )
    found = read(reader, text)
    monitor = "Valley Monitor"
    assert {("arrived", 350, "total", monitor), ("present", 180, "stock", monitor), ("killed", 27, "total", monitor), ("returned", 60, "total", monitor)} <= said(found)  # fmt: skip
    assert 9 not in {c.amount.middle for c in found if c.amount}
    assert next(c for c in found if c.measure == "present").day == date(2025, 1, 12)
    assert {c.group for c in found} == {"Column"}


TABLE = (
    "| Source | Arrived | Killed | Note |\n|---|---|---|---|\n| Valley Monitor | 450 | at least 68 | see 4 |\n"
    "| Valley army | 800 | 200 | |\n| A relief worker | - | 0 | |"
)


def test_a_table_whose_rows_are_sources(reader: Reader) -> None:
    found = read(reader, f"Two counts exist.\n\n{TABLE}\n\nNobody has checked them.")
    assert said(found) == {
        ("arrived", 450, "total", "Valley Monitor"), ("killed", 68, "total", "Valley Monitor"),
        ("arrived", 800, "total", "Valley army"), ("killed", 200, "total", "Valley army"),
    }  # fmt: skip
    assert next(c for c in found if c.amount and c.amount.low == 68).amount.qualifier == "at least"  # type: ignore[union-attr]
    assert all(c.note and "row" in c.note for c in found)


def test_columns_and_labels_of_pay(reader: Reader) -> None:
    table = (
        "| Group | Pay promised (USD a month) | Monthly pay (USD) | Daily allowance | Contract (months) | Killed |\n|---|---|---|---|---|---|\n"
        "| Wolves | 2,600 | 1,900 | 40 | 6 | 12 |\n| Andeans | $3,000 | 2,000-2,500 | 30 | 12 months | 30 |"
    )
    text = f"Terms of the Valley Monitor's list:\n\n{table}\n\nThe list is from March.\n\n- pay deducted: $300\n- contract: six months\n- budget: $90,000"
    document = Document("d", "", 0, "text/plain", text, None, "Wire", published=date(2025, 3, 5))
    found = {
        (c.measure, c.amount.low, c.amount.high, c.amount.unit, c.stance, c.group)
        for c in reader.read(document)
        if c.amount
    }
    assert found == {
        ("pay", 2600, 2600, "USD", "promised", "Wolves"), ("pay", 1900, 1900, "USD", "asserted", "Wolves"), ("contract", 6, 6, "months", "asserted", "Wolves"),
        ("killed", 12, 12, "people", "asserted", "Wolves"), ("pay", 3000, 3000, "USD", "promised", "Column"), ("pay", 2000, 2500, "USD", "asserted", "Column"),
        ("contract", 12, 12, "months", "asserted", "Column"), ("killed", 30, 30, "people", "asserted", "Column"),
        ("pay deducted", 300, 300, "USD", "asserted", "Column"), ("contract", 6, 6, "months", "asserted", "Column"),
    }  # fmt: skip


def test_a_table_whose_rows_are_months_counts_flows(reader: Reader) -> None:
    found = read(reader, "Andeans by month\n\nMonth\tArrivals\tDeaths\nOct 2024\t128\t2\nNov 2024\t1,095\t24")
    assert {(c.measure, c.amount.middle, c.aspect, c.period and c.period.start) for c in found if c.amount} == {
        ("arrived", 128, "flow", date(2024, 10, 1)), ("killed", 2, "flow", date(2024, 10, 1)),
        ("arrived", 1095, "flow", date(2024, 11, 1)), ("killed", 24, "flow", date(2024, 11, 1)),
    }  # fmt: skip


def test_a_table_turned_round_and_a_group_in_a_label(reader: Reader) -> None:
    found = read(reader, "| Group | Wolves | Andeans |\n| Killed | 12 | 40 |\n| Wounded | 30 | 90 |")
    assert {(c.measure, c.amount.middle, c.group) for c in found if c.amount} == {
        ("killed", 12, "Wolves"), ("killed", 40, "Column"), ("wounded", 30, "Wolves"), ("wounded", 90, "Column"),
    }  # fmt: skip


def test_columns_of_dates_and_groups_and_a_line_that_announces(reader: Reader) -> None:
    rows = "| Date | Group | Killed |\n|---|---|---|\n| 3 March 2025 | Wolves | 12 |\n| 4 March 2025 | Andeans | 40 |"
    found = read(reader, rows)
    assert {(c.amount.low, c.group, c.day) for c in found if c.amount} == {
        (12, "Wolves", date(2025, 3, 3)),
        (40, "Column", date(2025, 3, 4)),
    }
    listed = read(reader, "Figures of the Valley Monitor for January 2025:\n\n- Wounded: 31\n- Killed: 23 Wolves")
    assert {(c.measure, c.aspect, c.group, c.day, c.origin) for c in listed} == {
        ("wounded", "flow", "Column", date(2025, 1, 31), "Valley Monitor"), ("killed", "flow", "Wolves", date(2025, 1, 31), "Valley Monitor"),
    }  # fmt: skip


def test_a_head_that_says_so_far_is_a_total(reader: Reader) -> None:
    found = read(reader, "| Date | Killed so far | Wounded |\n|---|---|---|\n| 3 March 2025 | 120 | 12 |")
    assert {(c.measure, c.aspect) for c in found} == {("killed", "total"), ("wounded", "flow")}


def test_not_a_single_man_is_nobody(reader: Reader) -> None:
    assert read(reader, "Not a single Andean fighter was taken prisoner, the army said.") == []


def test_tables_of_word_files_stand_where_they_stood(reader: Reader) -> None:
    docx = pytest.importorskip("docx")
    file = docx.Document()
    file.add_paragraph("Before the table there is this line about the Andeans.")
    table = file.add_table(rows=2, cols=2)
    for cell, words in zip(
        [c for row in table.rows for c in row.cells], ("Month", "Killed", "Oct 2024", "24"), strict=True
    ):
        cell.text = words
    file.add_paragraph("Behind it stands this one.")
    data = io.BytesIO()
    file.save(data)
    document = from_bytes(data.getvalue(), "note.docx")
    assert document.text.index("Before") < document.text.index("| Oct 2024 | 24 |") < document.text.index("Behind")
    assert [(c.measure, c.amount.low) for c in reader.read(document) if c.kind == "count" and c.amount] == [
        ("killed", 24)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The toll is disputed - the army speaks of many\n- nobody else does.",
        "One thing is sure: 12 men died.\nNothing else is.",
        "A bar | in a line is no table.",
        "- a list of one item: 5",
        "The men came from the hills and\twere counted by the monitor at the gate of the town, one by one.\nThey said that they had come\tbecause of the pay that was promised to them in the spring of that year.",
    ],
)
def test_prose_is_no_table(text: str) -> None:
    assert not layout(text).rows and not layout(text).items


@pytest.mark.parametrize(
    ("label", "measure"),
    [("Colombians who have arrived since May", "arrived"), ("sent home via the capital", "returned"), ("killed in training", "killed"),
     ("taken prisoner", "captured"), ("missing", None), ("Men in training", "in training"), ("Strength", "present")],
)  # fmt: skip
def test_labels_name_measures(label: str, measure: str | None) -> None:
    assert measure_of(label, vocabulary()) == measure


def test_a_private_name_in_a_row_stays_out_of_what_is_said_of_it(reader: Reader) -> None:
    rows = "| Source | Killed |\n|---|---|\n| the captive Hasan al-Example, a fighter | 12 |\n| Valley Monitor | 14 |"
    found = read(reader, f"Two men were asked, and said what they knew.\n\n{rows}")
    assert found
    for c in found:
        assert "Hasan" not in f"{c.note} {c.chain} {c.quote} {c.group_text}"


def test_a_table_of_thousands_of_rows_is_cut_at_once(reader: Reader) -> None:
    rows = "\n".join(f"| day {k} | {k} |" for k in range(1, 20_001))
    text = f"| When | Killed |\n{rows}\n"
    lines = layout(text)
    found = sentences(text, 0, lines.breaks())
    assert len(lines.rows) == len(found) == 20_001 and lines.row(found[-1].start) == lines.rows[-1]


@pytest.mark.parametrize(
    ("label", "unit", "measure"),
    [
        ("Deserted after pay was withheld", None, "defected"),
        ("Killed (compensation paid)", None, "killed"),
        ("Recruits paid a bonus", None, "recruited"),
        ("Withheld (men)", None, None),
        ("Contract soldiers killed", None, "killed"),
        ("Pay of recruits", "USD", "pay"),
        ("Pay (EUR)", None, "pay"),
        ("Salary", None, "pay"),
    ],
)
def test_a_head_that_counts_people_is_no_pay(label: str, unit: str | None, measure: str | None) -> None:
    assert measure_of(label, vocabulary(), unit) == measure


def test_only_pay_by_the_month_is_read(reader: Reader) -> None:
    text = "Terms:\n\n- pay: $50 a day\n- salary: 24,000 USD a year\n- wage: $40/day\n- pay: $2,000 a month\n- pay withheld from: 120 men"
    found = reader.read(Document("d", "", 0, "text/plain", text, None, "Wire", published=date(2025, 3, 5)))
    assert [c.amount.low for c in found if c.measure == "pay" and c.amount and c.by == "labels"] == [2000]


LOG = (
    "Valley Monitor, [14.11.2025 09:10]\nTwo mercenaries were killed near Riverton today.\n\nValley Monitor, [11.12.2025 18:02]\n"
    "Correction. 40 fighters arrived yesterday.\n\nSomebody, [12.12.2025 07:00]\nFive fighters were captured today."
)


def test_each_message_of_a_log_has_its_own_day_and_sender(reader: Reader) -> None:
    found = {c.measure: c for c in read(reader, LOG)}
    assert {m: (c.day, c.reported) for m, c in found.items()} == {
        "killed": (date(2025, 11, 14), date(2025, 11, 14)), "arrived": (date(2025, 12, 10), date(2025, 12, 11)),
        "captured": (date(2025, 12, 12), date(2025, 12, 12)),
    }  # fmt: skip
    assert [c.chain for c in found.values()] == [("Valley Monitor",), ("Valley Monitor",), ("Wire",)]


def test_senders_of_messages_are_no_sources_unless_the_case_has_them(reader: Reader) -> None:
    text = (
        "11/14/2025, 09:00 - +249 912 345 678: 6 Andean fighters were captured.\n11/15/2025, 09:00 - Ivan Petrov: 5 Andean fighters were killed.\n"
        "11/15/2025, 10:00 - Bob: The Valley Monitor says 12 Andean fighters were killed."
    )
    document = Document("d", "", 0, "text/plain", text, None, "Wire", published=date(2025, 12, 5))
    found, persons = reader.read_with_names(document)
    counts = [c for c in found if c.kind == "count"]
    assert [c.amount.low for c in counts if c.amount] == [6, 5, 12]
    shown = " ".join([c.quote for c in found] + [n for c in found for n in c.chain])
    assert not any(name in shown for name in ("Petrov", "Bob", "249"))
    assert {text[a:b] for a, b in persons} == {"+249 912 345 678", "Ivan Petrov", "Bob"}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("[Channel, 11.11.2025]\n5 killed.\n[Channel, 12.11.2025 14:00]\n6 killed.", [(11, 11), (11, 12)]),
        ("11/13/2025, 14:32 - A: 5 killed\n12/01/2025, 9:05 PM - B: 6 killed", [(11, 13), (12, 1)]),
        ("[2025-11-13 14:32:10] A: 5 killed\n[2025-11-14 09:00:00] B: 6 killed", [(11, 13), (11, 14)]),
        ("13/11/25, 14:32 - A: 5 killed\n1/12/25, 09:00 - B: 6 killed", [(11, 13), (12, 1)]),
        ("11/10/2025, 14:32 - A: 5 killed\n12/10/2025, 09:00 - B: 6 killed", []),
        ("On 11.11.2025 the count: five.", []),
        ("[11-12-2025 09:00] A: 5 killed\n[11-13-2025 09:00] B: 6 killed", [(11, 12), (11, 13)]),
        ("[31.02.2025 09:00] A: 5 killed\n[01.03.2025 09:00] B: 6 killed", []),
        (f"{'An article goes on. ' * 20}\n[Reuters, 13.11.2025]\n[AFP, 14.11.2025]", []),
        ("\u200e[13/11/2025, 14:32:10] A: 5 killed\n[14/11/2025, 9:00:00\u202fAM] B: 6 killed", [(11, 13), (11, 14)]),
        ("2025-11-13 14:32 Clashes near Riverton: 5 killed\n2025-11-14 14:32 Raid on the camp: 6 killed", []),
        ("2025-11-13 Clashes near Riverton: 5 killed\n2025-11-14 Raid on the camp: 6 killed", []),
    ],
)
def test_messages_are_dated_where_day_and_month_can_be_told(text: str, days: list[tuple[int, int]]) -> None:
    assert [(m.day.month, m.day.day) for m in layout(text).messages] == days
