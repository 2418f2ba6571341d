"""Settings: environment over file over default, one frozen object, built once at the door."""

import os
from dataclasses import dataclass

from condotta.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """`size_limit` : bytes a document may have; `seed` : of everything random; `judge` : who judgements are signed by."""

    size_limit: int = 50 * 1024 * 1024
    seed: int = 7
    judge: str = "analyst"


def settings() -> Settings:
    """The settings of this process, from CONDOTTA_SIZE_LIMIT, CONDOTTA_SEED, CONDOTTA_JUDGE. Raises UsageError E-USE-01."""
    default = Settings()
    return Settings(
        size_limit=_number("CONDOTTA_SIZE_LIMIT", default.size_limit),
        seed=_number("CONDOTTA_SEED", default.seed),
        judge=os.environ.get("CONDOTTA_JUDGE", default.judge),
    )


def _number(name: str, default: int) -> int:
    text = os.environ.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise UsageError(
            "E-USE-01", f"{name} is {text!r}, not a whole number above 0", fix="Unset it or give digits only."
        )
    return int(text)
