"""
Makes the certificates of a fleet, or whole submissions: distinct ones, half RSA-2048, half P-256, from a few issuers.

    python benchmarks/fleet.py FILE [--count 10000] [--issuers 20] [--pool 64]
    python benchmarks/fleet.py --submissions FOLDER [--count 1000]

It needs pyca/cryptography.  In a FILE, beside which FILE.issuers is written, keys are taken from a pool, since making
5,000 RSA keys takes many minutes and a reader of certificates cannot tell; serial numbers, names, dates and signatures
are each certificate's own.  In a FOLDER of submissions every key is its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import ipaddress
import random
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

START = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
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
    """Write what is asked for."""
    parser = argparse.ArgumentParser(description="Makes the certificates of a fleet, or its submissions.")
    parser.add_argument("path")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--issuers", type=int, default=20)
    parser.add_argument("--pool", type=int, default=64, help="keys that certificates in one file have, all together")
    parser.add_argument("--submissions", action="store_true", help="a folder for each, with key and chain")
    options = parser.parse_args()
    if options.submissions:
        write_submissions(Path(options.path), options.count)
    else:
        write_bundle(options.path, options.count, options.issuers, options.pool)


def write_bundle(file_name: str, count: int, issuer_count: int, pool: int) -> None:
    """Write leaves to a file and their issuers, which are roots, to another, both PEM."""
    dice = random.Random(1)
    keys = [make() for _ in range(pool // 2) for make in (_rsa, _p256)]
    issuers = [(name(f"Example CA {n}", "Example Trust"), keys[n % pool]) for n in range(issuer_count)]
    with open(f"{file_name}.issuers", "wb") as file:
        for subject, key in issuers:
            file.write(_signed(_authority(subject, subject, key, key, dice), key))
    with open(file_name, "wb") as file:
        for n in range(count):
            issuer = dice.randrange(issuer_count)
            above, signer = issuers[issuer]
            own = keys[(n * 7 + 1) % pool if n % 2 == 0 else (n * 7) % pool]
            file.write(_signed(_leaf(n, own, above, signer, issuer, dice.randrange(30, 390), dice), signer))


def write_submissions(folder: Path, count: int) -> None:
    """
    Write a folder for each submission: certificate, private key, and the intermediate between it and a root.

    An RSA certificate has an issuer with an RSA key, as public CAs do it, a P-256 one an issuer with such a key.
    """
    dice = random.Random(2)
    root, top = name("Example Root", "Example Trust"), _rsa()
    issuers = [(name(f"Example CA {n}", "Example Trust"), (_p256 if n % 2 else _rsa)()) for n in range(4)]
    chains = [_signed(_authority(subject, root, key, top, dice), top) for subject, key in issuers]
    for n in range(count):
        above, signer = issuers[n % 4]
        own = (_p256 if n % 2 else _rsa)()
        place = folder / f"{n:06}"
        place.mkdir(parents=True)
        days = dice.randrange(200, 390)  # so that all are valid in June
        certificate = _signed(_leaf(n, own, above, signer, n % 4, days, dice), signer)
        key = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        parts = {"certificate": certificate, "private-key": key, "certificate-chain": chains[n % 4]}
        for part, data in parts.items():
            file = place / f"{part}.pem"
            file.write_bytes(data)
            file.chmod(0o600)


def _leaf(number: int, own, above: x509.Name, signer, issuer: int, days: int, dice: random.Random):
    host = f"host{number}.example.com"
    builder = _builder(name(host, "Example Ltd"), above, own, dice, days)
    return extensions(builder, host, issuer, own.public_key(), signer.public_key())


def _authority(subject: x509.Name, issuer: x509.Name, key, above, dice: random.Random) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    found = (
        (x509.BasicConstraints(True, None), True),
        (usage, True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), False),
    )
    builder = _builder(subject, issuer, key, dice, 3650)
    for each, critical in found:
        builder = builder.add_extension(each, critical)
    return builder


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
