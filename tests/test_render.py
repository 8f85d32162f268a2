"""Every format says all of it, and nothing else."""

from __future__ import annotations

import json
import re
from hashlib import sha1
from typing import Any

import pytest

import pemcheck
from fixtures.build import AT, Case, certificate, leaf, load_key
from fixtures.generate import CASES
from fixtures.judged import TYPICAL
from pemcheck import Location, Report, Severity, checking, gathering
from pemcheck.findings import AWS_IS_SILENT
from pemcheck.render import FORMATS, objects, render, tables
from pemcheck.render.text import told_once, wrap
from pemcheck.rules import RULES
from pemcheck.targets import known

pytestmark = pytest.mark.once

ROLES = ("certificate", "private-key", "certificate-chain")
FILES = tuple(f"{role}.pem" for role in ROLES)
URL = re.compile(r"https?://\S+")
TARGETS = tuple(known())


def reports_on(case: Case, *targets: str, without_key: bool = False) -> tuple[Report, ...]:
    """Return one report per target."""
    contents = case.contents()
    submission = gathering.gather([contents.get(file) for file in FILES], FILES)
    wanted = [checking.wanted(name, case.at, without_key=without_key) for name in targets or (case.target,)]
    return checking.judge_all(submission, wanted)


def text_of(name: str, quiet: bool = False) -> str:
    """Return what people read about a fixture."""
    return render(reports_on(CASES[name]), "text", quiet)


def json_of(name: str, *targets: str) -> dict[str, Any]:
    """Return what programs read about a fixture."""
    found: dict[str, Any] = json.loads(render(reports_on(CASES[name], *targets), "json"))
    return found


def too_wide(text: str) -> list[str]:
    """Return the lines of more than 80 columns that hold neither a command nor a URL."""
    return [line for line in text.splitlines() if len(line) > 80 and "`" not in line and not URL.search(line)]


# -------------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize("name", TYPICAL)
def test_text_fits_a_terminal(name: str) -> None:
    """80 columns, except for commands and URLs, which are copied."""
    assert [] == too_wide(text_of(name))


@pytest.mark.parametrize("name", TYPICAL)
def test_no_line_of_text_ends_in_a_space(name: str) -> None:
    """Nor is there an empty line at the end."""
    text = text_of(name)

    assert [] == [line for line in text.splitlines() if line != line.rstrip()]
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("form", ["text", "concise"])
@pytest.mark.parametrize("name", TYPICAL)
def test_the_rule_of_every_finding_is_named(name: str, form: str) -> None:
    """Notes included."""
    reports = reports_on(CASES[name])
    text = render(reports, form)

    assert [] == [finding.rule for finding in reports[0].findings if f": {finding.rule}" not in text]


@pytest.mark.parametrize("name", TYPICAL)
def test_text_holds_every_word_of_every_finding(name: str) -> None:
    """Message, reason, fix and source, however they are broken into lines."""
    packed = "".join(text_of(name).split())
    words = [
        words
        for finding in reports_on(CASES[name])[0].findings
        for words in (finding.message, finding.why, finding.fix, finding.source, finding.evidence.value)
    ]

    assert [] == [each for each in words if "".join(each.split()) not in packed]


@pytest.mark.parametrize("form", ["text", "concise"])
def test_quiet_leaves_notes_out(form: str) -> None:
    """And nothing else."""
    reports = reports_on(CASES["cert-not-version-3"])
    notes = {finding.rule for finding in reports[0].findings if finding.severity is Severity.NOTE}
    others = {finding.rule for finding in reports[0].findings} - notes
    text = render(reports, form, quiet=True)

    assert (set(), others) == ({each for each in notes if each in text}, {each for each in others if each in text})


@pytest.mark.parametrize("form", ["text", "concise"])
def test_what_quiet_leaves_out_is_not_counted(form: str) -> None:
    """Nobody could find it."""
    reports = reports_on(CASES["pem-crlf-line-ends"])

    assert (True, False) == ("acm: accepted (1 note)" in render(reports, form), "note" in render(reports, form, True))


