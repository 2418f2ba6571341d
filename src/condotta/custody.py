"""What a court asks of a case: is every row and byte as it was received and left, since when, and who did what.

The log of a case is a chain (ledger/log.py). Its head, written down or stamped by an RFC 3161 authority, fixes everything before it.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condotta.errors import CustodyError
from condotta.places import case_text, folder_of, ledger, ledger_of

if TYPE_CHECKING:
    from condotta.ledger.log import Fault, Stamp

_PATIENCE = 30.0
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found. `entries`: rows of the log; `head`: seal of the newest; `originals`: files kept as received."""

    faults: "Sequence[Fault]"
    entries: int
    head: str
    originals: int
    stamps: "Sequence[Stamp]"


def verify(case: Path | str, head: str | None = None, authority: Path | str | None = None) -> Verified:
    """Hold a case against its log. `head`: a seal written down earlier that must still be in it; `authority`: PEM file of the root
    certificates that stamps must lead to (without, only what they stamp is looked at). Raises CustodyError E-CUS-02 for a bad PEM file."""
    from condotta.ledger import Ledger, log

    folder = folder_of(case)
    with Ledger(ledger_of(folder)) as store:  # as it is: what lies in case.yaml now is not taken into the log
        faults = list(log.verify(store))
        if (now := case_text(folder)) != (kept := store.case_text()) and kept is not None:
            faults.append(
                log.Fault("case.yaml", f"changed since it was used last ({len(now):,} characters, then {len(kept):,})")
            )
        number, newest = log.head(store)
        if head and not log.holds(store, head):
            faults.append(log.Fault("log", f"the head {head} that you know is not in it: the log was written anew"))
        stamps = log.stamps(store)
        for stamp in stamps:
            faults += _stamp_faults(stamp, log.seal_at(store, stamp.number), authority)
        originals = sum(1 for _ in store.originals())
    return Verified(faults, number, newest, originals, stamps)


def stamp(case: Path | str, authority: str, verified: Verified) -> Verified:
    """Have an RFC 3161 authority (its address) stamp the head of the log; the token is kept in the ledger. Raises CustodyError E-CUS-01
    where it gives none."""
    from condotta.ledger import log

    token = _asked(authority, verified.head)
    made = log.Stamp(verified.entries, _given_at(token), authority, token)
    wrong = _stamp_faults(made, verified.head, None)
    if wrong:
        raise CustodyError("E-CUS-01", wrong[0].words, where=authority)
    with ledger(case) as store:
        log.keep_stamp(store, made)
    return replace(verified, stamps=[*verified.stamps, made])


def _asked(authority: str, head: str) -> bytes:
    import urllib.error
    import urllib.request

    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    if not authority.startswith(("http://", "https://")):
        raise CustodyError("E-CUS-01", "an authority's address begins with https:// or http://", where=authority)
    query = TimestampRequestBuilder().data(head.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    request = urllib.request.Request(
        authority, query.as_bytes(), {"Content-Type": "application/timestamp-query", "User-Agent": "condotta"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as reply:
            return bytes(reply.read(_LONGEST))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise CustodyError("E-CUS-01", f"it cannot be asked: {error}", where=authority) from error


def _given_at(token: bytes) -> datetime:
    """When the authority says that it gave a token."""
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(token).tst_info.gen_time
    except ValueError:
        return datetime.now(UTC)  # it is no token, and will be refused


def _stamp_faults(stamp: "Stamp", seal: str | None, authority: Path | str | None) -> "list[Fault]":
    """What is wrong with a token: another seal than that row of the log has, or a signature that leads nowhere."""
    import hashlib

    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    from condotta.ledger.log import Fault

    name = f"stamp of row {stamp.number} by {stamp.authority}"
    try:
        response = decode_timestamp_response(stamp.token)
        imprint = response.tst_info.message_imprint.message
    except ValueError as error:
        return [Fault(name, f"no token: {error}")]
    if abs((response.tst_info.gen_time - stamp.at).total_seconds()) > 1:
        return [
            Fault(name, f"it was given at {response.tst_info.gen_time:%Y-%m-%d %H:%M:%S} UTC, not when the ledger says")
        ]
    if seal is None or imprint != hashlib.sha256(seal.encode()).digest():
        return [Fault(name, "it stamps another seal than the log has there: the log was written anew")]
    if authority is None:
        return []
    builder = VerifierBuilder()
    for certificate in _certificates(authority):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(response, seal.encode())
    except (VerificationError, ValueError) as error:
        return [Fault(name, f"its signature does not lead to the authority's certificate: {error}")]
    return []


def _certificates(path: Path | str) -> Any:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise CustodyError("E-CUS-02", f"no certificates in it: {error}", where=str(path)) from error


def redact(
    case: Path | str, words: str, why: str, by: str = "analyst", document: str | None = None, erase: bool = False
) -> dict[str, int]:
    """Black words out of one document, or of all that hold them, for good: document -> places in its text. Estimates kept as files are
    forgotten, for they quote claims. `erase`: forget the bytes as received too. Raises CustodyError E-CUS-03 where nothing holds them."""
    from condotta.ledger.redacting import holding
    from condotta.ledger.redacting import redact as black_out

    with ledger(case) as store:
        among = [id for id in holding(store, words) if document in (None, id)]
        done = {id: black_out(store, id, words, by, why, erase) for id in among}
    if not done:
        raise CustodyError("E-CUS-03", f"no text holds {words!r}", fix="Give the words as they stand there; case and spaces do not count.")  # fmt: skip
    for name in ("estimates", "simulations"):
        shutil.rmtree(Path(case) / name, ignore_errors=True)
    return done


def verified_json(found: Verified) -> dict[str, Any]:
    """What `verify` found, as plain data."""
    return {
        "faults": [{"subject": f.subject, "words": f.words} for f in found.faults],
        "entries": found.entries,
        "head": found.head,
        "originals": found.originals,
        "stamps": [{"row": s.number, "at": s.at.isoformat(), "authority": s.authority} for s in found.stamps],
    }
