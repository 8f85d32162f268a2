"""The files for pre-commit, GitHub and Docker, as far as they can be checked without these services."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

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
printf '%s\\n' "$@" "" >>"$RUNNER_TEMP/arguments"
case " $* " in
    *" --output-file "*) [ -z "$FAKE_REPORT" ] || echo '{}' >"$PEMCHECK_REPORT" ;;
    *) echo "::warning::not a command"; echo "### a report" ;;
esac
exit "$FAKE_STATUS"
"""


class Checked(NamedTuple):
    """What the action's first step left behind: the log, the outputs, the summary, and how pemcheck was called."""

    log: list[str]
    outputs: dict[str, str]
    summary: str
    calls: list[list[str]]


def checked(folder: Path, status: int = 1, report: str = "yes", **inputs: str) -> Checked:
    """Run the first step with stand-ins for Python, pip and pemcheck; it does not fail."""
    for name, text in {"python3": PYTHON3, "pip": PIP, "pemcheck": PEMCHECK}.items():
        program = folder / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    defaults = {f"PEMCHECK_{name.upper()}": str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
    env = {
        **os.environ,
        **defaults,
        "PATH": f"{folder / 'programs'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "PEMCHECK_SOURCE": str(ROOT),
        "PEMCHECK_REPORT": str(folder / "pemcheck.sarif"),
        "FAKE_STATUS": str(status),
        "FAKE_REPORT": report,
        **{f"PEMCHECK_{name.upper()}": text for name, text in inputs.items()},
    }
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[0]["run"]]
    run = subprocess.run(script, env=env, capture_output=True, text=True)
    assert (0, "") == (run.returncode, run.stderr)
    arguments, summary = folder / "arguments", folder / "summary"
    calls = arguments.read_text().split("\n\n") if arguments.exists() else []
    return Checked(
        run.stdout.splitlines(),
        dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines()),
        summary.read_text() if summary.exists() else "",
        [call.splitlines() for call in calls if call],
    )


@posix
@pytest.mark.parametrize(("status", "report"), [(0, "yes"), (1, "yes"), (2, "")])
def test_the_action_s_script_runs_pemcheck(tmp_path: Path, status: int, report: str) -> None:
    """The arguments arrive whole; status and report are told, and that there is none."""
    files, options = "full chain.pem\nprivkey.pem\n", "--trusted\n--expires-within=10d\n"
    found = checked(tmp_path, status, report, files=files, target="cloudfront", args=options)
    sarif = str(tmp_path / "pemcheck.sarif")
    begin = ["check", "--target", "cloudfront", "--trusted", "--expires-within=10d", "--format"]
    forms = [["text"], ["sarif", "--output-file", sarif], ["markdown"]]

    assert [[*begin, *form, "full chain.pem", "privkey.pem"] for form in forms] == found.calls
    assert {"status": str(status), **({"sarif": sarif} if report else {})} == found.outputs
    assert ("pemcheck: there is no SARIF report" in found.log) is not bool(report)


@posix
def test_the_log_and_the_summary_of_the_job_have_the_report(tmp_path: Path) -> None:
    """Whoever sees the job fail reads why; no line of the report is a command to GitHub's runner."""
    found = checked(tmp_path, files="a.pem")
    stop, *report, go = found.log

    assert ["::warning::not a command", "### a report"] == report
    assert (stop.removeprefix("::stop-commands::"), 32) == (go.strip(":"), len(go.strip(":")))
    assert "### a report" in found.summary


@posix
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--hostname www.example.com", ["--hostname", "www.example.com"]),
        ("  --at   2026-06-01 00:00  ", ["--at", "2026-06-01 00:00"]),
        ("--severity cert-expires-soon=error", ["--severity", "cert-expires-soon=error"]),
        ("--baseline=known faults.json", ["--baseline=known faults.json"]),
        ("--trusted", ["--trusted"]),
        ("--hostname\nwww.example.com", ["--hostname", "www.example.com"]),
        ("-q\n\n--at\t2026-06-01\n", ["-q", "--at", "2026-06-01"]),
        ("--hostname *.example.com", ["--hostname", "*.example.com"]),
    ],
)
def test_an_option_may_stand_in_one_line_with_its_value(tmp_path: Path, line: str, expected: list[str]) -> None:
    """As people write it; what stands behind ``=``, and what begins with no ``-``, is never taken apart."""
    assert ["check", *expected, "--format", "text", "a.pem"] == checked(tmp_path, files="a.pem", args=line).calls[0]


@posix
def test_without_a_target_the_settings_of_the_repository_hold(tmp_path: Path) -> None:
    """A target on the command line would beat pemcheck.toml's without anybody having said so."""
    assert ["check", "--format", "text", "a.pem"] == checked(tmp_path, files="a.pem").calls[0]


@posix
def test_the_action_scans_folders(tmp_path: Path) -> None:
    """Every certificate in them by itself."""
    found = checked(tmp_path, scan="certs\nmore certs\n", args="--without-key")

    assert ["scan", "--without-key", "--format", "text", "certs", "more certs"] == found.calls[0]


@posix
def test_the_action_takes_files_or_folders_to_scan(tmp_path: Path) -> None:
    """What is meant by both nobody can say: that is wrong usage."""
    found = checked(tmp_path, files="a.pem", scan="certs")

    assert ({"status": "2"}, [], ["pemcheck: give files or scan, not both"]) == (
        found.outputs,
        found.calls,
        found.log,
    )


def test_an_upload_that_fails_changes_no_verdict() -> None:
    """A pull request from a fork may not upload; the last step fails the job as pemcheck said, come what may."""
    _, upload, last = STEPS

    assert (True, "${{ always() }}") == (upload["continue-on-error"], last["if"])
    assert 'exit "${STATUS:-2}"' == last["run"]


def test_the_page_has_every_input_and_output() -> None:
    """By name, in a table."""
    page = (ROOT / "docs" / "github-actions.md").read_text("utf-8")

    assert [] == [name for name in (*ACTION["inputs"], *ACTION["outputs"]) if f"| `{name}` |" not in page]


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
