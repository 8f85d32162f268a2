"""Paths made of facts: counts, limits and moments of RFC 5280 section 6.1, on both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fixtures import judged
from fixtures.generate import CASES
from pemcheck import checking, crypto, engine
from pemcheck.budget import Budget
from pemcheck.chain import Signatures, analyse
from pemcheck.facts import AltNames, BasicConstraints, Certificate, Extension, Name, NameConstraints, Subtree
from pemcheck.naming import MAX_COMPARISONS
from pemcheck.rules import BY_NAME
from pemcheck.rules.chain import get_issuer
from pemcheck.rules.validation import outside_constraints, path_fault, too_deep
from pemcheck.source import Location, Problem
from pemcheck.submission import Chain, Input, Link, Submission
from pemcheck.targets import DOCUMENTED, ERROR, Demand, Target, Want

pytestmark = pytest.mark.once

AT = checking.moment("2026-06-01")
SECOND = timedelta(seconds=1)
CLEAN: Submission = judged.gather(CASES["clean-rsa-2048"].contents())
assert CLEAN.leaf is not None
FILE = Location("a.pem", 1)


def name(text: str, attributes: int = 1) -> Name:
    """Return a distinguished name of so many attributes."""
    return Name(text.encode(), f"CN={text}" if text else "", ((("2.5.4.3", text),),) * attributes if text else ())


LEAF: Certificate = CLEAN.leaf.replace(at=Location("leaf.pem", 7), subject=name("leaf"), issuer=name("CA1"))


def authority(number: int, length: int | None = None, again: bool = False, **changes: Any) -> Certificate:
    """Return a CA; *again* says that subject and issuer are the same name."""
    subject, above = name(f"CA{number}"), name(f"CA{number if again else number + 1}")
    made = LEAF.replace(at=Location("chain.pem", number), der=b"CA%d" % number, subject=subject, issuer=above)
    return made.replace(
        basic_constraints=BasicConstraints(True, length), key_usage=("key_cert_sign",), subject_alt_names=None
    ).replace(**changes)


CA1, CA2, CA3 = authority(1), authority(2), authority(3)
CHAIN = Chain(FILE, LEAF, (CA1, CA2), path=(CA1, CA2))


TARGET = Target("acm", "ACM", "2026-11-23", "https://example.com", ("RSA_2048",), 32_768, 2_097_152, ())


def outcome(rule: str, it: Any) -> str:
    """Return what becomes of a rule."""
    asked = Want(TARGET, AT, demand=Demand(rule, ERROR, DOCUMENTED, "https://example.com"))
    return engine._ask_about(BY_NAME[rule], it, [asked], asked, LEAF)[0].outcome.value


def message(rule: str, it: Any, which: str = "says", files: tuple[tuple[str, str], ...] = ()) -> str:
    """Return what a rule says, or another of its texts."""
    return BY_NAME[rule].words(which, it, Want(TARGET, AT, files=files))


# -------------------------------------------------------------------------------------------------------- path length


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ((0,), ""),
        ((None, None, None), ""),
        ((0, 1, 2), ""),
        ((3, 5, 300), ""),
        ((None, None, 1_000), ""),
        ((None, 0), "CA2 allows 0 CA certificates below it, and has 1"),
        ((0, 0), "CA2 allows 0 CA certificates below it, and has 1"),
        ((None, 1, 1), "CA3 allows 1 CA certificate below it, and has 2"),
        ((None, 0, 1), "CA2 allows 0 CA certificates below it, and has 1"),
    ],
)
def test_a_cas_length_counts_those_below_it(lengths: tuple[int | None, ...], expected: str) -> None:
    """The certificate itself is none of them (RFC 5280 section 4.2.1.9); the lowest that is exceeded is told."""
    assert expected == too_deep([authority(number, length) for number, length in enumerate(lengths, 1)])


def test_a_self_issued_ca_is_not_counted() -> None:
    """RFC 5280 section 6.1.4 (l)."""
    assert "" == too_deep([authority(1, again=True), authority(2, 0)])


def test_what_is_no_ca_has_no_length() -> None:
    """Without basic constraints nothing is limited."""
    assert "" == too_deep([CA1, CA2.replace(basic_constraints=None)])


# --------------------------------------------------------------------------------------------------- name constraints


def constrained(*permitted: str, excluded: int = 0) -> NameConstraints:
    """Return constraints to these domains, and so many that nothing is in."""
    subtrees = tuple(Subtree("dns", each, each.encode()) for each in permitted)
    return NameConstraints(subtrees, (Subtree("dns", "no.example", b"no.example"),) * excluded)


def named(*dns: str, subject: Name | None = None) -> Certificate:
    """Return an end-entity certificate with these names."""
    return LEAF.replace(subject=subject or name("leaf"), subject_alt_names=AltNames(dns))


def test_names_of_the_certificate_and_of_cas_are_constrained() -> None:
    """It is said whose name it is; that of a self-issued CA does not count, nor that of the CA itself."""
    above = CA2.replace(name_constraints=constrained("example.com"))
    bad = CA1.replace(subject_alt_names=AltNames(("bad.example",)))
    found = [
        outside_constraints(named("a.example.com"), [CA1, above]),
        outside_constraints(named("bad.example"), [CA1, above]),
        outside_constraints(named("a.example.com"), [bad, above]),
        outside_constraints(named("a.example.com"), [bad.replace(issuer=bad.subject), above]),
        outside_constraints(named("a.example.com"), [CA1, above.replace(subject_alt_names=AltNames(("bad.example",)))]),
    ]
    assert ["", " (CA2 says so)", " of CA1 (CA2 says so)", "", ""] == [
        each[each.find(" of CA1" if "of CA1" in each else " (CA2") :] if each else "" for each in found
    ]


def test_a_common_name_is_constrained_in_the_certificate_alone() -> None:
    """Where it has no alternative names, it is taken for a domain name; that of a CA is none."""
    above = CA2.replace(name_constraints=constrained("example.com"))
    host = name("bad.example")
    found = [
        outside_constraints(LEAF.replace(subject=host, subject_alt_names=None), [CA1, above]),
        outside_constraints(named("a.example.com"), [CA1.replace(subject=host), above]),
    ]
    assert [True, False] == [bool(each) for each in found]


@pytest.mark.parametrize(
    ("names", "attributes", "subtrees", "told"),
    [
        (MAX_COMPARISONS // 2 - 1, 1, 2, True),
        (MAX_COMPARISONS // 2, 1, 2, False),
        (MAX_COMPARISONS // 2, 0, 2, True),
        (0, MAX_COMPARISONS // 2, 2, True),
        (0, MAX_COMPARISONS // 2 + 1, 2, False),
        (1, 0, MAX_COMPARISONS, True),
        (1, 0, MAX_COMPARISONS + 1, False),
    ],
)
def test_comparisons_are_bounded(
    monkeypatch: pytest.MonkeyPatch, names: int, attributes: int, subtrees: int, told: bool
) -> None:
    """Each alternative name and each attribute of the subject, with each permitted and each excluded subtree."""
    monkeypatch.setattr("pemcheck.rules.validation.constraint_violation", lambda *_: "")
    above = CA1.replace(name_constraints=constrained("example.com", excluded=subtrees - 1))
    it = named(*("a.example.com",) * names, subject=name("leaf" if attributes else "", attributes))
    if not told:
        with pytest.raises(ValueError, match="too many names"):
            outside_constraints(it, [above])
    assert told is False or "" == outside_constraints(it, [above])


def test_comparisons_of_the_whole_path_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One account for all; a certificate without alternative names is compared by its subject alone."""
    monkeypatch.setattr("pemcheck.rules.validation.constraint_violation", lambda *_: "")
    above = [
        authority(number, name_constraints=constrained(excluded=MAX_COMPARISONS // subjects))
        for number, subjects in ((1, 2), (2, 4))
    ]
    it = LEAF.replace(subject_alt_names=None)
    assert "" == outside_constraints(it, above)
    with pytest.raises(ValueError, match="too many names"):
        outside_constraints(it, [*above, authority(3, name_constraints=constrained("a"))])


# --------------------------------------------------------------------------------------------------------- whole paths


def test_an_issuers_validity_has_both_ends() -> None:
    """The moments of its dates belong to it (RFC 5280 section 4.1.2.5)."""
    dates = (
        *({"not_after": AT + SECOND}, {"not_after": AT}, {"not_after": AT - SECOND}),
        *({"not_before": AT - SECOND}, {"not_before": AT}, {"not_before": AT + SECOND}),
    )
    said = [path_fault([LEAF, CA1.replace(**each), CA2], AT) for each in dates]
    begins = "CA1, which signed leaf, "
    expected = ["", "", f"{begins}expired on 2026-05-31", "", "", f"{begins}is valid only from 2026-06-01"]
    assert expected == said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"basic_constraints": None}, "CA1, which signed leaf, is not a CA certificate (no basicConstraints cA TRUE)"),
        ({"key_usage": ()}, "CA1, which signed leaf, may not sign certificates (key usage without key_cert_sign)"),
        (
            {"extended_key_usage": ("1.3.6.1.5.5.7.3.4",)},
            "CA1, which signed leaf, may issue certificates for emailProtection only, not for TLS servers",
        ),
        (
            {"extensions": (Extension("1.2.3", "1.2.3", True, b"", known=False),)},
            "CA1, which signed leaf, has a critical extension that is not commonly processed: 1.2.3",
        ),
    ],
)
def test_what_an_issuer_lacks_is_said(changes: dict[str, Any], words: str) -> None:
    """With whom it signed; of the root, the last, nothing is asked."""
    assert (words, "") == (
        path_fault([LEAF, CA1.replace(**changes), CA2], AT),
        path_fault([LEAF, CA1, CA2.replace(**changes)], AT),
    )


