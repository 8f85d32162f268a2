"""
What names in certificates mean: hostnames, wildcards, subtrees.

Sources: RFC 9525 (wildcards), RFC 5280 section 4.2.1.10 (name constraints), CA/Browser Forum BR 7.1.2.7.12.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from .facts import AltNames, Certificate, Name, NameConstraints, Subtree, shown
from .patterns import rare
from .source import shorten

T = TypeVar("T")
U = TypeVar("U")

# AWS's own DomainNameString, of RequestCertificate; a heuristic for imports
_FQDN = re.compile(r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])\Z")
_HOSTNAME = rare(r"(?=.{1,253}\.?\Z)[A-Za-z0-9_*-]{1,63}(?:\.[A-Za-z0-9_*-]{1,63})*\.?\Z")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")
_INTERNAL = frozenset(
    ("local", "localhost", "localdomain", "internal", "intranet", "lan", "corp", "home", "private", "test")
)
# IDNA 2008 and UTS #46 keep these letters; Python's codec, IDNA 2003, does not
_KEPT = rare("[\u00df\u03c2]")
_URI_HOST = rare(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^/:?#]*)")
_EMAIL_ADDRESS = "1.2.840.113549.1.9.1"
MAX_COMPARISONS = 200_000


def is_fqdn(name: str) -> bool:
    """Whether AWS would call *name* a fully qualified domain name (botocore: DomainNameString); 10.0.0.10 is none."""
    return len(name) <= 253 and bool(_FQDN.match(name)) and not is_ip(name)


def is_ip(text: str) -> bool:
    """Whether *text* is an IPv4 or IPv6 address."""
    if ":" not in text and not text.replace(".", "").isdigit():
        return False  # as nearly every name, which takes a message to refuse
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_hostname(text: str) -> bool:
    """
    Whether *text* could be what a client connects to: a name, a wildcard as services take it, or an address.

    A name has at most 253 characters without a dot at its end, and a label 63 (RFC 1035 section 2.3.4).
    """
    try:
        name = ascii_hostname(text)
    except ValueError:
        return False
    return bool(_HOSTNAME.match(name)) or is_ip(text)


def domains(certificate: Certificate) -> tuple[str, ...]:
    """Return the DNS names that a certificate is for: its SANs, else its common names."""
    names = certificate.subject_alt_names
    return names.dns if names is not None and names.dns else certificate.subject.common_names


def covers(pattern: str, hostname: str) -> bool:
    """Whether a dNSName covers *hostname*; a wildcard stands for exactly one leftmost label (RFC 9525 section 6.3)."""
    pattern, hostname = pattern.lower(), hostname.lower()
    hostname = hostname[:-1] if hostname.endswith(".") else hostname
    if not pattern.startswith("*."):
        return bool(hostname) and pattern == hostname
    label, _, rest = hostname.partition(".")
    return bool(label and rest) and pattern[2:] == rest


def ascii_hostname(hostname: str) -> str:
    """Return *hostname* with A-labels; raise ValueError if it has none (UnicodeError is one)."""
    if hostname.isascii():
        return hostname
    return ".".join(map(_a_label, re.split("[.\u3002\uff0e\uff61]", hostname)))


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    encoded = label.encode("idna").decode("ascii")
    if not _KEPT.search(label):
        return encoded
    import unicodedata

    kept = "xn--" + unicodedata.normalize("NFKC", label.lower()).encode("punycode").decode("ascii")
    if len(kept) > 63:
        raise ValueError("a label of this hostname is too long")
    return kept


def covers_hostname(names: AltNames | None, hostname: str) -> bool:
    """Whether the subject alternative names cover *hostname*, a DNS name or an IP address."""
    if names is None:
        return False
    if is_ip(hostname):
        import ipaddress

        return str(ipaddress.ip_address(hostname)) in names.ip
    wanted = ascii_hostname(hostname)
    return any(covers(pattern, wanted) for pattern in names.dns)


def alt_name_fault(names: AltNames) -> str:
    """Return what is wrong with the first subject alternative name that a public CA must not issue, or nothing."""
    dotted = any("." in name for name in names.dns)  # where none is, that is a fault of its own
    for name in names.dns:
        fault = _dns_fault(name) or ("is an internal name (without a dot)" if dotted and "." not in name else "")
        if fault:
            return f"DNS:{shorten(name, 100)} {fault}"
    for text in names.ip:
        if _is_reserved(text):
            return f"IP:{text} is a reserved address"
    if names.count > len(names.dns) + len(names.ip):
        return "there are names of other types than dNSName and iPAddress"
    return ""


@lru_cache(256)
def _is_reserved(text: str) -> bool:
    import ipaddress

    address = ipaddress.ip_address(text)
    return not address.is_global or address.is_multicast


def _dns_fault(name: str) -> str:
    if is_ip(name):
        return "is an IP address, not a DNS name"
    if len(name) > 253 or name.endswith("."):
        return "ends in a dot" if name.endswith(".") else "is longer than 253 characters"
    labels = (name[2:] if name.startswith("*.") else name).split(".")
    if name == "*" or (name.startswith("*.") and len(labels) == 1):
        return "is a wildcard for a whole top-level domain"
    if "*" in "".join(labels):
        return "has a wildcard that is not the whole leftmost label"
    malformed = next((label for label in labels if not _LABEL.match(label)), None)
    if malformed is not None:
        return "has an underscore" if "_" in malformed else _malformed(malformed)
    if labels[-1].lower() in _INTERNAL and len(labels) > 1:
        return f"is an internal name (.{labels[-1]})"
    if name.lower().endswith((".in-addr.arpa", ".ip6.arpa")):
        return "is a name for reverse look-ups"
    if any(label.lower().startswith("xn--") and not _decodes(label[4:]) for label in labels):
        return "has an A-label that does not decode"
    return ""


def _malformed(label: str) -> str:
    if len(label) > 63 or not label:
        return "has a label of more than 63 characters" if label else "has an empty label"
    if label.startswith("-") or label.endswith("-"):
        return "has a label that starts or ends with a hyphen"
    return "has a label of other characters than letters, digits and hyphens"


def _decodes(encoded: str) -> bool:
    import unicodedata

    try:
        label = encoded.encode("ascii").decode("punycode")
        again = label.encode("punycode").decode("ascii")
    except ValueError:
        return False
    odd = any(unicodedata.category(character) in ("Cc", "Co", "Cs", "Zs") for character in label)
    return not odd and again.lower() == encoded.lower()


def constraint_violation(constraints: NameConstraints, certificate: Certificate, end_entity: bool = True) -> str:
    """
    Return which name of *certificate* lies outside what an issuer's *constraints* allow, or nothing.

    An *end_entity* without subject alternative names is for its common names.
    Raises ValueError where that cannot be told: too many to compare, or names of a type that has no comparison.
    """
    names = certificate.subject_alt_names or AltNames()
    dns = names.dns
    if end_entity and not certificate.subject_alt_names:
        dns = tuple(filter(is_fqdn, certificate.subject.common_names))
    emails = names.email or _subject_emails(certificate.subject, any(map(len, _of_kind(constraints, "email"))))
    directory = (*(() if certificate.subject.is_empty else (certificate.subject,)), *names.directory)
    found = (
        _text_violation(constraints, "dns", "dNSName", dns)
        or _text_violation(constraints, "ip", "iPAddress", names.ip)
        or _text_violation(constraints, "email", "rfc822Name", emails)
        or _text_violation(constraints, "uri", "URI", names.uri)
        or _directory_violation(constraints, directory)
    )
    if not found and names.other > len(names.directory) and any(_of_kind(constraints, "other")):
        raise ValueError("there are names and name constraints of a type that cannot be compared")
    return found


def _subject_emails(subject: Name, compared: bool) -> tuple[str, ...]:
    """Return the addresses in a subject; raise ValueError for one to be *compared* that is not shown as it is."""
    values = [value for rdn in subject.rdns for oid, value in rdn if oid == _EMAIL_ADDRESS]
    plain = tuple(value for value in values if isinstance(value, str) and value == shown(value) and "\\" not in value)
    if compared and len(plain) < len(values):
        raise ValueError("there is an e-mail address in the subject that cannot be compared")
    return plain


def _of_kind(constraints: NameConstraints, kind: str) -> tuple[list[Subtree], list[Subtree]]:
    return (
        [tree for tree in constraints.permitted if tree.kind == kind],
        [tree for tree in constraints.excluded if tree.kind == kind],
    )


def _bound(names: int, *trees: list[Subtree]) -> None:
    if names * sum(map(len, trees)) > MAX_COMPARISONS:
        raise ValueError("too many names and name constraints to compare")


def _text_violation(constraints: NameConstraints, kind: str, title: str, values: tuple[str, ...]) -> str:
    permitted, excluded = _of_kind(constraints, kind)
    _bound(len(values), permitted, excluded)
    of_name, of_tree, within = _COMPARED[kind]
    allowed, forbidden = ([(of_tree(tree), tree) for tree in trees] for trees in (permitted, excluded))
    for value in values:
        fault = _judge(of_name(value), allowed, forbidden, within)
        if kind == "uri" and (permitted or excluded) and not _has_domain(value):
            fault = "without the domain name that the constraints are about"
        elif kind == "dns" and not fault:
            fault = _wildcard_fault(value.lower(), forbidden)
        if fault:
            return f"{title} {shorten(value, 100)} is {fault}"
    return ""


def _directory_violation(constraints: NameConstraints, names: tuple[Name, ...]) -> str:
    permitted, excluded = _of_kind(constraints, "directory")
    _bound(len(names), permitted, excluded)
    allowed, forbidden = (
        [(tree.name.prepared if tree.name else (), tree) for tree in trees] for trees in (permitted, excluded)
    )
    for name in names:
        fault = _judge(name.prepared, allowed, forbidden, lambda prepared, base: prepared[: len(base)] == base)
        if fault:
            return f"the name {shorten(name.text, 100)} is {fault}"
    return ""


def _judge(
    value: T, permitted: list[tuple[U, Subtree]], excluded: list[tuple[U, Subtree]], within: Callable[[T, U], bool]
) -> str:
    """Say whether *value* lies where it must not; what subtrees are compared by stands before each."""
    for base, tree in excluded:
        if within(value, base):
            return f"inside the excluded {shorten(tree.text, 100) or 'everything'}"
    if permitted and not any(within(value, base) for base, _ in permitted):
        listed = ", ".join(shorten(tree.text, 100) for _, tree in permitted[:3])
        return f"outside the permitted {listed}{' …' if len(permitted) > 3 else ''}"
    return ""


def _dns_within(name: str, base: str) -> bool:
    return not base or name == base or name.endswith(base if base.startswith(".") else "." + base)


def _wildcard_fault(name: str, excluded: list[tuple[Any, Subtree]]) -> str:
    """Return which excluded name a wildcard stands for, although it is not itself inside of it; both in lower case."""
    if name.startswith("*."):
        for base, tree in excluded:
            if covers(name, base):
                return f"a wildcard that stands for the excluded {shorten(tree.text, 100)} too"
    return ""


def _ip_within(packed: bytes, base: bytes) -> bool:
    half = len(packed)
    return len(base) == 2 * half and all(
        (octet ^ wanted) & mask == 0 for octet, wanted, mask in zip(packed, base[:half], base[half:])
    )


def _mailbox(text: str) -> tuple[str, str, str]:
    """Return local part, @ and host, of which case counts in the first."""
    local, at, host = text.rpartition("@")
    return local, at, host.lower()


def _email_within(mailbox: tuple[str, str, str], base: tuple[str, str, str]) -> bool:
    return (mailbox[0], mailbox[2]) == (base[0], base[2]) if base[1] else _host_within(mailbox[2], base[2])


def _uri_host(uri: str) -> str:
    match = _URI_HOST.match(uri)
    return match.group(1) if match else ""


def _has_domain(uri: str) -> bool:
    host = _uri_host(uri)
    return bool(host) and not host.startswith("[") and not is_ip(host)


def _host_within(host: str, base: str) -> bool:
    return host.endswith(base) if base.startswith(".") else host == base or not base


def _packed(address: str) -> bytes:
    import ipaddress

    return ipaddress.ip_address(address).packed


_COMPARED: dict[str, tuple[Callable[[str], Any], Callable[[Subtree], Any], Callable[[Any, Any], bool]]] = {
    "dns": (lambda name: name.lower().rstrip("."), lambda tree: tree.text.lower(), _dns_within),
    "ip": (_packed, lambda tree: tree.base, _ip_within),
    "email": (_mailbox, lambda tree: _mailbox(tree.text), _email_within),
    "uri": (lambda uri: _uri_host(uri).lower(), lambda tree: tree.text.lower(), _host_within),
}
"""What a name and a subtree of each kind are compared by, made once of each, and how: there may be thousands."""