def test_json_is_never_quiet() -> None:
    """Programs filter for themselves."""
    reports = reports_on(CASES["cert-not-version-3"])

    assert render(reports, "json") == render(reports, "json", quiet=True)


EXPECTED = """\
certificate.pem:1: warning: cert-issuer-key-type-differs
    the certificate's key is EC, the CA's that signed it is RSA
    why:  The API reference demands that both match; nobody is known to have
          been refused for it.
    fix:  if it is refused, ask the CA for an intermediate with the same type of
          key, or take a key of the CA's type
    see:  https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html (documented)

certificate.pem:1: note: listing-hides-key-type
    lists of certificates leave EC_prime256v1 out unless they are asked for it
    why:  By default ListCertificates shows RSA_1024 and RSA_2048 only, so tools
          find no certificate.
    fix:  name the key type:
          `aws acm list-certificates --includes keyTypes=EC_prime256v1`
    see:  https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html (documented)

acm: accepted (1 warning, 1 note)
  certificate www.example.com (EC_prime256v1, until 2027-01-01); the private key
  matches
  └─ signed by Test Intermediate I1 (certificate-chain.pem:1)
     └─ issued by Test Root R1 (not given; a root need not be)
"""


def test_text_reads_like_this() -> None:
    """Place, severity, rule; what, why, fix, source; then the verdict and what was looked at."""
    assert EXPECTED == text_of("cert-issuer-key-type-differs")


def test_other_places_are_told() -> None:
    """A finding that concerns several places names them, up to six."""
    (report,) = reports_on(CASES["cert-expired"])
    finding = report.findings[0].replace(also=tuple(Location("chain.pem", line) for line in range(1, 9)))
    text = render((report.replace(findings=(finding,)),), "text")

    assert (
        "    also: chain.pem:1, chain.pem:2, chain.pem:3, chain.pem:4, chain.pem:5,\n          chain.pem:6 …\n" in text
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("clean-rsa-2048", "acm: accepted"),
        ("cert-expired", "acm: refused (1 error)"),
        ("cert-is-not-the-leaf", "acm: refused (1 error, 1 note)"),
        ("chain-by-unknown-algorithm", "acm: undecided"),
    ],
)
@pytest.mark.parametrize("form", ["text", "concise"])
def test_the_summary_counts(name: str, expected: str, form: str) -> None:
    """The verdict, and how many findings of each severity."""
    assert expected in render(reports_on(CASES[name]), form).splitlines()


@pytest.mark.parametrize("form", ["text", "concise"])
def test_a_key_that_lies_elsewhere_is_not_seen(form: str) -> None:
    """The summary says so."""
    reports = reports_on(Case(leaf(), None), without_key=True)

    assert "acm: accepted, key not seen" in render(reports, form).splitlines()


@pytest.mark.parametrize("name", ["key-missing", "roles-swapped", "clean-rsa-2048", "key-cut-off"])
def test_a_key_that_was_looked_for_is_not_called_unseen(name: str) -> None:
    """What a finding says about it is enough."""
    assert "key not seen" not in text_of(name)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", "chain-signature-does-not-verify could not be asked: whether Test ML-DSA signed"),
        ("concise", "certificate-chain.pem:1: undecided: chain-signature-does-not-verify: could not be asked: "),
    ],
)
def test_undecided_says_what_could_not_be_asked(form: str, expected: str) -> None:
    """With the reason."""
    assert expected in render(reports_on(CASES["chain-by-unknown-algorithm"]), form)


def test_undecided_names_its_target_among_several() -> None:
    """One line of concise can stand alone."""
    text = render(reports_on(CASES["chain-by-unknown-algorithm"], "acm", "acm-2017-cli"), "concise")

    assert "chain-signature-does-not-verify: acm: could not be asked" in text


