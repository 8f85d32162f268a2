"""Text is as wide as a narrow terminal, and 80 columns anywhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.build import leaf, load_key
from fixtures.generate import HERE
from fixtures.ran import Run
from pemcheck import check
from pemcheck.render import text
from pemcheck.render.page import PAGE, WIDTH

pytestmark = [pytest.mark.once, pytest.mark.skipif(os.name != "posix", reason="there are no such terminals")]

ON_TERMINAL = """\
import fcntl, os, pty, struct, sys, termios
columns = int(sys.argv.pop(1))
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execv(sys.executable, [sys.executable, "-m", "pemcheck", *sys.argv[1:]])
found = b""
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        piece = b""
    if not piece:
        break
    found += piece
os.waitpid(child, 0)
sys.stdout.buffer.write(found)
"""
CASE = HERE / "chain-out-of-order"
OPTIONS = ("--at", "2026-06-01", "--color", "never")
FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
_WHOLE = re.compile(r"\S*`[^`]*`\S*|\S+")


def on_terminal(columns: int, *arguments: str, said: str = "", folder: Path = CASE) -> list[str]:
    """Return the lines that pemcheck prints to a terminal with *columns*, where ``COLUMNS`` is *said*."""
    env = {**os.environ, "COLUMNS": said, "PYTHONPATH": os.pathsep.join(sys.path)}
    if not said:
        del env["COLUMNS"]
    command = [sys.executable, "-c", ON_TERMINAL, str(columns), *arguments]
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True, timeout=60)
    return ran.stdout.decode().replace("\r\n", "\n").splitlines()


def too_long(lines: list[str], columns: int) -> list[str]:
    """Return the lines that should have been broken: longer, and more in them than one word or command."""
    indented = [line for line in lines if line.startswith(" ") and len(line) > columns]
    return [line for line in indented if len(_WHOLE.findall(re.sub(r"^ +(\w+: +)?", "", line))) > 1]


@pytest.mark.parametrize(("columns", "said"), [(60, ""), (100, "50"), (60, "nonsense")])
def test_text_fits_a_narrow_terminal(columns: int, said: str) -> None:
    """Its own width, or what COLUMNS says; commands and addresses stay whole, so that they can be copied."""
    lines = on_terminal(columns, *FILES, *OPTIONS, said=said)
    width = int(said) if said.isdecimal() else columns

    assert [] == [line for line in too_long(lines, width) if "https://" not in line]
    assert [] == [line for line in lines if line.count("`") % 2]
    assert 1 == sum("`python -m pemcheck fix " in line and " --out-dir new`" in line for line in lines)


@pytest.mark.parametrize(("columns", "said"), [(200, ""), (60, "200"), (0, "")])
def test_text_is_never_wider_than_80(columns: int, said: str) -> None:
    """Nor narrower where the terminal does not tell."""
    env = {**os.environ, "COLUMNS": "40", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "pemcheck", *FILES, *OPTIONS]
    piped = subprocess.run(command, cwd=CASE, env=env, capture_output=True, timeout=60).stdout.decode().splitlines()

    assert piped == on_terminal(columns, *FILES, *OPTIONS, said=said)


def test_a_word_in_a_line_is_nobodys_wish() -> None:
    """Below 40 columns the terminal breaks lines itself."""
    assert on_terminal(40, *FILES, *OPTIONS) == on_terminal(10, *FILES, *OPTIONS)


@pytest.mark.parametrize("command", [("scan", "."), ()], ids=["scan", "check"])
def test_a_file_has_80_columns(command: tuple[str, ...], tmp_path: Path) -> None:
    """Whatever the terminal is that the command was typed in."""
    arguments = (*command, *(() if command else FILES), "--at", "2026-06-01")
    reports = [tmp_path / name for name in ("40", "80")]
    for report in reports:
        on_terminal(int(report.name), *arguments, "--output-file", str(report))

    assert reports[0].read_text("utf-8") == reports[1].read_text("utf-8")


@pytest.mark.parametrize("arguments", [("scan", ".", "-v", *OPTIONS[:2]), ("rules", "-v")], ids=["scan", "rules"])
def test_other_commands_fit_too(arguments: tuple[str, ...]) -> None:
    """Everything that breaks lines knows how wide they may be."""
    lines = on_terminal(50, *arguments)

    assert [] == too_long(lines, 50) != lines


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        *(("rules", 60), ("targets acm", 60), ("--help", 60)),
        *((line, 40) for line in ("rules", "targets", "targets acm", "--help", "--help-all")),
        *((f"{command} --help", 40) for command in ("inspect", "fix", "scan", "rules", "targets", "explain")),
    ],
)
def test_tables_and_help_fit_too(line: str, columns: int) -> None:
    """All but examples, which are to be copied, and addresses."""
    printed = "\n".join(on_terminal(columns, *line.split()))
    lines = re.sub(r"^examples?:\n(.+\n?)*", "", printed, flags=re.MULTILINE).splitlines()
    long = [line for line in lines if len(line) > columns and len(_WHOLE.findall(line)) > 1]

    assert [] == [line for line in long if "https://" not in line] != lines


@pytest.mark.parametrize("line", ["rules", "--help", "targets acm"])
def test_tables_and_help_say_the_same_in_any_width(line: str) -> None:
    """No word is lost, and none comes twice."""
    wide, narrow = (" ".join(on_terminal(columns, *line.split())).split() for columns in (80, 40))
    letters = re.compile(r"[EWn-]{1,15}|[a-o]{15}|[a-o]")  # which stand closer in a narrow table
    expected, found = (sorted(word for word in each if not letters.fullmatch(word)) for each in (wide, narrow))

    assert expected == found


def test_help_that_is_piped_has_the_columns_that_somebody_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As argparse has it; who names none, or nonsense, has 80."""
    widths = []
    for said in ("60", "", "200", "x"):
        monkeypatch.setenv("COLUMNS", said)
        widths.append(max(map(len, run("--help").out.partition("examples:")[0].splitlines())))

    assert [60, 79, 79, 79] == widths


@pytest.mark.parametrize(("said", "width"), [("50", 50), ("", WIDTH), ("7", 40), ("120", WIDTH)])
def test_the_page_is_narrow_for_one_command_only(
    said: str, width: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who calls the command from a program finds everything as before; what tells no width has 80 columns."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", said)
    monkeypatch.setattr("pemcheck.cli.rules.run", lambda _: (0, f"{PAGE.width}"))

    assert (0, str(width), WIDTH) == (*run("rules")[:2], PAGE.width)


@pytest.mark.parametrize("width", [40, 60, WIDTH])
def test_a_caret_stands_under_its_character(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the line that is shown has no room, the part around the caret is shown."""
    body = leaf().pem.splitlines()
    body[3] = body[3][:50] + "!" + body[3][51:]
    broken = "\n".join(body) + "\n"
    monkeypatch.setattr(PAGE, "width", width)
    found = check(broken, load_key(leaf().key).pem, at="2026-06-01")
    lines = text.render((found,)).splitlines()
    (number,) = [i for i, line in enumerate(lines) if line.endswith("^") and "| " in line]

    assert "!" == lines[number - 1][len(lines[number]) - 1]
    assert max(len(lines[number]), len(lines[number - 1])) <= width
