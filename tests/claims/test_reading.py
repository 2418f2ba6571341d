"""From sentences to claims: measure, aspect, group, source, stance. Sentences written for these tests."""

from datetime import date

import pytest

from condotta.cases import Case
from condotta.claims import Reader
from condotta.records import Claim, Document

DAY = date(2020, 6, 3)


@pytest.fixture(scope="module")
def plain() -> Reader:
    """The rules alone, without a case; tests/claims/test_learned.py holds the reader with its model."""
    return Reader(model=False)


@pytest.fixture(scope="module")
def reader(libya: Case) -> Reader:
    """The rules alone with the bundled case."""
    return Reader(case=libya, model=False)


def read(reader: Reader, text: str, publisher: str | None = None) -> list[Claim]:
    """The claims of a short text."""
    return reader.read(Document("D", "", 0, "text/plain", text, published=DAY, publisher=publisher))


def count(reader: Reader, text: str) -> Claim:
    """The only head-count of a text."""
    (claim,) = [c for c in read(reader, text) if c.kind == "count"]
    return claim


@pytest.mark.parametrize(
    ("text", "measure", "aspect"),
    [
        ("About 40 fighters of the brigade had been captured in the city by 6 March 2021.", "captured", "total"),
        ("About 400 fighters have arrived in Libya since December, the monitor said.", "arrived", "total"),
        ("Another 120 fighters were flown to Misrata on Friday.", "arrived", "flow"),
        ("Some 5,000 fighters are currently fighting in Libya.", "present", "stock"),
        ("There are 800 mercenaries in the town.", "present", "stock"),
        ("Nearly 1,900 recruits are in training camps in Turkey.", "in training", "stock"),
        ("The death toll among the fighters has risen to 318.", "killed", "total"),
        ("Twelve fighters were killed in the attack on Sunday.", "killed", "flow"),
        ("The shelling wounded 40 soldiers on Sunday.", "wounded", "flow"),
        ("The army captured 14 mercenaries on Monday.", "captured", "flow"),
        ("Some 1,200 fighters returned to Syria last month.", "returned", "flow"),
        ("Nearly 40 fighters fled to Italy in the past week.", "fled", "flow"),
        ("More than 700 men defected from the Eastern Brigade last month.", "defected", "flow"),
        ("About 190 fighters refused to go to the front on Monday.", "refused", "flow"),
        ("The office recruited 300 men last month for the fighting abroad.", "recruited", "flow"),
    ],
)
def test_measure_and_aspect(plain: Reader, text: str, measure: str, aspect: str) -> None:
    claim = count(plain, text)
    assert (claim.measure, claim.aspect) == (measure, aspect)


@pytest.mark.parametrize(
    "text",
    [
        "The convoy of 40 vehicles left the base on Sunday.",
        "The earthquake killed 300 people.",
        "The town lies 35 km west of the front.",
        "The fighter is 23 years old.",
        "Parliament adopted resolution 2510 with 14 votes.",
        "The club recruited 11 players.",
    ],
)
def test_no_head_count(plain: Reader, text: str) -> None:
    assert [c for c in read(plain, text) if c.kind == "count"] == []


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("The ministry said that 40 soldiers were killed.", "ministry"),
        ("According to the Red Crescent, 40 soldiers were killed.", "Red Crescent"),
        (
            '"We lost 40 men in the battle, killed in one night," said a commander of the brigade.',
            "commander of the brigade",
        ),
        ("Data gathered by the Border Monitor shows that 40 soldiers were killed.", "Border Monitor"),
        ("Reuters, citing three diplomats, reported that 40 soldiers were killed.", "three diplomats"),
        ("Forty soldiers were killed.", None),
    ],
)
def test_origin(plain: Reader, text: str, origin: str | None) -> None:
    assert count(plain, text).origin == origin


def test_chain_is_outlet_first(reader: Reader) -> None:
    text = "The Syrian Observatory for Human Rights said that 318 Syrian fighters have been killed in Libya."
    (claim,) = [c for c in read(reader, text, "Daily Paper") if c.kind == "count"]
    assert claim.chain == ("Daily Paper", "SOHR")


