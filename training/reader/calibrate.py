"""Turn the network's scores into probabilities: python -m training.reader.calibrate (make train, behind the export).

Two logistic rules are fitted on the development sets (evaluation/gold/dev.jsonl and study.jsonl), which the network was not
trained on: that a candidate is a claim, and that measure, value, aspect and group are all right. The thresholds are those
with the best F1 there. The result lies beside the weights as calibration.json.
"""

import json
import sys

import numpy as np
from evaluation import gold
from numpy.typing import NDArray
from scipy.optimize import minimize

from condotta.claims import Reader
from condotta.claims.counts import counts
from condotta.claims.learned import features, paired, score
from condotta.claims.terms import terms
from training.reader.export import WEIGHTS

Array = NDArray[np.float64]


def rows(sets: tuple[str, ...]) -> tuple[Array, Array, Array, Array, int]:
    """Features of both rules (candidate, feature), what came true (candidate,) twice, and the number of annotated figures."""
    reader = Reader()
    likely: list[tuple[float, ...]] = []
    whole: list[tuple[float, ...]] = []
    hits: list[float] = []
    right: list[float] = []
    total = 0
    for name in sets:
        for item in gold.items(name):
            document = gold.document(item)
            wanted = [
                g for g in item["claims"] if g["kind"] in ("count", "terms") and (g["low"], g["high"]) != (None, None)
            ]
            total += len(wanted)
            contexts, view, _ = reader._laid_out(document)
            found = reader._found(contexts, view)
            made = [
                (one, rule)
                for context in contexts
                for one, rule in paired([*counts(context), *terms(context)], found.get(context.start, []))
            ]
            matched = {id(c): g for g, c in gold.pairs(wanted, [one.claim for one, _ in made])}
            for one, rule in made:
                a, b = features(one, rule)
                g = matched.get(id(one.claim))
                likely.append(a)
                whole.append(b)
                hits.append(float(g is not None))
                right.append(
                    float(g is not None and gold.right("aspect", g, one.claim) and gold.right("group", g, one.claim))
                )
    return np.array(likely), np.array(whole), np.array(hits), np.array(right), total


def logistic(x: Array, y: Array, penalty: float = 1.0) -> list[float]:
    """Weights with the constant first: the maximum of the likelihood with a small ridge."""
    design = np.column_stack((np.ones(len(x)), x))

    def loss(w: Array) -> tuple[float, Array]:
        z = design @ w
        fit = float(np.logaddexp(0, z).sum() - y @ z) + 0.5 * penalty * float(w[1:] @ w[1:])
        slope = design.T @ (1 / (1 + np.exp(-z)) - y) + penalty * np.concatenate(([0.0], w[1:]))
        return fit, slope

    return [round(float(w), 4) for w in minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x]


def thresholds(chances: Array, agrees: NDArray[np.bool_], y: Array, total: int) -> list[float]:
    """The probabilities above which taking a candidate for a claim gives the best F1: where the model alone says so, where the rules agree."""

    def f1(pair: tuple[float, float]) -> float:
        taken = chances >= np.where(agrees, pair[1], pair[0])
        return float(2 * y[taken].sum() / (taken.sum() + total))

    steps = [round(float(t), 3) for t in np.arange(0.1, 0.8, 0.025)]
    pairs: list[tuple[float, float]] = [(a, b) for a in steps for b in steps if b <= a]
    return [*max(pairs, key=f1)]


def main() -> int:
    likely, whole, hits, right, total = rows(("dev", "study"))
    claim = logistic(likely, hits)
    chances, agrees = np.array([score(claim, row) for row in likely]), likely[:, 2] > 0
    limits = thresholds(chances, agrees, hits, total)
    kept = chances >= np.where(agrees, limits[1], limits[0])
    made = {"claim": claim, "whole": logistic(whole[kept], right[kept]), "threshold": limits}
    (WEIGHTS / "calibration.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
