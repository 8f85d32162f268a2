"""
One submission, from process start to exit: pemcheck beside what people would use instead.

    python benchmarks/startup.py [--rounds 15] [--case clean-rsa-2048]

The package must be installed, with its ``.pyc`` files, and not in editable mode: its finder costs time too.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import installed
from alternating import Goal, add_options, goals, load, machine, measure, table, told

HERE = Path(__file__).resolve().parent
BARE, NOTHING = "bare imports", "python -c pass"
PYCA, OPENSSL = "pyca/cryptography", "four openssl processes"


def commands(case: str) -> dict[str, list[str]]:
    """Return each competitor's command."""
    folder = HERE.parent / "fixtures" / case
    files = [str(folder / name) for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
    options = ["--certificate", files[0], "--private-key", files[1], "--certificate-chain", files[2]]
    module = [sys.executable, "-m", "pemcheck"]
    found = {
        BARE: [sys.executable, str(HERE / "floor.py")],
        NOTHING: [sys.executable, "-c", "pass"],
        "pemcheck": [*module, *options, "--at", "2026-06-01"],
        "pemcheck --help": [*module, "--help"],
        "pemcheck --version": [*module, "--version"],
        "pemcheck rules": [*module, "rules"],
        "pemcheck targets": [*module, "targets"],
        "pemcheck explain": [*module, "explain", "cert-expired"],
    }
    if importlib.util.find_spec("cryptography"):
        found[PYCA] = [sys.executable, str(HERE / "with_pyca.py"), *files]
    if shutil.which("openssl"):
        found[OPENSSL] = ["sh", str(HERE / "with_openssl.sh"), *files]
    return found


def trust_store() -> str:
    """Return whether openssl loads a trust store, which costs every one of its processes some 20 ms."""
    shown = subprocess.run(["openssl", "version", "-d"], capture_output=True, text=True, check=True).stdout
    folder = Path(shown.partition('"')[2].rpartition('"')[0])
    found = [name for name in ("cert.pem", "certs") if (folder / name).exists()]
    return f"openssl's trust store, which it loads at every start: {', '.join(found) or 'none'} in {folder}"


def aims(case: str) -> list[Goal]:
    """Return what is aimed at with this *case*."""
    found = [Goal("pemcheck", BARE, 1.15), Goal("pemcheck", PYCA, 1.05 if "256" in case else 0.75)]
    found += [Goal("pemcheck", OPENSSL, 1.6)]
    found += [Goal(f"pemcheck {name}", NOTHING, 3) for name in ("--help", "--version")]
    return found + [Goal(f"pemcheck {name}", NOTHING, 4) for name in ("rules", "targets", "explain")]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("--case", default="clean-rsa-2048")
    add_options(parser, 15)
    options = parser.parse_args()
    installed.require()
    print(f"{machine()}; {options.case}, {told(options)}")
    if shutil.which("openssl"):
        print(trust_store())
    times = measure(commands(options.case), options)
    print(f"\n{table(times, BARE)}\n\n{goals(times, aims(options.case))}\n\n{load()} at the end")


if __name__ == "__main__":
    main()
