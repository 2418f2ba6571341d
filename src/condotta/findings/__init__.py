"""A document's claims against everything but their own origin.

>>> check(Question(document, claims, texts), estimate, evidence, Desk(case, without))
"""

from condotta.findings.bench import Desk, Question
from condotta.findings.check import check

__all__ = ["Desk", "Question", "check"]
