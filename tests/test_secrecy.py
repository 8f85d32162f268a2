"""Nothing that is secret comes out, whatever goes in and in whatever format."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures.build import PASSPHRASE, Case, leaf
from fixtures.generate import CASES
from fixtures.sign import KEYS, load_key
from pemcheck import checking, gathering
from pemcheck.cli import main
from pemcheck.encryption import Passphrase
from pemcheck.facts import PrivateKey
from pemcheck.render import FORMATS, render
from pemcheck.source import SourceError, read
from pemcheck.value import Value

pytestmark = pytest.mark.thorough

AT = "2026-06-01"
NAMES = sorted(path.stem for path in KEYS.glob("*.pem"))
ROLES = ("certificate", "private-key", "certificate-chain")
PRIVATE_BLOCK = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----\n(.*?)-----END \1-----", re.DOTALL)
LONG = 12
"""Numbers of fewer hexadecimal digits are no secret: version 0, the exponent 65537."""


def damage(text: str) -> dict[str, str]:
    """Return what can become of a key's file on its way."""
    lines = text.splitlines(keepends=True)
    middle = len(lines) // 2
    flipped = "".join(chr(ord(each) ^ 1) if each.isalnum() else each for each in lines[middle][:1]) + lines[middle][1:]
    return {
        "whole": text,
        "cut off": text[: len(text) // 2],
        "cut off in a line": text[: len(text) // 2 + 7],
        "without its end": "".join(lines[:-1]),
        "without its beginning": "".join(lines[1:]),
        "without markers": "".join(lines[1:-1]),
        "one bit flipped": "".join([*lines[:middle], flipped, *lines[middle + 1 :]]),
        "one character lost": "".join([*lines[:middle], lines[middle][1:], *lines[middle + 1 :]]),
        "a foreign character": "".join([*lines[:middle], "!" + lines[middle][1:], *lines[middle + 1 :]]),
        "labelled certificate": text.replace("PRIVATE KEY", "CERTIFICATE"),
        "another label": text.replace("PRIVATE KEY", "SECRET THING"),
        "labels that differ": text.replace("END ", "END NEW "),
        "indented": text.replace("\n", "\n    "),
        "on one line": text.replace("\n", " "),
        "escaped": json.dumps(text),
        "in lone CR": text.replace("\n", "\r"),
        "in headers": text.replace("-----\n", "-----\nKey: " + lines[middle], 1),
        "in UTF-16": text.encode("utf-16").decode("latin-1"),
        "encoded twice": base64.encodebytes(text.encode()).decode(),
    }


DAMAGES = tuple(damage("-----BEGIN PRIVATE KEY-----\nMIIE\nMIIE\n-----END PRIVATE KEY-----\n"))


def bodies(text: str) -> Iterator[list[str]]:
    """Yield the lines of base64 of every private key in *text*."""
    for match in PRIVATE_BLOCK.finditer(text):
        yield [line for line in match.group(2).splitlines() if line and ":" not in line]


def number_spellings(number: int) -> Iterator[str]:
    """Yield a private number as people and programs write it; nothing for one that is too short to be secret."""
    digits = f"{number:x}"
    if len(digits) >= LONG:
        yield digits
        yield str(number)
        yield from byte_spellings(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def byte_spellings(data: bytes) -> Iterator[str]:
    """Yield private bytes in hexadecimal, in base64 at every alignment, and as Python shows them."""
    if data:
        yield from (data.hex(), data.hex(":"), repr(data)[2:-1])
    for offset in range(3):
        whole = base64.b64encode(data[offset : offset + (len(data) - offset) // 3 * 3]).decode()
        if len(whole) >= LONG:
            yield whole


@cache
def secrets_in(text: str) -> frozenset[str]:
    """Return everything in these files that must not come out, in small letters."""
    found: set[str] = set()
    for lines in bodies(text):
        found.update(line for line in lines if len(line) >= LONG)
        found.add("".join(lines))
    for each in pemcheck.inspect(text):
        if isinstance(each, PrivateKey):
            for number in each.secret:
                found.update(number_spellings(number))
            if each.seed:
                found.update(byte_spellings(each.seed))
            if not (each.secret or each.seed):  # of an algorithm that is not read: the private half stands last
                found.update(byte_spellings(each.der[-24:]))
    return frozenset(each.lower() for each in found)


def leaks(output: str, secrets: Iterable[str]) -> list[str]:
    """Return which secrets stand in *output*, however it is broken into lines."""
    plain = output.lower()
    packed = "".join(plain.split())
    return [each for each in secrets if each in plain or each in packed]


def passphrases(output: str) -> list[str]:
    """Return the places where the passphrase stands as a word of its own."""
    return re.findall(rf"(?<![\w-]){PASSPHRASE}(?![\w-])", output.replace("Test ", ""))


def reachable(root: Any, seen: set[int]) -> Iterator[Any]:
    """Yield every object that can be reached from *root* without calling anything."""
    if id(root) in seen or isinstance(root, (str, bytes, int, type, type(None))):
        return
    seen.add(id(root))
    yield root
    if isinstance(root, dict):
        yield from (found for each in root.values() for found in reachable(each, seen))
    elif isinstance(root, (tuple, list, frozenset)):
        yield from (found for each in root for found in reachable(each, seen))
    elif isinstance(root, Value):
        yield from (found for each in root._fields for found in reachable(getattr(root, each), seen))


def shown(*roots: Any) -> str:
    """Return the repr and str of every frozen value that can be reached."""
    seen: set[int] = set()
    found = [each for root in roots for each in reachable(root, seen) if isinstance(each, Value)]
    return "\n".join(f"{each!r} {each}" for each in found)


def everything(parts: dict[str, bytes], target: str = "acm", phrase: bytes | None = None) -> str:
    """Return all that the library says about these inputs, in every format; *phrase* opens what is encrypted."""
    data = [parts.get(role) for role in ROLES]
    submission = gathering.gather(data, [f"{role}.pem" for role in ROLES], passphrase=Passphrase(phrase))
    reports = checking.judge_all(submission, (checking.wanted(target, AT),))
    facts = [pemcheck.inspect(each, passphrase=phrase) for each in data if each is not None]
    said = [render(reports, form) for form in FORMATS]
    said += [json.dumps([each.to_dict() for each in found]) for found in facts]
    return "\n".join([*said, shown(reports, facts)])


def log_everything(caplog: pytest.LogCaptureFixture) -> None:
    """Let every logger speak."""
    caplog.set_level(logging.NOTSET)


# ------------------------------------------------------------------------------------------- the test itself


@pytest.mark.parametrize("name", [name for name in NAMES if "encrypted" not in name])
def test_every_key_has_secrets_to_look_for(name: str) -> None:
    """The tests below are not empty."""
    assert len(secrets_in(load_key(name).pem)) > 3


@pytest.mark.parametrize("name", NAMES)
def test_a_leak_would_be_seen(name: str) -> None:
    """A block that is printed is found, broken into other lines too."""
    text = load_key(name).pem
    body = "".join(line for lines in bodies(text) for line in lines)

    assert [] != leaks("\n    ".join(body[start : start + 40] for start in range(0, len(body), 40)), secrets_in(text))


def test_a_number_that_is_printed_would_be_seen() -> None:
    """In decimal as well as in hexadecimal."""
    text = load_key("rsa-2048-f").pem
    number = load_key("rsa-2048-f").numbers[3]

    assert [[True], [True]] == [[bool(leaks(form, secrets_in(text)))] for form in (str(number), hex(number))]


def test_the_passphrase_would_be_seen() -> None:
    """As a word of its own."""
    assert [PASSPHRASE] == passphrases(f"cannot decrypt with '{PASSPHRASE}'")


# ------------------------------------------------------------------------------------------- keys and cases


@pytest.mark.parametrize("name", CASES)
def test_no_report_holds_key_material(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """In every format, of ``check`` and ``inspect``, in every repr and in the log."""
    log_everything(caplog)
    case: Case = CASES[name]
    parts = {file.removesuffix(".pem"): data for file, data in case.contents().items()}
    text = "\n".join(data.decode("latin-1") for data in parts.values())
    output = everything(parts, case.target) + caplog.text

    assert [] == leaks(output, secrets_in(text) | secrets_in(load_key("rsa-2048-f").pem))
    assert [] == passphrases(output)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", ROLES)
def test_no_key_comes_out_wherever_it_goes_in(name: str, role: str, caplog: pytest.LogCaptureFixture) -> None:
    """As private key, as certificate, as chain."""
    log_everything(caplog)
    text = load_key(name).pem
    parts = {"certificate": leaf().pem.encode(), role: text.encode()}
    output = everything(parts) + caplog.text

    assert [] == leaks(output, secrets_in(text))
    assert [] == passphrases(output)


@pytest.mark.parametrize(
    "name", ["rsa-2048-f", "p256-a", "ed25519-a", "dsa-2048", "rsa-encrypted-legacy", "openssh-rsa"]
)
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("role", ROLES)
def test_no_damaged_key_comes_out(name: str, how: str, role: str, caplog: pytest.LogCaptureFixture) -> None:
    """Where it cannot be read, what it says is not quoted either."""
    log_everything(caplog)
    text = load_key(name).pem
    damaged = damage(text)[how].encode("latin-1")
    parts = {"certificate": leaf().pem.encode(), role: damaged}

    assert [] == leaks(everything(parts) + caplog.text, secrets_in(text))


@pytest.mark.parametrize("name", [name for name in NAMES if "encrypted" not in name])
def test_a_key_in_der_does_not_come_out(name: str) -> None:
    """Binary input is as secret."""
    key = load_key(name)

    assert [] == leaks(everything({"certificate": key.der, "private-key": key.der}), secrets_in(key.pem))


# ------------------------------------------------------------------------------------------- what was encrypted

CONTAINERS = KEYS.parent / "containers"
IN_CONTAINERS = ("rsa-2048-f", "p256-a", "ed25519-a", "p384-a", "p521-a")
PHRASES = {"right": b"correct horse", "wrong": b"battery staple", "not UTF-8": b"battery\xffstaple"}
CONTAINER_NAMES = sorted(path.name for path in CONTAINERS.iterdir() if path.suffix != ".md")


@cache
def secrets_in_containers() -> frozenset[str]:
    """Return what must not come out of any container."""
    return frozenset().union(*(secrets_in(load_key(name).pem) for name in IN_CONTAINERS))


def words_of(output: str) -> list[str]:
    """Return, once each, which words of a passphrase stand in *output*, as text or in hexadecimal."""
    # the last words only: our own messages have "correct" too
    words = [word for phrase in PHRASES.values() for word in (*phrase.split()[-1:], phrase)]
    spelt = {spelling for word in words for spelling in (word.decode("latin-1"), word.hex(), repr(word)[2:-1])}
    return sorted(each for each in spelt if each in output)


def test_a_passphrase_that_is_printed_would_be_seen() -> None:
    """The tests below are not empty."""
    assert ["horse"] == words_of("the horse")


@pytest.mark.parametrize("name", CONTAINER_NAMES)
@pytest.mark.parametrize("which", PHRASES)
def test_neither_key_nor_passphrase_comes_out_of_a_container(
    name: str, which: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Opened or not, in every role and format, in every repr and in the log."""
    log_everything(caplog)
    data = (CONTAINERS / name).read_bytes()
    output = everything({"certificate": data, "private-key": data, "certificate-chain": data}, phrase=PHRASES[which])

    assert ([], []) == (leaks(output + caplog.text, secrets_in_containers()), words_of(output + caplog.text))


@pytest.mark.parametrize("name", ["openssl-open.p12", "openssl-without-mac.p12", "openssl-rc4.p12", "pkcs8-aes256.der"])
def test_a_damaged_container_keeps_its_secrets(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """What does not decode is not quoted, whatever passphrase there was."""
    log_everything(caplog)
    data = (CONTAINERS / name).read_bytes()
    for position in range(5, len(data), len(data) // 60):
        changed = data[:position] + bytes((data[position] ^ 5,)) + data[position + 1 :]
        output = everything({"certificate": changed}, phrase=PHRASES["right"]) + caplog.text

        assert ([], []) == (leaks(output, secrets_in_containers()), words_of(output))


@pytest.mark.parametrize("name", ["openssl.p12", "openssl-rc4.p12", "pkcs8-aes256.pem", "traditional-rsa-des3.pem"])
@pytest.mark.parametrize("which", PHRASES)
def test_what_fails_inside_tells_no_secret(name: str, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception on the way, and everything it hangs on to, is not shown."""
    from pemcheck import asn1
    from pemcheck.asn1 import schemes

    def fail(*arguments: Any) -> None:
        raise ValueError(f"{arguments!r}")

    monkeypatch.setattr(schemes, "is_whole_sequence", fail)
    monkeypatch.setattr(asn1, "opened_key", fail)
    output = everything({"certificate": (CONTAINERS / name).read_bytes()}, phrase=PHRASES[which])

    assert ([], []) == (leaks(output, secrets_in_containers()), words_of(output))


# ------------------------------------------------------------------------------------------- the command line


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[list[str]], str]:
    """Return a function that runs a command and returns all that it says, on both streams and in the log."""
    log_everything(caplog)

    def run(arguments: list[str]) -> str:
        main(arguments)
        output = capsys.readouterr()
        return output.out + output.err + caplog.text

    return run


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("option", [f"--{role}" for role in ROLES])
def test_no_variable_comes_out(
    how: str, option: str, said: Callable[[list[str]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the environment is as secret as one in a file."""
    text = load_key("rsa-2048-f").pem
    monkeypatch.setenv("SECRET_KEY", damage(text)[how].replace("\0", ""))

    assert [] == leaks(said([option, "env:SECRET_KEY", "-v"]), secrets_in(text))


@pytest.mark.parametrize("name", ["rsa-2048-f", "p256-a", "ed25519-a", "rsa-encrypted-legacy"])
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("prefix", ["", "env:", "file://", "fileb://"])
def test_a_key_instead_of_its_path_is_not_repeated(
    name: str, how: str, prefix: str, said: Callable[[list[str]], str]
) -> None:
    """``--private-key "$(cat key.pem)"`` is a mistake that everybody makes once."""
    text = load_key(name).pem
    argument = prefix + damage(text)[how].replace("\0", "")

    assert [] == leaks(said(["--private-key", argument]) + said(["inspect", "--", argument]), secrets_in(text))


@pytest.mark.parametrize(
    "arguments",
    [["{}"], ["--key", "{}"], ["--key={}"], ["--format", "{}"], ["--quiet={}"], ["--target", "{}"], ["--at", "{}"]],
    ids=" ".join,
)
def test_a_key_as_another_argument_is_not_repeated(arguments: list[str], said: Callable[[list[str]], str]) -> None:
    """Messages about arguments do not quote what looks like a file."""
    text = load_key("rsa-2048-f").pem

    assert [] == leaks(said([each.format(text) for each in arguments]), secrets_in(text))


LINES = [
    line
    for name in ("rsa-2048-f", "p256-a")
    for line in load_key(name).pem.splitlines()
    if len(line) >= 32 and "-----" not in line
]


@pytest.mark.parametrize(
    "arguments",
    [
        *(["--private-key", source] for source in ("{}", "env:{}", "file://{}", "./{}")),
        *([option, "{}"] for option in ("--target", "--at", "--hostname", "--expires-within", "--format", "--{}")),
        *([command, "{}"] for command in ("check", "inspect", "targets", "rules")),
        *([first, "env:{}"] for first in ("--private-key=x", "inspect")),
        ["--at", "2026-{}"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_line_of_a_key_as_an_argument_is_not_repeated(
    arguments: list[str], line: str, said: Callable[[list[str]], str]
) -> None:
    """Nobody knows what the shell made of a variable."""
    text = said([each.format(line) for each in arguments])

    assert [] == [start for start in range(len(line) - 12) if line[start : start + 12] in text]


@pytest.mark.parametrize("arguments", [["--passphrase", "hunter2"], ["--passphrase=hunter2"], ["-phunter2"]])
def test_a_passphrase_on_the_command_line_is_not_repeated(
    arguments: list[str], said: Callable[[list[str]], str]
) -> None:
    """There is no such option; whoever tries it does not find the passphrase in the log."""
    assert "hunter2" not in said(arguments)


@pytest.mark.parametrize("name", ["openssl.p12", "openssl-rc4.p12", "pkcs8-aes256.pem", "pkcs8-camellia.pem"])
@pytest.mark.parametrize("which", ["right", "wrong"])
@pytest.mark.parametrize(
    "command", [["--certificate"], ["--private-key"], ["explain", "key-encrypted", "--certificate"]]
)
def test_no_passphrase_of_a_file_or_variable_comes_out(
    name: str,
    which: str,
    command: list[str],
    said: Callable[[list[str]], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On neither stream."""
    (tmp_path / "file").write_bytes(PHRASES[which])
    monkeypatch.setenv("VARIABLE", PHRASES[which].decode())
    source = str(CONTAINERS / name)
    for option in (["--passphrase-file", str(tmp_path / "file")], ["--passphrase-env", "VARIABLE"]):
        output = said([*command, source, *option, "-v"]) + said(["inspect", source, *option, "--format", "json"])
        assert ([], []) == (leaks(output, secrets_in_containers()), words_of(output))


@pytest.mark.parametrize("option", ["--passphrase-file", "--passphrase-env"])
def test_a_passphrase_instead_of_its_place_is_not_repeated(option: str, said: Callable[[list[str]], str]) -> None:
    """``--passphrase-env hunter2`` is easily written."""
    assert "hunter2" not in said(["--certificate", "x", option, "hunter2", "-v"])


@pytest.mark.parametrize("verbose", [[], ["-v"]])
def test_no_exception_comes_out_with_its_text(
    verbose: list[str], tmp_path: Path, said: Callable[[list[str]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug whose exception quotes the key is reported without the quotation."""
    text = load_key("rsa-2048-f").pem
    (tmp_path / "key.pem").write_text(text)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(text) from KeyError(text)

    monkeypatch.setattr(gathering, "gather", fail)

    assert [] == leaks(said(["--private-key", str(tmp_path / "key.pem"), *verbose]), secrets_in(text))


def test_no_exception_of_a_source_quotes_it() -> None:
    """Nor does its context."""
    text = load_key("rsa-2048-f").pem
    with pytest.raises(SourceError) as caught:
        read(text)

    assert [] == leaks(f"{caught.value!r} {caught.value.__cause__!r}", secrets_in(text))


def test_a_key_on_standard_input_does_not_come_out(
    said: Callable[[list[str]], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Even where it was meant to be a certificate."""
    text = load_key("rsa-2048-f").pem
    (tmp_path / "stdin").write_text(text)
    with (tmp_path / "stdin").open() as stream:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream.buffer))
        output = said(["--certificate", "-", "--format", "json"])

    assert [] == leaks(output, secrets_in(text))
