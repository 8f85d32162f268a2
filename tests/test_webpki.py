"""The dates and lifetimes of the public web, to the second; transparency timestamps."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from fixtures import der
from fixtures.build import AT, INTERMEDIATE, ROOT, authority, extension, leaf, load_key
from fixtures.generate import CASES
from pemcheck import checking
from pemcheck.findings import Report

pytestmark = pytest.mark.once

DAY = 86_400
TIMESTAMPS = "1.3.6.1.4.1.11129.2.4.2"


def moment(text: str) -> datetime:
    """Return an ISO 8601 time, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def report_on(start: datetime, end: datetime, **options: Any) -> Report:
    """Return what browsers say to a certificate that is valid from *start* to *end*."""
    changes = {name: options.pop(name) for name in ("eku", "extra_extensions") if name in options}
    it = leaf(not_before=f"{start:%Y-%m-%dT%H:%M:%SZ}", not_after=f"{end:%Y-%m-%dT%H:%M:%SZ}", **changes)
    chain = "".join(each.pem for each in it.chain)
    at = start + (end - start) / 2
    return checking.check(it.pem, load_key(it.key).pem, chain, "webpki", at, **options)


def said(report: Report, rule: str) -> list[str]:
    """Return how severely a rule is broken."""
    return [finding.severity.value for finding in report.findings if finding.rule == rule]


# the first moment of each period of BR 6.3.2, and its limits in days: must, should
PERIODS = [
    ("2018-03-01T00:00:00", 825, None),
    ("2020-08-31T23:59:59", 825, None),
    ("2020-09-01T00:00:00", 398, 397),
    ("2026-03-14T23:59:59", 398, 397),
    ("2026-03-15T00:00:00", 200, 199),
    ("2027-03-14T23:59:59", 200, 199),
    ("2027-03-15T00:00:00", 100, 99),
    ("2029-03-14T23:59:59", 100, 99),
    ("2029-03-15T00:00:00", 47, 46),
    ("2039-01-01T00:00:00", 47, 46),
]


@pytest.mark.parametrize(("start", "must", "should"), PERIODS)
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_lifetimes_are_counted_to_the_second(start: str, must: int, should: int | None, seconds: int) -> None:
    """Both ends count, so that 200 days from midnight end at 23:59:59; one second more is another day."""
    begin = moment(start)
    end = begin + timedelta(seconds=must * DAY - 1 + seconds)
    expected = ["error"] if seconds > 0 else [] if should is None else ["warning"]
    assert expected == said(report_on(begin, end), "cert-validity-too-long")


def test_what_was_issued_before_these_limits_is_not_held_to_them() -> None:
    """825 days hold from 2018-03-01 on."""
    report = report_on(moment("2018-02-28T23:59:59"), moment("2021-02-28T00:00:00"))
    assert [] == said(report, "cert-validity-too-long")


@pytest.mark.parametrize(("start", "must", "should"), [each for each in PERIODS if each[2] is not None])
@pytest.mark.parametrize("seconds", [0, 1])
def test_what_should_not_be_exceeded_is_a_warning(start: str, must: int, should: int, seconds: int) -> None:
    """One day below what must not."""
    begin = moment(start)
    end = begin + timedelta(seconds=should * DAY - 1 + seconds)
    assert (["warning"] if seconds else []) == said(report_on(begin, end), "cert-validity-too-long")


@pytest.mark.parametrize("start", ["2019-07-01T00:00:00", "2026-06-01T00:00:00", "2029-06-01T00:00:00"])
@pytest.mark.parametrize("seconds", [0, 1])
def test_a_private_ca_has_apples_limit(start: str, seconds: int) -> None:
    """825 days, whoever issued it."""
    begin = moment(start)
    end = begin + timedelta(seconds=825 * DAY - 1 + seconds)
    found = said(report_on(begin, end, private_ca=True), "cert-validity-too-long")
    assert (["error"] if seconds else []) == found


def test_a_private_certificate_from_before_apples_rules_may_live_long() -> None:
    """They are about what was issued from 2019-07-01 on."""
    report = report_on(moment("2019-06-30T23:59:59"), moment("2029-06-30T00:00:00"), private_ca=True)
    assert [] == said(report, "cert-validity-too-long")


@pytest.mark.parametrize(
    ("start", "expected"), [("2027-03-14T23:59:59", ["warning"]), ("2027-03-15T00:00:00", ["error"])]
)
def test_client_auth_ends_on_one_day(start: str, expected: list[str]) -> None:
    """Chrome refuses what is issued from 2027-03-15 on."""
    begin = moment(start)
    report = report_on(begin, begin + timedelta(days=90), eku=("server_auth", "client_auth"))
    assert expected == said(report, "cert-allows-client-auth")


@pytest.mark.parametrize(("start", "expected"), [("2019-06-30T23:59:59", []), ("2019-07-01T00:00:00", ["error"])])
def test_apple_asks_for_the_purpose_from_one_day_on(start: str, expected: list[str]) -> None:
    """Extended key usage, in what is issued from 2019-07-01 on."""
    begin = moment(start)
    report = report_on(begin, begin + timedelta(days=90), eku=None)
    assert expected == said(report, "cert-without-eku")


