"""Event data of UCDP GED and ACLED become claims with their coding rules."""

from datetime import date
from pathlib import Path

import pytest

from condotta import pipeline

GED = """id,year,conflict_name,dyad_name,side_a,side_b,number_of_sources,source_office,source_date,event_clarity,date_prec,where_prec,adm_1,date_start,date_end,deaths_a,deaths_b,deaths_civilians,best,high,low
11,2020,Libya: Government,a dyad,Government of Libya,Sultan Murad Division,2,Reuters News;AFP,2020-05-06,1,2,3,Tripoli district,2020-05-04 00:00:00.000,2020-05-05 00:00:00.000,3,7,0,10,12,9
12,2020,Elsewhere,b,Side One,Side Two,1,BBC,2020-05-06,1,1,1,X,2020-05-04,2020-05-04,1,1,0,2,2,2
14,2020,Syrians,b,Sultan Murad Division,Hamza Division,1,BBC,2020-05-06,1,1,1,X,2020-06-04,2020-06-04,3,7,0,10,10,10
15,2020,Syrians,b,Sultan Murad Division,Hamza Division,1,BBC,2020-05-06,1,1,1,X,04/05/2020,2020-06-04,3,7,0,10,10,10
13,2020,Libya: Government,a dyad,Government of Libya,Sultan Murad Division,2,AFP,2020-05-06,1,2,3,Tripoli,2020-05-04,2020-05-05,x,many,0,1,1,1
"""
ACLED = """event_id_cnty,event_date,time_precision,event_type,actor1,assoc_actor_1,actor2,assoc_actor_2,admin1,location,geo_precision,source,notes,fatalities
LBY1,04 May 2020,1,Battles,Military Forces of Libya,Sultan Murad Division; Others,Another Army,,Tripoli,Tripoli,1,SOHR,what was told,5
LBY2,2020-05-05,1,Battles,Hamza Division,,Another Army,,Tripoli,Tripoli,1,Local Source,told,0
"""


@pytest.fixture
def case(tmp_path: Path, example: Path) -> Path:
    """The bundled case's who is who, with nothing in it."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_text((example / "case.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_ged_events_are_claims_of_a_side_and_of_all(case: Path, tmp_path: Path) -> None:
    (tmp_path / "ged.csv").write_text(GED, encoding="utf-8")
    done = pipeline.add(case, [tmp_path / "ged.csv"])
    assert done.claims == 5 and [f.code for f in done.failures] == ["E-IMP-03", "E-IMP-03"]
    both = [c for c in pipeline.claims(case) if c.day == date(2020, 6, 4) and c.group]
    assert sorted((c.group, c.amount.low) for c in both if c.amount) == [
        ("Hamza Division", 7),
        ("Sultan Murad Division", 3),
    ]
    side, every = sorted((c for c in pipeline.claims(case) if c.day == date(2020, 5, 5)), key=lambda c: c.group is None)
    assert (side.group, side.measure, side.aspect, side.amount.low if side.amount else None) == (
        "Sultan Murad Division",
        "killed",
        "flow",
        7,
    )
    assert (
        side.period
        and (side.period.start, side.period.end) == (date(2020, 5, 4), date(2020, 5, 5))
        and side.chain[0] == "UCDP GED"
    )
    assert side.note and "date precision 2" in side.note and "deaths of this side" in side.note
    assert every.amount and (every.amount.low, every.amount.high) == (9, 12) and every.quote.startswith("11,2020")
    assert pipeline.add(case, [tmp_path / "ged.csv"]).claims == 0
    assert pipeline.read(case)[1] == [] and len(pipeline.claims(case)) == 5


def test_acled_fatalities_are_lower_bounds_of_nobodys_side(case: Path, tmp_path: Path) -> None:
    (tmp_path / "acled.csv").write_text(ACLED, encoding="utf-8")
    assert pipeline.add(case, [tmp_path / "acled.csv"]).claims == 1
    (claim,) = pipeline.claims(case)
    assert claim.amount and (claim.amount.low, claim.amount.high, claim.amount.qualifier) == (5, None, "at least")
    assert claim.group is None and claim.chain == ("ACLED", "SOHR") and claim.day == date(2020, 5, 4)
    assert claim.note and "most conservative" in claim.note
