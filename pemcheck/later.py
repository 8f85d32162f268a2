"""
Modules that asn1crypto, oscrypto and ctypes import and hardly ever use, loaded when something of them is first used.

They are a tenth of the start-up of a check.  ``importlib.util.LazyLoader`` would load them at the next import.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

SELDOM_USED = ("inspect", "platform", "shutil", "subprocess", "tempfile")


class _Later(ModuleType):
    """What stands for a module until something of it is asked for, and then has all that it has."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = __import__(self.__name__)
        self.__dict__.update(module.__dict__)  # for those who have this one
        return getattr(module, name)


def put_off() -> None:
    """Put off what is seldom used; only for a process of our own, since it concerns all who import it."""
    for name in SELDOM_USED:
        if name not in sys.modules:
            sys.modules[name] = _Later(name)
    inspect = sys.modules["inspect"]
    if isinstance(inspect, _Later):
        # all that asn1crypto wants of it, whenever an optional CHOICE is absent
        vars(inspect)["isclass"] = lambda it: isinstance(it, type)
