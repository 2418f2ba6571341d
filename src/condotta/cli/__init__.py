"""The command line: one file per verb, each loaded only when it is called.

Exit status: 0 done; 1 done, some inputs failed (listed); 2 wrong use; 3 could not be done.
"""

import sys
from importlib import import_module

import click

VERBS = ("new", "add", "read", "claims", "reconcile", "check", "report", "export", "extract", "explain")
_SHORT = {
    "new": "make a case folder with a commented case.yaml",
    "add": "take documents, or spreadsheets of figures, into a case",
    "read": "read the claims of the documents, with their exact words",
    "claims": "list claims as a table, JSON lines or CSV",
    "reconcile": "estimate from all claims, with intervals, per group and week",
    "check": "compare an article's claims with all other evidence",
    "report": "write one self-contained HTML page",
    "export": "write every claim as CSV or JSON lines",
    "extract": "print the claims of a file, without a case",
    "explain": "print the page of an error code",
}


class _Verbs(click.Group):
    """Knows the verbs by name; imports one when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command = import_module(f"condotta.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _SHORT[name]) for name in VERBS])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="condotta")
def cli() -> None:
    """Turn conflicting reports about proxy and mercenary forces into sourced, checkable numbers."""


def main() -> None:
    """Run the command line; errors of ours end in one clear line and a status."""
    from condotta.errors import CondottaError, UsageError

    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped; run it again to go on from here", err=True)
        status = 3
    except click.ClickException as error:
        error.show()
        status = 2
    except CondottaError as error:
        click.echo(f"{error}\nMore: condotta explain {error.code}", err=True)
        status = 2 if isinstance(error, UsageError) else 3
    except BrokenPipeError:
        status = 0
    sys.exit(status if isinstance(status, int) else 0)
