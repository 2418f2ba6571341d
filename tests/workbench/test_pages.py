"""The text of a document cut into stretches: joined it is the text, whatever is claimed of it."""

from hypothesis import given
from hypothesis import strategies as st

from condotta.intervals import Amount
from condotta.ledger.browsing import Listed
from condotta.records import Claim
from condotta.workbench.pages.documents import stretches
from condotta.workbench.pages.sources import graph

TEXT = "Some 40 men of 300 died.\n\nNobody knows 🕊 why.\nThe end."
SPANS = st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(sorted).filter(lambda s: s[0] < s[1])


@given(st.lists(st.tuples(SPANS, SPANS), max_size=6))
def test_nothing_of_the_text_is_lost_and_every_claim_is_marked(spans: list[tuple[list[int], list[int]]]) -> None:
    claims = [
        Listed(Claim("D", "count", TEXT[a:b], a, b, amount=Amount(1, 1, start=x, end=y), id=f"C{k}"), "open", 0, False)
        for k, ((a, b), (x, y)) in enumerate(spans)
    ]
    cut = [s for p in stretches(TEXT, claims) for s in p]
    assert "".join(s.words for s in cut).split() == TEXT.split()
    assert all(TEXT[s.at : s.at + len(s.words)] == s.words for s in cut)
    marked = {id for s in cut for id in s.claims}
    visible = {f"C{k}" for k, (_, (x, y)) in enumerate(spans) if TEXT[x:y].strip()}
    assert visible <= marked


def test_the_graph_joins_the_first_and_the_last_of_a_chain() -> None:
    made = graph([("Paper > Agency > Monitor", 7), ("Paper > Monitor", 2), ("Paper", 5), ("Radio > Army", 1)])
    assert [(e.outlet, e.origin, e.count) for e in made.edges] == [("Paper", "Monitor", 9), ("Radio", "Army", 1)]
    assert made.edges[0].width > made.edges[1].width and made.left_out == 0
