"""Whole processes, timed in turns: machines differ, and the same machine differs from minute to minute."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from importlib import metadata

LIBRARIES = ("asn1crypto", "oscrypto", "cryptography")


def measure(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Return the wall time of every run, in seconds; the commands take turns."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
            if done.returncode:
                raise SystemExit(f"{name} failed: {done.stderr.decode(errors='replace')}")
            if number:  # the first round warms up
                times[name].append(time.perf_counter() - start)
    return times


def ratios(times: dict[str, list[float]], one: str, other: str) -> list[float]:
    """Return the ratio of *one* to *other* in each round, sorted."""
    return sorted(a / b for a, b in zip(times[one], times[other]))


def median(times: dict[str, list[float]], one: str, other: str) -> float:
    """Return the median of ``ratios``."""
    return statistics.median(ratios(times, one, other))


def table(times: dict[str, list[float]], base: str) -> str:
    """Return minimum, median and maximum of each, in milliseconds, and of its ratio to *base*, round by round."""
    lines = [f"{'':26}{'min':>9}{'median':>9}{'max':>9}   ratio to {base}: min, median, max"]
    for name, each in times.items():
        shown = "".join(f"{1e3 * value:9.1f}" for value in (min(each), statistics.median(each), max(each)))
        found = ratios(times, name, base)
        lines.append(f"{name:26}{shown}   {found[0]:6.2f}{statistics.median(found):8.2f}{found[-1]:8.2f}")
    return "\n".join(lines)


def machine() -> str:
    """Return what was measured on and with."""
    installed = {each.metadata["Name"]: each.version for each in metadata.distributions()}
    versions = [f"{name} {installed[name]}" for name in ("pemcheck", *LIBRARIES) if name in installed]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; {python}, {', '.join(versions)}"
