"""
The one place where a foreign exception becomes a Problem.

asn1crypto and oscrypto raise anything on hostile input (ValueError, KeyError, AttributeError, TypeError,
IndexError, OverflowError, UnboundLocalError, RecursionError …); whoever calls them does so through
``Fields.read``.
"""

from __future__ import annotations

from typing import Callable, TypeVar

from .source import Location, Problem, shorten

T = TypeVar("T")


class Fields:
    """Reads fields one by one; a field that cannot be read costs only itself."""

    def __init__(self, at: Location) -> None:
        self.at = at
        self.unread: set[str] = set()
        self.problems: list[Problem] = []

    def read(self, name: str, path: str, get: Callable[[], T], otherwise: T, secret: bool = False) -> T:
        """
        Return ``get()``; if that raises, *otherwise*, and remember the field and why.

        The text of an exception about a *secret* is not repeated: it could quote key material.
        """
        try:
            return get()
        except Exception as error:
            reason = "" if secret else str(error).split("\n", 1)[0]
            self.fail(name, path, shorten(reason, 120) or type(error).__name__)
            return otherwise

    def fail(self, name: str, path: str, reason: str, rule: str = "asn1-unreadable") -> None:
        """Remember that the field *name* at the ASN.1 *path* cannot be read."""
        self.unread.add(name)
        self.problems.append(Problem(rule, self.at.into(path), reason, field=name))
