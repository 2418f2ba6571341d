"""Condotta turns conflicting reports about proxy and mercenary forces into sourced, checkable numbers.

>>> import condotta
>>> condotta.add("mycase", ["reports/"]); condotta.read("mycase")
>>> document, findings = condotta.check("mycase", "article.html")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from condotta.ledger import Ledger
    from condotta.pipeline import (
        add,
        check,
        claims,
        evidence,
        explain,
        export,
        extract,
        new,
        origins,
        read,
        reconcile,
        report,
        summary,
    )
    from condotta.scrutiny import retrospective, sensitivity
    from condotta.whatif import run as simulate

__version__ = "0.1.0"
__all__ = [
    "Ledger",
    "add",
    "check",
    "claims",
    "evidence",
    "explain",
    "export",
    "extract",
    "new",
    "origins",
    "read",
    "reconcile",
    "report",
    "retrospective",
    "sensitivity",
    "simulate",
    "summary",
]


def __getattr__(name: str) -> Any:
    """The verbs, loaded when first asked for, so that `import condotta` costs nothing."""
    if name == "Ledger":
        from condotta.ledger import Ledger

        return Ledger
    if name in ("retrospective", "sensitivity"):
        from condotta import scrutiny

        return getattr(scrutiny, name)
    if name == "simulate":
        from condotta import whatif

        return whatif.run
    if name in __all__:
        from condotta import pipeline

        return getattr(pipeline, name)
    raise AttributeError(name)
