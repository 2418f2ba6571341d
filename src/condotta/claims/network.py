"""The trained network: windows in, readings out; int8 weights run by onnxruntime on one thread."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from condotta.claims.readings import Reading, reading
from condotta.claims.windows import Window, Windower

_BATCH = 16


class Network:
    """The model and its tokenizer from one folder; `read` may be called from several threads."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def windower(self, view: str, spans: Sequence[tuple[int, int]]) -> Windower:
        """What cuts the windows of one text."""
        return Windower(self._tokenizer, view, spans)

    def read(self, windows: Sequence[Window]) -> list[Reading]:
        """The reading of each window, in order; windows of like length run together."""
        order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
        found: dict[int, Reading] = {}
        for first in range(0, len(order), _BATCH):
            part = order[first : first + _BATCH]
            labels, starts, ends = self._session.run(None, _inputs([windows[i] for i in part]))
            for row, i in enumerate(part):
                found[i] = reading(windows[i], labels[row], starts[row], ends[row])
        return [found[i] for i in range(len(windows))]


def _inputs(windows: Sequence[Window]) -> dict[str, Any]:
    """ids, features, anchor : (window, piece), padded with zeros."""
    shape = (len(windows), max(len(w.ids) for w in windows))
    ids, features, anchor = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    for row, w in enumerate(windows):
        ids[row, : len(w.ids)] = w.ids
        features[row, : len(w.ids)] = w.features
        anchor[row, w.anchor] = 1
    return {"ids": ids, "features": features, "anchor": anchor}


@cache
def shipped() -> Network:
    """The network whose weights come with the package."""
    with as_file(files("condotta").joinpath("claims", "weights", "reader")) as folder:
        return Network(folder)


@cache
def calibration() -> Mapping[str, Sequence[float]]:
    """The logistic rules that turn scores into probabilities, fitted on development texts and shipped beside the weights."""
    path = files("condotta").joinpath("claims", "weights", "reader", "calibration.json")
    made: Mapping[str, Sequence[float]] = json.loads(path.read_text(encoding="utf-8"))
    return made