@pytest.mark.parametrize("form", ["text", "concise"])
def test_refused_does_not_say_what_could_not_be_asked(form: str) -> None:
    """The errors decide."""
    assert "could not be asked" not in render(reports_on(CASES["key-encrypted"]), form)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("clean-self-signed", "self-signed"),
        ("key-does-not-match", "the private key does not match"),
        ("key-encrypted", "the private key cannot be compared with the certificate"),
        ("clean-2-intermediates", "└─ signed by Test Intermediate I2 (certificate-chain.pem:1) └─ signed by Test"),
        ("asn1-unreadable", "(RSA_2048)"),
        ("cert-empty-subject", "certificate www.example.com ("),
    ],
)
def test_the_summary_says_what_was_looked_at(name: str, expected: str) -> None:
    """Certificate, key and chain in a line."""
    summary = text_of(name).split("\nacm: ")[-1]

    assert expected in " ".join(summary.split())


def test_a_key_that_cannot_be_read_is_a_question_mark() -> None:
    """Its algorithm is not made up."""
    broken = leaf(spki=b"\x30\x03\x02\x01\x01")

    assert "certificate www.example.com (?, until 2027-01-01)" in render(reports_on(Case(broken)), "text")


def test_early_years_have_four_digits() -> None:
    """As ISO 8601 has them."""
    from fixtures.der import generalized_time

    early = leaf(not_before=generalized_time("00010101000000Z"), not_after=generalized_time("00020101000000Z"))

    assert "until 0002-01-01" in render(reports_on(Case(early)), "text")


@pytest.mark.parametrize("name", ["cert-missing", "input-empty", "pem-nothing-found"])
def test_without_a_certificate_the_summary_is_one_line(name: str) -> None:
    """There is nothing to tell about it."""
    text = render(reports_on(Case(CASES[name].certificate if name == "cert-missing" else "\n", None, None)), "text")

    assert "acm: refused (2 errors)" == text.splitlines()[-1]


# --------------------------------------------------------------------------------------------- several targets


def test_what_several_targets_say_is_told_once() -> None:
    """With who says it, how severely; the reader mends one fault, not one per target."""
    reports = reports_on(CASES["cert-expired"], "acm", "acm-2017-cli")

    assert 1 == render(reports, "text").count("certificate.pem:1: error: cert-expired\n")
    assert "    who:  error for acm, acm-2017-cli\n" in render(reports, "text")
    assert 1 == render(reports, "concise").count("error: cert-expired: acm, acm-2017-cli: ")


def test_each_target_keeps_its_own_severity_and_source() -> None:
    """The worst stands in the first line; inference is not what is told where another target has a document."""
    reports = reports_on(CASES["chain-out-of-order"], "webpki", "acm")
    text = render(reports, "text")

    assert "certificate-chain.pem:1: error: chain-out-of-order\n" in text
    assert "    who:  error for acm; warning for webpki\n" in text
    assert "(documented) for acm\n          https://www.rfc-editor.org" in text or "for webpki\n          https" in text
    assert ["error", "warning"] == re.findall(r"(\w+): chain-out-of-order: ", render(reports, "concise"))


def test_one_document_is_enough_to_say_that_there_is_one() -> None:
    """That AWS documents no such rule is said only where that is so for every target that says it."""
    inferred = reports_on(CASES["chain-out-of-order"], "client-vpn")[0].findings[0]
    told = told_once([("a", inferred.replace(message=f"it{AWS_IS_SILENT}")), ("b", inferred.replace(message="it"))])

    assert [("it", ["a", "b"])] == [(each.finding.message, [name for name, _ in each.said_by]) for each in told]


@pytest.mark.parametrize("form", ["text", "concise"])
def test_refused_says_what_the_user_can_still_settle(form: str) -> None:
    """Else the question comes only when the errors are mended."""
    text = render(reports_on(CASES["chain-out-of-order"], "cloudfront"), form)

    assert "cert-not-publicly-trusted" in text
    assert "--trust-store" in text


@pytest.mark.parametrize("form", ["text", "concise"])
def test_every_target_has_its_summary(form: str) -> None:
    """In the order of the command line."""
    text = render(reports_on(CASES["clean-rsa-2048"], *TARGETS), form)

    assert list(TARGETS) == re.findall(r"^([a-z0-9-]+): (?:accepted|undecided|refused)", text, re.MULTILINE)


