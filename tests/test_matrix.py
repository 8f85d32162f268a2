"""
Which key each target takes: a certificate for every type of key, judged for every target.

The table is written by hand from the documents, not from the targets' data.
"""

from __future__ import annotations

from functools import cache

import pytest

from fixtures.build import AT, Certificate, leaf, load_key
from pemcheck import checking
from pemcheck.checking import judge_all
from pemcheck.findings import Severity
from pemcheck.gathering import gather
from pemcheck.submission import Submission
from pemcheck.targets import known

pytestmark = pytest.mark.once

COLUMNS = {
    "RSA_1024": "rsa-1024",
    "RSA_2048": "rsa-2048-f",
    "RSA_3072": "rsa-3072",
    "RSA_4096": "rsa-4096",
    "EC_prime256v1": "p256-a",
    "EC_secp384r1": "p384-a",
    "EC_secp521r1": "p521-a",
}
"""The types that AWS has names for, and a key of each."""

ANY_OTHER = (
    *("rsa-1536", "rsa-2047", "rsa-2056", "rsa-8192", "rsa-pss", "p224", "secp256k1", "brainpoolp256r1"),
    *("p256-explicit", "ed25519-a", "ed448", "dsa-2048", "ml-dsa-44"),
)
"""Keys of the last column."""

# ok, Error, Warning, Note                1024 2048 3072 4096 P256 P384 P521 other
MATRIX = {
    "acm-2017-console": "               ok   ok   E    E    E    E    E    E ",
    "acm-2017-cli": "                   ok   ok   E    ok   ok   ok   ok   E ",
    "acm-2017-integrated": "            ok   ok   E    E    E    E    E    E ",
    "acm": "                            ok   ok   ok   ok   ok   ok   ok   E ",
    # older documents had a maximum of 2048
    "cloudfront": "                     ok   ok   N    N    ok   E    E    E ",
    "cognito": "                        ok   ok   N    N    ok   E    E    E ",
    "elb": "                            ok   ok   ok   ok   ok   ok   ok   E ",
    "alb": "                            ok   ok   ok   ok   ok   ok   ok   E ",
    # a listener with RSA 4096 does not function
    "nlb": "                            ok   ok   ok   E    ok   ok   ok   E ",
    "api-gateway-edge": "               ok   ok   W    W    W    E    E    E ",
    "api-gateway-regional": "           W    ok   W    W    W    W    W    E ",
    # no document lists types for IAM; RSA 4096 was seen to work
    "iam": "                            N    ok   N    ok   N    N    N    E ",
    "transfer": "                       E    ok   E    ok   ok   ok   ok   E ",
    # "A Client VPN endpoint supports 1024-bit and 2048-bit RSA key sizes only."
    "client-vpn": "                     ok   ok   E    E    E    E    E    E ",
    "webpki": "                         E    ok   ok   ok   ok   ok   ok   E ",
}
WEBPKI_TAKES = {"rsa-2056", "rsa-8192"}
"""RSA of 2,048 bits or more that is divisible by 8 has no name of AWS's, and browsers take it."""

SAYS = {"ok": None, "E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}
RULES = frozenset(
    {
        "cert-key-algorithm-not-accepted",
        "cert-pss-key",
        "cert-explicit-curve",
        "key-algorithm-not-accepted",
        "key-size-not-accepted",
        "key-curve-not-accepted",
    }
)
"""What a target has to say about a type of key; a case's own key shares the certificate's finding."""


def expected(target: str, key: str) -> Severity | None:
    """Return what the table says."""
    *named, other = MATRIX[target].split()
    if target == "webpki" and key in WEBPKI_TAKES:
        return None
    columns = dict(zip(COLUMNS.values(), named))
    return SAYS[columns.get(key, other)]


@cache
def submission(key: str) -> Submission:
    """Return what is read of a certificate for this key, with the key and the chain."""
    certificate: Certificate = leaf(key=key)
    parts = (certificate.pem, load_key(key).pem, "".join(each.pem for each in certificate.chain))
    return gather([part.encode() for part in parts], ("certificate.pem", "private-key.pem", "certificate-chain.pem"))


@pytest.mark.parametrize("key", [*COLUMNS.values(), *ANY_OTHER])
@pytest.mark.parametrize("target", MATRIX)
def test_a_target_says_to_a_type_of_key_what_the_documents_say(target: str, key: str) -> None:
    """Nobody buys a certificate for a key that the service then refuses, nor is frightened off one that it takes."""
    want = checking.wanted(target, AT, trusted=True)
    report = judge_all(submission(key), (want,))[0]
    found = [finding.severity for finding in report.findings if finding.rule in RULES]
    assert ([expected(target, key)] if expected(target, key) else []) == found


def test_every_target_has_its_row() -> None:
    """A target whose keys nobody has written down is not known to be right."""
    assert set(known()) == set(MATRIX)
    assert {len(COLUMNS) + 1} == {len(row.split()) for row in MATRIX.values()}


@pytest.mark.parametrize(("name", "key"), COLUMNS.items())
def test_the_keys_are_of_these_types(name: str, key: str) -> None:
    """Each column is judged with a key of its own type."""
    certificate = submission(key).leaf
    assert certificate
    assert name == certificate.key.algorithm
