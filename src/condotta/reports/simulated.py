"""The figure of simulated scenarios: men in the theatre, dead, exits and influence, with 50 and 90 % bands."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from condotta.errors import UsageError
from condotta.estimates import Array, Estimate, bands
from condotta.reports.charts import COLOURS, script
from condotta.runs import EXITS, Runs

_CLAIMS = "estimate from the claims"


def scenarios(found: Sequence[Runs], path: Path) -> None:
    """Write the figure as .png, or as one self-contained .html page. Raises UsageError E-USE-02 for another ending."""
    import json

    import vl_convert

    spec = figure(found)
    if path.suffix == ".png":
        path.write_bytes(bytes(vl_convert.vegalite_to_png(spec, scale=2)))
    elif path.suffix == ".html":
        words = "Simulated runs, fitted to the estimates of a case: an argument about mechanisms, not a report of what happened."
        body = f'<p>{words}</p><div id="figure"></div><script>{script()}</script>'
        head = '<!doctype html><meta charset="utf-8"><title>Scenarios</title><body style="font:15px system-ui;margin:2rem">'
        path.write_text(f"{head}{body}<script>vegaEmbed('#figure', {json.dumps(spec)})</script>", encoding="utf-8")
    else:
        raise UsageError(
            "E-USE-02", f"no figure is written to {path.name!r}", fix="The ending says what: .png or .html."
        )


def figure(found: Sequence[Runs], beside: tuple[Estimate, str] | None = None) -> dict[str, Any]:
    """A Vega-Lite specification: one panel a series, one colour a scenario; `beside`: an estimate, and the side of it that was simulated."""
    import altair as alt

    panels = []
    names = [r.scenario for r in found] + ([_CLAIMS] if beside else [])
    colour = alt.Color("scenario:N", title=None, scale=alt.Scale(domain=names, range=COLOURS[: len(names)]), legend=alt.Legend(orient="top"))  # fmt: skip
    for title in ("men in the theatre", "killed, in all", "fled, refused or defected, in all", "influence at home, %"):
        data = alt.Data(values=[row for r in found for row in _bands(r, title)] + _estimated(beside, title))
        base = alt.Chart(data, title=alt.Title(title, anchor="start", fontSize=12)).encode(
            x=alt.X("week:T", title=None, axis=alt.Axis(format="%b %y", grid=False)), color=colour
        )
        y = alt.Y("low90:Q", title=None, axis=alt.Axis(format=",.0f"))
        wide = base.mark_area(opacity=0.12).encode(y=y, y2="high90:Q")
        inner = base.mark_area(opacity=0.2).encode(y="low50:Q", y2="high50:Q")
        panels.append((wide + inner + base.mark_line().encode(y="median:Q")).properties(width=360, height=190))
    grid = alt.vconcat(alt.hconcat(*panels[:2]), alt.hconcat(*panels[2:])).configure_view(stroke=None)
    return dict(grid.configure(background="white").to_dict(validate=False))


def _estimated(beside: tuple[Estimate, str] | None, title: str) -> list[dict[str, Any]]:
    """The estimate's bands of what a panel shows, where claims speak of it."""
    measure = {"men in the theatre": "present", "killed, in all": "killed"}.get(title)
    if beside is None or measure is None:
        return []
    estimate, side = beside
    q = bands(estimate.series(side, measure))
    weeks = [w for w in estimate.weeks.shown if w < estimate.weeks.count - estimate.weeks.ahead]
    return [
        {"scenario": _CLAIMS, "week": estimate.weeks.end(w).isoformat()}
        | {k: round(float(v[w]), 1) for k, v in q.items()}
        for w in weeks
    ]


def _bands(r: Runs, title: str) -> list[dict[str, Any]]:
    q = bands(_values(r, title))
    return [
        {"scenario": r.scenario, "week": r.weeks.end(w).isoformat()} | {k: round(float(v[w]), 1) for k, v in q.items()}
        for w in r.weeks.shown
    ]


def _values(r: Runs, title: str) -> Array:
    if title.startswith("men"):
        return r.series("present")
    if title.startswith("killed"):
        return r.series("killed")
    if title.startswith("influence"):
        return 100 * r.influence()
    return np.asarray(sum(r.series(e) for e in EXITS))
