"""One root error with a code, what happened, where, and what to do; `condotta explain CODE` prints its page."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial
from typing import Any


class CondottaError(Exception):
    """Something a person can mend. `code` names a page of docs/errors.md."""

    def __init__(self, code: str, what: str, *, where: str = "", fix: str = "", near: Iterable[str] = ()) -> None:
        self.code, self.what, self.where, self.fix, self.near = code, what, where, fix, tuple(near)
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        guess = f" Did you mean {', '.join(repr(n) for n in self.near)}?" if self.near else ""
        way_out = f" {self.fix}" if self.fix else ""
        return f"{self.code}: {self.what}{place}.{guess}{way_out}"

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        """The same error in another process."""
        return partial(type(self), self.code, self.what, where=self.where, fix=self.fix, near=self.near), ()


class CaseError(CondottaError):
    """case.yaml cannot be used as it is."""


class DocumentError(CondottaError):
    """One document cannot be read; the others are not touched."""


class LedgerError(CondottaError):
    """The store refuses: missing, from a newer version, or busy."""


class ImportFileError(CondottaError):
    """A spreadsheet of figures has a row or a column that cannot be read."""


class EstimationError(CondottaError):
    """The claims at hand do not allow the estimate that was asked for."""


class ScenarioError(CondottaError):
    """A scenario names or sets something that the simulator does not allow."""


class UsageError(CondottaError):
    """The call itself is wrong: a name, an option, a value."""


class CorpusError(CondottaError):
    """A corpus, or the cluster to read it on, is not there."""


class CustodyError(CondottaError):
    """A stamp, a certificate or a redaction that cannot be."""


class WorkbenchError(CondottaError):
    """A request that the workbench does not fulfil."""


def near_misses(word: str, known: Iterable[str]) -> list[str]:
    """Up to three of `known` that look like `word`, case-blind, best first."""
    by_folded = {k.casefold(): k for k in known}
    return [by_folded[m] for m in get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.6)]
