"""condotta serve"""

from pathlib import Path

import click

from condotta.cli import show


@click.command("serve")
@click.argument("case", type=show.CASE)
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0 takes a free one")
@click.option("--host", default="127.0.0.1", show_default=True, help="the address to listen on")
@click.option("--host-name", help="the name that browsers use for it, where that is another")
@click.option("--team", is_flag=True, help="accounts instead of the one-time address")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="for TLS, PEM")
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="the certificate's key, PEM")
@click.option("--behind-tls", is_flag=True, help="a proxy in front does TLS")
@click.option(
    "--account",
    metavar="NAME:ROLE",
    help="instead of serving: make or change an account (reader, analyst, admin); asks for the password",
)
def command(
    case: str, port: int, host: str, host_name: str | None, team: bool, certificate: Path | None, key: Path | None, behind_tls: bool, account: str | None,
) -> None:  # fmt: skip
    """Open the workbench on CASE: prints the address to open in a browser. Stop it with Ctrl-C; nothing is lost."""
    from condotta.settings import settings
    from condotta.workbench import Address, Options, serve

    if account:
        _account(case, account)
        return
    own = settings()
    options = Options(team=team, seed=own.seed, name=own.judge)
    address = Address(host, port, host_name, certificate, key, behind_tls)
    serve(Path(case), options, address, lambda where: click.echo(f"The workbench is at {where}"))


def _account(case: str, given: str) -> None:
    from condotta.errors import UsageError
    from condotta.ledger.accounts import set_account
    from condotta.places import ledger
    from condotta.workbench.guard import password_hash

    name, sign, role = given.rpartition(":")
    if not sign or not name.strip() or len(name) > 80:
        raise UsageError("E-USE-02", f"{given!r} is not NAME:ROLE", fix="For example: --account anna:analyst")
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < 10:
        raise UsageError("E-USE-05", "the password is too short", fix="Ten characters at least.")
    with ledger(case) as store:
        set_account(store, name.strip(), role, password_hash(password))
    click.echo(f"{name.strip()} is {role}", err=True)
