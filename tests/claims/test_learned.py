"""The model's claims: exact words, the case's names, periods, masked names, confidence, and the rules beside them."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from condotta.cases import Case, load_case, skeleton
from condotta.claims import Reader
from condotta.claims.candidates import candidates
from condotta.claims.learned import logit, score
from condotta.claims.network import calibration, shipped
from condotta.claims.quantities import Quantity
from condotta.claims.readings import SPANS, readings_of, softmax
from condotta.claims.sentences import sentences
from condotta.claims.windows import Window
from condotta.intervals import Amount
from condotta.records import Claim, Document
from condotta.vocabulary import vocabulary

LIBYA = Path(__file__).parents[2] / "examples" / "libya-2020"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def read(reader: Reader, text: str, title_end: int = 0) -> list[Claim]:
    document = Document("d", "", 0, "text/plain", text, published=date(2020, 5, 20), title_end=title_end)
    return [c for c in reader.read(document) if c.kind in ("count", "terms")]


def test_quotes_are_the_text_at_their_offsets(reader: Reader) -> None:
    text = (
        "Desertions from the Northern Falcons reached 60 in April, by the count of the Aleppo Media Centre.\n\n"
        "The death of 14 fighters was confirmed by a spokesman; another 40 were wounded."
    )
    claims = read(reader, text)
    assert len(claims) >= 3
    for claim in claims:
        assert claim.quote == text[claim.start : claim.end]
        if claim.amount and claim.amount.start is not None:
            assert claim.amount.text == text[claim.amount.start : claim.amount.end]


def test_nominalised_verbs_and_late_speakers_are_read(reader: Reader) -> None:
    (claim,) = read(
        reader, "The death of 14 fighters of the Hamza Division near Tripoli was confirmed by the Syrian Observatory."
    )
    assert (claim.measure, claim.amount and claim.amount.low) == ("killed", 14)
    assert "Hamza Division" in (claim.group_text or "")


def test_a_group_that_nobody_lets_speak_is_no_source() -> None:
    text = "Former members of Hayat Tahrir al-Sham (HTS) are among them: the LNA captured one HTS fighter."
    claims = read(Reader(case=load_case(LIBYA)), text)
    assert any(c.measure == "captured" for c in claims) and not any(
        "HTS" in n or "Hayat" in n for c in claims for n in c.chain
    )
    text = "The figure came from the Syrian Network (SN), which said that 40 fighters of the Hamza Division had been killed."
    assert all(n.count("(") == n.count(")") for c in read(Reader(), text) for n in c.chain)


def test_a_text_without_claims_gives_none(reader: Reader) -> None:
    assert (
        read(reader, "The town of 40,000 people lies 12 kilometres from the border; its 3 schools have 900 pupils.")
        == []
    )


def test_long_documents_are_read_to_the_end(reader: Reader) -> None:
    filler = "The weather stayed dry and the roads were open. " * 400
    claims = read(reader, filler + "At least 37 soldiers were killed in the attack, the army said.")
    assert [c.amount.low for c in claims if c.amount] == [37]


def test_reading_again_gives_the_same(reader: Reader) -> None:
    text = "About 2,000 Syrian fighters were sent to Libya in January, the monitor said, and 60 of them were killed."
    assert read(reader, text) == read(Reader(), text)


def test_confidence_is_a_probability_and_low_ones_are_unsure(reader: Reader) -> None:
    for claim in read(
        reader, "About 2,000 Syrian fighters were sent to Libya in January; 60 were killed, 12 fled, 9 refused."
    ):
        assert 0 < claim.confidence < 1
        assert claim.unsure == (claim.confidence < 0.35)


def test_an_accepted_claim_is_not_unsure() -> None:
    claim = Claim(
        "d", "count", "q", 0, 1, confidence=0.2, by="model", amount=Amount(1, 1, "people", "exactly", "1", 0, 1)
    )
    assert claim.unsure
    assert not Claim("d", "count", "q", 0, 1, confidence=0.2, by="model, accepted by analyst").unsure
    assert not Claim("d", "count", "q", 0, 1, confidence=0.2, by="rules").unsure


def test_rules_alone_need_no_model() -> None:
    text = "SOHR said that 40 fighters were killed in Libya."
    document = Document("d", "", 0, "text/plain", text, published=date(2020, 5, 20))
    assert {c.by for c in Reader(model=False).read(document)} == {"rules"}


def test_private_names_are_masked_in_the_chain(reader: Reader) -> None:
    text = "Omar Haddad, a fighter captured near Tripoli, said that 300 men had come with him to Libya."
    assert "Haddad" not in " ".join(" ".join(c.chain) for c in read(reader, text))


def test_private_names_are_masked_in_the_group(reader: Reader) -> None:
    text = "Reports tell of the capture of HTS fighter Omar Haddad by the army; 30 fighters of the group were killed."
    assert not [c for c in read(reader, text) if "Haddad" in (c.group_text or "")]


def test_groups_are_known_by_other_transliterations() -> None:
    case = load_case(LIBYA)
    assert case.resolve("groups", "Firqat al-Hamza") == case.resolve("groups", "al-Hamzat") == "Hamza Division"
    assert case.resolve("groups", "Northern Falcons") is None
    assert skeleton("fighters") == frozenset()
    assert skeleton("Sultan Murad Division") != skeleton("Sultan Suleiman Shah")


def test_calibration_has_a_weight_for_every_feature() -> None:
    weights = calibration()
    assert (
        len(weights["claim"]) == 5
        and len(weights["whole"]) == 6
        and 0 < weights["threshold"][1] <= weights["threshold"][0] < 1
    )
    assert score([0.0, 1.0], [logit(0.7)]) == pytest.approx(0.7)


def test_batches_do_not_change_a_reading() -> None:
    network = shipped()
    texts = [
        "About 2,000 fighters were sent to Libya, the monitor said. Of them 40 were killed; 12 fled.",
        "The unit lost 31 men. " * 40,
    ]
    made = [
        window
        for text in texts
        for window in network.windower(text, [(s.start, s.end) for s in sentences(text)]).windows(
            candidates(text, vocabulary())
        )
    ]
    together, apart = network.read(made), [network.read([w])[0] for w in made]
    assert [len(a) for a in together] == [len(w.candidates) for w in made]
    for a, b in zip(together, apart, strict=True):
        assert [x.best("measure")[0] for x in a] == [x.best("measure")[0] for x in b]


@pytest.mark.parametrize("seed", range(6))
def test_a_role_is_the_likeliest_span_within_a_sentence(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ids = (1, *range(2, 9), 3, *range(9, 60), 3)
    starts = tuple(-1 if i in (1, 3) else 10 * k for k, i in enumerate(ids))
    ends = tuple(-1 if a < 0 else a + 5 for a in starts)
    sentences = tuple(-1 if a < 0 else int(k > 8) for k, a in enumerate(starts))
    figure = Quantity(10, 15, 10, 15, 1.0, 1.0, "exactly", None)
    window = Window(ids, (0,) * len(ids), starts, ends, sentences, ((0, figure),))
    first, last = rng.normal(size=(2, 1, 5, len(ids))).astype(np.float32)
    (read,) = readings_of(window, rng.normal(size=(1, 32)).astype(np.float32), first, last)
    for r, name in enumerate(SPANS):
        a, b = softmax(first[0, r]), softmax(last[0, r])
        shares = {None: float(a[0] * b[0])} | {
            (starts[i], ends[j]): float(a[i] * b[j])
            for i in range(len(ids))
            for j in range(i, min(i + 30, len(ids)))
            if sentences[i] == sentences[j] >= 0
        }
        best = max(shares, key=lambda k: shares[k])
        assert read.roles[name].span == best
        assert read.roles[name].probability == pytest.approx(shares[best] / sum(shares.values()), rel=1e-3)


def test_the_network_is_told_to_add_int8_without_overflow_on_every_processor() -> None:
    options = shipped()._session.get_session_options()
    assert options.get_session_config_entry("session.x64quantprecision") == "1"


NORTH = Case.model_validate(
    {
        "title": "test", "period": {"start": date(2020, 1, 1), "end": date(2020, 12, 31)}, "unspecified": "Northerners", "sponsors": {"S": {}},
        "client": {"Coast Army": {}}, "groups": {"Northerners": {"sponsor": "S", "aliases": ["Andeans"]}, "First Column": {"parent": "Northerners"}},
        "theatres": {"Libya": {"places": ["Tripoli"]}}, "sources": {"SOHR": {"kind": "monitor", "grade": "B"}},
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def northern() -> Reader:
    return Reader(case=NORTH)


@pytest.mark.parametrize(
    ("text", "figure", "wanted"),
    [
        ("According to SOHR, about 400 men had been recruited by the First Column by 15 March 2020.", 400, {"aspect": "total"}),
        ("SOHR said that about 120 fighters of the First Column had returned home by 3 May 2020.", 120, {"aspect": "total"}),
        ("SOHR's tally of the Andeans killed rose to 68 this month, from 41 in March.", 68, {"aspect": "total", "day": date(2020, 5, 20)}),
        ("SOHR's tally of the Andeans killed rose to 68 this month, from 41 in March.", 41, {"aspect": "total", "day": date(2020, 3, 31)}),
        ("It is not correct, as was stated before, that 800 Andeans are fighting in Libya, SOHR said.", 800, {"stance": "denied"}),
        ("SOHR said that there were never more than 500 Andeans in Libya.", 500, {"stance": "asserted"}),
        ("Six Andean snipers were captured in Tripoli on Monday, SOHR said.", 6, {"group": "Northerners"}),
        ("The Coast Army has recruited more than 800 Andeans, SOHR said.", 800, {"group": "Northerners"}),
        ("A ministry confirms 4 dead Andeans; SOHR has the names of 57.", 57, {"origin": "SOHR"}),
        ("SOHR said that the First Column recruited some 200 men since March, of whom 36 were minors.", 36, {"subset": "minors"}),
        ("SOHR counted 55 new recruits who arrived in Tripoli on Monday.", 55, {"group": "Northerners"}),
    ],
)  # fmt: skip
def test_what_the_rules_know_better_than_the_model(
    northern: Reader, text: str, figure: float, wanted: dict[str, object]
) -> None:
    claims = [c for c in read(northern, text) if c.amount and figure in (c.amount.low, c.amount.high)]
    assert claims
    assert {k: getattr(claims[0], k) for k in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("The US says 300 Andean fighters were killed in Riverton.", ("Wire", "United States")),
        ("A lawyer for the claims office said 30 Andean fighters were killed.", ("Wire", "lawyer for the claims office")),
    ],
)  # fmt: skip
def test_speakers_whose_names_look_like_other_words(text: str, chain: tuple[str, ...]) -> None:
    case = Case.model_validate(
        {
            "title": "test", "period": {"start": date(2024, 8, 1), "end": date(2025, 12, 31)}, "sponsors": {"S": {}},
            "groups": {"Column": {"sponsor": "S", "aliases": ["Andeans", "Andean fighters"]}},
            "sources": {"United States": {"kind": "government", "grade": "D", "aliases": ["US"]}},
        }
    )  # fmt: skip
    document = Document("d", "", 0, "text/plain", text, None, "Wire", published=date(2025, 12, 5))
    (claim,) = (c for c in Reader(case=case).read(document) if c.kind == "count")
    assert claim.chain == chain


def test_killed_and_injured_side_by_side_keep_their_own_figures(reader: Reader) -> None:
    found = {
        c.measure: c.amount.low
        for c in read(reader, "20 civilians killed 30 injured in a car bomb attack near Riverton.")
        if c.amount
    }
    assert found == {"killed": 20, "wounded": 30}
