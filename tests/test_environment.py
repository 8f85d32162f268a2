"""Whatever is missing, broken or in the way around pemcheck, there is a verdict or one sentence, and no lie."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures.build import AT, PASSPHRASE
from fixtures.generate import CASES
from pemcheck import crypto, source
from pemcheck.cli import main

ROOT = Path(pemcheck.__file__).parent.parent
NO_LIBCRYPTO = Path(__file__).parent / "no_libcrypto"
FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
CLEAN = [word for file in FILES for word in (f"--{file[:-4]}", file)] + ["--at", AT]
AVAILABLE = crypto.backend()["unavailable"] is None

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes, files and signals")
root_only = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to become somebody who may do less"
)
needs_libcrypto = pytest.mark.skipif(
    not AVAILABLE or sys.platform in ("darwin", "win32"), reason="needs oscrypto on an OpenSSL"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a clean submission, and return it."""
    monkeypatch.chdir(tmp_path)
    for name, data in CASES["clean-rsa-2048"].contents().items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    return tmp_path


def program(*arguments: str, before: str = "", path: Path | None = None, **env: str | None) -> Any:
    """Run pemcheck in a process of its own, after the lines *before*; None in *env* is a variable that is not set."""
    folders = [str(path) if path else "", str(ROOT), os.environ.get("PYTHONPATH", "")]
    wanted = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, folders)), **env}
    script = f"import os, sys\n{before}\nfrom pemcheck.cli import main\nsys.exit(main(sys.argv[1:]))"
    found = {name: value for name, value in wanted.items() if value is not None}
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, timeout=60, env=found)


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which ``$P`` is pemcheck."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "PYTHONPATH": path, "P": f"{sys.executable} -m pemcheck"}
    return subprocess.run(["bash", "-c", line], timeout=60, capture_output=True, env=env)


def judged(ran: Any) -> tuple[int, str, list[str], bool]:
    """Return status, verdict, proofs of the key, and whether nobody stood behind them, of a report in JSON."""
    assert b"" == ran.stderr
    shown = json.loads(ran.stdout)
    without = shown["backend"]["unavailable"] is not None
    return ran.returncode, shown["reports"][0]["verdict"], shown["private_key"]["proof"], without


# ---------------------------------------------------------------------------------------- what should prove is broken

LIBRESSL = """
import ctypes
class Version:
    def __call__(self, kind):
        return b"LibreSSL 3.10.2"
class Library(ctypes.CDLL):
    def __getattr__(self, name):
        if name == "SSLeay_version":
            raise AttributeError(name)
        return Version() if name == "OpenSSL_version" else super().__getattr__(name)
ctypes.CDLL = Library
"""
WITHOUT_FFI = """
for name in [name for name in sys.modules if name.partition(".")[0] == "ctypes"]:
    del sys.modules[name]
sys.modules["_ctypes"] = None
"""


@pytest.mark.parametrize(
    "before",
    [LIBRESSL, WITHOUT_FFI, "sys.modules['oscrypto'] = None", f"sys.path.insert(0, {str(NO_LIBCRYPTO)!r})"],
    ids=["LibreSSL", "no libffi", "no oscrypto", "no libcrypto"],
)
def test_arithmetic_proves_alone(before: str) -> None:
    """Where nothing else can, the verdict is the same, and says who stands behind it."""
    if "no_libcrypto" in before:
        before += "\nimport sitecustomize, importlib; importlib.reload(sitecustomize)"
    assert (0, "accepted", ["arithmetic"], True) == judged(program(*CLEAN, "--format", "json", before=before))

SETTINGS = "def use_ctypes(): pass\ndef use_openssl(*paths): pass"


