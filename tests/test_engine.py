"""Asking: what becomes of a rule, of several demands, and of the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures import der
from fixtures.build import ROOT, Case, authority, leaf, load_key, pem
from fixtures.generate import CASES
from pemcheck import checking, engine, gathering, rules
from pemcheck.findings import Evidence, Finding, Outcome, Report, Severity, Verdict
from pemcheck.pem import MAX_BLOCKS
from pemcheck.render import text
from pemcheck.rules.table import READER, SUBMISSION, Rule
from pemcheck.source import MAX_BYTES, NOT_LOOKED_AT, Location, Problem
from pemcheck.submission import Input, Replacement, Submission
from pemcheck.targets import DOCUMENTED, ERROR, INFERRED, NOTE, WARNING, Demand, Target, Want, known

FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
AT = checking.moment("2026-06-01")
SOURCE = "https://example.com/page"


def submission(case: str | Case) -> Submission:
    """Return the facts of a case."""
    contents = (CASES[case] if isinstance(case, str) else case).contents()
    return gathering.gather([contents.get(file) for file in FILES], FILES)


def target(*demands: Demand) -> Target:
    """Return a target with these demands."""
    return Target("made-up", "a made-up target", "2026-11-23", SOURCE, ("RSA_2048",), 32_768, 2_097_152, demands)


def demand(rule: str, severity: Severity = ERROR, evidence: Evidence = DOCUMENTED, **changes: Any) -> Demand:
    """Return a demand, documented unless said otherwise."""
    return Demand(rule, severity, evidence, SOURCE, "a quote", **changes)


def judge(case: str | Case | Submission, *demands: Demand, **changes: Any) -> Report:
    """Return what a target with *demands* says to a case."""
    it = case if isinstance(case, Submission) else submission(case)
    return engine.Questions(Want(target(*demands), AT, **changes)).judge(it, {})


def outcomes(report: Report) -> list[Outcome]:
    """Return what became of each question."""
    return [check.outcome for check in report.checks]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return how to add a rule to the table for one test."""

    def add(rule: Rule[Any]) -> None:
        monkeypatch.setitem(rules.BY_NAME, rule.name, rule)

    return add


# -------------------------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("case", "severity", "verdict"),
    [
        ("cert-expired", ERROR, Verdict.REFUSED),
        ("cert-expired", WARNING, Verdict.ACCEPTED),
        ("cert-expired", NOTE, Verdict.ACCEPTED),
        ("clean-rsa-2048", ERROR, Verdict.ACCEPTED),
        ("asn1-unreadable", ERROR, Verdict.UNDECIDED),
        ("asn1-unreadable", WARNING, Verdict.ACCEPTED),
    ],
)
def test_the_verdict_follows_from_the_worst_answer(case: str, severity: Severity, verdict: Verdict) -> None:
    """Accepted only where every error rule was asked and passed; what is no error refuses nothing."""
    assert verdict is judge(case, demand("cert-expired", severity)).verdict


def test_an_error_found_refuses_whatever_could_not_be_asked() -> None:
    """One fault is enough; what else there may be does not matter any more."""
    report = judge("asn1-unreadable", demand("cert-expired"), demand("asn1-unreadable", only="needed"))
    assert (Verdict.REFUSED, ["cert-expired"]) == (report.verdict, [check.rule for check in report.undecided])


def test_what_could_not_be_asked_says_why() -> None:
    """The user learns which fact is missing."""
    report = judge("asn1-unreadable", demand("cert-expired"))
    assert ["not_after cannot be read or decided"] == [check.reason for check in report.undecided]


def test_an_undecided_signature_gives_its_own_reason() -> None:
    """Which link, and what is unknown about its algorithm."""
    report = judge("chain-by-unknown-algorithm", demand("chain-signature-does-not-verify"))
    assert ["whether Test ML-DSA signed www.example.com: "] == [check.reason[:44] for check in report.undecided]


def test_a_bound_that_was_reached_is_not_passed(add: Any) -> None:
    """A question that gives up with ValueError is skipped, with its words."""

    def give_up(it: Submission, want: Want) -> bool:
        raise ValueError("too many names to compare")

    add(Rule(name="made-up", on=SUBMISSION, ok=give_up, says="says", why="Why.", fix="fix"))
    report = judge("clean-rsa-2048", demand("made-up"))
    assert [(Outcome.SKIP, "too many names to compare")] == [(each.outcome, each.reason) for each in report.checks]


