"""
What names in certificates mean: hostnames, wildcards, subtrees.

Sources: RFC 9525 (wildcards), RFC 5280 section 4.2.1.10 (name constraints), CA/Browser Forum BR 7.1.2.7.12.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Callable, Iterable, TypeVar

from .facts import AltNames, Certificate, NameConstraints, Subtree

T = TypeVar("T")

# AWS's own DomainNameString, of RequestCertificate; a heuristic for imports
_FQDN = re.compile(r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])\Z")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")
_INTERNAL = frozenset(("local", "localhost", "localdomain", "internal", "intranet", "lan", "corp", "home", "private", "test"))
MAX_COMPARISONS = 200_000


def is_fqdn(name: str) -> bool:
    """Whether AWS would call *name* a fully qualified domain name (botocore: DomainNameString)."""
    return len(name) <= 253 and bool(_FQDN.match(name))


def is_ip(text: str) -> bool:
    """Whether *text* is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def domains(certificate: Certificate) -> tuple[str, ...]:
    """Return the DNS names that a certificate is for: its SANs, else its common names."""
    names = certificate.subject_alt_names
    return names.dns if names is not None and names.dns else certificate.subject.common_names


def covers(pattern: str, hostname: str) -> bool:
    """Whether a dNSName covers *hostname*; a wildcard stands for exactly one leftmost label (RFC 9525 section 6.3)."""
    pattern, hostname = pattern.lower(), hostname.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == hostname
    label, _, rest = hostname.partition(".")
    return bool(label) and pattern[2:] == rest


def ascii_hostname(hostname: str) -> str:
    """Return *hostname* with A-labels; raise ValueError if it has none (UnicodeError is one)."""
    if hostname.isascii():
        return hostname
    return hostname.encode("idna").decode("ascii")


def covers_hostname(names: AltNames | None, hostname: str) -> bool:
    """Whether the subject alternative names cover *hostname*, a DNS name or an IP address."""
    if names is None:
        return False
    if is_ip(hostname):
        return str(ipaddress.ip_address(hostname)) in names.ip
    wanted = ascii_hostname(hostname)
    return any(covers(pattern, wanted) for pattern in names.dns)


def alt_name_fault(names: AltNames) -> str:
    """Return what is wrong with the first subject alternative name that a public CA must not issue, or nothing."""
    for name in names.dns:
        fault = _dns_fault(name)
        if fault:
            return f"DNS:{name} {fault}"
    for address in names.ip:
        if not ipaddress.ip_address(address).is_global:
            return f"IP:{address} is a reserved address"
    if names.count > len(names.dns) + len(names.ip):
        return "there are names of other types than dNSName and iPAddress"
    return ""


def _dns_fault(name: str) -> str:
    if is_ip(name):
        return "is an IP address, not a DNS name"
    if len(name) > 253 or name.endswith("."):
        return "ends in a dot" if name.endswith(".") else "is longer than 253 characters"
    labels = (name[2:] if name.startswith("*.") else name).split(".")
    if "*" in "".join(labels):
        return "has a wildcard that is not the whole leftmost label"
    if name.startswith("*.") and len(labels) == 1:
        return "is a wildcard for a whole top-level domain"
    malformed = next((label for label in labels if not _LABEL.match(label)), None)
    if malformed is not None:
        return "has an underscore" if "_" in malformed else "is not made of letters, digits, hyphens and dots"
    if labels[-1].lower() in _INTERNAL and len(labels) > 1:
        return f"is an internal name (.{labels[-1]})"
    if name.lower().endswith((".in-addr.arpa", ".ip6.arpa")):
        return "is a name for reverse look-ups"
    if any(label.lower().startswith("xn--") and not _decodes(label) for label in labels):
        return "has an A-label that does not decode"
    return ""


def _decodes(label: str) -> bool:
    try:
        return label[4:].encode("ascii").decode("punycode").encode("punycode").decode("ascii").lower() == label[4:].lower()
    except ValueError:
        return False


