"""Documents into a case: the bad ones listed with their codes, the good ones kept, copies and updates told apart."""

import csv
import json
from pathlib import Path

import pytest

from condotta import pipeline
from condotta.documents import Neighbours, from_bytes
from condotta.errors import UsageError
from condotta.records import Document

REPORT = """Fighters leave for the front

The Monitor, 3 June 2020

Over {left} fighters left the Northern Division last month, the monitor said on Tuesday. Their families were told that
the posting would last for three months, and that {pay} dollars would follow at the end of each of them. At least {dead}
of them have been killed in battles around the port since the beginning of the year, according to the same activists.
"""
OTHER = """Harvest begins in the valley

Farmers of the upper valley have begun to bring in their wheat after 3 weeks of rain, the ministry said. The price of
bread in the market is expected to fall before the summer, and the mills will open on Sundays until the end of June.
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return pipeline.new(tmp_path / "case")


def _report(left: str = "2,000", pay: str = "1,500", dead: str = "343") -> str:
    return REPORT.format(left=left, pay=pay, dead=dead)


def _document(text: str, name: str = "report.txt") -> Document:
    return from_bytes(text.encode(), name)


def _write(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def test_bad_files_are_listed_with_their_codes_and_the_good_ones_are_added(case: Path, tmp_path: Path) -> None:
    reports = _write(
        tmp_path / "in", a__txt=_report(), empty__txt="", nul__txt=b"a\0b", picture__gif=b"GIF89a", broken__pdf=b"%PDF-1.7\n",
        deep__html=b"<div>" * 5000, z__txt=OTHER, lines__jsonl='{"text": "A third report of 40 dead."}\n[]\n',
        sheet__csv="reported,source,measure\n2020-01-01,The Monitor,killed\n",
    )  # fmt: skip
    done = pipeline.add(case, [reports, tmp_path / "missing.txt"])
    assert {(Path(f.name).name.split(":")[0], f.code) for f in done.failures} == {
        ("empty.txt", "E-DOC-01"), ("nul.txt", "E-DOC-04"), ("picture.gif", "E-DOC-03"), ("broken.pdf", "E-DOC-06"),
        ("deep.html", "E-DOC-08"), ("lines.jsonl", "E-DOC-05"), ("sheet.csv", "E-IMP-01"), ("missing.txt", "E-DOC-09"),
    }  # fmt: skip
    assert all(f.message.startswith(f.code) for f in done.failures)
    with pipeline.ledger(case) as store:
        kept = {d.id: d.text for d in store.documents()}
    assert set(done.documents) == set(kept)
    assert sorted(kept.values()) == sorted([_report(), OTHER, "A third report of 40 dead."])


def test_a_file_over_the_limit_is_listed(case: Path, tmp_path: Path) -> None:
    reports = _write(tmp_path / "in", large__txt=_report() * 3, small__txt=OTHER)
    done = pipeline.add(case, [reports], size_limit=600)
    assert [f.code for f in done.failures] == ["E-DOC-02"]
    assert len(done.documents) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.md", "---\nauthor: [first desk, second desk]\n---\nSome words of a report."),
        ("bad.jsonl", '{"text": "words", "title": 5}\n'),
        ("bad.jsonl", '{"text": "words", "address": {"url": "x"}}\n'),
        ("bad.jsonl", '{"text": "words \\ud800"}\n'),
        ("bad.jsonl", '{"id": "1", "text": "one report"}\n{"id": "1", "text": "quite another one"}\n'),
        pytest.param("bad.jsonl", "[" * 100_000, id="nested"),
        pytest.param(
            "bad.csv", "reported,source,measure,low\n2020-01-01,X,killed," + "1" * 140_000, id="a cell too long"
        ),
    ],
)
def test_odd_content_never_costs_the_documents_after_it(case: Path, tmp_path: Path, name: str, content: str) -> None:
    reports = _write(tmp_path / "in", z__txt=OTHER)
    (reports / name).write_text(content, encoding="utf-8")
    pipeline.add(case, [reports])
    with pipeline.ledger(case) as store:
        assert OTHER in {d.text for d in store.documents()}


def test_the_same_bytes_twice_are_known_the_second_time(case: Path, tmp_path: Path) -> None:
    reports = _write(tmp_path / "in", a__txt=_report(), b__txt=_report(), c__md=_report())
    first = pipeline.add(case, [reports])
    again = pipeline.add(case, [reports])
    assert (len(first.documents), first.known, first.links) == (1, 2, ())
    assert (again.documents, again.known, again.links) == ((), 3, ())


def test_a_spreadsheet_added_twice_gives_its_claims_once(case: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "figures.csv"
    with sheet.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["reported", "source", "measure", "low", "high"])
        writer.writerow(["2020-06-03", "The Monitor", "killed", "343", "343"])
    first, again = pipeline.add(case, [sheet]), pipeline.add(case, [sheet])
    assert (first.claims, first.known) == (1, 0)
    assert (again.claims, again.known) == (0, 1)
    assert len(pipeline.claims(case)) == 1


def test_the_bytes_as_received_are_kept_by_their_hash(case: Path, tmp_path: Path) -> None:
    reports = _write(tmp_path / "in", a__txt=_report())
    pipeline.add(case, [reports])
    with pipeline.ledger(case) as store:
        (document,) = store.documents()
    assert (case / "originals" / document.sha256[:2] / document.sha256).read_bytes() == _report().encode()


def test_notes_and_hidden_files_are_no_documents(case: Path, tmp_path: Path) -> None:
    reports = _write(tmp_path / "in", a__txt=_report(), a__txt__url="https://example.org/a\n")
    (reports / ".hidden.txt").write_text(OTHER, encoding="utf-8")
    done = pipeline.add(case, [reports])
    with pipeline.ledger(case) as store:
        assert [d.address for d in store.documents()] == ["https://example.org/a"]
    assert done.failures == ()


def test_folders_inside_folders_are_opened(case: Path, tmp_path: Path) -> None:
    _write(tmp_path / "in", a__txt=_report())
    _write(tmp_path / "in" / "more", b__txt=OTHER)
    assert len(pipeline.add(case, [tmp_path / "in"]).documents) == 2


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, "copy"),
        ({"left": "2000"}, "copy"),
        ({"left": "2,300"}, "update"),
        ({"left": "2,300", "pay": "500", "dead": "351"}, "update"),
    ],
)
def test_the_same_wording_is_a_copy_and_with_other_numbers_an_update(changed: dict[str, str], kind: str) -> None:
    near, first = Neighbours(), _document(_report())
    second = _document(f"{_report(**changed)}\nShared from The Monitor.\n")
    assert near.add(first) == []
    ((other, found, shared),) = near.add(second)
    assert (other, found) == (first.id, kind)
    assert shared > 0.9


def test_a_copy_carried_on_another_day_is_still_a_copy() -> None:
    near, first = Neighbours(), _document(_report())
    near.add(first)
    later = _document(_report().replace("3 June 2020", "7 June 2020") + "https://example.org/2020/06/07/1234\n")
    assert [kind for _, kind, _ in near.add(later)] == ["copy"]


def test_an_unrelated_text_has_no_neighbours() -> None:
    near = Neighbours()
    near.add(_document(_report()))
    assert near.add(_document(OTHER)) == []


def test_two_texts_without_words_are_no_copies_of_long_ones() -> None:
    near = Neighbours()
    near.add(_document(_report()))
    assert near.add(_document("343 351 1,500")) == []


def test_links_between_reports_are_told_and_kept(case: Path, tmp_path: Path) -> None:
    reports = _write(tmp_path / "in", a__txt=_report(), z__txt=OTHER)
    pipeline.add(case, [reports])
    update = pipeline.add(case, [_write(tmp_path / "later", b__txt=_report(left="2,300", dead="351"))])
    copy = pipeline.add(case, [_write(tmp_path / "last", c__txt=_report() + "\nShared.\n")])
    with pipeline.ledger(case) as store:
        by_text = {d.text: d.id for d in store.documents()}
        kept = store.links()
    first, second, third = by_text[_report()], update.documents[0], copy.documents[0]
    assert update.links == ((second, first, "update"),)
    assert set(copy.links) == {(third, first, "copy"), (third, second, "update")}
    assert set(kept) == {*update.links, *copy.links}


def test_lines_are_documents_of_their_own(case: Path, tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    rows = [{"id": "r1", "title": "One", "text": _report()}, {"text": OTHER, "published": "2020-06-03"}]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    done = pipeline.add(case, [path])
    with pipeline.ledger(case) as store:
        assert store.document("r1").text == "One\n\n" + _report()
    assert len(done.documents) == 2
    assert pipeline.add(case, [path]).known == 2


def test_progress_is_told_file_by_file(case: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    pipeline.add(case, [_write(tmp_path / "in", a__txt=_report(), b__txt=OTHER)], lambda *step: steps.append(step))
    assert steps == [(0, 2, "a.txt"), (1, 2, "b.txt"), (2, 2, "")]


def test_files_that_do_not_say_who_publishes_them_are_named_and_may_be_told(case: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(
        "About 300 fighters were killed near the coast, two officers said.", encoding="utf-8"
    )
    (tmp_path / "wire.txt").write_text(
        "BEIRUT (The Wire) - About 400 fighters were killed near the coast.", encoding="utf-8"
    )
    (tmp_path / "later.txt").write_text(
        "About 500 fighters were killed in the mountains, two officers said.", encoding="utf-8"
    )
    first = pipeline.add(case, [tmp_path / "note.txt", tmp_path / "wire.txt"])
    assert len(first.notes) == 1 and "note.txt" in first.notes[0] and "wire.txt" not in first.notes[0]
    second = pipeline.add(case, [tmp_path / "later.txt"], outlet="The Desk")
    assert second.notes == ()
    pipeline.read(case)
    assert pipeline.origins(case)  # a claim that names nobody stands in nobody's way
    said = {c.chain[:1] for c in pipeline.claims(case) if c.measure == "killed"}
    assert {("The Wire",), ("The Desk",)} <= said


def test_a_correction_to_a_group_that_the_case_does_not_know_is_refused(case: Path, tmp_path: Path) -> None:
    (tmp_path / "wire.txt").write_text(
        "BEIRUT (The Wire) - About 400 fighters were killed near the coast.", encoding="utf-8"
    )
    pipeline.add(case, [tmp_path / "wire.txt"])
    pipeline.read(case)
    claim = pipeline.claims(case)[0]
    with pytest.raises(UsageError, match="E-USE-02"):
        pipeline.change_of(case, claim.id, {"group": "Nobody's Brigade"})
    change = pipeline.change_of(case, claim.id, {"chain": "The Wire > two officers"})
    assert change == {"chain": ["The Wire", "two officers"]}
