"""The compiled engine and the other writings of its rule keep the same ledgers, to the man and the dollar."""

import pytest
from evaluation.simulation.speed import beside


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("writing", "times"), [("Mesa 3", 50), ("NumPy", 2)])
def test_the_other_writings_keep_the_same_ledgers(writing: str, times: float) -> None:
    same, ratio = beside(writing, (150, 60), 16, (8,))
    assert same and ratio > times
