"""
Growth: the same scan of more and more certificates, its time and the most memory that its process had at once.

    python benchmarks/fleet.py fleet.pem --count 100000 && python benchmarks/growth.py fleet.pem [--issuers]

With ``--issuers`` their file is scanned too, and every signature verified.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import installed
from alternating import Run, add_options, load, machine, run, spread, told

SCAN = ("scan", "--at", "2026-06-01", "--format", "jsonl", "--fail-on", "never", "--jobs", "1")
MOST, MOST_GROWN = 64, 1.05
"""What is aimed at: MiB at most, and at most so many times as much as for the first."""


def cut(file: str, count: int, to: Path) -> None:
    """Write the first *count* certificates of *file*, of which little is in memory at once."""
    left = count
    with open(file, "rb") as lines, open(to, "wb") as out:
        for line in lines:
            out.write(line)
            left -= line.startswith(b"-----END CERTIFICATE-----")
            if not left:
                return
    raise SystemExit(f"{file} has fewer than {count:,} certificates")


def rows(found: dict[int, list[Run]], processor: bool) -> str:
    """Return rows of Markdown: what each number of certificates takes, and by how much that is more than the first."""
    head = "| certificates | seconds: min | median | max | per second | peak, MiB | times the first |"
    lines = [head, f"|{' --- |' * 7}"]
    first = statistics.median(each.peak for each in next(iter(found.values())))
    for count, runs in found.items():
        seconds = [each.processor if processor else each.wall for each in runs]
        peak = statistics.median(each.peak for each in runs)
        speed = count / statistics.median(seconds)
        cells = (f"{count:,}", spread(seconds), f"{speed:,.0f}", f"{peak / 1024:.1f}", f"{peak / first:.3f}")
        lines.append(f"| {' | '.join(cells)} |")
    most = max(statistics.median(each.peak for each in runs) for runs in found.values())
    reached = most <= MOST * 1024 and most <= MOST_GROWN * first
    goal = f"at most {MOST} MiB, and {MOST_GROWN} times the first"
    return "\n".join([*lines, "", f"Memory: {goal}: {'reached' if reached else '**missed**'}"])


def measure(file: str, counts: Sequence[int], rounds: int, more: Sequence[str]) -> dict[int, list[Run]]:
    """Return what each number of certificates took, in turns."""
    found: dict[int, list[Run]] = {count: [] for count in counts}
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            cut(file, count, Path(folder) / f"{count}.pem")
        for number in range(rounds + 1):
            for count in counts if number else counts[:1]:  # the first round warms up
                files = [str(Path(folder) / f"{count}.pem"), *more]
                took = run([sys.executable, "-m", "pemcheck", *SCAN, *files])
                found[count] += [took] if number else []
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("file")
    parser.add_argument("--counts", default="1000,10000,100000")
    parser.add_argument("--issuers", action="store_true", help="scan FILE.issuers, too")
    add_options(parser, 1)
    options = parser.parse_args()
    installed.require()
    file = str(Path(options.file).resolve())
    with_issuers = "with" if options.issuers else "without"
    print(f"{machine()}; {told(options)}; {with_issuers} issuers")
    counts = [int(each) for each in options.counts.split(",")]
    found = measure(file, counts, options.rounds, [f"{file}.issuers"] if options.issuers else [])
    print(f"\n{rows(found, options.processor)}\n\n{load()} at the end")


if __name__ == "__main__":
    main()
