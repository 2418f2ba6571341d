"""Draws from the density: the mode, the curvature there, then chains that move in coordinates where the posterior is
nearly a round normal. The coordinates only speed the chains up; they are not the answer.

The same seed gives the same bits, on one thread or several: every chain has streams of its own, and what they learn
together is worked out between rounds.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from condotta.errors import EstimationError
from condotta.estimates import Array
from condotta.estimation.density import NU, Layout, evaluate, series_of
from condotta.estimation.hamilton import advance, fresh_step, slope
from condotta.randomness import stream

CHAINS = 4
_NEGLIGIBLE = 3e-3
_CAUTION = 20
_MANY = 5000
_NO_FIT = 1e300
_TUNE = (60, 90, 120)


@dataclass(frozen=True, slots=True)
class Plain:
    """Coordinates: z = middle + root (scale * x), the root sparse and symmetric."""

    middle: Array
    root: Any
    scale: Array

    def out(self, x: Array) -> Array:
        """(draw, unknown) z of (draw, unknown) x."""
        return np.ascontiguousarray(self.middle + (self.root @ (self.scale * x).T).T)


@dataclass(slots=True)
class Sampler:
    """Chains on one density, which can be run on. `info`: divergences, gradients, acceptance of the kept rounds."""

    layout: Layout
    seed: int
    threads: int = 2
    states: list[Array] = field(default_factory=list)
    steps: list[Array] = field(default_factory=list)
    info: dict[str, float] = field(default_factory=lambda: {"divergences": 0, "gradients": 0, "acceptance": 0.0})
    plain: Plain | None = None
    _round: int = 0

    def begin(self) -> None:
        """Find the coordinates and let the chains settle and learn their step. Raises EstimationError E-EST-03."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # more threads in the algebra would change the last bits
            self._begin()

    def _begin(self) -> None:
        self.plain = round_coordinates(self.layout)
        _same_code(self.layout, self.plain)
        n = self.layout.unknowns
        self.states = [0.5 * stream(self.seed, f"start {c}").standard_normal(n) for c in range(CHAINS)]
        self.steps = [fresh_step(0.3) for _ in range(CHAINS)]
        for number, moves in enumerate(_TUNE):
            kept = self._run(moves, tuning=True)
            if number == 0:
                self._turn(kept)
            elif number + 1 < len(_TUNE):
                self._settle(kept[:, moves // 3 :])
        self.info = {"divergences": 0, "gradients": 0, "acceptance": 0.0}

    def _turn(self, kept: Array) -> None:
        """Take the coordinates from the curvature where the chains now are, instead of that at the mode."""
        assert self.plain is not None
        half = kept.shape[1] // 2
        z = self.plain.out(kept[:, half:].reshape(-1, kept.shape[-1]))
        here = self.plain.out(np.stack(self.states))
        looks = np.concatenate([here, self.plain.out(kept[:, half])])
        if len(self.layout.low) > _MANY:
            looks = looks[::CHAINS]  # many claims leave little but a normal shape
        bends = self._each(lambda i: curvature(self.layout, looks[i]), len(looks))
        root = inverse_root(np.mean(bends, axis=0))
        middle = z.mean(axis=0)
        self.plain = Plain(middle, _sparse(root), np.ones(len(middle)))
        back = np.linalg.inv(root)
        self.states = [back @ (x - middle) for x in here]
        self.steps = [fresh_step(0.3) for _ in range(CHAINS)]

    def _settle(self, kept: Array) -> None:
        """Give the coordinates the mean and the widths of the draws so far, and begin the learning of steps anew."""
        assert self.plain is not None
        flat = kept.reshape(-1, kept.shape[-1])
        shift = flat.mean(axis=0)
        wide = np.sqrt((flat.var(axis=0) * len(flat) + _CAUTION) / (len(flat) + _CAUTION)).clip(0.3, 8.0)
        old = self.plain
        self.plain = Plain(old.out(shift[None])[0], old.root, old.scale * wide)
        for c in range(CHAINS):
            self.states[c] = (self.states[c] - shift) / wide
            self.steps[c] = fresh_step(float(np.exp(self.steps[c][1])))

    def _run(self, moves: int, tuning: bool) -> Array:
        """(chain, move, unknown) states in the round coordinates."""
        assert self.plain is not None
        plain, n = self.plain, self.layout.unknowns
        root = (plain.root.data, plain.root.indices, plain.root.indptr, plain.scale)
        self._round += 1
        kept = np.empty((CHAINS, moves, n))

        def one(chain: int) -> tuple[int, int, float]:
            rng = stream(self.seed, f"chain {chain} round {self._round}")
            noise, dice = rng.standard_normal((moves, n)), rng.random((moves, 2))
            return advance(  # type: ignore[no-any-return]  # compiled
                self.states[chain], self.steps[chain], noise, dice, tuning, plain.middle, root, self.layout, kept[chain]
            )

        outcomes = self._each(one, CHAINS)
        self.info["divergences"] += sum(o[0] for o in outcomes)
        self.info["gradients"] += sum(o[1] for o in outcomes)
        self.info["acceptance"] = float(np.mean([o[2] for o in outcomes]))
        return kept

    def _each(self, work: Callable[[int], Any], count: int) -> list[Any]:
        """work(0), work(1), ... on the sampler's threads, in order."""
        if self.threads == 1:
            return [work(i) for i in range(count)]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, range(count)))

    def draw(self, moves: int) -> Array:
        """(chain, move, unknown) draws of z."""
        if self.plain is None:
            self.begin()
        assert self.plain is not None
        kept = self._run(moves, tuning=False)
        return self.plain.out(kept.reshape(-1, kept.shape[-1])).reshape(kept.shape)


