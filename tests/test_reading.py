"""The one place where a foreign exception becomes a Problem."""

from __future__ import annotations

from typing import Callable, NoReturn

import pytest

from pemcheck.reading import Fields
from pemcheck.source import Location, Problem

AT = Location("cert.pem", 1, 20, block=0)


def failing(error: BaseException) -> Callable[[], NoReturn]:
    """Return a reader that raises."""

    def get() -> NoReturn:
        raise error

    return get


def test_what_can_be_read_is_returned() -> None:
    """A good field leaves no trace."""
    fields = Fields(AT)

    assert 3 == fields.read("version", "tbsCertificate.version", lambda: 3, 0)
    assert (set(), []) == (fields.unread, fields.problems)


@pytest.mark.parametrize("error", [ValueError, KeyError, AttributeError, OverflowError, RecursionError, UnicodeError])
def test_what_cannot_be_read_costs_only_itself(error: type[Exception]) -> None:
    """Any exception gives the substitute, and the field is remembered as unread."""
    fields = Fields(AT)

    assert fields.read("subject", "tbsCertificate.subject", failing(error("broken")), None) is None
    assert {"subject"} == fields.unread


def test_the_problem_says_where_and_why() -> None:
    """It has the place, the path, the field and the first line of the exception."""
    fields = Fields(AT)
    fields.read("subject", "tbsCertificate.subject", failing(ValueError("tag 19 expected\n  at byte 7")), None)

    expected = Problem("asn1-unreadable", AT.into("tbsCertificate.subject"), "tag 19 expected", field="subject")
    assert [expected] == fields.problems


def test_an_exception_without_text_is_called_by_its_name() -> None:
    """There is always a reason."""
    fields = Fields(AT)
    fields.read("version", "", failing(RecursionError()), 0)

    assert ["RecursionError"] == [problem.detail for problem in fields.problems]


def test_the_reason_is_short_and_printable() -> None:
    """Hostile text in an exception neither floods nor tricks a terminal."""
    fields = Fields(AT)
    fields.read("version", "", failing(ValueError("\x1b[2J" + "a" * 1000)), 0)

    assert ["\\u{001b}[2J" + "a" * 108 + "…"] == [problem.detail for problem in fields.problems]


def test_the_reason_of_a_secret_is_not_repeated() -> None:
    """An exception about key material could quote it."""
    fields = Fields(AT)
    fields.read("private_exponent", "", failing(ValueError("12345 is not odd")), 0, secret=True)

    assert ["ValueError"] == [problem.detail for problem in fields.problems]


def test_an_interrupt_is_not_swallowed() -> None:
    """Ctrl-C ends the reading."""
    with pytest.raises(KeyboardInterrupt):
        Fields(AT).read("version", "", failing(KeyboardInterrupt()), 0)


def test_a_fault_can_have_a_rule_of_its_own() -> None:
    """A reader that knows better than unreadable says so."""
    fields = Fields(AT)
    fields.fail("version", "tbsCertificate.version", "it is 7", rule="version-not-3")

    assert [("version-not-3", "it is 7")] == [(problem.rule, problem.detail) for problem in fields.problems]
