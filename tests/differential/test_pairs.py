"""A key and a certificate match where pyca verifies with one what it signed with the other, and nowhere else."""

from __future__ import annotations

from typing import Any, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import pemcheck

from . import tally
from .judges import belongs, certificate_of, key_of, said
from .material import Item, collected
from .tally import Comparison, Refusal


class Pair(NamedTuple):
    """A certificate, a private key, and the kind and size of both public keys."""

    certificate: Item
    key: Item
    sort: tuple[Any, ...]


def public_bytes(key: Any) -> bytes | Refusal:
    """Return a public key as pyca writes it."""
    return said(lambda: key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def pairs() -> list[Pair]:
    """Return every certificate beside the first key with the same public half."""
    keys: dict[bytes, Item] = {}
    for item in collected().keys:
        judge = key_of(item.data)[0]
        public = judge if isinstance(judge, Refusal) else public_bytes(judge.public_key())
        if not isinstance(public, Refusal):
            keys.setdefault(public, item)
    found = []
    for item in collected().certificates:
        judge = certificate_of(item.data)
        public_key = judge if isinstance(judge, Refusal) else said(judge.public_key)
        public = public_key if isinstance(public_key, Refusal) else public_bytes(public_key)
        if not isinstance(public, Refusal) and public in keys:
            found.append(Pair(item, keys[public], (type(public_key), getattr(public_key, "key_size", 0), len(public))))
    return found


def compare(certificate: Item, key: Item) -> Comparison:
    """Return what ``check`` says of a pair, and what pyca does."""
    report = pemcheck.check(certificate.data, key.data, passphrase=key.password, allow_expensive=True)
    pair = report.submission.pair
    judge = certificate_of(certificate.data)
    theirs = judge if isinstance(judge, Refusal) else belongs(key_of(key.data)[0], judge.public_key())
    name = f"{certificate.name} and {key.name}"
    return Comparison(f"{certificate.case}/{key.case}", name, pair and pair.matches, theirs)


def test_what_belongs_together_matches() -> None:
    """Every certificate whose key is here."""
    found = pairs()
    tally.material.update((each.certificate.source, "pairs") for each in found)

    assert ([], []) == tally.disagreements("pair: matches", [compare(each.certificate, each.key) for each in found])


def test_what_is_crossed_does_not_match() -> None:
    """Every certificate with the key of the next of its kind and size."""
    sorts: dict[tuple[Any, ...], list[Pair]] = {}
    for each in pairs():
        sorts.setdefault(each.sort, []).append(each)
    crossed = [
        (one.certificate, other.key)
        for same in sorts.values()
        for one, other in zip(same, same[1:] + same[:1])
        if one.key != other.key
    ]

    assert len(crossed) > 100
    assert ([], []) == tally.disagreements("pair: crossed", [compare(*each) for each in crossed])
