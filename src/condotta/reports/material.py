"""What a report is made from; handed over by the pipeline, so that this stage needs to know no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from condotta.cases import Case
from condotta.estimates import Array, Estimate
from condotta.records import Document, Evidence, Finding
from condotta.runs import Runs

Presets = Callable[[str, str, date], Mapping[str, float | None]]
Influence = Callable[[Estimate, Array], Array]


@dataclass(frozen=True, slots=True)
class Material:
    """A case, its estimate and evidence, its documents, and the findings on one document, if one was checked.

    `judgements` : headline figure -> (other judgement, figure under it, change); `odd` : (figure or series, what is odd);
    `simulated` : runs of scenarios, the base first
    """

    case: Case
    estimate: Estimate
    evidence: Sequence[Evidence]
    documents: Sequence[Document]
    presets: Presets
    influence: Influence
    checked: tuple[Document, list[Finding]] | None = None
    judgements: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = ()
    odd: Sequence[tuple[str, str]] = ()
    simulated: Sequence[Runs] = ()
