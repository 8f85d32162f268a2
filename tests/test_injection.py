"""Nothing that a stranger wrote into a file can move a cursor, reorder a line or hide in it, in any format."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from cryptography.x509 import load_pem_x509_certificate

import pemcheck
from fixtures import der
from fixtures.build import AT, ROOT, certificate, certificate_request, leaf, load_key, name
from pemcheck import checking, gathering
from pemcheck.cli import main
from pemcheck.findings import Severity, Weighed
from pemcheck.recognise import recognise
from pemcheck.render import FORMATS, render
from pemcheck.render.as_json import dump
from pemcheck.render.explained import render as explained
from pemcheck.render.objects import render as objects
from pemcheck.rules import BY_NAME
from pemcheck.source import Location, printable
from pemcheck.submission import Undetermined
from tests.fuzz.oracle import commands, tricks

pytestmark = pytest.mark.once

TRICK = "x\x1b[31;5m\x07\x08\x9b2J\u202egnp.\u2066\u200b\ufeff\r\n\u2028\x00y ::error::z ##[group]"
"""
An escape sequence in seven and in eight bits, bell, backspace, bidi controls, what has no width, line ends, and what
the log of a pipeline obeys.
"""
RAW = TRICK.encode()
KEY = load_key("rsa-2048-f").pem
MARK = "-----BEGIN CERTIFICATE-----"


def ia5(tag: int) -> bytes:
    """Return a GeneralName with the trick as its characters."""
    return der.context(tag, RAW, constructed=False)


def noticed(text: bytes) -> tuple[str, bool, bytes]:
    """Return certificate policies with a user notice and a CPS pointer that are the trick (RFC 5280 4.2.1.4)."""
    notice = der.sequence(der.oid("1.3.6.1.5.5.7.2.2"), der.sequence(text))
    pointer = der.sequence(der.oid("1.3.6.1.5.5.7.2.1"), der.tlv(0x16, RAW))
    policy = der.sequence(der.oid("2.23.140.1.2.1"), der.sequence(pointer, notice))
    return "2.5.29.32", False, der.sequence(policy)


def access(location: bytes) -> tuple[str, bool, bytes]:
    """Return authority information access with this location as OCSP responder and as issuer."""
    kinds = ("1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2")
    return "1.3.6.1.5.5.7.1.1", False, der.sequence(*(der.sequence(der.oid(kind), location) for kind in kinds))


def attribute(kind: str, string: Any = der.utf8) -> bytes:
    """Return a name with one attribute that is the trick."""
    return der.sequence(der.set_of(der.sequence(der.oid(kind), string(TRICK))))


def hostile_issuer(**changes: Any) -> str:
    """Return a certificate and its chain, whose issuer is not what it should be."""
    usual = {"subject": "CN=Test Issuer", "ca": True, "key_usage": ("key_cert_sign",), "eku": None, "san": None}
    issuer = certificate(key="rsa-2048-b", issuer=ROOT, **{**usual, **changes})
    return leaf(issuer=issuer).pem + issuer.pem


@cache
def certificates() -> dict[str, str]:
    """Return certificates (with chains) with the trick in each field that can hold text."""
    kinds = {"CN": "2.5.4.3", "O": "2.5.4.10", "email": "1.2.840.113549.1.9.1", "C": "2.5.4.6", "unknown": "1.2.3.4"}
    strings = {"BMPString": der.bmp, "TeletexString": lambda text: der.tlv(0x14, text.encode()), "IA5String": der.ia5}
    found = {f"subject {kind}": leaf(subject=attribute(oid)).pem for kind, oid in kinds.items()}
    found |= {f"subject {kind}": leaf(subject=attribute("2.5.4.3", of)).pem for kind, of in strings.items()}
    found |= {f"subject alternative name {tag}": leaf(san=[ia5(tag)]).pem for tag in (1, 2, 6)}
    found["subject alternative directory name"] = leaf(san=[der.context(4, attribute("2.5.4.3"))]).pem
    found["subject alternative other name"] = leaf(
        san=[der.context(0, der.oid("1.3.6.1.4.1.311.20.2.3"), der.context(0, der.utf8(TRICK)))]
    ).pem
    found["no subject"] = leaf(subject=name(""), san=[ia5(2)]).pem
    found["issuer"] = leaf(issuer_name=attribute("2.5.4.10")).pem
    found["policies"] = leaf(extra_extensions=[noticed(der.utf8(TRICK))]).pem
    found["access"] = leaf(extra_extensions=[access(ia5(6))]).pem
    found["unknown extension"] = leaf(extra_extensions=[("1.2.3.4.5", True, der.utf8(TRICK))]).pem
    found["a time"] = leaf(not_after=der.tlv(0x17, RAW)).pem
    found["name constraints"] = hostile_issuer(name_constraints=([ia5(2), ia5(1)], [ia5(6)]))
    found["directory constraint"] = hostile_issuer(name_constraints=([der.context(4, attribute("2.5.4.10"))], []))
    found["the issuer's subject"] = hostile_issuer(subject=attribute("2.5.4.3"))
    return found


def archive(name: str) -> bytes:
    """Return a ZIP file with members of this name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        written.writestr(f"{name}.crt", leaf().pem)
        written.writestr(f"{name}.key", KEY)
        written.writestr(f"{name}.doc", "nothing")
    return made.getvalue()


