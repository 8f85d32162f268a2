"""What all tests share: the repository's own packages, ``--rebase``, and how a command is run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Last, so that `fixtures` is found here and `pemcheck` where it is installed.
sys.path.append(str(Path(__file__).resolve().parent.parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a change of expected output be written, and reviewed as a diff."""
    parser.addoption("--rebase", action="store_true", help="rewrite the expected output instead of comparing with it")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command in this process (see ``fixtures.ran``)."""
    from fixtures.ran import runner

    return runner(capsys)
