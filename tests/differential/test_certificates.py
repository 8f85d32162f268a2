"""Every fact about a certificate is the one that pyca, openssl and certtool read."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from asn1crypto.core import ObjectIdentifier
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from pemcheck import inspect
from pemcheck.facts import Certificate, Subtree
from pemcheck.source import printable

from . import tally
from .judges import certificate_of, issued, numbers, said
from .material import Item, collected
from .tally import Comparison, Refusal

USAGES = {
    "digital_signature": "digital_signature",
    "non_repudiation": "content_commitment",
    "key_encipherment": "key_encipherment",
    "data_encipherment": "data_encipherment",
    "key_agreement": "key_agreement",
    "key_cert_sign": "key_cert_sign",
    "crl_sign": "crl_sign",
    "encipher_only": "encipher_only",
    "decipher_only": "decipher_only",
}
CURVES = {"secp256r1": "prime256v1"}


@cache
def ours(item: Item) -> Certificate | None:
    """Return our facts; None where we say that this is no certificate that can be read."""
    return next((each for each in inspect(item.data) if isinstance(each, Certificate)), None)


def extension(judge: x509.Certificate, kind: type[x509.ExtensionType]) -> Any:
    """Return pyca's value of an extension, None if it is absent."""
    return next((each.value for each in judge.extensions if isinstance(each.value, kind)), None)


def their_name(name: x509.Name) -> list[list[tuple[str, str | bytes]]]:
    """Return a name RDN by RDN."""
    return [sorted((each.oid.dotted_string, each.value) for each in rdn) for rdn in name.rdns]


def their_key(judge: x509.Certificate) -> tuple[Any, ...]:
    """Return kind, bits, curve, numbers, octets of the public key."""
    kind, bits, curve, found, octets = numbers(judge.public_key())
    return kind, bits, CURVES.get(curve or "", curve), found, octets


def our_key(fact: Certificate) -> tuple[Any, ...]:
    """Return the same; a point that we do not decode is what it is on the judge's word."""
    key = fact.key
    kind = {"rsassa_pss": "rsa"}.get(key.kind, key.kind)
    octets = b"" if key.kind == "ec" else key.octets
    found = key.numbers
    if key.kind == "ec" and not found:
        half = (len(key.octets) - 1) // 2
        found = tuple(int.from_bytes(part, "big") for part in (key.octets[1 : 1 + half], key.octets[1 + half :]))
    curve = key.usual_curve.lower() if key.usual_curve else None
    return ("other", None, None, (), octets) if kind not in KINDS else (kind, key.bits, curve, found, octets)


KINDS = ("rsa", "dsa", "ec", "ed25519", "ed448")


def their_alt_names(judge: x509.Certificate) -> Any:
    """Return the names of each kind in order, and how many others there are."""
    names = extension(judge, x509.SubjectAlternativeName)
    if names is None:
        return None
    kinds = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier)
    found = tuple(tuple(printable(str(each.value)) for each in names if isinstance(each, kind)) for kind in kinds)
    directory = [their_name(each.value) for each in names if isinstance(each, x509.DirectoryName)]
    return (*found, directory, len(names))


def our_alt_names(fact: Certificate) -> Any:
    """Return the same."""
    names = fact.subject_alt_names
    if names is None:
        return None
    directory = [[sorted(rdn) for rdn in each.rdns] for each in names.directory]
    return names.dns, names.ip, names.email, names.uri, directory, names.count


def their_usages(judge: x509.Certificate) -> Any:
    """Return key usage; pyca raises where it is asked for what makes no sense without key agreement."""
    usage = extension(judge, x509.KeyUsage)
    if usage is None:
        return None
    only = () if usage.key_agreement else ("encipher_only", "decipher_only")
    return tuple(name for name, theirs in USAGES.items() if name not in only and getattr(usage, theirs))


def our_usages(fact: Certificate) -> Any:
    """Return the same."""
    if fact.key_usage is None or "key_agreement" in fact.key_usage:
        return fact.key_usage
    return tuple(each for each in fact.key_usage if each not in ("encipher_only", "decipher_only"))


def their_urls(judge: x509.Certificate) -> Any:
    """Return the URLs of OCSP and of the issuer's certificate."""
    access = extension(judge, x509.AuthorityInformationAccess)
    if access is None:
        return None, None
    uris = [each for each in access if isinstance(each.access_location, x509.UniformResourceIdentifier)]
    return tuple(
        tuple(printable(each.access_location.value) for each in uris if each.access_method == method)
        for method in (Access.OCSP, Access.CA_ISSUERS)
    )


