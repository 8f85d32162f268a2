"""oscrypto loads wherever a libcrypto is, leaves nothing behind, and where it cannot load one word says why."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
import zipfile
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pemcheck
from pemcheck.crypto import oscrypto_loader
from pemcheck.crypto.oscrypto_loader import BackendUnavailable

ROOT = Path(pemcheck.__file__).parent.parent
NO_LIBCRYPTO = Path(__file__).parent / "no_libcrypto"
OWN_LIBRARY = sys.platform in ("darwin", "win32")

LOAD = """
from pemcheck.crypto import oscrypto_loader
try:
    oscrypto_loader.asymmetric()
    print(oscrypto_loader.library())
except oscrypto_loader.BackendUnavailable as error:
    print(error.reason)
"""


def can_open_libcrypto() -> bool:
    """Whether this machine has a libcrypto, found without the code under test."""
    for name in ("libcrypto.so.4", "libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


needs_libcrypto = pytest.mark.skipif(
    OWN_LIBRARY or not can_open_libcrypto(), reason="there is no libcrypto on this machine"
)
unix_only = pytest.mark.skipif(OWN_LIBRARY, reason="here oscrypto calls the operating system's own library")


def python(script: str, *path: Path | str, **variables: str) -> str:
    """Return what a new Python prints, with *path* in front of its own, and further environment variables."""
    folders = [*map(str, path), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, folders)), **variables}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (0, "") == (run.returncode, run.stderr)
    return run.stdout.strip()


def fake_oscrypto(folder: Path, package: str, asymmetric: str = "") -> Path:
    """Write an oscrypto whose modules are these sources."""
    (folder / "oscrypto").mkdir()
    (folder / "oscrypto" / "__init__.py").write_text(package)
    (folder / "oscrypto" / "asymmetric.py").write_text(asymmetric)
    return folder


def saying(version: str) -> str:
    """Return a script that makes every libcrypto call itself *version*, and loads oscrypto."""
    return f"""
import ctypes
class Version:
    def __call__(self, kind):
        return {version!r}.encode()
class Library(ctypes.CDLL):
    def __getattr__(self, name):
        if name == "SSLeay_version":
            raise AttributeError(name)
        return Version() if name == "OpenSSL_version" else super().__getattr__(name)
ctypes.CDLL = Library
{LOAD}"""


# ------------------------------------------------------------------------------------------------ where it loads


@needs_libcrypto
def test_it_loads_here() -> None:
    """On a machine with libcrypto oscrypto is there, whatever the patch level."""
    assert re.match(r"(OpenSSL|LibreSSL) \d", python(LOAD))


@needs_libcrypto
@pytest.mark.parametrize("version", ["OpenSSL 3.0.9 30 May 2023", "OpenSSL 3.10.12 1 Jan 2031"])
def test_patch_levels_of_two_digits_load(version: str) -> None:
    """oscrypto 1.3.0 reads one digit per part."""
    assert " ".join(version.split()[:2]) == python(saying(version))


@needs_libcrypto
@pytest.mark.parametrize("version", ["LibreSSL 3.10.2", "BoringSSL", ""])
def test_a_library_that_only_looks_like_openssl_is_incompatible(version: str) -> None:
    """A LibreSSL without its old functions, or a library that oscrypto does not know, is one word and no crash."""
    assert python(saying(version)) == "libcrypto-incompatible"


@needs_libcrypto
def test_threads_may_load_it_at_once() -> None:
    """Sixteen threads get the same module."""
    script = """
import sys, threading
from pemcheck.crypto import oscrypto_loader
sys.setswitchinterval(1e-5)
start, found = threading.Barrier(16), []
def load():
    start.wait()
    found.append(oscrypto_loader.asymmetric())
threads = [threading.Thread(target=load) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), len(set(map(id, found))))
"""
    assert python(script) == "16 1"


@needs_libcrypto
def test_nothing_stays_patched() -> None:
    """Finders and loaders are what they would be without pemcheck."""
    script = f"""
