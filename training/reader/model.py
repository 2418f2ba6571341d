"""The encoder (MiniLM, six layers of 384) with a feature embedding, label heads on the candidate and span heads.

Shapes: B windows, T pieces. `forward(ids, features, anchor)` with ids, features : (B, T) int64; anchor : (B, T) float, 1 at the
candidate's pieces; pieces with id 0 are padding. Returns labels (B, 32), starts (B, R, T) and ends (B, R, T): logits.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from condotta.claims.readings import LABELS, SPANS
from condotta.claims.windows import FEATURES

WIDTH, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS = 384, 6, 12, 1536, 30522, 512


class Layer(nn.Module):
    """One block of the encoder: attention, then the inner network, each with its norm behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, t, _ = x.shape
        q, k, v = (f(x).view(b, t, HEADS, WIDTH // HEADS).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS) + mask
        mixed = (self.drop(scores.softmax(-1)) @ v).transpose(1, 2).reshape(b, t, WIDTH)
        x = self.norm1(x + self.drop(self.o(mixed)))
        y: Tensor = self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))
        return y


class Model(nn.Module):
    """The whole reader's network."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.features = nn.Embedding(FEATURES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop = nn.Dropout(0.1)
        self.label_inner = nn.Linear(3 * WIDTH, WIDTH)
        self.label_out = nn.Linear(WIDTH, sum(len(v) for v in LABELS.values()))
        self.span_token = nn.Linear(WIDTH, WIDTH)
        self.span_anchor = nn.Linear(WIDTH, WIDTH)
        self.span_out = nn.Linear(WIDTH, 2 * len(SPANS))
        nn.init.normal_(self.features.weight, std=0.03)

    def forward(self, ids: Tensor, features: Tensor, anchor: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        keep = (ids != 0).to(self.words.weight.dtype)
        mask = (1 - keep)[:, None, None, :] * -1e4
        where = torch.arange(ids.shape[1], device=ids.device)[None, :]
        x = self.words(ids) + self.positions(where) + self.types.weight[0] + self.features(features)
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask)
        weight = anchor / anchor.sum(1, keepdim=True).clamp(min=1)
        held = (weight[:, None, :] @ x)[:, 0]
        mean = ((keep / keep.sum(1, keepdim=True))[:, None, :] @ x)[:, 0]
        labels = self.label_out(self.drop(torch.tanh(self.label_inner(torch.cat((held, x[:, 0], mean), -1)))))
        spans = self.span_out(self.drop(torch.tanh(self.span_token(x) + self.span_anchor(held)[:, None])))
        spans = (spans + (1 - keep)[..., None] * -1e4).transpose(1, 2)
        return labels, spans[:, : len(SPANS)], spans[:, len(SPANS) :]


def pretrained(weights: Path) -> Model:
    """A model with the encoder's published weights and new heads."""
    model, saved = Model(), load_file(weights)
    names = {
        "words": "embeddings.word_embeddings", "positions": "embeddings.position_embeddings",
        "types": "embeddings.token_type_embeddings", "norm": "embeddings.LayerNorm",
    }  # fmt: skip
    inner = {
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
        "norm1": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm",
    }  # fmt: skip
    for i in range(LAYERS):
        names |= {f"layers.{i}.{ours}": f"encoder.layer.{i}.{theirs}" for ours, theirs in inner.items()}
    state = model.state_dict()
    for ours, theirs in names.items():
        for part in ("weight", "bias"):
            if f"{theirs}.{part}" in saved:
                state[f"{ours}.{part}"].copy_(saved[f"{theirs}.{part}"])
    return model
