"""Which lines of the package each test reaches and how long it takes, kept from run to run."""

from __future__ import annotations

import functools
import gc
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import coverage

Measured = dict[str, tuple[float, dict[str, list[int]]]]
"""For each test its seconds, and the lines that it reaches in each module."""

_FORGOTTEN = ("pemcheck", "fixtures.judged", "test_")
"""The modules whose caches are emptied before each test: who finds a report there reaches nothing."""
_KEPT = "test_rules"
"""It asks every rule about every case, which takes minutes where each test reads them anew."""


class Reach:
    """What is known of the tests; those of a file that has changed are measured anew, all where the package has."""

    def __init__(self, root: Path, modules: Iterable[Path]) -> None:
        self._root, self._modules = root, [str(path) for path in modules]
        self._kept = root / ".tox" / "mutation-reach.json"
        self._around = self._digest_around()
        self._digests = {path.name: _digest([path]) for path in (root / "tests").glob("test_*.py")}
        self.seconds: dict[str, float] = {}
        self.reached: dict[tuple[str, int], set[str]] = defaultdict(set)

    def take(self, items: list[Any]) -> list[Any]:
        """Take what is known of *items*, and return those of which nothing is."""
        kept = json.loads(self._kept.read_text("utf-8")) if self._kept.exists() else {}
        if kept.get("around") != self._around:
            return items
        known: Measured = {}
        for file, (digest, measured) in kept["files"].items():
            if digest == self._digests.get(file):
                known |= measured
        here = {item.nodeid for item in items}
        self._add({name: each for name, each in known.items() if name in here})
        return [item for item in items if item.nodeid not in known]

    def measure(self, items: list[Any]) -> None:
        """Run each test once, with nothing remembered of those before it, and note what it reaches if it passes."""
        caches = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
        caches = [each for each in caches if each.__module__.startswith(_FORGOTTEN) and each.__module__ != _KEPT]
        traced = coverage.Coverage(data_file=None, config_file=False, include=self._modules)
        traced.start()
        seconds = {}
        for item, after in zip(items, [*items[1:], None]):
            for each in caches:
                each.cache_clear()
            traced.switch_context(item.nodeid)
            failed, start = item.session.testsfailed, time.monotonic()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if item.session.testsfailed == failed:
                seconds[item.nodeid] = time.monotonic() - start
        traced.stop()
        data = traced.get_data()
        lines: dict[str, dict[str, list[int]]] = {name: {} for name in seconds}
        for path in sorted(data.measured_files()):
            for line, names in sorted(data.contexts_by_lineno(path).items()):
                for name in seconds.keys() & set(names):
                    lines[name].setdefault(str(Path(path).relative_to(self._root)), []).append(line)
        self._add({name: (seconds[name], lines[name]) for name in seconds})

    def keep(self, items: list[Any]) -> None:
        """Write down all that is known of *items*."""
        lines: dict[str, dict[str, list[int]]] = defaultdict(dict)
        for (path, line), names in self.reached.items():
            for name in names:
                lines[name].setdefault(str(Path(path).relative_to(self._root)), []).append(line)
        files: dict[str, tuple[str, Measured]] = {}
        for item in (each for each in items if each.nodeid in self.seconds):
            measured = files.setdefault(item.path.name, (self._digests[item.path.name], {}))[1]
            measured[item.nodeid] = (self.seconds[item.nodeid], lines[item.nodeid])
        self._kept.parent.mkdir(exist_ok=True)
        self._kept.write_text(json.dumps({"around": self._around, "files": files}), "utf-8")

    def _add(self, measured: Mapping[str, tuple[float, dict[str, list[int]]]]) -> None:
        for name, (seconds, lines) in measured.items():
            self.seconds[name] = seconds
            for path, numbers in lines.items():
                for line in numbers:
                    self.reached[str(self._root / path), line].add(name)

    def _digest_around(self) -> str:
        """Return what changes where a test reaches other lines although its own file is as it was."""
        package = [path for folder in ("pemcheck", "fixtures") for path in (self._root / folder).rglob("*.py")]
        helpers = [path for path in (self._root / "tests").rglob("*.py") if not path.name.startswith("test_")]
        return _digest(package + helpers)


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()
