"""Regular expressions that most runs never need: compiled when they are first used, not at start-up."""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


class _Rare(Generic[AnyStr]):
    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self._arguments: tuple[AnyStr, int] = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._arguments), name)
        setattr(self, name, found)  # so that the next use costs no more than that of any other expression
        return found


def rare(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` returns, a moment later."""
    return cast("re.Pattern[AnyStr]", _Rare(pattern, flags))
