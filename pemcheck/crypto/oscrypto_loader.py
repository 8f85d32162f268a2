"""
Loads oscrypto on any OpenSSL, or says why not.

oscrypto 1.3.0, the newest release, needs help on everything but macOS and Windows:

1. It reads libcrypto's version with one digit per part, so that ``3.0.19`` fails.  The two regular expressions
   are constants in the code of one module, and are widened while that module is imported, by a finder on
   ``sys.meta_path``; nothing stays patched, and nothing is done to a release that reads two digits.
2. It finds libcrypto through ``ctypes.util.find_library``, which needs ldconfig or gcc, neither of which there is
   on musl or in a distroless image, and which is slow.  The well-known sonames are opened here, and oscrypto is told
   the file.
3. It prefers cffi where that is installed, which takes longer to import than all the rest.  It is told to use
   ctypes, which it imports anyway.

2 and 3 use its public functions, and only before any part of it was imported: the choice of a program that
uses oscrypto itself stands.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from ..source import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ctypes import CDLL
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

VARIABLE = "PEMCHECK_LIBCRYPTO"
"""The environment variable that may name the libcrypto to use, as a path or as a soname."""

_OWN_LIBRARY = ("darwin", "win32")
"""Where oscrypto calls the operating system's own library and needs no libcrypto."""

_SONAMES = (
    "libcrypto.so.3",
    "libcrypto.so.4",
    "libcrypto.so.1.1",
    "libcrypto.so.1.0.0",
    "libcrypto.so.10",
    "libcrypto.so",
)

_WIDER = {
    r"\b(\d\.\d\.\d[a-z]*)\b": r"\b(\d+\.\d+\.\d+[a-z]*)\b",
    r"(?<=LibreSSL )(\d\.\d(\.\d)?)\b": r"(?<=LibreSSL )(\d+\.\d+(\.\d+)?)\b",
}
_BINDINGS = ("oscrypto._openssl._libcrypto_ctypes", "oscrypto._openssl._libcrypto_cffi")
"""The modules that read libcrypto's version."""


class BackendUnavailable(Exception):
    """
    oscrypto cannot be used.

    ``reason`` is not-installed, libcrypto-not-found, libcrypto-incompatible, libcrypto-unloadable,
    ctypes-unavailable or import-failed; ``detail`` is one printable line.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


_lock = threading.RLock()
if hasattr(os, "register_at_fork"):  # pragma: no branch (Windows)
    # a child has no other thread than the one that forked: nobody in it would let go of the lock, or load the rest
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
_outcome: list[ModuleType | tuple[str, str]] = []  # empty until somebody asked; then the module, or why there is none


def asymmetric() -> Any:
    """
    Return the module ``oscrypto.asymmetric``; raise BackendUnavailable where it cannot be loaded.

    Tries once per process, whatever the outcome.  Threads may call it at the same time.
    """
    with _lock:
        if not _outcome:
            try:
                module = _load()
                library()  # which a release of another making may not be able to tell
                _outcome.append(module)
            except Exception as error:  # whatever an unknown library and a broken installation can raise
                _outcome.append(_why(error))
    found = _outcome[0]
    if isinstance(found, tuple):
        raise BackendUnavailable(*found)
    return found


def symmetric() -> Any:
    """Return the module ``oscrypto.symmetric``; raise BackendUnavailable where it cannot be loaded."""
    asymmetric()  # which imports it, on every platform
    return sys.modules["oscrypto.symmetric"]


def version() -> str | None:
    """Return oscrypto's version, None if it is not installed; it may be installed and still not load."""
    from importlib import import_module

    try:
        return str(import_module("oscrypto").__version__)
    except Exception:  # a broken installation raises anything
        return None


def library() -> str:
    """Return which library oscrypto calls, such as ``OpenSSL 3.0.19``; call it after ``asymmetric()`` only."""
    backend = str(sys.modules["oscrypto"].backend())
    names = {"mac": "macOS Security", "win": "Windows CNG", "winlegacy": "Windows CryptoAPI"}
    if backend in names:
        return names[backend]
    binding = next(sys.modules[name] for name in _BINDINGS if name in sys.modules)
    return shorten(" ".join(str(binding.version_string).split()[:2]))


def signature_error() -> type[Exception]:
    """Return the exception that means "does not verify"; call it after ``asymmetric()`` only."""
    found: type[Exception] = sys.modules["oscrypto.errors"].SignatureError
    return found


def _why(error: Exception) -> tuple[str, str]:
    """Return reason and detail of a failed import."""
    if isinstance(error, BackendUnavailable):
        return error.reason, error.detail
    name, text = type(error).__name__, " ".join(str(error).split())
    if isinstance(error, ModuleNotFoundError) and error.name in ("oscrypto", "asn1crypto"):
        reason = "not-installed"
    elif name == "LibraryNotFoundError":  # which oscrypto also raises for a version that it does not understand
        absent = "could not be found" in text or "does not exist" in text
        reason = "libcrypto-not-found" if absent else "libcrypto-incompatible"
    elif name == "FFIEngineError":  # a function is missing
        reason = "libcrypto-incompatible"
    elif isinstance(error, OSError):
        reason = "libcrypto-unloadable"
    else:
        reason = "import-failed"
    return reason, shorten(f"{name}: {text}", 160)


