"""
The certificates of a fleet: certificates per second, pemcheck beside what people would use instead.

    python benchmarks/fleet.py fleet.pem && python benchmarks/bulk.py fleet.pem [--rounds 5] [--sample 500]

One process and one core where no ``--jobs 2`` is said.  pkilint, the linter of the Baseline Requirements for TLS server
certificates, is run on a sample, and scaled but for the time that it takes to start.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

import installed
from alternating import Goal, Times, add_options, goals, load, machine, measure, table, told

HERE = Path(__file__).resolve().parent
SCAN = ("scan", "--at", "2026-06-01", "--format", "jsonl", "--fail-on", "never", "--jobs")
PYCA, FACTS, RULES = "pyca/cryptography: every field", "pemcheck: every fact", "pemcheck: facts and rules"
ALONE, SIGNED = "scan", "scan, every signature verified"
START, SAMPLE, PKILINT = "pkilint: nothing", "pkilint: sample", "pkilint: linted (scaled)"


def commands(file: str, sample: int) -> dict[str, list[str]]:
    """Return each competitor's command."""
    ours, lint = str(HERE / "bulk_pemcheck.py"), str(HERE / "bulk_pkilint.py")
    found = {}
    if importlib.util.find_spec("cryptography"):
        found[PYCA] = [sys.executable, str(HERE / "bulk_pyca.py"), file]
    found |= {FACTS: [sys.executable, ours, file, "facts"], RULES: [sys.executable, ours, file]}
    for jobs, said in (("1", ""), ("2", " (--jobs 2)")):
        found[ALONE + said] = [sys.executable, "-m", "pemcheck", *SCAN, jobs, file]
        found[SIGNED + said] = [sys.executable, "-m", "pemcheck", *SCAN, jobs, file, f"{file}.issuers"]
    if importlib.util.find_spec("pkilint"):
        found |= {START: [sys.executable, lint, file, "0"], SAMPLE: [sys.executable, lint, file, str(sample)]}
    return found


def scaled(times: Times, factor: float) -> Times:
    """Return *times* with that of all certificates in place of that of the sample, *factor* times as many."""
    if SAMPLE not in times:
        return times
    found = [start + (some - start) * factor for start, some in zip(times[START], times[SAMPLE])]
    return {**{name: each for name, each in times.items() if name not in (START, SAMPLE)}, PKILINT: found}


def count_of(file: str) -> int:
    """Return how many certificates are in *file*, without reading it as a whole."""
    with open(file, "rb") as lines:
        return sum(line.startswith(b"-----BEGIN CERTIFICATE-----") for line in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("file")
    parser.add_argument("--sample", type=int, default=500, help="certificates that pkilint looks at")
    add_options(parser, 5)
    options = parser.parse_args()
    installed.require()
    file = str(Path(options.file).resolve())
    count = count_of(file)
    sample = min(options.sample, count)
    print(f"{machine()}; {count:,} certificates, {told(options)}; pkilint: {sample:,} of them")
    times = scaled(measure(commands(file, sample), options), count / sample)
    aims = [Goal(name, PYCA, bound, True) for name, bound in ((RULES, 0.9), (ALONE, 0.9), (SIGNED, 0.5))]
    aims.append(Goal(ALONE, PKILINT, 30, True))
    print(f"\n{table(times, PYCA if PYCA in times else ALONE, count)}\n\n{goals(times, aims)}\n\n{load()} at the end")


if __name__ == "__main__":
    main()
