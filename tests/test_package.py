"""What is installed is what was written, and what the tests test."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import pemcheck
from pemcheck.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = os.environ.get("TOX_ENV_NAME", "")
PRINT_FILE = "import pemcheck; print(pemcheck.__file__)"

in_tox = pytest.mark.skipif(not ENVIRONMENT, reason="only in tox is there a wheel")
without_libcrypto = pytest.mark.skipif(ENVIRONMENT != "no-libcrypto", reason="only where libcrypto is missing")


@in_tox
def test_the_wheel_is_tested() -> None:
    """Under tox, the package comes from site-packages."""
    assert "site-packages" == Path(pemcheck.__file__).parent.parent.name


@in_tox
def test_the_wheel_is_tested_in_subprocesses_too() -> None:
    """A Python started by a test gets the same package."""
    shown = subprocess.run([sys.executable, "-c", PRINT_FILE], capture_output=True, text=True, check=True).stdout

    assert pemcheck.__file__ == shown.strip()


@in_tox
def test_the_wheel_holds_every_file() -> None:
    """Nothing is left out, and nothing left over from an earlier build."""

    def files(folder: Path) -> set[str]:
        kept = (path for path in folder.rglob("*.*") if path.is_file() and path.suffix != ".pyc")
        return {path.relative_to(folder).as_posix() for path in kept if ".mypy_cache" not in path.parts}

    assert files(ROOT / "pemcheck") == files(Path(pemcheck.__file__).parent)


@in_tox
def test_the_version_is_told_once() -> None:
    """The installed metadata and the module agree."""
    assert VERSION == version("pemcheck")


@in_tox
def test_there_is_a_console_script() -> None:
    """``pemcheck`` on a command line is ``pemcheck.cli.main``."""
    scripts = entry_points()["console_scripts"] if sys.version_info < (3, 10) else entry_points(group="console_scripts")

    assert {"pemcheck.__main__:run"} == {script.value for script in scripts if script.name == "pemcheck"}


@without_libcrypto
@pytest.mark.parametrize("name", ["libcrypto.so.3", "libcrypto.so", "libssl.so.3", "/usr/lib/libcrypto.so.1.1"])
def test_libcrypto_cannot_be_loaded(name: str) -> None:
    """In the environment without libcrypto, ctypes says what it says where there is none."""
    with pytest.raises(OSError, match="cannot open shared object file"):
        ctypes.CDLL(name)


@without_libcrypto
def test_libcrypto_cannot_be_found() -> None:
    """In the environment without libcrypto, a search finds none."""
    assert ctypes.util.find_library("crypto") is None


@without_libcrypto
def test_oscrypto_cannot_be_loaded() -> None:
    """In the environment without libcrypto, oscrypto fails as it does there, in subprocesses too."""
    command = [sys.executable, "-c", "import oscrypto.asymmetric"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "LibraryNotFoundError: The library libcrypto could not be found" in run.stderr
