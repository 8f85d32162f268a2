"""Faults of the chain: the catalogue's section E, and its path rules of section H."""

from __future__ import annotations

from ..facts import Certificate
from ..source import Location, shorten
from ..submission import Chain, Link, Submission
from ..targets import ERROR, Want
from .certificate import for_servers, purposes, unknown_critical, weak_hash
from .reissue import ANOTHER
from .roles import cut_off, explained
from .table import CHAIN, ISSUER, MAX_NAME, SUBMISSION, Rule, always, listed, plural, repair
from .validation import NO_CA, NO_SIGNER, may_sign, outside_constraints, too_deep, weak_key

_CHAIN_SAYS = (
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order. The index within the chain of the invalid certificate is: "
)
_NOT_WITH_CHAIN = "Could not validate the certificate with the certificate chain."
_DIRECTLY = "The import follows the chain upwards: each certificate must directly certify the one before it."
KNOWN_BAD = {
    "0687260331a72403d909f105e69bcf0d32e1bd2493ffc6d9206d11bcd6770739": ("DST Root CA X3, expired on 2021-09-30"),
    "6d99fb265eb1c5b3744765fcbc648f3cd8e1bffafdc4c2f99b9d47cf7ff1c24f": (
        "ISRG Root X1 signed by DST Root CA X3, expired on 2024-09-30"
    ),
    "687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2": (
        "AddTrust External CA Root, expired on 2020-05-30"
    ),
}
"""Certificates by the SHA-256 of their DER."""


def _issuer(child: Certificate) -> str:
    return shorten(child.issuer.text, MAX_NAME) or "somebody without a name"


def _titles(certificates: tuple[Certificate, ...]) -> str:
    return listed([each.title for each in certificates])


def _places(certificates: tuple[Certificate, ...]) -> tuple[Location, ...]:
    return tuple(each.at for each in certificates)


def get_issuer(child: Certificate) -> str:
    """Return how to get the issuer of *child*."""
    what = f"the certificate of {shorten(child.issuer.text, MAX_NAME) or 'its issuer'}"
    if child.authority_key_identifier:
        what += f" (subject key identifier {child.authority_key_identifier.hex()})"
    where = f" from {listed(child.ca_issuers_urls, 2)}" if child.ca_issuers_urls else " from the CA that issued it"
    return (
        f"get {what}{where}; with openssl, if it comes as DER: `openssl x509 -inform DER -in FILE -out new-issuer.pem`"
    )


def asked_for(child: Certificate, issuer: Certificate) -> str:
    """Return how what *child* says of its issuer contradicts *issuer*, as words."""
    wanted, own = child.authority_key_identifier, issuer.subject_key_identifier
    if wanted is None or own is None or wanted == own:
        return "the certificate asks for one with another serial number or issuer"
    return f"its key identifier is {own.hex()}, the certificate asks for {wanted.hex()}"


def _missing_ok(it: Submission, want: Want) -> bool:
    without_leaf = [each for each in it.chain if it.leaf is None or each.der != it.leaf.der]
    own = it.input("certificate chain")
    unexplained = it.leaf is not None and it.leaf.self_issued  # cert-self-issued-not-self-signed says more
    return (
        bool(it.self_signed)
        or unexplained
        or bool(without_leaf)
        or (not it.chain and explained(own))
        or cut_off(it, own)
    )


def _is_spared(it: Certificate, want: Want) -> bool:
    """Whether this is a root, and the demand is about intermediates only."""
    return bool(want.demand.only) and bool(it.self_signed)


def _root_only(it: Chain) -> bool:
    if it.path or it.gap is None or it.gap.names_match:
        return False
    return bool(it.gap.issuer.self_signed) and it.gap.issuer.is_ca


def _starts_with_issuer(it: Chain, want: Want) -> bool:
    return bool(it.path) or it.gap is None or it.gap.names_match or _root_only(it)


def _link_ok(it: Chain, want: Want) -> bool:
    return not it.path or it.gap is None or it.gap.names_match


def _unsigned(it: Chain, want: Want) -> list[Link]:
    """Return the links that the names make and signature, or unless it is asked for alone, key identifier break."""
    links = it.links if it.gap is None else (*it.links, it.gap)
    broken = [link for link in links if link.names_match and not link.holds]
    return [link for link in broken if link.signed is False] if want.demand.only else broken


def _gap(it: Chain) -> Link:
    assert it.gap is not None  # noqa: S101  # only asked where the rule about the gap has failed
    return it.gap


def _gap_place(it: Chain) -> Location:
    return it.gap.at if it.gap else it.at


