"""``later``: what libraries import and hardly ever use."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pemcheck import later

pytestmark = pytest.mark.once


def printed_by(program: str) -> str:
    """Return what a fresh interpreter prints that has put off what is seldom used."""
    start = "import sys\nfrom pemcheck.later import put_off\nput_off()\n"
    run = subprocess.run([sys.executable, "-c", start + program], capture_output=True, text=True, check=False)
    assert ("", 0) == (run.stderr, run.returncode)
    return run.stdout.strip()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("import inspect; print(inspect.isclass(int), inspect.isclass(1))", "True False"),
        ("import inspect; print(inspect.signature(lambda it: it))", "(it)"),
        ("import inspect as it; it.ismethod; print(it.isclass is sys.modules['inspect'].isclass)", "True"),
        ("from shutil import which; print(which.__module__)", "shutil"),
        ("import subprocess; print(subprocess.run(['echo', 'it']).returncode)", "it\n0"),
        ("import tempfile as held; held.gettempdir; import tempfile; print(tempfile.mkdtemp is held.mkdtemp)", "True"),
        ("import platform; print(platform.python_version_tuple()[0])", "3"),
        ("import platform; print(hasattr(platform, 'no_such_name'))", "False"),
    ],
)  # fmt: skip
def test_what_is_put_off_works_when_it_is_used(program: str, expected: str) -> None:
    """Whoever imports it, before or after, has the module."""
    assert expected == printed_by(program)


def test_many_threads_may_use_it_first_at_once() -> None:
    """Two may find it missing at the same time."""
    program = """
import threading, subprocess
found, start = [], threading.Barrier(16)
def use():
    start.wait()
    found.append(subprocess.list2cmdline(["a b"]))
threads = [threading.Thread(target=use) for _ in range(16)]
for each in threads: each.start()
for each in threads: each.join()
print(len(found), set(found))
"""
    assert "16 {'\"a b\"'}" == printed_by(program)


def test_what_is_loaded_already_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that uses some of it before keeps what it has, and the rest is put off."""
    before = __import__("inspect"), subprocess
    monkeypatch.delitem(sys.modules, "platform", raising=False)

    later.put_off()

    assert before == (sys.modules["inspect"], sys.modules["subprocess"])
    put_off = sys.modules["platform"]
    assert "python_version" not in vars(put_off)
    assert put_off.python_version().startswith("3.")
    assert sys.modules["platform"] is not put_off
    assert not hasattr(put_off, "no_such_name")


def test_what_is_not_loaded_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class is told from other things without it: asn1crypto asks at every start."""
    monkeypatch.delitem(sys.modules, "inspect")

    later.put_off()

    inspect = sys.modules["inspect"]
    assert (True, False) == (inspect.isclass(int), inspect.isclass(1))
    assert "signature" not in vars(inspect)
    assert "(it)" == str(inspect.signature(lambda it: it))