@pytest.mark.parametrize(
    ("package", "asymmetric"),
    [
        ("def (", ""),
        ("raise ImportError('half of it')", ""),
        ("import a_module_that_is_missing", ""),
        ("__version__ = '0.1.0'", "def load_key(data): pass"),
        (f"__version__ = '9.0.0'\n{SETTINGS}\ndef backend(): return 'new'", ""),
        ("raise RecursionError", ""),
        (SETTINGS, "def ("),
    ],
    ids=["syntax", "import", "missing module", "too old", "too new", "recursion", "syntax below"],
)
def test_a_broken_oscrypto_changes_no_verdict(package: str, asymmetric: str, folder: Path) -> None:
    """Half an installation, or another version than was meant, is no crash and no wrong answer."""
    (folder / "oscrypto").mkdir()
    (folder / "oscrypto" / "__init__.py").write_text(package)
    (folder / "oscrypto" / "asymmetric.py").write_text(asymmetric)
    ran = program(*CLEAN, "--format", "json", path=folder)

    assert (0, "accepted", ["arithmetic"], True) == judged(ran)


NO_PROVIDER = """\
openssl_conf = init
[init]
providers = providers
[providers]
base = base
[base]
activate = 1
"""
"""A configuration such as FIPS policies have: the default provider is off, and no algorithm is there."""


@needs_libcrypto
@pytest.mark.parametrize("case", ["clean-rsa-2048", "clean-p256", "clean-p384", "clean-self-signed"])
def test_a_library_that_refuses_every_algorithm_proves_nothing(case: str, folder: Path) -> None:
    """It is loaded and can tell nothing: that is no "does not match"."""
    for name, data in CASES[case].contents().items():
        (folder / name).write_bytes(data)
    (folder / "openssl.cnf").write_text(NO_PROVIDER)
    given = [word for word in CLEAN if word in ("--at", AT) or (folder / word.lstrip("-")).with_suffix(".pem").exists()]
    if len(given) == 8 and not CASES[case].contents().get(FILES[2]):
        given = [word for word in given if "chain" not in word]
    ran = program(*given, "--format", "json", OPENSSL_CONF="openssl.cnf")

    assert (0, "accepted", ["arithmetic"], False) == judged(ran)


@needs_libcrypto
def test_a_library_that_refuses_every_algorithm_decrypts_nothing(folder: Path) -> None:
    """An encrypted key stays closed: refused, in words, and never "wrong passphrase"."""
    (folder / FILES[1]).write_bytes(CASES["key-encrypted"].contents()[FILES[1]])
    (folder / "openssl.cnf").write_text(NO_PROVIDER)
    (folder / "passphrase").write_text(PASSPHRASE)
    ran = program(*CLEAN, "--passphrase-file", "passphrase", OPENSSL_CONF="openssl.cnf")

    assert (1, b"", True) == (ran.returncode, ran.stderr, b"key-encrypted" in ran.stdout)
    assert b"passphrase is wrong" not in ran.stdout


def test_a_configuration_that_cannot_be_read_changes_nothing(folder: Path) -> None:
    """libcrypto's own trouble with its file is not the certificate's."""
    (folder / "openssl.cnf").write_bytes(b"\xff\x00[[[\n= =\n")

    assert (0, b"") == ((ran := program(*CLEAN, OPENSSL_CONF="openssl.cnf")).returncode, ran.stderr)


# --------------------------------------------------------------------------------------------- home, locale and names


@posix
@pytest.mark.parametrize("home", [None, "", "/nonexistent", "file", "locked"])
def test_no_home_is_needed(home: str | None, folder: Path) -> None:
    """None, one that is not there, one that is a file, or one that nobody may write to: nothing is kept there."""
    (folder / "file").write_text("")
    (folder / "locked").mkdir(mode=0o500)
    there = None if home is None else home if home in ("", "/nonexistent") else str(folder / home)
    ran = program(*CLEAN, HOME=there)

    assert (0, b"", b"acm: accepted") == (ran.returncode, ran.stderr, ran.stdout.partition(b"\n")[0])
    assert [] == list((folder / "locked").iterdir())


C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": None}


