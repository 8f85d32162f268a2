"""The commands in the fixes of all cases: each runs as it is pasted, and mends what it says it mends."""

from __future__ import annotations

import base64
import json
import os
import quopri
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from fixtures.build import AT, INTERMEDIATE, INTERMEDIATE_2, PASSPHRASE, Case, leaf
from fixtures.generate import CASES, EXPECTED, HERE
from fixtures.judged import FILES, gather, read_expected, read_header, report_of, wanted
from fixtures.sign import load_key
from pemcheck import checking, crypto, gathering, pem
from pemcheck.cli import main
from pemcheck.findings import Report, Severity, Verdict

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(os.name != "posix", reason="the commands are for a POSIX shell"),
]

FIX = "python -m pemcheck fix "
KEY_STORE = "new-store.p12"

LEFT_OUT = {
    r"\b(FILE|KEY|CERTIFICATE|REQUEST|ORIGINAL|NAME|MESSAGE)\b": "the user has to put a name in",
    r"\ba\.pem b\.pem\b": "it is about files of the future",
    r"^openssl pkey -pubout$": "it names a command, and is no command line",
    r"^aws ": "it takes an account",
    r"^kubectl ": "it takes a cluster",
    r"^(certutil|Set-Content) ": "it is for Windows",
}
"""Commands that no test can run, and why."""

MADE_UP = {
    "input-is-jks": "the key store in it",
    "input-is-jks-of-bouncy-castle": "the key store in it, and its library is not installed",
    "pem-nothing-found-archive": "what is in the archive, if it is one of several files and not one file",
    "pem-nothing-found-plist": "the profile, which is empty",
    "pem-nothing-found-putty": "the key in it, and puttygen is not installed",
    "pem-nothing-found-ssh": "the key in it",
    "pem-nothing-found-ssh-2": "the key in it",
    "pem-nothing-found-tar": "what is in the archive",
    "pem-nothing-found-zip": "what is in the archive",
}
"""Cases whose files are good enough to be recognised, and what in them is made up so that no program reads it."""

SHOWS = re.compile(r" -noout| -pubout|plistlib|^chmod ")
"""What prints something, and changes nothing."""
OF_A_CA = re.compile(r"new-request\.pem")
"""What needs the answer of a CA before anything is mended."""


ALSO = {
    "cert-more-than-one": {"chain-missing"},
    "input-is-pkcs12": {"cert-contains-key", "cert-more-than-one", "key-missing"},
    "input-is-pkcs7": {"chain-out-of-order"},
    "input-is-wrapped": {"cert-more-than-one", "key-missing"},
}
"""
What a command cannot avoid to bring: it writes the first of several things, or all of them into one file.

The fix says so.
"""


class Command(NamedTuple):
    """One command line of one finding."""

    case: str
    rule: str
    text: str


def said() -> list[Command]:
    """Return the commands of all fixes in all expected reports, each once for each rule."""
    found: dict[tuple[str, str, str], Command] = {}
    for name in CASES:
        for finding in report_of(name).findings:
            for text in re.findall(r"`([^`]*)`", finding.fix):
                case = name if text.startswith(FIX) or name in MADE_UP else ""
                found.setdefault((finding.rule, text, case), Command(name, finding.rule, text))
    return list(found.values())


SAID = said()
RUN = [
    each
    for each in SAID
    if not each.text.startswith(FIX)
    and each.case not in MADE_UP
    and not any(re.search(pattern, each.text) for pattern in LEFT_OUT)
]
FIXES = [each for each in SAID if each.text.startswith(FIX) and KEY_STORE not in each.text]


def shown(command: Command) -> str:
    """Return what to call a command in the output of pytest."""
    return f"{command.case}: {command.text[:60]}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def copied(case: str) -> set[str]:
    """Copy the files of a case to here; return their names."""
    for path in (HERE / case).iterdir():
        if path.name != EXPECTED:
            Path(path.name).write_bytes(path.read_bytes())
    return {path.name for path in Path().iterdir()}


