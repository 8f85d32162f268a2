"""What a release is made of; `tox -e release` builds one and holds it against this."""

from __future__ import annotations

import gzip
import io
import runpy
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def release() -> dict[str, Any]:
    """Return the names of .ci/release.py."""
    return runpy.run_path(str(ROOT / ".ci" / "release.py"))


def sdist(path: Path, names: list[str], time: int, owner: str) -> Path:
    """Write an archive as a build on some machine would."""
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(f"pemcheck-1/{name}")
            member.size, member.mtime, member.uname, member.mode = len(name), time, owner, 0o664
            archive.addfile(member, io.BytesIO(name.encode()))
    return path


def test_two_builds_become_the_same_bytes(release: dict[str, Any], tmp_path: Path) -> None:
    """Whenever, by whomever and in whatever order they were made; nothing in them is lost."""
    one = sdist(tmp_path / "one.tar.gz", ["b", "a"], 1, "somebody")
    two = sdist(tmp_path / "two.tar.gz", ["a", "b"], 2, "root")
    for path in (one, two):
        release["normalise"](path, 1_700_000_000)

    assert one.read_bytes() == two.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(one.read_bytes()))) as archive:
        assert [("pemcheck-1/a", 1_700_000_000, "")] == [(m.name, m.mtime, m.uname) for m in archive][:1]
        assert b"b" == archive.extractfile("pemcheck-1/b").read()  # type: ignore[union-attr]


def test_what_is_missing_or_too_much_is_told(release: dict[str, Any]) -> None:
    """A wheel with a compiled file and without its marker of types would not be released."""
    package = ["pemcheck/__init__.py", "pemcheck/py.typed"]
    names = release["wheel_names"](package, "pemcheck-1")
    found = names - {"pemcheck/py.typed"} | {"pemcheck/__init__.pyc", "fixtures/keys/rsa.pem"}

    assert [
        "missing: pemcheck/py.typed",
        "not expected: fixtures/keys/rsa.pem",
        "not expected: pemcheck/__init__.pyc",
    ] == release["differences"](names, found)


def test_no_key_is_committed_in_the_package() -> None:
    """What is committed there is what is released: programs, the marker of types, completion."""
    try:
        listed = subprocess.run(["git", "ls-files", "pemcheck"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout of git")
    others = [name for name in listed.stdout.splitlines() if not name.endswith(".py")]
    completion = [f"pemcheck/completion/{shell}" for shell in ("bash", "fish", "zsh")]

    assert [*completion, "pemcheck/py.typed"] == others
