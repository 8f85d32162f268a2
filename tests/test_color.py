"""``--color``: for people at a terminal, never in a file, and never from a certificate."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from fixtures.build import Case, leaf
from fixtures.generate import CASES
from fixtures.ran import Run, given
from pemcheck.cli.output import has_unicode

ESCAPE = "\x1b"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, without any wish about colour, and return it."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("name", ["clean-rsa-2048", "cert-expired", "cert-expires-soon", "cert-allows-client-auth"])
@pytest.mark.parametrize("choice", ["always", "on"])
def test_colour_changes_no_word(name: str, choice: str, run: Run) -> None:
    """Severity, rule and verdict are coloured, and all else is as without."""
    arguments = given(CASES[name])
    ran, plain = run(*arguments, "--color", choice), run(*arguments)

    assert (plain.status, plain.out) == (ran.status, re.sub(r"\x1b\[[\d;]*m", "", ran.out))
    assert re.findall(r"(?m)^\S.*: (?:error|warning|note): ([a-z0-9-]+)$", plain.out) == re.findall(
        r"\x1b\[1m([a-z0-9-]+)\x1b\[0m", ran.out
    )
    assert re.search(r"(?m)^acm: \x1b\[1;3\dm(accepted|refused)\x1b\[0m", ran.out)


@pytest.mark.parametrize(
    ("environment", "terminal", "expected"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({}, True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_by_itself_it_is_for_terminals(
    environment: dict[str, str], terminal: bool, expected: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``auto`` does what other programs do."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)

    assert expected is (ESCAPE in run(*given(CASES["cert-expired"])).out)


@pytest.mark.parametrize("choice", ["never", "off"])
def test_it_can_be_refused(choice: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says."""
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert ESCAPE not in run(*given(CASES["cert-expired"]), "--color", choice).out


@pytest.mark.parametrize("form", ["concise", "json", "sarif", "github", "markdown"])
def test_only_text_has_colour(form: str, run: Run) -> None:
    """Programs read the rest."""
    assert ESCAPE not in run(*given(CASES["cert-expired"]), "--color", "always", "--format", form).out


def test_a_file_has_no_colour(run: Run) -> None:
    """It is for whoever opens it."""
    run(*given(CASES["cert-expired"]), "--color", "always", "--output-file", "report")

    assert ESCAPE not in Path("report").read_text("utf-8")


def test_a_pasted_command_has_its_colour(run: Run) -> None:
    """``aws --color on`` means what it means there, and is not called ignored."""
    ran = run("aws", "--color", "on", "acm", "import-certificate", *given(CASES["clean-rsa-2048"], prefix="fileb://"))

    assert (0, True, "") == (ran.status, ESCAPE in ran.out, ran.err)


def test_fix_has_colour(run: Run) -> None:
    """In the report that it ends with; its JSON has none."""
    arguments = ["fix", *given(CASES["clean-rsa-2048"]), "--diff", "--color", "always"]

    assert ["\x1b[1;32maccepted\x1b[0m" in run(*arguments).out, ESCAPE in run(*arguments, "--format", "json").out] == [
        True,
        False,
    ]


def test_a_certificate_brings_no_colour_and_gets_none(run: Run) -> None:
    """Its words are escaped and indented."""
    case = Case(leaf(subject="CN=\x1b[31macm: accepted\nx: error: cert-expired"))
    ran = run(*given(case), "--color", "always", "--hostname", "other.test")
    bare = re.sub(r"(?m)^(\S.*: )\x1b\[1;3\dm\w+\x1b\[0m(: \x1b\[1m[a-z0-9-]+\x1b\[0m$)?", "", ran.out)

    assert ESCAPE not in bare
    assert "\\u{001b}[31m" in ran.out


@pytest.mark.parametrize(
    ("environment", "ascii_only"),
    [
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, True),
        ({"LANG": "C", "PYTHONIOENCODING": "utf-8"}, False),
        ({"LANG": "C.UTF-8", "PYTHONIOENCODING": "ascii"}, True),
        ({"PYTHONIOENCODING": "latin-1"}, True),
        ({"LANG": "C.UTF-8"}, False),
    ],
)
def test_the_tree_is_ascii_where_the_terminal_has_no_more(environment: dict[str, str], ascii_only: bool) -> None:
    """By the encoding of the output, and where that is nobody's wish by the locale; other words are the same."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONIO"))}
    command = [sys.executable, "-m", "pemcheck", *given(CASES["chain-cross-signed"])]
    ran = subprocess.run(command, env={**plain, **environment}, stdout=subprocess.PIPE)
    text = ran.stdout.decode("latin-1" if ascii_only else "utf-8")
    branch = "     |- also issued by Test Root" if ascii_only else "     ├─ also issued by Test Root"

    assert (ascii_only, True) == (text.isascii(), branch in text)


def test_an_unknown_encoding_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    """As does a stream without any."""
    monkeypatch.setattr(sys, "stdout", types.SimpleNamespace(encoding="no-such"))

    assert not has_unicode()


def test_what_is_for_programs_stays_as_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The locale is a matter of people."""
    arguments = [*given(CASES["chain-cross-signed"]), "--format", "markdown"]
    expected = run(*arguments)
    monkeypatch.setenv("LC_ALL", "C")

    assert expected == run(*arguments)


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help-all"), ("scan", "--help")], ids=" ".join)
def test_help_is_plain_on_every_python(arguments: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.14 would paint what argparse writes of it."""
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert ESCAPE not in run(*arguments).out
