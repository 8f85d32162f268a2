"""Faults of the end-entity certificate itself: the catalogue's section D, without names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from ..facts import Certificate, time_text
from ..submission import Submission
from ..targets import Want
from .key import accepted, accepts, certificate_key
from .reissue import SERVER_AUTH as FOR_SERVERS
from .reissue import new_key, reissue
from .table import GIVEN, LEAF, SUBMISSION, Rule, file_of, listed, new, plural

_TBS = "tbsCertificate."
_EXTENSIONS = _TBS + "extensions."
_REISSUE = "have the certificate issued again by its CA"
SERVER_AUTH, CLIENT_AUTH, ANY_USE = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"
_BASIC_CONSTRAINTS, _SUBJECT_ALT_NAME = "2.5.29.19", "2.5.29.17"
_POISON = "1.3.6.1.4.1.11129.2.4.3"
PURPOSES = {
    SERVER_AUTH: "serverAuth",
    CLIENT_AUTH: "clientAuth",
    ANY_USE: "anyExtendedKeyUsage",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.4.1.11129.2.4.4": "precertificate signing",
}
_OTHER_USES = tuple(oid for oid in PURPOSES if oid not in (SERVER_AUTH, CLIENT_AUTH))
_CODE_OR_EMAIL = ("1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.4")
_SIGNING = ("keyUsage=critical,digitalSignature",)
_WEAK_HASHES = ("md2", "md5", "sha1")
_KEY_IDENTIFIERS = {
    "RSA": "300d06092a864886f70d0101010500",
    "EC_prime256v1": "301306072a8648ce3d020106082a8648ce3d030107",
    "EC_secp384r1": "301006072a8648ce3d020106052b81040022",
    "EC_secp521r1": "301006072a8648ce3d020106052b81040023",
}


def inverted(it: Certificate) -> bool:
    """Whether a certificate ends before it begins."""
    return it.not_after < it.not_before


def signature_family(it: Certificate) -> str:
    """Return RSA or EC for the key that signed, or nothing for anything else."""
    name = it.signature_algorithm.name
    return "RSA" if name.endswith("_rsa") or name == "rsassa_pss" else "EC" if name.endswith("_ecdsa") else ""


def weak_hash(it: Certificate) -> bool:
    """Whether a certificate is signed with MD2, MD5 or SHA-1."""
    return it.signature_algorithm.hash in _WEAK_HASHES


def for_servers(it: Certificate) -> bool:
    """Whether the extended key usage, if there is one, allows TLS servers (RFC 5280 section 4.2.1.12)."""
    usage = it.extended_key_usage
    return usage is None or SERVER_AUTH in usage or ANY_USE in usage


def purposes(it: Certificate) -> str:
    """Return the extended key usages as a message lists them."""
    return listed([PURPOSES.get(oid, oid) for oid in it.extended_key_usage or ()]) or "nothing at all"


def usages(names: Iterable[str]) -> list[str]:
    """Return key usages as RFC 5280 section 4.2.1.3 spells them."""
    return ["cRLSign" if name == "crl_sign" else re.sub("_(.)", lambda at: at[1].upper(), name) for name in names]


def unknown_critical(it: Certificate) -> tuple[str, ...]:
    """Return the critical extensions that those who validate paths do not process (RFC 5280 section 4.2)."""
    return tuple(each.oid for each in it.extensions if each.critical and not each.known)


def _unknown_but_poison(it: Certificate) -> tuple[str, ...]:
    """Return the critical extensions that are not processed, without that of precertificates, which has its rule."""
    return tuple(oid for oid in unknown_critical(it) if oid != _POISON)


def _other_uses(it: Certificate, want: Want) -> tuple[str, ...]:
    unwanted = _CODE_OR_EMAIL if want.demand.only else _OTHER_USES
    return tuple(oid for oid in it.extended_key_usage or () if oid in unwanted)


def _algorithm_ok(it: Certificate, want: Want) -> bool:
    if want.demand.only:
        return it.key.algorithm not in want.target.doubtful_algorithms
    elsewhere = it.key.curve == "explicit" or it.key.kind == "rsassa_pss"
    return elsewhere or accepts(want.target, it.key)


def _algorithm_says(it: Submission, want: Want) -> str:
    key = certificate_key(it.leaf) if it.leaf else ""
    if want.demand.only:
        return f"the certificate's key is {key}; what is written about it for {want.target.title} is in doubt"
    return f"the certificate's key is {key}; {accepted(want)}"


def _short_key(it: Certificate) -> bool:
    """Whether it is an RSA key that no public CA may certify (BR section 6.1.5)."""
    return it.key.kind == "rsa" and (it.key.bits or 0) < 2_048


def _usage_fault(it: Certificate) -> str:
    """Return what is unusual for a TLS server in the key usage (BR 7.1.2.7.11), or nothing."""
    usage = it.key_usage
    if usage is None or it.is_ca:
        return ""
    if it.key.kind == "rsa":
        odd = [each for each in usage if each not in ("digital_signature", "key_encipherment", "data_encipherment")]
        return f"allows {listed(usages(odd))}" if odd else "" if usage else "allows nothing"
    if it.key.kind != "ec":
        return ""
    if "digital_signature" not in usage:
        return "lacks digitalSignature"
    if "key_encipherment" in usage:
        return "allows keyEncipherment, which an EC key cannot do"
    odd = [each for each in usage if each not in ("digital_signature", "key_agreement")]
    return f"allows {listed(usages(odd))}" if odd else ""


def repeated_extensions(it: Certificate) -> list[str]:
    """Return the extensions that stand there more than once (RFC 5280 section 4.2)."""
    names = [each.name for each in it.extensions]
    return sorted({name for name in names if names.count(name) > 1}) if len(names) < 1000 else ["more than a thousand"]


def _constraints_fault(it: Certificate, want: Want) -> str:
    """Return what RFC 5280 section 4.2.1.9 rules out in the basic constraints, or nothing."""
    constraints, extension = it.basic_constraints, it.extension(_BASIC_CONSTRAINTS)
    if constraints is None or extension is None:
        return ""
    if not constraints.ca:
        limited = constraints.path_length is not None
        return "they state a path length, and that this is no CA" if limited else ""
    loose = not extension.critical and not it.self_signed  # of a trust anchor nobody asks it
    return "they are not critical, and this is a CA's certificate" if loose and not want.demand.only else ""


def _san_may_be_ignored(it: Certificate) -> bool:
    """Whether the only names stand in an extension that is not critical (RFC 5280 section 4.2.1.6)."""
    extension = it.extension(_SUBJECT_ALT_NAME)
    return it.subject.is_empty and extension is not None and not extension.critical


def _self_issued_ok(it: Submission, want: Want) -> bool:
    leaf = it.leaf
    return leaf is None or not leaf.self_issued or it.self_signed is not False or bool(it.path and it.path.path)


def _serial_fault(serial: int) -> str:
    """Return what is wrong with a serial number (RFC 5280 section 4.1.2.2), or nothing."""
    if serial <= 0:
        return "negative" if serial else "zero"
    return f"{serial.bit_length()} bits long" if serial.bit_length() > 159 else ""


def _moment(moment: datetime) -> str:
    return time_text(moment).replace("T", " ")


def _days(it: Certificate, want: Want) -> str:
    days = (it.not_after - want.at).days
    return plural(days, "day") if days else "less than a day"


RULES = (
    Rule(
        name="cert-not-version-3",
        on=LEAF,
        ok=lambda it, want: it.version == 3,
        reads=("version",),
        path=_TBS + "version",
        says=lambda it, want: f"this is an X.509 version {it.version} certificate, not version 3",
        why="Only version 3 has extensions, and with them subject alternative names and usages.",
        fix=lambda it, want: (
            reissue(it, want, _REISSUE + ", with extensions") + " (openssl x509 -req without -extfile makes version 1)"
        ),
    ),
    Rule(
        name="cert-expired",
        on=LEAF,
        applies=lambda it, want: not inverted(it),
        ok=lambda it, want: want.at <= it.not_after,
        reads=("not_after", "not_before"),
        path=_TBS + "validity.notAfter",
        says=lambda it, want: (
            f"the certificate expired at {_moment(it.not_after)}, {plural((want.at - it.not_after).days, 'day')} "
            f"before {_moment(want.at)}"
        ),
        why="A certificate can be imported only while it is valid.",
        fix=lambda it, want: reissue(it, want, "renew the certificate where it was issued, and pass the new one"),
        aws_says="MalformedCertificate: the certificate is malformed or expired",
    ),
    Rule(
        name="cert-not-yet-valid",
        on=LEAF,
        applies=lambda it, want: not inverted(it),
        ok=lambda it, want: want.at >= it.not_before,
        reads=("not_after", "not_before"),
        path=_TBS + "validity.notBefore",
        says=lambda it, want: f"the certificate is valid only from {_moment(it.not_before)}; it is {_moment(want.at)}",
        why="A certificate cannot be imported before its validity begins.",
        fix="wait until then, or set the issuer's clock right and " + _REISSUE,
    ),
    Rule(
        name="cert-validity-inverted",
        on=LEAF,
        ok=lambda it, want: not inverted(it),
        reads=("not_after", "not_before"),
        path=_TBS + "validity",
        says=lambda it, want: (
            f"the validity ends ({_moment(it.not_after)}) before it begins ({_moment(it.not_before)})"
        ),
        why="There is no moment at which such a certificate is valid.",
        fix=_REISSUE,
    ),
    Rule(
        name="cert-expires-soon",
        on=LEAF,
        applies=lambda it, want: it.not_before <= want.at <= it.not_after,
        ok=lambda it, want: it.not_after - want.at >= want.expires_within,
        reads=("not_after", "not_before"),
        path=_TBS + "validity.notAfter",
        says=lambda it, want: f"the certificate expires in {_days(it, want)}, at {_moment(it.not_after)}",
        why="Imported certificates are not renewed by AWS.",
        fix="renew the certificate before the upload",
    ),
    Rule(
        name="cert-issuer-empty",
        on=LEAF,
        ok=lambda it, want: not it.issuer.is_empty,
        reads=("issuer",),
        path=_TBS + "issuer",
        says="the certificate names no issuer",
        why="The issuer field must not be empty.",
        fix=lambda it, want: reissue(it, want, "have it issued by a CA that has a name"),
    ),
    Rule(
        name="cert-ocsp-url-too-long",
        on=LEAF,
        ok=lambda it, want: all(len(url) <= 1000 for url in it.ocsp_urls or ()),
        reads=("ocsp_urls",),
        path=_EXTENSIONS + "authority_information_access",
        says=lambda it, want: (
            f"an OCSP URL has {max(map(len, it.ocsp_urls or ('',))):,} characters; at most 1,000 are allowed"
        ),
        why="AWS limits the OCSP authority URL to 1,000 characters.",
        fix=_REISSUE + ", with a shorter URL",
    ),
    Rule(
        name="cert-key-algorithm-not-accepted",
        on=SUBMISSION,
        applies=lambda it, want: it.leaf is not None,
        ok=lambda it, want: it.leaf is None or _algorithm_ok(it.leaf, want),
        reads=("leaf.key",),
        at=lambda it: it.leaf.at if it.leaf else it.at,
        also=lambda it: (it.key.at,) if it.key and it.pair and it.pair.matches is not False else (),
        path=_TBS + "subjectPublicKeyInfo",
        says=_algorithm_says,
        why="A target takes certain key algorithms and sizes; its documents say which.",
        fix=lambda it, want: new_key(want, it.leaf),
        aws_says="The private key length <key_length> isn't supported for key algorithm.",
    ),
    Rule(
        name="cert-key-not-rsa",
        on=LEAF,
        ok=lambda it, want: it.key.kind == "rsa" or it.key.algorithm not in want.target.key_algorithms,
        reads=("key",),
        path=_TBS + "subjectPublicKeyInfo",
        says=lambda it, want: (
            f"the key is {certificate_key(it)}: the page lists it and demands an RSA public key in the same breath"
        ),
        why="The documentation contradicts itself; the service's model of the same weeks lists the curves.",
        fix="nothing, or an RSA certificate where it must be certain",
        aws_says="The private key is not supported. Only RSA 1024-bit and 2048-bit private keys are allowed.",
    ),
    Rule(
        name="cert-explicit-curve",
        on=LEAF,
        ok=lambda it, want: it.key.curve != "explicit",
        reads=("key",),
        path=_TBS + "subjectPublicKeyInfo.algorithm.parameters",
        says="the certificate spells out its curve's parameters instead of naming it",
        why="Only named curves are on the target's list; most TLS libraries refuse explicit parameters.",
        fix=lambda it, want: new_key(want, it),
    ),
    Rule(
        name="cert-pss-key",
        on=LEAF,
        ok=lambda it, want: it.key.kind != "rsassa_pss",
        reads=("key",),
        path=_TBS + "subjectPublicKeyInfo.algorithm",
        says=lambda it, want: (
            f"the key is restricted to RSASSA-PSS ({it.key.algorithm}); the target's list has plain RSA only"
        ),
        why="Keys of this type are not on the target's list, and few TLS clients take them.",
        fix=lambda it, want: new_key(want, it),
    ),
    Rule(
        name="cert-key-identifier-malformed",
        on=LEAF,
        applies=lambda it, want: (
            (it.key.kind if it.key.kind == "rsa" else it.key.algorithm) in ("rsa", *_KEY_IDENTIFIERS)
        ),
        ok=lambda it, want: (
            it.key.identifier.hex() == _KEY_IDENTIFIERS["RSA" if it.key.kind == "rsa" else it.key.algorithm]
        ),
        reads=("key",),
        path=_TBS + "subjectPublicKeyInfo.algorithm",
        says=lambda it, want: (
            f"the key's AlgorithmIdentifier is encoded as {it.key.identifier.hex()[:80]}, not as the Baseline "
            "Requirements have it"
        ),
        why="Public CAs must encode it byte for byte; some clients compare it so.",
        fix=_REISSUE,
    ),
    Rule(
        name="cert-issuer-key-type-differs",
        on=LEAF,
        applies=lambda it, want: bool(signature_family(it)),
        ok=lambda it, want: it.key.family == signature_family(it),
        reads=("key", "signature_algorithm"),
        path="signatureAlgorithm",
        says=lambda it, want: (
            f"the certificate's key is {it.key.family}, the CA's that signed it is {signature_family(it)}"
        ),
        why="The API reference demands that both match; nobody is known to have been refused for it.",
        fix=(
            "if it is refused, ask the CA for an intermediate with the same type of key, or take a key of the CA's type"
        ),
    ),
    Rule(
        name="cert-signature-algorithms-differ",
        on=LEAF,
        ok=lambda it, want: it.signature_algorithm.der == it.tbs_signature_algorithm.der,
        reads=("signature_algorithm", "tbs_signature_algorithm"),
        path=_TBS + "signature",
        says=lambda it, want: (
            f"the certificate names two signature algorithms: {it.tbs_signature_algorithm.name} inside, "
            f"{it.signature_algorithm.name} outside"
        ),
        why="Both must be the same (RFC 5280 section 4.1.1.2); libraries refuse it as damaged.",
        fix=_REISSUE,
    ),
    Rule(
        name="cert-weak-key",
        on=LEAF,
        ok=lambda it, want: not _short_key(it) or it.key.algorithm not in want.target.key_algorithms,
        reads=("key",),
        path=_TBS + "subjectPublicKeyInfo",
        says=lambda it, want: (
            f"the RSA key has {it.key.bits:,} bits: the target's list has it, but clients refuse fewer than 2,048"
        ),
        why="Browsers, and TLS libraries by default (OpenSSL's security level 2), do not connect to such a server.",
        fix=lambda it, want: new_key(want, it),
    ),
    Rule(
        name="cert-weak-signature",
        on=LEAF,
        ok=lambda it, want: not weak_hash(it),
        reads=("signature_algorithm",),
        path="signatureAlgorithm",
        says=lambda it, want: f"the certificate is signed with {it.signature_algorithm.name}",
        why="ACM has imported such certificates; browsers and load balancers do not take them.",
        fix=lambda it, want: reissue(it, want, _REISSUE + ", signed with SHA-256"),
    ),
    Rule(
        name="cert-not-for-tls-servers",
        on=LEAF,
        ok=lambda it, want: for_servers(it),
        reads=("extended_key_usage",),
        path=_EXTENSIONS + "extended_key_usage",
        says=lambda it, want: f"the certificate is for {purposes(it)}, not for TLS servers",
        why="TLS clients refuse a server whose certificate is not for serverAuth.",
        fix=lambda it, want: reissue(it, want, _REISSUE + ", with serverAuth", extensions=FOR_SERVERS),
    ),
    Rule(
        name="cert-without-eku",
        on=LEAF,
        applies=lambda it, want: it.version == 3,
        ok=lambda it, want: it.extended_key_usage is not None,
        reads=("extended_key_usage", "version"),
        says="the certificate has no extended key usage extension",
        why="Apple's systems and public CAs demand serverAuth; a re-import can never add the extension.",
        fix=lambda it, want: reissue(it, want, _REISSUE + ", with serverAuth", extensions=FOR_SERVERS),
    ),
    Rule(
        name="cert-for-other-uses",
        on=LEAF,
        applies=lambda it, want: for_servers(it),
        ok=lambda it, want: not _other_uses(it, want),
        reads=("extended_key_usage",),
        path=_EXTENSIONS + "extended_key_usage",
        says=lambda it, want: (
            f"besides TLS servers the certificate is for {listed([PURPOSES[oid] for oid in _other_uses(it, want)])}"
        ),
        why="A TLS certificate is for TLS; other uses widen what a stolen key is good for.",
        fix=lambda it, want: reissue(it, want, _REISSUE + ", with serverAuth alone", extensions=FOR_SERVERS),
    ),
    Rule(
        name="cert-allows-client-auth",
        on=LEAF,
        applies=lambda it, want: for_servers(it),
        ok=lambda it, want: CLIENT_AUTH not in (it.extended_key_usage or ()),
        reads=("extended_key_usage",),
        path=_EXTENSIONS + "extended_key_usage",
        says="the certificate is for TLS clients too (clientAuth)",
        why="Public CAs stop issuing such certificates; Chrome refuses those issued from 2027-03-15.",
        fix="ask the CA for its profile with serverAuth alone",
    ),
    Rule(
        name="cert-key-usage-unsuitable",
        on=LEAF,
        ok=lambda it, want: not _usage_fault(it),
        reads=("key_usage", "key", "basic_constraints"),
        path=_EXTENSIONS + "key_usage",
        says=lambda it, want: f"the key usage {_usage_fault(it)}",
        why="It is unusual for a TLS server, and a re-import can never remove a usage.",
        fix=lambda it, want: reissue(it, want, _REISSUE + ", with digitalSignature", extensions=_SIGNING),
    ),
    Rule(
        name="cert-netscape-type-unsuitable",
        on=LEAF,
        ok=lambda it, want: it.netscape_type is None or "ssl_server" in it.netscape_type,
        reads=("netscape_type",),
        path=_EXTENSIONS + "netscape_certificate_type",
        says="Netscape's certificate type, an old extension, allows no TLS server",
        why="OpenSSL heeds it still: its clients refuse such a certificate as a server's.",
        fix=_REISSUE + ", without this extension",
    ),
    Rule(
        name="cert-is-ca",
        on=LEAF,
        ok=lambda it, want: not it.is_ca,
        reads=("basic_constraints",),
        path=_EXTENSIONS + "basic_constraints",
        says="the certificate is a CA certificate (basicConstraints cA TRUE)",
        why="Some clients refuse a CA certificate as a server's; `openssl req -x509` makes such by default.",
        fix=lambda it, want: reissue(it, want, "have an end-entity certificate issued"),
    ),
    Rule(
        name="cert-basic-constraints-unsuitable",
        on=GIVEN,
        ok=lambda it, want: not _constraints_fault(it, want),
        reads=("basic_constraints", "extensions"),
        path=_EXTENSIONS + "basic_constraints",
        says=lambda it, want: (
            f"the basic constraints of {it.title} are not as they must be: {_constraints_fault(it, want)}"
        ),
        why="RFC 5280 section 4.2.1.9 rules it out; `openssl verify -x509_strict` and others as strict refuse it.",
        fix=lambda it, want: _REISSUE + ", with sound basicConstraints",
    ),
    Rule(
        name="cert-san-not-critical",
        on=LEAF,
        ok=lambda it, want: not _san_may_be_ignored(it),
        reads=("subject", "extensions"),
        path=_EXTENSIONS + "subject_alt_name",
        says="the subject is empty, and the subject alternative name extension is not critical",
        why="Whoever passed over the extension would know no name at all, so it must be critical (RFC 5280 4.2.1.6).",
        fix=_REISSUE + ", with the extension critical, or with a subject",
    ),
    Rule(
        name="cert-self-issued-not-self-signed",
        on=SUBMISSION,
        ok=_self_issued_ok,
        reads=("self_signed", "leaf.subject", "leaf.issuer"),
        applies=lambda it, want: it.leaf is not None,
        at=lambda it: it.leaf.at if it.leaf else it.at,
        path="signatureValue",
        says="issuer and subject are the same name, but the certificate is not signed with its own key",
        why="It is not self-signed, and no chain explains who signed it.",
        fix=(
            "pass the chain of the CA that signed it, or sign it again with its own key; with openssl: "
            "`openssl x509 -in FILE -signkey KEY -out new-certificate.pem`"
        ),
        aws_says=(
            "Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or "
            "certificate chain."
        ),
    ),
    Rule(
        name="cert-is-precertificate",
        on=LEAF,
        ok=lambda it, want: not any(each.oid == _POISON and each.critical for each in it.extensions),
        reads=("extensions",),
        path=_EXTENSIONS + "ct_poison",
        says="this is a precertificate (RFC 6962): its poison extension makes it invalid on purpose",
        why="A precertificate goes to transparency logs; it is not the certificate.",
        fix="pass the final certificate that the CA issued after it",
    ),
    Rule(
        name="cert-unknown-critical-extension",
        on=LEAF,
        ok=lambda it, want: not _unknown_but_poison(it),
        reads=("extensions",),
        path="tbsCertificate.extensions",
        says=lambda it, want: (
            "the certificate has a critical extension that is not commonly processed: "
            f"{listed(_unknown_but_poison(it))}"
        ),
        why="Whoever cannot process a critical extension must refuse the certificate (RFC 5280 section 4.2).",
        fix=_REISSUE + ", without it or with it not critical",
    ),
    Rule(
        name="cert-duplicate-extension",
        on=GIVEN,
        ok=lambda it, want: not repeated_extensions(it),
        reads=("extensions",),
        path="tbsCertificate.extensions",
        says=lambda it, want: f"an extension stands twice: {listed(repeated_extensions(it))}; the first was judged",
        why="No extension may stand twice (RFC 5280 section 4.2); readers differ in which one counts.",
        fix=_REISSUE,
    ),
    Rule(
        name="cert-serial-out-of-range",
        on=LEAF,
        ok=lambda it, want: not _serial_fault(it.serial_number),
        reads=("serial_number",),
        path=_TBS + "serialNumber",
        says=lambda it, want: f"the serial number is {_serial_fault(it.serial_number)}",
        why="It must be positive and at most 20 octets (RFC 5280 section 4.1.2.2).",
        fix=_REISSUE,
    ),
    Rule(
        name="cert-trailing-data",
        on=GIVEN,
        ok=lambda it, want: not it.trailing and not it.extra,
        says=lambda it, want: listed(
            [
                *([f"{plural(it.trailing, 'more byte')} in its block, behind the certificate"] if it.trailing else []),
                *(f"unknown element: {each}" for each in it.extra),
            ]
        ),
        why="Some readers refuse it, others never see what follows.",
        repaired=lambda it: not it.extra,
        fix=lambda it, want: (
            _REISSUE
            if it.extra
            else "have the file written anew from where it was issued"
            + ("" if it.is_ca else f"; with openssl: `openssl x509 -in {file_of(it)} -out {new(it, 'certificate')}`")
        ),
    ),
)
