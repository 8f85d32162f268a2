"""docs/limits.md names every cap in the code, with its value, and no other."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

import pemcheck

pytestmark = pytest.mark.once

PACKAGE = Path(pemcheck.__file__).parent
PAGE = Path(__file__).resolve().parent.parent / "docs" / "limits.md"
ROW = re.compile(r"^\| `([\w.]+)` \| ([\d,.]+) \|", re.MULTILINE)
CAP = re.compile(r"_?(?:MAX|MOST)(?:_\w+)?|_LIMIT|PATIENCE|PRICE_\w+")
"""What a cap, and a price, is called."""
OF_AWS = {f"rules.options.{name}" for name in ("_MAX_TAGS", "_MAX_KEY", "_MAX_VALUE", "_MAX_PATH")}
"""Limits of AWS's that rules compare with: docs/rules.md is about those."""


def caps() -> dict[str, float]:
    """Return the value of each constant of the package that is called like a cap."""
    found: dict[str, float] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text("utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
            for name in filter(CAP.fullmatch, names):
                value = getattr(importlib.import_module(f"pemcheck.{module}"), name)
                found[f"{module}.{name}"] = value
    return {name: value for name, value in found.items() if name not in OF_AWS}


def stated() -> dict[str, float]:
    """Return the value that the page states for each cap."""
    rows = ROW.findall(PAGE.read_text("utf-8"))
    return {name: float(value.replace(",", "")) for name, value in rows}


def test_the_page_states_every_cap_and_its_value(pytestconfig: pytest.Config) -> None:
    """Whoever changes a cap changes the page."""
    if pytestconfig.getoption("--rebase"):
        known = caps()
        text = PAGE.read_text("utf-8")
        PAGE.write_text(ROW.sub(lambda row: f"| `{row[1]}` | {known.get(row[1], 0):,} |", text), "utf-8")
    assert caps() == stated()


def test_caps_are_found_in_the_code() -> None:
    """The test above compares something."""
    assert {"source.MAX_BYTES", "pem.MAX_BLOCKS", "crypto.derivation.MAX_SALT", "budget.PRICE_LINE"} <= caps().keys()