def test_the_certificate_that_the_issuer_signed_is_named() -> None:
    """Not the first of the path."""
    said = path_fault([LEAF, CA1, CA2.replace(key_usage=()), CA3], AT)
    assert "CA2, which signed CA1, may not sign certificates (key usage without key_cert_sign)" == said


def test_an_unknown_critical_extension_of_the_certificate_is_said() -> None:
    """Unless it is itself the root: whoever trusts it asks nothing."""
    it = LEAF.replace(extensions=(Extension("1.2.3", "1.2.3", True, b"", known=False),))
    words = "leaf has a critical extension that is not commonly processed: 1.2.3"
    assert [words, words, ""] == [path_fault(path, AT) for path in ([it, CA1, CA2], [it, CA1], [it])]


@pytest.mark.parametrize(
    ("position", "field", "words"),
    [
        (0, "extensions", "extensions of leaf cannot be read"),
        (0, "netscape_type", "netscape_type of leaf cannot be read"),
        (1, "key_usage", "key_usage of CA1 cannot be read"),
        (1, "subject", "subject of ? cannot be read"),
        (2, "not_after", "not_after of CA2 cannot be read"),
    ],
)
def test_what_cannot_be_read_is_not_told(position: int, field: str, words: str) -> None:
    """It is named, with the certificate that it belongs to."""
    path = [LEAF, CA1, CA2, CA3]
    path[position] = path[position].replace(unread=frozenset((field,)))
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        path_fault(path, AT)


