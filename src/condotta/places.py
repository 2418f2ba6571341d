"""Where a case is: a folder with case.yaml, whose ledger lies beside it or, by `ledger:`, in a database; or the address of such a database."""

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from condotta.cases import load_case
from condotta.errors import LedgerError

if TYPE_CHECKING:
    from condotta.ledger import Ledger

_LEDGER = re.compile(r"(?m)^ledger:.*\n?")


def ledger(case: Path | str) -> "Ledger":
    """The ledger of a case, made when it is not there yet; case.yaml as it is now is kept in it. Raises CaseError, LedgerError."""
    from condotta.ledger import Ledger

    folder = folder_of(case)
    store = Ledger(ledger_of(folder))
    store.keep_case(case_text(folder))
    return store


def case_text(folder: Path) -> str:
    """The case.yaml of a folder, without where its ledger is: the same case in another place has the same text."""
    return _neutral((folder / "case.yaml").read_text(encoding="utf-8"))


def ledger_of(folder: Path) -> Path | str:
    """The path or address of the ledger of a case's folder. Raises CaseError."""
    return load_case(folder).ledger or folder / "ledger.sqlite"


def folder_of(case: Path | str) -> Path:
    """The folder of a case. That of an address lies in CONDOTTA_HOME (else ~/.condotta); its case.yaml is what the ledger kept last,
    unless it was changed there since. Raises LedgerError E-LED-12 for a ledger that no case was ever kept in."""
    from condotta.ledger.databases import is_address

    if not is_address(case):
        return Path(case)
    from condotta.ledger import Ledger

    address = str(case)
    with Ledger(address) as store:
        kept = store.case_text()
    if kept is None:
        fix = "Give a case's folder `ledger: ADDRESS` in its case.yaml, or: condotta copy FOLDER ADDRESS"
        raise LedgerError("E-LED-12", "no case is in that ledger", where=store.url, fix=fix)
    home = Path(os.environ.get("CONDOTTA_HOME", Path.home() / ".condotta"))
    folder = home / hashlib.sha256(address.encode()).hexdigest()[:16]
    file = folder / "case.yaml"
    mark = folder / ".written"  # hash of what was written here: an edit since then, back to an old text too, stays
    untouched = file.exists() and mark.exists() and mark.read_text() == _hash(case_text(folder))
    if not file.exists() or (untouched and case_text(folder) != kept):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_case(folder, kept, address)
        mark.write_text(_hash(case_text(folder)))
    return folder


def write_case(folder: Path, text: str, address: str | None = None) -> None:
    """Write case.yaml, with the address of its ledger where that is a database."""
    scratch = folder / "case.part"
    scratch.touch(mode=0o600 if address else 0o666)
    scratch.write_text((f"ledger: {_quoted(address)}\n" if address else "") + _neutral(text), encoding="utf-8")
    scratch.rename(folder / "case.yaml")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _neutral(text: str) -> str:
    return _LEDGER.sub("", text)


def _quoted(address: str) -> str:
    return "'" + address.replace("'", "''") + "'"
