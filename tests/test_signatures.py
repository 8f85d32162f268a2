"""Signatures in certificates, made by OpenSSL, of every scheme, hash and parameter: each verifies, no other does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fixtures import der
from fixtures.build import authority
from pemcheck import arithmetic, asn1, edwards, pem
from pemcheck.chain import Signatures
from pemcheck.facts import Certificate

pytestmark = pytest.mark.once

HASHES: dict[str, tuple[hashes.HashAlgorithm, str]] = {
    "md5": (hashes.MD5(), "1.2.840.113549.2.5"),
    "sha1": (hashes.SHA1(), "1.3.14.3.2.26"),
    "sha224": (hashes.SHA224(), "2.16.840.1.101.3.4.2.4"),
    "sha256": (hashes.SHA256(), "2.16.840.1.101.3.4.2.1"),
    "sha384": (hashes.SHA384(), "2.16.840.1.101.3.4.2.2"),
    "sha512": (hashes.SHA512(), "2.16.840.1.101.3.4.2.3"),
    "sha512_224": (hashes.SHA512_224(), "2.16.840.1.101.3.4.2.5"),
    "sha512_256": (hashes.SHA512_256(), "2.16.840.1.101.3.4.2.6"),
    "sha3_224": (hashes.SHA3_224(), "2.16.840.1.101.3.4.2.7"),
    "sha3_256": (hashes.SHA3_256(), "2.16.840.1.101.3.4.2.8"),
    "sha3_384": (hashes.SHA3_384(), "2.16.840.1.101.3.4.2.9"),
    "sha3_512": (hashes.SHA3_512(), "2.16.840.1.101.3.4.2.10"),
}
NIST = "2.16.840.1.101.3.4.3."
RSA = {
    **{name: f"1.2.840.113549.1.1.{last}" for name, last in (("md5", 4), ("sha1", 5), ("sha512_224", 15))},
    **{f"sha{size}": f"1.2.840.113549.1.1.{last}" for size, last in ((224, 14), (256, 11), (384, 12), (512, 13))},
    "sha512_256": "1.2.840.113549.1.1.16",
    **{f"sha3_{size}": f"{NIST}{last}" for size, last in ((224, 13), (256, 14), (384, 15), (512, 16))},
}
ECDSA = {
    "sha1": "1.2.840.10045.4.1",
    **{f"sha{size}": f"1.2.840.10045.4.3.{last}" for size, last in ((224, 1), (256, 2), (384, 3), (512, 4))},
    **{f"sha3_{size}": f"{NIST}{last}" for size, last in ((224, 9), (256, 10), (384, 11), (512, 12))},
}
DSA = {
    "sha1": "1.2.840.10040.4.3",
    **{f"sha{size}": f"{NIST}{last}" for size, last in ((224, 1), (256, 2), (384, 3), (512, 4))},
    **{f"sha3_{size}": f"{NIST}{last}" for size, last in ((224, 5), (256, 6), (384, 7), (512, 8))},
}
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
FOREIGN = {"p224": ec.SECP224R1(), "secp256k1": ec.SECP256K1(), "brainpool": ec.BrainpoolP256R1()}


class Scheme(NamedTuple):
    """A key by its kind, the AlgorithmIdentifier of its signatures, and what its ``sign`` takes besides the data."""

    kind: str
    algorithm: bytes
    arguments: tuple[Any, ...] = ()


def pss(name: str, mask: str, salt: int, *more: bytes) -> Scheme:
    """Return RSASSA-PSS with all parameters spelled out (RFC 8017 appendix A.2.3)."""
    digest, mask_digest = (der.sequence(der.oid(HASHES[each][1]), der.NULL) for each in (name, mask))
    mgf = der.sequence(der.oid("1.2.840.113549.1.1.8"), mask_digest)
    parameters = (der.context(0, digest), der.context(1, mgf), der.context(2, der.integer(salt)), *more)
    algorithm = der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence(*parameters))
    return Scheme("rsa", algorithm, (padding.PSS(padding.MGF1(HASHES[mask][0]), salt), HASHES[name][0]))


def _schemes() -> Iterator[tuple[str, Scheme]]:
    for name, dotted in RSA.items():
        arguments = (padding.PKCS1v15(), HASHES[name][0])
        yield f"rsa-{name}", Scheme("rsa", der.sequence(der.oid(dotted), der.NULL), arguments)
    for curve in CURVES:
        for name, dotted in ECDSA.items():
            yield f"{curve}-{name}", Scheme(curve, der.sequence(der.oid(dotted)), (ec.ECDSA(HASHES[name][0]),))
    for name, dotted in DSA.items():
        yield f"dsa-{name}", Scheme("dsa", der.sequence(der.oid(dotted)), (HASHES[name][0],))
    for name in HASHES:
        if name != "md5":  # nobody knows it in PSS
            yield f"pss-{name}", pss(name, name, HASHES[name][0].digest_size)
    for salt in (0, 1, 20, 48, 64, 222):
        yield f"pss-salt-{salt}", pss("sha256", "sha256", salt)
    for name, mask in (("sha256", "sha1"), ("sha1", "sha256"), ("sha512", "sha256"), ("sha256", "sha3_256")):
        yield f"pss-{name}-mask-{mask}", pss(name, mask, 32)
    yield "pss-trailer", pss("sha256", "sha256", 32, der.context(3, der.integer(1)))
    default = der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence())
    yield "pss-defaults", pss("sha1", "sha1", 20)._replace(algorithm=default)
    yield "ed25519", Scheme("ed25519", der.sequence(der.oid("1.3.101.112")))
    yield "ed448", Scheme("ed448", der.sequence(der.oid("1.3.101.113")))


SCHEMES = dict(_schemes())
_KEYS: dict[str, Any] = {}


def key_of(kind: str) -> Any:
    """Return the one key of its kind."""
    makers: dict[str, Any] = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "dsa": lambda: dsa.generate_private_key(2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ed448": ed448.Ed448PrivateKey.generate,
        **{name: lambda curve=curve: ec.generate_private_key(curve) for name, curve in (CURVES | FOREIGN).items()},
    }
    if kind not in _KEYS:
        _KEYS[kind] = makers[kind]()
    return _KEYS[kind]


def signed(scheme: Scheme) -> tuple[bytes, bytes, bytes]:
    """Return what is signed of a self-signed certificate, its algorithm and the signature."""
    key = key_of(scheme.kind)
    tbs = der.children(der.children(authority("CN=Root", "p256-a").der)[0])
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    made = der.sequence(*tbs[:2], scheme.algorithm, *tbs[3:6], spki, *tbs[7:])
    return made, scheme.algorithm, key.sign(made, *scheme.arguments)


def read(tbs: bytes, algorithm: bytes, signature: bytes) -> Certificate:
    """Return the facts of a certificate."""
    fact, _ = asn1.read(pem.read("x", der.sequence(tbs, algorithm, der.bits(signature))).blocks[0])
    assert isinstance(fact, Certificate)
    return fact


def flipped(data: bytes, bit: int) -> bytes:
    """Return *data* with one bit changed."""
    return bytes(octet ^ (1 << bit % 8 if number == bit // 8 else 0) for number, octet in enumerate(data))


@pytest.mark.parametrize("name", SCHEMES)
def test_a_signature_verifies(name: str) -> None:
    """With a libcrypto, and without: the answer is arithmetic's."""
    assert Signatures().self_signed(read(*signed(SCHEMES[name]))) is True


