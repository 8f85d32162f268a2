"""
Mutation testing: how many small faults in the code that judges are noticed by the tests.

    python tests/mutation/run.py [--most N] [--seed N] [--survivors FILE] [MODULE ...] [--tests NAME ...]

Every test runs once while coverage notes which lines it reaches, and that is kept in .tox for the next run.  Then, for
every mutant, a forked child takes the changed code into the functions that are already there and runs the tests that
reach it, quickest first, until one fails.  A mutant that none of them notices survives.
"""

from __future__ import annotations

import argparse
import bisect
import functools
import gc
import itertools
import os
import random
import resource
import signal
import sys
from collections import defaultdict
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT))

import pemcheck  # noqa: E402
from tests.mutation.mutants import Mutant, key_of, mutants  # noqa: E402
from tests.mutation.reach import Reach  # noqa: E402

PACKAGE = Path(pemcheck.__file__).parent
RULES = sorted(path.stem for path in (PACKAGE / "rules").glob("[a-z]*.py"))
MODULES = ["engine", "chain", "arithmetic", *(f"rules/{name}" for name in RULES)]
_MEMORY = 3 << 30
_PATIENCE = 20
"""Seconds, besides what its tests took without it, after which a mutant is stopped; that counts as noticed."""
_BUDGET = 10
"""Seconds that the tests of one mutant took without it; what lies beyond is not run."""


class Mutation:
    """A pytest plugin that runs the collected tests once, and then again for every mutant."""

    def __init__(self, modules: list[Path], most: int, seed: int, survivors: Path | None) -> None:
        self.modules, self.most, self.seed, self.survivors = modules, most, seed, survivors
        self.items: dict[str, Any] = {}
        self.reach = Reach(ROOT, [PACKAGE / f"{name}.py" for name in MODULES])

    def pytest_configure(self) -> None:
        """Let hypothesis try the same examples each time."""
        from hypothesis import settings  # once pytest may rewrite its assertions

        settings.register_profile("mutation", derandomize=True, deadline=None)
        settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests and the mutants."""
        if session.testsfailed or session.config.option.collectonly:
            return True
        self.items = {item.nodeid: item for item in session.items}
        unknown = self.reach.take(session.items)
        self.reach.measure(unknown)
        if unknown:
            self.reach.keep(session.items)
        if session.testsfailed:
            raise session.Failed("tests fail without any mutant; the others are not run again next time")
        self._try_all()
        return True

    def _tests(self, mutant: Mutant) -> list[str]:
        """
        Return tests that reach the mutant: those of its very line first, the quicker ones first.

        Of a test with many cases each stands as far back as though it took the time of all before it.
        """
        path = str(mutant.module)
        nearest = self.reach.reached[path, mutant.line]
        reaching = nearest.union(*(self.reach.reached[path, line] for line in mutant.lines))
        cases: dict[str, int] = defaultdict(int)
        ranked = []
        for name in sorted(reaching, key=lambda name: (name not in nearest, self.reach.seconds[name])):
            test = name.partition("[")[0]
            cases[test] += 1
            ranked.append((name not in nearest, cases[test] * self.reach.seconds[name], name))
        found = [name for *_, name in sorted(ranked)]
        spent = list(itertools.accumulate(self.reach.seconds[name] for name in found))
        return found[: bisect.bisect(spent, _BUDGET) or 1]

    def _try_all(self) -> None:
        total: dict[str, int] = defaultdict(int)
        survivors = []
        for module in self.modules:
            counted: dict[str, int] = defaultdict(int)
            for mutant in mutants(module, self.most, self.seed, _say):
                outcome = self._try(mutant)
                counted[outcome] += 1
                total[outcome] += 1
                if outcome in ("survived", "not reached"):
                    name = module.relative_to(ROOT)
                    survivors.append(f"{name}:{mutant.line}: {outcome}\n  - {mutant.before}\n  + {mutant.after}\n")
            _say(f"  {_counts(counted)}")
            if self.survivors:
                self.survivors.write_text("\n".join(survivors), "utf-8")
        _say(f"together: {_counts(total)}")

    def _try(self, mutant: Mutant) -> str:
        names = self._tests(mutant)
        if not names:
            return "not reached"
        child = os.fork()
        if not child:
            self._in_child(mutant, names)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return "stopped"
        return {0: "survived", 3: "not tried"}.get(os.WEXITSTATUS(status), "killed")

    def _in_child(self, mutant: Mutant, names: list[str]) -> None:
        """Run the tests with the mutant in place, and end the process: 0 survived, 1 noticed, 3 no function took it."""
        status = 1
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(int(_PATIENCE + 3 * sum(self.reach.seconds[name] for name in names)))
            status = self._noticed(names) if _take(mutant) else 3
        finally:
            os._exit(status)

    def _noticed(self, names: list[str]) -> int:
        for name, after in zip(names, [*names[1:], None]):
            reports = runtestprotocol(self.items[name], log=False, nextitem=self.items[after] if after else None)
            if any(report.failed for report in reports):
                return 1
        return 0


def _take(mutant: Mutant) -> bool:
    """Give the changed code to the functions that have the old one, and forget what has been remembered."""
    taken = False
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == str(mutant.module):
            new = mutant.changed.get(key_of(each.__code__))
            if new is not None:
                each.__code__ = new
                taken = True
        elif isinstance(each, functools._lru_cache_wrapper):
            each.cache_clear()
    return taken


def _counts(counted: dict[str, int]) -> str:
    noticed = counted["killed"] + counted["stopped"]
    tried = noticed + counted["survived"] + counted["not reached"]
    parts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items()))
    return f"{parts}: {100 * noticed / tried if tried else 0:.1f} % noticed"


def _say(text: str) -> None:
    print(text, file=sys.__stdout__, flush=True)


def main() -> int:
    """Run it; the status is pytest's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--most", type=int, default=10**6, metavar="N", help="mutants of one module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--survivors", type=Path, metavar="FILE", help="write what no test noticed")
    parser.add_argument("modules", nargs="*", default=MODULES, metavar="MODULE", help="such as chain or rules/key")
    parser.add_argument("--tests", nargs="+", metavar="NAME", help="those of these files only, such as chain")
    given = parser.parse_args()
    random.seed(given.seed)
    plugin = Mutation([PACKAGE / f"{name}.py" for name in given.modules], given.most, given.seed, given.survivors)
    tests = [str(ROOT / "tests" / f"test_{name}.py") for name in given.tests or ()] or [str(ROOT / "tests")]
    # the package is imported already, and assertions need no words here
    options = ["-q", "--assert=plain", "-m", "not thorough"]
    return pytest.main([*options, "-p", "no:cacheprovider", "--rootdir", str(ROOT), *tests], [plugin])


if __name__ == "__main__":
    sys.exit(main())