def _link_missing_says(it: Chain, want: Want) -> str:
    gap = _gap(it)
    return (
        f"after {gap.child.title} the chain breaks off: it was issued by {_issuer(gap.child)}, which is not there, "
        f"and {gap.issuer.title} comes next"
    )


def _unverified_says(it: Chain, want: Want) -> str:
    gap = _gap(it)
    if gap.issuer is gap.child:
        return f"{gap.child.title} names itself as its issuer, but is not signed with its own key"
    names = f"{gap.issuer.title} has the name of the issuer of {gap.child.title}"
    if not gap.ids_match and not want.demand.only:
        return f"{names}, but is not it: {asked_for(gap.child, gap.issuer)}"
    return f"{names}, but the signature does not verify with its key"


def _relaxed(it: Chain) -> list[Link]:
    """Return the links whose two names are the same, but are not the same bytes."""
    return [link for link in it.links if link.names_match and link.child.issuer.der != link.issuer.subject.der]


def _relaxed_says(it: Chain, want: Want) -> str:
    link = _relaxed(it)[0]
    ours, theirs = link.child.issuer, link.issuer.subject
    if ours.rdns == theirs.rdns:
        name = f"the issuer of {link.child.title} and the subject of its CA are the same text, {_issuer(link.child)}"
        return f"{name}, but not the same bytes: it is encoded in two ways"
    subject = shorten(theirs.text, MAX_NAME)
    return (
        f"the issuer of {link.child.title}, {_issuer(link.child)}, is the subject of its CA, {subject}, "
        "only where case, white space and forms of characters do not count"
    )


def _given_path(it: Chain) -> tuple[Certificate, ...]:
    """Return the certificates of the path in the order given."""
    wanted = {each.der for each in it.path}
    return tuple(each for each in it.certificates if each.der in wanted)


def _order_says(it: Chain, want: Want) -> str:
    return f"the chain stands as {_titles(_given_path(it))}; from the certificate upwards it must be {_titles(it.path)}"


def _side_paths(it: Chain) -> tuple[Certificate, ...]:
    """Return what is on another path, first what leads to no trusted root either."""
    return tuple(sorted(it.side_paths, key=lambda each: each.der in it.anchored))


def _belongs(it: Chain, want: Want) -> bool:
    # who takes certificates in any order takes those on the trusted path for what they are
    side = [each for each in it.side_paths if want.demand.severity is ERROR or each.der not in it.anchored]
    return not it.unrelated and not side


def _unrelated_says(it: Chain, want: Want) -> str:
    words = []
    if it.unrelated:
        words.append(f"not on the certificate's path: {_titles(it.unrelated)}")
    for each in _side_paths(it)[:3]:
        child = next((child.title for child in (it.leaf, *it.path) if child.issuer.same_as(each.subject)), "the path")
        use = "which leads to a trusted root" if each.der in it.anchored else "not needed"
        words.append(f"{child} is also signed by {each.title} ({each.at}): a second path, {use}")
    return "; ".join(words)


def _top(it: Submission) -> Certificate:
    assert it.path is not None  # noqa: S101  # only asked where there is a path
    return it.path.path[-1]


def _ends_somewhere(it: Submission, want: Want) -> bool:
    top = _top(it)
    trusted = it.trust is not None and bool(it.trust.anchored)
    return bool(top.self_signed) or top.self_issued or bool(top.ca_issuers_urls) or trusted


def _root_fix(it: Chain, want: Want) -> str:
    how = f", as {repair(want)} does" if want.files and len(it.path) > 1 else ""
    drop = "leave it out" if it.path[-1].at.contained else "delete this block"
    return f"if the CA is public, or the target wants no root, {drop}{how}; else it may stay, as the last"