def nicknamed() -> bytes:
    """Return a PKCS#12 whose friendly name is the trick."""
    own, key = load_pem_x509_certificate(leaf().pem.encode()), load_pem_private_key(KEY.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return pkcs12.serialize_key_and_certificates(RAW, key, own, None, BestAvailableEncryption(b"x"))


@cache
def texts() -> dict[str, bytes]:
    """Return other inputs with the trick wherever text can stand."""
    good = leaf().pem
    labelled = good.replace("CERTIFICATE", f"CERT{TRICK}")
    found = {
        "label": labelled,
        "label without its end": f"-----BEGIN {TRICK}-----\nAAAA\n",
        "end": good.replace("END CERTIFICATE", f"END {TRICK}"),
        "header": good.replace(f"{MARK}\n", f"{MARK}\n{TRICK}: {TRICK}\n\n"),
        "proc-type": KEY.replace("KEY-----\n", f"KEY-----\nProc-Type: 4,{TRICK}\nDEK-Info: {TRICK},{TRICK}\n\n", 1),
        "base64": good.replace("MII", f"MII{TRICK}", 1),
        "around": f"{TRICK}\n{good}{TRICK}",
        "path": f"/etc/{TRICK}/cert.pem",
        "nothing": TRICK,
        "an error page": f"<html><title>{TRICK}</title>",
        "a secret": json.dumps({"kind": "Secret", "data": {TRICK: "LS0tLS1CRUdJTg=="}, "stringData": {TRICK: good}}),
        "a document": json.dumps({TRICK: {TRICK: good, "key": KEY}}),
        "request": der.pem("CERTIFICATE REQUEST", certificate_request(attribute("2.5.4.3"))),
        "PGP": f"-----BEGIN PGP {TRICK}-----\n{TRICK}\n-----END PGP {TRICK}-----\n",
        "SSH": f"ssh-rsa AAAAB3NzaC1yc2E= {TRICK}",
        "PuTTY": f"PuTTY-User-Key-File-3: {TRICK}\nComment: {TRICK}\n",
    }
    made = {kind: text.encode() for kind, text in found.items()}
    return {**made, "members": archive(TRICK.replace("\0", "")), "nickname": nicknamed()}


INPUTS = sorted({*certificates(), *texts()})


def data_of(kind: str) -> bytes:
    """Return the input of this kind."""
    return certificates()[kind].encode() if kind in certificates() else texts()[kind]


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in what JSON holds, and its key; ``file`` is as the user wrote it, for programs."""
    if isinstance(value, dict):
        yield from (found for key, each in value.items() for found in strings(each, key))
    elif isinstance(value, list):
        yield from (found for each in value for found in strings(each, key))
    elif isinstance(value, str):
        yield key, value


def wrong(report: pemcheck.Report) -> list[str]:
    """Return the formats in which something of a report could trick a terminal, or a program that prints a text."""
    texts = {form: render((report,), form) for form in FORMATS}
    found = [form for form, text in texts.items() if tricks(text) or commands(text)]
    shown = json.loads(texts["json"])
    return found + [key for key, text in strings(shown) if key not in ("file", "fix") and tricks(text)]


@pytest.mark.parametrize("kind", INPUTS)
def test_no_input_can_trick_a_terminal(kind: str) -> None:
    """Whatever it is given as, for a target of AWS's and for browsers."""
    data = data_of(kind)
    given: list[tuple[Any, Any, Any]] = [(data, KEY, data), (leaf().pem, data, leaf().chain[0].pem), (data, None, None)]
    hosts = ["www.example.com"]
    for first, key, chain in given:
        for target in ("acm", "webpki", "iam"):
            assert [] == wrong(pemcheck.check(first, key, chain, target, AT, hostnames=hosts, passphrase="x"))


@pytest.mark.parametrize("kind", INPUTS)
def test_no_object_can_trick_a_terminal(kind: str) -> None:
    """As ``inspect`` prints it, as JSON, and as Python shows it."""
    facts = pemcheck.inspect(data_of(kind), passphrase="x")
    shown = objects([each.to_dict() for each in facts]) + dump([each.to_dict() for each in facts])

    assert (set(), []) == (tricks(shown) | tricks("".join(map(repr, facts))), commands(shown))
    assert [] == [key for each in facts for key, text in strings(each.to_dict()) if tricks(text)]


@pytest.mark.parametrize("kind", INPUTS)
def test_no_file_that_is_sorted_can_trick_a_terminal(kind: str) -> None:
    """Nor the question which of several is meant."""
    files = [("a", data_of(kind)), ("b", data_of(kind)), (TRICK, KEY.encode())]
    question = ""
    try:
        found = gathering.gather((None,) * 3, ("",) * 3, files=files)
    except Undetermined as error:
        question = str(error)
    else:
        assert [] == wrong(checking.judge_all(found, (checking.wanted("acm", AT),))[0])
    assert (set(), []) == (tricks(question), commands(question))


@pytest.mark.parametrize(("field", "escaped"), [("subject CN", "\\u{001b}"), ("issuer", "O=x\\1B[31")])
def test_what_was_there_is_shown_escaped(field: str, escaped: str) -> None:
    """It is not left out: the user sees that something is wrong; in a whole name as RFC 4514 has it."""
    shown = render((pemcheck.check(data_of(field), KEY, None, at=AT),), "text")

    assert escaped in "".join(shown.split())


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_of_an_input_can_trick_a_terminal(form: str) -> None:
    """A file may be called anything but NUL and slash."""
    certificate = leaf()
    names = (TRICK, f"{TRICK}!{TRICK}", "::error::x")
    report = pemcheck.check(certificate.pem, load_key("p256-a").pem, certificate.pem, at=AT, names=names)

    assert ([], set()) == (commands(render((report,), form)), tricks(render((report,), form)))


@pytest.mark.parametrize("arguments", [[TRICK], ["--target", TRICK], ["--at", TRICK], ["--hostname", TRICK]])
@pytest.mark.parametrize("command", ["check", "inspect", "explain", "fix", "targets"])
def test_no_word_of_a_command_line_can_trick_a_terminal(
    command: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor what is said about it."""
    main([command, *arguments, f"--{TRICK}"])
    main([command, *arguments])
    out, err = capsys.readouterr()

    assert (set(), []) == (tricks(out + err), commands(out + err))


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_message_that_is_explained_can_trick_a_terminal(form: str) -> None:
    """It may come out of a log that anybody can write to."""
    message = f"ValidationException {TRICK}: The certificate field contains more than one certificate. {TRICK}"
    matches = recognise(message)
    names = tuple(rule for match in matches for rule in match.rules if rule in BY_NAME)

    assert matches
    shown = explained(form, matches, names, (), ())
    assert (set(), []) == (tricks(shown), commands(shown))


COMMANDS = {
    "in the old form": ("##[set-output name=verdict]accepted", "c.pem"),
    "where a line is broken": (f"{'x ' * 28}::stop-commands::pwn", "c.pem"),
    "first": ("::add-mask::acm", "c.pem"),
    "Azure's": ("###vso[task.setvariable variable=v;]a ##VSO[a.b]", "##vso[task.complete]c.pem"),
    "a file": ("www.example.org", "::error::x"),
    "in a file's name": ("www.example.org", "a##[add-mask]accepted"),
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_no_log_of_a_pipeline_obeys_a_certificate(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor the name of a file, whatever command and format prints it."""
    subject, file = COMMANDS[kind]
    monkeypatch.chdir(tmp_path)
    Path(file).write_text(leaf(subject=f"CN={subject}", san=None, not_after="2026-02-01").pem)
    lines = [[file, "--without-key", "--format", form] for form in FORMATS]
    lines += [["scan", f"./{file}", "--format", form] for form in ("text", "concise", "jsonl")]
    lines += [["scan", file, "-v"], ["scan", ".", "--show-skipped"], ["inspect", file]]
    lines += [["inspect", file, "--format", "json"], ["fix", file, "--without-key", "--out-dir", "new", "--diff"]]
    for line in lines:
        main([*line, "--at", "2026-06-01"][: None if line[0] != "inspect" else -2])
        out, err = capsys.readouterr()
        assert (line, [], True) == (line, commands(out + err), bool(out))


def test_an_address_is_shown_as_it_is() -> None:
    """Two colons are no command by themselves."""
    assert "::1, ::, 2001:db8::1 a::b # ## x" == printable("::1, ::, 2001:db8::1 a::b # ## x")


HOSTILE = (
    "\n::error::x\n##[group] @octocat #1 https://evil.example www.evil.example [a](https://e.example) <img src=x> ``|*_"
)


def hostile_report() -> pemcheck.Report:
    """Return a report whose every text is hostile, but for names of rules and addresses of sources."""
    it = pemcheck.check(leaf().pem, KEY, None, "cloudfront", AT)
    at = Location(HOSTILE, 1, 2, 3, 0, HOSTILE, HOSTILE)
    texts = {"message": HOSTILE, "why": HOSTILE, "fix": HOSTILE}
    places = (at, Location(HOSTILE))
    findings = [each.replace(**texts, at=place, also=(at,)) for each in it.findings for place in places]
    checks = [each.replace(reason=HOSTILE, at=at) for each in it.checks]
    weighed = (Weighed(HOSTILE, HOSTILE, Severity.ERROR, Severity.NOTE),)
    policy = {"weighed": weighed, "granted": ((HOSTILE, HOSTILE),)}
    found = it.replace(target=HOSTILE, findings=tuple(findings), checks=tuple(checks), **policy)
    assert (True, True) == (bool(findings), bool(found.undecided))
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_no_text_of_a_report_is_obeyed(form: str) -> None:
    """Whatever field it stands in, and whoever wrote it."""
    shown = render((hostile_report(), hostile_report()), form)

    assert ([], set()) == (commands(shown), tricks(shown))


def test_json_says_what_it_would_say() -> None:
    """Programs read the very text; only how it is written differs."""
    value = {"a": "###[x]##vso[y] \\##[z] #1"}

    assert (value, []) == (json.loads(dump(value)), commands(dump(value)))