def at_terminal(command: str, answers: Sequence[str] = ()) -> tuple[int, str]:
    """Run *command* in a shell at a terminal, where questions are answered; return its exit status and its output."""
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.execvp("sh", ["sh", "-c", command])
    left, out = list(answers), b""
    while select.select([terminal], [], [], 20)[0]:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # as Linux has it where nobody is left to write
            break
        if not piece:
            break
        out += piece
        if left and re.search(rb"(?i)pass[^\n]*: ?\Z", out):
            time.sleep(0.2)  # unzip throws away what is typed before it is ready
            os.write(terminal, left.pop(0).encode() + b"\n")
            out += b"\n"
        elif re.search(rb"\]: ?\Z", out):  # what the name in a request should be
            os.write(terminal, b"\n")
            out += b"\n"
    else:
        os.kill(process, 9)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), out.decode(errors="replace")


def needed(text: str) -> None:
    """Skip the test where a program is not installed."""
    for name in ("openssl", "ssh-keygen", "unzip", "iconv", "python3", "awk", "keytool"):
        if re.search(rf"(^|[|;&(] ?){name} ", text) and shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")


def errors(command: Command, files: Mapping[str, Path], more: Sequence[Path] = ()) -> set[tuple[str, str]]:
    """Return rule and file of what is wrong with these *files*, by the name of what they stand for."""
    header = read_header(read_expected(command.case)[0])
    header.pop("command", None)
    want = wanted(header["target"][0], header["at"][0], header)
    data = {name: path.read_bytes() for name, path in files.items()}
    if more:
        beside = [(path.name, path.read_bytes()) for path in more]
        given = gathering.gather([data.get(name) for name in FILES], FILES, files=beside, found=[n for n, _ in beside])
    else:
        given = gather(data)
    found = checking.judge_all(given, (want,))[0].findings
    return {
        (each.rule, each.at.file)
        for each in found
        if each.severity is Severity.ERROR or (each.rule, each.at.file) == (command.rule, each.at.file)
    }


def unmended(command: Command, new: set[str]) -> set[str]:
    """Return the errors that are new with what the command wrote in the place of what it read."""
    files = {name: Path(name) for name in FILES if Path(name).exists()}
    before = errors(command, files)
    source = next((name for name in FILES if name in command.text), FILES[0])
    more = [path for path in sorted(Path("DIR").rglob("*")) if path.is_file()]
    if more:
        del files[source]
    elif new == {"new-certificate.pem", "new-chain.pem"}:
        files.update({FILES[0]: Path("new-certificate.pem"), FILES[2]: Path("new-chain.pem")})
    else:
        (name,) = new - ({"new-key.pem"} if "new-certificate.pem" in new else set())
        files[FILES[0] if name == "new-certificate.pem" else source] = Path(name)
        if {"new-key.pem", "new-certificate.pem"} <= new:
            files[FILES[1]] = Path("new-key.pem")
    after = errors(command, files, more)
    known = {rule for rule, _ in before} | ALSO.get(command.rule, set())
    known |= {"cert-not-yet-valid"} if " -x509 " in command.text else set()  # it was made today
    return {rule for rule, file in after if rule not in known or (rule, file) == (command.rule, source)}


