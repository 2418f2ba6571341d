"""The store of a case: documents, claims, judgements, sources with grades over time, runs. One door: `Ledger`."""

from condotta.ledger.store import Ledger

__all__ = ["Ledger"]
