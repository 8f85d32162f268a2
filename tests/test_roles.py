"""Which input is what: what is missing, what is swapped, and what stands where it does not belong."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures import judged
from fixtures.generate import CASES
from pemcheck import checking, engine
from pemcheck.facts import Other
from pemcheck.rules import BY_NAME
from pemcheck.source import NOT_LOOKED_AT, Location, Problem
from pemcheck.submission import Input, Submission
from pemcheck.targets import DOCUMENTED, ERROR, Demand, Want, get

pytestmark = pytest.mark.once

CLEAN: Submission = judged.gather(CASES["clean-rsa-2048"].contents())
CERTIFICATE, KEY, CHAIN = CLEAN.inputs
LEAF = CLEAN.leaf
ROLES = ("", "a role", "certificate", "certificate chain", "private key", "zzz")


def outcome(rule: str, it: Any) -> str:
    """Return what becomes of a rule."""
    asked = Demand(rule, ERROR, DOCUMENTED, "https://example.com")
    want = Want(get("acm"), checking.moment("2026-06-01"))
    return engine._ask_about(BY_NAME[rule], it, [want.replace(demand=asked)], want, LEAF)[0].outcome.value


def given(role: str, *objects: Any, **changes: Any) -> Input:
    """Return an input that holds these."""
    return Input(role, Location("x"), 1, objects).replace(**changes)


def problem(rule: str = "another", sort: str = "", **changes: Any) -> tuple[Problem]:
    """Return what a reader noticed."""
    return (Problem(rule, Location("x"), sort=sort, **changes),)


@pytest.mark.parametrize(
    ("rule", "role"),
    [
        ("cert-more-than-one", "certificate"),
        ("cert-contains-key", "certificate"),
        ("chain-contains-non-cert", "certificate chain"),
        ("key-more-than-one", "private key"),
        ("key-contains-cert", "private key"),
        ("key-ec-parameters-block", "private key"),
    ],
)
def test_what_does_not_belong_is_asked_of_one_role(rule: str, role: str) -> None:
    """Whatever stands in the others."""
    parameters = Other(Location("x"), "parameters")
    objects = (*CERTIFICATE.certificates, *CHAIN.certificates, *KEY.keys, *KEY.keys, parameters)
    assert [role] == [each for each in ROLES if outcome(rule, given(each, *objects)) == "fail"]
    assert {"n/a"} == {outcome(rule, given(each, *objects)) for each in ROLES if each != role}


@pytest.mark.parametrize("rule", ["cert-more-than-one", "key-more-than-one"])
@pytest.mark.parametrize(("count", "expected"), [(0, "pass"), (1, "pass"), (2, "fail"), (3, "fail")])
def test_one_is_not_too_many(rule: str, count: int, expected: str) -> None:
    """Two are."""
    role, it = ("certificate", CERTIFICATE) if rule.startswith("cert") else ("private key", KEY)
    assert expected == outcome(rule, given(role, *it.objects[:1] * count))


@pytest.mark.parametrize(
    ("certificate", "key", "expected"),
    [
        (KEY.objects, CERTIFICATE.objects, "fail"),
        (KEY.objects, (), "pass"),
        ((), CERTIFICATE.objects, "pass"),
        ((*KEY.objects, *CERTIFICATE.objects), CERTIFICATE.objects, "pass"),
        (KEY.objects, (*KEY.objects, *CERTIFICATE.objects), "pass"),
        (CERTIFICATE.objects, KEY.objects, "pass"),
    ],
)
def test_swapped_is_what_holds_the_other_alone(certificate: Any, key: Any, expected: str) -> None:
    """Both of them, and nothing of their own."""
    inputs = (given("certificate", *certificate), given("private key", *key))
    assert expected == outcome("roles-swapped", CLEAN.replace(inputs=inputs))
    assert "pass" == outcome("roles-swapped", CLEAN.replace(inputs=inputs[:1]))
    assert "pass" == outcome("roles-swapped", CLEAN.replace(inputs=inputs[1:]))


@pytest.mark.parametrize(
    ("leaf", "key", "owner", "expected"),
    [
        (True, True, True, "fail"),
        (True, True, False, "pass"),
        (True, False, True, "n/a"),
        (False, True, True, "n/a"),
        (False, False, True, "n/a"),
    ],
)
def test_whose_the_key_is_takes_both(leaf: bool, key: bool, owner: bool, expected: str) -> None:
    """A certificate and a key."""
    it = CLEAN.replace(leaf=LEAF if leaf else None, key=CLEAN.key if key else None, key_owner=LEAF if owner else None)
    assert expected == outcome("cert-is-not-the-leaf", it)


UNSEEN = problem(sort=NOT_LOOKED_AT)
LOCKED = problem("input-is-wrapped", sort="zip", detail="a ZIP archive (encrypted: 1)")
STORE = problem("input-is-jks")
EXPLAINED = problem("pem-bad-base64")
UNREAD = (Other(Location("x"), "pkcs12", unread=frozenset(("keys", "certificates"))),)


@pytest.mark.parametrize(
    ("key", "certificate", "chain", "expected"),
    [
        ({}, {}, {}, ("fail", "fail")),
        ({"problems": UNSEEN}, {}, {}, ("pass", "pass")),
        ({"problems": LOCKED}, {}, {}, ("pass", "pass")),
        ({"problems": STORE}, {}, {}, ("pass", "pass")),
        ({"problems": EXPLAINED}, {}, {}, ("pass", "pass")),
        ({"problems": problem(sort="a")}, {}, {}, ("fail", "fail")),
        ({"problems": problem(sort="zzz")}, {}, {}, ("fail", "fail")),
        ({"objects": UNREAD}, {}, {}, ("pass", "pass")),
        ({}, {"problems": UNSEEN}, {}, ("pass", "pass")),
        ({}, {"problems": STORE}, {}, ("pass", "pass")),
        ({}, {"problems": EXPLAINED}, {}, ("fail", "fail")),
        ({}, {"objects": UNREAD}, {}, ("pass", "pass")),
        ({}, {}, {"problems": UNSEEN}, ("fail", "pass")),
        ({}, {}, {"problems": STORE}, ("fail", "pass")),
        ({}, {}, {"objects": UNREAD}, ("fail", "pass")),
        ({"objects": (Other(Location("x"), "parameters"),)}, {}, {}, ("pass", "pass")),
        ({"objects": (Other(Location("x"), "pkcs7"),)}, {}, {}, ("fail", "fail")),
        ({"objects": (Other(Location("x"), "crl"),)}, {}, {}, ("fail", "fail")),
        ({"objects": KEY.objects}, {}, {}, ("pass", "pass")),
    ],
)
def test_a_key_is_missing_where_nothing_says_why(
    key: dict[str, Any], certificate: dict[str, Any], chain: dict[str, Any], expected: tuple[str, str]
) -> None:
    """Nothing closed may hold it: in its own input or the certificate's, in any where content told the roles."""
    inputs = (given("private key", **key), given("certificate", **certificate), given("certificate chain", **chain))
    found = tuple(outcome("key-missing", Submission(inputs, LEAF, sorted=how)) for how in (False, True))
    assert expected == found


