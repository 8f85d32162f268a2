"""What shells complete and the manual says is made of the parsers, is fresh, and works in real shells."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.ran import Run
from pemcheck.cli import COMMANDS
from pemcheck.cli.options import SHELLS
from pemcheck.completion import text_for
from pemcheck.render import PLACED
from shell import generate

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
MANUAL = ROOT / "docs" / "pemcheck.1"

BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_pemcheck
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = 'source $argv[1]; complete -C "$argv[2]"'
ZSH = """
compdef() { }
compadd() { shift; print -l -- ${(M)@:#${words[CURRENT]}*} }
compset() {
    if [[ $2 == 1 ]]; then words[CURRENT]=${words[CURRENT]#${~3}}; else words[CURRENT]=${words[CURRENT]##${~2}}; fi
}
_files() { print -l -- ${words[CURRENT]}*(N) }
_describe() { print -l -- ${(M)${(P)2}:#${words[CURRENT]}*} }
source "$1"; shift
words=("$@"); CURRENT=$#
_pemcheck
"""


def completed(shell: str, line: str, folder: Path) -> set[str]:
    """Return what *shell* offers for the last word of *line* in *folder*; descriptions are left out."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    script = folder / "completion.txt"
    script.write_text(text_for(shell), "utf-8")
    taken_apart = [part for word in line.split(" ") for part in re.findall("[=:]+|[^=:]+", word) or [""]]
    words = {
        "bash": ["--norc", "-c", BASH, "bash", str(script), *taken_apart],
        "zsh": ["-f", "-c", ZSH, "zsh", str(script), *line.split(" ")],
        "fish": ["--no-config", "-c", FISH, str(script), line],
    }
    place = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    ran = subprocess.run([shell, *words[shell]], cwd=folder, env=place, capture_output=True, text=True, timeout=60)

    assert (0, "") == (ran.returncode, ran.stderr)
    offered = (each.partition("\t")[0] for each in ran.stdout.split("\n"))
    return {each.partition(":")[0] for each in offered if each and each != "completion.txt"}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pemcheck --target cloud", {"cloudfront"}),
        ("pemcheck check --target api-", {"api-gateway-edge", "api-gateway-regional"}),
        ("pemcheck --ignore chain-root-o", {"chain-root-only"}),
        ("pemcheck --severity key-weak", {"key-weak-exponent="}),
        ("pemcheck explain chain-out", {"chain-out-of-order"}),
        ("pemcheck targets acm-2017-c", {"acm-2017-console", "acm-2017-cli"}),
        ("pemcheck --format sa", {"sarif"}),
        ("pemcheck fix --format ", {"text", "json"}),
        ("pemcheck fix --out-d", {"--out-dir"}),
        ("pemcheck --out-d", set()),
        ("pemcheck --private-c", {"--private-ca"}),
        ("pemcheck --trust-store moz", {"mozilla"}),
        ("pemcheck ins", {"inspect"}),
        ("pemcheck inspect ins", set()),
        ("pemcheck --certificate fullch", {"fullchain.pem"}),
        ("pemcheck fullch", {"fullchain.pem"}),
        ("pemcheck rules fullch", set()),
        ("pemcheck --at fullch", set()),
    ],
)
def test_a_shell_completes(shell: str, line: str, expected: set[str], tmp_path: Path) -> None:
    """Commands, options, targets, rules and files, each where it can stand."""
    (tmp_path / "fullchain.pem").write_text("")

    assert expected == completed(shell, line, tmp_path)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pemcheck --target=cl", {"cloudfront", "client-vpn"}),
        ("pemcheck --format=", {"text", "concise", "json", "jsonl", *PLACED, "junit", "markdown"}),
        ("pemcheck --certificate=fullch", {"fullchain.pem"}),
        ("pemcheck --certificate fileb://fullch", {"fullchain.pem"}),
        ("pemcheck --certificate=file://fullch", {"fullchain.pem"}),
        ("pemcheck --ignore key-*,chain-root-o", {"chain-root-only"}),
        ("pemcheck --select=key-*,pem-*,chain-root-o", {"chain-root-only"}),
        ("pemcheck --severity cert-expired=wa", {"warning"}),
        ("pemcheck --severity=cert-expired=", {"error", "warning", "note", "off"}),
        ("pemcheck --severity=key-weak", {"key-weak-exponent="}),
        ("pemcheck file://fullch", {"fullchain.pem"}),
    ],
)
def test_a_shell_completes_behind_what_stands_there(shell: str, line: str, expected: set[str], tmp_path: Path) -> None:
    """Behind ``=``, a comma and ``file://``; what bash keeps of a list or a path is offered with it."""
    (tmp_path / "fullchain.pem").write_text("")

    assert expected == {each.rpartition(",")[2].lstrip("/") for each in completed(shell, line, tmp_path)}


TYPED = r"""
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.environ.update(PS1="> ", TERM="dumb", INPUTRC="/dev/null")
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
found = b""
def until(mark):
    global found
    while mark not in found:
        try:
            found += os.read(terminal, 65536)
        except OSError:
            return
os.write(terminal, b"source ./completion.txt; pemcheck() { printf '<%s>' \"$@\"; }; echo rea''dy\n")
until(b"ready")
os.write(terminal, sys.argv[1].encode() + b"\t\nexit\n")
until(b"nothing that comes")
os.waitpid(child, 0)
sys.stdout.buffer.write(found)
"""


@pytest.mark.skipif(os.name != "posix", reason="there are no such terminals")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pemcheck --target=clou", "<--target=cloudfront>"),
        ("pemcheck --certificate fileb://full", "<--certificate><fileb://fullchain.pem>"),
        ("pemcheck --ignore a,chain-root-o", "<--ignore><a,chain-root-only>"),
        ("pemcheck --severity key-weak-exponent=wa", "<--severity><key-weak-exponent=warning>"),
    ],
)
def test_what_is_typed_in_bash_is_completed(line: str, expected: str, tmp_path: Path) -> None:
    """At a terminal, with readline, which takes words apart in its own way."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    (tmp_path / "fullchain.pem").write_text("")
    (tmp_path / "completion.txt").write_text(text_for("bash"), "utf-8")
    command = [sys.executable, "-c", TYPED, line]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)

    assert expected in ran.stdout.decode("utf-8", "replace")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_name_with_a_space_is_one_word(shell: str, tmp_path: Path) -> None:
    """File names are whatever people like."""
    (tmp_path / "my cert.pem").write_text("")

    assert {"my cert.pem"} == {each.replace("\\", "") for each in completed(shell, "pemcheck my", tmp_path)}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_completion_is_printed(shell: str, run: Run) -> None:
    """As it is packaged, without a certificate."""
    assert (0, text_for(shell), "") == run("--print-completion", shell)


def test_another_shell_is_refused(run: Run) -> None:
    """With the names of those there are."""
    ran = run("--print-completion", "tcsh")

    assert (2, "") == (ran.status, ran.out)
    assert "'bash', 'zsh', 'fish'" in ran.err


def test_completions_and_manual_are_fresh() -> None:
    """Whoever changes an option, a rule or a target runs ``python shell/generate.py``."""
    assert [] == [path for path, text in generate.written().items() if (ROOT / path).read_text("utf-8") != text]


@pytest.mark.parametrize("writer", [generate.bash, generate.zsh, generate.fish, generate.manual])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_is_left_out(command: str, writer: Callable[[], str]) -> None:
    """Every one that the help tells of is in each completion and in the manual."""
    text = writer().replace("\\-", "-").replace("-l ", "--").replace("-s ", "-")

    assert [] == [name for each in generate.options_of(command) for name in each.names if name not in text]


def test_the_manual_is_well_formed() -> None:
    """For mandoc or man, whichever is here."""
    checks = {"mandoc": ["-Tlint", "-Wwarning"], "man": ["--warnings", "-E", "UTF-8", "-l"]}
    found = [[program, *options] for program, options in checks.items() if shutil.which(program)]
    if not found or (found[0][0] == "man" and not shutil.which("groff")):
        pytest.skip("there is neither mandoc nor man with groff")
    for command in found:
        ran = subprocess.run([*command, str(MANUAL)], capture_output=True, text=True, timeout=60)
        assert (0, "") == (ran.returncode, ran.stderr or (ran.stdout if command[0] == "mandoc" else ""))


def test_help_fits_a_screen(run: Run) -> None:
    """24 lines of 80 columns, with examples; ``--help-all`` has every option."""
    short, whole = run("--help").out.splitlines(), run("--help-all").out

    assert (True, [], True) == (len(short) <= 24, [each for each in short if len(each) > 80], "examples:" in short)
    assert [] == [name for each in generate.options_of("check") for name in each.names if name not in whole]
