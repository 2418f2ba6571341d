"""What the model sees: every candidate in a window, relations, shapes, and nothing lost of long texts."""

from condotta.claims.candidates import candidates
from condotta.claims.network import shipped
from condotta.claims.sentences import sentences
from condotta.claims.windows import LIMIT, RELATIONS, Window
from condotta.vocabulary import vocabulary


def windows(text: str) -> list[Window]:
    spans = [(s.start, s.end) for s in sentences(text)]
    return list(shipped().windower(text, spans).windows(candidates(text, vocabulary())))


def asked(window: Window, text: str) -> list[str]:
    return [text[q.number_start : q.number_end] for _, q in window.candidates]


def test_every_candidate_is_marked_and_related_to_every_piece() -> None:
    text = "SOHR spoke first. It put the dead at 2,000 men, of whom 40 were minors; a soldier was captured."
    (window,) = windows(text)
    assert asked(window, text) == ["2,000", "40", "a"]
    for (_, q), row in zip(window.candidates, window.relations(), strict=True):
        own = [i for i, r in enumerate(row) if r == 1]
        assert "".join(text[window.starts[i] : window.ends[i]] for i in own) == text[q.number_start : q.number_end]
        assert all(window.features[i] // 4 == 1 for i in own)
        assert [r for r, s in zip(row, window.sentences, strict=True) if s < 0] == [0, 0]
        assert set(row) < set(range(RELATIONS)) and row[1] == 14  # "SOHR", one sentence before


def test_relations_count_words_within_the_sentence_and_sentences_beyond() -> None:
    text = "One spoke. Two spoke. The 12 men of the unit fled at once to the hills. They wept. More wept."
    (window,) = windows(text)
    k = asked(window, text).index("12")
    said = dict(
        zip([text[a:b] for a, b in zip(window.starts, window.ends, strict=True)], window.relations()[k], strict=True)
    )
    assert (said["The"], said["men"], said["of"], said["unit"], said["hills"]) == (2, 8, 9, 10, 12)
    assert (said["Two"], said["One"], said["They"], said["More"]) == (14, 15, 20, 21)


def test_a_paragraph_begins_behind_a_separator() -> None:
    text = "12 men fled\n\nThe unit wept. It lost 3 men."
    (window,) = windows(text)
    assert [i for i, at in enumerate(window.starts) if at < 0] == [0, 4, len(window.ids) - 1]


def test_long_texts_have_several_windows_that_reach_back_and_lose_nothing() -> None:
    text = " ".join(f"The Hamza Division lost {100 + k} men near the town on that day." for k in range(120))
    made = windows(text)
    assert [w for window in made for w in asked(window, text)] == [str(100 + k) for k in range(120)]
    assert len(made) > 3 and all(len(w.ids) <= LIMIT for w in made)
    for window in made[1:]:
        (first, _), *_ = window.candidates
        assert window.sentences[1] <= first - 5


def test_a_sentence_is_read_in_a_window_that_holds_all_of_it() -> None:
    words = " ".join(["and the men of the hills"] * 25)
    text = f"The army spoke, {words}. It lost 3,500 men there, {words}, of 4,000 in all, {words}."
    for window in windows(text):
        held = [text[a:b] for a, b in zip(window.starts, window.ends, strict=True) if a >= 0]
        assert "lost" in held and held[-1] == "."


def test_figures_far_into_a_long_sentence_are_seen() -> None:
    text = "The list names " + ", ".join(f"village{k}" for k in range(400)) + " and 31 dead fighters there."
    *_, window = windows(text)
    assert asked(window, text) == ["31"] and len(window.ids) <= LIMIT and (window.relations() == 1).any()


def test_shapes_tell_capitals_from_small_letters() -> None:
    text = "SOHR said that Libya has 12 men."
    (window,) = windows(text)
    shape = {text[a:b]: f % 4 for a, b, f in zip(window.starts, window.ends, window.features, strict=True) if a >= 0}
    assert (shape["Libya"], shape["said"], shape["12"]) == (1, 0, 3)
    assert shape["SO"] == shape["HR"] == 2


def test_dates_and_names_of_weapons_are_no_candidates() -> None:
    text = "On 3 May 2020 a T-72 burned; by January 350 men had come."
    assert [text[q.number_start : q.number_end] for q in candidates(text, vocabulary())] == ["350"]


def test_an_age_is_no_candidate() -> None:
    text = "The capture of a 23-years-old fighter, of a 19-year-old recruit and of a man of 30 years of age followed."
    assert [text[q.number_start : q.number_end] for q in candidates(text, vocabulary())] == ["a", "a", "a"]


def test_one_and_a_national_are_candidates_where_they_stand_for_a_man() -> None:
    text = "One of them was shot. A Saudi, a Swede and a Turkish drone fell; no one and one-eyed men saw one another."
    assert [text[q.start : q.end] for q in candidates(text, vocabulary())] == ["One", "A", "a"]
