"""The formats that other programs read: valid by their own standards, complete, and no way out of a field."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import pytest
from markdown_it import MarkdownIt

from fixtures.build import Case, leaf
from fixtures.generate import CASES, HERE
from fixtures.judged import TYPICAL, report_of
from fixtures.ran import Run
from pemcheck import Report, Severity, Verdict, checking, gathering
from pemcheck.findings import Check, Finding, Outcome
from pemcheck.render import render

pytestmark = pytest.mark.once

DATA = Path(__file__).parent / "data"
FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
GOLDEN = {
    "refused-by-two": ("chain-out-of-order", ("acm", "cloudfront")),
    "accepted": ("clean-rsa-2048", ("acm",)),
    "undecided": ("clean-rsa-2048", ("cloudfront",)),
    "notes": ("cert-not-version-3", ("acm",)),
}
PROGRAMS = {"jsonl": "jsonl", "sarif": "sarif", "junit": "xml", "github": "txt", "gitlab": "json", "markdown": "md"}


def reports_on(case: Case, *targets: str, names: Sequence[str] = FILES) -> tuple[Report, ...]:
    """Return one report per target."""
    contents = case.contents()
    submission = gathering.gather([contents.get(file) for file in FILES], names)
    return checking.judge_all(submission, [checking.wanted(name, case.at) for name in targets or (case.target,)])


def sarif_of(reports: Sequence[Report]) -> Any:
    """Return the log, which is valid."""
    log = json.loads(render(reports, "sarif"))
    schema = json.loads((DATA / "sarif" / "sarif-2.1.0-rtm.5.json").read_bytes())
    jsonschema.Draft4Validator(schema).validate(log)
    return log


@pytest.mark.parametrize("form", PROGRAMS)
@pytest.mark.parametrize("name", GOLDEN)
def test_the_output_is_the_expected_one(name: str, form: str, pytestconfig: pytest.Config) -> None:
    """Not a character of any format changes without a diff that somebody has read."""
    case, targets = GOLDEN[name]
    actual = render(reports_on(CASES[case], *targets), form)
    path = DATA / "formats" / f"{name}.{PROGRAMS[form]}"
    if pytestconfig.getoption("--rebase"):
        path.write_bytes(actual.encode())
    assert path.read_bytes().decode() == actual


# ------------------------------------------------------------------------------------------------------- sarif


@pytest.mark.parametrize("name", TYPICAL)
def test_sarif_is_valid_and_has_one_result_per_finding(name: str) -> None:
    """By the official schema; the level and the rule of each are the finding's."""
    reports = reports_on(CASES[name], *dict.fromkeys((CASES[name].target, "cloudfront")))
    log = sarif_of(reports)

    expected = [[(each.rule, each.severity.value) for each in report.findings] for report in reports]
    assert expected == [[(each["ruleId"], each["level"]) for each in run["results"]] for run in log["runs"]]
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert [each["ruleId"] for each in run["results"]] == [rules[each["ruleIndex"]] for each in run["results"]]


def test_sarif_has_no_line_of_any_file() -> None:
    """A snippet of a key file would be a key."""
    assert "snippet" not in render(reports_on(CASES["key-does-not-match"]), "sarif")


def test_sarif_says_what_could_not_be_asked() -> None:
    """An undecided report without results must not look like one that passed."""
    (run,) = sarif_of(reports_on(CASES["clean-rsa-2048"], "cloudfront"))["runs"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]

    assert ("undecided", "cert-not-publicly-trusted") == (
        run["properties"]["verdict"],
        note["associatedRule"]["id"],
    )


def test_a_path_is_a_uri_in_sarif() -> None:
    """Relative as it was given, or absolute; with everything that a URI cannot hold in percent-encoding."""
    names = ("my certs/ä#1.pem", "/etc/ssl/k.pem", "<stdin>")
    (run,) = sarif_of(reports_on(CASES["key-does-not-match"], names=names))["runs"]
    (finding,) = [each for each in run["results"] if each["ruleId"] == "key-does-not-match"]
    uris = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for place in [*finding["locations"], *finding["relatedLocations"]]
    }

    assert {"my%20certs/%C3%A4%231.pem", "file:///etc/ssl/k.pem"} == uris


