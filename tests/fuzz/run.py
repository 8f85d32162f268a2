"""
Fuzz pemcheck, guided by coverage; atheris does it.

    python tests/fuzz/run.py                  every target in turn; PEMCHECK_FUZZ_SECONDS in all, by default 60
    python tests/fuzz/run.py TARGET           one of them
    python tests/fuzz/run.py TARGET FILE ...  give it these files, once each (atheris is not needed)

A crash is written to tests/fuzz/crashes/, where the ordinary tests find it: commit it with the fix.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CRASHES = ROOT / "tests" / "fuzz" / "crashes"
SECONDS = int(os.environ.get("PEMCHECK_FUZZ_SECONDS", "60"))
INSTRUMENTED = ["pemcheck", "asn1crypto"]
LIMITS = ["-rss_limit_mb=700", "-timeout=30", "-max_len=20000", "-print_final_stats=1"]
"""Of libFuzzer: megabytes for the whole process (Python, counters and corpus included), and seconds for one input."""

sys.path.append(str(ROOT))


def fuzz(name: str, seconds: int) -> int:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz import targets

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(targets.seeds(name)):
            (Path(corpus) / f"{number:05}").write_bytes(seed)
        options = [*LIMITS, f"-max_total_time={seconds}", f"-artifact_prefix={CRASHES}/{name}-", corpus]
        atheris.Setup([sys.argv[0], *options], lambda data: targets.run(name, data))
        atheris.Fuzz()
    return 0


def replay(name: str, paths: list[str]) -> int:
    """Give files to a target; the first that it answers wrongly is a traceback."""
    from tests.fuzz import targets

    for path in paths:
        targets.run(name, Path(path).read_bytes())
        print(f"{path}: well")
    return 0


def fuzz_all() -> int:
    """Fuzz every target in a process of its own; return how many failed, with a sum of executions printed."""
    from tests.fuzz.targets import TARGETS

    failed, executions = 0, 0
    for name in TARGETS:
        command = [sys.executable, __file__, name]
        env = {**os.environ, "PEMCHECK_FUZZ_SECONDS": str(max(1, SECONDS // len(TARGETS)))}
        run = subprocess.run(command, env=env, stderr=subprocess.PIPE, text=True, errors="replace")
        counted = re.search(r"stat::number_of_executed_units:\s*(\d+)", run.stderr)
        executions += int(counted.group(1)) if counted else 0
        print(f"{name}: {counted.group(1) if counted else 'no'} executions, status {run.returncode}", flush=True)
        if run.returncode:
            failed += 1
            print(run.stderr[-4000:])
    print(f"{executions:,} executions in all, {failed} targets failed")
    return failed


def main(arguments: list[str]) -> int:
    """Do what the arguments say."""
    if not arguments:
        return fuzz_all()
    return replay(arguments[0], arguments[1:]) if len(arguments) > 1 else fuzz(arguments[0], SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
