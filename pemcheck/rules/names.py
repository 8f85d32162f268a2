"""Faults of the names in the end-entity certificate: the rest of the catalogue's section D."""

from __future__ import annotations

from collections.abc import Sequence

from ..facts import Certificate
from ..naming import alt_name_fault, covers_hostname, is_fqdn, is_ip
from ..source import shorten
from ..targets import Want
from .reissue import reissue
from .table import LEAF, Rule, listed

_SAN = "tbsCertificate.extensions.subject_alt_name"
_SUBJECT = "tbsCertificate.subject"


def _with_names(it: Certificate, want: Want) -> str:
    first = "have the certificate issued again with all its names as subject alternative names"
    return reissue(it, want, first, want.hostnames)


def _with_domain(it: Certificate, want: Want) -> str:
    first = "have the certificate issued again with a DNS name among its subject alternative names"
    return reissue(it, want, first, want.hostnames, domain=True)


def _has_address(it: Certificate) -> bool:
    names = it.subject_alt_names
    return bool(names and names.ip) or any(map(is_ip, it.subject.common_names))


def _has_dns(it: Certificate) -> bool:
    names = it.subject_alt_names
    return bool(names and names.dns) or any(map(is_fqdn, it.subject.common_names))


def _cn_in_san(it: Certificate, want: Want) -> bool:
    names = it.subject_alt_names
    if names is None:
        return True
    values = {value.lower() for value in (*names.dns, *names.ip)}
    return all(name.lower() in values for name in it.subject.common_names)


def _single_label_ok(it: Certificate, want: Want) -> bool:
    names = it.subject_alt_names
    return not names or not names.dns or any(map(is_fqdn, names.dns)) or not all("." not in name for name in names.dns)


def _uncovered(it: Certificate, want: Want) -> list[str]:
    return [hostname for hostname in want.hostnames if not covers_hostname(it.subject_alt_names, hostname)]


def _names(names: Sequence[str]) -> str:
    """Return *names* as a list for a sentence, each at most as long as DNS has them."""
    return listed([shorten(name, 253) for name in names])


def _dns_names(it: Certificate) -> str:
    names = it.subject_alt_names
    return _names((*names.dns, *names.ip)) or "no name" if names else "no name"


RULES = (
    Rule(
        name="cert-no-domain",
        on=LEAF,
        ok=lambda it, want: _has_dns(it) or _has_address(it),
        reads=("subject_alt_names", "subject"),
        path=_SUBJECT,
        says=lambda it, want: (
            "the certificate is for no domain: there is no DNS name or IP address among its subject alternative names, "
            "and "
            + (
                f"its CN {_names(it.subject.common_names)} is not a fully qualified domain name"
                if it.subject.common_names
                else "it has no CN"
            )
        ),
        why="It may import, but no load balancer, distribution or VPN endpoint can use it.",
        fix=_with_names,
        aws_says=(
            "UnsupportedCertificate: The certificate must have a fully-qualified domain name, a supported signature, "
            "and a supported key size."
        ),
    ),
    Rule(
        name="cert-single-label",
        on=LEAF,
        ok=_single_label_ok,
        reads=("subject_alt_names",),
        path=_SAN,
        says=lambda it, want: f"none of the DNS names has a dot: {_dns_names(it)}",
        why="It imports (AWS's own VPN recipe does so); only fully qualified names work elsewhere.",
        fix=_with_names,
    ),
    Rule(
        name="cert-only-ip-addresses",
        on=LEAF,
        ok=lambda it, want: _has_dns(it) or not _has_address(it),
        reads=("subject_alt_names", "subject"),
        path=_SAN,
        says=lambda it, want: f"the certificate is for IP addresses only: {_dns_names(it)}",
        why="ACM takes IP addresses since 2020; most of what uses its certificates wants a domain name.",
        fix=_with_domain,
    ),
    Rule(
        name="cert-without-san",
        on=LEAF,
        applies=lambda it, want: it.version == 3 and (_has_dns(it) or _has_address(it)),
        ok=lambda it, want: it.subject_alt_names is not None,
        reads=("subject_alt_names", "subject", "version"),
        says=lambda it, want: (
            f"there are no subject alternative names; {_names(it.subject.common_names)} stands in the CN alone"
        ),
        why="Browsers and CloudFront look at subject alternative names only.",
        fix=_with_names,
    ),
    Rule(
        name="cert-cn-not-in-san",
        on=LEAF,
        ok=_cn_in_san,
        reads=("subject_alt_names", "subject"),
        path=_SUBJECT,
        says=lambda it, want: (
            f"the CN {_names(it.subject.common_names)} is not among the subject alternative names ({_dns_names(it)})"
        ),
        why="Clients ignore the CN where there are alternative names, so it promises a name that does not work.",
        fix=_with_names,
    ),
    Rule(
        name="cert-san-malformed",
        on=LEAF,
        ok=lambda it, want: it.subject_alt_names is None or not alt_name_fault(it.subject_alt_names),
        reads=("subject_alt_names",),
        path=_SAN,
        says=lambda it, want: (
            "a subject alternative name is not one for a public TLS server: "
            f"{alt_name_fault(it.subject_alt_names) if it.subject_alt_names else ''}"
        ),
        why="Public CAs must not issue such names, and clients may not match them.",
        fix=_with_names,
    ),
    Rule(
        name="cert-does-not-cover-hostname",
        on=LEAF,
        applies=lambda it, want: bool(want.hostnames),
        ok=lambda it, want: not _uncovered(it, want),
        reads=("subject_alt_names",),
        path=_SAN,
        says=lambda it, want: (
            f"the certificate does not cover {_names(_uncovered(it, want))}; it is for {_dns_names(it)}"
        ),
        why=(
            "A wildcard stands for exactly one label (*.example.com covers neither example.com nor a.b.example.com), "
            "and no DNS name for an IP address."
        ),
        fix=_with_names,
        aws_says=(
            "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) "
            "that you're trying to add."
        ),
    ),
    Rule(
        name="cert-many-names",
        on=LEAF,
        ok=lambda it, want: it.subject_alt_names is None or it.subject_alt_names.count <= 10,
        reads=("subject_alt_names",),
        path=_SAN,
        says=lambda it, want: (
            f"the certificate has {it.subject_alt_names.count if it.subject_alt_names else 0:,} names"
        ),
        why="ACM's quota of names does not apply to imported certificates; other services have limits of their own.",
        fix="nothing has to be done",
    ),
)
