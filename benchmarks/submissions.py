"""
Whole submissions in bulk, each a folder with certificate, key and chain: pemcheck beside what people would use instead.

    python benchmarks/fleet.py --submissions FOLDER --count 1000 && python benchmarks/submissions.py FOLDER [--rounds 5]

One process and one core, but for openssl, whose recipe starts four processes for each; it loads no trust store here.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
from pathlib import Path

import installed
from alternating import Goal, add_options, goals, load, machine, measure, table, told

HERE = Path(__file__).resolve().parent
OURS, OPENSSL, PYCA = "pemcheck scan --jobs 1", "the recipe of four openssl processes", "pyca/cryptography, one process"
SCAN = ("scan", "--at", "2026-06-01", "--format", "jsonl", "--fail-on", "never")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("folder")
    add_options(parser, 5)
    options = parser.parse_args()
    installed.require()
    folder = str(Path(options.folder).resolve())
    count = sum(1 for _ in Path(folder).iterdir())
    found = {OURS: [sys.executable, "-m", "pemcheck", *SCAN, "--jobs", "1", folder]}
    if importlib.util.find_spec("cryptography"):
        found[PYCA] = [sys.executable, str(HERE / "submissions_pyca.py"), folder]
    if shutil.which("openssl"):
        found[OPENSSL] = ["sh", str(HERE / "submissions_openssl.sh"), folder]
    print(f"{machine()}; {count:,} submissions, {told(options)}; openssl loads no trust store")
    times = measure(found, options)
    aims = [Goal(OURS, OPENSSL, 0.25), Goal(OURS, PYCA, 0.2)]
    print(f"\n{table(times, OURS, count)}\n\n{goals(times, aims)}\n\n{load()} at the end")


if __name__ == "__main__":
    main()
