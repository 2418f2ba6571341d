"""Claims out of an archive of any size: shards, worked on by one process or by all workers of a Ray cluster, each shard once.

Written beside the output OUT.parquet: OUT.documents.parquet, OUT.failures.parquet, and while it runs OUT.parts/ with three tables a shard and a mark
that it is done. Stopped or killed, it goes on where it was: a shard without a mark is done again and its tables replaced.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condotta.adding import VERSION
from condotta.clusters import by_actors
from condotta.errors import CorpusError, DocumentError
from condotta.pipeline import not_english
from condotta.records import Failure, claim_json

if TYPE_CHECKING:
    from condotta.claims import Reader
    from condotta.documents.archives import Found

_PIECE = 32 * 1024 * 1024
"""Bytes of a file of lines that make a shard."""
_FEW = 64
"""Small files that make a shard."""
_KINDS = ("claims", "documents", "failures")
Told = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a corpus: some files, or of one file the bytes or row group from `start` to `end` (-1: all of it)."""

    key: str
    files: tuple[str, ...]
    start: int = 0
    end: int = -1


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came out: numbers of documents, claims and failures, and how many shards were done now and before."""

    documents: int
    claims: int
    failures: int
    shards: int
    before: int


def extract(
    inputs: Iterable[str], out: str, case: Path | str | None = None, cluster: str | None = None, workers: int = 0, progress: Told | None = None
) -> Extracted:  # fmt: skip
    """Read every document of `inputs` (folders, .jsonl, .parquet, .csv of articles, .warc[.gz], single files; paths or addresses like s3://...) and
    write its claims to `out`. `cluster`: None works here, "local" with Ray on this machine, else the address of a Ray cluster; `workers`: how many
    (0: one a core). Raises CorpusError E-COR-01 for inputs that are not there, E-COR-02 where Ray is missing or cannot be reached."""
    tell = progress or (lambda done, of, what: None)
    if not out.endswith(".parquet"):
        raise CorpusError(
            "E-COR-01", f"{out!r} does not end in .parquet", fix="Name the table of claims: --out claims.parquet."
        )
    parts = out.removesuffix(".parquet") + ".parts"
    all_shards = shards(inputs, case, out)
    todo = [s for s in all_shards if not _is_done(parts, s)]
    before = len(all_shards) - len(todo)
    given = (parts, str(case) if case else None)
    rows = [asdict(s) | {"files": list(s.files)} for s in todo]
    work = map(Worker(*given), rows) if cluster is None else by_actors(Worker, given, rows, cluster, workers)
    for number, row in enumerate(work, before + 1):
        tell(number, len(all_shards), row["name"])
    done = _merged(parts, [s.key for s in all_shards], out)
    return Extracted(done["documents"], done["claims"], done["failures"], len(todo), before)


def shards(inputs: Iterable[str], case: Path | str | None = None, out: str = "") -> list[Shard]:
    """The parts of a corpus, the same each time; what an extraction to `out` wrote is none. Raises CorpusError E-COR-01."""
    from pyarrow import fs

    from condotta.documents.read import ENDINGS

    whose = hashlib.sha256((Path(case) / "case.yaml").read_bytes()).hexdigest() if case else ""
    found: list[tuple[tuple[str, ...], int, int, str]] = []
    small: list[tuple[str, str]] = []
    for given in inputs:
        store, path = _opened(given)
        info = store.get_file_info(path)
        if info.type == fs.FileType.NotFound:
            raise CorpusError("E-COR-01", "there is no such file or folder", where=given)
        files = [info] if info.type == fs.FileType.File else store.get_file_info(fs.FileSelector(path, recursive=True))
        files = [f for f in files if not _own(f.path, out)]
        for file in sorted(
            (f for f in files if f.type == fs.FileType.File and not f.base_name.startswith(".")), key=lambda f: f.path
        ):
            address = _address(given, path, file.path)
            kind, is_now = file.base_name.lower(), f"{file.size} {file.mtime_ns}"
            if kind.endswith(".jsonl"):
                found += [((address,), a, a + _PIECE, is_now) for a in range(0, max(file.size, 1), _PIECE)]
            elif kind.endswith(".parquet"):
                found += [((address,), g, g + 1, is_now) for g in range(_groups(store, file.path))]
            elif kind.endswith((".csv", ".warc", ".warc.gz", ".wacz")):
                found.append(((address,), 0, -1, is_now))
            elif kind.endswith(tuple(ENDINGS)):
                small.append((address, is_now))
    for k in range(0, len(small), _FEW):
        addresses, states = zip(*small[k : k + _FEW], strict=True)
        found.append((addresses, 0, -1, repr(states)))
    return [Shard(_key(files, a, b, state, whose), files, a, b) for files, a, b, state in found]


def documents_of(shard: Shard) -> "Iterator[Found]":
    """The documents of a shard, each with its bytes; what cannot be read is an error in its place."""
    for address in shard.files:
        try:
            yield from _documents(address, shard)
        except DocumentError as error:
            yield error
        except Exception as error:  # whatever a library throws on a broken file must not lose the others
            yield DocumentError("E-DOC-09", f"cannot be read: {str(error)[:150]}", where=address)


class Worker:
    """One reader with its model, kept for all shards that a worker gets."""

    def __init__(self, parts: str, case: str | None) -> None:
        self.parts, self.case = parts, case
        self.reader: Reader | None = None

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Work on a shard; a row that says what came out."""
        shard = Shard(row["key"], tuple(row["files"]), int(row["start"]), int(row["end"]))
        self.work(shard)
        return {"name": shard.files[0]}

    def work(self, shard: Shard) -> None:
        """Extract a shard and write its tables, then the mark that they are whole."""
        from condotta.exchange.extracted import document_row

        rows: dict[str, list[dict[str, Any]]] = {k: [] for k in _KINDS}
        texts = []
        for found in documents_of(shard):
            if isinstance(found, DocumentError):
                rows["failures"].append(asdict(Failure(found.where, found.code, str(found))))
            else:  # the bytes are not kept; an id that an article brought may be another's in another file
                texts.append(replace(found[0], id="D" + found[0].sha256[:16]))
        texts.sort(key=lambda d: len(d.text))  # of like length after each other: the model's batches fill
        for document in texts:
            rows["documents"].append(document_row(document))
            if document.language not in (None, "en"):
                rows["failures"].append(asdict(not_english(document)))
                continue
            try:
                rows["claims"] += map(claim_json, self._reader().read(document))
            except Exception as error:  # one text must never take the others of its shard with it
                words = f"E-SYS-01: {type(error).__name__}: {str(error)[:200]}"
                rows["failures"].append(asdict(Failure(document.name or document.id, "E-SYS-01", words)))
        for kind in _KINDS:
            _write(f"{self.parts}/{shard.key}.{kind}.parquet", rows[kind], kind)
        store, path = _opened(f"{self.parts}/{shard.key}.done", make=True)
        store.open_output_stream(path).close()

    def _reader(self) -> "Reader":
        from condotta.cases import load_case
        from condotta.claims import Reader

        if self.reader is None:
            self.reader = Reader(case=load_case(Path(self.case)) if self.case else None)
        return self.reader


def _merged(parts: str, keys: list[str], out: str) -> Counter[str]:
    """The tables of all shards as three, every claim and document once, whatever was read twice."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from condotta.exchange.extracted import beside

    counts: Counter[str] = Counter()
    for kind in _KINDS:
        store, path = _opened(out if kind == "claims" else beside(out, kind), make=True)
        seen: set[str] = set()
        with store.open_output_stream(path) as sink, pq.ParquetWriter(sink, _schema(kind)) as writer:
            for key in keys:
                source, name = _opened(f"{parts}/{key}.{kind}.parquet")
                table = pq.read_table(source.open_input_file(name))
                if kind != "failures":
                    fresh = [id not in seen and not seen.add(id) for id in table["id"].to_pylist()]  # type: ignore[func-returns-value]
                    table = table.filter(pa.array(fresh, pa.bool_()))
                writer.write_table(table)
                counts[kind] += len(table)
    return counts


def _documents(address: str, shard: Shard) -> "Iterator[Found]":
    from condotta.documents import SIZE_LIMIT, columns_of, from_bytes, read_articles
    from condotta.documents.archives import rows_of, wacz, warc
    from condotta.documents.read import lines_of, too_large

    store, path = _opened(address)
    name = path.rsplit("/", 1)[-1]
    lower = name.lower()
    if lower.endswith(".jsonl"):
        with io.BufferedReader(store.open_input_file(path)) as file:
            yield from lines_of(_lines(file, shard.start, shard.end), f"{name}@{shard.start}")
    elif lower.endswith(".parquet"):
        import pyarrow.parquet as pq

        with pq.ParquetFile(store.open_input_file(path)) as file:
            rows = file.read_row_group(shard.start).to_pylist()
            yield from read_articles(
                iter(rows), _articles(columns_of(file.schema_arrow.names), name), f"{name}#{shard.start}"
            )
    elif lower.endswith(".csv"):
        with store.open_input_stream(path) as raw:
            reader = rows_of(raw)
            yield from read_articles(reader, _articles(columns_of(reader.fieldnames or []), name), name)
    elif lower.endswith(".wacz"):
        with store.open_input_file(path) as raw:
            yield from wacz(raw, name)
    elif lower.endswith((".warc", ".warc.gz")):
        with store.open_input_stream(path, compression=None) as raw:
            yield from warc(raw, name)
    else:
        size = store.get_file_info(path).size
        if size > SIZE_LIMIT:
            raise too_large(size, SIZE_LIMIT, name)
        with store.open_input_stream(path, compression=None) as raw:
            data = raw.read()
        yield from_bytes(data, name, address if "://" in address else None), data


def _articles(columns: Any, name: str) -> Any:
    if not columns.articles:
        fix = "A table of articles has a column text, and address (or url) or published (or date)."
        raise DocumentError("E-DOC-03", "this table holds no articles", where=name, fix=fix)
    return columns


def _lines(file: Any, start: int, end: int) -> Iterator[bytes]:
    """The lines that begin between two bytes of a file."""
    at = start
    if start:
        file.seek(start - 1)
        at = start - 1 + len(file.readline())
    while at < end:
        line = file.readline()
        if not line:
            return
        at += len(line)
        yield line


def _own(path: str, out: str) -> bool:
    """Whether a file is what an extraction to `out` writes."""
    base = _opened(out)[1].removesuffix(".parquet") if out else None
    return base is not None and (
        path.startswith(base + ".parts/") or path in {f"{base}.parquet", *(f"{base}.{k}.parquet" for k in _KINDS)}
    )


def _is_done(parts: str, shard: Shard) -> bool:
    from pyarrow import fs

    store, path = _opened(f"{parts}/{shard.key}.done")
    return bool(store.get_file_info(path).type == fs.FileType.File)


def _write(address: str, rows: list[dict[str, Any]], kind: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    store, path = _opened(address, make=True)
    with store.open_output_stream(path) as sink:
        pq.write_table(pa.Table.from_pylist(rows, schema=_schema(kind)), sink)


def _schema(kind: str) -> Any:
    import pyarrow as pa

    from condotta.exchange.extracted import DOCUMENT
    from condotta.exchange.tables import schema

    if kind == "claims":
        return schema()
    numbers = ("size", "title_end")
    names = DOCUMENT if kind == "documents" else ("name", "code", "message")
    return pa.schema([(n, pa.int64() if n in numbers else pa.string()) for n in names])


def _groups(store: Any, path: str) -> int:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(store.open_input_file(path)) as file:
            return int(file.num_row_groups)
    except (OSError, ValueError):
        return 1  # a broken file is a failure of its shard


def _opened(address: str, make: bool = False) -> tuple[Any, str]:
    """(file system, path in it) of an address or path."""
    from pyarrow import fs

    try:
        store, path = (
            fs.FileSystem.from_uri(address)
            if "://" in address
            else (fs.LocalFileSystem(), str(Path(address).absolute()))
        )
    except (ValueError, OSError) as error:
        raise CorpusError("E-COR-01", f"cannot be opened: {str(error)[:150]}", where=address) from error
    if make and isinstance(store, fs.LocalFileSystem):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return store, path


def _address(given: str, base: str, path: str) -> str:
    """The address of a file below what was given."""
    place, mark, how = given.partition("?")
    return place.rstrip("/") + path.removeprefix(base.rstrip("/")) + mark + how if "://" in given else path


def _key(files: tuple[str, ...], start: int, end: int, state: str, whose: str) -> str:
    return hashlib.sha256(repr((files, start, end, state, whose, VERSION)).encode()).hexdigest()[:20]
