"""What arithmetic and oscrypto answer, each alone and together."""

from __future__ import annotations

from typing import Callable, TypeVar

from ..value import Value

T = TypeVar("T")


class Answer(Value):
    """
    A yes, a no, or nobody can tell (None).

    ``proof`` names who gave it, of ``arithmetic`` and ``oscrypto``; it is empty where ``value`` is None.
    ``answers`` holds what each said, only where they disagree; ``value`` is None then.
    ``reason`` is one phrase why nobody can tell; no key material is in it.
    """

    value: bool | None
    proof: tuple[str, ...] = ()
    answers: tuple[tuple[str, bool], ...] = ()
    reason: str = ""


def calculated(value: bool) -> Answer:
    """Return what arithmetic found out."""
    return Answer(value, ("arithmetic",))


def confirmed(value: bool) -> Answer:
    """Return what oscrypto found out."""
    return Answer(value, ("oscrypto",))


def cannot_tell(reason: str) -> Answer:
    """Return that nobody can tell, and why."""
    return Answer(None, reason=reason)


def together(first: Answer, second: Answer) -> Answer:
    """Return what arithmetic, the *first*, and oscrypto, the *second*, say together."""
    if first.value is None and second.value is None:
        return cannot_tell(f"{first.reason} ({second.reason})")
    if first.value is None or second.value is None:
        return second if first.value is None else first
    if first.value == second.value:
        return Answer(first.value, first.proof + second.proof)
    answers = (("arithmetic", first.value), ("oscrypto", second.value))
    return Answer(None, (), answers, "arithmetic and oscrypto disagree")


def safely(get: Callable[[], T], otherwise: Callable[[str], T]) -> T:
    """
    Return ``get()``; if it raises, what *otherwise* makes of the name of the exception's type.

    This is the one place where an exception becomes "cannot tell".  Its text goes no further: it could quote a key.
    """
    try:
        return get()
    except Exception as error:
        return otherwise(type(error).__name__)
