"""The trained network: windows in, readings out; int8 weights run by onnxruntime on one thread."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from condotta.claims.readings import Reading, readings_of
from condotta.claims.windows import Window, Windower


class Network:
    """The model and its tokenizer from one folder; `read` may be called from several threads."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Processors without VNNI would overflow where int8 weights meet uint8 activations, and read otherwise than those with it.
        options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def windower(self, view: str, spans: Sequence[tuple[int, int]]) -> Windower:
        """What cuts the windows of one text."""
        return Windower(self._tokenizer, view, spans)

    def read(self, windows: Sequence[Window]) -> list[list[Reading]]:
        """The readings of each window's candidates, in order. Windows run one by one: int8 scales are set over whatever runs together."""
        found = []
        for window in windows:
            labels, starts, ends = self._session.run(None, inputs([window]))
            found.append(readings_of(window, labels[0], starts[0], ends[0]))
        return found


def inputs(windows: Sequence[Window]) -> dict[str, Any]:
    """ids, features : (window, piece); relations : (window, candidate, piece); padded with zeros."""
    shape = (len(windows), max(len(w.ids) for w in windows))
    ids, features = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    relations = np.zeros((shape[0], max(len(w.candidates) for w in windows), shape[1]), np.int64)
    for row, w in enumerate(windows):
        ids[row, : len(w.ids)] = w.ids
        features[row, : len(w.ids)] = w.features
        relations[row, : len(w.candidates), : len(w.ids)] = w.relations()
    return {"ids": ids, "features": features, "relations": relations}


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
