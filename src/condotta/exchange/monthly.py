"""Low, best and high a group and month, as conflict event data give them; and, the other way, events of UCDP GED and ACLED as claims."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from condotta.cases import Case
from condotta.estimates import STOCKS, Estimate
from condotta.intervals import Amount, Period
from condotta.records import Claim, named

MONTHLY = ("group", "year", "month", "measure", "aspect", "low", "best", "high", "sources")
_GED = ("id", "side_a", "side_b", "deaths_a", "deaths_b", "best", "high", "low", "date_start", "date_end")
_ACLED = ("event_id_cnty", "event_date", "actor1", "actor2", "fatalities", "source")


def monthly(estimate: Estimate, case: Case) -> list[dict[str, Any]]:
    """A row for each group, month and measure that a claim speaks of: `best` is the median, `low` and `high` hold 90 %; a flow in the month,
    or for stocks its last day. `sources`: origins whose figures on it fall in the month."""
    rows = []
    for group, measure in estimate.spoken():
        for first, last in _months(estimate):
            aspect = "stock" if measure in STOCKS else "flow"
            draws = estimate.reading(group, measure, aspect, Period(first if aspect == "flow" else None, last))
            low, best, high = np.quantile(draws, [0.05, 0.5, 0.95])
            rows.append(
                {
                    "group": group, "year": last.year, "month": last.month, "measure": measure, "aspect": aspect, "low": round(float(low)),
                    "best": round(float(best)), "high": round(float(high)), "sources": "; ".join(_sources(estimate, case, group, measure, first, last)),
                }
            )  # fmt: skip
    return rows


def _months(estimate: Estimate) -> Iterator[tuple[date, date]]:
    first = estimate.weeks.first_day
    while first <= estimate.weeks.last_day:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        yield first, min(following - timedelta(days=1), estimate.weeks.last_day)
        first = following


def _sources(estimate: Estimate, case: Case, group: str, measure: str, first: date, last: date) -> list[str]:
    below = {group, *case.members(group)}
    return sorted(
        {p.origin for p in estimate.evidence if p.head.measure == measure and p.head.group in below and p.head.day and first <= p.head.day <= last}
    )  # fmt: skip


def events_in(header: Sequence[str]) -> "Callable[[Mapping[str, str], Case], Iterator[Claim]] | None":
    """The reader of a row of this spreadsheet of events; None where its columns are neither UCDP GED's nor ACLED's."""
    if set(_GED) <= set(header):
        return _ged
    return _acled if set(_ACLED) <= set(header) else None


def _ged(row: Mapping[str, str], case: Case) -> Iterator[Claim]:
    """UCDP GED: deaths of either side as they are coded, and the event's low, best and high for both together."""
    period = Period(_needed(row["date_start"]), _needed(row["date_end"]))
    clear = f"event clarity {row.get('event_clarity', '?')}, date precision {row.get('date_prec', '?')}, place precision {row.get('where_prec', '?')}"
    rules = f"UCDP GED event {row['id']}: deaths in organised violence coded per event from news; {clear}; {row.get('number_of_sources', '?')} sources"
    sides = [(row["side_a"], row["deaths_a"]), (row["side_b"], row["deaths_b"])]
    for side, deaths in sides:
        if case.resolve("groups", side) and float(deaths or 0) > 0:
            yield _event(
                row,
                case,
                side,
                period,
                Amount(float(deaths), float(deaths), text=deaths),
                f"{rules}; deaths of this side",
                "UCDP GED",
            )
    both = [side for side, _ in sides if case.resolve("groups", side)]
    if both and float(row["best"] or 0) > 0:
        low, best, high = (float(row[k] or 0) for k in ("low", "best", "high"))
        amount = Amount(low, high, qualifier="exactly" if low == high else "between", text=f"{low:g} to {high:g}")
        yield _event(
            row,
            case,
            None,
            period,
            amount,
            f"{rules}; deaths of all sides and civilians, best estimate {best:g}",
            "UCDP GED",
        )


def _acled(row: Mapping[str, str], case: Case) -> Iterator[Claim]:
    """ACLED: fatalities of the whole event, by its rule the most conservative figure reported; nobody knows of which side."""
    actors = [row[k] for k in ("actor1", "assoc_actor_1", "actor2", "assoc_actor_2") if row.get(k)]
    if (
        not any(case.resolve("groups", a.strip()) for a in "; ".join(actors).split(";"))
        or float(row["fatalities"] or 0) <= 0
    ):
        return
    day = _needed(row["event_date"])
    rules = f"ACLED event {row['event_id_cnty']}: fatalities of all sides, the most conservative figure reported; time precision {row.get('time_precision', '?')}, geo precision {row.get('geo_precision', '?')}; actors: {'; '.join(actors)}"  # fmt: skip
    number = float(row["fatalities"])
    amount = Amount(number, None, qualifier="at least", text=row["fatalities"])
    yield _event(row, case, None, Period(day, day), amount, rules, "ACLED")


def _event(row: Mapping[str, str], case: Case, side: str | None, period: Period, amount: Amount, note: str, coder: str) -> Claim:  # fmt: skip
    told = row.get("source_office") or row.get("source") or ""
    names = [n.strip() for n in told.split(";") if n.strip()][:1]
    chain = tuple(dict.fromkeys([coder, *(case.resolve("sources", n) or n for n in names if len(n) > 1)]))
    group = case.resolve("groups", side) if side else None
    place = row.get("adm_1") or row.get("admin1") or row.get("location") or None
    reported = _day(row.get("source_date", "")[:10]) or _day(row.get("timestamp_date", "")) or period.end
    return Claim(
        "", "count", "", 0, 0, "killed", "flow", group=group, group_text=side, place=place, period=period, amount=amount, chain=chain,
        confidence=0.9, by="table", reported=reported, note=note,
    )  # fmt: skip


def placed(claim: Claim, document: str, quote: str, start: int, end: int) -> Claim:
    """A claim of an event with the words of its row."""
    from dataclasses import replace

    return named(replace(claim, document=document, quote=quote, start=start, end=end))


def _needed(text: str) -> date:
    day = _day(text)
    if day is None:
        raise ValueError(f"{text!r} is no day")
    return day


def _day(text: str) -> date | None:
    """A day as UCDP or ACLED write it: 2020-06-03, with a time behind it, or 03 June 2020."""
    text = text.strip()
    for form, length in (("%Y-%m-%d", 10), ("%d %B %Y", None), ("%d-%b-%Y", None)):
        try:
            return datetime.strptime(text[:length], form).date()
        except ValueError:
            continue
    return None


def to_monthly(estimate: Estimate, case: Case) -> str:
    """The rows of `monthly` as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, MONTHLY, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(monthly(estimate, case))
    return out.getvalue()
