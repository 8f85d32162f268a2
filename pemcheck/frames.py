"""What the frames of an exception remember: nothing, once it leaves this package."""

from __future__ import annotations

import sys
from functools import wraps
from typing import TYPE_CHECKING, Callable, TypeVar

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")
R = TypeVar("R")


def forgetting(function: Callable[P, R]) -> Callable[P, R]:
    """
    Return *function*, whose exceptions leave with where they came from, but without any local variable.

    Its arguments are keys and passphrases, and whoever reports an exception (pytest, Sentry, rich, ``traceback`` with
    *capture_locals*) shows what the frames hold.  What the caller's own frames hold is the caller's.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        handled = sys.exc_info()[1]
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            del args, kwargs
            _forget(error, handled)
            del handled
            raise

    return call


def _forget(error: BaseException, handled: BaseException | None) -> None:
    """Clear the frames of *error* and of what led to it, up to what the caller was just handling."""
    from traceback import clear_frames

    seen = {id(handled)}
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            clear_frames(each.__traceback__)
            waiting += [each.__cause__, each.__context__]
