"""The encoder (MiniLM, six layers of 384), two layers in which the candidates ask it, label heads and span heads.

Shapes: B windows, T pieces, C candidates. `forward(ids, features, relations)` with ids, features : (B, T) int64; relations :
(B, C, T) int64 (`condotta.claims.windows`); pieces with id 0 and candidates without a piece of relation 1 are padding. Returns
labels (B, C, 32), starts and ends (B, C, R, T): logits.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from condotta.claims.readings import LABELS, SPANS
from condotta.claims.windows import FEATURES, RELATIONS

WIDTH, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS = 384, 6, 12, 1536, 30522, 512
ASKING, ASKING_HEADS, ASKING_INNER, PER_ROLE, NEIGHBOURS = 2, 6, 1024, 64, 4
FAR = -1e4


def heads(x: Tensor, count: int) -> Tensor:
    """(B, T, W) -> (B, count, T, W / count)."""
    return x.view(x.shape[0], x.shape[1], count, -1).transpose(1, 2)


class Layer(nn.Module):
    """One block of the encoder: attention, then the inner network, each with its norm behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = (heads(f(x), HEADS) for f in (self.q, self.k, self.v))
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS) + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(x.shape)
        x = self.norm1(x + self.drop(self.o(mixed)))
        y: Tensor = self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))
        return y


class Asking(nn.Module):
    """One block of the candidates: they look at each other, at the pieces (both by how they stand to them), and think."""

    def __init__(self) -> None:
        super().__init__()
        self.q1, self.k1, self.v1, self.o1 = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.q2, self.k2, self.v2, self.o2 = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.near = nn.Embedding(2 * NEIGHBOURS + 1, ASKING_HEADS)
        self.stand = nn.Embedding(RELATIONS, ASKING_HEADS)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.up, self.down = nn.Linear(WIDTH, ASKING_INNER), nn.Linear(ASKING_INNER, WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, c: Tensor, x: Tensor, order: Tensor, relations: Tensor, others: Tensor, mask: Tensor) -> Tensor:
        y = self.norm1(c)
        near = self.near(order).permute(2, 0, 1)[None] + others
        c = c + self.drop(self.o1(self._look(self.q1(y), self.k1(y), self.v1(y), near)))
        y = self.norm2(c)
        stand = self.stand(relations).permute(0, 3, 1, 2) + mask
        c = c + self.drop(self.o2(self._look(self.q2(y), self.k2(x), self.v2(x), stand)))
        z: Tensor = c + self.drop(self.down(F.gelu(self.up(self.norm3(c)))))
        return z

    def _look(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        b, c, w = q.shape
        q, k, v = (heads(t, ASKING_HEADS) for t in (q, k, v))
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // ASKING_HEADS) + bias
        mixed: Tensor = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, c, w)
        return mixed


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
        self.ask_first = nn.Linear(3 * WIDTH, WIDTH)
        self.ask = nn.ModuleList(Asking() for _ in range(ASKING))
        self.ask_norm = nn.LayerNorm(WIDTH)
        self.label_inner = nn.Linear(2 * WIDTH, WIDTH)
        self.label_out = nn.Linear(WIDTH, sum(len(v) for v in LABELS.values()))
        ends = 2 * len(SPANS)
        self.span_piece, self.span_asked = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.span_key, self.span_query = nn.Linear(WIDTH, ends * PER_ROLE), nn.Linear(WIDTH, ends * PER_ROLE)
        self.span_alone, self.span_stand = nn.Linear(WIDTH, ends), nn.Embedding(RELATIONS, ends)
        for table in (self.features, self.span_stand, *(t for a in self.ask for t in (a.near, a.stand))):
            nn.init.normal_(table.weight, std=0.03)

    def forward(self, ids: Tensor, features: Tensor, relations: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        keep = (ids != 0).to(self.words.weight.dtype)
        mask = (1 - keep)[:, None, None, :] * FAR
        where = torch.arange(ids.shape[1], device=ids.device)[None, :]
        x = self.words(ids) + self.positions(where) + self.types.weight[0] + self.features(features)
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask)
        held = (relations == 1).to(x.dtype)
        known = held.amax(2)
        held = (held / held.sum(2, keepdim=True).clamp(min=1)) @ x
        own = ((relations > 0) & (relations < 14)).to(x.dtype)
        own = (own / own.sum(2, keepdim=True).clamp(min=1)) @ x
        first = x[:, :1].expand_as(held)
        c = self.ask_first(torch.cat((held, own, first), -1))
        row = torch.arange(relations.shape[1], device=ids.device)
        order = (row[None, :] - row[:, None]).clamp(-NEIGHBOURS, NEIGHBOURS) + NEIGHBOURS
        others = (1 - known)[:, None, None, :] * FAR
        for layer in self.ask:
            c = layer(c, x, order, relations, others, mask)
        c = self.ask_norm(c)
        labels = self.label_out(self.drop(torch.tanh(self.label_inner(torch.cat((c, held), -1)))))
        pieces, asked = F.gelu(self.span_piece(x)), F.gelu(self.span_asked(c))
        ends = 2 * len(SPANS)
        keys, queries = heads(self.span_key(self.drop(pieces)), ends), heads(self.span_query(self.drop(asked)), ends)
        spans = queries @ keys.transpose(2, 3) / math.sqrt(PER_ROLE)
        spans = (
            spans + self.span_alone(pieces).transpose(1, 2)[:, :, None] + self.span_stand(relations).permute(0, 3, 1, 2)
        )
        spans = (spans + mask).transpose(1, 2)
        return labels, spans[:, :, : len(SPANS)], spans[:, :, len(SPANS) :]


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