def test_json_has_one_report_per_target() -> None:
    """And the facts once."""
    assert list(TARGETS) == [report["target"] for report in json_of("clean-p256", *TARGETS)["reports"]]


# ----------------------------------------------------------------------------------------------------- concise

LINE = re.compile(r"[^:]+(:\d+(:\d+)?)?: (error|warning|note): [a-z0-9-]+: \S.*")


@pytest.mark.parametrize("name", TYPICAL)
def test_concise_is_one_line_per_finding(name: str) -> None:
    """``file:line:column: severity: rule: message``, and one line for the verdict."""
    reports = reports_on(CASES[name])
    *findings, verdict = render(reports, "concise").splitlines()
    findings = [line for line in findings if ": undecided: " not in line]

    assert len(reports[0].findings) == len([line for line in findings if LINE.fullmatch(line)]) == len(findings)
    assert verdict.startswith(f"{CASES[name].target}: {reports[0].verdict.value}")


# -------------------------------------------------------------------------------------------------------- json

TOP = ["schema", "pemcheck", "checked_at", "backend", "certificate", "private_key", "chain", "reports"]
BACKEND = ["asn1crypto", "oscrypto", "libcrypto", "unavailable"]
REPORT = ["target", "verdict", "findings", "checks"]
FINDING = [
    "rule", "severity", "evidence", "message", "why", "fix", "source", "file", "line", "end_line", "column", "block",
    "path", "also",
]  # fmt: skip
CHECK = ["rule", "outcome", "file", "block"]
PUBLIC_KEY = ["algorithm", "kind", "oid", "bits", "curve", "curve_oid", "sha256"]
CERTIFICATE = [
    "kind", "file", "line", "end_line", "block", "sha256", "version", "serial_number", "signature_algorithm",
    "issuer", "subject", "not_before", "not_after", "public_key", "subject_alt_names", "key_usage",
    "extended_key_usage", "basic_constraints", "subject_key_identifier", "authority_key_identifier", "ocsp_urls",
    "ca_issuers_urls", "extensions", "self_signed", "unread",
]  # fmt: skip
PRIVATE_KEY = [
    "kind", "file", "line", "end_line", "block", "format", "encrypted", "encryption", "public_key", "matches",
    "proof", "unread",
]  # fmt: skip


def missing(expected: list[str], actual: dict[str, Any]) -> list[str]:
    """Return the promised keys that are not there; more may be."""
    return [key for key in expected if key not in actual]


@pytest.mark.parametrize("name", TYPICAL)
def test_json_has_every_promised_key(name: str) -> None:
    """At the top, and in each report, finding and check."""
    found = json_of(name)
    (report,) = found["reports"]
    wanted = [(TOP, found), (BACKEND, found["backend"]), (REPORT, report)]
    wanted += [(FINDING, each) for each in report["findings"]] + [(CHECK, each) for each in report["checks"]]
    wanted += [(["file", "line"], place) for each in report["findings"] for place in each["also"]]

    assert [] == [each for keys, actual in wanted for each in missing(keys, actual)]


@pytest.mark.parametrize("name", TYPICAL)
def test_json_facts_have_every_promised_key(name: str) -> None:
    """Of certificates and of the private key, whatever could be read."""
    found = json_of(name)
    certificates = [each for each in (found["certificate"], *found["chain"]) if each is not None]
    keys = [found["private_key"]] if found["private_key"] else []
    public = [each["public_key"] for each in certificates + keys if each["public_key"]]
    wanted = [(CERTIFICATE, each) for each in certificates] + [(PRIVATE_KEY, each) for each in keys]
    wanted += [(PUBLIC_KEY, each) for each in public]

    assert [] == [each for keys, actual in wanted for each in missing(keys, actual)]