@pytest.mark.parametrize("name", SCHEMES)
def test_one_bit_makes_it_another(name: str) -> None:
    """In the signature or in what is signed: a no, not a doubt."""
    tbs, algorithm, signature = signed(SCHEMES[name])
    serial = tbs.index(der.children(tbs)[1]) * 8 + 24
    end = len(signature) * 8 - 1  # DER keeps the first octets of an ECDSA signature for itself
    wrong = [(flipped(tbs, serial), signature), *((tbs, flipped(signature, end - bit)) for bit in (0, 9, 100))]

    assert [False] * 4 == [Signatures().self_signed(read(one, algorithm, other)) for one, other in wrong]


@pytest.mark.parametrize(
    ("stated", "made"),
    [
        (pss("sha256", "sha256", 32), pss("sha256", "sha256", 20)),
        (pss("sha256", "sha256", 32), pss("sha256", "sha1", 32)),
        (pss("sha256", "sha256", 32), pss("sha384", "sha256", 32)),
        (pss("sha256", "sha256", 32), SCHEMES["rsa-sha256"]),
        (SCHEMES["rsa-sha256"], SCHEMES["rsa-sha512"]),
        (SCHEMES["rsa-sha256"], SCHEMES["rsa-sha512_256"]),
        (SCHEMES["rsa-sha256"], pss("sha256", "sha256", 32)),
        (SCHEMES["p256-sha256"], SCHEMES["p256-sha3_256"]),
    ],
)
def test_a_signature_is_what_its_algorithm_says(stated: Scheme, made: Scheme) -> None:
    """Made with another salt, mask, hash or padding, it is none."""
    assert Signatures().self_signed(read(*signed(stated._replace(arguments=made.arguments)))) is False


