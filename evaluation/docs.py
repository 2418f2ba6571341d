"""Write docs/commands.md, docs/errors.md and the table of docs/simulation.md from the program: python -m evaluation.docs (make docs)."""

from importlib.resources import files
from pathlib import Path

import click
import yaml

from condotta.cli import VERBS, cli
from condotta.simulation.parameters import MECHANISMS, table

DOCS = Path(__file__).parents[1] / "docs"


def commands() -> str:
    """Every verb's help as Markdown."""
    parts = ["# Commands\n\nMade from the program by `make docs`.\n"]
    for verb in VERBS:
        command = cli.get_command(click.Context(cli), verb)
        assert command is not None
        root = click.Context(cli, info_name="condotta", **cli.context_settings)
        context = click.Context(command, parent=root, info_name=verb, terminal_width=110, max_content_width=110)
        parts.append(f"## condotta {verb}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def errors() -> str:
    """Every error's page as Markdown."""
    pages = yaml.safe_load(files("condotta").joinpath("words", "errors.yaml").read_text(encoding="utf-8"))
    parts = ["# Errors\n\nMade from the program by `make docs`; `condotta explain CODE` prints one page.\n"]
    parts += [
        f"## {code}\n\n{p['what']}\n\n**Why.** {p['why']}\n\n**What to do.** {p['fix']}\n" for code, p in pages.items()
    ]
    return "\n".join(parts)


_TABLE = "Made from `words/simulation.yaml` by `make docs`.\n"


def simulation() -> str:
    """docs/simulation.md with its mechanisms and its table of parameters as they are now."""
    page = (DOCS / "simulation.md").read_text(encoding="utf-8")
    head = page[: page.index(_TABLE)]
    rows = [
        f"Mechanisms: {', '.join(MECHANISMS)}.",
        "",
        "| parameter | value | range | unit | source | what |",
        "|---|---|---|---|---|---|",
    ]
    part = ""
    for of, name, *cells in table():
        rows += [f"| **{of}** | | | | | |"] if of != part else []
        rows.append(f"| {' | '.join([name, *cells])} |")
        part = of
    return head + _TABLE + "\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (DOCS / "simulation.md").write_text(simulation(), encoding="utf-8")
    (DOCS / "commands.md").write_text(commands(), encoding="utf-8")
    (DOCS / "errors.md").write_text(errors(), encoding="utf-8")
