"""No exception that leaves the package carries a key or a passphrase in its frames."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

import pemcheck
from fixtures.build import leaf, load_key
from pemcheck.frames import forgetting
from pemcheck.testing import assert_accepted

KEY = load_key(leaf().key).pem
LINES = KEY.splitlines()[1:-1]
CERTIFICATE = leaf().pem
SECRET = "a passphrase of somebody's"


def bad() -> dict[str, Any]:
    """Return options that cannot be meant, and a passphrase."""
    return {"at": "never", "passphrase": SECRET}


class Interrupted:
    """What stands for an interruption from outside while the work goes on."""

    def __iter__(self) -> Iterator[str]:
        raise KeyboardInterrupt


def stopped(_: object) -> None:
    """Stand for a caller's own function that fails."""
    raise KeyboardInterrupt


WAYS: dict[str, Callable[[Path], object]] = {
    "a time": lambda _: pemcheck.check(CERTIFICATE, KEY, **bad()),
    "a target": lambda _: pemcheck.check(CERTIFICATE, KEY, target="nowhere", passphrase=SECRET),
    "a list": lambda _: pemcheck.check(CERTIFICATE, [KEY]),  # type: ignore[arg-type]
    "a passphrase": lambda _: pemcheck.check(CERTIFICATE, KEY, passphrase=[SECRET]),  # type: ignore[arg-type]
    "a trust store": lambda _: pemcheck.check(CERTIFICATE, KEY, trust_store=KEY),
    "a replaced certificate": lambda _: pemcheck.check(CERTIFICATE, None, replaces=KEY),
    "an interruption": lambda _: pemcheck.check(CERTIFICATE, KEY, hostnames=Interrupted(), passphrase=SECRET),
    "inspect": lambda _: pemcheck.inspect([KEY], passphrase=SECRET),  # type: ignore[arg-type]
    "scan": lambda path: pemcheck.scan(path, **bad()),
    "a scan's reading": lambda path: list(pemcheck.scan(path, passphrase=SECRET, skip=stopped)),
    "asserted": lambda _: assert_accepted(CERTIFICATE, KEY, **bad()),
    "not accepted": lambda _: assert_accepted(CERTIFICATE, KEY, at="1999-01-01", passphrase=SECRET),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_exception_carries_a_key_or_a_passphrase(way: str, tmp_path: Path) -> None:
    """Whoever shows what its frames hold shows nothing of either; where it came from is still there."""
    (tmp_path / "key.pem").write_text(f"{KEY}{KEY}")
    (tmp_path / "nothing").write_text("")
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        WAYS[way](tmp_path)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())

    assert [] == [secret for secret in (*LINES, *(line[-24:] for line in LINES), SECRET) if secret in shown]
    assert "frames.py" in shown or "assertions.py" in shown


def failing(secret: str) -> None:
    """Raise, while something else is handled, from what went wrong before."""
    try:
        int(secret)
    except ValueError as error:
        raise LookupError("of ours") from error


def test_what_led_to_it_is_forgotten_too() -> None:
    """What is only suppressed can be shown all the same."""
    with pytest.raises(LookupError) as caught:
        forgetting(failing)(SECRET)
    cause = caught.value.__cause__

    assert cause is not None
    frames = [frame for each in (caught.value, cause) for frame, _ in traceback.walk_tb(each.__traceback__)]
    assert [{}, {}] == [frame.f_locals for frame in frames if frame.f_code is failing.__code__]


def test_what_the_caller_was_handling_keeps_its_frames() -> None:
    """They are the caller's own."""

    def callers() -> None:
        own = 7
        raise KeyError(own)

    try:
        callers()
    except KeyError as error:
        with pytest.raises(LookupError):
            forgetting(failing)("x")
        held = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]

    assert {"own": 7} == held[-1]


def test_what_is_returned_is_what_was() -> None:
    """And nothing of the function's name and signature is lost."""
    assert (3, "pow") == (forgetting(max)(1, 3), forgetting(pow).__name__)