def test_what_is_piped_stands_at_no_file_in_sarif() -> None:
    """It is named as a logical place."""
    names = ("<stdin>", "env:KEY", "env:CHAIN")
    (run,) = sarif_of(reports_on(CASES["key-does-not-match"], names=names))["runs"]

    places = [place for each in run["results"] for place in each["locations"]]
    assert [] == [place for place in places if "physicalLocation" in place]
    assert [] == [place for place in places if not place["logicalLocations"]]


def test_fingerprints_survive_a_move_and_a_line_more() -> None:
    """They are made of what a finding is about, not of where it stands."""
    case = CASES["chain-out-of-order"]
    contents = case.contents()
    moved = {**contents, "certificate-chain.pem": b"# a comment\n" + contents["certificate-chain.pem"]}
    found = []
    for names, files in ((FILES, contents), (("a.pem", "b.pem", "c.pem"), moved)):
        submission = gathering.gather([files.get(file) for file in FILES], names)
        (run,) = sarif_of(checking.judge_all(submission, [checking.wanted("acm", case.at)]))["runs"]
        found.append([each["partialFingerprints"] for each in run["results"] if each["ruleId"] == "chain-out-of-order"])

    assert found[0] == found[1] != []


def test_sarif_says_of_a_rule_what_it_is_about() -> None:
    """Its title is no second name."""
    (run,) = sarif_of(reports_on(CASES["cert-expired"]))["runs"]
    (rule,) = (each for each in run["tool"]["driver"]["rules"] if each["id"] == "cert-expired")

    assert {"text": "A certificate can be imported only while it is valid."} == rule["shortDescription"]


# ------------------------------------------------------------------------------------------------------- junit


@pytest.mark.parametrize("name", TYPICAL)
def test_junit_is_read_back(name: str) -> None:
    """A suite per target, a case per rule; failures are the errors, skipped what was not asked."""
    reports = reports_on(CASES[name], *dict.fromkeys((CASES[name].target, "cloudfront")))
    document = junitparser.JUnitXml.fromstring(render(reports, "junit").encode())

    for report, suite in zip(reports, document):
        cases = list(suite)
        rules = [case.name for case in cases]
        results = {case.name: [type(result) for result in case.result] for case in cases}
        errors = {each.rule for each in report.findings if each.severity is Severity.ERROR}
        open_ones = {each.rule for each in report.undecided} - errors
        assert list(dict.fromkeys(check.rule for check in report.checks)) == [r for r in rules if r != "certificate"]
        assert errors == {rule for rule in results if junitparser.Failure in results[rule]}
        assert open_ones == {rule for rule in results if junitparser.Error in results[rule]} - {"certificate"}
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(cases),
            *(sum(sort in found for found in results.values()) for sort in (junitparser.Failure, junitparser.Error)),
            sum(junitparser.Skipped in found for found in results.values()),
        )
        assert (suite.failures + suite.errors == 0) == (report.verdict is Verdict.ACCEPTED)


@pytest.mark.parametrize(("fail_on", "failures"), [("error", 0), ("warning", 1), ("never", 0)])
def test_what_makes_the_status_is_a_failure_in_junit(fail_on: str, failures: int) -> None:
    """A warning is one where it counts; it names the file and the line, as GitLab shows them."""
    reports = reports_on(CASES["cert-expires-soon"])
    (suite,) = junitparser.JUnitXml.fromstring(render(reports, "junit", fail_on=fail_on).encode())
    case = next(case for case in suite if case.name == "cert-expires-soon")

    assert (failures, failures) == (suite.failures, len([it for it in case.result if type(it) is junitparser.Failure]))
    assert ("certificate.pem", "1") == (case._elem.get("file"), case._elem.get("line"))


def test_junit_has_the_errors_where_nothing_makes_the_status() -> None:
    """Whoever lets the job pass wants to see in the report what is wrong."""
    text = render(reports_on(CASES["cert-expired"]), "junit", fail_on="never")
    (suite,) = junitparser.JUnitXml.fromstring(text.encode())

    assert 1 == suite.failures


def test_junit_says_why_a_rule_was_skipped() -> None:
    """In the message of the element."""
    document = junitparser.JUnitXml.fromstring(render(reports_on(CASES["clean-rsa-2048"]), "junit").encode())
    (suite,) = document
    skipped = [result.message for case in suite for result in case.result if isinstance(result, junitparser.Skipped)]

    assert [] != skipped
    assert [] == [message for message in skipped if not message]


