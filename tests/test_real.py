"""Real certificates, as public CAs issued them: no false complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

import pemcheck

REAL = sorted((Path(__file__).resolve().parent.parent / "fixtures" / "real").glob("*.pem"))
ENCODING = ("input-", "pem-", "der-", "asn1-")


def report_on(certificate: str, chain: str | None = None, at: str = "2016-06-01") -> pemcheck.Report:
    """Return the report on real files, whose keys nobody has."""
    read = {path.stem: path.read_bytes() for path in REAL}
    return pemcheck.check(read[certificate], None, read[chain] if chain else None, at=at, without_key=True)


def test_there_are_real_certificates() -> None:
    """At least six, or the tests below say nothing."""
    assert len(REAL) >= 6


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_no_encoding_is_complained_about(path: Path) -> None:
    """What public CAs issue is correct PEM and DER, every field can be read, and nothing odd is in it."""
    report = report_on(path.stem)
    odd = (*ENCODING, "cert-trailing-data", "cert-duplicate", "cert-unknown-critical", "cert-signature-algorithms")

    assert [] == [finding.rule for finding in report.findings if finding.rule.startswith(odd)]


@pytest.mark.parametrize("path", [path for path in REAL if "root" in path.stem or "fnmt" in path.stem], ids=str)
def test_a_root_is_found_to_be_self_signed(path: Path) -> None:
    """By its signature; the cross-signed intermediate is not."""
    (fact,) = pemcheck.inspect(path.read_bytes())

    assert ("dst-root" not in path.stem) is fact.to_dict()["self_signed"]


def test_a_real_chain_is_accepted_in_its_time() -> None:
    """An end-entity certificate of 2014 with the intermediate that issued it."""
    assert pemcheck.Verdict.ACCEPTED is report_on("cryptography.io", "rapidssl-sha256-ca-g3").verdict


def test_a_real_chain_is_refused_today() -> None:
    """The certificate expired in 2018."""
    report = report_on("cryptography.io", "rapidssl-sha256-ca-g3", "2026-11-23")

    assert "cert-expired" in [finding.rule for finding in report.findings]


def test_a_real_intermediate_of_another_ca_is_told() -> None:
    """The right kind of file, and not the one that issued the certificate."""
    report = report_on("cryptography.io", "lets-encrypt-x3-by-dst-root-x3")

    assert ["chain-does-not-start-with-issuer"] == [
        finding.rule for finding in report.findings if finding.severity is pemcheck.Severity.ERROR
    ]