def their_constraints(judge: x509.Certificate) -> Any:
    """Return the permitted and the excluded subtrees."""
    found = extension(judge, x509.NameConstraints)
    return found and tuple(
        [subtree(each) for each in trees or ()] for trees in (found.permitted_subtrees, found.excluded_subtrees)
    )


def subtree(name: x509.GeneralName) -> tuple[str, Any]:
    """Return kind and text of pyca's subtree."""
    if isinstance(name, x509.DirectoryName):
        return "directory", their_name(name.value)
    if isinstance(name, x509.IPAddress):
        assert isinstance(name.value, (ipaddress.IPv4Network, ipaddress.IPv6Network))
        return "ip", name.value.network_address.packed + name.value.netmask.packed
    kinds = {x509.DNSName: "dns", x509.RFC822Name: "email", x509.UniformResourceIdentifier: "uri"}
    kind = kinds.get(type(name), "other")
    return kind, "" if kind == "other" else str(name.value)


def our_subtree(tree: Subtree) -> tuple[str, Any]:
    """Return the same of ours."""
    if tree.name is not None:
        return tree.kind, [sorted(rdn) for rdn in tree.name.rdns]
    return tree.kind, tree.base if tree.kind == "ip" else "" if tree.kind == "other" else tree.text


def our_constraints(fact: Certificate) -> Any:
    """Return the permitted and the excluded subtrees."""
    found = fact.name_constraints
    return found and tuple([our_subtree(each) for each in trees] for trees in (found.permitted, found.excluded))


def their_algorithm(judge: x509.Certificate) -> Any:
    """Return the signature algorithm: OID, hash, and of RSASSA-PSS the hash of the mask and the bytes of salt."""
    digest = judge.signature_hash_algorithm
    found = judge.signature_algorithm_oid.dotted_string, digest.name.replace("-", "_") if digest else ""
    parameters = judge.signature_algorithm_parameters
    if isinstance(parameters, padding.PSS):
        mask = parameters._mgf._algorithm.name.replace("-", "_")
        return (*found, mask, parameters._salt_length)
    return (*found, "", None)


def our_algorithm(fact: Certificate) -> Any:
    """Return the same; pyca gives no hash to the algorithms of Edwards curves and of lattices."""
    found = fact.signature_algorithm
    known = "" if found.name in ("ed25519", "ed448") or not re.search("rsa|dsa|pss", found.name) else found.hash
    return found.oid, known, found.mgf_hash, found.salt_length


def their_policies(judge: x509.Certificate) -> list[str] | None:
    """Return the OIDs of the policies."""
    found = extension(judge, x509.CertificatePolicies)
    return None if found is None else [each.policy_identifier.dotted_string for each in found]


def our_policies(fact: Certificate) -> list[str] | str | None:
    """Return the same out of the extension's value: no fact of ours says more of it."""
    found = fact.extension("2.5.29.32")
    if found is None:
        return None
    try:
        return [ObjectIdentifier.load(next(der_children(each))).native for each in der_children(found.value)]
    except (ValueError, IndexError, StopIteration):
        return "malformed"  # as pyca has to say, or it is a disagreement


def identifiers(judge: x509.Certificate) -> Any:
    """Return the subject's and the issuer's key identifier."""
    subject, issuer = (extension(judge, kind) for kind in (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier))
    return subject and subject.digest, issuer and issuer.key_identifier


def timestamps(judge: x509.Certificate) -> int | None:
    """Return from how many logs there are timestamps."""
    found = extension(judge, x509.PrecertificateSignedCertificateTimestamps)
    return None if found is None else len({each.log_id for each in found})


def public_key_bytes(judge: x509.Certificate) -> bytes:
    """Return the SubjectPublicKeyInfo as it stands in the certificate, and not as pyca would write it."""
    parts = list(der_children(judge.tbs_certificate_bytes))
    found = parts[6 if parts[0][0] == 0xA0 else 5]
    if load_der_public_key(found) != judge.public_key():
        raise AssertionError("these are not the bytes of the public key")
    return found


