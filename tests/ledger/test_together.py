"""Several who write at once, and a ledger copied to the other kind of database."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.ledger import Ledger, browsing, log
from condotta.ledger.copying import copy
from condotta.records import Claim, Document, named

TEXT = "Some 40 died."


def _filled(store: Ledger, documents: int = 3) -> None:
    for n in range(documents):
        data = b"x%d" % n
        store.add_document(Document(f"D{n}", sha256(data).hexdigest(), 5, "text/plain", TEXT), data=data)
        store.save_reading(f"D{n}", "rules 1", [_claim(f"D{n}")], [])


def _claim(document: str, measure: str = "killed") -> Claim:
    return named(Claim(document, "count", TEXT, 0, 13, measure, group="First", chain=("Paper", "Army")))


def _told(done: int, of: int, what: str) -> None:
    pass


def test_many_write_at_once_and_nothing_is_lost(place: str | Path) -> None:
    with Ledger(place) as store:
        _filled(store)

    def work(who: int) -> int:
        with Ledger(place) as mine:
            made = 0
            for n in range(8):
                mine.add_document(Document(f"W{who}-{n}", f"hash {who} {n}", 5, "text/plain", TEXT))
                mine.save_reading(f"W{who}-{n}", "rules 1", [_claim(f"W{who}-{n}")])
                try:
                    mine.judge(_claim("D0").id, "accepted", f"w{who}", "yes", seen=made)
                    made += 1
                except LedgerError as error:
                    assert error.code == "E-LED-07"
                    made = browsing.claim_of(mine, _claim("D0").id).revision
            return made

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with Ledger(place) as store:
        assert len(store.claims()) == 35 and browsing.count_claims(store, browsing.Filters()) == 35
        judged = store.judgements_of(_claim("D0").id)
        assert browsing.claim_of(store, _claim("D0").id).revision == len(judged) >= 8
        assert list(log.verify(store)) == []


def test_several_who_open_a_new_ledger_at_once(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    for place in (tmp_path / "ledger.sqlite", request.getfixturevalue("empty_database")):
        with ThreadPoolExecutor(4) as pool:
            for store in pool.map(Ledger, [place] * 4):
                store.close()


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_copy_is_the_same_and_goes_on(path: Path, database: str, way: str) -> None:
    first, second = (path, database) if way == "there" else (database, path)
    with Ledger(first) as source, Ledger(second) as target:
        _filled(source)
        source.judge(_claim("D1").id, "corrected", "ann", "a slip", {"group": "Second"})
        source.keep_case("title: Test\n")
        done = {c.table: c.rows for c in copy(source, target, _told)}
        assert done["documents"] == done["claims"] == done["originals"] == 3 and done["judgements"] == 1
        assert target.claims() == source.claims() and list(target.documents()) == list(source.documents())
        assert target.original(sha256(b"x1").hexdigest()) == b"x1" and target.case_text() == "title: Test\n"
        assert list(log.verify(target)) == [f for f in log.verify(source)]
        with target.engine.connect() as db, source.engine.connect() as other:
            query = sa.text("SELECT count(*) FROM claims WHERE judged IS NULL")
            assert db.scalar(query) == other.scalar(query) == 2
        assert target.judge(_claim("D2").id, "accepted", "ben", "yes").number == 2
        with pytest.raises(LedgerError, match="E-LED-10"):
            copy(source, target, _told)