@pytest.mark.parametrize(
    ("certificate", "key", "expected"),
    [
        ({}, {}, "fail"),
        ({"objects": CERTIFICATE.objects}, {}, "pass"),
        ({"objects": UNREAD}, {}, "pass"),
        ({"problems": UNSEEN}, {}, "pass"),
        ({"problems": EXPLAINED}, {}, "pass"),
        ({}, {"problems": UNSEEN}, "fail"),
        ({}, {"objects": UNREAD}, "fail"),
        ({"objects": KEY.objects}, {"objects": CERTIFICATE.objects}, "pass"),
    ],
)
def test_a_certificate_is_missing_where_nothing_says_why(
    certificate: dict[str, Any], key: dict[str, Any], expected: str
) -> None:
    """Its own input may be closed, or the two be swapped."""
    inputs = (given("certificate", **certificate), given("private key", **key))
    assert expected == outcome("cert-missing", Submission(inputs))


def test_a_key_that_came_without_an_input_is_there() -> None:
    """Out of a container that was given as something else."""
    found = [outcome("key-missing", Submission((CERTIFICATE,), LEAF, key)) for key in (None, CLEAN.key)]
    assert ["fail", "pass"] == found


@pytest.mark.parametrize(
    ("role", "rule", "expected"),
    [("", "pem-bad-base64", "pass"), ("certificate chain", "pem-bad-base64", "fail"), ("", "another", "fail")],
)
def test_what_was_damaged_may_have_been_anything(role: str, rule: str, expected: str) -> None:
    """Where nobody has said what it should be."""
    it = Submission((given("certificate"), given(role, problems=problem(rule))))
    assert (expected, expected) == (outcome("cert-missing", it), outcome("key-missing", it))


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        ((), "the private key input holds none"),
        (CERTIFICATE.objects, "the private key input holds a certificate"),
        ((*CHAIN.objects[:1] * 2, Other(Location("x"), "crl")), "the private key input holds 2 certificates, a crl"),
    ],
)
def test_what_is_there_instead_is_counted(objects: Any, words: str) -> None:
    """By its kind, in the order of the file."""
    it = Submission((given("private key", *objects),))
    said = BY_NAME["key-missing"].words("says", it, Want(get("acm"), checking.moment("2026-06-01")))
    assert f"there is no private key; {words}" == said


@pytest.mark.parametrize(("told", "words"), [(True, "none is in what was given"), (False, "none was given")])
def test_what_was_not_given_is_said(told: bool, words: str) -> None:
    """Among the files, or as the file of its role."""
    it = Submission((CERTIFICATE,), sorted=told)
    said = BY_NAME["key-missing"].words("says", it, Want(get("acm"), checking.moment("2026-06-01")))
    assert f"there is no private key; {words}" == said
