"""The world: groups of fighters that move between states week by week, and its gradient.

    H  home pool      --h_recruit-->  T in training  --h_deploy-->  D present in the theatre
    H  --h_defect-->  defected        D --h_die, h_capture, h_return, h_flee--> killed, captured, returned, fled

Competing risks share an outflow: out_i = D (1 - exp(-S)) h_i / S with S the sum of the hazards; so stocks stay
positive and people are conserved whatever the hazards. Being wounded and refusing move nobody. Nothing here knows of
claims or samplers. `backward` is the exact adjoint of `forward`.

    log_hazard : (group, hazard, week), per week      pool : (group,), fighters
    series     : (group, week, series), fighters at the week's end; order of condotta.estimates.SERIES
"""

import numba
import numpy as np

from condotta.estimates import Array

HAZARDS = ("recruit", "deploy", "die", "capture", "return", "flee", "defect", "wound", "refuse")
_CAP = 2.5


@numba.njit(cache=True)
def _share(stock: float, total: float) -> float:
    """stock * (1 - exp(-total)) / total, also where the total is tiny."""
    if total < 1e-9:
        return stock * (1.0 - 0.5 * total)
    return -stock * np.expm1(-total) / total


@numba.njit(cache=True)
def forward(log_hazard: Array, pool: Array) -> Array:
    """The series of every group from its hazards and its pool."""
    groups, _, weeks = log_hazard.shape
    series = np.zeros((groups, weeks, 12))
    h = np.empty(9)
    for f in range(groups):
        home, training, present = pool[f], 0.0, 0.0
        total = np.zeros(12)
        for w in range(weeks):
            for j in range(9):
                h[j] = np.exp(min(log_hazard[f, j, w], _CAP))
            from_home = _share(home, h[0] + h[6])
            from_present = _share(present, h[2] + h[3] + h[4] + h[5])
            deployed = -training * np.expm1(-h[1])
            recruited, defected = from_home * h[0], from_home * h[6]
            total[3] += recruited
            total[4] += deployed
            total[9] += defected
            for i in range(4):
                total[5 + i] += from_present * h[2 + i]
            total[10] += -present * np.expm1(-h[7])
            total[11] += -home * np.expm1(-h[8])
            home -= recruited + defected
            training += recruited - deployed
            present += deployed - from_present * (h[2] + h[3] + h[4] + h[5])
            total[0], total[1], total[2] = home, training, present
            series[f, w] = total
    return series


@numba.njit(cache=True)
def _share_slope(total: float) -> float:
    """d/dtotal of (1 - exp(-total)) / total."""
    if total < 1e-4:
        return -0.5 + total / 3.0
    return (np.exp(-total) * (total + 1.0) - 1.0) / (total * total)


@numba.njit(cache=True)
def backward(log_hazard: Array, pool: Array, series: Array, g: Array, g_log: Array, g_pool: Array) -> None:
    """Fill `g_log` and `g_pool` with the gradient of a scalar whose gradient by `series` is `g`."""
    groups, _, weeks = log_hazard.shape
    h = np.empty(9)
    gh = np.empty(9)
    for f in range(groups):
        later = np.zeros(12)
        g_home, g_training, g_present = 0.0, 0.0, 0.0
        for w in range(weeks - 1, -1, -1):
            home = pool[f] if w == 0 else series[f, w - 1, 0]
            training = 0.0 if w == 0 else series[f, w - 1, 1]
            present = 0.0 if w == 0 else series[f, w - 1, 2]
            for j in range(9):
                h[j] = np.exp(min(log_hazard[f, j, w], _CAP))
                gh[j] = 0.0
            for m in range(3, 12):
                later[m] += g[f, w, m]
            g_home += g[f, w, 0]
            g_training += g[f, w, 1]
            g_present += g[f, w, 2]
            s_home, s_present = h[0] + h[6], h[2] + h[3] + h[4] + h[5]
            q_home, q_present = _share(1.0, s_home), _share(1.0, s_present)
            # home: recruited = home q h0, defected = home q h6
            g_recruited = later[3] - g_home + g_training
            g_defected = later[9] - g_home
            both = g_recruited * h[0] + g_defected * h[6]
            slope = home * _share_slope(s_home) * both
            gh[0] += home * q_home * g_recruited + slope
            gh[6] += home * q_home * g_defected + slope
            # refused = home (1 - exp(-h8)), moves nobody
            gh[8] += later[11] * home * np.exp(-h[8])
            new_home = g_home + q_home * both - later[11] * np.expm1(-h[8])
            # training: deployed = training (1 - exp(-h1))
            g_deployed = later[4] - g_training + g_present
            gh[1] += g_deployed * training * np.exp(-h[1])
            new_training = g_training - g_deployed * np.expm1(-h[1])
            # present: four exits
            out = 0.0
            for i in range(4):
                out += (later[5 + i] - g_present) * h[2 + i]
            slope = present * _share_slope(s_present) * out
            for i in range(4):
                gh[2 + i] += present * q_present * (later[5 + i] - g_present) + slope
            gh[7] += later[10] * present * np.exp(-h[7])
            new_present = g_present + q_present * out - later[10] * np.expm1(-h[7])
            for j in range(9):
                g_log[f, j, w] = gh[j] * h[j] if log_hazard[f, j, w] < _CAP else 0.0
            g_home, g_training, g_present = new_home, new_training, new_present
        g_pool[f] = g_home
