"""The same model written a second time, in JAX from the equations of docs/estimation.md, and sampled by NumPyro's NUTS:
python -m evaluation.estimation.oracle (make oracle). Nothing here is used at run time.

The data come in as a `Layout` (who says what about when); curves, world, errors and priors are written anew.
"""

import math
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from condotta.estimates import Array
from condotta.estimation.density import LAG, Layout

EVENT, DEGREES, CAP = 2.5, 4.0, 2.5


@dataclass(frozen=True, slots=True)
class Long:
    """Draws of a long run: z (chain, draw, unknown), seconds of compiling and sampling."""

    z: Array
    seconds: float


def model(a: Layout) -> Any:
    """The NumPyro model of a layout."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from jax import lax
    from jax.scipy.special import logsumexp

    heavy = np.asarray(a.heavy) == 1
    edges = [0, *np.asarray(a.place)[:8], int(a.place[-1])]
    weeks = np.arange(a.weeks)
    starts = np.asarray(a.start)

    def block(z: Any, i: int) -> Any:
        return z[int(edges[i]) : int(edges[i + 1])]

    def curve(z: Any, c: int) -> Any:
        own = z[starts[c] : starts[c + 1]]
        level = a.level[c] + a.level_sd[c] * own[0]
        if a.form[c] == 0:
            knots = level + a.step_sd[c] * jnp.concatenate([jnp.zeros(1), jnp.cumsum(own[1:])])
            return jnp.interp(weeks, np.arange(len(own)) * a.step, knots)
        if a.form[c] == 1:
            place = np.asarray(a.jump[c])
            jump = a.step_sd[c] * (EVENT + own[1 + np.maximum(place, 0)])
            return level + jnp.where(place >= 0, jump, 0.0)
        return jnp.full(a.weeks, level)

    def share(stock: Any, total: Any) -> Any:
        safe = jnp.where(total > 1e-8, total, 1.0)
        return stock * jnp.where(total > 1e-8, -jnp.expm1(-safe) / safe, 1.0 - total / 2)

    def world(h: Any, pool: Any) -> Any:
        """(week, group, 16) from hazards (week, hazard, group)."""

        def week(state: Any, now: Any) -> Any:
            home, training, present, sums, sent_before = state
            hazard = now
            due = hazard[11] * sent_before[0] / (present + 1.0)
            going = hazard[4] + due
            out_home = share(home, hazard[0] + hazard[6])
            out_training = share(training, hazard[1] + hazard[9])
            total = hazard[2] + hazard[3] + going + hazard[5] + hazard[10]
            out = share(present, total)
            recruited, deserted = out_home * hazard[0], out_home * hazard[6]
            sent, quit = out_training * hazard[1], out_training * hazard[9]
            turned = out * hazard[10]
            flows = jnp.stack([
                recruited, sent, out * hazard[2], out * hazard[3], out * going, out * hazard[5], deserted + quit + turned,
                -present * jnp.expm1(-hazard[7]), -home * jnp.expm1(-hazard[8]), quit, turned,
            ])  # fmt: skip
            sums = sums + flows
            home, training = home - recruited - deserted, training + recruited - sent - quit
            present = present + sent - out * total
            line = jnp.concatenate([sent_before[1:], sent[None]])
            return (home, training, present, sums, line), jnp.concatenate([jnp.stack([home, training, present]), sums])

        n = len(pool)
        empty = (pool, jnp.zeros(n), jnp.zeros(n), jnp.zeros((11, n)), jnp.zeros((a.contract, n)))
        _, series = lax.scan(week, empty, h)
        return jnp.swapaxes(series, 1, 2)

    def at(series: Any, p: Any) -> Any:
        """Values at week places p (reading,), 0 before the start, the last one after the end."""
        padded = jnp.concatenate([jnp.zeros((1, *series.shape[1:])), series, series[-1:]])
        q = jnp.clip(p + 1.0, 0.0, a.weeks)
        low = jnp.floor(q).astype(int)
        rows = np.arange(len(a.measure))
        first, second = padded[low, a.who, a.measure], padded[low + 1, a.who, a.measure]
        del rows
        return first + (q - low) * (second - first)

    def speak() -> None:
        normal = numpyro.sample("normal", dist.Normal(0, 1).expand([int((~heavy).sum())]).to_event(1))
        tails = numpyro.sample("tails", dist.StudentT(DEGREES, 0, 1).expand([int(heavy.sum())]).to_event(1))
        z = jnp.zeros(a.unknowns).at[np.flatnonzero(~heavy)].set(normal).at[np.flatnonzero(heavy)].set(tails)
        z = numpyro.deterministic("z", z)
        curves = jnp.stack([curve(z, c) for c in range(len(a.level))])
        offsets = jnp.concatenate([block(z, 1), jnp.zeros(1)])[np.asarray(a.offset_of)] * a.offset_sd
        log_h = jnp.minimum(curves[np.asarray(a.curve_of)], CAP) + offsets[:, :, None]
        pool = jnp.exp(a.log_pool + a.pool_sd * block(z, 2))
        series = world(jnp.transpose(jnp.exp(log_h), (2, 1, 0)), pool)
        pay = [
            jnp.where(np.asarray(a.pay_of)[:, i] >= 0, jnp.exp(curves[np.maximum(a.pay_of[:, i], 0)]).T, 0.0)
            for i in range(2)
        ]
        series = jnp.concatenate([series, jnp.stack(pay, axis=2)], axis=2)
        sums = jnp.einsum("df,wfs->wds", a.mask, series)
        bias = a.bias_mean + a.kind_sd * block(z, 5)[a.bias_kind] + a.bias_sd * block(z, 4)
        scatter = jnp.exp(a.log_scatter + a.kind_scatter_sd * block(z, 7)[a.source_kind] + a.scatter_sd * block(z, 6))
        late = 1 / (1 + jnp.exp(-(a.late_level + a.late_sd * block(z, 8))))
        shares = jnp.concatenate([1 / (1 + jnp.exp(-(a.share_level + a.share_sd * block(z, 3)))), jnp.ones(1)])
        of = np.repeat(np.arange(len(a.low)), np.diff(a.first))
        lag = late[a.source[of]]
        mu = sum(a.sign[:, i] * ((1 - lag) * at(sums, a.at[:, i]) + lag * at(sums, a.at[:, i] - LAG)) for i in range(2))
        mu = shares[a.part[of]] * jnp.maximum(mu, 0.0)
        s = jnp.sqrt(scatter[a.source[of]] ** 2 + a.noise[of] / (mu + 0.5))
        eta = jnp.log(mu + 0.5) + bias[a.bias[of]]
        low, high = a.low[of], a.high

        def within(spread: Any) -> Any:
            up = jnp.where(np.isfinite(high), (np.where(np.isfinite(high), high, 0.0) - eta) / spread, 1e3)
            down = jnp.where(np.isfinite(low), (np.where(np.isfinite(low), low, 0.0) - eta) / spread, -1e3)
            gap = jnp.maximum(up - down, 1e-9)
            return -jnp.logaddexp(0.0, -up) - jnp.logaddexp(0.0, down) + jnp.log(-jnp.expm1(-gap))

        odd = a.garbled[of]
        clear, garbled = np.log(1 - odd) + within(s), np.log(odd) + within(a.garble_scale)
        log_f = jnp.logaddexp(clear, garbled)
        width = int(np.diff(a.first).max())
        table = np.full((len(a.low), width), len(of))
        for n in range(len(a.low)):
            table[n, : a.first[n + 1] - a.first[n]] = np.arange(a.first[n], a.first[n + 1])
        each = jnp.concatenate([log_f, jnp.full(1, -jnp.inf)])[table]
        numpyro.factor("claims", (logsumexp(each, axis=1) - np.log(np.diff(a.first))).sum())

    return speak


def run(a: Layout, draws: int = 2000, warmup: int = 1000, chains: int = 2, seed: int = 1) -> Long:
    """A long run of NUTS on the second model."""
    os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=2")
    import jax
    import numpyro
    from numpyro.infer import MCMC, NUTS

    numpyro.enable_x64()
    numpyro.set_host_device_count(2)
    begun = time.perf_counter()
    kernel = NUTS(model(a), target_accept_prob=0.9, init_strategy=numpyro.infer.init_to_median(num_samples=20))
    mcmc = MCMC(
        kernel, num_warmup=warmup, num_samples=draws, num_chains=chains, chain_method="parallel", progress_bar=False
    )
    mcmc.run(jax.random.PRNGKey(seed))
    z = np.asarray(mcmc.get_samples(group_by_chain=True)["z"])
    return Long(z, time.perf_counter() - begun)


def apart(ours: Array, theirs: Array) -> Array:
    """(3, quantity) distances of the 5, 50, 95 % quantiles of (draw, quantity) draws, in standard deviations of `theirs`."""
    p = [0.05, 0.5, 0.95]
    return np.asarray(np.abs(np.quantile(ours, p, axis=0) - np.quantile(theirs, p, axis=0)) / theirs.std(axis=0))


def log_density(a: Layout, z: Array) -> float:
    """The second model's log posterior density at z, but for a constant."""
    import jax
    import numpyro

    numpyro.enable_x64()
    heavy = np.asarray(a.heavy) == 1
    values = {"normal": z[~heavy], "tails": z[heavy]}
    found, _ = numpyro.infer.util.log_density(model(a), (), {}, values)
    del jax
    constant = -0.5 * math.log(2 * math.pi) * (~heavy).sum()
    tail = math.lgamma(2.5) - math.lgamma(2.0) - 0.5 * math.log(DEGREES * math.pi)
    return float(found - constant - tail * heavy.sum())