def test_two_speakers_in_one_sentence(plain: Reader) -> None:
    text = "The army said that 40 soldiers were killed, while the rebels put the number of dead soldiers at 90."
    claims = {c.amount.low: c.origin for c in read(plain, text) if c.kind == "count" and c.amount}
    assert claims == {40: "army", 90: "rebels"}


def test_pronoun_speaks_for_the_speaker_before(plain: Reader) -> None:
    text = "A fighter of the Eastern Brigade said that 40 men were killed. He added that 12 men had been captured."
    assert {c.origin for c in read(plain, text) if c.kind == "count"} == {"fighter of the Eastern Brigade"}


def test_source_is_not_carried_over_without_a_reason(plain: Reader) -> None:
    text = "The ministry said that 40 soldiers were killed.\n\nThe army of the south lost 90 soldiers killed on Sunday."
    assert [c.origin for c in read(plain, text) if c.kind == "count"] == ["ministry", None]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("The army denied that 40 of its soldiers had been captured.", "denied"),
        ("The government plans to send 300 soldiers to the front.", "planned"),
        ("Up to 900 fighters could be sent to Mali, a diplomat warned.", "predicted"),
        ("The army sent 300 soldiers to the front.", "asserted"),
        ("In May alone 300 soldiers were sent to the front.", "asserted"),
    ],
)
def test_stance(plain: Reader, text: str, stance: str) -> None:
    assert count(plain, text).stance == stance


def test_part_of_a_figure_keeps_its_measure(plain: Reader) -> None:
    claims = [
        c
        for c in read(plain, "The number of fighters who have arrived in Libya rose to 9,150, among them 290 minors.")
        if c.kind == "count"
    ]
    assert [(c.measure, c.subset) for c in claims] == [("arrived", "all"), ("arrived", "minors")]


def test_group_of_the_case(reader: Reader) -> None:
    claim = count(reader, "Some 300 fighters of Firqat al-Hamza were sent to Tripoli.")
    assert (claim.group, claim.place) == ("Hamza Division", "Tripoli")


def test_unseen_group_is_not_forced_into_the_case(reader: Reader) -> None:
    claim = count(reader, "Some 300 fighters of the Desert Storm Brigade were killed.")
    assert (claim.group, claim.group_text) == (None, "Desert Storm Brigade")


def test_captor_is_not_the_group(reader: Reader) -> None:
    claim = count(reader, "Fourteen Syrian mercenaries were captured by the LNA.")
    assert claim.group == "Turkey-backed factions"


def test_terms(reader: Reader) -> None:
    text = (
        "The fighters were promised $2,000 a month and Turkish citizenship. "
        "A fighter of the Hamza Division said that the recruits got neither the money nor the citizenship."
    )
    found = {(c.measure, c.stance) for c in read(reader, text) if c.kind == "terms"}
    assert {("pay", "promised"), ("citizenship", "promised"), ("pay", "denied"), ("citizenship", "denied")} <= found


def test_posting_promised_and_given(reader: Reader) -> None:
    text = "The recruits had been promised work guarding oil facilities but were sent to the Tripoli front, a fighter said."
    found = {(c.stance, c.place) for c in read(reader, text) if c.measure == "posting"}
    assert found == {("promised", "oil facilities"), ("asserted", "Tripoli")}


@pytest.mark.parametrize(
    "text", ["The company earned at least $250 million from gold.", "The ministry paid $14 million for six drones."]
)
def test_money_that_is_no_pay(plain: Reader, text: str) -> None:
    assert [c for c in read(plain, text) if c.kind == "terms"] == []


@pytest.mark.parametrize(
    ("text", "triple"),
    [
        ("Turkey backs the GNA.", ("Turkey", "backs", "GNA")),
        ("The Turkey-backed Hamza Division left the town.", ("Turkey", "backs", "Hamza Division")),
        ("The Hamza Division, a Syrian faction backed by Turkey, left.", ("Turkey", "backs", "Hamza Division")),
        ("The LNA fights the GNA.", ("LNA", "fights", "GNA")),
    ],
)
def test_relations(reader: Reader, text: str, triple: tuple[str, str, str]) -> None:
    assert triple in {(c.subject, c.predicate, c.object) for c in read(reader, text) if c.kind == "relation"}


