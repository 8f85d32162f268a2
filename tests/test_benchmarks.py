"""The benchmarks run, measure what is installed, and say honestly what was reached."""

from __future__ import annotations

import importlib
import importlib.util
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(os.name != "posix", reason="the peak of a process that has ended is told by POSIX only"),
]

HERE = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Return what imports one of the scripts; none is known afterwards."""
    monkeypatch.syspath_prepend(str(HERE))
    yield importlib.import_module
    for path in HERE.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tiny fleet, in one file and as submissions."""
    folder = tmp_path_factory.mktemp("inputs")
    with pytest.MonkeyPatch.context() as patch:
        for arguments in (["fleet.pem", "--count", "4", "--issuers", "2", "--pool", "2"], ["all", "--submissions"]):
            patch.setattr(sys, "argv", ["fleet.py", str(folder / arguments[0]), *arguments[1:], "--count", "4"])
            runpy.run_path(str(HERE / "fleet.py"), run_name="__main__")
    return folder


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "arguments", "shown"),
    [
        ("startup", (), "| pemcheck / bare imports | at most 1.15 |"),
        ("bulk", ("fleet.pem", "--sample", "2"), "| scan: times as fast as pyca/cryptography: every field | at least"),
        ("submissions", ("all", "--processor"), "| pemcheck scan --jobs 1 / pyca/cryptography, one process | at most"),
        ("growth", ("fleet.pem", "--counts", "1,4", "--issuers"), "Memory: at most 64 MiB, and 1.05 times the first: "),
    ],
)
def test_a_benchmark_runs(
    name: str,
    arguments: tuple[str, ...],
    shown: str,
    load: Callable[[str], Any],
    inputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every competitor that is installed does what it is asked; what is printed is Markdown, whole, with the goals."""
    monkeypatch.chdir(inputs)
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *arguments, "--rounds", "1"])
    monkeypatch.setattr(load("installed"), "require", lambda: inputs)
    load(name).main()
    lines = capsys.readouterr().out.splitlines()
    tables = [list(rows) for rows in _tables(lines)]

    assert [shown] == [shown for line in lines if line.startswith(shown)]
    assert [1] * len(tables) == [len({row.count("|") for row in rows}) for rows in tables]
    assert 0 < min(map(len, tables)) - 2


def _tables(lines: list[str]) -> Iterator[list[str]]:
    rows: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            rows.append(line)
        elif rows:
            yield rows
            rows = []


def test_what_fails_is_not_measured(load: Callable[[str], Any]) -> None:
    """Its own words are shown; a time of something that did not work would be a lie."""
    failing = [sys.executable, "-c", "raise SystemExit('no such thing')"]

    with pytest.raises(SystemExit, match="no such thing"):
        load("alternating").run(failing)


def test_nothing_is_imported_from_where_somebody_stands(load: Callable[[str], Any], tmp_path: Path) -> None:
    """Processes run in an empty folder; their time and the most memory they had are told."""
    there = "import os, sys; sys.exit(len(os.listdir()))"
    wall, processor, peak = load("alternating").run([sys.executable, "-c", there])

    assert (True, True, True) == (0 < wall < 60, 0 < processor < 60, 1_000 < peak < 1_000_000)


def test_a_goal_is_reached_or_missed_in_the_median(load: Callable[[str], Any]) -> None:
    """A ratio of times must be small, a ratio of speeds large; what was not measured has no row."""
    alternating = load("alternating")
    times = {"a": [1.0, 2.0, 3.0], "b": [2.0, 2.0, 2.0]}
    aims = [
        alternating.Goal("a", "b", 1),
        alternating.Goal("a", "b", 0.9),
        alternating.Goal("a", "b", 1, True),
        alternating.Goal("a", "b", 1.1, True),
        alternating.Goal("a", "c", 1),
    ]

    assert [
        "| a / b | at most 1 | 0.50 | 1.00 | 1.50 | reached |",
        "| a / b | at most 0.9 | 0.50 | 1.00 | 1.50 | **missed** |",
        "| a: times as fast as b | at least 1 | 0.67 | 1.00 | 2.00 | reached |",
        "| a: times as fast as b | at least 1.1 | 0.67 | 1.00 | 2.00 | **missed** |",
    ] == alternating.goals(times, aims).splitlines()[2:]


def test_a_sample_is_scaled_but_not_its_start(load: Callable[[str], Any]) -> None:
    """Two seconds, of which one is the start: ten times as many take eleven."""
    bulk = load("bulk")
    times = {"x": [1.0], bulk.START: [1.0], bulk.SAMPLE: [2.0]}

    assert {"x": [1.0], bulk.PKILINT: [11.0]} == bulk.scaled(times, 10)
    assert {"x": [1.0]} == bulk.scaled({"x": [1.0]}, 10)


def test_only_what_is_installed_and_compiled_is_measured(
    load: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else the sentence says what is wrong, and what to do."""
    installed = load("installed")
    for name in installed.PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SystemExit, match=r"pemcheck is imported from .* not installed .* pip install --force"):
        installed.require()
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    with pytest.raises(SystemExit, match=r"1 modules in .*pemcheck are not compiled.* -m compileall -q "):
        installed.require()
    for name in installed.PACKAGES:
        source = str(tmp_path / name / "__init__.py")
        compiled = Path(importlib.util.cache_from_source(source))
        compiled.parent.mkdir(exist_ok=True)
        compiled.write_bytes(b"")

    assert tmp_path == installed.require()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"pemcheck is not installed for .*: .* -m pip install"):
        installed.require()


@pytest.mark.parametrize("script", sorted(path.name for path in HERE.glob("*.sh")))
def test_a_script_is_one(script: str) -> None:
    """The shell can read all of it."""
    import subprocess

    ran = subprocess.run(["sh", "-n", str(HERE / script)], capture_output=True, text=True)

    assert (0, "") == (ran.returncode, ran.stderr)
