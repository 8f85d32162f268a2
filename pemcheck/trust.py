"""
Roots that somebody trusts, and whether a path leads to one of them.

Nothing is trusted by default: which roots count is the user's word, given as a file or by name.
"""

from __future__ import annotations

import os

from . import asn1, pem
from .budget import Budget
from .chain import MAX_STEPS, Signatures
from .facts import Certificate
from .source import EXHAUSTED, SourceError, named, read, shorten
from .submission import Trust

SYSTEM, MOZILLA = "system", "mozilla"

_SYSTEM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
)

_NEEDED = frozenset(("subject", "key", "version", "basic_constraints"))

MAX_PATHS = 10
"""Paths to a root that are looked at."""


class Store:
    """The roots of one trust store, by their names."""

    def __init__(self, name: str, roots: tuple[Certificate, ...]) -> None:
        self.name = name
        self.roots = {root.der for root in roots}
        self.by_name: dict[object, list[Certificate]] = {}
        for root in filter(_may_sign, roots):
            self.by_name.setdefault(root.subject.prepared, []).append(root)


def _may_sign(root: Certificate) -> bool:
    """Whether a certificate may sign others: by its basicConstraints; before version 3 there were none (RFC 5280)."""
    return root.is_ca or root.version < 3


def find(source: str) -> tuple[str, bytes]:
    """
    Return name and content of the trust store that a user calls *source*: ``system``, ``mozilla`` or a file.

    Raises SourceError where there is none.
    """
    if source == SYSTEM:
        return _system()
    if source != MOZILLA:
        return read(source)
    try:
        import certifi
    except ImportError:
        raise SourceError(
            "--trust-store mozilla needs the package certifi: python -m pip install certifi"
        ) from None
    return f"mozilla (certifi {certifi.__version__})", read(certifi.where())[1]


def _system() -> tuple[str, bytes]:
    path = os.environ.get("SSL_CERT_FILE") or next(filter(os.path.exists, _SYSTEM_FILES), "")
    if not path:
        raise SourceError("there is no trust store of the system where one is expected; give --trust-store FILE")
    return f"system ({path})", read(path)[1]


def load(name: str, data: bytes) -> Store:
    """
    Return the trust store in *data*.

    It has an account of its own.  Raises ValueError where something in it is no certificate that can be read, or is no
    root because it may sign nothing, itself excepted; and where it is damaged or longer than what is looked at: a root
    that was not seen must not look like one that is not trusted.
    """
    budget = Budget()
    text = pem.read(name, data, budget)
    for problem in text.problems:
        if problem.is_loss:
            line = f"line {problem.at.line}: " if problem.at.line else ""
            raise ValueError(f"{named(name)}: {line}this trust store cannot be read in full: {problem.detail}")
    signatures = Signatures(budget)
    roots = []
    for block in text.blocks:
        fact, problems = asn1.read(block, budget)
        cut = next((each.detail for each in problems if each.sort == EXHAUSTED), "")
        if cut:
            raise ValueError(f"{named(name)}: line {block.at.line}: this trust store cannot be read in full: {cut}")
        if not isinstance(fact, Certificate) or _NEEDED & fact.unread:
            raise ValueError(f"{named(name)}: line {block.at.line}: this is no certificate that can be read")
        if not _may_sign(fact) and not signatures.self_signed(fact):
            reason = f"{shorten(fact.title)} is no CA certificate, so it is nobody's root; give that of its CA"
            raise ValueError(f"{named(name)}: line {block.at.line}: {reason}")
        roots.append(fact)
    if not roots:
        raise ValueError(f"{named(name)}: there is no certificate in this trust store")
    return Store(name, tuple(roots))


def judge(store: Store, leaf: Certificate, given: tuple[Certificate, ...], signatures: Signatures) -> Trust:
    """
    Say whether *leaf* is a root of *store*, or leads to one through certificates that were *given*, in any order.

    Names and signatures make a path; a key identifier is a hint where to look, and speaks against none (RFC 5280
    section 6.1.3).
    """
    names = {each.der: each.issuer.prepared for each in (leaf, *given)}
    above: dict[object, dict[bytes, Certificate]] = {}
    for each in given:
        above.setdefault(each.subject.prepared, {})[each.der] = each
    paths: list[tuple[Certificate, ...]] = []
    pending: list[tuple[Certificate, ...]] = [(leaf,)]
    reason, left = "", MAX_STEPS
    while pending and len(paths) < MAX_PATHS:
        path = pending.pop(0)
        child = path[-1]
        if child.der in store.roots and (child is leaf or _may_sign(child)):
            paths.append(path)
            continue
        known = {each.der for each in path}
        issuers = {each.der: each for each in store.by_name.get(names[child.der], ())}
        issuers.update((der, each) for der, each in above.get(names[child.der], {}).items() if der not in issuers)
        for issuer in (each for der, each in issuers.items() if der not in known):
            link = signatures.link(child, issuer)
            if link.names_match and link.signed and left > 0:
                left -= 1
                pending.append((*path, issuer))
            elif link.names_match and link.signed is None:
                reason = reason or f"whether {issuer.title} signed {child.title}: {link.reason}"
    if not reason and any("issuer" in each.unread for each in (leaf, *given)):
        reason = "the issuer of a certificate cannot be read"
    if not reason and (pending or left <= 0):
        reason = "there are more ways to a root than are followed"
    return Trust(store.name, True if paths else None if reason else False, reason, tuple(paths))