# --------------------------------------------------------------------------------------------------------- outcomes


@pytest.mark.parametrize(
    ("case", "rule", "outcome"),
    [
        ("clean-rsa-2048", "cert-expired", Outcome.PASS),
        ("cert-expired", "cert-expired", Outcome.FAIL),
        ("asn1-unreadable", "cert-expired", Outcome.SKIP),
        ("cert-validity-inverted", "cert-expired", Outcome.NOT_APPLICABLE),
        ("cert-missing", "cert-expired", Outcome.NOT_APPLICABLE),
        ("clean-self-signed", "chain-out-of-order", Outcome.NOT_APPLICABLE),
    ],
)
def test_every_question_has_one_of_four_outcomes(case: str, rule: str, outcome: Outcome) -> None:
    """Passed, failed, could not be asked, nothing to ask about."""
    assert [outcome] == outcomes(judge(case, demand(rule)))


def test_a_reader_is_asked_about_each_input() -> None:
    """What only one input shows is passed for the others."""
    report = judge("pem-crlf-line-ends", demand("pem-crlf-line-ends", NOTE))
    files = [(check.at.file if check.at else "", check.outcome) for check in report.checks]
    assert list(zip(FILES, [Outcome.FAIL, Outcome.PASS, Outcome.PASS])) == files


def test_a_sort_that_a_target_does_not_mind_is_passed() -> None:
    """A demand for one sort of problem leaves the others alone."""
    report = judge("pem-trusted-certificate", demand("pem-wrong-label", only="other"))
    assert ([Outcome.PASS] * 3, ()) == (outcomes(report), report.findings)


def test_without_inputs_nothing_is_asked() -> None:
    """A rule with nothing to ask about says so once."""
    assert [Outcome.NOT_APPLICABLE] == outcomes(judge(Submission(()), demand("pem-crlf-line-ends")))


def test_a_check_stands_where_its_finding_stands() -> None:
    """Programs can put both together."""
    report = judge("cert-more-than-one", demand("cert-more-than-one"))
    failed = [check.at for check in report.checks if check.outcome is Outcome.FAIL]
    assert failed == [finding.at for finding in report.findings]


# ---------------------------------------------------------------------------------------------------- several demands


@pytest.mark.parametrize(("size", "found"), [(5_000, []), (6_000, [WARNING]), (9_000, [ERROR])])
def test_the_most_severe_demand_that_applies_is_reported_once(size: int, found: list[Severity]) -> None:
    """One rule, several demands, one finding; the order in the target does not matter."""
    key = CASES["clean-rsa-2048"].contents()["private-key.pem"]
    case = Case(private_key=key + b"\n" * (size - len(key)))
    report = judge(case, demand("key-too-large", WARNING, above=5_120), demand("key-too-large", ERROR, above=8_192))
    assert found == [finding.severity for finding in report.findings]


@pytest.mark.parametrize("rule", ["pem-crlf-line-ends", "cert-expired", "chain-missing", "request-key-differs"])
def test_a_question_is_as_severe_as_the_worst_demand(rule: str) -> None:
    """What is passed, or not asked, is called after it too."""
    report = judge("clean-rsa-2048", demand(rule, NOTE), demand(rule), demand(rule, WARNING))
    assert {ERROR} == {check.severity for check in report.checks}


@pytest.mark.parametrize(("case", "severity"), [("pem-wrong-label", ERROR), ("pem-trusted-certificate", WARNING)])
def test_a_demand_may_be_about_one_sort_of_problem(case: str, severity: Severity) -> None:
    """A trusted certificate under its own label is less than a request."""
    demands = (demand("pem-wrong-label", WARNING, only="trusted"), demand("pem-wrong-label", only="other"))
    assert [severity] == [finding.severity for finding in judge(case, *demands).findings]


@pytest.mark.parametrize(("case", "severity"), [("asn1-unreadable", ERROR), ("asn1-unreadable-not-needed", WARNING)])
def test_an_unreadable_field_is_as_bad_as_the_rules_that_read_it(case: str, severity: Severity) -> None:
    """What no error rule needs refuses nothing."""
    demands = (demand("asn1-unreadable", only="needed"), demand("asn1-unreadable", WARNING), demand("cert-expired"))
    assert [severity] == [finding.severity for finding in judge(case, *demands).findings]


