"""What a case holds, as exports take it: no text of a document, no name of a private person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from condotta.cases import Case
from condotta.estimates import Estimate
from condotta.records import Claim, Document, Judgement


@dataclass(frozen=True, slots=True)
class Holdings:
    """A case for export. `documents`: their texts are empty, names of private persons in their titles blacked out; `grades`: the history
    of every source's grade; `log`: rows of the log of what was done, `head`: its seal; `made`: when; `version`: of the program."""

    case: Case
    documents: Sequence[Document]
    claims: Sequence[Claim]
    judgements: Sequence[Judgement]
    grades: Sequence[Mapping[str, Any]]
    estimate: Estimate | None
    log: Sequence[Mapping[str, Any]]
    head: str
    made: datetime
    version: str
