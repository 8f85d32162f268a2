"""The files for pre-commit, GitHub and Docker, as far as they can be checked without these services."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pemcheck import hooks

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="the action's script is for bash")


def load(name: str) -> Any:
    """Return what is in one of the repository's YAML files."""
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


HOOKS: list[dict[str, Any]] = load(".pre-commit-hooks.yaml")
ACTION: dict[str, Any] = load("action.yml")
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_the_hooks_have_what_pre_commit_asks() -> None:
    """Two hooks with the fields of https://pre-commit.com/#new-hooks, and no other."""
    known = {"id", "name", "description", "entry", "args", "language", "files", "types"}

    assert ["pemcheck-certificates", "pemcheck-private-keys"] == [each["id"] for each in HOOKS]
    assert [] == [each["id"] for each in HOOKS if not {"id", "name", "entry", "language"} <= each.keys() <= known]
    assert ({"python"}, [["--"]] * 2) == ({each["language"] for each in HOOKS}, [each["args"] for each in HOOKS])


def test_the_hooks_are_console_scripts() -> None:
    """pre-commit finds the entry of each in the environment that it makes."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    scripts = dict(line.split(" = ") for line in config["options.entry_points"]["console_scripts"].strip().splitlines())

    for each in HOOKS:
        module, _, function = scripts[each["entry"]].partition(":")
        assert (hooks.__name__, True) == (module, callable(getattr(hooks, function)))


@pytest.mark.parametrize(
    ("name", "expected"), [("www.pem", True), ("tls.crt", True), ("a.cer", True), ("pem.py", False), ("a.key", False)]
)
def test_the_certificates_hook_takes_certificate_files(name: str, expected: bool) -> None:
    """By their names; what they hold is looked at later."""
    assert expected is (re.search(HOOKS[0]["files"], name) is not None)


def test_the_action_is_composite_and_its_inputs_are_used() -> None:
    """Every input has a description and is read; each step that runs something names its shell."""
    text = (ROOT / "action.yml").read_text("utf-8")
    used = set(re.findall(r"inputs\.(\w+)", text))

    assert "composite" == ACTION["runs"]["using"]
    assert (set(ACTION["inputs"]), True) == (used, all(each["description"] for each in ACTION["inputs"].values()))
    assert [] == [step for step in STEPS if ("run" in step) != ("shell" in step)]
    assert ["github/codeql-action/upload-sarif"] == [s["uses"].partition("@v")[0] for s in STEPS if "uses" in s]


def test_no_input_is_pasted_into_a_script() -> None:
    """What a workflow passes reaches the script in variables only: it cannot become code."""
    assert [] == [step["run"] for step in STEPS if "${{" in step.get("run", "")]


PYTHON3 = """\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 99
mkdir -p "$3/bin" && cp "$(dirname "$0")/pip" "$(dirname "$0")/pemcheck" "$3/bin"
"""
PIP = '#!/bin/sh\n[ "$1 $2" = "install -q" ] && [ -f "$3/setup.cfg" ]\n'
PEMCHECK = """\
#!/bin/sh
printf '%s\\n' "$@" >"$RUNNER_TEMP/arguments"
[ -z "$FAKE_REPORT" ] || echo '{}' >"$PEMCHECK_REPORT"
exit "$FAKE_STATUS"
"""


@posix
@pytest.mark.parametrize(("status", "report"), [(0, "yes"), (1, "yes"), (2, "")])
def test_the_action_s_script_runs_pemcheck(tmp_path: Path, status: int, report: str) -> None:
    """With stand-ins for Python, pip and pemcheck: the arguments arrive whole, status and report are told."""
    for name, text in {"python3": PYTHON3, "pip": PIP, "pemcheck": PEMCHECK}.items():
        program = tmp_path / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{tmp_path / 'programs'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "PEMCHECK_SOURCE": str(ROOT),
        "PEMCHECK_FILES": "full chain.pem\nprivkey.pem\n",
        "PEMCHECK_TARGET": "cloudfront",
        "PEMCHECK_ARGS": "--trusted\n--expires-within=10d\n",
        "PEMCHECK_REPORT": str(tmp_path / "pemcheck.sarif"),
        "FAKE_STATUS": str(status),
        "FAKE_REPORT": report,
    }
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[0]["run"]],
        env=env,
        capture_output=True,
        text=True,
    )

    assert (0, "") == (run.returncode, run.stderr)
    assert [
        *("check", "--target", "cloudfront", "--trusted", "--expires-within=10d", "--format", "sarif"),
        *("--output-file", env["PEMCHECK_REPORT"], "full chain.pem", "privkey.pem"),
    ] == (tmp_path / "arguments").read_text().splitlines()
    told = [f"status={status}", *([f"report={env['PEMCHECK_REPORT']}"] if report else [])]
    assert told == (tmp_path / "output").read_text().splitlines()


@posix
@pytest.mark.parametrize("script", [*(step["run"] for step in STEPS if "run" in step), None], ids=["1", "2", ".ci/run"])
def test_shellcheck_finds_nothing_in_the_scripts(script: str | None) -> None:
    """Neither in the action's nor in the one that CI runs."""
    text = (ROOT / ".ci" / "run").read_text() if script is None else script
    run = subprocess.run([tool("shellcheck"), "--shell=bash", "-"], input=text, capture_output=True, text=True)

    assert (0, "") == (run.returncode, run.stdout)


