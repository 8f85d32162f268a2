"""Whether issuers may have issued what is below them (RFC 5280 section 6.1), link by link and as a whole path."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from ..facts import Certificate
from ..naming import MAX_COMPARISONS, constraint_violation
from .certificate import for_servers, purposes, repeated_extensions, unknown_critical, weak_hash
from .key import weak_exponent
from .policies import policy_fault
from .signatures import odd_parameters, signature_says, unlisted
from .table import listed, plural

NO_SIGNER = "may not sign certificates (key usage without key_cert_sign)"
NO_CA = "is not a CA certificate (no basicConstraints cA TRUE)"

_UNPROCESSED = "has a critical extension that is not commonly processed:"

# whoever reads them refuses a certificate where they cannot be read, critical or not
_EXTENSIONS = frozenset(
    (
        *("extensions", "crl_distribution_points", "netscape_type"),
        *("subject_key_identifier", "authority_key_identifier"),
    )
)
_NEEDED = _EXTENSIONS | frozenset(
    ("subject", "issuer", "not_before", "not_after", "basic_constraints", "key_usage", "extended_key_usage")
) | {"name_constraints"}
_NAMES = frozenset(("subject", "subject_alt_names"))


def may_sign(it: Certificate) -> bool:
    """Whether a certificate says of itself that it signs others (RFC 5280 section 6.1.4 (k) and (n))."""
    return it.is_ca and (it.key_usage is None or "key_cert_sign" in it.key_usage)


def too_deep(issuers: Sequence[Certificate]) -> str:
    """Return the first issuer whose path length is exceeded (RFC 5280 section 4.2.1.9), as words."""
    below = 0
    for issuer in issuers:
        length = issuer.basic_constraints.path_length if issuer.basic_constraints else None
        if length is not None and below > length:
            return f"{issuer.title} allows {plural(length, 'CA certificate')} below it, and has {below}"
        below += not issuer.self_issued
    return ""


def outside_constraints(leaf: Certificate, issuers: Sequence[Certificate]) -> str:
    """
    Return the first name that an issuer above it does not allow (RFC 5280 section 6.1.3 (b) and (c)), as words.

    Raises ValueError where that cannot be told, or would take too long.
    """
    left = MAX_COMPARISONS
    for depth, issuer in enumerate(issuers):
        constraints = issuer.name_constraints
        if constraints is None:
            continue
        for below in (leaf, *(each for each in issuers[:depth] if not each.self_issued)):
            names = below.subject_alt_names.count if below.subject_alt_names else 0
            left -= (names + len(below.subject.rdns)) * len(constraints.permitted + constraints.excluded)
            if left < 0:
                raise ValueError("too many names and name constraints to compare")
            fault = constraint_violation(constraints, below, below is leaf)
            if fault:
                whose = "" if below is leaf else f" of {below.title}"
                return f"{fault}{whose} ({issuer.title} says so)"
    return ""


def weak_key(it: Certificate) -> str:
    """Return what is wrong with a CA's RSA key (BR sections 6.1.5 and 6.1.6), or nothing."""
    if it.key.kind not in ("rsa", "rsassa_pss"):
        return ""
    if weak_exponent(it.key, invalid_only=True):
        return f"its public exponent {weak_exponent(it.key)}"
    bits = it.key.bits or 0
    return f"it has {bits:,} bits, fewer than 2,048" if bits < 2_048 else ""


def path_fault(path: Sequence[Certificate], at: datetime, refused: Collection[str] = ()) -> str:
    """
    Return why the *path* from an end-entity certificate up to a root is not valid at a moment, or nothing.

    Its signatures have been verified.  Nothing is asked of the root, the last, and nothing but the names and the
    form of the end-entity certificate, the first: other rules ask the rest.  *refused* are the rules for which a target
    refuses the longest path: what they say of weakness is asked of this one too.  Raises ValueError where it cannot be
    told.
    """
    leaf, issuers = path[0], path[1:-1]
    unknown = unknown_critical(leaf)
    if unknown and len(path) > 1:
        return f"{leaf.title} {_UNPROCESSED} {listed(unknown)}"
    odd = next(filter(None, map(_form_fault, path[:-1])), "")
    if odd:
        return odd
    if _EXTENSIONS & leaf.unread:
        raise ValueError(f"{', '.join(sorted(_EXTENSIONS & leaf.unread))} of {leaf.title} cannot be read")
    for child, issuer in zip(path, issuers):
        unread = sorted(_NEEDED & issuer.unread)
        if unread:
            raise ValueError(f"{', '.join(unread)} of {issuer.title} cannot be read")
        fault = _issuer_fault(issuer, at) or _weakness(issuer, refused)
        if fault:
            return f"{issuer.title}, which signed {child.title}, {fault}"
    deep = too_deep(issuers)
    if deep:
        return deep
    unread_names = [each for each in path[:-1] if _NAMES & each.unread]
    if unread_names and any(each.name_constraints for each in issuers):
        raise ValueError(f"the names of {unread_names[0].title} cannot be read")
    return outside_constraints(leaf, issuers) or policy_fault(path[:-1])


def _form_fault(it: Certificate) -> str:
    """Return for which form validators refuse a certificate that can be read, or nothing."""
    if it.lenient_time:
        return f"{it.title} has a time in a form that RFC 5280 section 4.1.2.5 rules out"
    twice = repeated_extensions(it)
    return f"{it.title} has an extension twice: {listed(twice)}" if twice else ""


def _weakness(it: Certificate, refused: Collection[str]) -> str:
    if "chain-cert-weak-key" in refused and weak_key(it):
        return f"has a weak key: {weak_key(it)}"
    if "chain-weak-signature" in refused and weak_hash(it):
        return f"is itself signed with {it.signature_algorithm.name}"
    if "chain-signature-algorithm-not-listed" in refused and (unlisted(it) or odd_parameters(it)):
        return f"is itself signed with {signature_says(it)}"
    return ""


def _issuer_fault(it: Certificate, at: datetime) -> str:
    if not may_sign(it):
        return NO_SIGNER if it.is_ca else NO_CA
    if at > it.not_after:
        return f"expired on {it.not_after:%Y-%m-%d}"
    if at < it.not_before:
        return f"is valid only from {it.not_before:%Y-%m-%d}"
    if not for_servers(it):
        return f"may issue certificates for {purposes(it)} only, not for TLS servers"
    unknown = unknown_critical(it)
    return f"{_UNPROCESSED} {listed(unknown)}" if unknown else ""
