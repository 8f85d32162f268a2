"""What shells complete and the manual says is made of the parsers, is fresh, and works in real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.ran import Run
from pemcheck.cli import COMMANDS
from pemcheck.cli.options import SHELLS
from pemcheck.completion import text_for
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
    words = {
        "bash": ["--norc", "-c", BASH, "bash", str(script), *line.split(" ")],
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
