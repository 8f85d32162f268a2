"""Where bytes come from, and where in them something is."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from unicodedata import category

import pytest

from pemcheck import source
from pemcheck.source import NOT_LOOKED_AT, Location, Problem, SourceError, printable, shorten

AT = Location("cert.pem", 18, 20, 1, 0)
posix = pytest.mark.skipif(os.name != "posix", reason="needs named pipes and devices")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file that holds ``bytes``."""
    path = tmp_path / "cert.pem"
    path.write_bytes(b"bytes")
    return path


@pytest.fixture
def small_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every input of more than four bytes too large."""
    monkeypatch.setattr(source, "MAX_BYTES", 4)


def test_of_a_long_text_only_what_is_looked_at_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for what may be of a key has an end, and so has the sentence; both are the same."""
    lengths: list[int] = []

    class Search:
        @staticmethod
        def search(text: str) -> None:
            lengths.append(len(text))

    line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
    long = "a b " * (source._MAX_NAMED // 4) + line

    assert source.named(long + " ").startswith("(not repeated")  # it begins where no more is repeated, and is looked at
    assert f"{long[: source._MAX_NAMED]}…" == source.named(long[: -len(line)] + "a b " * 40 + line)
    assert "'a b" == source.quoted(long[: -len(line)] * 2)[:4]
    monkeypatch.setattr(source, "_BASE64_RUN", Search)
    source.quoted("aB" * 2_000_000)
    assert [source._MAX_NAMED + source._RUN] == lengths


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("\n", "\\u{000a}"),
        ("\x1b", "\\u{001b}"),
        ("\x7f", "\\u{007f}"),
        ("\x9b", "\\u{009b}"),
        ("\u00ad", "\\u{00ad}"),
        ("\u200b", "\\u{200b}"),
        ("\u2028", "\\u{2028}"),
        ("\u202e", "\\u{202e}"),
        ("\u2066", "\\u{2066}"),
        ("\ufeff", "\\u{feff}"),
        ("\udc80", "\\u{dc80}"),
        ("\U000e0041", "\\u{e0041}"),
    ],
)
def test_what_could_trick_a_terminal_is_escaped(character: str, expected: str) -> None:
    """No control, bidi, zero-width or surrogate character gets through."""
    assert f"a{expected}b" == printable(f"a{character}b")


