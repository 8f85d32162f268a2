"""
With this folder on ``PYTHONPATH``, Python is on a machine without libcrypto and libssl.

Every way to load them by name fails as it would there: ``ctypes``, its ``find_library``, and cffi's
``dlopen``.  What is linked already goes on working: ``hashlib``, ``ssl``, and pyca/cryptography.
"""

from __future__ import annotations

import os
import re
from typing import Any, Callable

_MISSING = re.compile(r"(?:^|[/\\])(?:lib)?(?:crypto|ssl)[^/\\]*$", re.IGNORECASE)


def _is_missing(name: object) -> bool:
    return isinstance(name, (str, bytes, os.PathLike)) and _MISSING.search(os.fsdecode(name)) is not None


def _without(load: Callable[..., Any], prefix: str) -> Callable[..., Any]:
    def load_others(name: object = None, *args: Any) -> Any:
        if _is_missing(name):
            shown = os.fsdecode(name)  # type: ignore[arg-type]  # a name, or it would not be missing
            raise OSError(f"{prefix.format(shown)}{shown}: cannot open shared object file: No such file or directory")
        return load(name, *args)

    return load_others


def _remove_libcrypto() -> None:
    try:
        import _ctypes
    except ImportError:  # a Python without libffi: nothing can be loaded anyway
        return
    if hasattr(_ctypes, "dlopen"):  # before ctypes takes it over
        _ctypes.dlopen = _without(_ctypes.dlopen, "")

    import ctypes.util

    find = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None if _is_missing(name) else find(name)

    try:
        import _cffi_backend
    except ImportError:
        return
    _cffi_backend.load_library = _without(_cffi_backend.load_library, "cannot load library '{}': ")


_remove_libcrypto()
