"""A document's claims against everything but their own origin.

>>> check(Question(document, claims, texts), estimate, evidence, case, without)
"""

from condotta.findings.bench import Question
from condotta.findings.check import check

__all__ = ["Question", "check"]
