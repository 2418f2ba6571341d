"""The bundled case, as the measurements take it: who is who, and its spreadsheet of figures as claims."""

from pathlib import Path

from condotta.cases import Case, load_case
from condotta.exchange import read_figures
from condotta.records import Claim
from condotta.vocabulary import vocabulary

CASE = Path(__file__).parents[1] / "examples" / "libya-2020"


def figures() -> tuple[Case, list[Claim]]:
    """The case and the claims of its figures.csv."""
    case = load_case(CASE)
    return case, read_figures(CASE / "figures.csv", case, vocabulary())[1]
