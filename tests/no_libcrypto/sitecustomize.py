"""
With this folder on ``PYTHONPATH``, Python is on a machine without libcrypto and libssl.

Every way to load them by name fails as it would there: ``ctypes``, its ``find_library``, and cffi's
``dlopen``.  What is linked already goes on working: ``hashlib``, ``ssl``, and pyca/cryptography.
Nothing is imported before its time: each of the three modules is changed when somebody imports it.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any, Callable

_MISSING = re.compile(r"(?:^|[/\\])(?:lib)?(?:crypto|ssl)[^/\\]*$", re.IGNORECASE)


def _is_missing(name: object) -> bool:
    return isinstance(name, (str, bytes, os.PathLike)) and _MISSING.search(os.fsdecode(name)) is not None


def _without(load: Callable[..., Any], prefix: str) -> Callable[..., Any]:
    def load_others(name: Any = None, *args: Any) -> Any:
        if _is_missing(name):
            shown = os.fsdecode(name)
            raise OSError(f"{prefix.format(shown)}{shown}: cannot open shared object file: No such file or directory")
        return load(name, *args)

    return load_others


def _change_ctypes(module: Any) -> None:
    if hasattr(module, "dlopen"):
        module.dlopen = _without(module.dlopen, "")


def _change_search(module: Any) -> None:
    find = module.find_library
    module.find_library = lambda name: None if _is_missing(name) else find(name)


def _change_cffi(module: Any) -> None:
    module.load_library = _without(module.load_library, "cannot load library '{}': ")


_CHANGES = {"_ctypes": _change_ctypes, "ctypes.util": _change_search, "_cffi_backend": _change_cffi}


class _Loader:
    """Loads a module as its own loader does, then changes it."""

    def __init__(self, loader: Any, change: Callable[[Any], None]) -> None:
        self.loader = loader
        self.change = change

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def create_module(self, spec: Any) -> Any:
        """Return what the real loader makes of it."""
        return self.loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        """Run the module, and change it before anybody sees it."""
        self.loader.exec_module(module)
        self.change(module)


class _Finder:
    """Finds the modules that are changed through the finders behind it."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return the spec of a module that is changed, else None."""
        if name not in _CHANGES:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None:
            spec.loader = _Loader(spec.loader, _CHANGES[name])  # type: ignore[assignment]  # it quacks
        return spec


sys.meta_path.insert(0, _Finder())
