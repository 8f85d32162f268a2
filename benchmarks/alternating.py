"""Whole processes, timed in turns: machines differ, and the same machine differs from minute to minute."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import metadata
from typing import NamedTuple

LIBRARIES = ("asn1crypto", "oscrypto", "cryptography", "pkilint")

Times = dict[str, list[float]]


class Run(NamedTuple):
    """
    What a process took: wall time and processor time, with that of its children, in seconds.

    ``peak`` is the most memory that it had at once (resident, KiB).
    """

    wall: float
    processor: float
    peak: int


class Goal(NamedTuple):
    """
    What is aimed at: *one* takes at most ``bound`` times as long as *other*.

    Or, where it is about being ``fast``, *one* is at least ``bound`` times as fast.
    """

    one: str
    other: str
    bound: float
    fast: bool = False


def run(command: Sequence[str]) -> Run:
    """
    Run *command* in an empty folder, where nothing can be imported; SystemExit if it fails.

    Linux counts what this process has in memory as the other's peak, too: keep it small.
    """
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=empty)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise SystemExit(f"{' '.join(command)[:300]}\nfailed: {errors.read().decode(errors='replace')}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def measure(commands: dict[str, list[str]], options: Namespace) -> Times:
    """Return the time of every run, in seconds; the commands take turns."""
    times: Times = {name: [] for name in commands}
    for number in range(options.rounds + 1):
        for name, command in commands.items():
            found = run(command)
            if number:  # the first round warms up
                times[name].append(found.processor if options.processor else found.wall)
    return times


def add_options(parser: ArgumentParser, rounds: int) -> None:
    """Add what all have in common."""
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--processor", action="store_true", help="processor time, on a machine with other work to do")


def told(options: Namespace) -> str:
    """Return how it was measured."""
    what = "processor time" if options.processor else "wall time"
    return f"{what}, {options.rounds} rounds after one to warm up, alternating"


def ratios(times: Times, one: str, other: str) -> list[float]:
    """Return the ratio of *one* to *other* in each round, sorted."""
    return sorted(a / b for a, b in zip(times[one], times[other]))


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Return minimum, median and maximum as cells of Markdown."""
    return " | ".join(format(value, form) for value in (min(values), statistics.median(values), max(values)))


def table(times: Times, base: str, count: int = 0) -> str:
    """
    Return minimum, median and maximum of each, in milliseconds, and of its ratio to *base*, round by round.

    With a *count* of certificates how many are done in a second, in the median.  Rows of Markdown.
    """
    head = ["", "ms: min", "median", "max", f"ratio to {base}: min", "median", "max"]
    lines = [_row(head + ["per second"] * bool(count)), _row(["---"] * (len(head) + bool(count)))]
    for name, each in times.items():
        cells = [name, spread([1e3 * value for value in each], ",.0f"), spread(ratios(times, name, base))]
        lines.append(_row(cells + [f"{count / statistics.median(each):,.0f}"] * bool(count)))
    return "\n".join(lines)


def goals(times: Times, aims: Sequence[Goal]) -> str:
    """Return what was reached beside what was aimed at, of what was measured: rows of Markdown."""
    lines = [_row(["", "goal", "min", "median", "max", ""]), _row(["---"] * 6)]
    for one, other, bound, fast in aims:
        if one in times and other in times:
            found = ratios(times, other, one) if fast else ratios(times, one, other)
            middle = statistics.median(found)
            reached = "reached" if (middle >= bound if fast else middle <= bound) else "**missed**"
            what = f"{one}: times as fast as {other}" if fast else f"{one} / {other}"
            lines.append(_row([what, f"at {'least' if fast else 'most'} {bound:g}", spread(found), reached]))
    return "\n".join(lines)


def machine() -> str:
    """Return what was measured on and with, when, and how much else there is to do."""
    installed = {each.metadata["Name"]: each.version for each in metadata.distributions()}
    versions = [f"{name} {installed[name]}" for name in ("pemcheck", *LIBRARIES) if name in installed]
    if shutil.which("openssl"):
        shown = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout
        versions.append(" ".join(shown.split()[:2]))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    now = dt.datetime.now(dt.timezone.utc)
    hardware = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{now:%Y-%m-%d %H:%M}Z; {hardware}; {python}, {', '.join(versions)}; {load()}"


def load() -> str:
    """Return how much there was to do in the last minute, for all the cores."""
    return f"load {os.getloadavg()[0]:.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