def test_without_a_certificate_junit_is_no_success() -> None:
    """A report that is undecided only because there is nothing to judge has a case that says so."""
    report = reports_on(CASES["clean-rsa-2048"])[0]
    empty = report.replace(submission=report.submission.replace(leaf=None), findings=(), checks=())
    (suite,) = junitparser.JUnitXml.fromstring(render([empty], "junit").encode())

    assert (Verdict.UNDECIDED, 1, 1) == (empty.verdict, suite.tests, suite.errors)


# ------------------------------------------------------------------------------------------------------ github


ANNOTATION = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)\Z")


def annotated(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the annotations as GitHub's runner reads them."""
    found = []
    for line in text.splitlines():
        match = ANNOTATION.match(line)
        if match:
            properties = dict(each.split("=", 1) for each in match[2].split(","))
            plain = {
                name: unescaped(value.replace("%2C", ",").replace("%3A", ":")) for name, value in properties.items()
            }
            found.append((match[1], plain, unescaped(match[3])))
    return found


def unescaped(text: str) -> str:
    """Undo what is done to the text of a workflow command."""
    return text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


@pytest.mark.parametrize("name", TYPICAL)
def test_there_is_one_annotation_per_finding(name: str) -> None:
    """Besides one for each thing that could not be asked, and the verdict in plain words."""
    (report,) = reports_on(CASES[name])
    found = annotated(render([report], "github"))
    sorts = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
    expected = sorted((sorts[each.severity], f"pemcheck: {each.rule}") for each in report.findings)

    asked = [(sort, properties["title"]) for sort, properties, text in found if "could not be asked" not in text]
    assert expected == sorted(asked)


def test_annotations_are_escaped() -> None:
    """A file called like a workflow command, with all that separates."""
    names = ("a,b:c%d.pem", "::error::x.pem", "c.pem")
    found = annotated(render(reports_on(CASES["key-does-not-match"], names=names), "github"))

    assert {"\\u{003a}:error::x.pem"} == {
        properties["file"] for _, properties, _ in found if "does-not-match" in properties["title"]
    }
    assert all(set(properties) <= {"file", "line", "endLine", "col", "title"} for _, properties, _ in found)


def test_what_could_not_be_asked_is_an_annotation() -> None:
    """At the certificate's file."""
    (found,) = annotated(render(reports_on(CASES["clean-rsa-2048"], "cloudfront"), "github"))

    assert ("warning", {"file": "certificate.pem", "title": "pemcheck: cert-not-publicly-trusted"}) == found[:2]


# ------------------------------------------------------------------------------------------------------ gitlab


@pytest.mark.parametrize("name", TYPICAL)
def test_gitlab_gets_what_it_needs(name: str) -> None:
    """Every field that the report must have, fingerprints that differ, and paths that are some."""
    reports = reports_on(CASES[name], *dict.fromkeys((CASES[name].target, "cloudfront")))
    issues = json.loads(render(reports, "gitlab"))

    assert len(issues) == len({issue["fingerprint"] for issue in issues})
    for issue in issues:
        assert {"description", "check_name", "fingerprint", "severity", "location"} == set(issue)
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["path"] in FILES
        assert 1 <= issue["location"]["lines"]["begin"] <= issue["location"]["lines"]["end"]


@pytest.mark.parametrize("form", ["gitlab", "junit"])
def test_quiet_leaves_notes_out_for_programs_too(form: str) -> None:
    """The rule of a note is named without `-q`, and not with it."""
    reports = reports_on(CASES["cert-is-ca"])
    note = next(finding for finding in reports[0].findings if finding.severity is Severity.NOTE)
    said = re.escape(note.message).replace("'", ".*")

    assert (True, False) == tuple(bool(re.search(said, render(reports, form, quiet))) for quiet in (False, True))


def test_gitlab_hears_of_what_could_not_be_asked() -> None:
    """An empty array would look like a certificate that passed."""
    (issue,) = json.loads(render(reports_on(CASES["clean-rsa-2048"], "cloudfront"), "gitlab"))

    assert ("cert-not-publicly-trusted", "major") == (issue["check_name"], issue["severity"])


# ------------------------------------------------------------------------------------------------------- jsonl


def test_jsonl_is_a_line_per_target() -> None:
    """With what `scan` prints of a submission, and the target."""
    reports = reports_on(CASES["chain-out-of-order"], "acm", "cloudfront")
    lines = [json.loads(line) for line in io.StringIO(render(reports, "jsonl"))]

    assert [
        {
            "kind": "submission",
            "file": "certificate.pem",
            "line": 1,
            "sha256": report.submission.leaf.sha256 if report.submission.leaf else None,
            "target": report.target,
            "verdict": report.verdict.value,
            "findings": [finding.to_dict() for finding in report.findings],
        }
        for report in reports
    ] == [{name: value for name, value in line.items() if name != "undecided"} for line in lines]
    assert [[], ["cert-not-publicly-trusted"]] == [[each["rule"] for each in line["undecided"]] for line in lines]


# ---------------------------------------------------------------------------------------------------- markdown


def tags_of(text: str) -> list[tuple[str, str]]:
    """Return the elements and words that a Markdown reader with GitHub's extensions makes of *text*."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    return [(each.type, each.content) for token in tokens for each in [token, *(token.children or [])]]


@pytest.mark.parametrize("name", TYPICAL)
def test_markdown_names_every_rule_and_holds_every_command(name: str) -> None:
    """Commands as code that can be copied, word for word."""
    (report,) = reports_on(CASES[name])
    tokens = tags_of(render([report], "markdown"))
    code = {content for sort, content in tokens if sort == "code_inline"}

    commands = {each for finding in report.findings for each in re.findall("`([^`]+)`", finding.fix)}
    assert set() == {finding.rule for finding in report.findings} - code
    assert set() == {" ".join(each.split()) for each in commands} - {" ".join(each.split()) for each in code}


TRICKS = (
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "@somebody #12 https://evil.example www.evil.example",
    "`end` **bold** | cell | ~~no~~",
    "\n# heading\n\n* item",
    "::error::x%0A::warning::y",
    "]]>&amp;<!--",
    "\x1b[31mred\u202egnp.exe",
)


def tricked(report: Report, trick: str) -> Report:
    """Return a report that says *trick* wherever somebody else's words may stand."""
    at = report.submission.at.replace(file=f"a{trick}.pem", line=3, path=trick)
    finding = Finding(
        "cert-expired",
        Severity.ERROR,
        report.findings[0].evidence,
        trick,
        "why",
        f"run `x`; {trick}",
        "https://a.example",
        at,
        (at,),
    )
    check = Check("cert-expired", Severity.ERROR, Outcome.FAIL, at, trick)
    skipped = Check("key-does-not-match", Severity.ERROR, Outcome.SKIP, at, trick)
    return report.replace(findings=(finding,), checks=(check, skipped))


MENTIONS = (
    *("@octocat", "(@octocat),", "org/repo#1", "#12", "GH-12", "!12", "$1", "&1", "~label", "%1.0", ":tada:", "x@a.bc"),
    *("https://evil.example/x", "evil//x", "WWW.evil.example", "0123abc", "^alert", "[vulnerability:1]", "a_b_c"),
    *("`@octocat", "``@octocat", "`` ` @octocat `", "\\`@octocat`", "    @octocat", "*x*"),
    *("- x", "+ x", "1. x", "1) x", "==="),
)


@pytest.mark.parametrize("trick", MENTIONS)
def test_what_markdown_shows_mentions_nobody(trick: str) -> None:
    """Not in what is rendered either, where an entity is a character: strangers' words that are more are code."""
    it = tricked(reports_on(CASES["chain-out-of-order"])[0], trick)
    words = {"message": trick, "why": f"why {trick}", "fix": f"`x`{trick}`y` {trick}", "source": f"file:{trick}"}
    text = render([it.replace(findings=tuple(each.replace(**words) for each in it.findings))], "markdown")
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    shown = re.sub("<code>.*?</code>", "", html)
    outside = unescape(re.sub(r"</?(?:h3|h4|p|ul|li|strong)>", "", shown))

    assert [] == re.findall(r"[@#$&~%^*<>`_]|!\d|//|www\.|octocat|GH-|0123abc|:tada:", outside, re.IGNORECASE)
    assert (1, 1, 1, 3) == tuple(html.count(f"<{tag}>") for tag in ("h3", "h4", "ul", "li"))
    assert trick.rsplit(maxsplit=1)[-1].strip("`\\") in unescape(html)


def test_no_text_is_a_link_in_sarif() -> None:
    """A viewer makes a link of brackets before parentheses; what has none is not changed."""
    it = tricked(reports_on(CASES["chain-out-of-order"])[0], r"a\[how](https://evil.example) [b]")
    (result,) = sarif_of([it])["runs"][0]["results"]
    (usual,) = sarif_of([tricked(it, r"a\[b] (c)")])["runs"][0]["results"]

    assert r"a\\\[how\](https://evil.example) \[b\]. why" in result["message"]["text"]
    assert r"a\[b] (c). why" in usual["message"]["text"]


@pytest.mark.parametrize("form", ["text", "concise", *PROGRAMS])
@pytest.mark.parametrize("trick", TRICKS)
def test_no_word_of_a_certificate_gets_out_of_its_field(trick: str, form: str) -> None:
    """Whatever a stranger's certificate or file name says, it stays text, and no control character gets through."""
    report = tricked(reports_on(CASES["chain-out-of-order"])[0], trick)
    text = render([report], form)

    assert [] == re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    if form == "markdown":
        sorts = [sort for sort, _ in tags_of(text)]
        links = [content for sort, content in tags_of(text) if sort == "link_open"]
        assert 1 == len(links)  # the source
        assert {"html_inline", "html_block", "image", "s_open", "em_open", "table_open"}.isdisjoint(sorts)
        assert ["h3", "h4"] == re.findall("<(h[1-6])>", MarkdownIt("gfm-like", {"linkify": False}).render(text))
        assert not re.search(r"(?<![\w&])[@#](?=\w)(?!\d+;)", re.sub("`+[^`]*`+|^#+ ", "", text, flags=re.MULTILINE))
    if form == "github":
        assert ["error"] == [sort for sort, _, _ in annotated(text)]
        assert 2 == len(text.splitlines())
    if form == "junit":
        (suite,) = junitparser.JUnitXml.fromstring(text.encode())
        assert 2 == suite.tests
    if form == "sarif":
        sarif_of([report])


def test_certificates_with_tricks_in_their_names_are_reported_in_every_format() -> None:
    """From the DER to the report: a subject that is markup and moves the cursor."""
    case = Case(leaf(subject="CN=<b>\x1b[2J\u202e`@x`"))
    for form in ("text", "concise", *PROGRAMS):
        text = render(reports_on(case), form)
        assert set("\x1b\u202e").isdisjoint(text)


# -------------------------------------------------------------------------------------------------------- json


SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "report.schema.json").read_bytes())