def test_a_place_is_no_party(reader: Reader) -> None:
    assert [c for c in read(reader, "They were flown from Syria to Libya to fight.") if c.kind == "relation"] == []


def test_event_and_forecast(reader: Reader) -> None:
    text = "Faylaq al-Rahman refused to send its men. Turkey may lose its influence over the factions."
    kinds = {(c.kind, c.predicate) for c in read(reader, text)}
    assert ("event", "refused") in kinds
    assert ("assessment", "forecast") in kinds


def test_private_names_never_stand_in_a_quote_or_chain(reader: Reader) -> None:
    text = "The capture of a fighter named Abu Salim Darwish of the Hamza Division was shown by the LNA, said a fighter of the brigade Zaid Hamdan."
    claims = read(reader, text)
    assert claims
    shown = " ".join([c.quote for c in claims] + [n for c in claims for n in c.chain] + [str(c.object) for c in claims])
    assert "Darwish" not in shown
    assert "Hamdan" not in shown


def test_every_quote_is_the_text_at_its_offsets(reader: Reader) -> None:
    text = "Title\n\n“Some 300 men,” said the LNA, “were killed”.\n\nOver\u00a02,000 fighters  [left](x) the Hamza Division last month."
    for claim in read(reader, text):
        assert text[claim.start : claim.end] == claim.quote
        if claim.amount and claim.amount.start is not None:
            assert text[claim.amount.start : claim.amount.end] == claim.amount.text


def test_reading_twice_gives_the_same(reader: Reader) -> None:
    text = "Some 300 fighters of the Hamza Division were killed, the LNA said."
    assert read(reader, text) == read(reader, text)


@pytest.mark.parametrize("text", ["", "\n\n", "...", "A" * 5000, "300 " * 400, "“”’" * 50])
def test_odd_texts_are_survived(reader: Reader, text: str) -> None:
    assert isinstance(read(reader, text), list)


def test_half_of_a_number_is_counted(plain: Reader) -> None:
    (claim,) = (c for c in read(plain, "Half of the 1,000 mercenaries have been withdrawn.") if c.kind == "count")
    assert claim.measure == "returned" and claim.amount is not None
    assert (claim.amount.low, claim.amount.qualifier, claim.amount.text) == (500, "about", "Half of the 1,000")


@pytest.mark.parametrize(
    "text",
    [
        "None of the 25 prisoners was Russian.",
        "Six out of ten fighters left the base.",
        "The recruits were beaten, two recruits told the newspaper.",
    ],
)
def test_figures_that_count_nobody(plain: Reader, text: str) -> None:
    assert [c for c in read(plain, text) if c.kind == "count"] == []


def test_those_who_kill_are_not_the_dead(plain: Reader) -> None:
    claim = count(
        plain, "The army and 45 mercenaries of the Desert Brigade killed 20 villagers at Hombori, witnesses said."
    )
    assert (claim.amount.low if claim.amount else None, claim.group_text) == (20, "villagers")


def test_a_condition_is_no_assertion(plain: Reader) -> None:
    claims = [
        c
        for c in read(plain, "If the sponsor sends 1,000 more men, the army will withdraw its 2,400 soldiers.")
        if c.kind == "count"
    ]
    assert {c.stance for c in claims} == {"predicted"}


def test_leaving_for_the_theatre_is_arriving(plain: Reader) -> None:
    assert count(plain, "Some 500 mercenaries left Libya for Mali last week.").measure == "arrived"


def test_the_date_behind_another_figure_is_not_this_ones(plain: Reader) -> None:
    claims = [
        c
        for c in read(plain, "More than 1,600 mercenaries are now in Mali, up from 1,000 in April.")
        if c.kind == "count"
    ]
    assert claims[0].period is None
