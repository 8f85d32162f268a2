"""Regular expressions that most runs never need: compiled when they are first used, not at start-up."""

from __future__ import annotations

import re
from typing import Any, cast


class _Rare:
    def __init__(self, pattern: str, flags: int) -> None:
        self._arguments = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._arguments), name)  # re keeps what it has compiled


def rare(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what ``re.compile`` returns, a moment later."""
    return cast("re.Pattern[str]", _Rare(pattern, flags))
