"""Files into a folder, all or none, whatever happens meanwhile; and the key is nobody else's at any moment."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

from pemcheck import writing
from pemcheck.writing import ENDING, PUBLIC, SECRET, WritingError, write

ROOT = Path(writing.__file__).parent.parent
FILES = {"certificate.pem": (b"c" * 3000, PUBLIC), "private-key.pem": (b"k" * 3000, SECRET)}
OLD = {"certificate.pem": b"old", "private-key.pem": b"old key"}
STEPS = ("open", "write", "fsync", "fchmod", "close", "link", "replace", "unlink", "mkdir", "umask")

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files and processes")


def content(folder: Path) -> dict[str, bytes]:
    """Return every file in a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def new() -> dict[str, bytes]:
    """Return what the folder holds when all is written."""
    return {name: data for name, (data, _) in FILES.items()}


def reason(directory: object, *arguments: Any) -> str:
    """Return the sentence with which writing is refused."""
    with pytest.raises(WritingError) as caught:
        write(str(directory), FILES, *arguments)
    return str(caught.value)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return the path of a folder that is not there yet."""
    return tmp_path / "out"


@pytest.fixture
def old(out: Path) -> Path:
    """Return a folder with old files."""
    out.mkdir()
    for name, data in OLD.items():
        (out / name).write_bytes(data)
    return out


# ------------------------------------------------------------------------------------------------ what it writes


def test_the_files_are_written_into_a_new_folder(out: Path) -> None:
    """Folders that are missing are made, and nothing else is left behind."""
    write(str(out / "deep" / "er"), FILES)

    assert new() == content(out / "deep" / "er")


@posix
@pytest.mark.parametrize(
    ("mask", "public", "folder"), [(0o022, 0o644, 0o755), (0o077, 0o600, 0o700), (0, 0o644, 0o777)]
)
def test_the_modes_are_those_promised(mask: int, public: int, folder: int, out: Path) -> None:
    """The key is its owner's only; everything else goes by the umask, which stays what it was."""
    before = os.umask(mask)
    try:
        write(str(out), FILES)
    finally:
        after = os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (out, out / "certificate.pem", out / "private-key.pem")]

    assert ([folder, public, 0o600], mask) == (modes, after)


def test_force_overwrites(old: Path) -> None:
    """What was there is gone, and no copy of it stays."""
    write(str(old), FILES, True)

    assert new() == content(old)


def test_other_files_stay(old: Path) -> None:
    """A folder that holds something else is no reason to stop."""
    (old / "notes.txt").write_bytes(b"mine")
    write(str(old), FILES, True)

    assert {**new(), "notes.txt": b"mine"} == content(old)