import re, sys
before = list(sys.meta_path), re.search
{LOAD}
binding = next(sys.modules[name] for name in oscrypto_loader._BINDINGS if name in sys.modules)
loaders = binding.__loader__, binding.__spec__.loader, re.__loader__
print(before == (sys.meta_path, re.search), len(set(map(type, loaders))))
"""
    assert python(script).endswith("\nTrue 1")


@needs_libcrypto
def test_neither_find_library_nor_cffi_is_needed() -> None:
    """Both cost more than all the rest, and the first needs ldconfig or gcc."""
    script = f"""
import ctypes.util, sys
def refuse(name):
    raise AssertionError(name)
ctypes.util.find_library = refuse
{LOAD}
print("cffi" in sys.modules)
"""
    assert python(script).endswith("SSL " + oscrypto_version() + "\nFalse")


def oscrypto_version() -> str:
    """Return the version of the libcrypto that loads here."""
    return python(LOAD).split()[-1]


@needs_libcrypto
def test_the_program_s_own_choice_stands() -> None:
    """A program that has chosen oscrypto's library keeps it."""
    script = f"""
import ctypes, oscrypto
from pemcheck.crypto import oscrypto_loader
path = oscrypto_loader._known()
oscrypto.use_openssl(path, path)
{LOAD}
print(oscrypto._backend_config()["libssl_path"] == path)
"""
    assert python(script).endswith("\nTrue")


@needs_libcrypto
def test_a_program_that_uses_oscrypto_already_is_left_alone() -> None:
    """Once a part of oscrypto is imported, how it calls libraries cannot change any more."""
    script = f"""
import oscrypto._ffi, oscrypto
before = oscrypto.ffi()
def refuse(*paths):
    raise AssertionError(paths)
oscrypto.use_ctypes = oscrypto.use_openssl = refuse
{LOAD}
print(oscrypto.ffi() == before)
"""
    assert python(script).endswith("\nTrue")


@needs_libcrypto
def test_it_loads_from_a_zip_archive(tmp_path: Path) -> None:
    """Whoever imports oscrypto, from wherever, runs the same code."""
    archive = tmp_path / "libraries.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for name in ("asn1crypto", "oscrypto"):
            spec = find_spec(name)
            assert spec is not None
            assert spec.origin is not None
            folder = Path(spec.origin).parent
            for file in folder.rglob("*.py"):
                written.write(file, Path(name) / file.relative_to(folder))
    script = LOAD + "\nimport oscrypto\nprint('libraries.zip' in oscrypto.__file__)"
    assert python(script, archive) == f"OpenSSL {oscrypto_version()}\nTrue"


def test_the_operating_system_s_own_library_is_used_as_it_is(tmp_path: Path) -> None:
    """On macOS and Windows nothing is configured, and the library has a name."""
    fake_oscrypto(tmp_path, "def backend(): return 'mac'")
    script = f"import ctypes, sys\nsys.platform = 'darwin'\n{LOAD}"
    assert python(script, tmp_path) == "macOS Security"


def test_importing_the_package_imports_no_library() -> None:
    """Start-up time is a promise."""
    script = """
import sys
before = set(sys.modules)  # a test environment may have prepared ctypes
import pemcheck.crypto
print({"oscrypto", "asn1crypto", "ctypes", "cffi"} & (sys.modules.keys() - before))
"""
    assert python(script) == "set()"


# ----------------------------------------------------------------------------------------------- where it does not


@unix_only
def test_without_libcrypto_it_says_so() -> None:
    """A static Python, or a container with nothing in it."""
    assert python(LOAD, NO_LIBCRYPTO) == "libcrypto-not-found"


def test_without_ctypes_it_says_so() -> None:
    """A Python that was built without libffi."""
    script = f"""
import sys
for name in [name for name in sys.modules if name.partition(".")[0] == "ctypes"]:
    del sys.modules[name]
sys.modules["_ctypes"] = None
{LOAD}"""
    assert python(script) == "ctypes-unavailable"


def test_without_oscrypto_it_says_so() -> None:
    """Somebody installed pemcheck without its dependencies."""
    script = f"import sys\nsys.modules['oscrypto'] = None\n{LOAD}\nprint(oscrypto_loader.version())"
    assert python(script) == "not-installed\nNone"