def tool(name: str) -> str:
    """Return the program of that name, beside this Python or anywhere, or skip the test."""
    program = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip(f"{name} is not installed (tox -e static has it)")
    return program


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    """What it is told to ignore says why."""
    run = subprocess.run([tool("hadolint"), str(ROOT / "Dockerfile")], capture_output=True, text=True)

    assert (0, "") == (run.returncode, run.stdout)


def test_the_action_is_what_github_reads() -> None:
    """By GitHub's own schema for actions."""
    command = [tool("check-jsonschema"), "--builtin-schema", "vendor.github-actions", str(ROOT / "action.yml")]
    run = subprocess.run(command, capture_output=True, text=True)

    assert (0, "") == (run.returncode, run.stderr), run.stdout


CONFIG = """\
repos:
  - repo: {root}
    rev: {rev}
    hooks:
      - id: pemcheck-certificates
        args: [--at, "2026-06-01", --]
      - id: pemcheck-private-keys
"""


def git(*arguments: str, folder: Path) -> str:
    """Return what git prints; skip the test where there is no git, or no repository."""
    try:
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"git {arguments[0]} does not work here")


@posix
def test_pre_commit_runs_the_hooks(tmp_path: Path) -> None:
    """It installs them from what is committed here; good files pass, each bad one is found by its hook."""
    config = CONFIG.format(root=ROOT, rev=git("rev-parse", "HEAD", folder=ROOT).strip())
    repository = tmp_path / "repository"
    repository.mkdir()
    git("init", "-q", folder=repository)
    fixtures = ROOT / "fixtures"
    (repository / ".pre-commit-config.yaml").write_text(config)
    shutil.copy(fixtures / "clean-rsa-2048" / "certificate.pem", repository / "good.pem")

    def commit() -> subprocess.CompletedProcess[str]:
        git("add", "-A", folder=repository)
        command = [tool("pre-commit"), "run", "--all-files", "--color", "never"]
        env = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "PYTHONPATH": ""}
        return subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True)

    clean = commit()
    assert (0, 2) == (clean.returncode, clean.stdout.count("Passed")), clean.stdout + clean.stderr

    shutil.copy(fixtures / "cert-expired" / "certificate.pem", repository / "bad.pem")
    shutil.copy(fixtures / "clean-rsa-2048" / "private-key.pem", repository / "notes.txt")
    for name in ("--allow-encrypted", "--at=2020-01-01", "--", "--trusted"):
        (repository / name).write_text("")
    found = commit().stdout

    assert 2 == found.count("Failed")
    assert [] == [each for each in ("bad.pem:1: error: cert-expired:", "notes.txt:1: error:") if each not in found]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each in one line."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_runs_as_nobody_in_particular() -> None:
    """Two stages of a slim Python; the last user is not root, and openssl is taken out."""
    found = instructions()
    users = [rest for name, rest in found if name == "USER"]
    runs = " ".join(rest for name, rest in found if name == "RUN")

    assert ["python:3.13-slim AS build", "python:3.13-slim"] == [rest for name, rest in found if name == "FROM"]
    assert ["10001"] == users
    assert ("ENTRYPOINT", '["pemcheck"]') in found
    assert (True, False) == ("/usr/bin/openssl" in runs, "apt-get" in runs)


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    """Every file that the first stage copies exists, and .dockerignore lets it through."""
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").split() if line.startswith("!")}
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and not rest.startswith("--from")]
    names = {name.removeprefix("./") for names in copied for name in names}

    assert let_through == names
    assert [] == [name for name in names if not (ROOT / name).exists()]