def test_of_the_root_nothing_has_to_be_read() -> None:
    """It is in the store."""
    assert "" == path_fault([LEAF, CA1, CA2.replace(unread=frozenset(("key_usage", "subject_alt_names")))], AT)


@pytest.mark.parametrize(
    ("unread", "constrained_by", "words"),
    [
        ((0,), 2, "the names of leaf cannot be read"),
        ((1,), 2, "the names of CA1 cannot be read"),
        ((0, 1), 2, "the names of leaf cannot be read"),
        ((2,), 2, "the names of CA2 cannot be read"),
        ((0,), None, ""),
        ((3,), 2, ""),
        ((), 2, ""),
    ],
)
def test_names_have_to_be_read_below_constraints_only(
    unread: tuple[int, ...], constrained_by: int | None, words: str
) -> None:
    """The first that cannot be is named; nobody constrains the root's names."""
    path = [named("a.example.com"), CA1, CA2, CA3]
    if constrained_by is not None:
        path[constrained_by] = path[constrained_by].replace(name_constraints=constrained("example.com"))
    for position in unread:
        path[position] = path[position].replace(unread=frozenset(("subject_alt_names",)))
    try:
        said = path_fault(path, AT)
    except ValueError as error:
        said = str(error)
    assert words == said


# ------------------------------------------------------------------------------------------------ the chain's questions