@pytest.mark.parametrize("command", RUN, ids=shown)
def test_a_command_runs_as_it_is_pasted_and_mends_what_it_is_about(command: Command, folder: Path) -> None:
    """In a copy of the case's folder, at a terminal, where its passphrase is typed if it asks for one."""
    needed(command.text)
    before = copied(command.case)
    text = command.text
    if re.search(r"-in new-key|DIR/", text):  # of what another command writes
        first = "cp " if "new-key" in text else "python3 -m zipfile"
        fixes = " ".join(finding.fix for finding in report_of(command.case).findings)
        text = f"{next(each for each in re.findall('`([^`]*)`', fixes) if first in each)} && {text}"
    if "< new.pem" in text:
        fixes = " ".join(finding.fix for finding in report_of(command.case).findings)
        text = f"{next(each for each in re.findall('`([^`]*)`', fixes) if each.endswith('> new.pem'))} && {text}"
    phrase = "correct horse" if "pkcs12" in text else PASSPHRASE
    status, out = at_terminal(text, [phrase] * 3)
    new = {path.name for path in Path().iterdir()} - before - ({"new.pem"} if "< new.pem" in text else set())

    assert (int(" -check " in text), out) == (status, out)
    assert SHOWS.search(text) or new
    assert set() == (set() if SHOWS.search(text) or OF_A_CA.search(text) else unmended(command, new))


