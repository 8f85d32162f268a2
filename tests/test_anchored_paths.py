"""What is asked of the path that leads to a trusted root, where the chain holds a longer one that leads nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fixtures import der
from fixtures.build import ROOT, Certificate, authority, extension, leaf, load_key, web_leaf
from pemcheck.checking import check
from pemcheck.cli import main
from pemcheck.findings import Report

pytestmark = pytest.mark.once

TRUST, UNRELATED = "cert-not-publicly-trusted", "chain-contains-unrelated"
NAME = "CN=Test Intermediate I1,O=Example Trust"
TOP = authority("CN=Nobody's Root", "rsa-2048-e")
MIDDLE = authority("CN=Nobody's Intermediate", "rsa-2048-d", TOP)
LONGER = authority(NAME, "rsa-2048-b", MIDDLE)
"""The CA that issued the certificate, signed by somebody whom nobody trusts."""
WORDS = "the path to Test Root R1, a root of trust_store, is not valid: "


def trusted(**changes: Any) -> Certificate:
    """Return the CA that issued the certificate, signed by the trusted root; the key is the same."""
    return authority(NAME, "rsa-2048-b", ROOT, **changes)


def judged(target: str, *chain: Certificate, it: Certificate | None = None, **options: Any) -> Report:
    """Return what *target* says to a certificate with this chain."""
    it = it or web_leaf(issuer=trusted())
    pem = "".join(each.pem for each in chain)
    region: dict[str, Any] = {"region": ""} if target == "cloudfront" else {}
    return check(it.pem, load_key(it.key).pem, pem, target, "2026-06-01", trust_store=ROOT.pem, **region, **options)


def said(report: Report, rule: str) -> list[str]:
    """Return what a rule says."""
    return [each.message for each in report.findings if each.rule == rule]


SHA_224 = "300d06092a864886f70d01010e0500"
WEAK = {
    "chain-weak-signature": (
        trusted(signature="sha1"),
        "Test Intermediate I1, which signed www.example.com, is itself signed with sha1_rsa",
    ),
    "chain-signature-algorithm-not-listed": (
        trusted(signature="sha224"),
        f"Test Intermediate I1, which signed www.example.com, is itself signed with sha224_rsa (encoded as {SHA_224})",
    ),
}


@pytest.mark.parametrize("rule", WEAK)
def test_a_longer_path_does_not_hide_a_weak_one(rule: str) -> None:
    """The one that leads to the root is weak, and it is all that clients have."""
    weak, fault = WEAK[rule]
    alone, beside = judged("webpki", weak), judged("webpki", LONGER, MIDDLE, weak)

    assert [[WORDS + fault]] * 2 == [said(each, TRUST) for each in (alone, beside)]
    assert (True, False) == (bool(said(alone, rule)), bool(said(beside, rule)))


def test_a_longer_path_does_not_hide_a_weak_key() -> None:
    """A CA's key of 1,024 bits between the certificate and the root."""
    small = authority("CN=Small,O=Example Trust", "rsa-1024", ROOT)
    below = authority(NAME, "rsa-2048-b", small)
    report = judged("webpki", LONGER, MIDDLE, TOP, below, small)
    fault = "Small, which signed Test Intermediate I1, has a weak key: it has 1,024 bits, fewer than 2,048"

    assert [WORDS + fault] == said(report, TRUST)


def test_of_two_trusted_paths_the_sound_one_counts() -> None:
    """Clients find it."""
    assert [] == said(judged("webpki", trusted(), WEAK["chain-weak-signature"][0]), TRUST)


@pytest.mark.parametrize("rule", WEAK)
def test_weakness_counts_where_the_target_refuses_it(rule: str) -> None:
    """No document of CloudFront's rules it out, and of one's own CA no list is asked for."""
    weak = WEAK[rule][0]

    assert [] == said(judged("cloudfront", weak), TRUST)
    assert [] == said(judged("webpki", weak, private_ca=True), TRUST)