def empty(**changes: Any) -> Submission:
    """Return a submission without chain, whose certificate another CA signed."""
    inputs = (Input("certificate", Location("first.pem"), 1, (LEAF,)), Input("certificate chain", Location("c"), 1))
    return Submission(inputs, LEAF).replace(**changes)


def explained(rule: str) -> tuple[Input, ...]:
    """Return inputs of which a reader said something."""
    return (Input("certificate chain", Location("c"), 1, problems=(Problem(rule, Location("c")),)),)


@pytest.mark.parametrize(
    ("it", "expected"),
    [
        (empty(), "fail"),
        (empty(leaf=None), "n/a"),
        (empty(leaf=LEAF.replace(self_signed=True)), "pass"),
        (empty(leaf=LEAF.replace(issuer=LEAF.subject)), "pass"),
        (empty(chain=(CA1,)), "pass"),
        (empty(chain=(LEAF,)), "fail"),
        (empty(chain=(LEAF, CA1)), "pass"),
        (empty(inputs=explained("pem-bad-base64")), "pass"),
        (empty(inputs=explained("pem-crlf-line-ends")), "fail"),
        (empty(inputs=explained("pem-bad-base64"), chain=(LEAF,)), "fail"),
    ],
)
def test_when_a_chain_is_missing(it: Submission, expected: str) -> None:
    """Where another CA signed, nothing else is there, and no reader has said why."""
    assert expected == outcome("chain-missing", it)


@pytest.mark.parametrize(
    ("self_signed", "chain", "expected"),
    [(True, (CA1,), "fail"), (True, (), "pass"), (False, (CA1,), "pass"), (False, (), "pass")],
)
def test_when_a_chain_is_not_needed(self_signed: bool, chain: tuple[Certificate, ...], expected: str) -> None:
    """Where the certificate certifies itself, and there is one."""
    it = empty(leaf=LEAF.replace(self_signed=self_signed), chain=chain)
    assert expected == outcome("chain-not-needed", it)


def test_a_missing_chain_is_told_at_the_certificate() -> None:
    """With the names of both."""
    words = "there is no certificate chain, and leaf is not self-signed: it was issued by CN=CA1"
    at = BY_NAME["chain-missing"].at
    assert at is not None
    assert ("leaf.pem", words) == (at(empty()).file, message("chain-missing", empty()))


def test_an_issuer_without_a_name_is_called_so() -> None:
    """In each message that would name it."""
    nobody = LEAF.replace(issuer=name(""), authority_key_identifier=None, ca_issuers_urls=None)
    assert message("chain-missing", empty(leaf=nobody)).endswith("issued by somebody without a name")
    assert get_issuer(nobody).startswith("get the certificate of its issuer from the CA that issued it; ")
    gap = Link(FILE, nobody, CA1.replace(subject=name("")), False, True)
    said = message("chain-does-not-start-with-issuer", CHAIN.replace(leaf=nobody, path=(), gap=gap))
    assert said.endswith("issued by somebody without a name, the chain starts with a CA without a name")


