"""Imports go down the levels of the house, never up, and never sideways between two stages."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1] / "src" / "condotta"
LEVEL = {
    "errors": 0, "intervals": 0, "randomness": 0,
    "records": 1, "estimates": 1, "runs": 1, "vocabulary": 1, "cases": 1,
    "documents": 2, "claims": 2, "ledger": 2, "origins": 2, "damage": 2, "estimation": 2, "simulation": 2, "findings": 2, "reports": 2, "exchange": 2,
    "adding": 3, "places": 3, "clusters": 3, "corpora": 3, "custody": 3, "displays": 3, "exports": 3, "pipeline": 3, "scrutiny": 3, "whatif": 3, "selftest": 3, "settings": 4, "cli": 4, "workbench": 4,
}  # fmt: skip
ROOMS = {
    "sqlalchemy": {"ledger"}, "alembic": {"ledger"}, "spacy": {"claims"}, "onnxruntime": {"claims"}, "tokenizers": {"claims"}, "trafilatura": {"documents"}, "htmldate": {"documents"},
    "pypdfium2": {"documents"}, "docx": {"documents"}, "datasketch": {"documents"}, "py3langid": {"documents"}, "numba": {"estimation", "simulation"},
    "threadpoolctl": {"estimation"}, "arviz": {"exchange"}, "pyarrow": {"exchange", "corpora"}, "duckdb": {"exchange"}, "ray": {"clusters"}, "warcio": {"documents"}, "stix2": {"exchange"}, "prov": {"exchange"}, "rocrate": {"exchange"}, "followthemoney": {"exchange"}, "SALib": {"simulation"}, "scipy": {"estimation", "simulation"}, "altair": {"reports"}, "vl_convert": {"reports"},
    "jinja2": {"reports", "workbench"}, "click": {"cli"}, "rich": {"cli"}, "pydantic": {"cases", "workbench"},
    "starlette": {"workbench"}, "uvicorn": {"workbench"}, "argon2": {"workbench"}, "python_multipart": {"workbench"}, "rfc3161_client": {"custody"}, "cryptography": {"custody"}, "psycopg": {"ledger"},
}  # fmt: skip


def imports() -> Iterator[tuple[Path, str, str]]:
    """(file, its room, imported module) for every import in the package."""
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{a.name}" for a in node.names] if node.module == "condotta" else [node.module]
            for name in names:
                yield path, room, name


def test_imports_go_down() -> None:
    wrong = []
    for path, room, name in imports():
        if name.startswith("condotta.") and room != "__init__":
            target = name.split(".")[1]
            if (
                target != room
                and LEVEL[target] >= LEVEL[room]
                and not (LEVEL[room] == LEVEL[target] and LEVEL[room] != 2)
            ):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_each_package_has_one_room() -> None:
    wrong = [
        f"{p.relative_to(ROOT)} imports {n}"
        for p, room, n in imports()
        if room not in ROOMS.get(n.split(".")[0], {room})
    ]
    assert wrong == []


def test_every_room_has_a_level() -> None:
    assert {room for _, room, _ in imports()} - {"__init__"} == set(LEVEL)


def test_package_imports_nothing_heavy() -> None:
    heavy = set(ROOMS) - {"click"}
    tops = [
        (p.name, n)
        for p in (ROOT / "__init__.py", ROOT / "cli" / "__init__.py")
        for node in ast.parse(p.read_text(encoding="utf-8")).body
        for n in (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if n.split(".")[0] in heavy
    ]
    assert tops == []
