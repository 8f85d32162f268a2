"""Who signed whom: pyca, and openssl for whole chains, say the same as arithmetic and as oscrypto, each alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pemcheck import crypto
from pemcheck.chain import Signatures, analyse
from pemcheck.crypto import confirm, signatures
from pemcheck.facts import Certificate

from . import tally
from .judges import OPENSSL, certificate_of, issued, loaded, run, said
from .material import Item, collected
from .tally import Comparison, Refusal
from .test_certificates import ours

NAMESAKES = 12
"""Issuers of one name that are tried for one certificate; some projects have a hundred."""
LONGEST = 8
"""Certificates in a chain; these projects' are shorter."""
_SIGNATURE, _NO_ISSUER = ("7",), ("18", "19", "20", "21")
"""What openssl verify says where a signature does not verify, and where no issuer is found (x509_vfy.h)."""


@cache
def links() -> list[tuple[Item, Item]]:
    """Return every certificate with those that have the name of its issuer, itself included."""
    subjects: dict[bytes, list[Item]] = {}
    named = []
    for item in collected().certificates:
        judge = certificate_of(item.data)
        names = judge if isinstance(judge, Refusal) else said(lambda: (judge.subject, judge.issuer))  # noqa: B023
        if not isinstance(names, Refusal) and ours(item) is not None:
            subject, issuer = (name.public_bytes() for name in names)
            subjects.setdefault(subject, []).append(item)
            named.append((item, issuer))
    return [(child, above) for child, issuer in named for above in subjects.get(issuer, [])[:NAMESAKES]]


def facts(pair: tuple[Item, Item]) -> tuple[Certificate, Certificate]:
    """Return ours of both."""
    child, issuer = map(ours, pair)
    assert child is not None
    assert issuer is not None
    return child, issuer


@cache
def judged(pair: tuple[Item, Item]) -> bool | Refusal:
    """Return whether pyca says that one issued the other."""
    child, issuer = pair
    return issued(loaded(child.data), loaded(issuer.data))


def compare(pair: tuple[Item, Item], mine: bool | None) -> Comparison:
    """Return both answers to whether one issued the other."""
    child, issuer = pair
    return Comparison(f"{child.case}/{issuer.case}", f"{child.name} by {issuer.name}", mine, judged(pair))


def test_pyca_says_the_same_of_every_issuer() -> None:
    """As a link of a chain is judged."""
    found = [compare(pair, Signatures().link(*facts(pair)).signed) for pair in links()]

    assert ([], []) == tally.disagreements("issuer: signed", found)


def test_pyca_says_the_same_as_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """With oscrypto out of the way."""
    monkeypatch.setattr(confirm, "can_use", lambda public: False)
    found = []
    for pair in links():
        child, issuer = facts(pair)
        answer = crypto.verify(issuer.key, child.signature_algorithm, child.signature, child.tbs)
        found.append(compare(pair, answer.value))

    assert ([], []) == tally.disagreements("issuer: arithmetic", found)


def test_pyca_says_the_same_as_oscrypto() -> None:
    """Wherever it is asked at all."""
    if crypto.backend()["libcrypto"] is None:
        pytest.skip("no libcrypto can be loaded")
    found = []
    for pair in links():
        child, issuer = facts(pair)
        scheme = child.signature_algorithm.name.rpartition("_")[2]
        fits = issuer.key.kind in signatures._KINDS.get(scheme, ()) and scheme != "pss"
        if fits and confirm.can_use(issuer.key) and confirm.can_hash(child.signature_algorithm):
            answer = confirm.signed(issuer.key, child.signature_algorithm, child.signature, child.tbs)
            found.append(compare(pair, answer.value))

    assert len(found) > 300
    assert ([], []) == tally.disagreements("issuer: oscrypto", found)


def chains() -> Iterator[list[Item]]:
    """Yield for each certificate the way up by names, as far as it goes, with the first issuer that pyca confirms."""
    above: dict[Item, list[Item]] = {}
    for child, issuer in links():
        above.setdefault(child, []).append(issuer)
    for leaf in above:
        chain = [leaf]
        while len(chain) < LONGEST:
            issuers = [each for each in above.get(chain[-1], []) if each not in chain]
            confirmed = [each for each in issuers if judged((chain[-1], each)) is True]
            top = loaded(chain[-1].data)
            if top.issuer == top.subject or not issuers:
                break
            chain.append((confirmed or issuers)[0])
        if len(chain) > 1:
            yield chain


def armored(items: list[Item]) -> bytes:
    """Return certificates as PEM."""
    return b"".join(loaded(item.data).public_bytes(Encoding.PEM) for item in items)


@pytest.mark.skipif(OPENSSL is None, reason="the openssl program is not installed")
def test_openssl_says_the_same_of_every_chain(tmp_path: Path) -> None:
    """The highest certificate being trusted, and the others given in any order."""
    found = list(chains())
    tally.material.update((chain[0].source, "chains") for chain in found)
    commands = []
    for number, chain in enumerate(found):
        files = [tmp_path / f"{number}-{part}.pem" for part in ("leaf", "between", "top")]
        for file, part in zip(files, (chain[:1], chain[:0:-1], chain[-1:])):
            file.write_bytes(armored(part))
        leaf, between, top = map(str, files)
        options = ("-partial_chain", "-no_check_time", "-auth_level", "0", "-trusted", top, "-untrusted", between)
        commands.append((str(OPENSSL), "verify", *options, leaf))
    comparisons = []
    for chain, answer in zip(found, run(*commands)):
        first, *rest = (ours(item) for item in chain)
        assert first is not None
        path = analyse(first, tuple(each for each in reversed(rest) if each is not None), Signatures())
        whole = len(path.path) == len(rest) and all(link.signed for link in path.links)
        text = (answer.stdout + answer.stderr).decode("utf-8", "replace")
        errors = re.findall(r"^error (\d+) at", text, re.MULTILINE)
        theirs: bool | Refusal = answer.returncode == 0
        if errors and errors[0] not in _SIGNATURE + _NO_ISSUER:
            theirs = Refusal(f"openssl verify has another complaint: error {errors[0]}")
        elif not theirs and not errors:
            theirs = Refusal("openssl verify cannot load a certificate")
        comparisons.append(Comparison("/".join(item.case for item in chain), chain[0].name, whole, theirs))

    assert ([], []) == tally.disagreements("chain: whole", comparisons)
