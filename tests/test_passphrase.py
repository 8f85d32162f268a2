"""Where a passphrase comes from on the command line, and where it never goes."""

from __future__ import annotations

import getpass
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures import der
from fixtures.build import leaf, pem
from fixtures.ran import Ran, Run
from pemcheck import crypto
from pemcheck.budget import MAX_WORK

CONTAINERS = Path(__file__).resolve().parent.parent / "fixtures" / "containers"
# RC2 and RC4 alone: opened with a libcrypto and without
KEY = str(CONTAINERS / "pkcs8-pbe-sha1-rc2-40.pem")
STORE = str(CONTAINERS / "openssl-rc4.p12")
PHRASE = "correct horse"
PBE = "1.2.840.113549.1.12.1.3"
RC2_40 = "1.2.840.113549.1.12.1.6"
AVAILABLE = crypto.backend()["unavailable"] is None


@pytest.fixture
def phrase(tmp_path: Path) -> str:
    """Return a file that holds the passphrase and more lines."""
    path = tmp_path / "phrase"
    path.write_bytes(f"{PHRASE}\nsecond line\n".encode())
    return str(path)


class Terminal(io.StringIO):
    """Standard input that somebody sits at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | type[BaseException]], list[str]]:
    """Return a function that sits at the terminal, types something, and returns what it was asked."""

    def sit(answer: str | type[BaseException]) -> list[str]:
        asked: list[str] = []

        def ask(prompt: str) -> str:
            asked.append(prompt)
            if isinstance(answer, str):
                return answer
            raise answer

        monkeypatch.setattr(sys, "stdin", Terminal())
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        monkeypatch.setattr(getpass, "getpass", ask)
        return asked

    return sit


def costly_key() -> str:
    """Return a key whose derivation takes one round more than is spent unasked."""
    cipher = der.sequence(der.oid("1.2.840.113549.3.2"), der.sequence(der.integer(58), der.octets(bytes(8))))
    kdf = der.sequence(der.octets(b"salt"), der.integer(MAX_WORK + 1))
    schemes = der.sequence(der.sequence(der.oid("1.2.840.113549.1.5.12"), kdf), cipher)
    key = der.sequence(der.sequence(der.oid("1.2.840.113549.1.5.13"), schemes), der.octets(bytes(64)))
    return der.pem("ENCRYPTED PRIVATE KEY", key)


def is_open(ran: Ran) -> bool:
    """Whether inspect has shown a public key."""
    return "public key:" in ran.out


# ------------------------------------------------------------------------------------------------------- options


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\nmore\n"], ids=repr)
def test_the_first_line_of_a_file_is_the_passphrase(end: bytes, tmp_path: Path, run: Run) -> None:
    """Without its line end, as openssl's ``-passin file:`` has it."""
    (tmp_path / "phrase").write_bytes(PHRASE.encode() + end)

    assert is_open(run("inspect", KEY, "--passphrase-file", str(tmp_path / "phrase")))


@pytest.mark.parametrize(
    ("coding", "kind"), [("utf-8-sig", "(UTF-8)"), ("utf-16", "(UTF-16)"), ("utf-8", "")], ids=str
)
def test_a_byte_order_mark_before_the_passphrase_is_told(coding: str, kind: str, tmp_path: Path, run: Run) -> None:
    """Windows writes it, and openssl does not take it off either."""
    (tmp_path / "phrase").write_bytes(PHRASE.encode(coding))
    ran = run("inspect", KEY, "--passphrase-file", str(tmp_path / "phrase"))

    assert (not kind, kind) == (is_open(ran), kind if f"byte order mark {kind}" in ran.err else "")
    assert PHRASE not in ran.out + ran.err


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (PHRASE, "the passphrase that was given opens it, but the target takes none"),
        ("wrong", "and the passphrase that was given does not open it"),
    ],
)
def test_what_the_passphrase_is_good_for_is_told(given: str, says: str, tmp_path: Path, run: Run) -> None:
    """And one that was wrong is not recommended again."""
    (tmp_path / "phrase").write_text(given)
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(leaf().pem)
    ran = run("--certificate", str(certificate), "--private-key", KEY, "--passphrase-file", str(tmp_path / "phrase"))

    assert says in ran.words
    assert (given == PHRASE) == ("phrase --out-dir" in ran.words)
    assert (given != PHRASE) == ("--passphrase-file FILE --out-dir" in ran.words)


