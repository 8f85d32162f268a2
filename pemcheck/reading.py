"""
The one place where a foreign exception becomes a Problem.

asn1crypto and oscrypto raise anything on hostile input (ValueError, KeyError, AttributeError, TypeError,
IndexError, OverflowError, UnboundLocalError, RecursionError …); whoever calls them does so through
``Fields.read``.
"""

from __future__ import annotations

from typing import Callable, TypeVar

from .budget import Budget, Exhausted
from .source import EXHAUSTED, Location, Problem, shorten

T = TypeVar("T")


class Fields:
    """Reads fields one by one; a field that cannot be read costs only itself, and all are paid from one *budget*."""

    def __init__(self, at: Location, budget: Budget | None = None) -> None:
        self.at = at
        self.budget = Budget() if budget is None else budget
        self.unread: set[str] = set()
        self.problems: list[Problem] = []

    def read(self, name: str, path: str, get: Callable[[], T], otherwise: T, secret: bool = False) -> T:
        """
        Return ``get()``; if that raises, *otherwise*, and remember the field and why.

        The text of an exception about a *secret* is not repeated: it could quote key material.
        """
        try:
            return get()
        except Exhausted as error:
            self.stop(name, path, error)
            return otherwise
        except Exception as error:
            reason = "" if secret else str(error).split("\n", 1)[0]
            self.fail(name, path, shorten(reason, 120) or type(error).__name__)
            return otherwise

    def stop(self, name: str, path: str, error: Exhausted) -> None:
        """Remember that the field *name* at the ASN.1 *path* was not looked at, since the budget is used up."""
        self.unread.add(name)
        at = self.at.into(path)
        self.problems.append(Problem("input-too-large", at, f"it was not looked at: {error}", EXHAUSTED, name))

    def note(self, path: str, fault: str) -> None:
        """Remember that what stands at the ASN.1 *path* can be read, and how it departs from DER."""
        self.problems.append(Problem("der-malformed", self.at.into(path), fault, "readable"))

    def fail(self, name: str, path: str, reason: str, rule: str = "asn1-unreadable") -> None:
        """Remember that the field *name* at the ASN.1 *path* cannot be read."""
        self.unread.add(name)
        self.problems.append(Problem(rule, self.at.into(path), reason, field=name))
