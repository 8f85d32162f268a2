"""
What a submission says, as frozen values.

Rules see nothing else: no bytes to parse, no foreign object, no exception.  ``None`` means *absent*.
A field that is there but could not be read is named in ``unread``; no rule that reads it is ever asked.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cached_property
from typing import Any

from .patterns import rare
from .source import Location, shorten
from .value import Value

MAX_SHOWN = 300
"""Characters of an attribute of a name, or of a general name, that are shown."""
MAX_NAME_SHOWN = 1_000
"""Characters of a distinguished name that are shown."""
MAX_TITLE = 100
"""Characters of what a certificate is called."""
MAX_PREPARED = 4_096
"""Characters of an attribute that is compared as RFC 5280 section 7.1 has it; RFC 5280 allows a common name 64."""
MAX_MARKS = 30
"""Combining characters in a row in it, as in the Stream-Safe Text Format (UAX #15): to sort them is quadratic."""

# a superset of what decomposes into something that begins with a combining character; halfwidth sound marks are letters
_MARKS = rare("(?:[^\\w\0-\x7f]|[\uff9e\uff9f])+")

NO_TIME = datetime.min.replace(tzinfo=timezone.utc)
"""Stands in an unread time field; never shown."""


def time_text(moment: datetime) -> str:
    """Return *moment* (aware) as ISO 8601 in UTC with ``Z``, to the second."""
    moment = moment.astimezone(timezone.utc) if moment.utcoffset() else moment
    return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def prepare(value: str) -> tuple[str, str | bytes]:
    """
    Return what is equal where two values are (RFC 5280 section 7.1): case and runs of white space do not count.

    Where that would take too long, beyond ``MAX_PREPARED`` and ``MAX_MARKS``, they do.
    """
    if len(value) > MAX_PREPARED or any(len(run) > MAX_MARKS for run in _MARKS.findall(value)):
        return "exact", _short(value)
    if not value.isascii():  # else it is its own normal form
        import unicodedata

        value = unicodedata.normalize("NFKC", value)
    return "text", _short(" ".join(value.casefold().split()))


def _short(text: str) -> str | bytes:
    """Return *text*, or its digest where that is shorter: a normal form has up to eighteen times as many characters."""
    return text if len(text) <= 64 else _sha256(text.encode("utf-8", "surrogatepass")).digest()


def _sha256(data: bytes) -> Any:
    import hashlib  # which loads libcrypto: no table of rules needs it

    return hashlib.sha256(data)


class Name(Value):
    """
    A distinguished name (RFC 5280 section 4.1.2.4).

    ``text`` is RFC 4514, most specific RDN first, printable, at most ``MAX_NAME_SHOWN`` characters; ``rdns`` holds the
    attributes of each RDN in encoded order, OID and value, not escaped: to be compared, and never to be shown.  A value
    that is no text is its DER.
    """

    der: bytes
    text: str
    rdns: tuple[tuple[tuple[str, str | bytes], ...], ...] = ()

    def values(self, oid: str) -> tuple[str, ...]:
        """Return the values of one attribute type, in encoded order, printable, at most ``MAX_SHOWN`` characters."""
        return tuple(shown(value) for rdn in self.rdns for found, value in rdn if found == oid)

    @property
    def common_names(self) -> tuple[str, ...]:
        """Every CN."""
        return self.values("2.5.4.3")

    @property
    def organizations(self) -> tuple[str, ...]:
        """Every O."""
        return self.values("2.5.4.10")

    @property
    def is_empty(self) -> bool:
        """Whether there is no RDN at all."""
        return not self.rdns

    @cached_property
    def prepared(self) -> tuple[frozenset[tuple[str, str, str | bytes]], ...]:
        """The name as RFC 5280 section 7.1 compares it."""
        return tuple(
            frozenset((oid, *(prepare(value) if isinstance(value, str) else ("der", value))) for oid, value in rdn)
            for rdn in self.rdns
        )

    def same_as(self, other: Name) -> bool:
        """Whether both name the same entity (RFC 5280 section 7.1)."""
        return self.der == other.der or (len(self.rdns) == len(other.rdns) and self.prepared == other.prepared)


def shown(value: str | bytes) -> str:
    """Return an attribute's value to be shown: printable and short; of what is no text, # and its DER (RFC 4514)."""
    return shorten(value if isinstance(value, str) else f"#{value[:MAX_SHOWN].hex()}", MAX_SHOWN)


NO_NAME = Name(b"", "?")


class Algorithm(Value):
    """A signature algorithm; ``der`` is its whole AlgorithmIdentifier."""

    oid: str
    name: str
    der: bytes = b""
    hash: str = ""
    """hashlib's name of the digest, empty where the algorithm names none."""
    mgf_hash: str = ""
    salt_length: int | None = None
    """RSASSA-PSS only: bytes of salt."""

    def to_dict(self) -> dict[str, Any]:
        """Return the algorithm as JSON (schema 1) has it."""
        return {"oid": self.oid, "name": self.name}


class PublicKey(Value):
    """
    A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), or the public half of a private key.

    ``algorithm`` is AWS's spelling of algorithm and size, ``kind`` one of rsa, rsassa_pss, ec, ed25519,
    ed448, dsa, dh, x25519, x448, other.  ``bits`` is the modulus' bit length or the curve's field size.
    ``numbers`` is (n, e) for RSA, (x, y) for a point that could be decoded, (p, q, g, y) for DSA;
    ``octets`` holds the encoded point or raw key of the other kinds.  ``der`` is the SubjectPublicKeyInfo,
    ``restriction`` the parameters of a restricted RSASSA-PSS key.
    """

    algorithm: str
    kind: str
    oid: str
    bits: int | None = None
    curve: str | None = None
    curve_oid: str | None = None
    numbers: tuple[int, ...] = ()
    octets: bytes = b""
    der: bytes = b""
    identifier: bytes = b""
    """The DER of the AlgorithmIdentifier."""
    restriction: Algorithm | None = None
    same_curve_as: str | None = None
    """Explicit parameters only: the named curve that they describe, if any."""
    on_curve: bool | None = None
    """Whether the point is on its curve; None where that cannot be calculated."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the DER SubjectPublicKeyInfo, in hexadecimal."""
        return str(_sha256(self.der).hexdigest())

    @property
    def family(self) -> str:
        """``RSA``, ``EC``, or the algorithm itself."""
        return {"rsa": "RSA", "rsassa_pss": "RSA", "ec": "EC"}.get(self.kind, self.algorithm)

    def same_as(self, other: PublicKey) -> bool:
        """Whether both are the same key, as numbers and points (so a compressed point equals the same point)."""
        if self.kind != other.kind or self.usual_curve != other.usual_curve:
            return False
        if self.numbers and other.numbers:
            return self.numbers == other.numbers
        return self.oid == other.oid and bool(self.octets) and self.octets == other.octets

    @property
    def identity(self) -> tuple[object, ...] | None:
        """What is equal where ``same_as`` holds of two keys read in full; None where nothing tells the key."""
        if self.numbers:
            return self.kind, self.usual_curve, self.numbers
        return (self.kind, self.usual_curve, self.oid, self.octets) if self.octets else None

    @property
    def usual_curve(self) -> str | None:
        """The named curve to calculate with, whether it is named or spelled out."""
        return self.same_curve_as or self.curve

    def to_dict(self) -> dict[str, Any]:
        """Return the key as JSON (schema 1) has it."""
        return {
            "algorithm": self.algorithm,
            "kind": self.kind,
            "oid": self.oid,
            "bits": self.bits,
            "curve": self.curve,
            "curve_oid": self.curve_oid,
            "sha256": self.sha256 if self.der else None,
        }


NO_KEY = PublicKey("?", "other", "")


class Extension(Value):
    """One X.509 extension; ``value`` is the DER inside its OCTET STRING."""

    oid: str
    name: str
    critical: bool
    value: bytes
    known: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the extension as JSON (schema 1) has it."""
        return {"oid": self.oid, "name": self.name, "critical": self.critical}


class AltNames(Value):
    """
    Subject alternative names, each kind in encoded order.

    ``dns``, ``email`` and ``uri`` are the raw IA5 characters, printable; ``ip`` is textual; ``directory``
    holds distinguished names; ``other`` counts the rest (directoryName, otherName, registeredID …).
    """

    dns: tuple[str, ...] = ()
    ip: tuple[str, ...] = ()
    email: tuple[str, ...] = ()
    uri: tuple[str, ...] = ()
    other: int = 0
    directory: tuple[Name, ...] = ()

    @property
    def count(self) -> int:
        """How many names there are."""
        return len(self.dns) + len(self.ip) + len(self.email) + len(self.uri) + self.other

    def to_dict(self) -> dict[str, Any]:
        """Return the names as JSON (schema 1) has them."""
        return {
            "dns": list(self.dns),
            "ip": list(self.ip),
            "email": list(self.email),
            "uri": list(self.uri),
            "other": self.other,
        }


class BasicConstraints(Value):
    """RFC 5280 section 4.2.1.9."""

    ca: bool
    path_length: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the constraints as JSON (schema 1) has them."""
        return {"ca": self.ca, "path_length": self.path_length}


class Subtree(Value):
    """
    One subtree of name constraints (RFC 5280 section 4.2.1.10).

    ``kind`` is dns, ip, email, uri, directory or other; ``text`` is printable, an address with its mask
    being ``address/mask``; ``base`` is the raw bytes (8 or 32 for ip), ``name`` a directory subtree.
    """

    kind: str
    text: str
    base: bytes = b""
    name: Name | None = None


class NameConstraints(Value):
    """RFC 5280 section 4.2.1.10."""

    permitted: tuple[Subtree, ...] = ()
    excluded: tuple[Subtree, ...] = ()


class PolicyConstraints(Value):
    """RFC 5280 section 4.2.1.11: how many more certificates may go without; None where nothing is said."""

    require_explicit: int | None = None
    inhibit_mapping: int | None = None


class Certificate(Value):
    """
    One X.509 certificate (RFC 5280 section 4.1).

    ``version`` is 1 to 3 as people count; times are aware, UTC.  ``extended_key_usage`` holds OIDs,
    ``key_usage`` asn1crypto's names in bit order.  ``self_signed`` was decided by verifying the signature;
    None where that cannot be done.  ``trailing`` counts bytes behind the certificate in its block,
    ``extra`` unknown elements inside it.
    """

    at: Location
    der: bytes
    tbs: bytes = b""
    version: int = 1
    serial_number: int = 0
    signature_algorithm: Algorithm = Algorithm("", "?")
    tbs_signature_algorithm: Algorithm = Algorithm("", "?")
    signature: bytes = b""
    issuer: Name = NO_NAME
    subject: Name = NO_NAME
    not_before: datetime = NO_TIME
    not_after: datetime = NO_TIME
    key: PublicKey = NO_KEY
    extensions: tuple[Extension, ...] = ()
    subject_alt_names: AltNames | None = None
    key_usage: tuple[str, ...] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    basic_constraints: BasicConstraints | None = None
    subject_key_identifier: bytes | None = None
    authority_key_identifier: bytes | None = None
    authority_issuer: tuple[Name, ...] | None = None
    """Who issued its issuer's certificate, as the authority key identifier says (RFC 5280 section 4.2.1.1)."""
    authority_serial_number: int | None = None
    """The serial number of its issuer's certificate, as the authority key identifier says."""
    netscape_type: tuple[str, ...] | None = None
    """What Netscape's certificate type allows, an extension older than key usages."""
    ocsp_urls: tuple[str, ...] | None = None
    ca_issuers_urls: tuple[str, ...] | None = None
    name_constraints: NameConstraints | None = None
    policies: tuple[str, ...] | None = None
    """The OIDs of certificatePolicies (RFC 5280 section 4.2.1.4)."""
    policy_mappings: tuple[tuple[str, str], ...] | None = None
    """Pairs of issuerDomainPolicy and subjectDomainPolicy (RFC 5280 section 4.2.1.5)."""
    policy_constraints: PolicyConstraints | None = None
    inhibit_any_policy: int | None = None
    """How many more certificates may use anyPolicy (RFC 5280 section 4.2.1.14)."""
    scts: int | None = None
    """How many logs' signed certificate timestamps are embedded (RFC 6962 section 3.3); None without the extension."""
    self_signed: bool | None = False
    trailing: int = 0
    extra: tuple[str, ...] = ()
    lenient_time: bool = False
    """Whether one of its times is in a form that RFC 5280 section 4.1.2.5 rules out, and was read all the same."""
    unread: frozenset[str] = frozenset()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the DER, in hexadecimal."""
        return str(_sha256(self.der).hexdigest())

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same name (RFC 5280 section 3.2); nobody signs with no name."""
        return self.subject.same_as(self.issuer)

    @property
    def is_ca(self) -> bool:
        """Whether basic constraints say CA."""
        return self.basic_constraints is not None and self.basic_constraints.ca

    @property
    def identity(self) -> tuple[object, ...] | None:
        """What is the same for its private key; None where that cannot be read."""
        return None if "key" in self.unread else self.key.identity

    @property
    def title(self) -> str:
        """What people call this certificate: its subject's CN, else its whole subject, else its first name."""
        if "subject" in self.unread:
            return "?"
        if self.subject.common_names:
            return shorten(self.subject.common_names[-1], MAX_TITLE)
        if self.subject.text:
            return shorten(self.subject.text, MAX_TITLE)
        return shorten((self.subject_alt_names.dns or ("?",))[0], MAX_TITLE) if self.subject_alt_names else "?"

    def extension(self, oid: str) -> Extension | None:
        """Return the first extension of this OID."""
        return next((extension for extension in self.extensions if extension.oid == oid), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the certificate as JSON (schema 1) has it."""

        def shown(field: str, value: Any) -> Any:
            return None if field in self.unread or value is None else value

        def optional(field: str) -> Any:
            value = shown(field, getattr(self, field))
            return list(value) if isinstance(value, tuple) else value.to_dict() if hasattr(value, "to_dict") else value

        def hexadecimal(field: str) -> Any:
            value = optional(field)
            return None if value is None else value.hex()

        return {
            "kind": "certificate",
            **_where(self.at),
            "sha256": self.sha256,
            "version": optional("version"),
            "serial_number": shown("serial_number", f"{self.serial_number:x}"),
            "signature_algorithm": optional("signature_algorithm"),
            "issuer": shown("issuer", self.issuer.text),
            "subject": shown("subject", self.subject.text),
            "not_before": shown("not_before", time_text(self.not_before)),
            "not_after": shown("not_after", time_text(self.not_after)),
            "public_key": shown("key", self.key.to_dict()),
            "subject_alt_names": optional("subject_alt_names"),
            "key_usage": optional("key_usage"),
            "extended_key_usage": optional("extended_key_usage"),
            "basic_constraints": optional("basic_constraints"),
            "subject_key_identifier": hexadecimal("subject_key_identifier"),
            "authority_key_identifier": hexadecimal("authority_key_identifier"),
            "ocsp_urls": optional("ocsp_urls"),
            "ca_issuers_urls": optional("ca_issuers_urls"),
            "scts": optional("scts"),
            "extensions": None if "extensions" in self.unread else [each.to_dict() for each in self.extensions],
            "self_signed": optional("self_signed"),
            "unread": _names(self.unread, "key"),
        }


class PrivateKey(Value):
    """
    One private key; nothing secret is in its repr, its equality or its dictionary.

    ``format`` is pkcs1, pkcs8, sec1, dsa, openssh or the label's own; ``encryption`` names the scheme.  A key that
    was ``encrypted`` and has been opened still says so, and its ``secret`` is not unread.
    ``public`` is the public half that the file states or that was computed from the secret; None where there
    is none.  ``secret`` holds RSA's (version, d, p, q, dP, dQ, qInv), EC's (d,), DSA's (x,); ``seed`` the
    octets of an Ed25519 or Ed448 key.  ``stated`` says whether ``public`` came from the file.
    """

    _hidden = ("computed", "secret", "seed", "der", "info")

    at: Location
    format: str
    label: str = ""
    encrypted: bool = False
    encryption: str | None = None
    obstacle: str = ""
    """Why no passphrase opens it here, one of ``encryption.REASONS``; empty where one does."""
    expensive: bool = False
    """Whether it stays closed, and to open it costs more than is spent unasked."""
    public: PublicKey | None = None
    stated: bool = True
    has_curve: bool = True
    primes: int = 2
    body: str = ""
    """What the bytes are, whatever the label says: pkcs1, pkcs8, sec1, dsa, encrypted-pkcs8, openssh."""
    faults: tuple[str, ...] = ()
    """The relations between the key's numbers that do not hold."""
    oddities: tuple[str, ...] = ()
    """What its form says against the standard that it follows, and readers differ about."""
    version_2: bool = False
    """Whether it is PKCS#8 with the public key beside the private one, which version 2 brought (RFC 5958)."""
    weakness: str = ""
    """A publicly known weakness of the modulus."""
    matches: bool | None = None
    proof: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    computed: tuple[int, ...] = ()
    """EC only: ``secret``, and the point (x, y) that was found to be its multiple of the curve's generator."""
    secret: tuple[int, ...] = ()
    seed: bytes = b""
    der: bytes = b""
    info: bytes = b""
    """The key as DER PrivateKeyInfo (PKCS#8) of version 1, without attributes."""

    @property
    def is_closed(self) -> bool:
        """Whether it could be opened with a passphrase, and has not been."""
        closed = self.encrypted and "secret" in self.unread and self.body in ("legacy", "encrypted-pkcs8")
        return closed and not self.obstacle

    @property
    def identity(self) -> tuple[object, ...] | None:
        """What is the same for its certificate; None where that cannot be read."""
        return None if self.public is None else self.public.identity

    def belongs_to(self, certificate: Certificate) -> bool:
        """Whether both state the same public key."""
        return self.identity is not None and self.identity == certificate.identity

    def to_dict(self) -> dict[str, Any]:
        """Return the key as JSON (schema 1) has it: nothing secret."""
        return {
            "kind": "private_key",
            **_where(self.at),
            "format": self.format,
            "encrypted": self.encrypted,
            "encryption": self.encryption,
            "public_key": None if self.public is None or "public" in self.unread else self.public.to_dict(),
            "matches": self.matches,
            "proof": list(self.proof),
            "unread": _names(self.unread, "public"),
        }


class Other(Value):
    """
    Anything that is neither certificate nor private key.

    ``kind`` is certificate_request, public_key, crl, parameters, pkcs7, pkcs12, jks or unknown; ``details``
    is what can be said of it, as (name, JSON value) in the order to show.
    """

    at: Location
    kind: str
    label: str = ""
    details: tuple[tuple[str, Any], ...] = ()
    key: PublicKey | None = None
    unread: frozenset[str] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON (schema 1) has it."""
        return {
            "kind": self.kind,
            **_where(self.at),
            "label": self.label or None,
            **({"public_key": self.key.to_dict() if self.key else None} if self.key or "key" in self.unread else {}),
            **dict(self.details),
            "unread": _names(self.unread, "key"),
        }


def _names(unread: frozenset[str], key: str) -> list[str]:
    """Return the unread fields as JSON (schema 1) calls them; it has no secret, and the public key is *key* here."""
    return sorted("public_key" if field == key else field for field in unread - {"secret"})



def _where(at: Location) -> dict[str, Any]:
    place = {"file": at.file, "line": at.line, "end_line": at.end_line, "block": at.block}
    return {**place, "path": at.path} if at.contained else place
