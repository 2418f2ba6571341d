"""Extraction over an archive with one and with two workers of Ray, in one run.

    python -m evaluation.archives [documents]

The archive is made up: reports of a paragraph or three, 40 a shard. The time is that of the shards alone, once Ray and the workers are there
(each has read one shard before). On more machines the work is the same for each worker: nothing is shared but the list of shards and the folder of the
tables, so that what saturates first is reading the archive (a worker takes some kilobytes of text a second), then the merging of the tables at the end, which one process does.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from condotta import corpora
from condotta.exchange.tables import read_claims

_SAID = (
    "At least {a} fighters of the Northern Division have been killed near Front Town since January, the Monitor said on Tuesday. ",
    "Some {b} fighters arrived in Port Town last week, according to local sources, and another {c} are in training. ",
    "The ministry denied that {b} men had been sent; each was promised {p} dollars a month, activists told the Herald. ",
    "Nobody answered questions about the road to the coast, which has been closed for months. ",
)


def archive(folder: Path, documents: int, seed: int = 7) -> None:
    """Write .jsonl files of 40 reports each."""
    rng = np.random.default_rng(seed)
    for first in range(0, documents, 40):
        lines = []
        for k in range(first, min(first + 40, documents)):
            numbers = {"a": int(rng.integers(20, 900)), "b": int(rng.integers(50, 4000)), "c": int(rng.integers(5, 300)), "p": int(rng.integers(8, 25)) * 100}  # fmt: skip
            text = "".join(_SAID[i] for i in rng.integers(0, len(_SAID), int(rng.integers(2, 8)))).format(**numbers)
            lines.append(json.dumps({"text": text, "published": "2020-06-03", "title": f"Report {k}"}))
        (folder / f"{first:06d}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def measured(documents: int = 1200) -> dict[str, float]:
    """Documents a second with one worker and with two, and the second over the first."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "archive"
        folder.mkdir()
        archive(folder, documents)
        rates = {}
        for workers in (1, 2):
            begun: list[float] = []

            def step(done: int, of: int, what: str, begun: list[float] = begun) -> None:
                begun.append(time.perf_counter())

            out = str(Path(scratch) / f"claims{workers}.parquet")
            corpora.extract([str(folder)], out, cluster="local", workers=workers, progress=step)
            rates[workers] = (len(begun) - workers) * 40 / (begun[-1] - begun[workers - 1])
        one, two = ({c.id for c in read_claims(Path(scratch) / f"claims{w}.parquet")} for w in (1, 2))
        assert one == two, "the claims of one worker and of two differ"
    return {"documents a second, one worker": rates[1], "documents a second, two workers": rates[2], "two workers beside one": rates[2] / rates[1]}  # fmt: skip


if __name__ == "__main__":
    for name, figure in measured(int(sys.argv[1]) if len(sys.argv) > 1 else 1200).items():
        print(f"{name}: {figure:.2f}")