def test_it_works_without_what_only_posix_has(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no fchmod, and some file systems have no links."""
    monkeypatch.delattr(os, "fchmod", raising=False)
    monkeypatch.delattr(os, "link")
    write(str(out), FILES)
    write(str(out), FILES, True)

    assert new() == content(out)


# ------------------------------------------------------------------------------------------------- what it refuses


def test_an_existing_file_is_not_overwritten(old: Path) -> None:
    """Without --force nothing is written at all, not even what would have had room."""
    (old / "certificate.pem").unlink()

    assert (f"{old}/private-key.pem: there is such a file already, and --force was not given; nothing was written") == (
        reason(old)
    )
    assert {"private-key.pem": b"old key"} == content(old)


def test_a_file_that_appears_in_the_meantime_is_not_overwritten(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the writing is time enough for somebody else."""
    link = os.link

    def race(source: str, target: str, **options: Any) -> None:
        if target.endswith("private-key.pem"):
            Path(target).write_bytes(b"theirs")
        link(source, target, **options)

    monkeypatch.setattr(os, "link", race)

    assert "file exists; nothing was written" in reason(out)
    assert {"private-key.pem": b"theirs"} == content(out)


@posix
@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_is_not_followed(exists: bool, out: Path, tmp_path: Path) -> None:
    """Where a file should be, it is one that is there already; with --force the link itself is replaced."""
    outside = tmp_path / "outside"
    if exists:
        outside.write_bytes(b"theirs")
    out.mkdir()
    (out / "private-key.pem").symlink_to(outside)

    assert "there is such a file already" in reason(out)
    write(str(out), FILES, True)
    assert (False, new()) == ((out / "private-key.pem").is_symlink(), content(out))
    assert exists == outside.exists()
    assert not exists or outside.read_bytes() == b"theirs"


@posix
@pytest.mark.parametrize("how", ["itself", "hard link", "symbolic link to it", "it links here"])
def test_an_input_is_never_overwritten(how: str, old: Path, tmp_path: Path) -> None:
    """By whatever name it was read, even with --force."""
    target, source = old / "private-key.pem", tmp_path / "input.pem"
    if how == "itself":
        source = target
    elif how == "hard link":
        os.link(target, source)
    elif how == "symbolic link to it":
        source.symlink_to(target)
    else:
        target.rename(source)
        target.symlink_to(source)
    before = content(old)

    assert f"{target}: this is one of the inputs, which are never overwritten; nothing was written" == (
        reason(old, True, ["absent", "nul\0", str(source)])
    )
    assert before == content(old)


def test_a_folder_in_the_place_of_a_file_stays(old: Path) -> None:
    """With --force too."""
    (old / "private-key.pem").unlink()
    (old / "private-key.pem").mkdir()

    assert f"{old}/private-key.pem: is a directory; nothing was written" == reason(old, True)
    assert b"old" == (old / "certificate.pem").read_bytes()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("file", "not a directory"),
        ("file/below", "not a directory"),
        ("n" * 300, "file name too long"),
        ("new/" + "n" * 300, "file name too long"),
        ("nul\0", "this is not a path"),
        pytest.param("dangling", "not a directory", marks=posix),
    ],
)
def test_what_is_no_folder_is_refused(name: str, says: str, tmp_path: Path) -> None:
    """In one sentence, and without leaving anything behind."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "dangling").symlink_to(tmp_path / "absent")

    assert f"{says}; nothing was written" in reason(tmp_path / name)
    assert {"file", "dangling"} == {path.name for path in tmp_path.iterdir()}


def test_what_looks_like_a_key_is_not_repeated() -> None:
    """Whoever passes the content of a file as folder does not find it in the log."""
    text = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"

    assert "MIIE" not in reason(text + "\0")


# ------------------------------------------------------------------------------------------------ what goes wrong


def failing_at(number: int, calls: list[str], error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the call of this number to a function of ``os`` that changes something raise *error*."""

    def failing(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def fail(*arguments: Any, **options: Any) -> Any:
            calls.append(name)
            if len(calls) == number:
                raise error
            return call(*arguments, **options)

        return fail

    for name in STEPS:
        monkeypatch.setattr(os, name, failing(name, getattr(os, name)))


@posix
@pytest.mark.parametrize("number", range(1, 40))
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_fails_leaves_everything_as_it_was(
    number: int, force: bool, error: BaseException, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever call it is: afterwards all is old, or all is new where the failure did not matter."""
    if force:
        out.mkdir()
        (out / "private-key.pem").write_bytes(b"old key")
    before = content(out)
    calls: list[str] = []
    said = ""
    with monkeypatch.context() as patch:
        failing_at(number, calls, error, patch)
        try:
            write(str(out), FILES, force)
            allowed = [new()]
        except WritingError as caught:
            said, allowed = str(caught), [before]
        except KeyboardInterrupt:  # all was in place already, or nothing is
            allowed = [before, new()]
    found = {name: data for name, data in content(out).items() if not name.endswith(ENDING)}

    assert found in allowed
    assert said == "" or "no space left on device; nothing was written" in said
    assert force or found or not out.exists() or calls[number - 1] in ("close", "unlink")


@posix
def test_an_old_file_that_cannot_be_put_back_is_named(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where even the taking back fails, nobody has to search."""
    replace, calls = os.replace, []

    def fail(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) > 1:
            raise OSError(errno.EIO, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(WritingError, match="its old content cannot be put back, and is in ") as caught:
        write(str(old), FILES, True)
    place = Path(str(caught.value).rpartition(" ")[2])

    assert b"old" in place.read_bytes()


KILLED = """
import json, os, shutil, stat, sys
from pemcheck.writing import ENDING, PUBLIC, SECRET, write

folder, force, links = sys.argv[1], sys.argv[2] == "force", sys.argv[3] == "links"
key, old = b"k" * 3000, b"old"
files = {"certificate.pem": (b"c" * 3000, PUBLIC), "private-key.pem": (key, SECRET)}
steps = ("open", "write", "fsync", "fchmod", "close", "link", "replace", "unlink", "mkdir")

def files_of():
    return {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}

def readable():
    found = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name)
        with open(path, "rb") as stream:
            if stream.read(1) == b"k" and stat.S_IMODE(os.stat(path).st_mode) & 0o077:
                found.append(name)
    return found

def run(number):
    calls = 0
    def killing(call):
        def kill(*arguments, **options):
            nonlocal calls
            calls += 1
            if calls == number:
                os._exit(9)
            if number == 0 and readable():
                os._exit(3)
            return call(*arguments, **options)
        return kill
    if not links:
        def refuse(*arguments, **options):
            raise PermissionError(1, "Operation not permitted")
        os.link = refuse
    for step in steps:
        setattr(os, step, killing(getattr(os, step)))
    os.umask(0)
    write(folder, files, force)
    os._exit(0)

wrong, number, status = [], 0, 9
while status == 9 or number == 1:
    shutil.rmtree(folder, ignore_errors=True)
    if force:
        os.mkdir(folder)
        for name in files:
            with open(os.path.join(folder, name), "wb") as stream:
                stream.write(old)
    child = os.fork()
    if not child:
        run(number)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, 9):
        wrong.append([number, "status", status])
    found = files_of() if os.path.isdir(folder) else {}
    for name, data in found.items():
        whole = [files[name][0]] if name in files else []
        whole += [old] if force else []
        whole += [] if links else [b""]
        if name in files and data not in whole:
            wrong.append([number, name, len(data)])
        if name not in files and not (name.startswith(".") and name.endswith(ENDING)):
            wrong.append([number, name, "unknown"])
    if force and links and not set(files) <= set(found):
        wrong.append([number, "lost", sorted(found)])
    wrong += [[number, name, "readable"] for name in readable()]
    number += 1
print(json.dumps([number, wrong]))
"""


def python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-c", script, *arguments]
    env = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=env)


@posix
@pytest.mark.parametrize("force", ["force", "new"])
@pytest.mark.parametrize("links", ["links", "without links"])
def test_a_kill_at_any_step_leaves_whole_files(force: str, links: str, out: Path) -> None:
    """Old ones or new ones; temporary ones are known by their names, and no key is readable by others, ever."""
    ran = python(KILLED, str(out), force, links)
    steps, wrong = json.loads(ran.stdout or f"[0, {json.dumps(ran.stderr)}]")

    assert ([], True) == (wrong, steps > 20)


FULL = """
import os, resource, sys
from pemcheck.writing import PUBLIC, SECRET, WritingError, write

resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    write(sys.argv[1], {"certificate.pem": (b"c" * 3000, PUBLIC), "private-key.pem": (b"k" * 9000, SECRET)}, True)
except WritingError as error:
    print(error, flush=True)
os._exit(0)  # what measures coverage could not write its file either
"""


@posix
def test_a_full_disk_leaves_the_old_files(old: Path) -> None:
    """What does not fit is not begun."""
    ran = python(FULL, str(old))

    assert (f"{old}/private-key.pem: file too large; nothing was written\n", "") == (ran.stdout, ran.stderr)
    assert OLD == content(old)


FORBIDDEN = """
import os, sys
from pemcheck.writing import PUBLIC, WritingError, write

if os.geteuid() == 0:
    os.setgroups([])
    os.setuid(65534)
for folder in sys.argv[1:]:
    try:
        write(folder, {"certificate.pem": (b"c", PUBLIC)})
    except WritingError as error:
        print(error, flush=True)
os._exit(0)  # what measures coverage could not write its file either
"""


@posix
def test_a_folder_that_may_not_be_written_to_is_refused(out: Path) -> None:
    """Whether the file or the folder is what cannot be made."""
    out.mkdir(mode=0o555)
    for each in (out.parent, out.parent.parent, out.parent.parent.parent):
        each.chmod(0o755)
    ran = python(FORBIDDEN, str(out), str(out / "below"))

    assert [True, True] == ["permission denied; nothing was written" in line for line in ran.stdout.splitlines()]
    assert {} == content(out)
