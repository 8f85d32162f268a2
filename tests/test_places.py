"""Where a fault stands, and what is said of several: the first is the place, the others are named beside it."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures import judged
from fixtures.generate import CASES
from pemcheck import checking, engine
from pemcheck.facts import AltNames, Certificate, Name, Other, PrivateKey
from pemcheck.findings import Finding
from pemcheck.rules import BY_NAME
from pemcheck.source import Location
from pemcheck.submission import Chain, Input, Link, Submission
from pemcheck.targets import DOCUMENTED, ERROR, Demand, Target, Want

pytestmark = pytest.mark.once

AT = checking.moment("2026-06-01")
TARGET = Target("acm", "ACM", "2026-11-23", "https://docs.aws.amazon.com/", ("RSA_2048",), 32_768, 2_097_152, ())


def facts(case: str) -> Submission:
    """Return the submission of a case."""
    return judged.gather(CASES[case].contents())


CLEAN = facts("clean-rsa-2048")
assert CLEAN.leaf is not None
assert CLEAN.key is not None
assert CLEAN.path is not None
LEAF, KEY, PATH = CLEAN.leaf, CLEAN.key, CLEAN.path
FILE = Location("a.pem", 1)


def name(text: str) -> Name:
    """Return a distinguished name with one common name."""
    return Name(text.encode(), f"CN={text}", ((("2.5.4.3", text),),))


def certificate(line: int, **changes: Any) -> Certificate:
    """Return a certificate in this line, which is called after it."""
    named = {"subject": name(f"C{line}"), "issuer": name(f"I{line}"), "der": b"%d" % line}
    return LEAF.replace(**{"at": Location("a.pem", line), **named, **changes})


def key(line: int, **changes: Any) -> PrivateKey:
    """Return a private key in this line."""
    return KEY.replace(at=Location("a.pem", line), **changes)


def other(line: int, kind: str, **details: str) -> Other:
    """Return anything else in this line."""
    return Other(Location("a.pem", line), kind, details=tuple(details.items()))


def finding(rule: str, it: Any, **demand: Any) -> Finding:
    """Return what is said where *rule* is asked about *it*."""
    asked = Demand(rule, ERROR, DOCUMENTED, "https://example.com", **demand)
    found = engine._ask_about(BY_NAME[rule], it, [asked], Want(TARGET, AT), LEAF)[1]
    assert found is not None
    return found


def lines(found: Finding) -> list[int | None]:
    """Return the lines of a finding, its own first."""
    return [found.at.line, *(each.line for each in found.also)]


ONE, TWO, THREE, FOUR = map(certificate, range(1, 5))
KEYS = (key(1), key(2), key(3), key(4))
CHAIN = Chain(FILE, LEAF, (ONE, TWO, THREE))


def given(role: str, *objects: Any) -> Input:
    """Return an input that holds these."""
    return Input(role, Location("a.pem"), 1, objects)


SIDE = "{0} is also signed by C{1} (a.pem:{1}): a second path, not needed"
REQUESTS = tuple(other(line, "certificate_request", subject=f"CN={line}") for line in (1, 2, 3))
NO_NAME = REQUESTS[0].replace(details=())


@pytest.mark.parametrize(
    ("rule", "it", "expected", "said"),
    [
        (
            "request-key-differs",
            CLEAN.replace(inputs=(given("private key", *REQUESTS),), other_requests=REQUESTS),
            [1, 2, 3],
            ": CN=1, CN=2, CN=3",
        ),
        (
            "request-key-differs",
            CLEAN.replace(inputs=(given("private key", NO_NAME),), other_requests=(NO_NAME,)),
            [1],
            "private key: ?",
        ),
        ("chain-contains-leaf", CHAIN.replace(leaf_copies=(ONE, TWO, THREE)), [1, 2, 3], ", and nothing else"),
        ("chain-contains-leaf", CHAIN.replace(leaf_copies=(ONE,), path=(TWO,)), [1], "itself (www.example.com)"),
        (
            "chain-contains-leaf",
            CHAIN.replace(leaf_copies=(ONE,), gap=Link(FILE, LEAF, TWO, False, True)),
            [1],
            "itself (www.example.com)",
        ),
        ("chain-contains-duplicate", CHAIN.replace(duplicates=(ONE, TWO, THREE)), [1, 2, 3], "once: C1, C2, C3"),
        ("chain-contains-unrelated", CHAIN.replace(unrelated=(ONE, TWO, THREE)), [1, 2, 3], "path: C1, C2, C3"),
        (
            "chain-contains-unrelated",
            CHAIN.replace(unrelated=(FOUR,), side_paths=(ONE, TWO)),
            [4, 1, 2],
            "path: C4; " + SIDE.format("the path", 1) + "; " + SIDE.format("the path", 2),
        ),
        (
            "chain-contains-unrelated",
            CHAIN.replace(side_paths=(ONE, TWO, THREE, FOUR), path=(certificate(9, issuer=name("C1")),)),
            [1, 2, 3, 4],
            "; ".join((": " + SIDE.format("C9", 1), SIDE.format("the path", 2), SIDE.format("the path", 3))),
        ),
        ("chain-contains-root", CHAIN.replace(path=(ONE, TWO.replace(self_signed=True))), [2], "the root C2"),
        (
            "chain-out-of-order",
            CHAIN.replace(certificates=(ONE, FOUR, THREE, TWO), path=(ONE, TWO, THREE), in_order=False),
            [3],
            "stands as C1, C3, C2; from the certificate upwards it must be C1, C2, C3",
        ),
        (
            "chain-does-not-reach-root",
            CLEAN.replace(path=CHAIN.replace(path=(ONE, TWO.replace(ca_issuers_urls=None)))),
            [2],
            "ends at C2, whose issuer CN=I2 is not there, nor does it say where to get it",
        ),
        (
            "chain-not-needed",
            CLEAN.replace(leaf=LEAF.replace(self_signed=True), chain=(ONE, TWO)),
            [1],
            "so the chain is not needed",
        ),
        ("cert-more-than-one", given("certificate", ONE, TWO, THREE), [2], "3 certificates: C1, C2, C3"),
        ("cert-contains-key", given("certificate", ONE, *KEYS[1:]), [2], "and does not belong here"),
        ("chain-contains-non-cert", given("certificate chain", ONE, *KEYS[1:]), [2], "and does not belong here"),
        ("key-more-than-one", given("private key", *KEYS), [2, 3, 4], "4 private keys, at lines 1, 2, 3, 4"),
        ("key-contains-cert", given("private key", KEYS[0], TWO, THREE), [2], "holds 2 certificates besides the key"),
        (
            "key-ec-parameters-block",
            given("private key", other(1, "crl"), other(2, "parameters"), other(3, "parameters"), key(4)),
            [2],
            "beside the private key",
        ),
        (
            "key-ec-parameters-only",
            given("private key", other(1, "crl"), other(2, "parameters"), other(3, "parameters")),
            [2],
            "a curve only",
        ),
        (
            "key-file-readable-by-others",
            given("private key", *KEYS[1:]).replace(mode=0o640),
            [2],
            "alone: its group may read it (mode 0640)",
        ),
    ],
)
def test_the_first_is_the_place_and_the_others_are_named(rule: str, it: Any, expected: list[int], said: str) -> None:
    """Whoever mends the file sees every one of them."""
    found = finding(rule, it)

    assert (expected, said) == (lines(found), found.message[-len(said) :])


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0o640, "its group may read it (mode 0640)"),
        (0o604, "everybody may read it (mode 0604)"),
        (0o644, "its group and everybody may read it (mode 0644)"),
        (0o7, "everybody may read it (mode 0007)"),
    ],
)
def test_who_may_read_a_key_is_said(mode: int, words: str) -> None:
    """The group, everybody, or both, and the mode as ``ls`` and ``chmod`` have it."""
    found = finding("key-file-readable-by-others", given("private key", KEYS[0]).replace(mode=mode))
    assert found.message.endswith(words)


RELAXED = Name(b"other bytes", "CN=c1", ((("2.5.4.3", "c1"),),))
TWICE = Name(b"other bytes", "CN=C1", ((("2.5.4.3", "C1"),),))


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        (TWICE, "are the same text, CN=C1, but not the same bytes: it is encoded in two ways"),
        (RELAXED, "CN=C1, only where case, white space and forms of characters do not count"),
    ],
)
def test_names_that_are_the_same_only_relaxed(issuer: Name, words: str) -> None:
    """What differs is said: the bytes, or the characters; the first such link is the place."""
    child = certificate(2, issuer=issuer)
    exact = Link(FILE, certificate(4, issuer=name("C3")), THREE, True, True, True)
    links = (exact, Link(FILE, child, ONE, True, True, True), Link(FILE, child.replace(at=FILE), ONE, True, True, True))
    found = finding("chain-names-match-only-relaxed", CHAIN.replace(links=links))

    assert ([2, 1, 1], words) == (lines(found), found.message[-len(words) :])


def test_names_of_which_nobody_says_that_they_match_are_not_compared() -> None:
    """That they differ is another finding's."""
    links = (Link(FILE, certificate(2, issuer=RELAXED), ONE, False, True),)
    asked = Demand("chain-names-match-only-relaxed", ERROR, DOCUMENTED, "https://example.com")
    rule = BY_NAME["chain-names-match-only-relaxed"]
    assert engine._ask_about(rule, CHAIN.replace(links=links), [asked], Want(TARGET, AT), LEAF)[1] is None


def test_a_request_that_nobody_could_compare_is_not_asked_about() -> None:
    """Without a private key, and without anything beside it, there is nothing to say."""
    asked = Demand("request-key-differs", ERROR, DOCUMENTED, "https://example.com")
    without = (
        CLEAN.replace(key=None, inputs=(given("certificate", *REQUESTS),), other_requests=REQUESTS),
        CLEAN.replace(inputs=(given("private key", KEYS[0]),), other_requests=REQUESTS),
    )
    rule = BY_NAME["request-key-differs"]
    assert ["n/a"] * 2 == [
        engine._ask_about(rule, it, [asked], Want(TARGET, AT), LEAF)[0].outcome.value for it in without
    ]


def test_alternative_names_are_told_in_their_order() -> None:
    """DNS names, then addresses, and nothing of the others."""
    it = LEAF.replace(subject=name("c"), subject_alt_names=AltNames(("b", "a"), ("192.0.2.1",), ("m@a.example",)))
    found = finding("cert-cn-not-in-san", it)
    assert "the CN c is not among the subject alternative names (b, a, 192.0.2.1)" == found.message