RULES = (
    Rule(
        name="chain-missing",
        on=SUBMISSION,
        applies=lambda it, want: it.leaf is not None,
        ok=_missing_ok,
        reads=("self_signed", "leaf.subject", "leaf.issuer"),
        at=lambda it: it.leaf.at if it.leaf else it.at,
        says=lambda it, want: (
            f"there is no certificate chain, and {it.leaf.title if it.leaf else ''} is not self-signed: it was issued "
            f"by {_issuer(it.leaf) if it.leaf else ''}"
        ),
        why="Clients know roots, not intermediates; a server that does not send its chain is not trusted.",
        fix=lambda it, want: (
            "pass the CA's chain file (chain.pem) as --certificate-chain; if there is none, "
            + (get_issuer(it.leaf) if it.leaf else "")
        ),
        aws_says=(
            "Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or "
            "certificate chain."
        ),
    ),
    Rule(
        name="chain-not-needed",
        on=SUBMISSION,
        applies=lambda it, want: it.leaf is not None,
        ok=lambda it, want: not it.self_signed or not it.chain,
        reads=("self_signed",),
        at=lambda it: it.chain[0].at if it.chain else it.at,
        says="the certificate is self-signed, so the chain is not needed",
        why="Nothing in a chain can certify a certificate that certifies itself.",
        repaired=always,
        fix="leave the chain out",
    ),
    Rule(
        name="chain-contains-leaf",
        on=CHAIN,
        ok=lambda it, want: not it.leaf_copies,
        at=lambda it: it.leaf_copies[0].at,
        also=lambda it: _places(it.leaf_copies[1:]),
        says=lambda it, want: (
            "the chain contains the certificate itself "
            f"({it.leaf.title})" + ("" if it.path or it.gap else ", and nothing else")
        ),
        why="The chain begins with the certificate's issuer; the end-entity certificate has its own field.",
        repaired=always,
        fix=(
            "pass chain.pem, not fullchain.pem; or delete this block; with openssl, to see which it is: `openssl x509 "
            "-noout -subject -in FILE`"
        ),
        aws_says=_CHAIN_SAYS + "0",
    ),
    Rule(
        name="chain-does-not-start-with-issuer",
        on=CHAIN,
        ok=_starts_with_issuer,
        reads=("gap.issuer.basic_constraints",),
        at=_gap_place,
        path="tbsCertificate.subject",
        says=lambda it, want: (
            f"the chain does not start with the certificate's issuer: {it.leaf.title} was issued by "
            f"{_issuer(it.leaf)}, the chain starts with "
            f"{shorten(_gap(it).issuer.subject.text, MAX_NAME) or 'a CA without a name'}"
        ),
        why=_DIRECTLY,
        fix=lambda it, want: get_issuer(it.leaf) + "; CAs change their intermediates, so take the one of this renewal",
        aws_says=_NOT_WITH_CHAIN,
    ),
    Rule(
        name="chain-root-only",
        on=CHAIN,
        ok=lambda it, want: not _root_only(it),
        reads=("gap.issuer.basic_constraints",),
        at=_gap_place,
        path="tbsCertificate.subject",
        says=lambda it, want: (
            f"the chain holds the root {_gap(it).issuer.title}, but not {_issuer(it.leaf)}, which issued the "
            "certificate"
        ),
        why=_DIRECTLY,
        fix=lambda it, want: get_issuer(it.leaf) + ", and put it before the root",
        aws_says=_NOT_WITH_CHAIN,
    ),
    Rule(
        name="chain-out-of-order",
        on=CHAIN,
        ok=lambda it, want: it.in_order,
        at=lambda it: next((each.at for each, right in zip(_given_path(it), it.path) if each is not right), it.at),
        path="tbsCertificate.subject",
        says=_order_says,
        why=_DIRECTLY,
        repaired=always,
        fix=lambda it, want: (
            f"put the blocks in this order: {listed([f'{each.title} ({each.at})' for each in it.path])}; with openssl, "
            "to see what a file is: `openssl x509 -noout -subject -issuer -in FILE`"
        ),
        aws_says=_CHAIN_SAYS + "-1",
    ),
    Rule(
        name="chain-link-missing",
        on=CHAIN,
        ok=_link_ok,
        at=_gap_place,
        also=lambda it: (it.gap.child.at,) if it.gap else (),
        path="tbsCertificate.subject",
        says=_link_missing_says,
        why=_DIRECTLY,
        fix=lambda it, want: (
            get_issuer(_gap(it).child) + f", and put it between the two; or drop {_gap(it).issuer.title} if it does "
            "not belong here"
        ),
        aws_says=_CHAIN_SAYS + "-1",
    ),
    Rule(
        name="chain-signature-does-not-verify",
        on=CHAIN,
        ok=lambda it, want: not _unsigned(it, want),
        reads=("links",),
        at=_gap_place,
        also=lambda it: (it.gap.child.at,) if it.gap else (),
        says=_unverified_says,
        why=(
            "The certificate was changed after it was signed, or this is a CA certificate of the same name with "
            "another key: re-keyed, cross-signed, out of date."
        ),
        fix=lambda it, want: get_issuer(_gap(it).child),
        aws_says=_NOT_WITH_CHAIN,
    ),
    Rule(
        name="chain-names-match-only-relaxed",
        on=CHAIN,
        ok=lambda it, want: not _relaxed(it),
        reads=("links",),
        at=lambda it: _relaxed(it)[0].child.at,
        also=lambda it: tuple(link.issuer.at for link in _relaxed(it)),
        path="tbsCertificate.issuer",
        says=_relaxed_says,
        why=(
            "RFC 5280 section 7.1 takes them for the same name, and the signature verifies; but verifiers that compare "
            "bytes, such as Go's, find no issuer."
        ),
        fix=lambda it, want: (
            "if clients find no path, ask the CA for a certificate whose issuer is its own subject byte for byte; with "
            "openssl, to see how a name is encoded: `openssl x509 -noout -subject -issuer -nameopt multiline,show_type "
            "-in FILE`"
        ),
    ),
    Rule(
        name="chain-contains-unrelated",
        on=CHAIN,
        ok=_belongs,
        at=lambda it: (*it.unrelated, *_side_paths(it))[0].at,
        also=lambda it: _places((*it.unrelated, *_side_paths(it))[1:]),
        says=lambda it, want: f"the chain contains what does not belong: {_unrelated_says(it, want)}",
        why="Every certificate of the chain must certify the one before it.",
        repaired=always,
        fix=(
            "delete these blocks; with openssl, to see what a block is: `openssl x509 -noout -subject -issuer -in FILE`"
        ),
        aws_says=_CHAIN_SAYS + "-1",
    ),
    Rule(
        name="chain-contains-duplicate",
        on=CHAIN,
        ok=lambda it, want: not it.duplicates,
        at=lambda it: it.duplicates[0].at,
        also=lambda it: _places(it.duplicates[1:]),
        says=lambda it, want: f"the chain contains a certificate more than once: {_titles(it.duplicates)}",
        why=(
            "A certificate does not certify itself, so the second one breaks the order; whether it is refused is not "
            "known."
        ),
        repaired=always,
        fix="delete the repeated blocks",
    ),
    Rule(
        name="chain-contains-root",
        on=CHAIN,
        ok=lambda it, want: not (it.path and it.path[-1].self_signed),
        at=lambda it: it.path[-1].at,
        says=lambda it, want: f"the chain includes the root {it.path[-1].title}",
        why="Clients have public roots already, and never trust one that a server sends; a private CA's root may stay.",
        fix=_root_fix,
    ),
    Rule(
        name="chain-does-not-reach-root",
        on=SUBMISSION,
        applies=lambda it, want: it.path is not None and bool(it.path.path) and it.path.gap is None,
        ok=_ends_somewhere,
        reads=("path.path.subject", "path.path.issuer", "path.path.ca_issuers_urls"),
        at=lambda it: _top(it).at,
        says=lambda it, want: (
            f"the chain ends at {_top(it).title}, whose issuer {_issuer(_top(it))} is not there, nor does it say "
            "where to get it"
        ),
        why="Public roots are left out on purpose; a private root must be known to every client, or be included.",
        fix=(
            "if the CA is private, append its root's certificate; with --keep-root the command fix keeps one that was "
            "given"
        ),
    ),
    Rule(
        name="chain-too-long",
        on=CHAIN,
        ok=lambda it, want: len(it.certificates) <= 5,
        says=lambda it, want: f"the chain has {plural(len(it.certificates), 'certificate')}",
        why="Every handshake sends it; other services take at most five.",
        fix="leave out what no client needs: the root, cross-signed roots",
    ),
    Rule(
        name="chain-known-bad-cert",
        on=ISSUER,
        ok=lambda it, want: it.sha256 not in KNOWN_BAD,
        says=lambda it, want: f"this is {KNOWN_BAD[it.sha256]}: it broke clients all over the world",
        why="Old clients follow it to an expired root and give up.",
        fix='delete the block; with certbot: `certbot renew --preferred-chain "ISRG Root X1"`',
    ),
    Rule(
        name="chain-cert-expired",
        on=ISSUER,
        applies=lambda it, want: it.sha256 not in KNOWN_BAD,
        ok=lambda it, want: want.at <= it.not_after or _is_spared(it, want),
        reads=("not_after",),
        path="tbsCertificate.validity.notAfter",
        says=lambda it, want: f"{it.title} in the chain expired on {it.not_after:%Y-%m-%d}",
        why="Clients refuse a path through an expired certificate; whether the import looks is not documented.",
        fix="take the CA's current intermediate, or drop an expired cross-signed root",
    ),
    Rule(
        name="chain-cert-not-yet-valid",
        on=ISSUER,
        ok=lambda it, want: want.at >= it.not_before or _is_spared(it, want),
        reads=("not_before",),
        path="tbsCertificate.validity.notBefore",
        says=lambda it, want: f"{it.title} in the chain is valid only from {it.not_before:%Y-%m-%d}",
        why="Clients refuse a path through a certificate that is not valid yet.",
        fix="wait until then, or take another intermediate",
    ),
    Rule(
        name="chain-cert-not-a-ca",
        on=ISSUER,
        applies=lambda it, want: it.version == 3,
        ok=lambda it, want: may_sign(it),
        reads=("basic_constraints", "key_usage", "version"),
        path="tbsCertificate.extensions.basic_constraints",
        says=lambda it, want: f"{it.title} in the chain {NO_SIGNER if it.is_ca else NO_CA}",
        why="What an end-entity certificate signs, clients do not trust.",
        fix="use the CA's own certificates for the chain",
    ),
    Rule(
        name="chain-cert-explicit-curve",
        on=ISSUER,
        ok=lambda it, want: it.key.curve != "explicit",
        reads=("key",),
        path="tbsCertificate.subjectPublicKeyInfo.algorithm.parameters",
        says=lambda it, want: f"{it.title} in the chain spells out its curve's parameters instead of naming it",
        why="Most TLS libraries refuse explicit parameters.",
        fix=ANOTHER,
    ),
    Rule(
        name="chain-cert-not-version-3",
        on=ISSUER,
        ok=lambda it, want: it.version == 3 or bool(it.self_signed),
        reads=("version",),
        path="tbsCertificate.version",
        says=lambda it, want: f"{it.title} in the chain is X.509 version {it.version}",
        why="Without extensions nothing says that it is a CA.",
        fix=ANOTHER,
    ),
    Rule(
        name="chain-cert-not-for-tls-servers",
        on=ISSUER,
        applies=lambda it, want: not it.self_signed,
        ok=lambda it, want: for_servers(it),
        reads=("extended_key_usage",),
        path="tbsCertificate.extensions.extended_key_usage",
        says=lambda it, want: (
            f"{it.title} in the chain may issue certificates for {purposes(it)} only, not for TLS servers"
        ),
        why="Clients apply an intermediate's extended key usage to what it issues.",
        fix=ANOTHER,
    ),
    Rule(
        name="chain-cert-unknown-critical-extension",
        on=ISSUER,
        ok=lambda it, want: not unknown_critical(it),
        reads=("extensions",),
        path="tbsCertificate.extensions",
        says=lambda it, want: (
            f"{it.title} in the chain has a critical extension that is not commonly processed: "
            f"{listed(unknown_critical(it))}"
        ),
        why="Whoever cannot process a critical extension must refuse the certificate (RFC 5280 section 4.2).",
        fix=ANOTHER,
    ),
    Rule(
        name="chain-cert-weak-key",
        on=ISSUER,
        ok=lambda it, want: not weak_key(it),
        reads=("key",),
        path="tbsCertificate.subjectPublicKeyInfo",
        says=lambda it, want: f"the key of {it.title} in the chain is weak: {weak_key(it)}",
        why="Whoever calculates a CA's private key can issue certificates for any name; clients refuse such chains.",
        fix=ANOTHER,
    ),
    Rule(
        name="chain-weak-signature",
        on=ISSUER,
        applies=lambda it, want: not it.self_signed,
        ok=lambda it, want: not weak_hash(it),
        reads=("signature_algorithm",),
        path="signatureAlgorithm",
        says=lambda it, want: f"{it.title} in the chain is signed with {it.signature_algorithm.name}",
        why="Clients no longer trust SHA-1 and MD5 below the root.",
        fix=ANOTHER,
    ),
    Rule(
        name="chain-path-length-exceeded",
        on=CHAIN,
        ok=lambda it, want: not too_deep(it.path),
        reads=("path.basic_constraints", "path.subject", "path.issuer"),
        at=lambda it: it.path[0].at if it.path else it.at,
        path="tbsCertificate.extensions.basic_constraints",
        says=lambda it, want: f"the path is longer than a CA allows: {too_deep(it.path)}",
        why="Clients refuse a path that exceeds a CA's path length constraint (RFC 5280 section 4.2.1.9).",
        fix=ANOTHER,
    ),
    Rule(
        name="chain-name-constraints-violated",
        on=CHAIN,
        ok=lambda it, want: not outside_constraints(it.leaf, it.path),
        reads=(
            *("path.name_constraints", "path.subject", "path.issuer", "path.subject_alt_names"),
            *("leaf.subject", "leaf.subject_alt_names"),
        ),
        at=lambda it: it.leaf.at,
        path="tbsCertificate.extensions.subject_alt_name",
        says=lambda it, want: f"a name is not allowed to the CA above it: {outside_constraints(it.leaf, it.path)}",
        why="Clients refuse names outside of a CA's name constraints (RFC 5280 section 4.2.1.10).",
        fix="have the certificate issued for other names, or by another CA",
    ),
)
