"""Accounts and sessions."""

from pathlib import Path

import pytest

from condotta.errors import UsageError
from condotta.ledger import Ledger
from condotta.ledger import accounts as room


def test_accounts_are_made_changed_and_listed(place: str | Path) -> None:
    with Ledger(place) as store:
        room.set_account(store, "ann", "admin", "hash 1")
        room.set_account(store, "ann", "reader", "hash 2")
        assert room.account(store, "ann") == ("reader", "hash 2") and room.account(store, "ben") is None
        assert room.accounts(store) == [("ann", "reader")]
        with pytest.raises(UsageError, match="E-USE-02"):
            room.set_account(store, "ben", "owner", "hash")


def test_sessions_begin_end_and_run_out(place: str | Path) -> None:
    with Ledger(place) as store:
        made = room.begin_session(store, "cookie", "ann", "analyst", "form", 1.0)
        assert room.session_of(store, "cookie") == made and room.session_of(store, "biscuit") is None
        assert made.may("reader") and made.may("analyst") and not made.may("admin")
        room.end_session(store, "cookie")
        assert room.session_of(store, "cookie") is None
        room.begin_session(store, "old", "ann", "analyst", "form", -1.0)
        assert room.session_of(store, "old") is None


def test_a_changed_account_ends_its_sessions(place: str | Path) -> None:
    with Ledger(place) as store:
        room.set_account(store, "ann", "admin", "hash 1")
        room.begin_session(store, "cookie", "ann", "admin", "form", 1.0)
        room.set_account(store, "ann", "reader", "hash 1")
        assert room.session_of(store, "cookie") is None
