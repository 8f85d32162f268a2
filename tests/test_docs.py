"""The generated pages are what the tables make of them."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.once

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def generate() -> dict[str, Any]:
    """Return the names of docs/generate.py."""
    return runpy.run_path(str(DOCS / "generate.py"))


@pytest.fixture(scope="module")
def written(generate: dict[str, Any]) -> dict[str, str]:
    """Return what it would write."""
    texts: dict[str, str] = generate["written"]()
    return texts


@pytest.mark.parametrize(
    "name",
    [
        *(f"docs/{page}" for page in ("cli.md", "json.md", "library.md", "rules.md", "targets.md", "terminal.svg")),
        "pemcheck/examples.py",
    ],
)
def test_a_file_is_what_the_code_makes(written: dict[str, str], name: str) -> None:
    """Nobody reads what is older than the code; ``python docs/generate.py`` writes it."""
    assert written[name] == (DOCS.parent / name).read_bytes().decode()


def test_the_picture_needs_nothing_from_elsewhere(written: dict[str, str]) -> None:
    """No script, no font, no link but the name of its own language; and it shows the verdict."""
    picture = written["docs/terminal.svg"]

    assert ["http://www.w3.org/2000/svg"] == re.findall(r"\w+://[^\"]+/svg|(?:href|src|url)\b[^>]*", picture)
    assert (True, False) == ("refused" in picture, "<script" in picture)


def test_nothing_is_written_by_a_check(generate: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """``--check`` exits with 0 where everything is fresh, and says so."""
    assert (0, "nothing would change\n") == (generate["run"](["--check"]), capsys.readouterr().out)


def test_no_page_has_a_word_of_the_parsers_own(written: dict[str, str]) -> None:
    """What argparse hides from the help is no row of the reference, which would show how it is hidden."""
    assert [] == [name for name, text in written.items() if "==SUPPRESS==" in text]
