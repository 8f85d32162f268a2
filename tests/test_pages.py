"""
What the pages in docs/ and README.md show is what happens: their commands run, their words are those of the parsers.

A page's source says with comments what a reader does not need to see:

* ``<!-- run: COMMAND -->`` is run there, to lay out files; it must exit with 0;
* ``<!-- env: NAME=VALUE -->`` is exported from there on;
* ``<!-- file: NAME -->``: the next block is written to that file, and not run by itself;
* ``<!-- not run: REASON -->``: the next block, of ``sh``, needs what a test has not; its commands are still parsed;
* ``<!-- schema: NAME -->``: the next block must be valid, as check-jsonschema has it.

Blocks of ``sh`` are run line by line, and must exit with 0; of ``console`` each command prints what stands below it.
In YAML the lines under ``run`` and ``script`` that call pemcheck are run.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import pemcheck
from pemcheck.cli import COMMANDS, Failure, Help

ROOT = Path(__file__).resolve().parent.parent
GENERATED = {"cli.md", "json.md", "library.md", "rules.md", "targets.md"}
PAGES = {path.name: path for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in GENERATED}
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))
LANGUAGES = {"console", "hcl", "python", "sh", "text", "toml", "yaml"}

needs_bash = pytest.mark.skipif(os.name != "posix", reason="the command lines are for a POSIX shell")

PEMCHECK = f"""\
#!/bin/sh
# The one under test, which judges for the time when the fixtures are valid unless the page says for when.
export PYTHONPATH="$PYTHONPATH:"{shlex.quote(str(Path(pemcheck.__file__).parent.parent))}
case " $1 $* " in
    *" --at "* | *" --show-config "* | " "rules\\ * | " "targets\\ * | " "inspect\\ * | " "explain\\ *) ;;
    *) set -- "$@" --at 2026-06-01 ;;
esac
exec {shlex.quote(sys.executable)} -c '
import sys
from pemcheck.__main__ import run
sys.argv[0] = "pemcheck"
sys.exit(run())' "$@"
"""
AWS = '#!/bin/sh\nexec pemcheck aws "$@"\n'
"""An ``aws`` without an account: what pemcheck refuses, it refuses."""
KUBECTL = f"""\
#!{sys.executable}
import base64, json, sys
assert sys.argv[1:3] == ["get", "secret"] and sys.argv[-2:] == ["-o", "json"], sys.argv
data = {{name: base64.b64encode(open(name, "rb").read()).decode() for name in ("tls.crt", "tls.key")}}
print(json.dumps({{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "data": data}}))
"""


class Block(NamedTuple):
    """One fenced block of a page, and the comments before it."""

    language: str
    text: str
    comments: tuple[tuple[str, str], ...]

    def said(self, name: str) -> str | None:
        """Return what the last comment of this name says, if there is one."""
        return dict(self.comments).get(name)


_PART = re.compile(r"^<!-- (run|env|file|not run|schema): (.*?) -->$|^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a page; comments behind the last one come with an empty one."""
    comments: list[tuple[str, str]] = []
    for name, value, language, body in _PART.findall(text):
        if name:
            comments.append((name, value))
        else:
            yield Block(language, body, tuple(comments))
            comments = []
    yield Block("", "", tuple(comments))


def lines(text: str) -> list[str]:
    """Return the command lines in a piece of shell, each whole."""
    return [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line and not line.startswith("#")]


def scripts(value: Any, key: str = "") -> Iterator[str]:
    """Yield the command lines in a pipeline's description."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from scripts(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from scripts(inner, key)
    elif key in ("run", "script", "before_script") and isinstance(value, str):
        yield from lines(value)


def called(block: Block) -> list[str]:
    """Return the command lines in a block."""
    if block.language == "sh":
        return lines(block.text)
    if block.language == "console":
        return [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
    if block.language == "yaml":
        return [line for line in scripts(yaml.safe_load(block.text)) if line.startswith("pemcheck ")]
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder to work in, beside the programs that a page calls."""
    for name, text in {"pemcheck": PEMCHECK, "aws": AWS, "kubectl": KUBECTL}.items():
        program = tmp_path / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def run(command: str, folder: Path) -> tuple[int, str]:
    """Return exit status and output of a command, as somebody at a terminal sees them."""
    env = {
        **os.environ,
        "PATH": f"{folder.parent / 'programs'}{os.pathsep}{os.environ['PATH']}",
        "FIXTURES": str(ROOT / "fixtures"),
        "PYTHONIOENCODING": "utf-8",
        "CHECKPOINT_DISABLE": "1",
    }
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    return ran.returncode, ran.stdout