@pytest.mark.parametrize("text", ["", "cert.pem", "Ångström Straße 東京 🔒", "a\u00a0b", "*.example.com"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    """Letters of any script are printable."""
    assert text == printable(text)


def test_no_format_character_is_printed() -> None:
    """Controls, format characters, separators of lines and surrogates, in the Unicode of this Python."""
    hidden = ("Cc", "Cf", "Cs", "Zl", "Zp")
    raw = [hex(code) for code in range(0x110000) if category(chr(code)) in hidden and printable(chr(code)) == chr(code)]

    assert [] == raw


@pytest.mark.parametrize(
    "character",
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u2800\u3164\ufe00\ufe0f\uffa0\ufff0\U000e0100",
)
def test_what_is_seen_by_nobody_is_not_printed(character: str) -> None:
    """Fillers, variation selectors and other marks without a width; a name with one looks like the name without."""
    assert f"a\\u{{{ord(character):04x}}}b" == printable(f"a{character}b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("12345", "12345"), ("123456", "1234…"), ("1\n345678", "1\\u{…"), ("1" * 10**6, "1111…")],
)
def test_long_text_is_cut(text: str, expected: str) -> None:
    """What is cut ends in an ellipsis and is printable."""
    assert expected == shorten(text, 5)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (Location("cert.pem"), "cert.pem"),
        (Location("cert.pem", 18), "cert.pem:18"),
        (AT, "cert.pem:18:1"),
        (Location("cert.pem", column=1), "cert.pem"),
        (Location("a\nb.pem", 1), "a\\u{000a}b.pem:1"),
    ],
)
def test_a_location_reads_as_editors_expect(at: Location, expected: str) -> None:
    """File, line and column, as far as they are known."""
    assert expected == str(at)


def test_a_location_leads_into_its_asn1_fields() -> None:
    """The place stays, the path is added."""
    assert AT.replace(path="tbsCertificate.subject") == AT.into("tbsCertificate.subject")
    assert AT.into("") is AT


def test_a_problem_needs_a_rule_and_a_place() -> None:
    """The rest is optional text."""
    assert Problem("pem-no-end", AT, detail="", sort="", field="") == Problem("pem-no-end", AT)


@pytest.mark.parametrize("prefix", ["", "file://", "fileb://"])
def test_a_path_is_read(file: Path, prefix: str) -> None:
    """A path may be written as for the AWS command line, and is shown plainly."""
    assert (str(file), b"bytes") == source.read(f"{prefix}{file}")


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_path_can_be_relative(file: Path, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths are shown as they were given."""
    monkeypatch.chdir(file.parent)

    assert ("cert.pem", b"bytes") == source.read(f"{prefix}cert.pem")


@pytest.mark.skipif(os.name == "nt", reason="a colon is not allowed in the name of a file")
def test_a_file_may_be_called_like_a_scheme(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only ``file://`` is a scheme; ``file:name`` is a path."""
    monkeypatch.chdir(file.parent)
    file.rename("file:name")

    assert ("file:name", b"bytes") == source.read("file:name")


def test_an_environment_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its value comes as bytes, its name is what is shown."""
    monkeypatch.setenv("CERTIFICATE", "Straße")

    assert ("env:CERTIFICATE", os.fsencode("Straße")) == source.read("env:CERTIFICATE")


@pytest.mark.parametrize("name", ["env:PEMCHECK_NOT_SET", "env:"])
def test_a_missing_environment_variable_is_said(name: str) -> None:
    """A misspelt name is not an empty input."""
    with pytest.raises(SourceError, match=rf"^{name}: there is no environment variable of this name$"):
        source.read(name)


def test_standard_input_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``-`` reads it to its end, and leaves it open."""
    with file.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

        assert ("<stdin>", b"bytes") == source.read("-")
        assert ("<stdin>", b"") == source.read("-")


@pytest.mark.parametrize("stdin", [None, io.StringIO("bytes")], ids=["none", "no file"])
def test_a_missing_standard_input_is_said(stdin: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may have none."""
    monkeypatch.setattr(sys, "stdin", stdin)

    with pytest.raises(SourceError, match=r"^-: standard input is closed$"):
        source.read("-")


def test_a_closed_standard_input_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may have closed it."""
    with file.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

    with pytest.raises(SourceError, match=r"^-: standard input is closed$"):
        source.read("-")


@pytest.mark.usefixtures("small_cap")
def test_no_more_is_read_than_needed_to_see_that_it_is_too_much(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte beyond the cap is enough to know; the rest is never in memory."""
    file.write_bytes(b"123456789")
    monkeypatch.setenv("CERTIFICATE", "123456789")

    assert [b"12345", b"12345"] == [source.read(name)[1] for name in (str(file), "env:CERTIFICATE")]


@posix
def test_a_pipe_that_nobody_writes_to_is_said(tmp_path: Path) -> None:
    """Waiting for it would never end."""
    os.mkfifo(tmp_path / "fifo")

    with pytest.raises(SourceError, match=r"fifo: this is a pipe that nobody writes to$"):
        source.read(str(tmp_path / "fifo"))


@posix
@pytest.mark.parametrize("pauses", [(0.0, 0.0), (0.1, 0.0), (0.0, 0.7), (0.1, 0.7)], ids=str)
def test_a_named_pipe_is_read_to_its_end(pauses: tuple[float, float], tmp_path: Path) -> None:
    """Whoever writes may open it a moment later, and then take its time."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def write() -> None:
        time.sleep(pauses[0])
        with fifo.open("wb", buffering=0) as stream:
            for piece in (b"12", b"3"):
                time.sleep(pauses[1])
                stream.write(piece)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert b"123" == source.read(str(fifo))[1]
    finally:
        writer.join()


@posix
def test_what_comes_at_the_last_moment_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read to see whether somebody writes belongs to the content."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    keep = os.open(fifo, os.O_RDWR)

    def too_short(stream: io.FileIO, seconds: float | None) -> bool:
        os.write(keep, b"12")
        os.close(keep)
        return False

    monkeypatch.setattr(source, "_wait", too_short)

    assert b"12" == source.read(str(fifo))[1]


@posix
@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/0", "<(printf bytes)", "<(sleep 0.7; printf bytes)", "-"])
def test_what_the_shell_hands_over_is_read(path: str) -> None:
    """Standard input by its names, and process substitution."""
    if shutil.which("bash") is None or not os.path.exists("/dev/fd"):
        pytest.skip("needs bash and /dev/fd")
    code = "import sys; from pemcheck import source; print(source.read(sys.argv[1])[1])"
    line = f"printf bytes | {shlex.quote(sys.executable)} -c {shlex.quote(code)} {path}"
    run = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=30, check=False)

    assert ("b'bytes'\n", "") == (run.stdout, run.stderr)


@posix
def test_a_pipe_that_is_handed_over_may_be_empty() -> None:
    """Its writer was there, and has gone."""
    reader, writer = os.pipe()
    os.close(writer)
    try:
        assert b"" == source.read(f"/dev/fd/{reader}")[1]
    finally:
        os.close(reader)


@posix
def test_standard_input_need_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is set to, a pause is not its end."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)

    def write() -> None:
        time.sleep(0.1)
        os.write(writer, b"bytes")
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reader) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        found = source.read("-")
        thread.join()

    assert ("<stdin>", b"bytes") == found


@posix
def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be read there."""
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
        with pytest.raises(SourceError, match=r"^socket: this is a socket, not a file$"):
            source.read("socket")


@posix
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty"])
def test_a_device_is_no_file(path: str) -> None:
    """It may never end, never begin, or act when it is opened."""
    if not os.path.exists(path):
        pytest.skip("there is no such device")
    with pytest.raises(SourceError, match=rf"^{path}: this is a device, not a file$"):
        source.read(path)


def test_the_empty_device_is_empty() -> None:
    """People give it where there is nothing."""
    assert b"" == source.read(os.devnull)[1]


def test_a_larger_cap_can_be_given(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are longer than certificates; one byte beyond is enough to know."""
    monkeypatch.setattr(source, "MAX_BYTES", 1)
    assert [b"byt", b"bytes"] == [source.read(str(file), most)[1] for most in (2, 10)]


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe that is a file descriptor")
def test_a_pipe_that_delivers_in_pieces_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short read is not the end."""
    pieces = iter([b"12", b"3", b""])

    class Pipe(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return next(pieces)

    monkeypatch.setattr(source, "open", lambda *_, **__: Pipe(), raising=False)

    monkeypatch.setattr(source, "_begun", lambda stream, size: b"")
    monkeypatch.setattr(source, "_mode", lambda stream: None)
    assert ("pipe", b"123") == source.read("pipe")


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """The sentence names the file as it was given."""
    with pytest.raises(SourceError, match=r"none\.pem: no such file or directory$"):
        source.read(str(tmp_path / "none.pem"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has another sentence")
def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """A folder is refused in one sentence."""
    with pytest.raises(SourceError, match=r": is a directory$"):
        source.read(str(tmp_path))


@pytest.mark.parametrize("name", ["cert\x00.pem", "\ud800"])
def test_what_cannot_be_a_path_is_said(name: str) -> None:
    """Whatever it is, it is shown escaped, and there is no traceback."""
    with pytest.raises(SourceError, match=r"\\u\{[0-9a-f]{4}\}.*: "):
        source.read(name)


def test_the_exception_hides_its_cause(tmp_path: Path) -> None:
    """The user gets one sentence, not two exceptions."""
    with pytest.raises(SourceError) as caught:
        source.read(str(tmp_path))

    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("problem", "lost"),
    [
        (("pem-marker-malformed",), True),
        (("pem-marker-malformed", "", "", "", "read"), False),
        (("pem-bad-base64",), True),
        (("key-unreadable",), True),
        (("der-malformed", "", "unreadable"), True),
        (("der-malformed", "", "readable"), False),
        (("asn1-unreadable", "", "", "certificate"), True),
        (("asn1-unreadable", "", "", "serial"), False),
        (("input-too-large", "", NOT_LOOKED_AT), True),
        (("pem-crlf",), False),
    ],
)
def test_a_problem_says_whether_something_was_not_read_because_of_it(problem: tuple[str, ...], lost: bool) -> None:
    """It is what every reader asks that must not take a part for the whole."""
    rule, *rest = problem
    named = dict(zip(("detail", "sort", "field", "way"), rest))
    assert lost is Problem(rule, Location("a.pem")).replace(**named).is_loss