# ----------------------------------------------------------------------------------------------- dates in the chain


@pytest.mark.once
@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("chain-cert-expired", {"not_after": "2026-05-01"}),
        ("chain-cert-not-yet-valid", {"not_before": "2026-07-01"}),
    ],
)
def test_the_dates_of_a_root_refuse_nothing(rule: str, dates: dict[str, Any]) -> None:
    """Clients have their own copy of it, or none; an intermediate's dates count, whoever sends it."""
    root = authority("CN=Test Root R1,O=Example Trust", ROOT.key, **dates)
    intermediate = authority("CN=Test Intermediate I1,O=Example Trust", INTERMEDIATE.key, ROOT, **dates)
    it = leaf(issuer=INTERMEDIATE)
    found = [
        said(checking.check(it.pem, load_key(it.key).pem, above.pem + top.pem, "webpki", AT), rule)
        for above, top in ((INTERMEDIATE, root), (intermediate, ROOT))
    ]
    assert [["warning"], ["error"]] == found


# ----------------------------------------------------------------------------------------------------- signatures


@pytest.mark.parametrize(
    ("case", "severities", "message"),
    [
        ("cert-damaged-signature", ["error"], "but the signature does not verify with its key"),
        ("chain-signature-does-not-verify", ["error"], "but the signature does not verify with its key"),
        ("chain-key-identifier-differs", ["warning"], "but is not it: its key identifier is "),
        ("clean-rsa-2048", [], ""),
    ],
)
def test_a_signature_must_verify(case: str, severities: list[str], message: str) -> None:
    """RFC 5280 section 6.1.3 (a)(1) demands it; a key identifier is only a hint."""
    data = CASES[case].contents()
    files = [data.get(f"{name}.pem") for name in ("certificate", "private-key", "certificate-chain")]
    report = checking.check(files[0], files[1], files[2], "webpki", "2026-06-01")
    rule = "chain-signature-does-not-verify"
    assert severities == said(report, rule)
    assert all(message in each.message for each in report.findings if each.rule == rule)


@pytest.mark.parametrize("case", ["cert-unknown-critical-extension", "chain-cert-unknown-critical-extension"])
def test_a_critical_extension_must_be_known(case: str) -> None:
    """RFC 5280 section 4.2 demands it of whoever uses a certificate; AWS says nothing about it."""
    data = CASES[case].contents()
    files = [data.get(f"{name}.pem") for name in ("certificate", "private-key", "certificate-chain")]
    found = {
        name: checking.check(files[0], files[1], files[2], name, "2026-06-01") for name in ("webpki", "acm")
    }

    assert {"webpki": ["error"], "acm": ["warning"]} == {name: said(report, case) for name, report in found.items()}


# ---------------------------------------------------------------------------------------------------- timestamps


def vector(data: bytes) -> bytes:
    """Return *data* behind its length, as TLS has it."""
    return len(data).to_bytes(2, "big") + data


def timestamps(*logs: int, behind: bytes = b"") -> bytes:
    """Return the extension with one timestamp of each log."""
    each = [b"\0" + bytes([log]) * 32 + b"\0" * 14 + b"signature" for log in logs]
    return extension(TIMESTAMPS, False, der.octets(vector(b"".join(map(vector, each))) + behind))


@pytest.mark.parametrize(
    ("days", "logs", "expected"),
    [
        (180, (), ["warning"]),
        (180, (1,), ["warning"]),
        (180, (1, 1), ["warning"]),
        (180, (1, 2), []),
        (181, (1, 2), ["warning"]),
        (181, (1, 2, 3), []),
    ],
)
def test_a_lifetime_asks_for_timestamps(days: int, logs: tuple[int, ...], expected: list[str]) -> None:
    """Of two logs up to 180 days, else of three; two of one log are one."""
    begin = moment("2026-06-01T00:00:00")
    extra = [timestamps(*logs)] if logs else []
    report = report_on(begin, begin + timedelta(days=days, seconds=-1), extra_extensions=extra)
    assert expected == said(report, "cert-without-scts")


def test_a_private_ca_logs_nothing() -> None:
    """Nobody asks it to."""
    begin = moment("2026-06-01T00:00:00")
    report = report_on(begin, begin + timedelta(days=90), private_ca=True)
    outcomes = [(each.outcome.value, each.reason) for each in report.checks if each.rule == "cert-without-scts"]
    assert [("n/a", "it is asked of certificates of public CAs only")] == outcomes


@pytest.mark.parametrize(
    "value",
    [
        der.octets(b""),
        der.octets(b"\0"),
        der.octets(b"\0\5abc"),
        der.octets(vector(vector(b"short"))),
        der.octets(vector(b"\0")),
        der.octets(vector(b"") + b"x"),
        der.NULL,
    ],
)
def test_a_malformed_list_of_timestamps_costs_only_itself(value: bytes) -> None:
    """It cannot be read, and the rest can."""
    it = leaf(extra_extensions=[extension(TIMESTAMPS, False, value)])
    (fact,) = checking.inspect(it.pem)
    assert {"scts"} == fact.unread
    assert ("scts", None) == (fact.to_dict()["unread"][0], fact.to_dict()["scts"])