@needs_bash
@pytest.mark.thorough
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_happens(page: str, folder: Path, pytestconfig: pytest.Config) -> None:
    """Its commands work one after the other, and print what stands below them; ``--rebase`` writes that."""
    text, exported, failed = PAGES[page].read_text("utf-8"), "", []
    for block in blocks(text):
        commands = [value for name, value in block.comments if name == "run"]
        exported += "".join(f"export {value}; " for name, value in block.comments if name == "env")
        name = block.said("file")
        if name is not None:
            (folder / name).write_text(block.text, "utf-8")
        elif block.said("not run") is None and block.language in ("sh", "yaml"):
            commands += called(block)
        failed += [(command, *shown) for command in commands if (shown := run(exported + command, folder))[0] != 0]
        if block.language == "console":
            actual = "".join(f"$ {each}\n{run(exported + each, folder)[1]}" for each in called(block))
            if pytestconfig.getoption("--rebase"):
                PAGES[page].write_text(PAGES[page].read_text("utf-8").replace(block.text, actual), "utf-8")
            else:
                assert block.text == actual

    assert [] == failed


def parse(command: str) -> None:
    """Let the command's own parser read a command line of pemcheck; raises Failure or Help as that does."""
    words = shlex.split(command.partition(" | ")[0].partition(" >")[0].partition("; echo")[0])[1:]
    if words[:1] == ["aws"] or "--version" in words:
        return  # the words of the AWS CLI are parsed by running it
    name = words.pop(0) if words and words[0] in COMMANDS else "check"
    GENERATE["parser_of"](name).parse(words)


def misread(command: str) -> str:
    """Return what the parser has against a command line, if anything."""
    try:
        parse(command)
    except Failure as error:
        return str(error)
    except Help:
        return ""
    return ""


@pytest.mark.once
@pytest.mark.parametrize("page", ["README.md", *PAGES])
def test_each_command_is_one_that_the_parser_reads(page: str) -> None:
    """In blocks that no test can run, in pipelines, and in the text."""
    text = (ROOT / page if page == "README.md" else PAGES[page]).read_text("utf-8")
    found = [line for block in blocks(text) for line in called(block) if line.startswith("pemcheck ")]
    prose = _PART.sub("", text)
    found += [each for each in re.findall(r"`(pemcheck [^`]*)`", prose) if "…" not in each and "[" not in each]

    assert {} == {command: wrong for command in found if (wrong := misread(command))}


@pytest.mark.once
@pytest.mark.parametrize("page", PAGES)
def test_what_is_shown_to_print_something_is_run(page: str) -> None:
    """A block of ``console`` is run whatever stands before it; one that cannot be is of ``sh``."""
    shown = [block for block in blocks(PAGES[page].read_text("utf-8")) if block.language == "console"]

    assert [] == [block.text for block in shown if block.said("not run") is not None]


@pytest.mark.once
@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is(page: str) -> None:
    """A block in a language that is not known here would be run by nobody."""
    assert set() == {block.language for block in blocks(PAGES[page].read_text("utf-8")) if block.text} - LANGUAGES


PIPELINES = [
    (page, block) for page, path in PAGES.items() for block in blocks(path.read_text("utf-8")) if block.said("schema")
]


@pytest.mark.thorough
@pytest.mark.parametrize(("page", "block"), PIPELINES, ids=[page for page, _ in PIPELINES])
def test_a_pipeline_is_what_its_service_reads(page: str, block: Block, tmp_path: Path) -> None:
    """By the service's own JSON schema."""
    program = shutil.which("check-jsonschema", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("check-jsonschema is not installed")
    (tmp_path / "pipeline.yml").write_text(block.text, "utf-8")
    command = [program, "--builtin-schema", f"vendor.{block.said('schema')}", str(tmp_path / "pipeline.yml")]
    ran = subprocess.run(command, capture_output=True, text=True)

    assert (0, "") == (ran.returncode, ran.stderr), ran.stdout


@pytest.mark.once
def test_nothing_is_installed_that_is_not_there() -> None:
    """Before a release no package index has pemcheck, or has another one of that name: it comes from a clone."""
    paths = [ROOT / "README.md", *PAGES.values(), *sorted((ROOT / "pemcheck").rglob("*.py"))]

    found = [re.search(r"pip install (?:-q )?'?pemcheck\b", path.read_text("utf-8")) for path in paths]
    assert [] == [path.name for path, match in zip(paths, found) if match]


@pytest.mark.once
@pytest.mark.parametrize("page", [name for name, path in PAGES.items() if "v0.1.0" in path.read_text("utf-8")])
def test_a_page_with_a_tag_says_what_to_write_before_there_is_one(page: str) -> None:
    """There is no release yet."""
    assert "40 digits" in PAGES[page].read_text("utf-8")


@pytest.mark.once
def test_the_start_page_leads_to_every_other() -> None:
    """What is not linked is not found."""
    linked = set(re.findall(r"\]\(([a-z-]+\.md)\)", PAGES["index.md"].read_text("utf-8")))
    elsewhere = {"index.md", "performance.md", "reliability.md", "own-targets.md"}

    assert set() == {*PAGES, *GENERATED} - linked - elsewhere