@pytest.mark.parametrize(
    ("urls", "identifier", "words"),
    [
        (None, None, "get the certificate of CN=CA1 from the CA that issued it"),
        ((), b"\1\2", "get the certificate of CN=CA1 (subject key identifier 0102) from the CA that issued it"),
        (("u1",), None, "get the certificate of CN=CA1 from u1"),
        (("u1", "u2"), None, "get the certificate of CN=CA1 from u1, u2"),
        (("u1", "u2", "u3"), None, "get the certificate of CN=CA1 from u1, u2 … and 1 more"),
    ],
)
def test_where_to_get_the_issuer(urls: tuple[str, ...] | None, identifier: bytes | None, words: str) -> None:
    """By its key identifier and the first two addresses, as far as the certificate has them."""
    it = LEAF.replace(ca_issuers_urls=urls, authority_key_identifier=identifier)
    assert f"{words}; with openssl" == get_issuer(it).partition(", if")[0]


@pytest.mark.parametrize(("count", "expected"), [(4, "pass"), (5, "pass"), (6, "fail")])
def test_five_certificates_are_not_too_many(count: int, expected: str) -> None:
    """Six are."""
    assert expected == outcome("chain-too-long", CHAIN.replace(certificates=(CA1,) * count))


def gap(names: bool, **issuer: Any) -> Link:
    """Return the pair where a path ends."""
    return Link(FILE, LEAF, CA1.replace(**issuer), names, True, False if names else None)


@pytest.mark.parametrize(
    ("path", "link", "starts", "root", "missing"),
    [
        ((), None, "pass", "pass", "pass"),
        ((), gap(False), "fail", "pass", "pass"),
        ((), gap(True), "pass", "pass", "pass"),
        ((), gap(False, self_signed=True), "pass", "fail", "pass"),
        ((), gap(True, self_signed=True), "pass", "pass", "pass"),
        ((), gap(False, self_signed=True, basic_constraints=None), "fail", "pass", "pass"),
        ((CA1,), None, "pass", "pass", "pass"),
        ((CA1,), gap(False), "pass", "pass", "fail"),
        ((CA1,), gap(True), "pass", "pass", "pass"),
        ((CA1,), gap(False, self_signed=True), "pass", "pass", "fail"),
    ],
)
def test_a_gap_is_told_by_one_rule(
    path: tuple[Certificate, ...], link: Link | None, starts: str, root: str, missing: str
) -> None:
    """At the beginning of a path, unless there is only a root, or above what there is of it; else the signature."""
    it = CHAIN.replace(path=path, gap=link)
    rules = ("chain-does-not-start-with-issuer", "chain-root-only", "chain-link-missing")
    assert (starts, root, missing) == tuple(outcome(rule, it) for rule in rules)


@pytest.mark.parametrize(("names", "ids", "signed"), [(n, i, s) for n in (0, 1) for i in (0, 1) for s in (0, 1, None)])
def test_a_broken_link_has_the_name(names: int, ids: int, signed: int | None) -> None:
    """And another key identifier, or a signature that does not verify."""
    answer = None if signed is None else bool(signed)
    link = Link(FILE, LEAF, CA1, bool(names), bool(ids), answer)
    expected = "fail" if names and (not ids or answer is False) else "pass"
    assert expected == outcome("chain-signature-does-not-verify", CHAIN.replace(gap=link))


@pytest.mark.parametrize(
    ("wanted", "own", "ids", "words"),
    [
        (b"\1", b"\2", False, "but is not it: its key identifier is 02, the certificate asks for 01"),
        (b"\1", b"\1", False, "but is not it: the certificate asks for one with another serial number or issuer"),
        (None, b"\1", False, "but is not it: the certificate asks for one with another serial number or issuer"),
        (b"\1", None, False, "but is not it: the certificate asks for one with another serial number or issuer"),
        (b"\1", b"\2", True, "but the signature does not verify with its key"),
    ],
)
def test_what_breaks_a_link_is_said(wanted: bytes | None, own: bytes | None, ids: bool, words: str) -> None:
    """The key identifier, what else the certificate says of its issuer, or the signature."""
    child = LEAF.replace(authority_key_identifier=wanted)
    link = Link(FILE, child, CA1.replace(subject_key_identifier=own), True, ids, False)
    said = message("chain-signature-does-not-verify", CHAIN.replace(gap=link))
    assert f"CA1 has the name of the issuer of leaf, {words}" == said


