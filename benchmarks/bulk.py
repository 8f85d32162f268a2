"""
The certificates of a fleet, one process and one core: certificates per second, pemcheck beside pyca/cryptography.

    python benchmarks/fleet.py fleet.pem && python benchmarks/bulk.py fleet.pem [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from alternating import machine, measure, median, table

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("file")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    count = Path(options.file).read_bytes().count(b"-----BEGIN CERTIFICATE-----")
    ours, file = str(HERE / "bulk_pemcheck.py"), options.file
    found = {
        "pyca/cryptography: fields": [sys.executable, str(HERE / "bulk_pyca.py"), file],
        "pemcheck: facts": [sys.executable, ours, file, "facts"],
        "pemcheck: facts and rules": [sys.executable, ours, file],
    }
    times = measure(found, options.rounds)
    print(f"{machine()}; {count:,} certificates, {options.rounds} alternating rounds; milliseconds of wall time")
    print(table(times, "pyca/cryptography: fields"))
    for name, each in times.items():
        print(f"{name}: {count / statistics.median(each):,.0f} certificates per second")
    speed = 1 / median(times, "pemcheck: facts and rules", "pyca/cryptography: fields")
    print(f"pemcheck with rules is {speed:.2f} times as fast as pyca's fields (goal: at least 0.9)")


if __name__ == "__main__":
    main()
