"""Bytes as received, by their SHA-256: a folder beside an SQLite ledger, a table in any other."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from condotta.ledger import tables as t


class Originals(Protocol):
    """A store of bytes by their hash: what is in it is never changed."""

    def put(self, sha256: str, data: bytes) -> None:
        """Keep bytes, unless they are there."""

    def get(self, sha256: str) -> bytes | None:
        """The bytes; None where they are not there."""

    def drop(self, sha256: str) -> None:
        """Forget the bytes."""

    def all(self) -> Iterator[str]:
        """The hash of everything that is there."""


def store_of(engine: sa.Engine) -> Originals:
    """Where the originals of a ledger lie."""
    file = engine.url.database
    return Folder(Path(file).parent / "originals") if engine.dialect.name == "sqlite" and file else Rows(engine)


class Folder:
    """Files called by their hash; written beside and then renamed, so that a kill leaves no half file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, sha256: str, data: bytes) -> None:
        """Keep bytes, unless they are there."""
        target = self._path(sha256)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch = target.with_suffix(f".{uuid.uuid4().hex}")
            with scratch.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            scratch.rename(target)

    def get(self, sha256: str) -> bytes | None:
        """The bytes; None where they are not there."""
        path = self._path(sha256)
        return path.read_bytes() if path.is_file() else None

    def drop(self, sha256: str) -> None:
        """Forget the bytes."""
        self._path(sha256).unlink(missing_ok=True)

    def all(self) -> Iterator[str]:
        """The hash of everything that is there."""
        yield from sorted(p.name for p in self.folder.glob("??/*") if not p.suffix)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256


class Rows:
    """Rows of a table."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def put(self, sha256: str, data: bytes) -> None:
        """Keep bytes, unless they are there."""
        try:
            with self.engine.begin() as db:
                if db.scalar(sa.select(t.originals.c.sha256).where(t.originals.c.sha256 == sha256)) is None:
                    db.execute(t.originals.insert().values(sha256=sha256, bytes=data))
        except sa.exc.IntegrityError:
            pass  # somebody else kept the same bytes at the same moment

    def get(self, sha256: str) -> bytes | None:
        """The bytes; None where they are not there."""
        with self.engine.connect() as db:
            data = db.scalar(sa.select(t.originals.c.bytes).where(t.originals.c.sha256 == sha256))
        return None if data is None else bytes(data)

    def drop(self, sha256: str) -> None:
        """Forget the bytes."""
        with self.engine.begin() as db:
            db.execute(t.originals.delete().where(t.originals.c.sha256 == sha256))

    def all(self) -> Iterator[str]:
        """The hash of everything that is there."""
        with self.engine.connect() as db:
            yield from db.scalars(sa.select(t.originals.c.sha256).order_by(t.originals.c.sha256))