def _load() -> ModuleType:
    from importlib import import_module

    oscrypto = import_module("oscrypto")
    try:
        import_module("ctypes")
    except Exception as error:  # no libffi; or a kernel that forbids its trampolines, which is a MemoryError
        raise BackendUnavailable("ctypes-unavailable", shorten(f"{type(error).__name__}: {error}", 160)) from None
    if sys.platform in _OWN_LIBRARY:
        return import_module("oscrypto.asymmetric")
    if "oscrypto._ffi" not in sys.modules:
        _configure(oscrypto)
    finder: Any = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        return import_module("oscrypto.asymmetric")
    finally:
        # A new list: another thread may be walking along the old one, and would miss the finder behind a removed one.
        sys.meta_path = [each for each in sys.meta_path if each is not finder]


def _configure(oscrypto: Any) -> None:
    """Tell oscrypto to use ctypes, and which libcrypto."""
    try:
        oscrypto.use_ctypes()  # must come first: choosing the library settles the rest
        named = os.environ.get(VARIABLE)
        path = _named(named) if named else _known()
        if path is not None:
            folder, file = os.path.split(path)
            beside = os.path.join(folder, file.replace("libcrypto", "libssl"))
            # libssl is for TLS, which nobody here speaks, but oscrypto insists on a file
            oscrypto.use_openssl(path, beside if os.path.exists(beside) else path)
    except RuntimeError:
        return  # the program has configured oscrypto


def _named(name: str) -> str:
    """Return the file of the libcrypto that the user named; another one must not take its place."""
    from ctypes import CDLL

    try:
        path = _file(CDLL(name))
    except OSError as error:
        reason = "libcrypto-unloadable" if os.path.exists(name) else "libcrypto-not-found"
        raise BackendUnavailable(reason, shorten(f"{VARIABLE}: {error}", 160)) from None
    if path is None:
        raise BackendUnavailable("libcrypto-incompatible", shorten(f"{VARIABLE}: {name} is not libcrypto", 160))
    return path


def _known() -> str | None:
    """Return the file of a libcrypto that can be opened by its name, None where there is none."""
    import hashlib  # noqa: F401  which opens the libcrypto that Python itself uses, if any
    from ctypes import CDLL, DEFAULT_MODE

    # One that is in the process already is the one to use, whatever its version: two would quarrel about settings.
    for mode in (getattr(os, "RTLD_NOLOAD", 0), 0):
        for soname in _SONAMES:
            try:
                path = _file(CDLL(soname, DEFAULT_MODE | mode))
            except OSError:
                continue
            if path is not None:
                return path
    return None


def _file(library: CDLL) -> str | None:
    """Return the file that *library* was read from (dladdr(3)), None if it is not libcrypto or is in no file."""
    from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_void_p, cast

    class Information(Structure):
        _fields_ = (("file", c_char_p), ("base", c_void_p), ("symbol", c_char_p), ("address", c_void_p))

    try:
        function = cast(library.ERR_get_error, c_void_p)
        dladdr = library.dladdr  # found in what libcrypto depends on: libc, or libdl before glibc 2.34
    except AttributeError:
        return None
    dladdr.argtypes, dladdr.restype = (c_void_p, POINTER(Information)), c_int
    found = Information()
    if not dladdr(function, byref(found)) or not found.file:
        return None
    path = os.path.abspath(os.fsdecode(found.file))
    return path if os.path.exists(path) else None


class _Finder:
    """Finds the modules that read libcrypto's version, as everybody would, and lets them read two digits."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder."""
        if name not in _BINDINGS:
            return None
        others = (each for each in sys.meta_path if each is not self and hasattr(each, "find_spec"))
        spec = next(filter(None, (each.find_spec(name, path, target) for each in others)), None)
        code = getattr(spec and spec.loader, "get_code", lambda _: None)(name)
        if spec is not None and code is not None:
            spec.loader = _Loader(spec.loader, code)  # type: ignore[assignment]
        return spec


class _Loader:
    """Runs one module with wider regular expressions."""

    def __init__(self, real: Any, code: CodeType) -> None:
        self._real = real
        self._code = code

    def create_module(self, spec: ModuleSpec) -> None:
        """See importlib.abc.Loader."""

    def exec_module(self, module: Any) -> None:
        """See importlib.abc.Loader; afterwards nothing tells the module from one that Python loaded alone."""
        module.__loader__ = module.__spec__.loader = self._real
        exec(_widened(self._code), module.__dict__)  # noqa: S102  the module's own code, as its loader would


def _widened(code: CodeType) -> CodeType:
    """Return *code* with the two regular expressions of oscrypto 1.3.0 widened; unchanged if it has neither."""
    constants = (_WIDER.get(each, each) if isinstance(each, str) else each for each in code.co_consts)
    return code.replace(co_consts=tuple(constants))