def test_json_of_a_certificate_is_this() -> None:
    """Every field, with the value that the certificate has."""
    found = json_of("clean-rsa-2048")["certificate"]
    for field in ("sha256", "serial_number", "end_line", "extensions", "subject_key_identifier"):
        found.pop(field)
    key = found.pop("public_key")
    key.pop("sha256")

    assert {
        "algorithm": "RSA_2048", "kind": "rsa", "oid": "1.2.840.113549.1.1.1", "bits": 2048, "curve": None,
        "curve_oid": None,
    } == key  # fmt: skip
    assert {
        "kind": "certificate",
        "file": "certificate.pem",
        "line": 1,
        "block": 0,
        "version": 3,
        "signature_algorithm": {"oid": "1.2.840.113549.1.1.11", "name": "sha256_rsa"},
        "issuer": "CN=Test Intermediate I1,O=Example Trust",
        "subject": "CN=www.example.com,O=Example,C=DE",
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2027-01-01T00:00:00Z",
        "subject_alt_names": {"dns": ["www.example.com", "example.com"], "ip": [], "email": [], "uri": [], "other": 0},
        "key_usage": ["digital_signature", "key_encipherment"],
        "extended_key_usage": ["1.3.6.1.5.5.7.3.1"],
        "basic_constraints": {"ca": False, "path_length": None},
        "authority_key_identifier": sha1(load_key("rsa-2048-b").octets).hexdigest(),
        "ocsp_urls": ["http://ocsp.example.com/"],
        "ca_issuers_urls": ["http://ca.example.com/i1.cer"],
        "scts": None,
        "self_signed": False,
        "unread": [],
    } == found


def test_json_of_extensions_is_a_list() -> None:
    """OID, name, and whether it is critical."""
    extensions = json_of("clean-rsa-2048")["certificate"]["extensions"]

    assert {"oid": "2.5.29.15", "name": "key_usage", "critical": True} in extensions


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("clean-p256", ("EC_prime256v1", "ec", 256, "prime256v1", "1.2.840.10045.3.1.7")),
        ("clean-p521", ("EC_secp521r1", "ec", 521, "secp521r1", "1.3.132.0.35")),
        ("cert-key-algorithm-not-accepted-2047", ("RSA_2047", "rsa", 2047, None, None)),
        ("cert-key-algorithm-not-accepted-curve", ("EC_1.3.132.0.10", "ec", 256, "secp256k1", "1.3.132.0.10")),
        ("cert-pss-key", ("RSASSA_PSS_2048", "rsassa_pss", 2048, None, None)),
    ],
)
def test_json_names_keys_as_aws_does(name: str, expected: tuple[Any, ...]) -> None:
    """Algorithm, kind, bits, curve and its OID."""
    key = json_of(name)["certificate"]["public_key"]

    assert expected == tuple(key[field] for field in ("algorithm", "kind", "bits", "curve", "curve_oid"))


def test_json_of_a_private_key_says_that_it_matches() -> None:
    """And which proofs were had."""
    key = json_of("clean-rsa-2048")["private_key"]

    assert ("private_key", "pkcs8", True) == (key["kind"], key["format"], key["matches"])
    assert "arithmetic" in key["proof"]


def test_json_says_what_is_unread() -> None:
    """Such a field is null, and named."""
    found = json_of("asn1-unreadable")["certificate"]

    assert (None, ["not_after"]) == (found["not_after"], found["unread"])


@pytest.mark.parametrize(("serial", "expected"), [(0, "0"), (-5, "-5"), (0x03A5, "3a5"), (2**64, "1" + "0" * 16)])
def test_json_of_a_serial_number_is_plain_hexadecimal(serial: int, expected: str) -> None:
    """Lower case, a sign if it is negative, no padding."""
    found = json.loads(render(reports_on(Case(leaf(serial=serial))), "json"))

    assert expected == found["certificate"]["serial_number"]


def test_json_shows_absent_extensions_as_null() -> None:
    """Not as an empty list."""
    bare = leaf(san=None, eku=None, key_usage=None, ca=None, ski=False, aki=False, aia_ocsp=(), aia_issuers=())
    found = json.loads(render(reports_on(Case(bare)), "json"))["certificate"]
    fields = CERTIFICATE[CERTIFICATE.index("subject_alt_names") : CERTIFICATE.index("extensions")]

    assert dict.fromkeys(fields) == {field: found[field] for field in fields}


