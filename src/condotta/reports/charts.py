"""Figures with Altair: a series with its bands, and the claims as points coloured by origin."""

from typing import Any

from condotta.estimates import Array, Estimate, bands
from condotta.reports.rows import points

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B58900", "#56B4E9", "#8A8A8A"]
_GREY = "#7d8590"


def timeline(
    result: Estimate, group: str, measure: str, width: int = 720, height: int = 260, weights: Array | None = None, links: bool = False
) -> dict[str, Any]:  # fmt: skip
    """A Vega-Lite specification: 50 and 90 % bands, the median, claims as points with their words on hover. `weights` : (draw,);
    with `links` a click on a point opens the claim in its document."""
    import altair as alt

    weeks = [result.weeks.end(w).isoformat() for w in result.weeks.shown]
    q = bands(result.series(group, measure)[:, result.weeks.hidden :], weights)
    rows = [{"week": w} | {n: round(float(v[k]), 1) for n, v in q.items()} for k, w in enumerate(weeks)]
    marks, order = _named(points(result, group, measure))
    x = alt.X("week:T", title=None, axis=alt.Axis(format="%b %y", grid=False))
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    title = alt.Axis(format=",.0f")
    wide = base.mark_area(opacity=0.16, color="#0072B2").encode(
        y=alt.Y("low90:Q", title=None, axis=title), y2="high90:Q"
    )
    inner = base.mark_area(opacity=0.28, color="#0072B2").encode(y="low50:Q", y2="high50:Q")
    tip = [alt.Tooltip("week:T", format="%d %b %Y"), *(alt.Tooltip(f"{n}:Q", format=",.0f") for n in q)]
    line = base.mark_line(color="#0072B2", strokeWidth=2).encode(y="median:Q", tooltip=tip)
    shown = [alt.Tooltip(f"{n}:N") for n in ("claim", "origin", "words", "chain", "carried")] + [
        alt.Tooltip("day:T", format="%d %b %Y")
    ]
    dots = (
        alt.Chart(alt.Data(values=marks))
        .mark_point(size=46, filled=True, opacity=0.85, stroke="white", strokeWidth=0.6)
        .encode(
            x=alt.X("day:T", title=None),
            y=alt.Y("figure:Q", title=None),
            tooltip=shown,
            color=alt.Color(
                "who:N",
                title="origin",
                scale=alt.Scale(domain=order, range=COLOURS[: len(order)]),
                legend=alt.Legend(orient="bottom", columns=4),
            ),
            **({"href": alt.Href("address:N")} if links else {}),
        )
    )
    chart = alt.layer(wide, inner, line, dots).properties(width=width, height=height, background="transparent")
    text = {"labelColor": _GREY, "titleColor": _GREY, "domainColor": _GREY, "tickColor": _GREY}
    spec = chart.configure_axis(gridColor="#8a8a8a33", labelFontSize=11, **text).configure_legend(
        labelColor=_GREY, titleColor=_GREY, labelLimit=180
    )
    return dict(spec.configure_view(stroke=None).to_dict(validate=False))


def _named(marks: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The six origins with most points by name, the rest as "others"."""
    counts: dict[str, int] = {}
    for mark in marks:
        counts[mark["origin"]] = counts.get(mark["origin"], 0) + 1
    top = sorted(counts, key=lambda o: (-counts[o], o))[:6]
    for mark in marks:
        mark["who"] = mark["origin"] if mark["origin"] in top else "others"
    return marks, [*top, *(["others"] if len(counts) > 6 else [])]


def png(spec: dict[str, Any], title: str) -> bytes:
    """The figure as PNG on white, twice the size, for papers."""
    import vl_convert

    return bytes(
        vl_convert.vegalite_to_png(spec | {"background": "white", "title": {"text": title, "anchor": "start"}}, scale=2)
    )


def script() -> str:
    """Vega, Vega-Lite and the embedding as one script, from the installed package; no network."""
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