def _same_code(layout: Layout, plain: Plain) -> None:
    """The chains' compiled code must be that of the density; after an edit an old one may lie in the cache."""
    n = layout.unknowns
    root = (plain.root.data, plain.root.indices, plain.root.indptr, plain.scale)
    z, gz, ll, out = np.empty(n), np.empty(n), np.empty(len(layout.low)), np.empty(n)
    x = np.full(n, 0.1)
    value, wanted = -slope(x, plain.middle, root, z, gz, ll, out, layout), bind(layout)(plain.out(x[None])[0])[0]
    if abs(value - wanted) > 1e-9 * abs(wanted):
        raise EstimationError(
            "E-EST-04", f"the sampler's compiled code is not that of the model ({value:.6g} instead of {wanted:.6g})"
        )


def bind(layout: Layout) -> Callable[[Array], tuple[float, Array]]:
    """The density and its gradient as a function of z alone."""
    count = len(layout.low)

    def density(z: Array) -> tuple[float, Array]:
        gradient, ll = np.empty(len(z)), np.empty(count)
        return float(evaluate(z, ll, gradient, layout)), gradient

    return density


def round_coordinates(layout: Layout) -> Plain:
    """Coordinates in which the posterior is nearly standard normal. Curvature by differences of the gradient.

    The root is the symmetric one, which couples only what the claims couple; its small entries are dropped and it is
    kept sparse, which changes nothing but the speed.
    """
    from scipy.optimize import minimize

    density, n = bind(layout), layout.unknowns

    def negative(z: Array) -> tuple[float, Array]:
        value, gradient = density(z)
        return (-value, -gradient) if np.isfinite(value) else (_NO_FIT, np.zeros_like(z))

    found = minimize(negative, np.zeros(n), jac=True, method="L-BFGS-B", options={"maxiter": 4000, "maxfun": 8000})
    if not np.isfinite(found.fun) or found.fun >= _NO_FIT:
        raise _no_fit()
    root = inverse_root(curvature(layout, found.x))
    return Plain(found.x, _sparse(root), np.ones(n))


def _no_fit() -> EstimationError:
    fix = "Look for a figure that is off by orders of magnitude."
    return EstimationError("E-EST-03", "no set of hazards fits these claims at all", fix=fix)


def inverse_root(curvature: Array) -> Array:
    """The symmetric root of the inverse; directions that bend the wrong way, or hardly, count as half the prior's."""
    if not np.isfinite(curvature).all():
        raise _no_fit()
    values, vectors = np.linalg.eigh(curvature)
    return np.asarray((vectors / np.sqrt(np.clip(np.abs(values), 0.5, None))) @ vectors.T)


def _sparse(root: Array) -> Any:
    from scipy import sparse

    return sparse.csr_matrix(np.where(np.abs(root) > _NEGLIGIBLE, root, 0.0))


def prior_draws(layout: Layout, rng: np.random.Generator, count: int) -> Array:
    """(draw, unknown) z before any claim is heard."""
    z = rng.standard_normal((count, layout.unknowns))
    heavy = layout.heavy == 1
    z[:, heavy] = rng.standard_t(NU, (count, int(heavy.sum())))
    return z


def curvature(layout: Layout, z: Array, step: float = 1e-4) -> Array:
    """(unknown, unknown) second derivatives of -log p at z."""
    density, n = bind(layout), len(z)
    hessian = np.empty((n, n))
    for i in range(n):
        shift = np.zeros(n)
        shift[i] = step
        hessian[i] = (density(z - shift)[1] - density(z + shift)[1]) / (2 * step)
    return np.asarray((hessian + hessian.T) / 2)


def log_likelihoods(layout: Layout, z: Array) -> Array:
    """(draw, observation) log-likelihoods of draws z : (draw, unknown)."""
    gradient, out = np.empty(z.shape[1]), np.empty((len(z), len(layout.low)))
    for i, row in enumerate(z):
        evaluate(row, out[i], gradient, layout)
    return out


def series(layout: Layout, z: Array) -> Any:
    """(draw, group, week, series) of draws z : (draw, unknown), in single precision."""
    return np.stack([series_of(row, layout).astype(np.float32) for row in z])
