"""The chain is drawn from the certificate upwards, each link with how it is known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fixtures.build import INTERMEDIATE, INTERMEDIATE_2, ROOT, Case, Certificate, authority, leaf
from fixtures.der import oid, sequence
from fixtures.generate import CASES
from fixtures.judged import report_of
from pemcheck import Report, checking, gathering, trust
from pemcheck.render import render
from pemcheck.render.tree import MAX_ROWS, branches

pytestmark = pytest.mark.once

FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")


def drawn(report: Report) -> list[str]:
    """Return the lines of the tree, not wrapped."""
    return [f"{each.first}{each.text}" for each in branches([report])]


def report_on(case: Case, store: Sequence[Certificate] = (), target: str = "acm") -> Report:
    """Return the report on a case; *store* are the roots that count as trusted."""
    roots = trust.load("roots.pem", "".join(each.pem for each in store).encode()) if store else None
    contents = case.contents()
    submission = gathering.gather([contents.get(file) for file in FILES], FILES, None, roots)
    return checking.judge_all(submission, [checking.wanted(target, case.at)])[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "chain-out-of-order",
            [
                "└─ signed by Test Intermediate I2 (certificate-chain.pem:23)",
                "   └─ signed by Test Intermediate I1 (certificate-chain.pem:1)",
                "      └─ issued by Test Root R1 (not given; a root need not be)",
            ],
        ),
        (
            "chain-contains-root",
            [
                "└─ signed by Test Intermediate I1 (certificate-chain.pem:1)",
                "   └─ signed by Test Root R1 (certificate-chain.pem:23), self-signed root",
            ],
        ),
        (
            "chain-cross-signed",
            [
                "└─ signed by Test Intermediate I1 (certificate-chain.pem:1)",
                "   ├─ also issued by Test Root R1 (certificate-chain.pem:44)",
                "   └─ signed by Test Root R1 (certificate-chain.pem:23)",
                "      └─ issued by Old Root (not given; a root need not be)",
            ],
        ),
        ("chain-missing", ["└─ issued by Test Intermediate I1 (missing)"]),
        (
            "chain-link-missing",
            [
                "└─ signed by Test Intermediate I3 (certificate-chain.pem:1)",
                "   └─ issued by Test Intermediate I2 (missing)",
            ],
        ),
        (
            "chain-signature-does-not-verify",
            ["└─ not signed by Test Intermediate I1 (certificate-chain.pem:1), though it has the issuer's name"],
        ),
        (
            "chain-key-identifier-differs",
            [
                (
                    "└─ not issued by Test Intermediate I1 (certificate-chain.pem:1), which has the issuer's name and "
                    "another key identifier"
                )
            ],
        ),
        (
            "chain-by-unknown-algorithm",
            [
                (
                    "└─ names Test ML-DSA (certificate-chain.pem:1) as its issuer: signatures of "
                    "2.16.840.1.101.3.4.3.17 cannot be verified here"
                ),
                "   └─ issued by Test Root R1 (not given; a root need not be)",
            ],
        ),
        ("cert-issuer-empty", ["└─ issued by an issuer without a name (missing)"]),
        ("clean-self-signed", []),
        ("cert-missing", []),
    ],
)
def test_every_link_is_drawn_with_its_state(name: str, expected: list[str]) -> None:
    """Verified, by its name only, broken, missing, or a root; a certificate alone is no tree."""
    assert expected == drawn(report_of(name))


def test_a_root_of_the_trust_store_is_told() -> None:
    """Be it among the files or not."""
    given = report_on(Case(leaf(), chain=[INTERMEDIATE, ROOT]), [ROOT], "cloudfront")
    left_out = report_on(Case(leaf(), chain=[INTERMEDIATE]), [ROOT], "cloudfront")

    expected = "   └─ signed by Test Root R1 "
    assert f"{expected}(certificate-chain.pem:23), self-signed root, in the trust store" == drawn(given)[-1]
    assert f"{expected}(roots.pem:1), in the trust store" == drawn(left_out)[-1]


def test_a_root_of_nobody_is_no_root_of_the_trust_store() -> None:
    """The store has another."""
    report = report_on(Case(leaf(), chain=[INTERMEDIATE, ROOT]), [authority("CN=Other", "rsa-2048-g")], "cloudfront")

    assert drawn(report)[-1].endswith("self-signed root")
    assert drawn(report_on(Case(leaf(), chain=[INTERMEDIATE]), [INTERMEDIATE_2]))[-1].endswith("a root need not be)")


def test_a_root_that_did_not_sign_itself_is_told() -> None:
    """It has its own name as issuer, and another's signature."""
    false = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", signed_by="rsa-2048-g")
    report = report_on(Case(leaf(), chain=[INTERMEDIATE, false]))

    assert "      └─ not signed by itself, which it names as its issuer" == drawn(report)[-1]


def test_a_root_whose_signature_nobody_can_verify_is_told() -> None:
    """It may be one."""
    algorithm = sequence(oid("2.16.840.1.101.3.4.3.17"))
    unknown = authority("CN=Test Root R1,O=Example Trust", "rsa-2048-a", signature=algorithm)
    report = report_on(Case(leaf(), chain=[INTERMEDIATE, unknown]))

    assert "      └─ names itself as its issuer, which cannot be verified here" == drawn(report)[-1]


def test_an_issuer_that_cannot_be_read_is_told() -> None:
    """Nothing is said of who it may be."""
    above = authority("CN=Below", "rsa-2048-b", ROOT, issuer_name=b"\x30\x02\x05\x00")
    report = report_on(Case(leaf(issuer=above), chain=[above]))

    assert ["└─ signed by Below (certificate-chain.pem:1)", "   └─ its issuer cannot be read"] == drawn(report)


def test_a_name_draws_no_branch() -> None:
    """What looks like one is written as its number, in whatever line it comes to stand."""
    name = "a" * 50 + " └─ signed by Everybody"
    text = render([report_on(Case(leaf(subject=f"CN={name}"), chain=[INTERMEDIATE]))], "text")

    assert ["Everybody" in line for line in text.splitlines() if "└─" in line] == [False, False]
    assert "\\u{2514}" in text


def test_the_tree_is_bounded() -> None:
    """What stands above is counted."""
    chain = [authority("CN=0", "rsa-2048-b")]
    for number in range(1, MAX_ROWS + 8):
        chain.append(authority(f"CN={number}", "rsa-2048-b", chain[-1]))
    lines = drawn(report_on(Case(leaf(issuer=chain[-1]), chain=chain[::-1])))

    assert (MAX_ROWS, f"{'   ' * 11}└─ and 9 more above it") == (len(lines), lines[-1])


def test_the_tree_of_every_case_fits_a_terminal() -> None:
    """Deep ones too: 80 columns."""
    texts = [render([report_of(name)], "text") for name in CASES if name.startswith("chain-")]

    assert [] == [line for text in texts for line in text.splitlines() if "└─" in line and len(line) > 80]
    assert any("└─" in text for text in texts)
