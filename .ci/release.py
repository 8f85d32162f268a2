"""
Build sdist and wheel from what is committed, look at all of it, and try the wheel: `tox -e release`.

Nothing is uploaded.  The files are left in dist/, with their SHA-256 printed.
"""

from __future__ import annotations

import filecmp
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "MANIFEST.in", "README.md", "SECURITY.md", "docs/pemcheck.1")
SETTINGS = ("pyproject.toml", "setup.cfg")
MADE = ("PKG-INFO", *(f"pemcheck.egg-info/{name}" for name in (
    "PKG-INFO", "SOURCES.txt", "dependency_links.txt", "entry_points.txt", "requires.txt", "top_level.txt"
)))  # fmt: skip
ABOUT = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt")
CASES = {"clean-rsa-2048": 0, "chain-out-of-order": 1}
"""What the installed wheel is asked, and the exit status that it owes."""


def run(*command: str | Path, **more: str) -> str:
    """Run a command with more variables in its environment; return what it prints, or raise if it fails."""
    found = subprocess.run(command, env={**os.environ, **more}, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return found.stdout.strip()


def differences(expected: set[str], found: set[str]) -> list[str]:
    """Return what is missing in an archive, and what should not be there."""
    return [*(f"missing: {name}" for name in sorted(expected - found)),
            *(f"not expected: {name}" for name in sorted(found - expected))]  # fmt: skip


def sdist_names(package: Sequence[str], base: str) -> set[str]:
    """Return what must be in the sdist whose folder is *base*; *package* are the committed files of the package."""
    return {f"{base}/{name}" for name in (*package, *TEXTS, *SETTINGS, *MADE)}


def wheel_names(package: Sequence[str], base: str) -> set[str]:
    """Return what must be in the wheel of the version *base*."""
    manual = f"{base}.data/data/share/man/man1/pemcheck.1"
    return {*package, manual, *(f"{base}.dist-info/{name}" for name in ABOUT)}


def normalise(sdist: Path, epoch: int) -> None:
    """Give every member of a sdist the same time and nobody as its owner, in the order of their names."""
    out = io.BytesIO()
    with tarfile.open(sdist) as old, tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as new:
        for member in sorted((each for each in old if each.isfile()), key=lambda each: each.name):
            content = old.extractfile(member)
            fresh = tarfile.TarInfo(member.name)
            fresh.size, fresh.mtime, fresh.mode = member.size, epoch, 0o644
            new.addfile(fresh, content)
    with sdist.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=epoch) as packed:
        packed.write(out.getvalue())


def build(folder: Path, epoch: int) -> tuple[Path, Path]:
    """Build from a fresh copy of what is committed; return sdist and wheel."""
    source = folder / "source"
    run("git", "clone", "-q", ROOT, source)
    command = (sys.executable, "-m", "build", "--outdir", str(folder / "dist"), str(source))
    run(*command, SOURCE_DATE_EPOCH=str(epoch), PYTHONHASHSEED=str(len(folder.name)))
    (sdist,), (wheel,) = (folder / "dist").glob("*.tar.gz"), (folder / "dist").glob("*.whl")
    normalise(sdist, epoch)
    return sdist, wheel


def pythons() -> Iterator[str]:
    """Yield the command of the oldest and of the newest Python there is, those of pyenv included."""
    if shutil.which("pyenv"):
        versions = [each for each in run("pyenv", "versions", "--bare").split() if each[0] == "3"]
        os.environ["PYENV_VERSION"] = ":".join(versions[::-1])
    probe = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"
    found = []
    for version in (f"3.{minor}" for minor in range(9, 20)):
        command = shutil.which(f"python{version}")
        if command is None:
            continue
        asked = subprocess.run([command, "-c", probe], check=False, capture_output=True, text=True)
        if asked.stdout == f"{version}\n":  # a shim of pyenv may be there without its Python
            found.append(command)
    yield from dict.fromkeys((found[0], found[-1]))


def tried(python: str, wheel: Path, folder: Path) -> list[str]:
    """Install the wheel in an empty environment and ask it; return what went wrong."""
    run(python, "-m", "venv", folder)
    run(folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", wheel)
    wrong = []
    for case, expected in CASES.items():
        here = ROOT / "fixtures" / case
        files = ("certificate", "private-key", "certificate-chain")
        roles = [part for name in files for part in (f"--{name}", str(here / f"{name}.pem"))]
        command = [str(folder / "bin" / "pemcheck"), *roles, "--at", "2026-06-01", "--config", "none"]
        asked = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)
        if (expected, "") != (asked.returncode, asked.stderr):
            wrong.append(f"{python}: {case} gave {asked.returncode}, not {expected}: {asked.stdout}{asked.stderr}")
    return wrong


def main() -> int:
    """Do all of it; return the exit status."""
    if changed := run("git", "status", "--porcelain"):
        print(f"commit or remove first:\n{changed}")
        return 1
    epoch = int(run("git", "log", "-1", "--format=%ct"))
    package = run("git", "ls-files", "pemcheck").splitlines()
    wrong = []
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        built, again = build(Path(first), epoch), build(Path(second), epoch)
        sdist, wheel = built
        base = sdist.name.removesuffix(".tar.gz")
        with tarfile.open(sdist) as archive:
            wrong += differences(sdist_names(package, base), set(archive.getnames()))
        with zipfile.ZipFile(wheel) as packed:
            wrong += differences(wheel_names(package, base), set(packed.namelist()))
        pairs = zip(built, again)
        wrong += [f"not the same twice: {one.name}" for one, two in pairs if not filecmp.cmp(one, two, False)]
        print(run(sys.executable, "-m", "twine", "--no-color", "check", "--strict", *built))
        for number, python in enumerate(pythons()):
            print(f"tried with {run(python, '--version')}")
            wrong += tried(python, wheel, Path(first) / f"venv{number}")
        (ROOT / "dist").mkdir(exist_ok=True)
        for path in built:
            shutil.copy(path, ROOT / "dist")
            print(hashlib.sha256(path.read_bytes()).hexdigest(), f"dist/{path.name}")
    print("\n".join(wrong) or f"{len(package)} files of the package; all is well")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