def der_children(data: bytes) -> Iterator[bytes]:
    """Yield what is in a DER object with short tags."""
    at, end = header(data, 0)
    while at < end:
        stop = header(data, at)[1]
        yield data[at:stop]
        at = stop


def header(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the object at an offset starts and ends."""
    octets = data[at + 1] & 0x7F if data[at + 1] & 0x80 else 0
    start = at + 2 + octets
    return start, start + (int.from_bytes(data[at + 2 : start], "big") if octets else data[at + 1])


def self_signed(judge: x509.Certificate) -> bool | Refusal:
    """Return whether a certificate is signed with its own key."""
    return judge.issuer == judge.subject and issued(judge, judge)


Q = tuple[tuple[str, ...], Callable[[Certificate], Any], Callable[[x509.Certificate], Any]]
QUESTIONS: dict[str, Q] = {
    "fingerprint": ((), lambda it: it.sha256, lambda it: it.fingerprint(hashes.SHA256()).hex()),
    "version": (("version",), lambda it: it.version, lambda it: it.version.value + 1),
    "serial number": (("serial_number",), lambda it: it.serial_number, lambda it: it.serial_number),
    "subject": (("subject",), lambda it: [sorted(rdn) for rdn in it.subject.rdns], lambda it: their_name(it.subject)),
    "issuer": (("issuer",), lambda it: [sorted(rdn) for rdn in it.issuer.rdns], lambda it: their_name(it.issuer)),
    "validity": (
        ("not_before", "not_after"),
        lambda it: (it.not_before, it.not_after),
        lambda it: (it.not_valid_before_utc, it.not_valid_after_utc),
    ),
    "signed bytes": (
        ("signature",),
        lambda it: (it.tbs, it.signature),
        lambda it: (it.tbs_certificate_bytes, it.signature),
    ),
    "signature algorithm": (("signature_algorithm",), our_algorithm, their_algorithm),
    "public key": (("key",), our_key, their_key),
    "hash of the public key": (
        ("key",),
        lambda it: it.key.sha256,
        lambda it: hashlib.sha256(public_key_bytes(it)).hexdigest(),
    ),
    "extensions": (
        ("extensions",),
        lambda it: [(each.oid, each.critical) for each in it.extensions],
        lambda it: [(each.oid.dotted_string, each.critical) for each in it.extensions],
    ),
    "basic constraints": (
        ("basic_constraints",),
        lambda it: it.basic_constraints and (it.basic_constraints.ca, it.basic_constraints.path_length),
        lambda it: (found := extension(it, x509.BasicConstraints)) and (found.ca, found.path_length),
    ),
    "key usage": (("key_usage",), our_usages, their_usages),
    "extended key usage": (
        ("extended_key_usage",),
        lambda it: it.extended_key_usage,
        lambda it: (found := extension(it, x509.ExtendedKeyUsage)) and tuple(each.dotted_string for each in found),
    ),
    "alternative names": (("subject_alt_names",), our_alt_names, their_alt_names),
    "key identifiers": (
        ("subject_key_identifier", "authority_key_identifier"),
        lambda it: (it.subject_key_identifier, it.authority_key_identifier),
        identifiers,
    ),
    "URLs": (("ocsp_urls", "ca_issuers_urls"), lambda it: (it.ocsp_urls, it.ca_issuers_urls), their_urls),
    "name constraints": (("name_constraints",), our_constraints, their_constraints),
    "policies": (("extensions",), our_policies, their_policies),
    "timestamps": (("scts",), lambda it: it.scts, timestamps),
    "self-signed": (("self_signed",), lambda it: it.self_signed, self_signed),
}
"""The fields that each reads, what we say, and what pyca says."""


def compare(question: str, item: Item) -> Comparison:
    """Return both answers; ours is a word where the fact is one of those that could not be read."""
    fields, answer, judge_says = QUESTIONS[question]
    fact, judge = ours(item), certificate_of(item.data)
    found = "no certificate" if fact is None else "unread" if fact.unread & {*fields} else answer(fact)
    theirs = judge if isinstance(judge, Refusal) else said(lambda: judge_says(judge))
    return Comparison(item.case, item.name, found, theirs)


@pytest.mark.parametrize("question", QUESTIONS)
def test_pyca_reads_the_same(question: str) -> None:
    """In every certificate, or the list of disagreements says why not."""
    assert ([], []) == tally.disagreements(question, [compare(question, item) for item in collected().certificates])