@posix
@pytest.mark.parametrize("form", ["text", "concise", "json"])
@pytest.mark.parametrize("name", ["Schl\u00fcssel.pem".encode(), b"caf\xe9.pem", b"\xff\xfe", "\u202e\u9418".encode()])
def test_any_file_name_is_shown_in_the_c_locale(form: str, name: bytes) -> None:
    """Letters that ASCII lacks, and bytes that are no letters, are escaped in every format."""
    try:
        Path(os.fsdecode(name)).write_bytes(b"nothing")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "PYTHONPATH": path, **C_LOCALE}
    command = [sys.executable.encode(), b"-m", b"pemcheck", b"--certificate", name, b"--format", form.encode()]
    ran = subprocess.run(
        command, capture_output=True, timeout=60, env={key: value for key, value in env.items() if value is not None}
    )

    assert (1, b"", True) == (ran.returncode, ran.stderr, ran.stdout.isascii())
    assert {each for each in ran.stdout if each < 32} <= {10}


@posix
def test_a_name_that_is_no_text_can_be_read_back() -> None:
    """What stands in JSON names the file byte for byte, for a program that decodes as Python does."""
    name = os.fsdecode(b"caf\xe9.pem")
    try:
        Path(name).write_bytes(b"nothing")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    ran = program("--certificate", name, "--format", "json")
    found = json.loads(ran.stdout)["reports"][0]["findings"][0]["file"]

    assert b"caf\xe9.pem" == os.fsencode(found)


# ------------------------------------------------------------------------------------------------ streams that are gone

REFUSED = "--certificate private-key.pem --without-key"


@posix
@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(("arguments", "status"), [(" ".join(CLEAN), 0), (REFUSED, 1), ("rules", 0)])
def test_a_reader_that_has_had_enough_changes_no_status(arguments: str, status: int, form: str) -> None:
    """``| head -1`` and a reader that is gone at once: quiet, and the verdict stays what it is."""
    line = f"$P {arguments} --format {form}"
    statuses = [shell(f"{line} | {reader}; echo ${{PIPESTATUS[0]}} >&2") for reader in ("head -1 >/dev/null", "true")]

    assert [f"{status}\n".encode()] * 2 == [ran.stderr for ran in statuses]


@posix
def test_a_reader_that_is_gone_changes_no_status() -> None:
    """However late the writer comes, and however little it writes."""
    line = f"{{ sleep 0.2; $P {REFUSED}; echo $? >&2; }} | true"

    assert b"1\n" == shell(line).stderr


@posix
@pytest.mark.parametrize("arguments", [" ".join(CLEAN), "inspect certificate.pem", f"fix {' '.join(CLEAN)} --diff"])
@pytest.mark.parametrize("closed", [">&-", "<&- >&-"])
def test_without_an_output_there_is_no_verdict(arguments: str, closed: str) -> None:
    """What nobody can read counts as not told."""
    ran = shell(f"$P {arguments} {closed}")

    assert (2, b"pemcheck: standard output is closed\n") == (ran.returncode, ran.stderr)


@posix
def test_without_any_stream_files_are_written_as_ever(folder: Path) -> None:
    """The first files that are opened get the numbers of the streams; nothing meant for a stream goes into them."""
    ran = shell(f"$P fix {' '.join(CLEAN)} --out-dir new <&- >&- 2>&-")
    written = [(folder / "new" / name).read_bytes() for name in FILES]

    assert (2, [(folder / name).read_bytes() for name in FILES]) == (ran.returncode, written)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_verdict_that_cannot_be_written_is_none() -> None:
    """A full disk is status 2, whatever was found out."""
    expected = b"pemcheck: standard output cannot be written: No space left on device\n"

    assert (2, expected) == ((ran := shell(f"$P {' '.join(CLEAN)} > /dev/full")).returncode, ran.stderr)


# ------------------------------------------------------------------------------------------------- files that change


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let *change* happen once, when the first file is open and nothing of it has been read."""
    begun = source._begun
    left = [change]

    def changed(stream: Any, size: int) -> bytes:
        if left:
            left.pop()()
        return begun(stream, size)

    monkeypatch.setattr(source, "_begun", changed)


@posix
def test_a_file_that_vanishes_while_it_is_read_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was opened; its name is no longer needed."""
    meanwhile(monkeypatch, (folder / FILES[0]).unlink)

    assert 0 == main(CLEAN)