def test_what_leads_to_a_trusted_root_is_not_called_needless() -> None:
    """Browsers take certificates in any order; ACM wants one path, and is told which of them is trusted."""
    chain = (LONGER, MIDDLE, trusted())
    says = said(judged("acm", *chain), UNRELATED)

    assert [] == said(judged("webpki", *chain), UNRELATED)
    assert [True] == ["a second path, which leads to a trusted root" in each for each in says]


def test_what_leads_nowhere_is_named_first() -> None:
    """The place of the finding is that of the certificate that is not needed."""
    other = authority(NAME, "rsa-2048-b", authority("CN=Third Root", "rsa-2048-g"))
    report = judged("webpki", LONGER, MIDDLE, trusted(), other)
    (found,) = [each for each in report.findings if each.rule == UNRELATED]
    lines = [(LONGER.pem + MIDDLE.pem + trusted().pem).count("\n") + 1, (LONGER.pem + MIDDLE.pem).count("\n") + 1]

    assert lines == [found.at.line, *(each.line for each in found.also)]


def test_fix_keeps_the_path_that_is_trusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not the longest; without a trust store the longest."""
    it = leaf(issuer=trusted())
    texts = {"c.pem": it.pem, "k.pem": load_key(it.key).pem, "r.pem": ROOT.pem}
    texts["chain.pem"] = "".join(each.pem for each in (LONGER, MIDDLE, trusted()))
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    written = []
    for store in (["--trust-store", str(tmp_path / "r.pem")], []):
        out = tmp_path / f"new{len(store)}"
        files = [f"--{option}={tmp_path / name}" for option, name in zip(("certificate", "private-key"), texts)]
        main(["fix", *files, f"--certificate-chain={tmp_path / 'chain.pem'}", *store, f"--out-dir={out}"])
        written.append((out / "certificate-chain.pem").read_text())
    capsys.readouterr()

    assert [trusted().pem, LONGER.pem + MIDDLE.pem] == written


CONSTRAINTS = extension("basic_constraints", True, der.sequence())


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"extra_extensions": [CONSTRAINTS]}, "Test Intermediate I1 has an extension twice: basic_constraints"),
        (
            {"not_after": der.utc_time("270101000000+0000")},
            "Test Intermediate I1 has a time in a form that RFC 5280 section 4.1.2.5 rules out",
        ),
    ],
)
@pytest.mark.parametrize("target", ["webpki", "cloudfront"])
def test_a_ca_whose_form_validators_refuse_makes_no_path(target: str, changes: dict[str, Any], fault: str) -> None:
    """OpenSSL and pyca refuse the certificate, so nothing leads through it."""
    assert [WORDS + fault] == said(judged(target, trusted(**changes)), TRUST)


@pytest.mark.parametrize("oid", ["2.5.29.14", "2.5.29.35"])
@pytest.mark.parametrize("of_ca", [True, False])
def test_a_key_identifier_that_is_none_leaves_the_path_undecided(oid: str, of_ca: bool) -> None:
    """OpenSSL takes the whole certificate for invalid then, the end-entity certificate as well as a CA."""
    changes: dict[str, Any] = {"ski": False, "aki": False, "extra_extensions": [(oid, False, der.NULL)]}
    ca = trusted(**changes) if of_ca else trusted()
    it = leaf(issuer=ca, **({} if of_ca else changes))

    assert "undecided" == judged("cloudfront", ca, it=it).verdict.value


def test_an_extension_that_stands_twice_is_told_of_every_certificate() -> None:
    """An error for browsers, a warning elsewhere."""
    twice = trusted(extra_extensions=[CONSTRAINTS])
    found = [
        [each.severity.value for each in judged(target, twice).findings if each.rule == "cert-duplicate-extension"]
        for target in ("webpki", "acm")
    ]

    assert [["error"], ["warning"]] == found