@pytest.mark.parametrize("others", [(), (NOTE,), (NOTE, WARNING)])
def test_a_field_is_needed_if_the_worst_demand_of_its_rule_is_an_error(others: tuple[Severity, ...]) -> None:
    """That the rule is asked more mildly, too, changes nothing."""
    asked = [demand("cert-expired", each) for each in others]
    demands = (demand("asn1-unreadable", only="needed"), demand("asn1-unreadable", WARNING))
    report = judge("asn1-unreadable", *demands, *asked, demand("cert-expired"))
    assert [ERROR] == [finding.severity for finding in report.findings]


@pytest.mark.parametrize(
    ("path", "field", "severity"),
    [
        ("self_signed", "self_signed", ERROR),
        ("key.public", "public", ERROR),
        ("path.subject", "subject", ERROR),
        ("path.subject", "path", WARNING),
    ],
)
def test_a_field_is_needed_wherever_it_belongs(add: Any, path: str, field: str, severity: Severity) -> None:
    """A path ends in the field's own name."""
    add(
        Rule(name="made-up", on=SUBMISSION, ok=lambda it, want: True, reads=(path,), says="says", why="Why.", fix="fix")
    )
    problem = Problem("asn1-unreadable", Location("a.pem"), "why", field=field)
    found = Submission((Input("certificate", Location("a.pem"), 1, (), (problem,)),))
    demands = (demand("asn1-unreadable", only="needed"), demand("asn1-unreadable", WARNING), demand("made-up"))
    assert [severity] == [finding.severity for finding in judge(found, *demands).findings]


# ------------------------------------------------------------------------------------------------- when it was issued


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        ("cert-allows-client-auth", "cert-allows-client-auth"),
        ("cert-self-signed-alb", "cert-self-signed"),
        ("chain-missing", "chain-missing"),
        ("key-does-not-match", "key-does-not-match"),
        ("pem-crlf-line-ends", "pem-crlf-line-ends"),
    ],
)
@pytest.mark.parametrize(("issued_from", "verdict"), [("2026-01-01", "refused"), ("2026-01-02", "accepted")])
def test_a_demand_may_begin_on_a_day(case: str, rule: str, issued_from: str, verdict: str) -> None:
    """Whatever the rule is about, the end-entity certificate's notBefore counts, to the second."""
    assert verdict == judge(case, demand(rule, issued_from=issued_from)).verdict.value


def test_a_chains_certificate_has_a_date_of_its_own() -> None:
    """What is asked of an issuer counts from the issuer's notBefore, not from the end-entity certificate's."""
    own = authority("CN=Test Intermediate I1,O=Example Trust", "rsa-2048-b", ROOT, ca=False, not_before="2025-12-31")
    report = judge(Case(leaf(issuer=own)), demand("chain-cert-not-a-ca", issued_from="2026-01-01"))
    assert [(Outcome.NOT_APPLICABLE, "it is asked only of what was issued later")] == [
        (check.outcome, check.reason) for check in report.checks
    ]


UNDATED = leaf(not_before=der.utc_time("26XX01000000Z"), eku=("server_auth", "client_auth"))


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        (Case(UNDATED), "cert-allows-client-auth"),
        (Case(UNDATED, chain=None), "chain-missing"),
        (Case(UNDATED, chain=None).contents()["certificate.pem"].replace(b"\n", b"\r\n"), "pem-crlf-line-ends"),
        (load_key("rsa-2048-f").pem.replace("\n", "\r\n").encode(), "pem-crlf-line-ends"),
    ],
)
def test_what_depends_on_an_unreadable_day_is_undecided(case: Case | bytes, rule: str) -> None:
    """A notBefore that cannot be read is neither early nor late."""
    it = case if isinstance(case, Case) else gathering.gather((case, None, None), FILES)
    report = judge(it, demand(rule, issued_from="2020-01-01"))
    assert (Verdict.UNDECIDED, {"it depends on when the certificate was issued, which cannot be read"}) == (
        report.verdict,
        {check.reason for check in report.undecided},
    )


def test_without_the_fault_the_day_does_not_matter() -> None:
    """A rule that passes whatever the day is passed."""
    report = judge(Case(leaf(not_before=der.utc_time("26XX01000000Z"))), demand("cert-is-ca", issued_from="2020-01-01"))
    assert [Outcome.PASS] == outcomes(report)


