"""The command line: one file per verb, each loaded only when it is called.

Exit status: 0 done; 1 done, some inputs failed (listed); 2 wrong use; 3 could not be done.
"""

import sys
from importlib import import_module

import click

from condotta.errors import CondottaError, UsageError, near_misses

VERBS = (
    "new",
    "add",
    "read",
    "claims",
    "judge",
    "origins",
    "reconcile",
    "sensitivity",
    "retrospective",
    "check",
    "simulate",
    "report",
    "serve",
    "export",
    "copy",
    "verify",
    "redact",
    "extract",
    "selftest",
    "explain",
)
_SHORT = {
    "new": "make a case folder with a commented case.yaml",
    "add": "take documents, or spreadsheets of figures, into a case",
    "read": "read the claims of the documents, with their exact words",
    "claims": "list claims as a table, JSON lines or CSV",
    "judge": "accept, correct or reject a claim",
    "origins": "who copies whom, figures damaged on their way, series that look odd",
    "reconcile": "estimate from all claims, with intervals, per group and week",
    "sensitivity": "the headline figures under other judgements: grades, readings, pools",
    "retrospective": "the estimates as they stood earlier, and how they were revised",
    "check": "compare an article's claims with all other evidence",
    "simulate": "what other policies would have done: runs of the sponsor-proxy system, fitted to the estimates",
    "report": "write one self-contained HTML page",
    "serve": "open the workbench in the browser: judge claims, see contradictions, ask what if",
    "export": "write every claim as CSV or JSON lines",
    "copy": "move a case into a folder or a PostgreSQL database, proved by counts and hashes",
    "verify": "hold every row and byte of a case against the log of what was done to it",
    "redact": "black words out, for good, everywhere; the hash of the original stays",
    "extract": "print the claims of a file, without a case",
    "selftest": "simulate, report, read, reconcile: how often the intervals hold the truth",
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb, or an error with the verbs that look like it."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            near = near_misses(args[0], VERBS)
            guess = f" Did you mean {', '.join(repr(n) for n in near)}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{guess}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _SHORT[name]) for name in VERBS])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="condotta")
def cli() -> None:
    """Turn conflicting reports about proxy and mercenary forces into sourced, checkable numbers."""


def main() -> None:
    """Run the command line; errors of ours end in one clear line and a status."""
    try:
        status = cli.main(prog_name="condotta", standalone_mode=False)
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
    except Exception as error:
        text = f"E-SYS-01: {type(error).__name__}: {str(error)[:300]}"
        click.echo(f"{text}\nThe ledger is as it was. More: condotta explain E-SYS-01", err=True)
        status = 3
    sys.exit(status if isinstance(status, int) else 0)