@pytest.mark.parametrize("name", TYPICAL)
def test_json_uses_only_the_promised_words(name: str) -> None:
    """Outcomes, severities, evidence and verdicts."""
    (report,) = json_of(name)["reports"]

    assert report["verdict"] in {"accepted", "refused", "undecided"}
    assert {each["outcome"] for each in report["checks"]} <= {"pass", "fail", "skip", "n/a"}
    assert {each["severity"] for each in report["findings"]} <= {"error", "warning", "note"}
    assert {each["evidence"] for each in report["findings"]} <= {
        "documented", "formerly-documented", "model", "observed", "inferred"
    }  # fmt: skip


@pytest.mark.parametrize("name", TYPICAL)
def test_json_is_ascii(name: str) -> None:
    """It survives every terminal and every pipe."""
    assert render(reports_on(CASES[name]), "json").isascii()


@pytest.mark.parametrize("name", TYPICAL)
def test_every_finding_is_a_check_that_failed(name: str) -> None:
    """The two lists of a report agree."""
    (report,) = json_of(name)["reports"]
    failed = {each["rule"] for each in report["checks"] if each["outcome"] == "fail"}

    assert failed == {each["rule"] for each in report["findings"]}


# ----------------------------------------------------------------------------------------------- all the formats


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", TYPICAL)
def test_what_is_printed_can_trick_no_terminal(name: str, form: str) -> None:
    """No control character, no bidi character, whatever a certificate says."""
    text = render(reports_on(CASES[name]), form)

    assert [] == [line for line in text.splitlines() if not line.isprintable()]


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_of_a_file_can_trick_no_terminal(form: str) -> None:
    """A path is as foreign as a certificate."""
    report = pemcheck.check(b"", at=AT, names=("\x1b[31m\u202e.pem", "\n", "\ud800"))

    assert [] == [line for line in render((report,), form).splitlines() if not line.isprintable()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["- "]),
        ("a " * 60, ["- " + " ".join("a" * 39), "  " + " ".join("a" * 21)]),
        ("x" * 100, ["- " + "x" * 100]),
        ("run `a  b" + " c" * 50 + "`, then", ["- run", "  `a  b" + " c" * 50 + "`,", "  then"]),
    ],
    ids=["nothing", "words", "one word", "a command"],
)
def test_lines_are_broken_between_words(text: str, expected: list[str]) -> None:
    """But a command in backquotes is never broken, and keeps its spaces."""
    assert expected == list(wrap(text, "- ", "  "))


# ----------------------------------------------------------------------------------------------------- objects


def shown(data: bytes | str) -> str:
    """Return what ``inspect`` prints."""
    return objects.render([each.to_dict() for each in pemcheck.inspect(data, "some.pem")])


CERTIFICATE_SHOWN = """\
some.pem:1: certificate
    subject:              CN=www.example.com
    issuer:               CN=www.example.com
    serial number:        7
    version:              3
    not before:           2026-01-01T00:00:00Z
    not after:            2027-01-01T00:00:00Z
    public key:           EC_prime256v1, SHA-256 KEY
    names:                DNS:a.test, DNS:b.test, IP:192.0.2.1, EMAIL:me@a.test,
                          URI:x:y, 1 other
    key usage:            digitalSignature
    extended key usage:   serverAuth
    basic constraints:    CA yes, path length 0
    extensions:           basic_constraints (critical), key_usage (critical),
                          extended_key_usage, subject_alt_name
    signature:            sha256_ecdsa
    self-signed:          yes
    SHA-256:              CERTIFICATE
"""


def test_a_certificate_is_shown_like_this() -> None:
    """One field to a line; what is absent is left out."""
    names = ("DNS:a.test", "DNS:b.test", "IP:192.0.2.1", "email:me@a.test", "URI:x:y", "RID:1.2.3")
    it = certificate(key="p256-a", serial=7, ca=True, path_length=0, ski=False, aki=False, san=names)
    (fact,) = pemcheck.inspect(it.der)
    assert isinstance(fact, pemcheck.Certificate)

    assert CERTIFICATE_SHOWN == shown(it.pem).replace(fact.key.sha256, "KEY").replace(fact.sha256, "CERTIFICATE")


