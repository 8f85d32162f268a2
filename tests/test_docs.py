"""The generated pages are what the tables make of them."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def generate() -> dict[str, Any]:
    """Return the names of docs/generate.py."""
    return runpy.run_path(str(DOCS / "generate.py"))


@pytest.mark.parametrize("page", ["rules", "targets"])
def test_a_page_is_what_its_table_makes(generate: dict[str, Any], page: str) -> None:
    """Nobody reads a page that is older than the code; ``python docs/generate.py`` writes it."""
    assert generate[page]() == (DOCS / f"{page}.md").read_bytes().decode()


def test_the_examples_are_those_of_the_fixtures(generate: dict[str, Any]) -> None:
    """``explain`` shows what the pages show."""
    assert generate["examples"]() == (DOCS.parent / "pemcheck" / "examples.json").read_bytes().decode()


def test_nothing_is_written_by_a_check(generate: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """``--check`` exits with 0 where everything is fresh, and says so."""
    assert (0, "nothing would change\n") == (generate["main"](["--check"]), capsys.readouterr().out)
