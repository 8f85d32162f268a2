"""What follows ``--target``: the name of a built-in target, or a file that describes one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..targets import Target

_SEPARATORS = tuple(filter(None, ("/", os.sep, os.altsep)))


def target(name: str) -> Target:
    """
    Return the built-in target, or that in the file of this name: what ends in ``.toml`` or has a path separator is one.

    Raises SourceError where the file cannot be read, TargetError where it describes no target or there is none.
    """
    from ..targets import TargetError, get, known

    if not name.lower().endswith(".toml") and not any(each in name for each in _SEPARATORS):
        parts = name.split(",")
        if len(parts) > 1 and all(part in known() for part in parts):
            raise TargetError(f"one name at a time: {' '.join(f'--target {part}' for part in parts)}")
        return get(name)
    from ..rules import BY_NAME
    from ..source import read
    from ..targets.custom import load
    from ..targets.toml import decode

    shown, data = read(name)
    return load(decode(data, shown), shown, BY_NAME)
