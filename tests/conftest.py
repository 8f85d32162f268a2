"""What all tests share: the repository's own packages, and ``--rebase``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# Last, so that `fixtures` is found here and `pemcheck` where it is installed.
sys.path.append(str(Path(__file__).resolve().parent.parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a change of expected output be written, and reviewed as a diff."""
    parser.addoption("--rebase", action="store_true", help="rewrite the expected output instead of comparing with it")
