"""Spreadsheets of figures: one row, one claim, whose words are the row as it stands in the file."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from condotta.cases import Case, Group, Source, Span, load_case
from condotta.errors import ImportFileError
from condotta.exchange import COLUMNS, is_figures, read_figures
from condotta.intervals import Amount, Period
from condotta.records import Claim, Document, Failure
from condotta.vocabulary import vocabulary

LIBYA = Path(__file__).parents[2] / "examples" / "libya-2020"
ROW = {"reported": "2020-06-03", "source": "The Monitor", "measure": "killed", "low": "343", "high": "343"}
CASE = Case(
    title="A case",
    period=Span(start=date(2020, 1, 1), end=date(2020, 12, 31)),
    groups={"Northern Division": Group(aliases=("the northerners",)), "Southern Division": Group()},
    sources={"The Monitor": Source(kind="monitor", aliases=("Monitor for Human Rights",))},
)


def _file(folder: Path, *rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "figures.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _read(folder: Path, *rows: Mapping[str, str]) -> tuple[Document, list[Claim], list[Failure]]:
    return read_figures(_file(folder, *rows), CASE, vocabulary())


def _claim(folder: Path, **cells: str) -> Claim:
    """The one claim of a row with these cells."""
    _, claims, failures = _read(folder, ROW | cells)
    assert failures == []
    (claim,) = claims
    return claim


# the figures that come with the program


@pytest.fixture(scope="module")
def libya() -> tuple[Document, list[Claim], list[Failure]]:
    return read_figures(LIBYA / "figures.csv", load_case(LIBYA), vocabulary())


def test_every_row_of_the_libya_figures_is_a_claim_or_a_failure(
    libya: tuple[Document, list[Claim], list[Failure]],
) -> None:
    _, claims, failures = libya
    assert len(claims) + len(failures) == 1296
    assert failures == []
    assert len({c.id for c in claims}) == 1296


def test_the_words_of_every_libya_claim_are_its_row(libya: tuple[Document, list[Claim], list[Failure]]) -> None:
    document, claims, _ = libya
    with (LIBYA / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for claim, row in zip(claims, rows, strict=True):
        assert claim.quote == document.text[claim.start : claim.end]
        (cells,) = csv.reader(io.StringIO(claim.quote, newline=""))
        assert dict(zip(COLUMNS, cells, strict=True)) == row


def test_the_libya_figures_keep_their_values(libya: tuple[Document, list[Claim], list[Failure]]) -> None:
    _, claims, _ = libya
    with (LIBYA / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for claim, row in zip(claims, rows, strict=True):
        assert claim.kind == row["kind"]
        assert claim.group_text == (row["group"] or None)
        assert claim.reported == (date.fromisoformat(row["reported"]) if row["reported"] else None)
        low, high = (float(row[c]) if row[c] else None for c in ("low", "high"))
        assert (claim.amount.low, claim.amount.high) == (low, high) if claim.amount else (low, high) == (None, None)


# a row


def test_a_full_row_gives_a_full_claim(tmp_path: Path) -> None:
    claim = _claim(
        tmp_path, as_of="2020-06-01", outlet="The Herald", source="Monitor for Human Rights", group="the northerners",
        aspect="flow", subset="minors", place="Port Town", low="300", high="343", qualifier="about", stance="denied",
        note="in one week",
    )  # fmt: skip
    assert (claim.kind, claim.measure, claim.aspect, claim.subset, claim.stance) == (
        "count", "killed", "flow", "minors", "denied",
    )  # fmt: skip
    assert (claim.group, claim.group_text, claim.place) == ("Northern Division", "the northerners", "Port Town")
    assert claim.amount == Amount(300, 343, "people", "about", "300-343")
    assert claim.period == Period(date(2020, 6, 1), date(2020, 6, 1))
    assert claim.reported == date(2020, 6, 3)
    assert claim.chain == ("The Herald", "The Monitor")
    assert claim.note == "in one week"


def test_empty_cells_are_unknown_and_not_empty_words(tmp_path: Path) -> None:
    claim = _claim(tmp_path, low="", high="")
    assert (claim.group, claim.group_text, claim.place, claim.aspect, claim.amount, claim.note) == (None,) * 6
    assert (claim.kind, claim.stance, claim.subset) == ("count", "asserted", "all")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("343", "343", Amount(343, 343, qualifier="exactly", text="343")),
        ("300", "400", Amount(300, 400, qualifier="between", text="300-400")),
        ("2,000", "", Amount(2000, None, qualifier="between", text="2,000")),
        ("", "50", Amount(None, 50, qualifier="between", text="50")),
        ("0", "0", Amount(0, 0, qualifier="exactly", text="0")),
    ],
)
def test_amounts_are_read_as_written(tmp_path: Path, low: str, high: str, expected: Amount) -> None:
    assert _claim(tmp_path, low=low, high=high).amount == expected


@pytest.mark.parametrize(
    ("as_of", "aspect", "expected"),
    [
        ("2020-02", "flow", Period(date(2020, 2, 1), date(2020, 2, 29))),
        ("2020-12", "stock", Period(date(2020, 12, 1), date(2020, 12, 31))),
        ("2020-04", "total", Period(None, date(2020, 4, 30))),
        ("2020-04-15", "stock", Period(date(2020, 4, 15), date(2020, 4, 15))),
        ("2020-04-15", "total", Period(None, date(2020, 4, 15))),
        ("", "stock", Period(date(2020, 6, 3), date(2020, 6, 3))),
    ],
)
def test_the_period_is_the_day_or_the_month_given(tmp_path: Path, as_of: str, aspect: str, expected: Period) -> None:
    assert _claim(tmp_path, as_of=as_of, aspect=aspect).period == expected


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("Northern Division; Southern Division", "Northern Division; Southern Division"),
        ("the northerners;southern division", "Northern Division; Southern Division"),
        ("Northern Division; somebody else", None),
        ("somebody else", None),
    ],
)
def test_several_groups_are_resolved_together_or_not_at_all(tmp_path: Path, group: str, expected: str | None) -> None:
    claim = _claim(tmp_path, group=group)
    assert (claim.group, claim.group_text) == (expected, group)


def test_an_outlet_that_is_its_own_source_stands_once_in_the_chain(tmp_path: Path) -> None:
    assert _claim(tmp_path, outlet="Monitor for Human Rights").chain == ("The Monitor",)


@pytest.mark.parametrize("note", ["first line\nsecond line", "first\r\nsecond\r\n\r\nthird", 'she said "go"\nand left'])
def test_a_quoted_newline_stays_inside_its_row(tmp_path: Path, note: str) -> None:
    document, claims, failures = _read(tmp_path, ROW | {"note": note}, ROW | {"low": "344", "high": "344"})
    assert failures == []
    assert [c.note for c in claims] == [note, None]
    for claim in claims:
        assert claim.quote == document.text[claim.start : claim.end]
    assert claims[0].quote.endswith(note.replace('"', '""') + '"')
    assert claims[1].quote.startswith("2020-06-03,")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e"])
def test_rows_end_where_the_csv_ends_them_and_nowhere_else(tmp_path: Path, mark: str) -> None:
    _, claims, _ = _read(tmp_path, ROW | {"note": f"one{mark}two"}, ROW | {"low": "344", "high": "344"})
    assert [c.quote.count(",") for c in claims] == [len(COLUMNS) - 1] * 2
    assert claims[1].quote.startswith("2020-06-03,")


def test_blank_rows_are_no_claims(tmp_path: Path) -> None:
    path = _file(tmp_path, ROW)
    path.write_text(path.read_text(encoding="utf-8") + "\n,,,,\n\n", encoding="utf-8")
    _, claims, failures = read_figures(path, CASE, vocabulary())
    assert (len(claims), failures) == (1, [])


def test_a_byte_order_mark_and_columns_in_another_order_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text("\ufefflow,source,extra,reported,measure\n7,The Monitor,x,2020-06-03,fled\n", encoding="utf-8")
    assert is_figures(path)
    _, (claim,), failures = read_figures(path, CASE, vocabulary())
    assert failures == []
    assert (claim.measure, claim.amount and claim.amount.low, claim.reported) == ("fled", 7, date(2020, 6, 3))


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({"reported": "3 June 2020"}, "3 June 2020"),
        ({"as_of": "2020-13"}, "month"),
        ({"as_of": "2020-02-30"}, "day"),
        ({"low": "many"}, "many"),
        ({"low": "400", "high": "300"}, "400"),
        ({"low": "nan", "high": "nan"}, "nan"),
        ({"low": "inf", "high": "inf"}, "inf"),
        ({"measure": "kiled"}, "killed"),
        ({"kind": "cuont"}, "count"),
        ({"aspect": "totl"}, "total"),
        ({"qualifier": "abuot"}, "about"),
        ({"stance": "denyed"}, "denied"),
    ],
)
def test_a_bad_row_is_a_failure_and_the_others_survive(tmp_path: Path, cells: dict[str, str], word: str) -> None:
    _, claims, failures = _read(tmp_path, ROW, ROW | cells, ROW | {"low": "5", "high": "6"})
    assert len(claims) == 2
    (failure,) = failures
    assert (failure.code, failure.name) == ("E-IMP-02", "figures.csv:3")
    assert word in failure.message


def test_a_cell_too_long_for_the_reader_costs_its_row_at_most(tmp_path: Path) -> None:
    _, claims, failures = _read(tmp_path, ROW, ROW | {"note": "x" * 140_000})
    assert len(claims) + len(failures) == 2
    assert len(claims) >= 1


@pytest.mark.parametrize("missing", ["reported", "source", "measure", "low"])
def test_a_missing_column_is_named_with_what_it_might_be(tmp_path: Path, missing: str) -> None:
    misspelt = missing[:-1] + "x" if len(missing) > 3 else missing + "w"
    columns = tuple(misspelt if c == missing else c for c in COLUMNS)
    with pytest.raises(ImportFileError) as refusal:
        is_figures(_file(tmp_path, columns=columns))
    assert refusal.value.code == "E-IMP-01"
    assert repr(missing) in refusal.value.what
    assert misspelt in refusal.value.near


@pytest.mark.parametrize(("name", "expected"), [("a.csv", True), ("A.CSV", True), ("a.txt", False), ("a.tsv", False)])
def test_figures_are_known_by_their_ending_and_columns(tmp_path: Path, name: str, expected: bool) -> None:
    path = _file(tmp_path).rename(tmp_path / name)
    assert is_figures(path) is expected


def test_an_empty_spreadsheet_lacks_its_columns(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(ImportFileError) as refusal:
        is_figures(tmp_path / "empty.csv")
    assert refusal.value.code == "E-IMP-01"