def main(sizes: list[str]) -> int:
    """Compare quantiles of what would be printed on the sizes given."""
    from condotta.estimation.diagnosis import mixing
    from condotta.estimation.sampling import Sampler
    from condotta.randomness import stream
    from evaluation.estimation import worlds

    for name in sizes:
        groups, weeks, claims = (int(x) for x in name.split("x"))
        world = worlds.template(groups, weeks, claims)
        z = worlds.truth(world, 11)
        a = worlds.reported(world, z, stream(11, "reports"))
        long = run(a)
        theirs = worlds.headline(world, a, long.z.reshape(-1, a.unknowns))
        r, size = mixing(theirs.reshape(len(long.z), -1, theirs.shape[1]))
        sampler = Sampler(a, 3)
        mine = np.concatenate([sampler.draw(500) for _ in range(4)], axis=1)
        ours = worlds.headline(world, a, mine.reshape(-1, a.unknowns))
        distance = apart(ours, theirs)
        print(
            f"{name:<14} NUTS {long.seconds:.0f} s, R-hat {r.max():.3f}, effective {size.min():.0f};  quantiles apart, posterior sd:"
            f" median {np.median(distance):.3f}, worst {distance.max():.3f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["1x52x100", "1x52x1000", "7x104x100", "7x104x1000"]))
