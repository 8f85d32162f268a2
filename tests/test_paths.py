"""Rules about paths (RFC 5280 section 6.1), asked of hand-made chains, with ``openssl verify`` as the judge."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Collection, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fixtures import der
from fixtures.build import Certificate, authority, certificate, general_name
from pemcheck import asn1, facts, pem
from pemcheck.rules.validation import path_fault

OPENSSL = shutil.which("openssl")
AT = datetime(2026, 6, 1, tzinfo=timezone.utc)
ROOT = authority("CN=Root,O=Example", "p256-a")
UNDECIDED = "?"


class Case(NamedTuple):
    """
    What the CA in the middle and the certificate below it have, and what that leads to.

    ``fault`` is the end of what we say, nothing for a valid path.  ``openssl`` differs where OpenSSL does, and ``why``.
    """

    fault: str = ""
    middle: dict[str, Any] = {}  # noqa: RUF012  a NamedTuple's default is never changed
    below: dict[str, Any] = {}  # noqa: RUF012
    openssl: bool | None = None
    why: str = ""


def permit(*names: str | bytes) -> dict[str, Any]:
    """Return name constraints that permit only these."""
    return {"name_constraints": (names, ())}


def exclude(*names: str | bytes) -> dict[str, Any]:
    """Return name constraints that exclude these."""
    return {"name_constraints": ((), names)}


def san(*names: str | bytes) -> dict[str, Any]:
    """Return subject alternative names."""
    return {"san": names}


OTHER_NAME = der.context(0, der.oid("1.3.6.1.4.1.311.20.2.3"), der.context(0, der.utf8("x")))
DISTANCE = der.sequence(
    der.context(0, der.sequence(general_name("DNS:example.com"), der.context(0, b"\1", constructed=False)))
)



def extra(dotted: str, value: bytes, critical: bool = True) -> dict[str, Any]:
    """Return one more extension."""
    return {"extra_extensions": [(dotted, critical, value)]}


NAMES = der.sequence(general_name("DNS:ca.example.com"))
POINT = der.context(0, der.context(0, general_name("URI:http://ca.example.com/x.crl")))
POINTS = der.sequence(der.sequence(POINT))
ACCESS = der.sequence(der.sequence(der.oid("1.3.6.1.5.5.7.48.5"), general_name("URI:http://ca.example.com/")))
WITHOUT: dict[str, dict[str, Any]] = {
    "2.5.29.14": {"ski": False},
    "2.5.29.35": {"aki": False},
    "1.3.6.1.5.5.7.1.1": {"aia_issuers": ()},
}
"""How a CA is made without the extension that all CAs have here: twice would be another fault."""
UNPROCESSED = {
    "2.5.29.9": der.sequence(der.sequence(der.oid("1.3.6.1.5.5.7.9.4"), der.set_of(der.printable("DE")))),
    "2.5.29.16": der.sequence(der.context(0, b"20200101000000Z", constructed=False)),
    "2.5.29.18": NAMES,
    "2.5.29.46": POINTS,
    "1.3.6.1.5.5.7.1.11": ACCESS,
    "1.3.6.1.5.5.7.1.1": ACCESS,
    "1.3.6.1.5.5.7.1.24": der.sequence(der.integer(5)),
    "2.5.29.14": der.octets(b"x" * 20),
    "2.5.29.35": der.sequence(),
    "1.3.6.1.4.1.11129.2.4.3": der.NULL,
}
"""Extensions that have names, and nobody who validates paths processes them."""

CASES: dict[str, Case] = {
    "nothing special": Case(),
    "dns: permitted": Case("", permit("DNS:example.com"), san("DNS:www.example.com")),
    "dns: permitted, itself": Case("", permit("DNS:example.com"), san("DNS:example.com")),
    "dns: not permitted": Case("outside the permitted example.com", permit("DNS:example.com"), san("DNS:example.org")),
    "dns: ends alike": Case("outside the permitted example.com", permit("DNS:example.com"), san("DNS:badexample.com")),
    "dns: one of two": Case(
        "outside the permitted example.com", permit("DNS:example.com"), san("DNS:example.com", "DNS:a.test")
    ),
    "dns: excluded": Case("inside the excluded example.com", exclude("DNS:example.com"), san("DNS:www.example.com")),
    "dns: not excluded": Case("", exclude("DNS:example.com"), san("DNS:example.org")),
    "dns: in other letters": Case(
        "inside the excluded EXAMPLE.com", exclude("DNS:EXAMPLE.com"), san("DNS:a.example.COM")
    ),
    "ip: permitted": Case("", permit("IP:10.0.0.0/8"), san("IP:10.1.2.3")),
    "ip: not permitted": Case("outside the permitted 10.0.0.0/255.0.0.0", permit("IP:10.0.0.0/8"), san("IP:11.1.2.3")),
    "ip: excluded": Case("inside the excluded 10.0.0.0/255.0.0.0", exclude("IP:10.0.0.0/8"), san("IP:10.1.2.3")),
    "ip: version 6, permitted": Case("", permit("IP:2001:db8::/32"), san("IP:2001:db8::1")),
    "ip: version 6, not permitted": Case("ffff:ffff::", permit("IP:2001:db8::/32"), san("IP:2001:db9::1")),
    "ip: of the other version": Case("ffff:ffff::", permit("IP:2001:db8::/32"), san("IP:10.0.0.1")),
    "email: a host": Case("", permit("email:example.com"), san("DNS:a.test", "email:me@example.com")),
    "email: another host": Case(
        "outside the permitted example.com", permit("email:example.com"), san("DNS:a.test", "email:me@www.example.com")
    ),
    "email: a domain": Case("", permit("email:.example.com"), san("DNS:a.test", "email:me@www.example.com")),
    "email: a mailbox": Case(
        "inside the excluded me@example.com", exclude("email:me@example.com"), san("DNS:a.test", "email:me@example.com")
    ),
    "email: in the subject": Case(
        "outside the permitted example.com",
        permit("email:example.com"),
        {"subject": "CN=www.example.com,emailAddress=me@example.org"},
    ),
    "uri: a host": Case("", permit("URI:example.com"), san("DNS:a.test", "URI:https://example.com/x")),
    "uri: another host": Case(
        "outside the permitted example.com", permit("URI:example.com"), san("DNS:a.test", "URI:https://a.example.com/")
    ),
    "uri: a domain": Case("", permit("URI:.example.com"), san("DNS:a.test", "URI:https://a.example.com/")),
    "uri: excluded": Case(
        "inside the excluded .example.com", exclude("URI:.example.com"), san("DNS:a.test", "URI:https://a.example.com/")
    ),
    "directory: permitted": Case("", permit("dirName:O=Example"), {"subject": "CN=www.example.com,O=Example"}),
    "directory: not permitted": Case(
        "outside the permitted O=Example", permit("dirName:O=Example"), {"subject": "CN=www.example.com,O=Other"}
    ),
    "directory: excluded": Case(
        "inside the excluded O=Example", exclude("dirName:O=Example"), {"subject": "CN=www.example.com,O=Example"}
    ),
    "directory: in other letters": Case("", permit("dirName:O=Exa mple"), {"subject": "CN=x,O=EXA  MPLE"}),
    "directory: in the names": Case(
        "outside the permitted O=Example",
        permit("dirName:O=Example"),
        {"subject": "CN=x,O=Example", **san("dirName:O=Other")},
    ),
    "cn: counts without names": Case(
        "outside the permitted example.com", permit("DNS:example.com"), {"subject": "CN=a.test", "san": None}
    ),
    "cn: does not count beside names": Case(
        "", permit("DNS:example.com"), {"subject": "CN=a.test", **san("DNS:example.com")}
    ),
    "other names": Case(UNDECIDED, permit("RID:1.2.3"), san("DNS:a.test", "RID:1.2.3")),
    "other names, of other types": Case(
        UNDECIDED,
        exclude("RID:1.2.3"),
        san("DNS:a.test", OTHER_NAME),
        openssl=True,
        why="the types that have no comparison are not told apart here",
    ),
    "other names without constraints": Case("", permit("DNS:a.test"), san("DNS:a.test", OTHER_NAME)),
    "a minimum": Case(UNDECIDED, {"extra_extensions": [("name_constraints", True, DISTANCE)]}),
    "may not sign": Case("(key usage without key_cert_sign)", {"key_usage": ("crl_sign",)}),
    "no key usage": Case("", {"key_usage": None}, openssl=False, why="-x509_strict wants one in every CA"),
    "no CA": Case("(no basicConstraints cA TRUE)", {"ca": False, "key_usage": ("digital_signature",)}),
    "no basic constraints": Case("(no basicConstraints cA TRUE)", {"ca": None}),
    "no room below": Case("", {"path_length": 0}),
    "for other purposes": Case("not for TLS servers", {"eku": ("client_auth",)}),
    "for servers": Case("", {"eku": ("server_auth",)}),
    "for anything": Case("", {"eku": ("any", "server_auth")}),
    "expired": Case("expired on 2025-01-01", {"not_after": "2025-01-01"}),
    "not yet valid": Case("is valid only from 2026-07-01", {"not_before": "2026-07-01"}),
    "unknown and critical": Case("not commonly processed: 1.2.3.4", extra("1.2.3.4", der.NULL)),
    "unknown": Case("", extra("1.2.3.4", der.NULL, False)),
    "a certificate that has it": Case("not commonly processed: 1.2.3.4", {}, extra("1.2.3.4", der.NULL)),
    **{
        f"{dotted}, critical, {where}": Case(
            f"not commonly processed: {dotted}",
            {**extra(dotted, value), **WITHOUT.get(dotted, {})} if where == "CA" else {},
            extra(dotted, value) if where == "leaf" else {"subject": "CN=www.example.com"},
        )
        for dotted, value in UNPROCESSED.items()
        for where in ("CA", "leaf")
    },
    "distribution points, critical": Case("", extra("2.5.29.31", POINTS), extra("2.5.29.31", POINTS)),
    "malformed distribution points": Case(UNDECIDED, extra("2.5.29.31", der.octets(b"x"), False)),
    "malformed distribution points of the leaf": Case(UNDECIDED, {}, extra("2.5.29.31", der.octets(b"x"), False)),
    "malformed Netscape type": Case(UNDECIDED, extra("2.16.840.1.113730.1.1", der.octets(b"x"), False)),
    "malformed Netscape type of the leaf": Case(UNDECIDED, {}, extra("2.16.840.1.113730.1.1", der.NULL, False)),
}  # fmt: skip


def path_of(case: Case) -> list[Certificate]:
    """Return the certificates of a case, the root last."""
    middle = authority(**{"subject": "CN=CA,O=Example", "key": "p256-b", "issuer": ROOT, **case.middle})
    below = {"subject": "CN=www.example.com", "key": "p256-c", "issuer": middle, **case.below}
    return [certificate(**below), middle, ROOT]


def ours(path: Sequence[Certificate], refused: Collection[str] = ()) -> str:
    """Return what we say of a path, to a target that refuses because of the rules *refused*."""
    read = [asn1.read(pem.read("x", each.der).blocks[0])[0] for each in path]
    found = [each for each in read if isinstance(each, facts.Certificate)]
    try:
        return path_fault(found, AT, refused)
    except ValueError:
        return UNDECIDED


def openssl_takes(path: Sequence[Certificate], folder: Path) -> bool:
    """Return whether OpenSSL takes a path."""
    for name, each in zip(("leaf", "middle", "root"), path):
        (folder / name).write_text(each.pem)
    command = [str(OPENSSL), "verify", "-x509_strict", "-purpose", "sslserver", "-attime", str(int(AT.timestamp()))]
    command += ["-CAfile", "root", "-untrusted", "middle", "leaf"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", CASES)
def test_a_path_is_valid_or_not(name: str) -> None:
    """In words that say which certificate and why."""
    case = CASES[name]
    said = ours(path_of(case))
    assert (bool(case.fault), True) == (bool(said), said.removesuffix(" (CA says so)").endswith(case.fault))


@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl")
@pytest.mark.parametrize("name", CASES)
def test_openssl_agrees(name: str, tmp_path: Path) -> None:
    """Or the table says why it does not; what is undecided here, OpenSSL refuses."""
    case = CASES[name]
    assert (case.fault == "" if case.openssl is None else case.openssl) is openssl_takes(path_of(case), tmp_path)
    assert (case.openssl is None) is (case.why == "")


WEAK = {
    "chain-weak-signature": ({"signature": "sha1"}, "is itself signed with sha1_ecdsa"),
    "chain-cert-weak-key": ({"key": "rsa-1024"}, "has a weak key: it has 1,024 bits, fewer than 2,048"),
    "chain-signature-algorithm-not-listed": ({"signature": "sha224"}, "is itself signed with sha224_ecdsa"),
}


@pytest.mark.parametrize("rule", WEAK)
def test_what_is_weak_counts_where_the_target_refuses_it(rule: str) -> None:
    """And for that very reason: each of the others alone is no fault of the path."""
    changes, words = WEAK[rule]
    path = path_of(Case(middle=changes))

    assert words in ours(path, [rule])
    assert ["", ""] == [ours(path, []), ours(path, [other for other in WEAK if other != rule])]
