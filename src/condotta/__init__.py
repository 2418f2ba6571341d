"""Condotta turns conflicting reports about proxy and mercenary forces into sourced, checkable numbers.

>>> import condotta
>>> condotta.add("mycase", ["reports/"]); condotta.read("mycase")
>>> document, findings = condotta.check("mycase", "article.html")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from condotta.custody import redact, verify
    from condotta.displays import show
    from condotta.exports import export
    from condotta.ledger import Ledger
    from condotta.pipeline import (
        add,
        check,
        claims,
        copy,
        evidence,
        explain,
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
    "copy",
    "evidence",
    "explain",
    "export",
    "extract",
    "new",
    "origins",
    "read",
    "reconcile",
    "redact",
    "report",
    "retrospective",
    "sensitivity",
    "show",
    "simulate",
    "summary",
    "verify",
]


_ELSEWHERE = {
    "Ledger": "ledger",
    "export": "exports",
    "redact": "custody",
    "show": "displays",
    "verify": "custody",
    "retrospective": "scrutiny",
    "sensitivity": "scrutiny",
}


def __getattr__(name: str) -> Any:
    """The verbs, loaded when first asked for, so that `import condotta` costs nothing."""
    if name == "simulate":
        from condotta import whatif

        return whatif.run
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(f"condotta.{_ELSEWHERE.get(name, 'pipeline')}"), name)
    raise AttributeError(name)


def _in_a_notebook() -> None:
    """Let a notebook show our records and results as tables and figures."""
    import sys

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None and shell.display_formatter is not None:
        from condotta.displays import register

        register(shell.display_formatter.formatters)


_in_a_notebook()
