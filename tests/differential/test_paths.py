"""RFC 5280's path rules: NIST's test suite and openssl's own tests say what must be valid, and what must not."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509

import pemcheck
from pemcheck.findings import Outcome, Severity

from . import tally
from .judges import certificate_of, loaded
from .material import objects, sources
from .tally import Comparison, Refusal

AT = "2024-06-01T00:00:00Z"
"""Within the validity of what is meant to be valid."""
TRUST = "cert-not-publicly-trusted"
OF_THE_PATH = frozenset(
    (
        *(TRUST, "cert-expired", "cert-not-yet-valid", "cert-unknown-critical-extension"),
        *("cert-signature-algorithms-differ", "asn1-unreadable", "der-malformed", "chain-signature-does-not-verify"),
        *("cert-not-for-tls-servers", "chain-cert-not-for-tls-servers", "cert-validity-inverted"),
    )
)
"""The rules of ``webpki`` about the validity of a path: others ask what NIST's certificates do not have."""
OF_STRENGTH = frozenset(
    (
        *("cert-weak-signature", "chain-weak-signature", "cert-explicit-curve", "chain-cert-explicit-curve"),
        "cert-key-algorithm-not-accepted",
    )
)
"""Those about what openssl calls a security level, and about curves without a name."""


class Case(NamedTuple):
    """One path to judge: what is at its end, what is known besides, what is trusted, and whether it is valid."""

    name: str
    leaf: bytes
    known: tuple[bytes, ...]
    roots: tuple[bytes, ...]
    valid: bool


def accepted(case: Case, rules: frozenset[str]) -> bool:
    """Return whether these rules accept the path; what is undecided is not accepted."""
    known = b"".join(map(armored, case.known)) or None
    store = b"".join(map(armored, case.roots))
    try:
        report = pemcheck.check(armored(case.leaf), None, known, "webpki", AT, without_key=True, trust_store=store)
    except ValueError:  # one of the roots may sign nothing, which is said before anything is judged
        return False
    severe = any(each.severity is Severity.ERROR and each.rule in rules for each in report.findings)
    return not severe and all(each.outcome is not Outcome.SKIP for each in report.checks if each.rule == TRUST)


def armored(data: bytes) -> bytes:
    """Return PEM."""
    body = base64.encodebytes(data).replace(b"\n", b"")
    lines = b"\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return b"-----BEGIN CERTIFICATE-----\n" + lines + b"\n-----END CERTIFICATE-----\n"


# ---------------------------------------------------------------------------------------------------- NIST's

_OUTSIDE = re.compile(
    "CRL|cRL|Revoked|IDP|issuingDistributionPoint|distributionPoint|onlyContains|onlySome|deltaCRL|Polic|polic"
    "|CPSPointer|UserNotice|SeparateCertificate|InvalidBasicSelfIssued|InvalidLongSerial|InvalidNegativeSerial"
)
"""Sections about revocation and policies, which are not looked at; the last three are revoked."""


def plain(name: x509.Name) -> str:
    """Return a name without what does not count when names are compared, and without more that is in no two here."""
    return re.sub(r"[^a-z0-9=,]", "", name.rfc4514_string().lower())


def nist() -> Iterator[Case]:
    """Yield the tests of PKITS about what is looked at: their names say what must come out."""
    top = sources().get("cryptography_vectors")
    folder = top / "x509" / "PKITS_data" / "certs" if top else None
    if folder is None:
        return
    files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.crt"))}
    subjects: dict[str, list[bytes]] = {}
    names = {}
    for name, data in files.items():
        judge = certificate_of(data)
        if not isinstance(judge, Refusal):
            names[name] = plain(judge.issuer)
            if not re.search(r"Test\d+EE$", name):
                subjects.setdefault(plain(judge.subject), []).append(data)
    for name, data in files.items():
        if re.match(r"(?:Valid|Invalid).*Test\d+(?:EE)?$", name) and not _OUTSIDE.search(name):
            known: list[bytes] = []
            wanted = [names.get(name, "")]
            while wanted:
                for above in subjects.get(wanted.pop(), []):
                    if above not in known and above != files["TrustAnchorRootCertificate"]:
                        known.append(above)
                        wanted.append(plain(loaded(above).issuer))
            valid = name.startswith("Valid")
            yield Case(name, data, tuple(known), (files["TrustAnchorRootCertificate"],), valid)


def test_paths_are_valid_where_nist_says_so() -> None:
    """PKITS, without what is about revocation and policies."""
    cases = list(nist())
    tally.material["cryptography_vectors", "paths"] += len(cases)

    assert len(cases) > 60
    assert ([], []) == tally.disagreements("path: NIST", [compare(case, OF_THE_PATH) for case in cases])


def compare(case: Case, rules: frozenset[str]) -> Comparison:
    """Return what we say of a path, and what must come out."""
    return Comparison(case.name.replace(" ", "_"), "", accepted(case, rules), case.valid)


# ------------------------------------------------------------------------------------------------- openssl's

_CALL = re.compile(
    r'ok\((!?)verify\("([^"]+)",\s*"(|sslserver)",\s*\[(?:qw\(([^)]*)\)|"([^"]*)")\],\s*\[(?:qw\(([^)]*)\)|"([^"]*)"|)\]\),'
    r'\s*"([^"]+)"'
)
_OWN_TRUST = re.compile(r"[+]|-(?:client|server|any|sm2|nc)|serverAuth|clientAuth|anyEKU")
"""Certificates with openssl's own settings of trust behind them, which no other program reads."""


@cache
def openssls() -> list[Case]:
    """Return the calls of verify in test_verify.t that give nothing but certificates, and what they expect."""
    top = next((path for name, path in sources().items() if name.startswith("openssl")), None)
    if top is None:
        return []
    text = (top / "test/recipes/25-test_verify.t").read_text("utf-8")
    cases = []
    for wrong, leaf, _, *lists, title in _CALL.findall(text):
        trusted, between = ((lists[at] + lists[at + 1]).split() for at in (0, 2))
        if not any(map(_OWN_TRUST.search, [leaf, *trusted, *between])):
            data = [[_read(top / f"test/certs/{name}.pem") for name in names] for names in ([leaf], between, trusted)]
            name = f"{leaf} {','.join(trusted)} {','.join(between)}: {title}"
            cases.append(Case(name, data[0][0], tuple(data[1]), tuple(data[2]), not wrong))
    return cases


def _read(path: Path) -> bytes:
    """Return the first certificate in a file."""
    return next(objects("", "", path.read_bytes())).data


def test_paths_are_valid_where_openssls_tests_say_so() -> None:
    """Those of its calls of verify that give nothing but certificates."""
    if not openssls():
        pytest.skip("openssl's source package is not here")
    tally.material["openssl (Debian)", "paths"] += len(openssls())

    assert len(openssls()) > 30
    assert ([], []) == tally.disagreements(
        "path: openssl", [compare(case, OF_THE_PATH | OF_STRENGTH) for case in openssls()]
    )
