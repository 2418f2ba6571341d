"""The workbench's lists on a PostgreSQL ledger of ten million claims: the time to the first byte, and the plans of its questions.

    CONDOTTA_POSTGRES=postgresql://postgres@127.0.0.1/postgres python -m evaluation.ledger.archive [claims] [--keep DATABASE]

The archive is made up inside of the database: 1 document for 10 claims, 3,000 origins of very different weight that speak
of five groups each, 60 groups, 13 measures, ten years. With
--keep the database is made once and used again.
"""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient

from condotta import pipeline
from condotta.ledger import Ledger, tallies
from condotta.places import write_case
from condotta.workbench import Options, application

ASKED = 7
PAGES = (
    "/claims", "/claims?measure=killed", "/claims?measure=defected&group=Group+7", "/claims?group=Group+59", "/claims?origin=Origin+2990",
    "/claims?origin=Origin+1&status=open", "/claims?status=unsure", "/claims?kind=terms&aspect=-", "/claims?group=-&measure=killed&status=accepted",
    "/claims?text=front+town", "/claims?text=killed+1234", "/claims?text=zebra", "/claims?source=Outlet+7", "/claims?source=Origin+2990",
    "/claims?since=2019-05-01&until=2019-05-31", "/claims?measure=killed&since=2019-05-01", "/claims?document=A0000777", "/claims?first=5000",
    "/documents", "/documents?text=report+777", "/documents/A0000777", "/", "/history",
)  # fmt: skip


