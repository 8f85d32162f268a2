"""
Makes the certificates of a fleet: distinct ones, half RSA-2048 and half P-256, from a few issuers.

    python benchmarks/fleet.py FILE [--count 10000] [--issuers 20]

It needs pyca/cryptography.  Keys are taken from a pool, since making 5,000 RSA keys takes an hour and a reader cannot
tell; serial numbers, names, dates and signatures are each certificate's own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import ipaddress
import random

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

START = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
POOL = 64
DAY = dt.timedelta(days=1)


def name(common: str, organization: str) -> x509.Name:
    """Return a name as public CAs write them."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def extensions(builder: x509.CertificateBuilder, host: str, issuer: int, own, above) -> x509.CertificateBuilder:
    """Add what a certificate of a web server has."""
    url = f"http://ca{issuer}.example.net"
    access = x509.AuthorityInformationAccessOID
    usage = x509.KeyUsage(True, False, isinstance(own, rsa.RSAPublicKey), False, False, False, False, False, False)
    names = [x509.DNSName(host), x509.DNSName(f"www.{host}"), x509.IPAddress(ipaddress.ip_address("192.0.2.7"))]
    policy = x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.2"), [f"{url}/cps"])
    found = (
        (x509.BasicConstraints(False, None), True),
        (usage, True),
        (x509.ExtendedKeyUsage([Usage.SERVER_AUTH, Usage.CLIENT_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(own), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(above), False),
        (x509.SubjectAlternativeName(names), False),
        (x509.CertificatePolicies([policy]), False),
        (x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier(f"{url}/crl")],
                                                            None, None, None)]), False),
        (x509.AuthorityInformationAccess(
            [x509.AccessDescription(access.OCSP, x509.UniformResourceIdentifier(f"{url}/ocsp")),
             x509.AccessDescription(access.CA_ISSUERS, x509.UniformResourceIdentifier(f"{url}/ca.crt"))]), False),
    )  # fmt: skip
    for each, critical in found:
        builder = builder.add_extension(each, critical)
    return builder


def main() -> None:
    """Write the leaves to FILE and their issuers to FILE.issuers, both PEM."""
    parser = argparse.ArgumentParser(description="Makes the certificates of a fleet.")
    parser.add_argument("file")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--issuers", type=int, default=20)
    options = parser.parse_args()
    dice = random.Random(1)
    keys = [make() for _ in range(POOL // 2) for make in (_rsa, _p256)]
    issuers = [(name(f"Example CA {n}", "Example Trust"), keys[n % POOL]) for n in range(options.issuers)]
    with open(f"{options.file}.issuers", "wb") as file:
        for subject, key in issuers:
            file.write(_signed(_builder(subject, subject, key, dice, 3650), key))
    with open(options.file, "wb") as file:
        for n in range(options.count):
            above, signer = issuers[dice.randrange(options.issuers)]
            own = keys[(n * 7 + 1) % POOL if n % 2 == 0 else (n * 7) % POOL]
            host = f"host{n}.example.com"
            builder = _builder(name(host, "Example Ltd"), above, own, dice, dice.randrange(30, 390))
            builder = extensions(builder, host, issuers.index((above, signer)), own.public_key(), signer.public_key())
            file.write(_signed(builder, signer))


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _builder(subject: x509.Name, issuer: x509.Name, own, dice: random.Random, days: int) -> x509.CertificateBuilder:
    start = START - DAY * dice.randrange(5)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(own.public_key())
    return builder.serial_number(dice.getrandbits(120) + 1).not_valid_before(start).not_valid_after(start + DAY * days)


def _signed(builder: x509.CertificateBuilder, key) -> bytes:
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


if __name__ == "__main__":
    main()
