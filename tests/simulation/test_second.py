"""The compiled engine and the second writing of its rule keep the same ledgers, to the man and the dollar."""

import pytest
from evaluation.simulation.speed import beside_mesa


@pytest.mark.filterwarnings("ignore")
def test_the_second_writing_keeps_the_same_ledgers() -> None:
    same, ratio = beside_mesa((150, 60), 16, (8,))
    assert same and ratio > 50
