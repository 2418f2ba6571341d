"""One chain of Hamiltonian Monte Carlo with a normal reference, compiled.

    z = middle + root (scale * x);   -log p(x) = |x|^2 / 2 + V(x)
    a step of length e: half a kick by grad V, exact rotation of (x, momentum) by e, half a kick

The reference part is integrated exactly, so the step is limited only by how far the posterior is from the normal
approximation, not by the number of unknowns; the acceptance test makes the answer exact whatever the approximation.
Shahbaba, Lan, Johnson & Neal (2014), Split Hamiltonian Monte Carlo; step sizes after Hoffman & Gelman (2014).
"""

import math

import numba
import numpy as np

from condotta.estimates import Array
from condotta.estimation.density import evaluate

_TARGET = 0.75
_LONGEST = 1.2
_SHORTEST = 1e-4
_PATH = 3.2


@numba.njit(cache=True, nogil=True)
def _multiply(data, column, begin, x, out):  # type: ignore[no-untyped-def]  # numba infers
    """out = root x of a sparse symmetric root by rows."""
    for i in range(len(x)):
        total = 0.0
        for k in range(begin[i], begin[i + 1]):
            total += data[k] * x[column[k]]
        out[i] = total


@numba.njit(cache=True, nogil=True)
def slope(x, middle, root, z, gz, ll, out, a):  # type: ignore[no-untyped-def]  # numba infers
    """-log p at x; `out` gets grad V = -scale root grad log p - x."""
    data, column, begin, scale = root
    for i in range(len(x)):
        out[i] = scale[i] * x[i]
    _multiply(data, column, begin, out, z)
    z += middle
    value = evaluate(z, ll, gz, a)
    _multiply(data, column, begin, gz, out)
    for i in range(len(x)):
        out[i] = -scale[i] * out[i] - x[i]
    return -value


@numba.njit(cache=True, nogil=True)
def advance(x, step, noise, dice, tuning, middle, root, a, kept):  # type: ignore[no-untyped-def]  # numba infers
    """Moves of one chain from x (changed in place), one for each row of `noise` (move, unknown) and `dice` (move, 2).

    `step` (5,): log step, its average, statistic, count, log anchor, changed in place while `tuning`; `kept` (move, unknown)
    gets the states. Returns (divergences, gradients, mean acceptance).
    """
    n = len(x)
    z, gz, ll = np.empty(n), np.empty(n), np.empty(len(a.low))
    force, there = np.empty(n), np.empty(n)
    energy = slope(x, middle, root, z, gz, ll, force, a)
    y, p = np.empty(n), np.empty(n)
    divergences, gradients, accepted = 0, 0, 0.0
    for move in range(len(noise)):
        length = max(math.exp(step[0] if tuning else step[1]), _SHORTEST)
        count = max(1, math.ceil((0.35 + 0.65 * dice[move, 0]) * _PATH / length))
        count = min(count, 256)
        cos, sin = math.cos(length), math.sin(length)
        y[:] = x
        p[:] = noise[move]
        there[:] = force
        begin = energy + 0.5 * np.dot(p, p)
        end = 0.0
        for _ in range(count):
            for i in range(n):
                half = p[i] - 0.5 * length * there[i]
                p[i] = cos * half - sin * y[i]
                y[i] = cos * y[i] + sin * half
            end = slope(y, middle, root, z, gz, ll, there, a)
            gradients += 1
            if not math.isfinite(end) or end > begin + 1000.0:
                end = math.inf
                break
            for i in range(n):
                p[i] -= 0.5 * length * there[i]
        if math.isfinite(end):
            drop = begin - (end + 0.5 * np.dot(p, p))
            chance = 1.0 if drop >= 0.0 else math.exp(drop) if drop > -700.0 else 0.0
        else:
            chance = 0.0
            divergences += 1
        accepted += chance
        if dice[move, 1] < chance:
            x[:] = y
            force[:] = there
            energy = end
        kept[move] = x
        if tuning:
            step[3] += 1.0
            share = 1.0 / (step[3] + 10.0)
            step[2] = (1.0 - share) * step[2] + share * (_TARGET - chance)
            step[0] = min(step[4] - math.sqrt(step[3]) / 0.05 * step[2], math.log(_LONGEST))
            weight = step[3] ** -0.75
            step[1] = weight * step[0] + (1.0 - weight) * step[1]
    return divergences, gradients, accepted / max(len(noise), 1)


def fresh_step(length: float) -> Array:
    """The state of a step size that begins at `length`."""
    return np.array([math.log(length), 0.0, 0.0, 0.0, math.log(10 * length)])
