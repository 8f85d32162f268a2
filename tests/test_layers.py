"""Imports go down, never up or in circles; foreign packages have one door; start-up stays cheap."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pemcheck
from pemcheck.later import SELDOM_USED

pytestmark = pytest.mark.once

ROOT = Path(pemcheck.__file__).parent

LAYERS = [
    "value", "version", "patterns", "frames", "source", "budget", "messages", "recognise", "sniff", "facts",
    "submission", "encryption", "naming", "findings", "reading", "arithmetic", "weak", "edwards", "der",
    "armor", "markers", "pem", "excerpts", "asn1", "crypto", "chain", "trust", "opening", "members", "inputs",
    "requests", "question", "sorting", "gathering",
    "targets", "rules", "engine", "checking", "policy", "baseline", "scanning", "examples", "explain", "repair",
    "writing", "later", "render", "completion", "cli", "callers", "aws", "testing", "keyfinder",
    "hooks", "__init__", "__main__",
]  # fmt: skip

DOORS = {"asn1crypto": "asn1/", "oscrypto": "crypto/oscrypto_loader.py"}

HEAVY = {
    "argparse", "asyncio", "concurrent", "csv", "dataclasses", "email", "html", "http", "inspect", "json",
    "logging", "multiprocessing", "pathlib", "shutil", "socket", "ssl", "subprocess", "tempfile", "tomli", "tomllib",
    "urllib", "xml", "yaml",
}  # fmt: skip

TABLES_DO_WITHOUT = {"bz2", "hashlib", "ipaddress", "lzma", "shutil", "subprocess", "threading", "zlib"}
"""What loads a C library, or much else with it."""

CHECK_DOES_WITHOUT = {
    *("asyncio", "cffi", "concurrent", "csv", "dataclasses", "difflib", "email", "html", "http", "json", "logging"),
    *("multiprocessing", "pathlib", "ssl", "tomli", "tomllib", "traceback", "xml", "yaml", "zipfile"),
    *("pemcheck.asn1.containers", "pemcheck.asn1.openssh", "pemcheck.asn1.schemes"),
    *("pemcheck.aws", "pemcheck.baseline", "pemcheck.edwards", "pemcheck.explain", "pemcheck.members"),
    *("pemcheck.messages", "pemcheck.opening", "pemcheck.policy", "pemcheck.recognise", "pemcheck.repair"),
    *("pemcheck.render.tables", "pemcheck.sorting", "pemcheck.targets.custom", "pemcheck.targets.toml"),
    *("pemcheck.writing", "bz2", "dis", "lzma", "tokenize", *SELDOM_USED),
}
"""What three sound files in their roles do not need."""

MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def layer_of(module: str) -> str:
    """Return the layer of a file: its own name at the top, else its folder's."""
    return module.partition("/")[0].removesuffix(".py")


def nodes(node: ast.AST, inside_functions: bool) -> Iterator[ast.AST]:
    """Yield every node below, on request without what runs only when a function is called, or a type checker reads."""
    for child in ast.iter_child_nodes(node):
        later = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        never = isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING"
        if inside_functions or not (later or never):
            yield child
            yield from nodes(child, inside_functions)


def imports(module: str, inside_functions: bool = True) -> set[str]:
    """Return the absolute name of everything a module imports; ``from . import name`` gives two parts."""
    package = ("pemcheck", *module.split("/")[:-1])
    found = set()
    for node in nodes(ast.parse((ROOT / module).read_text("utf-8")), inside_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = [*package[: len(package) - node.level + 1]] if node.level else []
            name = ".".join([*start, *([node.module] if node.module else [])])
            found |= {f"{name}.{alias.name}" for alias in node.names} if name == "pemcheck" else {name}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            found |= {str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant)}
    return found


def layers_under(module: str) -> set[str]:
    """Return the other layers of the package that a module imports; a name that is no module is ``__init__``'s."""
    names = {name.split(".")[1] for name in imports(module) if name.startswith("pemcheck.")}
    known = {layer_of(other) for other in MODULES}
    return {name if name in known else "__init__" for name in names} - {layer_of(module)}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_layer(module: str) -> None:
    """A new module must say where it stands."""
    assert layer_of(module) in LAYERS


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_go_down(module: str) -> None:
    """A module imports only what stands before it, inside functions too."""
    here = LAYERS.index(layer_of(module))

    assert set() == {name for name in layers_under(module) if LAYERS.index(name) >= here}


@pytest.mark.parametrize("package", DOORS)
def test_foreign_packages_have_one_door(package: str) -> None:
    """Only ``asn1`` knows asn1crypto, and only the loader oscrypto."""
    users = {module for module in MODULES if package in {name.split(".")[0] for name in imports(module)}}

    assert set() == {user for user in users if not user.startswith(DOORS[package])}


@pytest.mark.parametrize("module", [name for name in MODULES if layer_of(name) not in ("cli", "render")])
def test_heavy_modules_wait_until_they_are_needed(module: str) -> None:
    """What costs start-up time is imported where it is used, except by commands and formats."""
    assert set() == {name.split(".")[0] for name in imports(module, inside_functions=False)} & HEAVY


def test_the_reading_of_imports_sees_them_all() -> None:
    """The tests above are not empty: known imports are found."""
    assert imports("reading.py") >= {"__future__", "typing", "pemcheck.source"}
    assert {"budget", "source"} == layers_under("reading.py")


def loaded_by(*arguments: str) -> set[str]:
    """Return the modules that Python loads for *arguments*, without those that it loads in any case."""
    found = []
    for each in (arguments, ("-c", "pass")):
        command = [sys.executable, "-X", "importtime", *each]
        run = subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True, check=True)
        found.append({line.rpartition("|")[2].strip() for line in run.stderr.splitlines()})
    return found[0] - found[1]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["rules"], ["targets"], ["explain", "cert-expired"]], ids=" ".join
)
def test_what_needs_no_certificate_loads_no_library(arguments: list[str]) -> None:
    """Help and tables come without the cost of asn1crypto and oscrypto."""
    loaded = loaded_by("-m", "pemcheck", *arguments)

    assert {"pemcheck"} == {name.split(".")[0] for name in loaded} & {"pemcheck", *DOORS, *TABLES_DO_WITHOUT}


def test_an_ordinary_check_loads_what_it_needs() -> None:
    """Three sound files in their roles: no format but text, no container, no form of key that they do not have."""
    case = Path(__file__).parents[1] / "fixtures" / "clean-rsa-2048"
    files = ("certificate", "private-key", "certificate-chain")
    options = [word for name in files for word in (f"--{name}", str(case / f"{name}.pem"))]
    loaded = loaded_by("-m", "pemcheck", *options, "--at", "2026-06-01", "--config", "none")

    assert "pemcheck.checking" in loaded
    assert set() == loaded & CHECK_DOES_WITHOUT