@posix
def test_a_file_that_is_replaced_while_it_is_read_is_the_old_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never half of each."""
    (folder / "other").write_bytes(b"other")
    meanwhile(monkeypatch, lambda: (folder / "other").replace(folder / FILES[0]))

    assert 0 == main(CLEAN)


@pytest.mark.parametrize("left", [0, 1, 700])
def test_a_file_that_shrinks_while_it_is_read_is_refused(
    left: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is gone is missing, whatever the size was before."""
    meanwhile(monkeypatch, lambda: os.truncate(FILES[0], left))

    assert (1, "") == (main(CLEAN), capsys.readouterr().err)


def test_a_file_that_grows_while_it_is_read_is_read_up_to_the_cap(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log that is written to all the time has an end for us."""
    os.truncate(FILES[0], 0)
    meanwhile(monkeypatch, lambda: os.truncate(FILES[0], 10**10))

    assert (1, True) == (main(CLEAN), "input-too-large" in capsys.readouterr().out)


def test_a_file_that_vanishes_before_it_is_read_is_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such as one in a folder that was just listed."""
    monkeypatch.setattr(source, "listed", lambda directory: [os.path.join(directory, "gone.pem")])
    status = main([str(folder)])

    expected = ("", f"pemcheck: {folder / 'gone.pem'}: no such file or directory\n")
    assert (2, expected) == (status, tuple(capsys.readouterr()))


@posix
def test_a_file_that_breaks_off_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disk with a bad sector, or a share that is gone: half a file is not judged."""

    def broken() -> None:
        raise OSError(errno.EIO, "Input/output error")

    meanwhile(monkeypatch, broken)

    assert (2, ("", "pemcheck: certificate.pem: input/output error\n")) == (main(CLEAN), tuple(capsys.readouterr()))


# ------------------------------------------------------------------------------------------------- what is no file


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/random", "/dev/tty", "/dev/ptmx", "/proc/self/mem"])
@pytest.mark.parametrize("option", ["--certificate", "--private-key", "--passphrase-file", "--trust-store", ""])
def test_a_device_is_one_sentence(path: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever a file may be named; nobody waits for its end."""
    if not os.path.exists(path):
        pytest.skip("there is no such device")
    status = main([*([] if option == "--certificate" else CLEAN[:2]), *filter(None, [option]), path, "--at", AT])
    out, err = capsys.readouterr()

    shown = "--passphrase-file" if option == "--passphrase-file" else path  # a passphrase may stand there by mistake
    assert (2, "", 1, True) == (status, out, err.count("\n"), shown in err)


@posix
def test_a_pipe_without_a_writer_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """Instead of waiting for ever."""
    os.mkfifo("fifo")

    assert (2, "pemcheck: fifo: this is a pipe that nobody writes to\n") == (
        main(["--certificate", "fifo"]),
        capsys.readouterr().err,
    )


@posix
def test_a_pipe_without_an_end_is_read_up_to_the_cap() -> None:
    """``yes | pemcheck`` ends."""
    ran = shell("yes | $P --certificate - --without-key")

    assert (1, True) == (ran.returncode, b"input-too-large" in ran.stdout)


# ------------------------------------------------------------------------------------------------- what is forbidden

BECOME_NOBODY = """
sys.stdout, kept = open(os.devnull, "w"), sys.stdout
from pemcheck.cli import main as rehearsed  # nobody may not be able to read where Python is installed
rehearsed(sys.argv[1:])
sys.stdout = kept
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
"""


@posix
@root_only
def test_what_is_forbidden_is_one_sentence(folder: Path) -> None:
    """To somebody who is not root the key of root is not readable."""
    for each in (folder, *folder.parents):
        if not os.stat(each).st_mode & 0o001:
            each.chmod(os.stat(each).st_mode | 0o011)
    for name in (FILES[0], FILES[2]):
        (folder / name).chmod(0o644)
    unmeasured = {"COVERAGE_PROCESS_START": None, "COVERAGE_PROCESS_CONFIG": None}  # nobody could write what it counts
    ran = program(*CLEAN, before=BECOME_NOBODY, **unmeasured)

    assert (2, b"", b"pemcheck: private-key.pem: permission denied\n") == (ran.returncode, ran.stdout, ran.stderr)


# ------------------------------------------------------------------------------------------------- threads and forks

CHECK = """
import pemcheck
from pathlib import Path
data = [Path(name).read_bytes() for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
def check():
    report = pemcheck.check(*data, at="2026-06-01")
    return report.verdict.value, report.submission.key.matches
"""


def python(script: str) -> str:
    """Return what a new Python prints."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    ran = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", CHECK + script],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (0, "") == (ran.returncode, ran.stderr)
    return ran.stdout


def test_32_threads_may_check_at_once() -> None:
    """From the very first call on: each gets the report that it would get alone."""
    script = """
import sys, threading
sys.setswitchinterval(1e-5)
start, found = threading.Barrier(32), []
def run():
    start.wait()
    for _ in range(2):
        found.append(check())
threads = [threading.Thread(target=run) for _ in range(32)]
for each in threads: each.start()
for each in threads: each.join()
print(len(found), set(found))
"""
    assert "64 {('accepted', True)}\n" == python(script)


def check(parts: list[bytes | None]) -> pemcheck.Report:
    """Return the report on three inputs."""
    certificate, key, chain = parts
    return pemcheck.check(certificate, key, chain, at=AT)


def test_threads_with_different_submissions_do_not_meet() -> None:
    """No report holds anything of another's."""
    names = ["clean-rsa-2048", "clean-p256", "key-does-not-match", "chain-out-of-order"] * 2
    given = [[CASES[name].contents().get(file) for file in FILES] for name in names]
    alone = [check(parts).to_dict() for parts in given]
    found: list[Any] = [None] * len(given)

    def run(index: int) -> None:
        for _ in range(3):
            found[index] = check(given[index]).to_dict()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(given))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert alone == found


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="the system's own libraries forbid it")
def test_a_fork_after_use_can_check() -> None:
    """As servers that fork do."""
    script = """
import multiprocessing
check()
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(set(pool.starmap(check, [()] * 4)))
"""
    assert "{('accepted', True)}\n" == python(script)


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="the system's own libraries forbid it")
def test_a_fork_while_another_thread_loads_oscrypto_does_not_hang() -> None:
    """The child has no such thread, so that nobody would ever let go of what that one held."""
    script = """
import os, signal, threading, time, warnings
from pemcheck.crypto import oscrypto_loader
warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.12 on, for just this
held, load = threading.Event(), oscrypto_loader._load
def load_slowly():
    held.set()
    time.sleep(0.3)
    return load()
oscrypto_loader._load = load_slowly
def ask():
    try:
        oscrypto_loader.asymmetric()
    except oscrypto_loader.BackendUnavailable:
        pass
thread = threading.Thread(target=ask)
thread.start()
held.wait()
child = os.fork()
if not child:
    signal.alarm(20)
    os._exit(0 if check() == ("accepted", True) else 1)
_, status = os.waitpid(child, 0)
thread.join()
print(status)
"""
    assert "0\n" == python(script)


