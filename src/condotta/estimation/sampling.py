"""Draws from the density: NUTS (nutpie) in coordinates where the posterior is nearly a round normal.

The coordinates come from the mode and the curvature there; they only speed the sampler up and are not the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from condotta.errors import EstimationError
from condotta.estimates import Array
from condotta.estimation.density import Layout, evaluate
from condotta.randomness import stream


@dataclass(frozen=True, slots=True)
class Draws:
    """z : (chain, draw, unknown); `info` for diagnosis: divergences, gradient evaluations."""

    z: Array
    info: dict[str, Any]


_NEGLIGIBLE = 3e-3


def sample(layout: Layout, seed: int, draws: int = 700, tune: int = 450, chains: int = 4, cores: int = 2) -> Draws:
    """Posterior draws of z. The same seed gives the same draws. Raises EstimationError E-EST-03 without a mode."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # arviz announces its next version on import
        import nutpie
        from nutpie.compiled_pyfunc import from_pyfunc

    density = bind(layout)
    mode, root = round_coordinates(density, layout.shape[3])

    def logp(x: Array) -> tuple[float, Array]:
        value, gradient = density(mode + root @ x)
        return value, root.T @ gradient

    n = len(mode)
    model = from_pyfunc(
        n, lambda: logp, lambda *_: lambda x: {"x": x}, [np.dtype("float64")], [(n,)], ["x"],
        make_initial_point_fn=lambda seed: 0.1 * stream(int(seed), "start").standard_normal(n),
    )  # fmt: skip
    trace = nutpie.sample(
        model, draws=draws, tune=tune, chains=chains, cores=cores, seed=seed, progress_bar=False, save_warmup=False
    )
    x = np.asarray(trace.posterior["x"])
    stats = trace.sample_stats
    return Draws(
        np.ascontiguousarray(mode + (root @ x.reshape(-1, n).T).T.reshape(x.shape)),
        {"divergences": int(np.asarray(stats["diverging"]).sum()), "steps": int(np.asarray(stats["n_steps"]).sum())},
    )


def bind(layout: Layout) -> Callable[[Array], tuple[float, Array]]:
    """The density and its gradient as a function of z alone."""
    arrays, count = layout.arrays(), len(layout.low)

    def density(z: Array) -> tuple[float, Array]:
        gradient, ll = np.empty(len(z)), np.empty(count)
        return float(evaluate(z, ll, gradient, *arrays)), gradient

    return density


def round_coordinates(density: Callable[[Array], tuple[float, Array]], n: int) -> tuple[Array, Any]:
    """(mode, root): z = mode + root x makes x nearly standard normal. Curvature by differences of the gradient.

    The root is the symmetric one, which couples only what the claims couple; its small entries are dropped and it is
    kept sparse, which changes nothing but the speed.
    """
    from scipy import sparse
    from scipy.optimize import minimize

    def negative(z: Array) -> tuple[float, Array]:
        value, gradient = density(z)
        return (-value, -gradient) if np.isfinite(value) else (1e300, np.zeros_like(z))

    found = minimize(negative, np.zeros(n), jac=True, method="L-BFGS-B", options={"maxiter": 4000, "maxfun": 8000})
    if not np.isfinite(found.fun):
        raise EstimationError(
            "E-EST-03",
            "no set of hazards fits these claims at all",
            fix="Look for a figure that is off by orders of magnitude.",
        )
    step = 1e-4
    hessian = np.empty((n, n))
    for i in range(n):
        shift = np.zeros(n)
        shift[i] = step
        hessian[i] = (density(found.x - shift)[1] - density(found.x + shift)[1]) / (2 * step)
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    root = (vectors / np.sqrt(np.clip(values, 0.5, None))) @ vectors.T
    return found.x, sparse.csr_matrix(np.where(np.abs(root) > _NEGLIGIBLE, root, 0.0))


def log_likelihoods(layout: Layout, z: Array) -> Array:
    """(draw, observation) log-likelihoods of draws z : (draw, unknown)."""
    arrays, gradient = layout.arrays(), np.empty(z.shape[1])
    out = np.empty((len(z), len(layout.low)))
    for i, row in enumerate(z):
        evaluate(row, out[i], gradient, *arrays)
    return out
