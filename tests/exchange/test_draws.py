"""Estimates on disk: what was written comes back; what cannot be read is made again, never a crash."""

from pathlib import Path

import numpy as np
import pytest

from condotta import pipeline
from condotta.exchange.draws import load_estimate, load_rows, save_estimate, save_rows


def test_an_estimate_comes_back(bundled: Path, tmp_path: Path) -> None:
    result = pipeline.reconcile(bundled)
    save_estimate(result, tmp_path / "e.npz")
    again = load_estimate(tmp_path / "e.npz", list(result.evidence))
    assert again is not None
    np.testing.assert_array_equal(again.draws, result.draws)
    assert again.weeks == result.weeks
    assert again.identified == result.identified
    assert {k: v.tolist() for k, v in again.voices.items()} == {k: v.tolist() for k, v in result.voices.items()}


@pytest.mark.parametrize("damage", ["empty", "cut", "other layout"])
def test_what_cannot_be_read_is_none(bundled: Path, tmp_path: Path, damage: str) -> None:
    result, path = pipeline.reconcile(bundled), tmp_path / "e.npz"
    save_estimate(result, path)
    if damage == "empty":
        path.write_bytes(b"")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        np.savez(path, draws=result.draws, meta=np.array("{}"))
    assert load_estimate(path, list(result.evidence)) is None


def test_rows(tmp_path: Path) -> None:
    save_rows(tmp_path / "r.json", [{"a": 1}])
    assert load_rows(tmp_path / "r.json") == [{"a": 1}]
    (tmp_path / "r.json").write_text("{", encoding="utf-8")
    assert load_rows(tmp_path / "r.json") is None
    assert load_rows(tmp_path / "none.json") is None
