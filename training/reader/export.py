"""Write the trained network for the reader: ONNX with int8 weights, one scale per output channel.

    python -m training.reader.export build/reader/model.pt

The matrices of the encoder and the word embeddings are kept in int8; activations are quantised as they come.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.reader.model import Model
from training.reader.train import ROOT, source

WEIGHTS = ROOT / "src" / "condotta" / "claims" / "weights" / "reader"


def export(model: Model, out: Path, quantised: bool = True) -> None:
    """Write `model` to `out` as ONNX: inputs ids, features (B, T), relations (B, C, T), int64; outputs labels, starts, ends."""
    example = (
        torch.ones(2, 9, dtype=torch.long),
        torch.zeros(2, 9, dtype=torch.long),
        torch.ones(2, 3, 9, dtype=torch.long),
    )
    axes = {0: "windows", 1: "pieces"}
    asked = {0: "windows", 1: "candidates"}
    with tempfile.TemporaryDirectory() as scratch:
        plain, ready = Path(scratch) / "plain.onnx", Path(scratch) / "ready.onnx"
        torch.onnx.export(
            model.eval(), example, str(plain), dynamo=False, opset_version=17,
            input_names=["ids", "features", "relations"], output_names=["labels", "starts", "ends"],
            dynamic_axes={"ids": axes, "features": axes, "relations": asked | {2: "pieces"}, "labels": asked, "starts": asked | {3: "pieces"}, "ends": asked | {3: "pieces"}},
        )  # fmt: skip
        if not quantised:
            shutil.copy(plain, out)
            return
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            str(ready),
            str(out),
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--plain", action="store_true", help="32-bit weights, to see what int8 costs")
    given = parser.parse_args()
    model = Model()
    model.load_state_dict(torch.load(given.model, weights_only=True))
    given.out.mkdir(parents=True, exist_ok=True)
    export(model, given.out / "model.onnx", quantised=not given.plain)
    shutil.copy(source() / "tokenizer.json", given.out / "tokenizer.json")
    print(f"{given.out / 'model.onnx'}: {(given.out / 'model.onnx').stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