def test_an_unreadable_day_that_an_error_depends_on_is_an_error() -> None:
    """What cannot be read and is needed refuses."""
    demands = (demand("cert-is-ca", issued_from="2020-01-01"), demand("asn1-unreadable", only="needed"))
    assert ["asn1-unreadable"] == [finding.rule for finding in judge(Case(UNDATED), *demands).findings]


# ---------------------------------------------------------------------------------------------- what nobody looked at


@pytest.mark.parametrize(
    ("behind", "reason"),
    [
        (b"# " + b"padding" * (MAX_BYTES // 7 + 1), "only the first 4194304 bytes were looked at"),
        (pem("X", b"0\0").encode() * MAX_BLOCKS, "only the first 1000 of its blocks were looked at"),
    ],
    ids=["bytes", "blocks"],
)
@pytest.mark.parametrize("severity", [None, WARNING])
def test_what_was_not_looked_at_is_not_accepted(behind: bytes, reason: str, severity: Severity | None) -> None:
    """Whatever the target asks of the size: the rest may hold a key."""
    files = CASES["clean-rsa-2048"].contents()
    it = gathering.gather([files[name] + (behind if "chain" in name else b"") for name in FILES], FILES)
    report = judge(it, *((demand("input-too-large", severity),) if severity else ()), demand("cert-expired"))
    assert (Verdict.UNDECIDED, [reason]) == (report.verdict, [check.reason for check in report.undecided])
    assert f"input-too-large could not be asked: {reason}" in text.render((report,)).replace("\n      ", " ")


def test_a_target_that_refuses_the_size_says_so_once() -> None:
    """There is nothing left to be undecided about."""
    files = CASES["clean-rsa-2048"].contents()
    it = gathering.gather([files[name] + b" " * MAX_BYTES * ("chain" in name) for name in FILES], FILES)
    report = judge(it, demand("input-too-large"))
    assert (Verdict.REFUSED, ()) == (report.verdict, report.undecided)


@pytest.mark.parametrize(("severity", "skipped"), [(ERROR, []), (WARNING, ["input-too-large"])])
def test_what_was_refused_needs_no_other_look(severity: Severity, skipped: list[str]) -> None:
    """What is only warned about does."""
    problem = Problem("input-too-large", Location("a.pem", 1), "only a part was looked at", NOT_LOOKED_AT)
    it = Submission((Input("certificate", Location("a.pem"), 1, problems=(problem,)),))
    report = judge(it, demand("input-too-large", severity))
    assert skipped == [check.rule for check in report.checks if check.outcome is Outcome.SKIP]


# -------------------------------------------------------------------------------------------------- the key elsewhere


def test_without_key_nothing_about_the_key_is_asked() -> None:
    """The user has said that the key is elsewhere."""
    report = judge(Case(private_key=None), demand("key-missing"), demand("key-does-not-match"), without_key=True)
    assert [Outcome.NOT_APPLICABLE] * 2 == outcomes(report)


def test_without_key_a_key_that_is_given_is_not_looked_at() -> None:
    """Not even its form, and nothing is undecided because of it."""
    every = known()["acm"].demands
    encrypted = CASES["key-encrypted"].contents()["private-key.pem"] + b"behind it"
    report = judge(Case(private_key=encrypted), *every, without_key=True)
    assert (Verdict.ACCEPTED, (), None) == (report.verdict, report.findings, report.submission.key)


def test_without_a_word_a_missing_key_is_missing() -> None:
    """It is needed, unless the user says otherwise."""
    report = judge(Case(private_key=None), demand("key-missing"))
    assert ["key-missing"] == [finding.rule for finding in report.findings]


# ---------------------------------------------------------------------------------------------------------- findings


@pytest.mark.parametrize("evidence", Evidence)
def test_only_what_is_inferred_says_that_it_is_not_documented(evidence: Evidence) -> None:
    """A guess is never taken for a document."""
    report = judge("cert-is-ca", demand("cert-is-ca", NOTE, evidence))
    said = [finding.message.endswith(" (no document says so)") for finding in report.findings]
    assert [evidence is INFERRED] == said


def test_findings_stand_worst_first_then_by_place() -> None:
    """Severity, then the file in the order of the inputs, then the line."""
    places = [
        *(("chain.pem", 3, ERROR), ("cert.pem", 9, NOTE), ("key.pem", 1, ERROR), ("cert.pem", 2, ERROR)),
        *(("cert.pem", 1, ERROR), ("cert.pem", 1, NOTE)),
    ]
    inputs = [Input(role, Location(file), 1) for role, file in zip("abc", ("cert.pem", "key.pem", "chain.pem"))]
    names = {ERROR: "pem-bad-base64", NOTE: "pem-no-final-newline"}
    problems = [(file, Problem(names[severity], Location(file, line))) for file, line, severity in places]
    found = Submission(
        tuple(it.replace(problems=tuple(each for file, each in problems if file == it.at.file)) for it in inputs)
    )
    report = judge(found, demand("pem-no-final-newline", NOTE), demand("pem-bad-base64"))
    expected = [("cert.pem", 1), ("cert.pem", 2), ("key.pem", 1), ("chain.pem", 3), ("cert.pem", 1), ("cert.pem", 9)]
    assert expected == [(finding.at.file, finding.at.line) for finding in report.findings]


def test_a_finding_in_no_input_stands_last() -> None:
    """A place that nobody gave does not come before those that somebody did."""
    found = Submission((Input("certificate", Location("a.pem"), 1),))
    finding = Finding("r", ERROR, DOCUMENTED, "m", "w", "f", SOURCE, Location("b.pem"))
    assert 1 == engine._file_order(found, finding)


@pytest.mark.parametrize(
    ("file", "member", "expected"),
    [
        ("a.pem", "", 0),
        ("b.zip", "", 1),
        ("b.zip!x.pem", "x.pem", 1),
        ("c.zip!x.pem", "x.pem", 2),
        ("c.zip", "", 2),
        ("d.pem!x", "", 3),
        ("d.pem", "", 3),
        ("a.pem!x", "", 4),
    ],
)
def test_a_finding_stands_where_its_input_does(file: str, member: str, expected: int) -> None:
    """What is in a wrapper stands with it, and a wrapper with what is in it; an exclamation mark may be in a name."""
    names = ("a.pem", "b.zip", "c.zip!x.pem", "d.pem!x")
    found = Submission(tuple(Input("", Location(name), 1) for name in names))
    finding = Finding("r", ERROR, DOCUMENTED, "m", "w", "f", SOURCE, Location(file, member=member))
    assert expected == engine._file_order(found, finding)


@pytest.mark.parametrize(
    ("count", "kept", "last"),
    [(1, 1, "m0"), (20, 20, "m19"), (21, 20, "m19 … and 1 more like it"), (5_020, 20, "m19 … and 5,000 more like it")],
)
def test_findings_of_one_rule_in_one_file_are_bounded(count: int, kept: int, last: str) -> None:
    """A thousand like faults are one fault; the last one counts the rest."""
    made = [
        Finding("r", ERROR, DOCUMENTED, f"m{number}", "w", "f", SOURCE, Location("a.pem", number))
        for number in range(count)
    ]
    found = list(engine._capped(made))
    assert (kept, last) == (len(found), found[-1].message)
    assert [f"m{number}" for number in range(kept - 1)] == [finding.message for finding in found[:-1]]


def test_each_file_and_rule_has_its_own_bound() -> None:
    """A noisy file does not hide what is wrong with another."""
    made = [
        Finding(rule, ERROR, DOCUMENTED, "m", "w", "f", SOURCE, Location(file))
        for file in ("a.pem", "b.pem")
        for rule in ("r", "s")
        for _ in range(25)
    ]
    assert 80 == len(list(engine._capped(made)))


# ------------------------------------------------------------------------------------------------- what fix can write

WHOLE = submission("clean-rsa-2048")
CERTIFICATE, KEY, CHAIN = WHOLE.inputs
GIVEN = (("certificate", "certificate.pem"), ("private key", "private-key.pem"))
CHAINED = (*GIVEN, ("certificate chain", "certificate-chain.pem"))
CAS = CHAIN.certificates
UNOPENED = Problem("input-not-decrypted", Location("x"), sort="missing")
CLOSED = {"encrypted": True, "unread": frozenset(("secret",)), "body": "legacy", "info": b"", "has_curve": True}


def key_input(**changes: Any) -> Input:
    """Return the private key's input, with changes of the key."""
    return KEY.replace(objects=(KEY.keys[0].replace(**changes),))


@pytest.mark.parametrize(
    ("it", "expected"),
    [
        (WHOLE, CHAINED),
        (WHOLE.replace(inputs=(CERTIFICATE, KEY)), GIVEN),
        (WHOLE.replace(inputs=(CERTIFICATE, KEY, CHAIN.replace(objects=()))), ()),
        (WHOLE.replace(inputs=(CERTIFICATE, KEY, CHAIN.replace(objects=(), role="", wrapper="a ZIP"))), GIVEN),
        (WHOLE.replace(inputs=(CERTIFICATE, KEY, CHAIN.replace(wrapper="a ZIP", given="a.zip"))),
         (*GIVEN, ("certificate chain", "a.zip"))),
        (WHOLE.replace(inputs=(CERTIFICATE, KEY, CHAIN.replace(role="another"))), ()),
        (WHOLE.replace(inputs=(CERTIFICATE, KEY, CHAIN.replace(role="private key"))), ()),
        (WHOLE.replace(inputs=(CERTIFICATE, key_input(info=b"", has_curve=True))), ()),
        (WHOLE.replace(inputs=(CERTIFICATE, key_input(info=b"", has_curve=False))), GIVEN),
        (WHOLE.replace(inputs=(CERTIFICATE, key_input(**CLOSED))), GIVEN),
        (WHOLE.replace(inputs=(CERTIFICATE, key_input(info=b"", expensive=True))), GIVEN),
        (WHOLE.replace(leaf=None), CHAINED),
        (WHOLE.replace(leaf=None, inputs=(CERTIFICATE.replace(objects=CAS), KEY)), ()),
        (WHOLE.replace(leaf=None, inputs=(CERTIFICATE.replace(objects=CAS), key_input(**CLOSED))), GIVEN),
        (WHOLE.replace(leaf=None, inputs=(CERTIFICATE.replace(objects=CAS, problems=(UNOPENED,)), KEY)), GIVEN),
        (WHOLE.replace(inputs=(CERTIFICATE.replace(objects=CAS), KEY)), GIVEN),
    ],
)  # fmt: skip
def test_what_fix_can_write_is_told_by_its_files(it: Submission, expected: tuple[tuple[str, str], ...]) -> None:
    """All of them, or none: each input is read in full or can be opened, has one role, and there is a certificate."""
    assert expected == engine._repairable(it)


def test_files_that_were_sorted_are_named_without_roles() -> None:
    """As they were given, and each once."""
    inputs = tuple(it.replace(at=Location("all.pem")) for it in WHOLE.inputs)
    assert (("", "all.pem"),) == engine._repairable(WHOLE.replace(inputs=inputs, sorted=True))


@pytest.mark.parametrize(("replaced", "severity"), [(False, WARNING), (True, ERROR)])
def test_what_a_re_import_reads_is_needed_where_there_is_one(replaced: bool, severity: Severity) -> None:
    """Else a field that only its rules read refuses nothing."""
    problem = Problem("asn1-unreadable", Location("certificate.pem"), "why", field="not_after")
    it = WHOLE.replace(inputs=(CERTIFICATE.replace(problems=(problem,)), KEY, CHAIN))
    assert it.leaf is not None
    it = it.replace(replacement=Replacement(Location("old.pem"), it.leaf, it.leaf)) if replaced else it
    demands = (demand("asn1-unreadable", only="needed"), demand("asn1-unreadable", WARNING))
    report = judge(it, *demands, demand("reimport-expires-earlier"))
    assert [severity] == [finding.severity for finding in report.findings]


# ----------------------------------------------------------------------------------------------------- several targets


def test_one_reading_serves_every_target() -> None:
    """Facts are read once, and judged for each target alone."""
    given = submission(Case(leaf(key="rsa-3072")))
    names = ("acm", "acm-2017-cli", "nlb", "client-vpn", "cloudfront", "webpki")
    wants = [checking.wanted(name, AT) for name in names]
    verdicts = [report.verdict.value for report in checking.judge_all(given, wants)]
    assert ["accepted", "refused", "accepted", "refused", "undecided", "accepted"] == verdicts


def test_a_target_says_nothing_of_what_it_does_not_demand() -> None:
    """A rule that no demand names is not asked."""
    assert ((), ()) == ((report := judge("cert-expired")).findings, report.checks)


def test_a_rule_without_a_question_is_not_asked(add: Any) -> None:
    """What readers report has nothing to be asked about."""
    add(Rule(name="made-up", on=READER, says="says", why="Why.", fix="fix"))
    assert [Outcome.PASS] * 3 == outcomes(judge("clean-rsa-2048", demand("made-up")))
