"""
Roots that somebody trusts, and whether a path leads to one of them.

Nothing is trusted by default: which roots count is the user's word, given as a file or by name.
"""

from __future__ import annotations

import os

from . import asn1, pem
from .chain import Signatures
from .facts import Certificate, Trust
from .source import SourceError, named, read, shorten

SYSTEM, MOZILLA = "system", "mozilla"

_SYSTEM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
)

_LOSSES = ("input-too-large", "pem-marker-malformed", "pem-bad-base64")
"""The rules about what makes a root go unseen."""

_NEEDED = frozenset(("subject", "key", "version", "basic_constraints"))


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
            "--trust-store mozilla needs the package certifi: python -m pip install 'pemcheck[mozilla]'"
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

    Raises ValueError where something in it is no certificate that can be read, or is no root because it may sign
    nothing, itself excepted; and where it is damaged or longer than what is looked at: a root that was not seen must
    not look like one that is not trusted.
    """
    text = pem.read(name, data)
    for problem in text.problems:
        if problem.rule in _LOSSES:
            line = f"line {problem.at.line}: " if problem.at.line else ""
            raise ValueError(f"{named(name)}: {line}this trust store cannot be read in full: {problem.detail}")
    signatures = Signatures()
    roots = []
    for block in text.blocks:
        fact, _ = asn1.read(block)
        if not isinstance(fact, Certificate) or _NEEDED & fact.unread:
            raise ValueError(f"{named(name)}: line {block.at.line}: this is no certificate that can be read")
        if not _may_sign(fact) and not signatures.self_signed(fact):
            reason = f"{shorten(fact.title)} is no CA certificate, so it is nobody's root; give that of its CA"
            raise ValueError(f"{named(name)}: line {block.at.line}: {reason}")
        roots.append(fact)
    if not roots:
        raise ValueError(f"{named(name)}: there is no certificate in this trust store")
    return Store(name, tuple(roots))


def judge(store: Store, path: tuple[Certificate, ...]) -> Trust:
    """Say whether one of *path*, from the end-entity certificate upwards, is a root of *store* or signed by one."""
    signatures = Signatures()
    reason = ""
    for child in path:
        if child.der in store.roots and (child is path[0] or _may_sign(child)):
            return Trust(store.name, True)
        for root in store.by_name.get(child.issuer.prepared, ()):
            link = signatures.link(child, root)
            if link.signed and link.holds:
                return Trust(store.name, True)
            if link.holds:
                reason = reason or f"whether {root.title} signed {child.title}: {link.reason}"
    if not reason and any("issuer" in child.unread for child in path):
        reason = "the issuer of a certificate cannot be read"
    return Trust(store.name, None if reason else False, reason)
