"""Named streams of one seed."""

from condotta.randomness import stream


def test_same_name_same_numbers() -> None:
    assert stream(7, "a").random(3).tolist() == stream(7, "a").random(3).tolist()


def test_names_and_seeds_part_streams() -> None:
    drawn = {stream(seed, name).random() for seed in (7, 8) for name in ("a", "b")}
    assert len(drawn) == 4
