"""Every fact about a private key is the one that pyca reads, and openssl calls sound what we call sound."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes

from pemcheck import inspect
from pemcheck.facts import Certificate, PrivateKey, PublicKey

from . import tally
from .judges import OPENSSL, key_of, numbers, opened, run, said
from .material import Item, collected
from .tally import Comparison, Refusal
from .test_certificates import CURVES, KINDS

EVERY = 5


@cache
def ours(item: Item) -> PrivateKey | None:
    """Return our facts; None where we say that this is no private key."""
    found = inspect(item.data, passphrase=item.password, allow_expensive=True)
    return next((each for each in found if isinstance(each, PrivateKey)), None)


def public_numbers(key: PublicKey) -> tuple[Any, ...]:
    """Return kind, bits, curve, numbers, octets; the point of a curve that we do not know is read as it stands."""
    kind = "rsa" if key.kind == "rsassa_pss" else key.kind
    if kind not in KINDS:
        return "other", None, None, (), key.octets if key.kind in ("x25519", "x448") else b""
    found: tuple[int, ...] | None = key.numbers
    if kind == "ec" and not key.octets and not found:
        found = None  # neither stated nor, on this curve, computed
    elif kind == "ec" and not found:
        half = (len(key.octets) - 1) // 2
        found = tuple(int.from_bytes(part, "big") for part in (key.octets[1 : 1 + half], key.octets[1 + half :]))
    return kind, key.bits, (key.usual_curve or "").lower() or None, found, b"" if kind == "ec" else key.octets


def their_numbers(key: Any) -> tuple[Any, ...]:
    """Return the same of pyca's private key."""
    kind, bits, curve, found, octets = numbers(key.public_key())
    return kind, bits, CURVES.get(curve or "", curve), found, octets


def test_pyca_reads_the_same_public_half() -> None:
    """In every key that it opens."""
    comparisons = []
    for item in collected().keys:
        judge = key_of(item.data)[0]
        theirs = judge if isinstance(judge, Refusal) else said(lambda: their_numbers(judge))  # noqa: B023
        fact = ours(item)
        mine = "no key" if fact is None else "unread" if fact.public is None else public_numbers(fact.public)
        comparisons.append(Comparison(item.case, item.name, mine, theirs))

    assert ([], []) == tally.disagreements("key: public half", comparisons)


def soundness(item: Item) -> bool | str:
    """Return whether we find no fault in a key."""
    fact = ours(item)
    if fact is None or fact.public is None or "secret" in fact.unread:
        return "unread"
    return not fact.faults and fact.public.on_curve is not False


def test_pyca_finds_the_same_keys_sound() -> None:
    """What it loads only unchecked is inconsistent."""
    comparisons = []
    for item in collected().keys:
        judge = key_of(item.data)[0]
        theirs = judge if isinstance(judge, Refusal) else not isinstance(key_of(item.data, True)[0], Refusal)
        comparisons.append(Comparison(item.case, item.name, soundness(item), theirs))

    assert ([], []) == tally.disagreements("key: sound", comparisons)


@pytest.mark.skipif(OPENSSL is None, reason="the openssl program is not installed")
def test_openssl_finds_the_same_keys_sound() -> None:
    """Every fifth, by ``openssl pkey -check``."""
    items = [item for item in collected().keys if not isinstance(key_of(item.data)[0], Refusal)][::EVERY]
    commands = []
    for item in items:
        password = (item.password or b"").decode()
        form = "PEM" if item.data.startswith(b"-----") else "DER"
        commands.append((str(OPENSSL), "pkey", "-check", "-noout", "-inform", form, "-passin", f"pass:{password}"))
    comparisons = []
    for item, answer in zip(items, run(*commands, inputs=[item.data for item in items])):
        said_valid, said_invalid = b"Key is valid" in answer.stdout, b"Key is invalid" in answer.stdout + answer.stderr
        theirs = said_valid if said_valid or said_invalid else Refusal("openssl pkey does not load it")
        comparisons.append(Comparison(item.case, item.name, soundness(item), theirs))

    assert ([], []) == tally.disagreements("openssl: key sound", comparisons)


def test_pyca_finds_the_same_in_containers() -> None:
    """Certificates and key of each PKCS#12 file that it opens."""
    comparisons = []
    for item in collected().containers:
        judge = opened(item.data)[0]
        theirs: Any = judge
        if not isinstance(judge, Refusal):
            every = [each.certificate for each in (judge.cert, *judge.additional_certs) if each is not None]
            inside = sorted({each.fingerprint(hashes.SHA256()).hex() for each in every})
            theirs = inside, None if judge.key is None else their_numbers(judge.key)
        found = inspect(item.data, passphrase=item.password, allow_expensive=True)
        certificates = sorted({each.sha256 for each in found if isinstance(each, Certificate)})
        keys = [each.public for each in found if isinstance(each, PrivateKey)]
        half = None if not keys else "unread" if keys[0] is None else public_numbers(keys[0])
        comparisons.append(Comparison(item.case, item.name, (certificates, half), theirs))

    assert ([], []) == tally.disagreements("PKCS#12: content", comparisons)
