"""The article that started the project, where its text is at hand: every claim comes out, every finding is made."""

from pathlib import Path

import pytest

from condotta import pipeline
from condotta.records import Claim, Finding


@pytest.fixture(scope="module")
def found(bundled: Path, corpora: Path) -> list[Finding]:
    """The findings on the article."""
    return pipeline.check(bundled, corpora / "seed" / "article.txt")[1]


@pytest.fixture(scope="module")
def claims(found: list[Finding]) -> list[Claim]:
    """Its claims."""
    return [f.claim for f in found]


def count(claims: list[Claim], measure: str, group: str) -> Claim:
    """The only head-count of a measure for a group."""
    (c,) = [c for c in claims if c.kind == "count" and c.measure == measure and c.group == group]
    return c


def test_defections(claims: list[Claim]) -> None:
    c = count(claims, "defected", "Sultan Murad Division")
    assert c.amount is not None
    assert (c.amount.low, c.amount.high, c.amount.qualifier, c.aspect) == (2000, None, "more than", "flow")
    assert c.period is not None
    assert (str(c.period.start), str(c.period.end)) == ("2020-05-01", "2020-05-31")
    assert c.chain == ("Global Research",)


def test_promises_and_what_became_of_them(claims: list[Claim]) -> None:
    terms = {(c.measure, c.stance): c for c in claims if c.kind == "terms"}
    pay = terms["pay", "promised"].amount
    assert pay is not None
    assert (pay.low, pay.high, pay.unit) == (2000, 5000, "USD")
    assert ("citizenship", "promised") in terms
    for measure in ("pay", "citizenship"):
        assert terms[measure, "denied"].origin == "fighter of Ahrar al-Sharqiya"
    assert terms["posting", "promised"].place == "oil facilities"
    assert terms["posting", "asserted"].place == "Tripoli"
    assert terms["posting", "promised"].origin == "fighter of Ahrar al-Sharqiya"


def test_the_monitors_figures(claims: list[Claim]) -> None:
    present, training = (
        count(claims, "present", "Turkey-backed factions"),
        count(claims, "in training", "Turkey-backed factions"),
    )
    assert present.amount is not None
    assert training.amount is not None
    assert (present.amount.low, present.amount.qualifier, present.aspect, present.origin) == (
        9000,
        "about",
        "stock",
        "SOHR",
    )
    assert (training.amount.low, training.aspect, training.origin) == (3500, "stock", "SOHR")


def test_captures_losses_and_members_of_banned_groups(claims: list[Claim]) -> None:
    assert count(claims, "captured", "Hayat Tahrir al-Sham").subject == "LNA"
    assert count(claims, "captured", "Islamic State").subject == "LNA"
    killed = count(claims, "killed", "Turkey-backed factions")
    assert killed.amount is not None
    assert (killed.amount.low, killed.amount.high, killed.chain) == (200, 999, ("Global Research",))
    relations = {(c.subject, c.predicate, c.object) for c in claims if c.kind == "relation"}
    assert ("Turkey-backed factions", "includes former members of", "Hayat Tahrir al-Sham") in relations
    assert {("Turkey", "backs", "GNA"), ("Turkey", "backs", "Sultan Murad Division")} <= relations
    assert ("GNA", "fights", "LNA") in relations or ("LNA", "fights", "GNA") in relations


def test_forecast(claims: list[Claim]) -> None:
    assert any(c.kind == "assessment" and c.subject == "Turkey" and "influence" in (c.object or "") for c in claims)


def test_no_private_name_is_shown(found: list[Finding]) -> None:
    shown = " ".join([f.claim.quote + " ".join(f.claim.chain) + str(f.claim.object) for f in found])
    assert "Darwish" not in shown
    assert "Zein" not in shown


def test_findings(found: list[Finding]) -> None:
    by = {(f.claim.measure, f.claim.stance): f for f in found if f.claim.amount and f.claim.amount.middle > 1}
    defected = by["defected", "asserted"]
    assert defected.verdict == "higher"
    assert "about 700 defected (SOHR, 06 May 2020)" in defected.words
    assert "the same author or origin" in defected.words
    assert by["present", "asserted"].verdict == by["in training", "asserted"].verdict == "repeats"
    assert "passed on as present" in by["present", "asserted"].words
    assert by["killed", "asserted"].verdict == "agrees"
    assert by["pay", "promised"].verdict == "higher"
