"""What the model sees: windows of every candidate, marks, shapes, and nothing lost of long texts."""

from condotta.claims.candidates import candidates
from condotta.claims.network import shipped
from condotta.claims.sentences import sentences
from condotta.claims.windows import LIMIT, Window
from condotta.vocabulary import vocabulary


def windows(text: str) -> list[tuple[str, Window]]:
    figures = candidates(text, vocabulary())
    spans = [(s.start, s.end) for s in sentences(text)]
    windower = shipped().windower(text, spans)
    return [
        (text[q.number_start : q.number_end], windower.window(k, q, figures))
        for k, (a, b) in enumerate(spans)
        for q in figures
        if a <= q.number_start < b
    ]


def test_every_candidate_has_a_window_that_marks_it() -> None:
    text = "SOHR spoke first. It put the dead at 2,000 men, of whom 40 were minors; a soldier was captured."
    for words, window in windows(text):
        marked = [text[window.starts[i] : window.ends[i]] for i in window.anchor]
        assert "".join(marked) == words
    assert [w for w, _ in windows(text)] == ["2,000", "40", "a"]


def test_a_window_reaches_back_to_earlier_sentences() -> None:
    text = "The Hamza Division spoke. It lost 12 men."
    (_, window), *_ = windows(text)
    seen = [text[a:b] for a, b in zip(window.starts, window.ends, strict=True) if a >= 0]
    assert "Division" in seen and "lost" in seen


def test_figures_far_into_a_long_sentence_are_seen() -> None:
    text = "The list names " + ", ".join(f"village{k}" for k in range(400)) + " and 31 dead fighters there."
    (words, window), *_ = [x for x in windows(text) if x[0] == "31"]
    assert words == "31" and len(window.ids) <= LIMIT and window.anchor


def test_shapes_tell_capitals_from_small_letters() -> None:
    text = "SOHR said that Libya has 12 men."
    (_, window), *_ = windows(text)
    shape = {text[a:b]: f % 4 for a, b, f in zip(window.starts, window.ends, window.features, strict=True) if a >= 0}
    assert (shape["Libya"], shape["said"], shape["12"]) == (1, 0, 3)
    assert shape["SO"] == shape["HR"] == 2


def test_dates_and_names_of_weapons_are_no_candidates() -> None:
    text = "On 3 May 2020 a T-72 burned; by January 350 men had come."
    assert [text[q.number_start : q.number_end] for q in candidates(text, vocabulary())] == ["350"]


def test_an_age_is_no_candidate() -> None:
    text = "The capture of a 23-years-old fighter, of a 19-year-old recruit and of a man of 30 years of age followed."
    assert [text[q.number_start : q.number_end] for q in candidates(text, vocabulary())] == ["a", "a", "a"]