def test_a_root_that_did_not_sign_itself_is_called_so() -> None:
    """It is no other certificate of that name."""
    said = message("chain-signature-does-not-verify", CHAIN.replace(gap=Link(FILE, CA1, CA1, True, True, False)))
    assert "CA1 names itself as its issuer, but is not signed with its own key" == said


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "fail"),
        ({"self_signed": True}, "pass"),
        ({"issuer": CA2.subject}, "pass"),
        ({"ca_issuers_urls": ("u",)}, "pass"),
        ({"ca_issuers_urls": ()}, "fail"),
    ],
)
def test_where_a_chain_may_end(changes: dict[str, Any], expected: str) -> None:
    """At a root, or where it says how to get the next; the certificates below do not count."""
    below, top = CA1.replace(ca_issuers_urls=("u",)), CA2.replace(**{"ca_issuers_urls": None, **changes})
    it = empty(path=CHAIN.replace(path=(below, top)))
    assert expected == outcome("chain-does-not-reach-root", it)


@pytest.mark.parametrize(
    "path", [None, CHAIN.replace(path=()), CHAIN.replace(gap=gap(True))], ids=["no-chain", "no-path", "a-gap"]
)
def test_what_does_not_end_is_not_asked_where(path: Chain | None) -> None:
    """Other rules say what is missing."""
    assert "n/a" == outcome("chain-does-not-reach-root", empty(path=path))


@pytest.mark.parametrize(
    ("files", "count", "told"),
    [((), 2, False), ((("certificate", "a.pem"),), 1, False), ((("certificate", "a.pem"),), 2, True)],
)
def test_fix_leaves_out_a_root_above_others_only(files: tuple[tuple[str, str], ...], count: int, told: bool) -> None:
    """A root that is the whole chain stays."""
    it = CHAIN.replace(path=(CA1, CA2)[:count])
    assert told is ("` does; else it may stay" in message("chain-contains-root", it, "fix", files))


# ------------------------------------------------------------------------------------------------------ who issued whom


@pytest.mark.parametrize(("serial", "matches"), [(6, False), (7, True), (8, False), (None, True), (7 << 70, False)])
def test_an_issuers_serial_number_is_the_one_asked_for(serial: int | None, matches: bool) -> None:
    """Neither smaller nor larger, of any size."""
    child = LEAF.replace(authority_serial_number=serial, authority_key_identifier=None)
    assert matches is Signatures().link(child, CA1.replace(serial_number=7)).ids_match


def test_a_large_serial_number_is_compared_by_its_value() -> None:
    """Two numbers that were read apart are the same."""
    child = LEAF.replace(authority_serial_number=int("9" * 40), authority_key_identifier=None)
    assert Signatures().link(child, CA1.replace(serial_number=int("9" * 40))).ids_match


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_as_many_signatures_are_verified_as_may_be(count: int) -> None:
    """Not one fewer, and not one more."""
    paid = Budget()
    paid.work, paid.reserve = 0, count * crypto.effort(CA1.key, LEAF.tbs)
    signatures = Signatures(paid)
    issuers = [CA1.replace(der=bytes([number])) for number in range(4)]
    verified = [signatures.link(LEAF, issuer).signed is not None for issuer in issuers]
    assert ([True] * count + [False] * (4 - count), 0) == (verified, paid.reserve)


def test_of_copies_that_were_read_apart_each_is_known() -> None:
    """What is compared is the bytes."""
    copies = [each.replace(der=bytes(bytearray(each.der))) for each in (CLEAN.leaf, *CLEAN.chain) if each]
    found = analyse(copies[0].replace(der=bytes(bytearray(copies[0].der))), (*copies, copies[1]), Signatures())
    assert (1, 1, len(CLEAN.chain)) == (len(found.leaf_copies), len(found.duplicates), len(found.path))