@pytest.mark.parametrize("name", TYPICAL)
def test_objects_are_shown_without_spaces_at_the_end(name: str) -> None:
    """Whatever they are."""
    data = b"".join(CASES[name].contents().values())

    assert [] == [line for line in (shown(data) if data.strip() else "").splitlines() if line != line.rstrip()]


def test_objects_stand_apart() -> None:
    """An empty line between two, none at the end."""
    text = shown(leaf().pem + CASES["clean-p256"].contents()["private-key.pem"].decode())

    assert ["certificate", "private key"] == re.findall(r"^some\.pem:\d+: (.*)$", text, re.MULTILINE)
    assert (1, False) == (text.count("\n\n"), text.endswith("\n\n"))


def test_many_names_are_broken_into_lines() -> None:
    """A certificate with a hundred names stays readable."""
    text = shown(leaf(san=tuple(f"DNS:www{number}.example.com" for number in range(100))).pem)

    assert [] == [line for line in text.splitlines() if len(line) > 80 and "SHA-256" not in line]


def test_a_certificate_without_public_key_bits_says_so() -> None:
    """There is nothing to hash."""
    (key,) = pemcheck.inspect(CASES["key-without-curve"].contents()["private-key.pem"])

    assert "SHA-256 None" not in objects.render([key.to_dict()])


# ------------------------------------------------------------------------------------------------------ tables


def test_rules_lists_every_rule() -> None:
    """In the order of the table."""
    lines = tables.rules_text().splitlines()[-len(RULES) :]

    assert [rule.name for rule in RULES] == [line.split()[-1] for line in lines]


def test_rules_says_how_severely_each_target_asks() -> None:
    """One letter per target."""
    line = next(line for line in tables.rules_text().splitlines() if line.endswith("  input-empty"))

    assert ["E"] * len(TARGETS) == line.split()[:-1]


def test_rules_json_has_every_field() -> None:
    """For each rule, with each target's severity."""
    found = json.loads(tables.rules_json())

    assert (1, len(RULES)) == (found["schema"], len(found["rules"]))
    assert {("rule", "about", "why", "aws_says", "targets")} == {tuple(each) for each in found["rules"]}
    assert {TARGETS} == {tuple(each["targets"]) for each in found["rules"]}


@pytest.mark.parametrize("name", TARGETS)
def test_targets_text_names_every_target(name: str) -> None:
    """With its title, its date and its source."""
    target = known()[name]
    text = " ".join(tables.targets_text(list(known().values())).split())

    takes = f"takes {', '.join(target.key_algorithms)}"
    assert f"{name}: {target.title}, as of {target.as_of} {takes} {target.source}" in text


def test_tables_fit_a_terminal() -> None:
    """80 columns, except for URLs."""
    assert [] == too_wide(tables.rules_text() + tables.targets_text(list(known().values())))


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_is_told_with_every_demand(name: str) -> None:
    """Rule, severity, evidence, and the sentence that it rests on."""
    target = known()[name]
    text = tables.target_text(target)
    packed = " ".join(text.split())

    assert [] == too_wide(text)
    assert [] == [
        demand.rule
        for demand in target.demands
        if f"{demand.severity.value} {demand.rule}" not in packed or " ".join(demand.quote.split()) not in packed
    ]


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_is_told_to_programs(name: str) -> None:
    """Every setting, and every demand with its source."""
    (found,) = json.loads(tables.targets_json([known()[name]]))["targets"]

    assert [
        "target", "title", "as_of", "source", "key_algorithms", "max_certificate_bytes", "max_chain_bytes",
        "doubtful_algorithms", "min_rsa_bits", "region", "demands",
    ] == list(found)  # fmt: skip
    assert [demand.rule for demand in known()[name].demands] == [demand["rule"] for demand in found["demands"]]
