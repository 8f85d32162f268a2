"""These tests run only where they are named (``tox -e differential``), and end with a table of what was compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import tally

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out of the ordinary suites: it needs packages and minutes that they do not have."""
    named = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(path == HERE or HERE in path.parents for path in named) else True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables."""
    for line in tally.tables():
        terminalreporter.write_line(line)