@pytest.mark.parametrize("command", FIXES, ids=shown)
def test_fix_as_it_is_recommended_mends_what_it_is_about(
    command: Command, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The passphrase is in the file called FILE."""
    if command.case == "input-not-decrypted" and crypto.backend()["unavailable"] is not None:
        pytest.skip("AES needs a libcrypto")
    copied(command.case)
    Path("FILE").write_text(PASSPHRASE)
    header = read_header(read_expected(command.case)[0])
    words = command.text.removeprefix(FIX).split()
    for phrase in (PASSPHRASE, "correct horse"):
        Path("FILE").write_text(phrase)
        main(["fix", *words, "--at", header["at"][0], "--format", "json", "--force"])
        report = json.loads(capsys.readouterr().out)
        if Path("new/private-key.pem").exists():
            break
    rules = {finding["rule"] for each in report["reports"] for finding in each["findings"]}

    assert report["fix"]["written"]
    assert command.rule not in rules


@pytest.mark.parametrize("pattern", LEFT_OUT)
def test_what_is_left_out_is_there(pattern: str) -> None:
    """A reason does not outlive its command."""
    assert any(re.search(pattern, each.text) for each in SAID)


def test_cases_that_are_made_up_are_there() -> None:
    """And have commands."""
    assert set(MADE_UP) == set(MADE_UP) & {each.case for each in SAID}


def shared_line() -> tuple[str, bytes, str]:
    """Return two blocks with a space between their markers."""
    pems = [INTERMEDIATE_2.pem.strip(), INTERMEDIATE.pem]
    return FILES[2], " ".join(pems).encode(), "pem-markers-share-a-line"


def bare_key() -> tuple[str, bytes, str]:
    """Return the base64 of a private key without its markers."""
    return FILES[1], "".join(load_key("rsa-2048-f").pem.splitlines(True)[1:-1]).encode(), "input-without-markers"


def in_a_program() -> tuple[str, bytes, str]:
    """Return what was pasted out of a program, in pieces that are joined there."""
    lines = "".join(f'    "{line}\\n"\n' for line in leaf(issuer=INTERMEDIATE_2).pem.splitlines())
    return FILES[0], lines.encode(), "pem-on-one-line"


@pytest.mark.parametrize("make", [shared_line, bare_key, in_a_program])
def test_what_no_case_has_is_mended_too(make: Callable[[], tuple[str, bytes, str]], folder: Path) -> None:
    """By every command of the fix that can be run."""
    file, content, rule = make()
    case = Case(leaf(issuer=INTERMEDIATE_2), load_key("rsa-2048-f"), [INTERMEDIATE_2, INTERMEDIATE])
    files = {**case.contents(), file: content}
    want = checking.wanted("acm", AT)
    before = checking.judge_all(gather(files), (want,))[0]
    (fix,) = {finding.fix for finding in before.findings if finding.rule == rule}
    run = [each for each in re.findall(r"`([^`]*)`", fix) if "pemcheck" not in each and "a.pem" not in each]
    for each in run:
        Path(file).write_bytes(content)
        status, out = at_terminal(each)
        after = checking.judge_all(gather({**files, file: Path("new.pem").read_bytes()}), (want,))[0]

        assert (0, "", Verdict.ACCEPTED) == (status, out, after.verdict)
    assert run


BUNDLE = load_key("rsa-2048-f").pem + "localKeyID: 01\n" + leaf(issuer=INTERMEDIATE_2).pem + INTERMEDIATE_2.pem

FORMS: dict[str, tuple[str | bytes, str]] = {
    "a bundle": (BUNDLE, "pem-text-outside-blocks"),
    "quoted in a mail": ("Hi,\n" + re.sub("^", "> ", BUNDLE.strip(), flags=re.M) + "\n", "pem-text-outside-blocks"),
    "indented": (re.sub("^", "    ", BUNDLE.strip(), flags=re.M) + "\n", "pem-text-outside-blocks"),
    "indented behind Umlauts": (re.sub("^", "\t", "f\u00fcr www\n" + BUNDLE, flags=re.M), "input-has-non-ascii"),
    "UTF-16": (BUNDLE.replace("\n", "\r\n").encode("utf-16"), "pem-crlf-line-ends"),
    "encoded once more": (base64.encodebytes(BUNDLE.encode()), "pem-text-outside-blocks"),
    "without its last line end": (BUNDLE.rstrip().encode("utf-16"), "pem-no-final-newline"),
}
"""A key, its certificate and its chain in one file, and text between them, in forms that hide them from some tools."""


def judged_alone(data: bytes) -> tuple[Report, list[str]]:
    """Return what is said of one file with everything in it, and the labels of the blocks in it."""
    given = gathering.gather([None] * 3, FILES, files=[("bundle.pem", data)])
    labels = [block.label for block in pem.read("bundle.pem", data).blocks]
    return checking.judge_all(given, (checking.wanted("acm", AT),))[0], labels


def commands_of(report: Report, rule: str) -> tuple[list[str], str]:
    """Return the commands for one rule but those of pemcheck, and the rule that has to be mended before."""
    (fix,) = {finding.fix for finding in report.findings if finding.rule == rule}
    before = re.search(r"first as (\S+) says", fix)
    return [each for each in re.findall("`([^`]*)`", fix) if "pemcheck" not in each], before.group(1) if before else ""


@pytest.mark.parametrize("form", FORMS)
def test_a_command_loses_nothing_of_a_bundle_in_any_form(form: str, folder: Path) -> None:
    """Not the key, not the chain; and nothing is left of what it mends."""
    text, rule = FORMS[form]
    data = text if isinstance(text, bytes) else text.encode()
    Path("bundle.pem").write_bytes(data)
    report, labels = judged_alone(data)
    commands, first = commands_of(report, rule)
    for command in (*(commands_of(report, first)[0][:1] if first else ()), *commands):
        needed(command)

        assert (0, "") == at_terminal(command)
    after, left = judged_alone(Path("new-new.pem" if first else "new.pem").read_bytes())

    assert ["PRIVATE KEY", "CERTIFICATE", "CERTIFICATE"] == labels == left
    assert rule not in {finding.rule for finding in after.findings}
    assert commands


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + BUNDLE,
        BUNDLE.replace("-----BEGIN PRIVATE KEY-----\n", ""),
        BUNDLE.replace("-----END CERTIFICATE-----\n", "", 1),
        BUNDLE.replace("-----", "\u2013" * 5),
        BUNDLE.replace("-----BEGIN PRIVATE KEY-----", '"-----BEGIN PRIVATE KEY-----'),
        BUNDLE.replace("\n", "\r"),
    ],
)
def test_no_command_looks_for_markers_where_it_would_miss_some(text: str) -> None:
    """What else is wrong has to be mended first."""
    report, _ = judged_alone(text.encode())

    assert ([], "") == commands_of(report, "pem-text-outside-blocks")


def test_openssl_is_named_for_a_file_with_one_certificate_alone() -> None:
    """Of several blocks it would write one, without a word."""
    text = "Bag Attributes\n" + leaf(issuer=INTERMEDIATE_2).pem
    report, _ = judged_alone(text.encode())
    commands, _ = commands_of(report, "pem-text-outside-blocks")

    assert "openssl x509 -in bundle.pem -out new.pem" in commands


CONTAINERS = HERE / "containers"
CLOSED = {
    "pkcs8-aes256.pem": ["cp", "openssl pkey"],
    "pkcs8-aes256.der": ["openssl pkey -inform DER"],
    "pkcs8-des.pem": ["openssl pkey -provider legacy"],
    "pkcs8-pbe-md5-des.pem": ["openssl pkey -provider legacy"],
    "pkcs8-pbe-sha1-rc2-40.pem": ["openssl pkey -provider legacy"],
    "pkcs8-pbe-sha1-rc4-128.pem": ["openssl pkey -provider legacy"],
    "pkcs8-pbe-sha1-2des.pem": ["cp", "openssl pkey"],
    "traditional-rsa-des.pem": ["openssl pkey -provider legacy"],
    "traditional-rsa-des3.pem": ["cp", "openssl pkey"],
}
"""Encrypted keys, and how the commands start that decrypt them."""


@pytest.mark.parametrize("name", CLOSED)
def test_an_encrypted_key_is_decrypted_by_each_command_that_is_named(name: str, folder: Path) -> None:
    """Old ciphers need OpenSSL's legacy provider, and ssh-keygen reads neither them nor DER."""
    if crypto.backend()["unavailable"] is not None:
        pytest.skip("most of them need a libcrypto, and then another command is named")
    Path(name).write_bytes((CONTAINERS / name).read_bytes())
    given = gathering.gather([None] * 3, FILES, files=[(name, Path(name).read_bytes())])
    commands, _ = commands_of(checking.judge_all(given, (checking.wanted("acm", AT),))[0], "key-encrypted")
    for command in commands:
        needed(command)
        status, out = at_terminal(command, ["correct horse"] * 3)
        Path("new-key.pem").replace("key.pem")

        assert (0, out) == (status, out)
        assert gathering.look(Path("key.pem").read_bytes(), "key.pem").keys[0].info
    assert [True] * len(CLOSED[name]) == [each.startswith(start) for each, start in zip(commands, CLOSED[name])]
    assert len(CLOSED[name]) == len(commands)


def test_quoted_printable_is_named_and_decoded(folder: Path) -> None:
    """Its = is written =3D, and one more stands where a long line is broken."""
    data = quopri.encodestring(BUNDLE.encode())
    Path("bundle.pem").write_bytes(data)
    report, labels = judged_alone(data)
    commands, _ = commands_of(report, "pem-bad-base64")
    needed(commands[0])

    assert (0, "") == at_terminal(commands[0])
    assert (BUNDLE, 3, 1) == (Path("new.pem").read_text(), len(labels), len(commands))
    assert any("quoted-printable" in finding.message for finding in report.findings)


@pytest.mark.skipif(not shutil.which("zip") or not shutil.which("unzip"), reason="zip and unzip are not installed")
def test_an_archive_with_a_password_is_taken_out(folder: Path) -> None:
    """Which only a program that asks for it can do."""
    copied("clean-rsa-2048")
    subprocess.run(["zip", "-q", "-P", "secret", "locked.zip", *FILES], check=True)
    before = checking.judge_all(
        gathering.gather([None] * 3, FILES, files=[("locked.zip", Path("locked.zip").read_bytes())]),
        (checking.wanted("acm", AT),),
    )[0]
    (finding,) = before.findings
    command = re.findall(r"`([^`]*)`", finding.fix)[0]
    status, out = at_terminal(command, ["secret"] * 3)

    assert ("pem-nothing-found", 0, out) == (finding.rule, status, out)
    assert CASES["clean-rsa-2048"].contents() == {path.name: path.read_bytes() for path in Path("DIR").iterdir()}
