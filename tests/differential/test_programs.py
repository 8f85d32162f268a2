"""The programs openssl and certtool read the same in every fifth certificate."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timezone
from typing import Any

import pytest

from pemcheck.facts import Certificate

from . import tally
from .judges import CERTTOOL, OPENSSL, certificate_of, run
from .material import Item, collected
from .tally import Comparison, Refusal
from .test_certificates import ours

EVERY = 5
"""A process each takes its time."""
ASK_OPENSSL = (
    *("x509", "-inform", "DER", "-noout", "-serial", "-startdate", "-enddate", "-fingerprint", "-sha256"),
    *("-subject", "-issuer", "-nameopt", "RFC2253,-esc_msb,utf8", "-text", "-certopt"),
    "no_sigdump,no_header,no_version,no_serial,no_validity,no_subject,no_issuer",
)
_ESCAPED = re.compile(r"(?:\\[89A-F][0-9A-F])+")
_SHARED = re.compile(r"(?:CN|L|ST|O|OU|C|DC|UID|emailAddress|serialNumber)=[^,+#\\]*(?:,|\Z)")


def sample() -> list[Item]:
    """Return every fifth certificate that pyca loads."""
    found = [item for item in collected().certificates if not isinstance(certificate_of(item.data), Refusal)]
    return found[::EVERY]


def moment(text: str, form: str) -> datetime | Refusal:
    """Return a program's time."""
    try:
        return datetime.strptime(" ".join(text.split()), form).replace(tzinfo=timezone.utc)
    except ValueError:
        return Refusal("not a time that Python knows")


def name_of(text: str) -> str | None:
    """Return a name without escapes of what is not ASCII; None if it has types that others write otherwise."""
    plain = _ESCAPED.sub(lambda match: bytes.fromhex(match.group().replace("\\", "")).decode("utf-8", "replace"), text)
    return plain if _SHARED.sub("", plain) == "" else None


def openssl_says(text: str) -> dict[str, Any]:
    """Return the answers in openssl's output."""
    lines = (line.partition("=") for line in text.splitlines() if "=" in line)
    fields = {key.lower(): value for key, _, value in lines}
    bits = re.search(r"Public-Key: \((\d+) bit", text)
    critical = re.findall(r"\n {12}(?:X509v3 |Authority |CT |TLS|\d|[A-Z])[^\n]*?: ?(critical)?(?= *\n {16})", text)
    return {
        "serial number": int(fields["serial"], 16),
        "validity": tuple(moment(fields[which], "%b %d %H:%M:%S %Y GMT") for which in ("notbefore", "notafter")),
        "fingerprint": fields["sha256 fingerprint"].replace(":", "").lower(),
        "bits": int(bits.group(1)) if bits else Refusal("no size of the key"),
        "critical extensions": critical.count("critical"),
        "CA": "CA:TRUE" in text,
        "subject": fields["subject"],
        "issuer": fields["issuer"],
    }


def certtool_says(text: str) -> dict[str, Any]:
    """Return the answers in certtool's output."""

    def one(pattern: str) -> Any:
        match = re.search(pattern, text, re.MULTILINE)
        return match.group(1) if match else Refusal(f"nothing like {pattern[:20]}")

    pin = one(r"pin-sha256:(\S+)$")
    form = "%a %b %d %H:%M:%S UTC %Y"
    serial = one(r"Serial Number \(hex\): ([0-9a-f]+)$")
    bits = one(r"Security Level: .*\((\d+) bits\)")
    return {
        "serial number": int.from_bytes(bytes.fromhex(serial), "big", signed=True),
        "validity": tuple(moment(one(rf"{which}: (.*)$"), form) for which in ("Not Before", "Not After")),
        "fingerprint": one(r"^\t\tsha256:([0-9a-f]{64})$"),
        "octets": bits if isinstance(bits, Refusal) else (int(bits) + 7) // 8,
        "critical extensions": len(re.findall(r"^\t\t[^\t].*\(critical\):?$", text, re.MULTILINE)),
        "CA": "Certificate Authority (CA): TRUE" in text,
        "hash of the public key": pin if isinstance(pin, Refusal) else base64.b64decode(pin).hex(),
        "subject": one(r"^\tSubject: (.*)$"),
        "issuer": one(r"^\tIssuer: (.*)$"),
    }


def we_say(fact: Certificate) -> dict[str, Any]:
    """Return our answers."""
    return {
        "serial number": fact.serial_number,
        "validity": (fact.not_before, fact.not_after),
        "fingerprint": fact.sha256,
        "bits": fact.key.bits,
        "octets": fact.key.bits and (fact.key.bits + 7) // 8,
        "critical extensions": sum(each.critical for each in fact.extensions),
        "CA": fact.is_ca,
        "hash of the public key": fact.key.sha256,
        "subject": fact.subject.text,
        "issuer": fact.issuer.text,
    }


def comparable(question: str, mine: Any, theirs: Any) -> tuple[Any, Any]:
    """Return both answers in one form; a name that may be written in several ways is no answer."""
    if question in ("subject", "issuer") and not isinstance(theirs, Refusal):
        shared = name_of(theirs), name_of(mine)
        return (mine, Refusal("a name that may be written in several ways")) if None in shared else shared[::-1]
    if question == "validity" and any(isinstance(each, Refusal) for each in theirs):
        return mine, Refusal("not a time that Python knows")
    return mine, theirs


UNREAD = {
    "hash of the public key": {"key"},
    "serial number": {"serial_number"},
    "validity": {"not_before", "not_after"},
    "CA": {"basic_constraints"},
    "bits": {"key"},
    "octets": {"key"},
}
"""The field that a question reads, where they are not called the same."""
READERS = {"openssl": openssl_says, "certtool": certtool_says}
COMMANDS = {"openssl": (OPENSSL, ASK_OPENSSL), "certtool": (CERTTOOL, ("--inder", "--certificate-info"))}


@pytest.mark.parametrize("program", COMMANDS)
def test_a_program_reads_the_same(program: str) -> None:
    """Numbers, times, names, fingerprints, the size of the key, how many extensions are critical."""
    path, arguments = COMMANDS[program]
    if path is None:
        pytest.skip(f"{program} is not installed")
    items = sample()
    answers = run(*[(path, *arguments)] * len(items), inputs=[item.data for item in items])
    comparisons: dict[str, list[Comparison]] = {}
    for item, answer in zip(items, answers):
        fact = ours(item)
        if answer.returncode != 0 or fact is None:
            refusal = Refusal(f"{program} ends with status {answer.returncode}")
            comparisons.setdefault("serial number", []).append(Comparison(item.case, item.name, None, refusal))
            continue
        found = we_say(fact)
        for question, theirs in READERS[program](answer.stdout.decode("utf-8", "replace")).items():
            mine = "unread" if UNREAD.get(question, {question}) & fact.unread else found[question]
            both = comparable(question, mine, theirs)
            comparisons.setdefault(question, []).append(Comparison(item.case, item.name, *both))
    faults = {each: tally.disagreements(f"{program}: {each}", found) for each, found in comparisons.items()}

    assert len(items) > 100
    assert {} == {question: fault for question, fault in faults.items() if fault != ([], [])}
