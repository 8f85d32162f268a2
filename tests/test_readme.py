"""What README.md shows is what happens."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pemcheck

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"

# Stand-ins for what would need the network: the environment that the line makes gets a pip that installs
# nothing, and a pemcheck that is the one under test.
PYTHON3 = """\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 99
mkdir -p "$3/bin" && cp "$(dirname "$0")/pip" "$(dirname "$0")/pemcheck" "$3/bin"
"""
PIP = """\
#!/bin/sh
[ "$*" = "install -q ." ] || exit 98
"""
PEMCHECK = f"""\
#!/bin/sh
export PYTHONPATH="$PYTHONPATH:"{shlex.quote(str(Path(pemcheck.__file__).parent.parent))}
exec {shlex.quote(sys.executable)} -c '
import sys
from pemcheck.__main__ import run
sys.argv[0] = "pemcheck"
sys.exit(run())' "$@"
"""

SHOWN = ("clean-rsa-2048", "chain-out-of-order")
"""The cases that the commands are about."""

needs_bash = pytest.mark.skipif(os.name != "posix", reason="the command lines are for a POSIX shell")


def blocks(language: str) -> list[str]:
    """Return what stands in the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder that looks like the repository to the commands, and can be written to."""
    for name, text in {"python3": PYTHON3, "pip": PIP, "pemcheck": PEMCHECK}.items():
        program = tmp_path / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    fixtures = tmp_path / "checkout" / "fixtures"
    fixtures.mkdir(parents=True)
    for case in SHOWN:
        shutil.copytree(ROOT / "fixtures" / case, fixtures / case)
        (fixtures / case / "private-key.pem").chmod(0o644)  # as most checkouts have it, whatever this one has
    return tmp_path / "checkout"


def run(line: str, checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line as somebody in a terminal would, in a checkout."""
    programs = checkout.parent / "programs"
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", "-c", line]
    return subprocess.run(command, cwd=checkout, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def test_there_are_two_command_lines() -> None:
    """The first shows the tool, the second runs the tests; each can be copied whole."""
    assert [1, 1] == [block.count("\n") for block in blocks("console")]


@needs_bash
def test_the_first_command_line_works(checkout: Path) -> None:
    """Whoever copies it sees a submission that is accepted."""
    shown = run(blocks("console")[0], checkout)

    assert (0, "") == (shown.returncode, shown.stderr)


@needs_bash
def test_the_second_command_line_is_what_ci_runs() -> None:
    """The machine and the reader run the same tests."""
    shown = subprocess.run([ROOT / ".ci" / "run", "--show"], capture_output=True, text=True, check=True).stdout

    assert blocks("console")[1] == shown


@needs_bash
def test_the_transcript_is_true(checkout: Path, request: pytest.FixtureRequest) -> None:
    """The command in it prints the text below it, and refuses the submission."""
    (transcript,) = blocks("text")
    command = transcript.split("\n", 1)[0]
    shown = run(f'PATH="$PWD/../programs:$PATH"; {command.removeprefix("$ ")}', checkout)
    actual = f"{command}\n{shown.stdout}"
    if request.config.getoption("--rebase"):
        README.write_text(README.read_text("utf-8").replace(transcript, actual), "utf-8")
        transcript = actual

    assert transcript == actual
    assert (1, "") == (shown.returncode, shown.stderr)


def test_the_library_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines of Python in it do what they say."""
    (example,) = blocks("python")
    monkeypatch.chdir(ROOT)

    exec(compile(example, "README.md", "exec"), {})
