"""The private key in the form that the target takes; the numbers in it stay what they are."""

from __future__ import annotations

from typing import Callable

from .. import asn1, crypto
from ..asn1 import rewriting
from ..facts import Certificate, PrivateKey
from ..pem import Block
from ..reading import Fields
from ..rules.key import LABEL_OF_BODY, OBSTACLES, decrypt_copy
from ..rules.table import listed
from ..source import shorten
from ..targets import Want
from ..value import Value
from .pieces import Remains

_TAKEN = ("pkcs1", "sec1", "pkcs8")
NOT_WRITTEN = ("key-encrypted", "input-not-decrypted", "key-unreadable", "key-without-curve")
"""The rules that say why a private key cannot be written."""
_FORMS = {"dsa": "OpenSSL's form for DSA", "openssh": "OpenSSH's form"}
_CONVERTED = "converted the private key from {} to PKCS#8"
_VERSION_2 = "took the public key out of the private key's PKCS#8, of which older readers know version 1 only"


class Form(Value):
    """A private key as it is to be written; ``der`` is empty where it cannot be, and ``remains`` says why."""

    _hidden = ("der",)

    label: str = ""
    der: bytes = b""
    changes: tuple[str, ...] = ()
    remains: tuple[Remains, ...] = ()


def form_of(key: PrivateKey, leaf: Certificate, want: Want) -> Form:
    """
    Return *key* as *want*'s target takes it; never raises.

    PKCS#1, SEC 1 and PKCS#8 stay as they are, byte for byte, except that PKCS#8 becomes PKCS#1 for RSA where the
    target asks ``key-is-pkcs8``, and version 2 becomes version 1.  Parameters that spell out a named curve become its
    name; a missing curve becomes that of *leaf* if the key then proves to be its.  Whatever was rewritten is read again
    and compared.
    """
    if key.encrypted and not key.info:
        scheme = shorten(key.encryption or "an unknown scheme")
        why = OBSTACLES.get(key.obstacle, "and only its passphrase opens it")
        return _refused(key, f"is encrypted ({scheme}), {why}; {decrypt_copy(key, want)}")
    body, data, changes = key.body, key.der, []
    if key.encrypted:
        body, data = "pkcs8", key.info
        changes.append(f"decrypted the private key ({shorten(key.encryption or 'unknown scheme')})")
    elif key.info and (body not in _TAKEN or key.version_2):
        changes.append(_VERSION_2 if key.version_2 else _CONVERTED.format(_FORMS.get(body, shorten(key.format))))
        body, data = "pkcs8", key.info
    if body not in _TAKEN or not data:
        return _refused(key, "cannot be read; export it again from where it was made")
    curve, why = _curve(key, leaf)
    if curve:
        data = _safely(key, lambda: rewriting.with_named_curve(body, data, curve))
        changes.append(f"{why} {curve} in the private key")
    elif not key.has_curve:
        return _refused(key, "does not say which curve it is on, and the certificate does not tell")
    pkcs1 = body == "pkcs8" and key.public is not None and key.public.kind == "rsa" and _wants_pkcs1(want)
    if pkcs1:
        body, data = "pkcs1", _safely(key, lambda: rewriting.inner_key(data))
        changes.append("converted the private key from PKCS#8 to PKCS#1, which alone the documents of the time show")
    label = LABEL_OF_BODY[body]
    if changes and not _is_same(key, leaf, label, data):
        return _refused(key, "cannot be rewritten so that it stays the certificate's")
    if not changes and key.label not in ("", label):
        changes.append(f"replaced the label {shorten(key.label)} of the private key by {label}")
    return Form(label, data, tuple(changes), _faults(key))


def _refused(key: PrivateKey, why: str) -> Form:
    return Form(remains=(Remains(f"the private key ({key.at}) is not written: it {why}", NOT_WRITTEN),))


def _faults(key: PrivateKey) -> tuple[Remains, ...]:
    if not key.faults:
        return ()
    says = f"the private key ({key.at}) contradicts itself ({listed(key.faults, 3)})"
    how = "and which of its numbers is wrong nobody knows: export it again from where it was made"
    return (Remains(f"{says}, {how}", ("key-inconsistent",)),)


def _wants_pkcs1(want: Want) -> bool:
    return any(demand.rule == "key-is-pkcs8" for demand in want.target.demands)


def _safely(key: PrivateKey, rewrite: Callable[[], bytes]) -> bytes:
    """Return what *rewrite* makes, nothing if it cannot; no text of an exception about a key goes any further."""
    return Fields(key.at).read("der", "", rewrite, b"", secret=True)


def _is_same(key: PrivateKey, leaf: Certificate, label: str, data: bytes) -> bool:
    """Whether *data*, read again, is the same key; of one that named no curve, whether it is the one of *leaf*."""
    again, _ = asn1.read(Block(label, data, key.at))
    if not isinstance(again, PrivateKey):
        return False
    again = crypto.examine(again)
    if not key.has_curve:
        return bool(crypto.match(leaf.key, again).value)
    if key.public is None or again.public is None or not again.public.same_as(key.public):
        return False
    return not (key.secret or key.seed) or (again.secret, again.seed) == (key.secret, key.seed)


def _curve(key: PrivateKey, leaf: Certificate) -> tuple[str, str]:
    """Return the curve to name in the key and what that means, or nothing."""
    if not key.has_curve and leaf.key.kind == "ec" and leaf.key.usual_curve in rewriting.CURVES:
        return leaf.key.usual_curve or "", "named the certificate's curve"
    if key.public is not None and key.public.curve == "explicit" and key.public.same_curve_as in rewriting.CURVES:
        return key.public.same_curve_as or "", "replaced the curve's parameters by its name"
    return "", ""
