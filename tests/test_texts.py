"""The training texts and annotated sets keep to their form."""

import json
from pathlib import Path

import pytest
from evaluation import gold
from evaluation.muc import _amount, _named
from training.reader.check import faults

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "training" / "reader" / "texts").rglob("*.jsonl")), ids=lambda p: p.stem
)
def test_training_texts_have_no_faults(path: Path) -> None:
    wrong = [
        f"{n}: {w}"
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for w in faults(json.loads(line))
    ]
    assert wrong == []


def test_a_value_that_is_not_in_its_text_is_a_fault() -> None:
    claim = {"amount": "12", "measure": "killed", "aspect": "flow", "group": "soldiers"}
    assert faults({"text": "12 rebels died.", "claims": [claim]}) == [
        "killed '12': group 'soldiers' is not in the text"
    ]


@pytest.mark.parametrize("name", ["study", "unseen", "second"])
def test_annotated_amounts_stand_in_their_texts(name: str) -> None:
    for item in gold.items(name):
        for claim in item["claims"]:
            assert claim["amount"] in item["text"]
            assert claim["low"] is not None or claim["high"] is not None


def test_no_training_text_is_a_test_text() -> None:
    tests = {i["text"] for name in ("test", "unseen", "study", "dev") for i in gold.items(name)}
    paths = (ROOT / "training" / "reader" / "texts").rglob("*.jsonl")
    assert not tests & {
        json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()
    }


def test_an_annotation_agrees_with_itself() -> None:
    item = next(i for i in gold.items("unseen") if i["claims"])
    same = [gold._claim(item["id"], c) for c in item["claims"]]
    assert len(gold.pairs(item["claims"], same)) == len(item["claims"])


def test_muc_numbers_keep_their_bounds() -> None:
    assert _amount("5 - 10") == (5, 10) and _amount("30-") == (None, 30) and _amount("~30") == (30, 30)
    assert list(_named('12: "CIVILIANS" / "PEASANTS"\n- ')) == [("CIVILIANS", "12")]