# ------------------------------------------------------------------------------------------- who may read the key

RULE = "key-file-readable-by-others"


def notes(*arguments: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the places and messages of the rule's findings, and that the submission is accepted all the same."""
    status = main([*arguments, "--at", AT, "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["reports"][0]["findings"]
    assert 0 == status or any(each["severity"] == "error" for each in findings)
    return [f"{each['file']}: {each['message'].partition(': ')[2]}" for each in findings if each["rule"] == RULE]


@posix
@pytest.mark.parametrize(
    ("mode", "who"),
    [
        (0o600, ""),
        (0o400, ""),
        (0o711, ""),
        (0o622, ""),
        (0o640, "its group may read it (mode 0640)"),
        (0o604, "everybody may read it (mode 0604)"),
        (0o644, "its group and everybody may read it (mode 0644)"),
        (0o2640, "its group may read it (mode 2640)"),
    ],
)
@pytest.mark.parametrize("how", ["role", "file", "folder", "linked"])
def test_a_key_that_others_may_read_draws_a_note(
    mode: int, who: str, how: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However it is named, the mode is that of the very file that was read."""
    (folder / FILES[1]).chmod(mode)
    name = FILES[1]
    if how == "linked":
        name = "link.pem"
        (folder / name).symlink_to(FILES[1])
    elif how == "folder":
        name = f"./{name}"
    given = {
        "role": CLEAN[:6],
        "file": [*FILES],
        "folder": ["."],
        "linked": [*CLEAN[:2], "--private-key", name, *CLEAN[4:6]],
    }[how]
    expected = [f"{name}: {who} (AWS documents no such rule)"] if who else []

    assert expected == notes(*given, capsys=capsys)


@posix
@pytest.mark.once
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_library_says_the_same_of_a_path(mode: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``to_dict`` is what ``--format json`` prints; contents alone have no permissions."""
    (folder / FILES[1]).chmod(mode)
    main([*CLEAN[:6], "--at", AT, "--format", "json"])
    printed = json.loads(capsys.readouterr().out)
    certificate, key, chain = map(Path, FILES)
    assert printed == pemcheck.check(certificate, key, chain, at=AT).to_dict()
    contents = pemcheck.check(certificate.read_bytes(), key.read_bytes(), chain.read_bytes(), at=AT)
    assert ["n/a"] == [each.outcome.value for each in contents.checks if each.rule == RULE]


@posix
def test_the_file_that_counts_is_the_one_that_was_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever puts another file in its place meanwhile changes nothing."""
    (folder / FILES[1]).chmod(0o644)
    (folder / "private").write_bytes(b"")
    opened = source._opened

    def replaced(path: str, flags: int) -> int:
        descriptor = opened(path, flags)
        if path == FILES[1]:
            (folder / "private").replace(folder / FILES[1])
        return descriptor

    monkeypatch.setattr(source, "_opened", replaced)

    assert 1 == len(notes(*CLEAN[:6], capsys=capsys))


@posix
def test_only_a_file_has_a_mode(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable, standard input, what the shell has opened, a pipe and the empty device have none."""
    monkeypatch.setenv("KEY", "value")
    reader, writer = os.pipe()
    os.close(writer)
    with (folder / FILES[1]).open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        sources = ["env:KEY", "-", f"/dev/fd/{reader}", f"/dev/fd/{stdin.fileno()}", os.devnull]
        found = [source.read_file(each).mode for each in sources if os.path.exists("/dev/fd") or "/fd/" not in each]
    os.close(reader)

    assert {None} == set(found)
    assert 0o600 == source.read_file(FILES[1]).mode


@posix
def test_a_certificate_may_be_read_by_everybody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is public; where the key stands beside it in one file, it is not."""
    (folder / FILES[0]).chmod(0o644)
    assert [] == notes(*CLEAN[:6], capsys=capsys)

    (folder / "all.pem").write_bytes(b"".join((folder / name).read_bytes() for name in FILES))
    (folder / "all.pem").chmod(0o644)
    who = "its group and everybody may read it (mode 0644) (AWS documents no such rule)"
    assert [f"all.pem: {who}"] == notes("all.pem", capsys=capsys)


@posix
def test_a_key_in_an_archive_has_no_mode_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an archive says about modes is not what the disk does."""
    with zipfile.ZipFile("all.zip", "w") as archive:
        for name in FILES:
            archive.write(name)
    (folder / "all.zip").chmod(0o644)

    assert [] == notes("all.zip", capsys=capsys)


@posix
def test_explain_and_fix_look_at_modes_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The note is true of the files; of what fix writes it is not."""
    (folder / FILES[1]).chmod(0o644)
    assert 0 == main(["explain", RULE, *CLEAN])
    assert "chmod 600 private-key.pem" in capsys.readouterr().out
    assert 0 == main(["fix", *CLEAN, "--out-dir", "new"])
    assert RULE not in capsys.readouterr().out
    assert 0o600 == (folder / "new" / FILES[1]).stat().st_mode & 0o777


@posix
def test_without_the_key_nobody_asks_for_its_mode(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--without-key`` is about a key that is elsewhere."""
    (folder / FILES[1]).chmod(0o644)

    assert [] == notes(FILES[0], FILES[2], FILES[1], "--without-key", capsys=capsys)