def fill(address: str, claims: int) -> None:
    """Make the archive inside of an empty database."""
    with Ledger(address) as store, store.engine.begin() as db:
        indices = db.execute(
            sa.text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('documents', 'claims', 'tallies') AND indexdef NOT LIKE '%UNIQUE%'")
        ).all()  # fmt: skip
        for name, _ in indices:
            db.execute(sa.text(f"DROP INDEX {name}"))
        db.execute(sa.text("SET session_replication_role = replica"))  # references hold by construction
        db.execute(sa.text("SELECT setseed(0.7)"))
        db.execute(sa.text(_DOCUMENTS), {"documents": claims // 10})
        db.execute(
            sa.text(
                "INSERT INTO readings (document, reader, at, claims, private) SELECT id, 'table 1', now(), 10, '[]' FROM documents"
            )
        )
        db.execute(sa.text(_CLAIMS), {"claims": claims})
        print("  claims written", file=sys.stderr, flush=True)
        tallies.recount(db)
        for name, definition in indices:
            db.execute(sa.text(definition.replace(":", "\\:")))
            print(f"  index {name}", file=sys.stderr, flush=True)
    with Ledger(address) as store, store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(sa.text("VACUUM ANALYZE"))


_DOCUMENTS = """
INSERT INTO documents (id, sha256, size, media_type, text, title, publisher, published, received, language, name, title_end)
SELECT 'A' || lpad(k::text, 7, '0'), md5(k::text) || md5(k::text || 'x'), 900, 'text/plain', 'Report ' || k || E'\\n\\nMade up.', 'Report ' || k,
       'Outlet ' || k % 200, date '2012-01-01' + k % 3650, timestamp '2024-01-01' + k * interval '7 seconds', 'en', 'report' || k || '.txt', 7
FROM generate_series(0, :documents - 1) k
"""
_CLAIMS = """
INSERT INTO claims (id, document, kind, measure, "group", origin, reported, start, body, status, revision, added, aspect, day, confidence, chain, words)
SELECT 'C' || lpad(to_hex(k), 16, '0'), document, kind, measure, team, origin, day, 20, json_build_object(
         'id', 'C' || lpad(to_hex(k), 16, '0'), 'document', document, 'kind', kind, 'measure', measure, 'aspect', aspect, 'subset', 'all',
         'group', team, 'group_text', team, 'place', null, 'period', json_build_object('start', null, 'end', day),
         'amount', json_build_object('low', number, 'high', number, 'unit', 'people', 'qualifier', 'about', 'text', number::text, 'start', 25, 'end', 29),
         'stance', 'asserted', 'chain', json_build_array(outlet, origin), 'quote', quote, 'start', 20, 'end', 20 + length(quote),
         'confidence', confidence, 'by', 'model', 'subject', null, 'predicate', null, 'object', null, 'reported', day, 'note', null),
       status, 0, false, aspect, day, confidence, outlet || ' > ' || origin, lower(quote)
FROM (
  SELECT k, document, day, outlet, kind, number, confidence, status,
         CASE WHEN kind = 'count' THEN measure ELSE 'pay' END AS measure, CASE WHEN kind = 'count' THEN aspect END AS aspect, team, origin,
         'Some ' || number || ' fighters of ' || coalesce(team, 'a faction') || ' were ' || measure || ' in Front Town, ' || origin || ' said.' AS quote
  FROM (
    SELECT k, 'A' || lpad((k / 10)::text, 7, '0') AS document, date '2012-01-01' + (k / 10) % 3650 AS day, 'Outlet ' || (k / 10) % 200 AS outlet,
           CASE WHEN random() < 0.93 THEN 'count' ELSE 'terms' END AS kind, (exp(4 + 4 * random()))::int AS number, 0.2 + 0.8 * random() AS confidence,
           (ARRAY['open', 'open', 'open', 'open', 'open', 'open', 'open', 'unsure', 'accepted', 'rejected'])[1 + (random() * random() * 9.99)::int % 10] AS status,
           (ARRAY['killed', 'wounded', 'captured', 'present', 'in training', 'recruited', 'arrived', 'returned', 'fled', 'refused', 'defected', 'trained',
                  'promised'])[1 + floor(random() * random() * 13)::int] AS measure,
           (ARRAY['stock', 'total', 'flow'])[1 + floor(random() * 3)::int] AS aspect,
           CASE WHEN random() < 0.9 THEN 'Group ' || (voice * 7 + floor(5 * power(random(), 2))::int) % 60 END AS team, 'Origin ' || voice AS origin
    FROM (SELECT k, floor(3000 * power(random(), 4))::int AS voice FROM generate_series(0, :claims - 1) k) voices
  ) drawn
) said
"""


@contextmanager
def opened(address: str) -> Iterator[tuple[TestClient, Ledger]]:
    """The workbench of a case whose ledger is at an address."""
    with TemporaryDirectory() as scratch:
        folder = pipeline.new(Path(scratch) / "archive")
        write_case(folder, (folder / "case.yaml").read_text(encoding="utf-8"), address)
        app = application(folder, Options(tokens=["t"]))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            client.get("/enter?token=t")
            yield client, app.state.desk.ledger


class _Watch:
    """Listens to what the database is asked, and how long each question takes at worst."""

    def __init__(self, engine: sa.Engine) -> None:
        self.asked: dict[tuple[str, str], Any] = {}
        self.slowest: dict[str, float] = {}
        self._begun = 0.0
        sa.event.listen(engine, "before_cursor_execute", self._before)
        sa.event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, c: Any, cursor: Any, text: str, given: Any, context: Any, many: bool) -> None:
        self.asked[text, repr(given)] = given
        self._begun = time.perf_counter()

    def _after(self, c: Any, cursor: Any, text: str, given: Any, context: Any, many: bool) -> None:
        self.slowest[text] = max(self.slowest.get(text, 0.0), time.perf_counter() - self._begun)


def measured(address: str) -> dict[str, tuple[float, float, list[str]]]:
    """Page -> (median seconds to its first byte, the same where nothing is remembered, questions that are slow or read a whole table)."""
    found = {}
    with opened(address) as (client, ledger):
        desk = client.app.state.desk  # type: ignore[attr-defined]
        watch = _Watch(ledger.engine)
        for page in PAGES:
            watch.asked.clear()
            watch.slowest.clear()
            taken: list[float] = []
            fresh: list[float] = []
            for k in range(ASKED):
                if k % 2:
                    desk._memory = {}
                begun = time.perf_counter()
                answer = client.get(page)
                (fresh if k % 2 or not k else taken).append(time.perf_counter() - begun)
                assert answer.status_code == 200, (page, answer.status_code, answer.text[:300])
            slow = [f"{1000 * s:.0f} ms: {' '.join(q.split())[:160]}" for q, s in watch.slowest.items() if s > 0.15]
            found[page] = median(taken), median(fresh), slow + _whole(ledger, watch.asked)
    return found


def _whole(ledger: Ledger, asked: dict[tuple[str, str], Any]) -> list[str]:
    """The questions whose plan reads all of a large table."""
    found = []
    with ledger.engine.connect() as db:
        for (text, _), given in list(asked.items()):
            if text.lstrip().upper().startswith("SELECT") and re.search(r"FROM (claims|documents|judgements)", text):
                plan = "\n".join(r[0] for r in db.exec_driver_sql(f"EXPLAIN {text}", given))
                if re.search(r"Seq Scan on (claims|documents)", plan):
                    found.append("reads a whole table: " + " ".join(text.split())[:160])
    return found


def run(claims: int, name: str = "condotta_archive", keep: bool = False) -> dict[str, tuple[float, float, list[str]]]:
    """Make the archive where it is not there, ask every page, and drop it again unless it is to be kept."""
    server = sa.make_url(os.environ["CONDOTTA_POSTGRES"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    address = server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    with engine.connect() as db:
        there = db.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if not there:
            db.execute(sa.text(f'CREATE DATABASE "{name}"'))
    try:
        if not there:
            fill(address, claims)
        return measured(address)
    finally:
        if not keep:
            with engine.connect() as db:
                db.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def score(claims: int = 1_000_000) -> dict[str, float]:
    """Shares of the pages whose first byte comes within 200 ms at the median: asked again, and with nothing remembered."""
    rows = run(claims).values()
    return {
        "pages within 200 ms": sum(again < 0.2 for again, _, _ in rows) / len(rows),
        "pages within 200 ms, nothing remembered": sum(anew < 0.2 for _, anew, _ in rows) / len(rows),
    }


def main() -> None:
    """Ask every page, print."""
    claims = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 10_000_000
    keep = "--keep" in sys.argv
    rows = run(claims, sys.argv[sys.argv.index("--keep") + 1] if keep else "condotta_archive", keep)
    print(f"{'page':56} {'again, ms':>10} {'anew, ms':>10}")
    for page, (again, anew, slow) in rows.items():
        print(f"{page:56} {1000 * again:10.0f} {1000 * anew:10.0f}", *(f"\n      {w}" for w in slow))
    print(f"median of the pages anew: {1000 * median(a for _, a, _ in rows.values()):.0f} ms; over 200 ms: {sum(a > 0.2 for _, a, _ in rows.values())} of {len(rows)}")  # fmt: skip


if __name__ == "__main__":
    main()
