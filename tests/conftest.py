"""What all tests share: the repository's own packages, ``--rebase``, how a command is run, and files of one's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session", autouse=True)
def machine() -> Iterator[None]:
    """Let no text depend on the machine: key files that others may read are told, ``C`` is a locale of ASCII."""
    before = os.umask(0o077)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "C.UTF-8")
        for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
            patch.delenv(name, raising=False)
        yield
    os.umask(before)