def constraint_violation(constraints: NameConstraints, certificate: Certificate) -> str:
    """Return which name of *certificate* lies outside what an issuer's *constraints* allow, or nothing."""
    names = certificate.subject_alt_names or AltNames()
    dns = names.dns if certificate.subject_alt_names else tuple(filter(is_fqdn, certificate.subject.common_names))
    subjects = () if certificate.subject.is_empty else (certificate.subject,)
    emails = names.email or certificate.subject.values("1.2.840.113549.1.9.1")
    kinds: tuple[tuple[str, str, Iterable[str], Callable[[str, Subtree], bool]], ...] = (
        ("dns", "dNSName", dns, _dns_within),
        ("ip", "iPAddress", names.ip, _ip_within),
        ("email", "rfc822Name", emails, _email_within),
        ("uri", "URI", names.uri, _uri_within),
    )
    for kind, title, values, within in kinds:
        permitted, excluded = _of_kind(constraints, kind)
        for value in _bounded(tuple(values), permitted, excluded):
            fault = _judge(lambda tree, value=value, within=within: within(value, tree), permitted, excluded)  # type: ignore[misc]
            if fault:
                return f"{title} {value} is {fault}"
    permitted, excluded = _of_kind(constraints, "directory")
    for name in _bounded((*subjects, *names.directory), permitted, excluded):
        prepared = name.prepared
        fault = _judge(lambda tree, prepared=prepared: _directory_within(prepared, tree), permitted, excluded)  # type: ignore[misc]
        if fault:
            return f"the name {name.text} is {fault}"
    return ""


def _bounded(values: tuple[T, ...], *trees: list[Subtree]) -> tuple[T, ...]:
    if len(values) * sum(map(len, trees)) > MAX_COMPARISONS:
        raise ValueError("too many names and name constraints to compare")
    return values


def _of_kind(constraints: NameConstraints, kind: str) -> tuple[list[Subtree], list[Subtree]]:
    return (
        [tree for tree in constraints.permitted if tree.kind == kind],
        [tree for tree in constraints.excluded if tree.kind == kind],
    )


def _judge(within: Callable[[Subtree], bool], permitted: list[Subtree], excluded: list[Subtree]) -> str:
    for tree in excluded:
        if within(tree):
            return f"inside the excluded {tree.text or 'everything'}"
    if permitted and not any(map(within, permitted)):
        listed = ", ".join(tree.text for tree in permitted[:3]) + (" …" if len(permitted) > 3 else "")
        return f"outside the permitted {listed}"
    return ""


def _dns_within(name: str, tree: Subtree) -> bool:
    base = tree.text.lower()
    name = name.lower()
    return not base or name == base or name.endswith(base if base.startswith(".") else "." + base)


def _ip_within(address: str, tree: Subtree) -> bool:
    packed = ipaddress.ip_address(address).packed
    half = len(tree.base) // 2
    return len(packed) == half and all(
        (octet ^ base) & mask == 0 for octet, base, mask in zip(packed, tree.base[:half], tree.base[half:])
    )


def _email_within(mailbox: str, tree: Subtree) -> bool:
    base = tree.text
    local, _, host = mailbox.rpartition("@")
    if "@" in base:
        return base.rpartition("@")[0] == local and base.rpartition("@")[2].lower() == host.lower()
    return _host_within(host, base)


def _uri_within(uri: str, tree: Subtree) -> bool:
    match = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@?#]*@)?(\[[^\]]*\]|[^/:?#]*)", uri)
    return bool(match) and _host_within(match.group(1), tree.text)  # type: ignore[union-attr]  # only where it matched


def _host_within(host: str, base: str) -> bool:
    host, base = host.lower(), base.lower()
    return host.endswith(base) if base.startswith(".") else host == base or not base


def _directory_within(prepared: tuple[frozenset[tuple[str, str]], ...], tree: Subtree) -> bool:
    base = tree.name.prepared if tree.name else ()
    return prepared[: len(base)] == base