@pytest.mark.parametrize(
    ("package", "asymmetric"),
    [
        ("raise KeyError('broken')", ""),
        ("def use_ctypes(): pass\ndef use_openssl(*paths): pass", "raise SyntaxError"),
        ("def use_ctypes(): pass\ndef use_openssl(*paths): pass", "import module_that_is_missing"),
    ],
)
def test_a_broken_oscrypto_is_said(tmp_path: Path, package: str, asymmetric: str) -> None:
    """Whatever it raises, it is not the end of the check."""
    assert python(LOAD, fake_oscrypto(tmp_path, package, asymmetric)) == "import-failed"


def test_the_first_outcome_is_remembered(tmp_path: Path) -> None:
    """A second call costs nothing, and raises an exception of its own."""
    fake_oscrypto(tmp_path, "print('imported')\nraise KeyError")
    script = """
from pemcheck.crypto import oscrypto_loader
found = []
for _ in range(2):
    try:
        oscrypto_loader.asymmetric()
    except oscrypto_loader.BackendUnavailable as error:
        found.append(error)
print(*found, found[0] is found[1], sep="\\n")
"""
    assert python(script, tmp_path) == "imported\nimport-failed: KeyError: \nimport-failed: KeyError: \nFalse"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ModuleNotFoundError("no asn1crypto", name="asn1crypto"), "not-installed"),
        (type("LibraryNotFoundError", (Exception,), {})("libssl does not exist at /"), "libcrypto-not-found"),
        (type("LibraryNotFoundError", (Exception,), {})("The library could not be found"), "libcrypto-not-found"),
        (type("LibraryNotFoundError", (Exception,), {})("Error detecting the version"), "libcrypto-incompatible"),
        (type("FFIEngineError", (Exception,), {})("Error initializing ctypes"), "libcrypto-incompatible"),
        (OSError("wrong ELF class"), "libcrypto-unloadable"),
        (AttributeError("OpenSSL_version"), "import-failed"),
        (BackendUnavailable("ctypes-unavailable", "no libffi"), "ctypes-unavailable"),
    ],
)
def test_every_failure_has_its_word(error: Exception, expected: str) -> None:
    """What an import of oscrypto can raise falls into six reasons."""
    assert expected == oscrypto_loader._why(error)[0]


def test_details_are_one_printable_line() -> None:
    """They go to terminals and into reports."""
    assert oscrypto_loader._why(OSError("a\n  b\x1b[31m"))[1] == "OSError: a b\\u{001b}[31m"


# ------------------------------------------------------------------------------------------ the library that is named


@needs_libcrypto
def test_a_library_can_be_named() -> None:
    """PEMCHECK_LIBCRYPTO takes a path and a soname."""
    path = python("from pemcheck.crypto import oscrypto_loader\nprint(oscrypto_loader._known())")
    script = f"{LOAD}\nimport oscrypto\nprint(oscrypto._backend_config()['libcrypto_path'])"
    for name in (path, os.path.basename(path)):
        assert python(script, PEMCHECK_LIBCRYPTO=name).endswith(f"\n{path}")


@unix_only
def test_a_named_library_that_is_missing_is_not_replaced(tmp_path: Path) -> None:
    """The user meant this one."""
    assert python(LOAD, PEMCHECK_LIBCRYPTO=str(tmp_path / "libcrypto.so.3")) == "libcrypto-not-found"


@unix_only
def test_a_named_file_that_is_no_library_is_not_replaced(tmp_path: Path) -> None:
    """A text file, or a library for another processor."""
    (tmp_path / "lib.so").write_text("no library")
    assert python(LOAD, PEMCHECK_LIBCRYPTO=str(tmp_path / "lib.so")) == "libcrypto-unloadable"


@unix_only
def test_a_named_library_that_is_another_one_is_not_replaced() -> None:
    """Any library can be opened; this one has no function of libcrypto's."""
    import _ctypes

    assert python(LOAD, PEMCHECK_LIBCRYPTO=_ctypes.__file__) == "libcrypto-incompatible"


# --------------------------------------------------------------------------------------------------------- the parts


def function() -> object:
    """Return something that has an address."""
    return ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 0)