@pytest.mark.parametrize("given_one", [False, True])
def test_a_command_for_an_expensive_key_allows_it(given_one: bool, phrase: str, tmp_path: Path, run: Run) -> None:
    """The file states its rounds, so that nobody has to find out."""
    for name, content in (("certificate.pem", leaf().pem), ("key.pem", _expensive())):
        (tmp_path / name).write_text(content)
    given = [str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")]
    ran = run(*given, *(["--passphrase-file", phrase] if given_one else []))

    assert f"--passphrase-file {phrase if given_one else 'FILE'} --allow-expensive --out-dir new`" in ran.words


def _expensive() -> str:
    parameters = der.sequence(der.octets(b"salt" * 2), der.integer(10_000_000))
    return pem("ENCRYPTED PRIVATE KEY", der.sequence(der.sequence(der.oid(RC2_40), parameters), der.octets(bytes(64))))


def test_a_variable_is_the_passphrase(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option has its name."""
    monkeypatch.setenv("PHRASE", PHRASE)

    assert is_open(run("inspect", KEY, "--passphrase-env", "PHRASE"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--certificate", STORE, "--at", "2026-06-01"],
        ["check", "--certificate", STORE, "--at", "2026-06-01"],
        ["explain", "input-not-decrypted", "--certificate", STORE, "--at", "2026-06-01"],
        ["inspect", STORE],
    ],
    ids=lambda arguments: str(arguments[0]),
)
def test_every_command_that_reads_files_opens_them(arguments: list[str], phrase: str, run: Run) -> None:
    """A wrong one is told, the right one is used."""
    wrong = f"{phrase}.wrong"
    Path(wrong).write_text("wrong")
    closed, opened = (run(*arguments, "--passphrase-file", each) for each in (wrong, phrase))

    assert "the passphrase that was given does not open it" in " ".join((closed.out + closed.err).split())
    assert "does not open it" not in " ".join((opened.out + opened.err).split())


def test_what_is_expensive_must_be_allowed(run: Run, tmp_path: Path, phrase: str) -> None:
    """The limit is told, and lifted by an option."""
    (tmp_path / "key.pem").write_text(costly_key())
    arguments = ["inspect", str(tmp_path / "key.pem"), "--passphrase-file", phrase]

    assert f"{MAX_WORK + 1:,} rounds of PBKDF2 with sha1" in run(*arguments).err
    assert "does not open it" in run(*arguments, "--allow-expensive").err


MISTAKES = {
    "both": (
        ["--passphrase-file", "x", "--passphrase-env", "HOME"],
        "--passphrase-file and --passphrase-env both name the passphrase; leave one out",
    ),
    "no file": (["--passphrase-file", "hunter2"], "--passphrase-file: no such file or directory"),
    "a folder": (["--passphrase-file", "/"], "--passphrase-file: is a directory"),
    "no variable": (["--passphrase-env", "hunter2"], "--passphrase-env: there is no environment variable of this name"),
    "a long one": (["--passphrase-env", "LONG"], "the passphrase has more than 1,024 bytes; was another file"),
}


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize(
    "command", [["check", "--certificate"], ["inspect"], ["explain", "cert-expired", "--certificate"]]
)
def test_a_mistake_is_one_sentence(name: str, command: list[str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which repeats no value: people write the passphrase itself there."""
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("LONG", "x" * 1025)
    arguments, sentence = MISTAKES[name]
    ran = run(*command, KEY, *arguments)

    assert (2, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert ran.err.startswith(f"pemcheck: {sentence}")
    assert "hunter2" not in ran.err


@pytest.mark.parametrize(
    "command", [["check", "--certificate"], ["inspect"], ["explain", "cert-expired", "--certificate"]]
)
def test_standard_input_is_read_once(command: list[str], run: Run) -> None:
    """Not as certificate and as passphrase."""
    assert "standard input (-) can be read once only" in run(*command, "-", "--passphrase-file", "-").err


# ------------------------------------------------------------------------------------------------------ a terminal


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", STORE],
        ["inspect", KEY],
        ["--certificate", STORE, "--at", "2026-06-01"],
        ["--certificate", STORE, "--at", "2026-06-01", "--format", "concise"],
        [STORE, "--at", "2026-06-01"],
        ["explain", "cert-expired", "--certificate", STORE, "--at", "2026-06-01"],
    ],
    ids=range(6),
)
def test_at_a_terminal_the_passphrase_is_asked_for(
    arguments: list[str], typed: Callable[[str], list[str]], run: Run
) -> None:
    """Once, by the name of the file."""
    asked = typed(PHRASE)
    ran = run(*arguments)

    assert [f"Passphrase of {next(each for each in arguments if '/' in each)}: "] == asked
    assert "stays closed" not in ran.out + ran.err
    assert PHRASE not in ran.out + ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", STORE, "--format", "json"],
        ["inspect", str(CONTAINERS / "openssl-open.p12")],
        ["inspect", str(CONTAINERS / "ssh-keygen-encrypted.pem")],
        ["inspect", STORE, "--passphrase-env", "PHRASE"],
        ["--certificate", STORE, "--format", "json"],
    ],
    ids=range(5),
)
def test_nobody_is_asked_for_nothing(
    arguments: list[str], typed: Callable[[str], list[str]], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for a program's format, not where no passphrase helps, not where one was given."""
    monkeypatch.setenv("PHRASE", "wrong")
    asked = typed(PHRASE)
    run(*arguments)

    assert [] == asked


def answers(monkeypatch: pytest.MonkeyPatch, *typed: str) -> list[str]:
    """Sit at a terminal and type these, one after the other; return what was asked."""
    asked: list[str] = []
    left = iter(typed)

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(left)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(getpass, "getpass", ask)
    return asked


@pytest.mark.parametrize(
    ("typed", "complaints", "opened"),
    [
        (["wrong", PHRASE], 1, True),
        (["wrong", "wrong", PHRASE], 2, True),
        (["wrong", "wrong", "wrong"], 2, False),
        (["wrong", ""], 1, False),
    ],
    ids=["the second", "the third", "none", "given up"],
)
def test_a_wrong_passphrase_is_asked_for_again(
    typed: list[str], complaints: int, opened: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice at most, and it is said that it was wrong."""
    asked = answers(monkeypatch, *typed)
    ran = run("inspect", STORE)

    assert (len(typed), complaints) == (len(asked), ran.err.count(f"{STORE}: this passphrase does not open it\n"))
    assert opened is ("public key:" in ran.out)
    assert "wrong" not in ran.out + ran.err.replace("input-not-decrypted", "")


def test_what_is_open_stays_open_while_the_rest_is_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file may have a passphrase of its own."""
    asked = answers(monkeypatch, PHRASE)
    ran = run(STORE, KEY, "--at", "2026-06-01", "--format", "concise")

    assert [f"Passphrase of {STORE}: "] == asked
    assert "stays closed" not in ran.out


def test_an_empty_passphrase_is_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """PKCS#12 can have it; where it opens nothing, that it is empty is said."""
    monkeypatch.setenv("EMPTY", "")
    by_file, by_variable = (
        run("inspect", STORE, *option)
        for option in (["--passphrase-file", os.devnull], ["--passphrase-env", "EMPTY"])
    )

    assert by_file == by_variable
    assert (2, True) == (by_file.status, "the passphrase that was given is empty, and does not open it" in by_file.err)


@pytest.mark.skipif(not AVAILABLE, reason="AES needs a libcrypto")
def test_an_empty_passphrase_opens_what_has_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As none does."""
    monkeypatch.setenv("EMPTY", "")
    store = str(CONTAINERS / "openssl-empty-passphrase.p12")

    assert run("inspect", store) == (found := run("inspect", store, "--passphrase-env", "EMPTY"))
    assert (0, True) == (found.status, "public key:" in found.out)


@pytest.mark.parametrize("answer", ["", EOFError])
def test_who_types_nothing_gives_none(
    answer: str | type[BaseException], typed: Callable[[str | type[BaseException]], list[str]], run: Run
) -> None:
    """It stays closed, as though nobody had been asked."""
    asked = typed(answer)
    ran = run("inspect", STORE)

    assert (1, True) == (len(asked), "it needs a passphrase, and none was given" in ran.err)


def test_an_interrupt_at_the_prompt_is_130(typed: Callable[[type[BaseException]], list[str]], run: Run) -> None:
    """As everywhere."""
    typed(KeyboardInterrupt)

    assert 130 == run("inspect", STORE).status


@pytest.mark.parametrize("stdin", [None, io.StringIO()], ids=["closed", "a file"])
def test_without_a_terminal_nobody_is_asked(
    stdin: io.StringIO | None, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In CI a prompt would wait for ever."""
    monkeypatch.setattr(sys, "stdin", stdin)

    assert "none was given" in run("inspect", STORE).err


# -------------------------------------------------------------------------------------------------------- results


def test_a_key_that_was_opened_is_judged(phrase: str, run: Run, tmp_path: Path) -> None:
    """It matches the certificate, and is refused because it is encrypted."""
    (tmp_path / "certificate.pem").write_text(leaf().pem)
    arguments = ["--certificate", str(tmp_path / "certificate.pem"), "--private-key", KEY, "--format", "json"]
    closed, opened = (
        json.loads(run(*arguments, *more).out)["private_key"] for more in ([], ["--passphrase-file", phrase])
    )

    assert [(None, None), (True, "RSA_2048")] == [
        (each["matches"], each["public_key"] and each["public_key"]["algorithm"]) for each in (closed, opened)
    ]
    assert [True, True] == [closed["encrypted"], opened["encrypted"]]


FIXES = {
    "missing": (STORE, None, "name the passphrase with --passphrase-file FILE"),
    "wrong": (STORE, "wrong", "find the right passphrase"),
    "unsupported": (str(CONTAINERS / "pkcs8-camellia.pem"), PHRASE, "open it elsewhere"),
    "expensive": ("expensive.pem", PHRASE, "pass --allow-expensive"),
    "damaged": ("damaged.pem", PHRASE, "tells whether it is read there"),
    "OpenSSH": (str(CONTAINERS / "ssh-keygen-encrypted.pem"), PHRASE, "ssh-keygen -p -m PEM -N '' -f new-key.pem"),
}


@pytest.mark.parametrize("name", FIXES)
def test_every_reason_has_its_remedy(name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command or an option, in the finding itself."""
    source, given, remedy = FIXES[name]
    monkeypatch.chdir(tmp_path)
    Path("expensive.pem").write_text(costly_key())
    Path("damaged.pem").write_text(
        der.pem("ENCRYPTED PRIVATE KEY", der.sequence(der.sequence(der.oid(PBE)), der.octets(b"")))
    )
    monkeypatch.setenv("PHRASE", given or "")
    ran = run("--private-key", source, *(["--passphrase-env", "PHRASE"] if given else []), "--at", "2026-06-01")

    assert (name != "OpenSSH") == ("warning: input-not-decrypted" in ran.out)  # key-encrypted says it there
    assert remedy in " ".join(ran.out.split())
