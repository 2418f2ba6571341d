"""An estimate as ArviZ `InferenceData`: posterior, log-likelihood of each piece of evidence, and what was observed.

posterior : one variable per measure (chain, draw, group, week), people; shares of subsets (chain, draw, part)
log_likelihood : claims (chain, draw, evidence)          observed_data : figure (evidence,)
"""

from typing import Any

import numpy as np

from condotta.estimates import MEASURES, Estimate


def to_inference_data(result: Estimate) -> Any:
    """`arviz.InferenceData` of an estimate: `az.summary`, `az.loo` and the plots work on it."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # arviz announces its next version on import
        import arviz as az

    groups = sorted({g for g, _ in result.spoken()})
    spoken = {m for _, m in result.spoken()}
    shown = list(result.weeks.shown)
    posterior = {}
    for measure in (m for m in MEASURES if m in spoken):
        values = np.stack([result.series(g, measure)[:, shown] for g in groups], axis=1)
        posterior[measure.replace(" ", "_")] = values.reshape(result.chains, -1, *values.shape[1:])
    dims = {name: ["group", "week"] for name in posterior}
    coords: dict[str, Any] = {"group": groups, "week": [result.weeks.end(w).isoformat() for w in shown]}
    if result.shares:
        posterior["share"] = np.stack(list(result.shares.values()), axis=1).reshape(
            result.chains, -1, len(result.shares)
        )
        dims["share"], coords["part"] = ["part"], list(result.shares)
    figures = [e.head.amount.middle if e.head.amount else np.nan for e in result.evidence]
    coords["evidence"] = [e.id for e in result.evidence]
    return az.from_dict(
        posterior=posterior,
        log_likelihood={"claims": result.loglik.reshape(result.chains, -1, len(figures))},
        observed_data={"figure": np.array(figures)},
        dims=dims | {"claims": ["evidence"], "figure": ["evidence"]},
        coords=coords,
        attrs={k: v if isinstance(v, str) else float(v) for k, v in result.diagnostics.items()},
    )
