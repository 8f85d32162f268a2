"""Certificate requests: whose they are, once the private key is known."""

from __future__ import annotations

import pytest

import pemcheck
from fixtures.build import INTERMEDIATE, OTHER_KEY, certificate_request, leaf, load_key, pem

LEAF, KEY = leaf(), load_key("rsa-2048-f")
OWN = pem("CERTIFICATE REQUEST", certificate_request())
OTHERS = pem("NEW CERTIFICATE REQUEST", certificate_request(key=OTHER_KEY))


def said(certificate: str, key: str | None, chain: str = INTERMEDIATE.pem) -> dict[str, str]:
    """Return what is said about each broken rule."""
    report = pemcheck.check(certificate, key, chain, at="2026-06-01")
    return {finding.rule: finding.message for finding in report.findings}


@pytest.mark.parametrize(("request_", "whose"), [(OWN, "the private key given"), (OTHERS, "another key than")])
def test_a_request_in_the_place_of_the_certificate_is_compared_with_the_key(request_: str, whose: str) -> None:
    """Whoever passes the request learns whether it is at least the right one."""
    assert f"it is a request that was made with {whose}" in said(request_, KEY.pem)["pem-wrong-label"]


def test_without_a_key_nothing_is_said_about_whose_it_is() -> None:
    """There is nothing to compare it with."""
    assert "the block is labelled CERTIFICATE REQUEST, not CERTIFICATE" == said(OWN, None)["pem-wrong-label"]


def test_a_request_in_the_chain_is_compared_as_well() -> None:
    """The same words wherever it stands."""
    assert "made with the private key given" in said(LEAF.pem, KEY.pem, OWN)["pem-wrong-label"]


def test_another_block_is_not_called_a_request() -> None:
    """A public key is compared with nothing."""
    assert said(pem("PUBLIC KEY", KEY.spki), KEY.pem)["pem-wrong-label"].endswith("PUBLIC KEY, not CERTIFICATE")


@pytest.mark.parametrize(("request_", "told"), [(OWN, False), (OTHERS, True)])
def test_a_request_beside_the_key_is_told_if_it_is_anothers(request_: str, told: bool) -> None:
    """One that belongs to the key may lie beside it."""
    assert told is ("request-key-differs" in said(LEAF.pem, KEY.pem + request_))


def test_a_request_that_is_told_as_a_wrong_label_is_told_once() -> None:
    """That its key differs is said there."""
    assert "request-key-differs" not in said(OTHERS, KEY.pem)


def test_a_request_whose_key_cannot_be_read_belongs_to_nobody() -> None:
    """Nothing is said about it."""
    damaged = pem("CERTIFICATE REQUEST", certificate_request().replace(load_key("rsa-2048-f").spki[4:19], bytes(15)))

    assert "made with" not in said(damaged, KEY.pem).get("pem-wrong-label", "")