def test_the_json_schema_is_one() -> None:
    """By its own standard."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.once
def test_every_command_prints_the_field_that_the_page_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the number of the schema, which is that of ``check``."""
    page = (Path(__file__).parent.parent / "docs" / "json.md").read_text("utf-8").partition("## Other commands")[2]
    fields = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", page, re.MULTILINE))
    monkeypatch.chdir(HERE / "clean-rsa-2048")
    words = {
        "inspect": ["certificate.pem"],
        "fix": ["certificate.pem", "private-key.pem", "certificate-chain.pem", "--diff"],
        "explain": ["chain-missing"],
        "rules": [],
        "targets": [],
    }
    found = {name: json.loads(run(name, *words[name], "--format", "json").out) for name in words}

    assert words.keys() == fields.keys()
    assert [(name, 1, True) for name in words] == [
        (name, each["schema"], bool(each[fields[name]])) for name, each in found.items()
    ]


TWELVE = (
    *("clean-reimport", "clean-ip", "cert-cn-not-in-san", "chain-cross-signed", "input-is-pkcs12", "input-is-pkcs7"),
    *("input-is-jks", "key-encrypted", "key-missing", "pem-wrong-label", "asn1-unreadable-extension", "cert-missing"),
)
"""Every kind of object, of absence and of what cannot be read."""


@pytest.mark.parametrize(
    "name", [*TWELVE, *(pytest.param(name, marks=pytest.mark.thorough) for name in CASES if name not in TWELVE)]
)
def test_json_is_what_its_schema_says(name: str) -> None:
    """Every report on every case, without a field more or less."""
    jsonschema.Draft202012Validator(SCHEMA).validate(report_of(name).to_dict())
