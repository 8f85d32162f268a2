"""
One submission, from process start to exit: pemcheck beside what people would use instead.

    python benchmarks/startup.py [--rounds 15] [--case clean-rsa-2048]
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def commands(case: str) -> dict[str, list[str]]:
    """Return each competitor's command."""
    folder = HERE.parent / "fixtures" / case
    files = [str(folder / name) for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
    options = ["--certificate", files[0], "--private-key", files[1], "--certificate-chain", files[2]]
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bare imports": [sys.executable, str(HERE / "floor.py")],
        "pemcheck": [sys.executable, "-m", "pemcheck", *options, "--at", "2026-06-01"],
        "pemcheck --help": [sys.executable, "-m", "pemcheck", "--help"],
        "pemcheck --version": [sys.executable, "-m", "pemcheck", "--version"],
        "pemcheck rules": [sys.executable, "-m", "pemcheck", "rules"],
    }
    if importlib.util.find_spec("cryptography"):
        found["pyca/cryptography"] = [sys.executable, str(HERE / "with_pyca.py"), *files]
    if shutil.which("openssl"):
        found["four openssl processes"] = ["sh", str(HERE / "with_openssl.sh"), *files]
    return found


def measure(found: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Return the wall time of every run, in seconds; the commands take turns."""
    times: dict[str, list[float]] = {name: [] for name in found}
    for number in range(rounds + 1):
        for name, command in found.items():
            start = time.perf_counter()
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
            if done.returncode:
                raise SystemExit(f"{name} failed: {done.stderr.decode(errors='replace')}")
            if number:  # the first round warms up
                times[name].append(time.perf_counter() - start)
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--case", default="clean-rsa-2048")
    options = parser.parse_args()
    times = measure(commands(options.case), options.rounds)
    floor = statistics.median(times["bare imports"])
    print(f"Python {platform.python_version()}, {options.case}, {options.rounds} alternating rounds; milliseconds")
    print(f"{'':24}{'min':>8}{'median':>8}{'max':>8}{'ratio to bare imports':>24}")
    for name, each in times.items():
        low, middle, high = min(each), statistics.median(each), max(each)
        print(f"{name:24}{low * 1e3:8.1f}{middle * 1e3:8.1f}{high * 1e3:8.1f}{middle / floor:24.2f}")


if __name__ == "__main__":
    main()
