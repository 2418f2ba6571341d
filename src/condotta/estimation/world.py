"""The world: groups of fighters that move between states week by week, and its gradient.

    H  home pool      --h_recruit-->  T in training  --h_deploy-->  D present in the theatre
    H  --h_defect-->  defected        T --h_quit--> defected in training
    D  --h_die, h_capture, h_return, h_flee, h_turn--> killed, captured, returned, fled, defected in the theatre
    h_return of week w is raised by  renewal[w] deployed[w - c] / (D + 1): those whose contract of c weeks ends

Competing risks share an outflow: out_i = D (1 - exp(-S)) h_i / S with S the sum of the hazards; so stocks stay
positive and people are conserved whatever the hazards. Being wounded and refusing move nobody. Nothing here knows of
claims or samplers. `backward` is the exact adjoint of `forward`.

    hazard     : (group, hazard, week), per week; the last "hazard" is the share that leaves at the end of its contract
    pool       : (group,), fighters          contract : weeks
    series     : (group, week, series), fighters at the week's end; the first 14 of condotta.estimates.SERIES
"""

import numba
import numpy as np

from condotta.estimates import Array

HAZARDS = (
    "recruit", "deploy", "die", "capture", "return", "flee", "defect", "wound", "refuse", "quit", "turn", "expire",
)  # fmt: skip
COUNTED = 14


@numba.njit(cache=True)
def _share(stock: float, total: float) -> float:
    """stock * (1 - exp(-total)) / total, also where the total is tiny."""
    if total < 1e-9:
        return stock * (1.0 - 0.5 * total)
    return -stock * np.expm1(-total) / total


@numba.njit(cache=True)
def forward(hazard: Array, pool: Array, contract: int) -> Array:
    """The series of every group from its hazards and its pool; the columns behind the counted ones stay zero."""
    groups, _, weeks = hazard.shape
    series = np.zeros((groups, weeks, COUNTED + 2))
    deployed = np.zeros(weeks)
    h = np.empty(12)
    for f in range(groups):
        home, training, present = pool[f], 0.0, 0.0
        total = np.zeros(COUNTED)
        for w in range(weeks):
            for j in range(12):
                h[j] = hazard[f, j, w]
            if w >= contract:
                h[4] += h[11] * deployed[w - contract] / (present + 1.0)
            from_home = _share(home, h[0] + h[6])
            from_training = _share(training, h[1] + h[9])
            leaving = h[2] + h[3] + h[4] + h[5] + h[10]
            from_present = _share(present, leaving)
            recruited, defected = from_home * h[0], from_home * h[6]
            sent, quit = from_training * h[1], from_training * h[9]
            turned = from_present * h[10]
            deployed[w] = sent
            total[3] += recruited
            total[4] += sent
            total[9] += defected + quit + turned
            total[12] += quit
            total[13] += turned
            for i in range(4):
                total[5 + i] += from_present * h[2 + i]
            total[10] += -present * np.expm1(-h[7])
            total[11] += -home * np.expm1(-h[8])
            home -= recruited + defected
            training += recruited - sent - quit
            present += sent - from_present * leaving
            total[0], total[1], total[2] = home, training, present
            series[f, w, :COUNTED] = total
    return series


@numba.njit(cache=True)
def _share_slope(total: float) -> float:
    """d/dtotal of (1 - exp(-total)) / total."""
    if total < 1e-4:
        return -0.5 + total / 3.0
    return (np.exp(-total) * (total + 1.0) - 1.0) / (total * total)


@numba.njit(cache=True)
def backward(hazard: Array, pool: Array, contract: int, series: Array, g: Array, g_log: Array, g_pool: Array) -> None:
    """Fill `g_log` (by log hazard) and `g_pool` with the gradient of a scalar whose gradient by `series` is `g`."""
    groups, _, weeks = hazard.shape
    h = np.empty(12)
    gh = np.empty(12)
    g_sent = np.empty(weeks)
    for f in range(groups):
        later = np.zeros(COUNTED)
        g_sent[:] = 0.0
        g_home, g_training, g_present = 0.0, 0.0, 0.0
        for w in range(weeks - 1, -1, -1):
            home = pool[f] if w == 0 else series[f, w - 1, 0]
            training = 0.0 if w == 0 else series[f, w - 1, 1]
            present = 0.0 if w == 0 else series[f, w - 1, 2]
            for j in range(12):
                h[j] = hazard[f, j, w]
                gh[j] = 0.0
            own_return, due, back = h[4], 0.0, w - contract
            if back >= 0:
                sent = series[f, back, 4] - (series[f, back - 1, 4] if back else 0.0)
                due = h[11] * sent / (present + 1.0)
                h[4] += due
            for m in range(3, COUNTED):
                later[m] += g[f, w, m]
            g_home += g[f, w, 0]
            g_training += g[f, w, 1]
            g_present += g[f, w, 2]
            # home: recruited = home q h0, defected = home q h6
            s = h[0] + h[6]
            q, slope = _share(1.0, s), home * _share_slope(s)
            g_recruited = later[3] - g_home + g_training
            g_defected = later[9] - g_home
            both = g_recruited * h[0] + g_defected * h[6]
            gh[0] += home * q * g_recruited + slope * both
            gh[6] += home * q * g_defected + slope * both
            gh[8] += later[11] * home * np.exp(-h[8])
            new_home = g_home + q * both - later[11] * np.expm1(-h[8])
            # training: sent = training q h1, quit = training q h9
            s = h[1] + h[9]
            q, slope = _share(1.0, s), training * _share_slope(s)
            g_out = later[4] - g_training + g_present + g_sent[w]
            g_quit = later[9] + later[12] - g_training
            both = g_out * h[1] + g_quit * h[9]
            gh[1] += training * q * g_out + slope * both
            gh[9] += training * q * g_quit + slope * both
            new_training = g_training + q * both
            # present: five exits
            s = h[2] + h[3] + h[4] + h[5] + h[10]
            q, slope = _share(1.0, s), present * _share_slope(s)
            g_turned = later[9] + later[13] - g_present
            both = g_turned * h[10]
            for i in range(4):
                both += (later[5 + i] - g_present) * h[2 + i]
            for i in range(4):
                gh[2 + i] += present * q * (later[5 + i] - g_present) + slope * both
            gh[10] += present * q * g_turned + slope * both
            gh[7] += later[10] * present * np.exp(-h[7])
            new_present = g_present + q * both - later[10] * np.expm1(-h[7])
            if back >= 0:  # the contracts that end
                g_due = gh[4]
                gh[11] = g_due * due / h[11] if h[11] > 0.0 else 0.0
                g_sent[back] += g_due * h[11] / (present + 1.0)
                new_present -= g_due * due / (present + 1.0)
            h[4] = own_return
            for j in range(12):
                g_log[f, j, w] = gh[j] * h[j]
            g_home, g_training, g_present = new_home, new_training, new_present
        g_pool[f] = g_home