def dladdr(found: bytes | None) -> Any:
    """Return a dladdr that finds this file, None being nothing."""

    class Dladdr:
        def __call__(self, _: object, information: Any) -> int:
            information._obj.file = found
            return found is not None

    return Dladdr()


@pytest.mark.parametrize(
    "library",
    [
        SimpleNamespace(),
        SimpleNamespace(ERR_get_error=function()),
        SimpleNamespace(ERR_get_error=function(), dladdr=dladdr(None)),
        SimpleNamespace(ERR_get_error=function(), dladdr=dladdr(b"/there/is/no/such/file")),
    ],
)
def test_a_library_without_a_file_is_passed_over(library: Any) -> None:
    """One that is not libcrypto, one without dladdr, one from memory, one whose file is gone."""
    assert oscrypto_loader._file(library) is None


def test_a_library_with_a_file_is_found() -> None:
    """The answer of dladdr is a path."""
    library: Any = SimpleNamespace(ERR_get_error=function(), dladdr=dladdr(os.fsencode(__file__)))
    assert os.path.abspath(__file__) == oscrypto_loader._file(library)


@unix_only
def test_what_can_be_opened_but_has_no_file_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next name is tried; when there is none, oscrypto searches for itself."""
    monkeypatch.setattr(ctypes, "CDLL", lambda name, mode=0: SimpleNamespace())
    assert oscrypto_loader._known() is None


SOURCE = r"""
import re
match = re.search('\\b(\\d\\.\\d\\.\\d[a-z]*)\\b', text) or re.search('(?<=LibreSSL )(\\d\\.\\d(\\.\\d)?)\\b', text)
version = match and match.group(1)
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OpenSSL 1.0.2k-fips  26 Jan 2017", "1.0.2k"),
        ("OpenSSL 1.1.1w  11 Sep 2023", "1.1.1w"),
        ("OpenSSL 3.0.19 27 Jan 2026", "3.0.19"),
        ("OpenSSL 4.0.3 1 Sep 2026", "4.0.3"),
        ("LibreSSL 2.8", "2.8"),
        ("LibreSSL 3.8.2", "3.8.2"),
        ("LibreSSL 3.10.11", "3.10.11"),
        ("LibreSSL 4.10", "4.10"),
        ("BoringSSL", None),
    ],
)
def test_versions_are_read_whole(text: str, expected: str | None) -> None:
    """The two searches of oscrypto 1.3.0, widened."""
    found: dict[str, Any] = {"text": text}
    exec(oscrypto_loader._widened(compile(SOURCE, "binding", "exec")), found)
    assert expected == found["version"]


def test_code_without_those_searches_is_not_touched() -> None:
    """A release of oscrypto that reads two digits runs as it is."""
    code = compile(r"text = '\\b(\\d+\\.\\d+\\.\\d+[a-z]*)\\b', 1", "binding", "exec")
    assert code == oscrypto_loader._widened(code)


def test_the_installed_oscrypto_still_has_those_searches() -> None:
    """When this fails, a new release of oscrypto has come, and the widening may go."""
    spec = find_spec("oscrypto")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).with_name("_openssl") / "_libcrypto_ctypes.py"
    text = source.read_text("utf-8").replace("\\\\", "\\")
    assert [True, True] == [f"'{pattern}'" in text for pattern in oscrypto_loader._WIDER]


class Elsewhere:
    """A finder that finds everything, with a loader that has no Python code."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec:
        """See importlib.abc.MetaPathFinder."""
        return ModuleSpec(name, None, origin="elsewhere")


def test_compiled_modules_are_loaded_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without code there is nothing to widen."""
    monkeypatch.setattr(sys, "meta_path", [object(), Elsewhere])
    spec = oscrypto_loader._Finder().find_spec(oscrypto_loader._BINDINGS[0], None)
    assert spec is not None
    assert (None, "elsewhere") == (spec.loader, spec.origin)


def test_what_nobody_finds_stays_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finder adds no module, and has no opinion about any other."""
    monkeypatch.setattr(sys, "meta_path", [])
    finder = oscrypto_loader._Finder()
    assert [None, None] == [finder.find_spec(name, None) for name in (oscrypto_loader._BINDINGS[0], "json")]