@pytest.mark.parametrize("name", FOREIGN)
def test_curves_that_nobody_here_has_are_undecided(name: str) -> None:
    """Neither arithmetic nor oscrypto has them: the answer is no guess."""
    scheme = Scheme(name, der.sequence(der.oid(ECDSA["sha256"])), (ec.ECDSA(hashes.SHA256()),))
    it = read(*signed(scheme))

    assert (None, True) == (Signatures().self_signed(it), "is not known here" in Signatures().link(it, it).reason)


def test_another_trailer_field_cannot_be_verified() -> None:
    """RFC 8017 knows 1 only."""
    it = read(*signed(pss("sha256", "sha256", 32, der.context(3, der.integer(2)))))
    assert (None, True) == (Signatures().self_signed(it), "signature_algorithm" in it.unread)


# ------------------------------------------------------------------------------------------------- NIST's vectors


def records(text: str) -> Iterator[dict[str, str]]:
    """Yield the records of a file of NIST's CAVP: what stands in a record, and what was said before it for all."""
    common: dict[str, str] = {}
    found: dict[str, str] = {}
    for line in text.splitlines():
        section = re.fullmatch(r"\[(.*)\]", line.strip())
        name, separator, value = (part.strip() for part in line.partition("="))
        if section:
            curve, _, digest = section.group(1).partition(",")
            common = {"section": curve.strip(), "digest": digest.strip()}
        elif separator:
            found[name] = value
            if name == "Result":
                yield {**common, **found}


def vectors(path: str) -> list[dict[str, str]]:
    """Return the records of one of the files that pyca's developers have collected."""
    package = pytest.importorskip("cryptography_vectors")
    return list(records((Path(package.__file__).parent / "asymmetric" / path).read_text("latin-1")))


def digest_of(text: str) -> str:
    """Return hashlib's name of a hash as NIST writes it."""
    return text.replace("-", "").lower()


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["15", "PSS"])
def test_nist_s_vectors_of_rsa(scheme: str) -> None:
    """PKCS#1 v1.5 and PSS, right ones and wrong ones: SigVer of FIPS 186-3."""
    wrong, seen = [], {True: 0, False: 0}
    for each in vectors(f"RSA/FIPS_186-2/SigVer{scheme}_186-3.rsp"):
        numbers = (int(each["n"], 16), int(each["e"], 16))
        signature, message, digest = bytes.fromhex(each["S"]), bytes.fromhex(each["Msg"]), digest_of(each["SHAAlg"])
        if scheme == "15":
            found = arithmetic.rsa_verify_pkcs1(*numbers, signature, message, digest)
        else:
            salt = 0 if each["SaltVal"] == "00" else len(each["SaltVal"]) // 2
            found = arithmetic.rsa_verify_pss(*numbers, signature, message, digest, digest, salt)
        expected = each["Result"].startswith("P")
        seen[expected] += 1
        wrong += [] if found is expected else [each["Result"]]

    assert [] == wrong
    assert min(seen.values()) >= 45


@pytest.mark.thorough
def test_nist_s_vectors_of_ecdsa() -> None:
    """P-256, P-384 and P-521, right ones and wrong ones."""
    names = {"P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1"}
    wrong, seen = [], {True: 0, False: 0}
    for each in vectors("ECDSA/FIPS_186-3/SigVer.rsp"):
        if each["section"] in names:
            x, y, r, s = (int(each[name], 16) for name in ("Qx", "Qy", "R", "S"))
            curve = arithmetic.CURVES[names[each["section"]]]
            found = curve.verify((x, y), r, s, bytes.fromhex(each["Msg"]), digest_of(each["digest"]))
            expected = each["Result"].startswith("P")
            seen[expected] += 1
            wrong += [] if found is expected else [each["Result"]]

    assert [] == wrong
    assert min(seen.values()) >= 45


@pytest.mark.thorough
def test_the_vectors_of_ed25519() -> None:
    """A thousand signatures of the paper's authors, and each with a bit flipped."""
    package = pytest.importorskip("cryptography_vectors")
    lines = (Path(package.__file__).parent / "asymmetric/Ed25519/sign.input").read_text("ascii").splitlines()
    answers = []
    for number, line in enumerate(lines):
        _, public, message, both = map(bytes.fromhex, line.split(":")[:4])
        signature = both[:64]
        answers.append(edwards.ed25519_verify(public, signature, message))
        answers.append(not edwards.ed25519_verify(public, flipped(signature, number % 512), message))

    assert {True} == set(answers)
    assert len(answers) > 2000
