"""Documents to claims: who says what, in exactly which words.

>>> Reader(case=case).read(document)
"""

from condotta.claims.extract import Reader

__all__ = ["Reader"]
