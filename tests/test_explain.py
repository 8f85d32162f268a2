"""``explain``: a rule in full, or what may be behind a message; and what of it is true of some files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.build import Case, load_key
from fixtures.generate import CASES
from fixtures.ran import Run, runner
from pemcheck import explain
from pemcheck.cli import main
from pemcheck.findings import Evidence, Severity
from pemcheck.messages import MESSAGES
from pemcheck.recognise import recognise
from pemcheck.render.explained import render
from pemcheck.render.page import WIDTH
from pemcheck.rules import BY_NAME, RULES
from pemcheck.rules.table import SUBMISSION, Rule
from pemcheck.targets import Demand, known

pytestmark = pytest.mark.once

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
ROLES = ("certificate", "private-key", "certificate-chain")
INDEX = (
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order. The index within the chain of the invalid certificate is: "
)
MORE_THAN_ONE = "more than one certificate"
SELF_SIGNED = "Provided certificate is not a valid self signed."


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs ``explain`` in this process."""
    return runner(capsys, ["explain"])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Return a function that writes a fixture into the working folder, and returns the arguments that name it."""
    monkeypatch.chdir(tmp_path)

    def written(name: str) -> list[str]:
        case: Case = CASES[name]
        arguments = ["--at", case.at]
        for file, data in case.contents().items():
            Path(file).write_bytes(data)
            arguments += [f"--{file.removesuffix('.pem')}", file]
        return arguments

    return written


def too_wide(text: str) -> list[str]:
    """Return the lines that are too long although they could have been broken."""
    lines = [line for line in text.splitlines() if len(line) > WIDTH]
    return [line for line in lines if "`" not in line and "https://" not in line and not line.startswith("fixtures/")]


# ----------------------------------------------------------------------------------------------------------- a rule


def test_a_rule_is_explained(run: Run) -> None:
    """Why it is asked, how AWS words it, an example with its fix, and who asks it, with evidence."""
    ran = run("chain-out-of-order")

    assert (0, "") == (ran.status, ran.err)
    assert "chain-out-of-order (asked about: certificate chain)" == ran.out.splitlines()[0]
    for part in (
        "each certificate must directly certify the one before it.",
        f"“{INDEX}-1” (or: 0)",
        "or put the blocks in this order",
        "error (documented): acm",
        "“Each certificate in the chain must directly certify the one preceding.”",
        "https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html",
    ):
        assert part in ran.words


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_explained(rule: Rule[Any], run: Run) -> None:
    """In 80 columns, with every word of its row and of every demand, as text and as JSON."""
    ran = run(rule.name)
    asked = [(target, demand) for target in known().values() for demand in target.demands if demand.rule == rule.name]

    assert (0, "", []) == (ran.status, ran.err, too_wide(ran.out))
    for text in (rule.why, *(demand.quote for _, demand in asked), *(demand.source for _, demand in asked)):
        assert " ".join(text.split()) in ran.words
    (found,) = json.loads(run(rule.name, "--format", "json").out)["rules"]
    assert (rule.name, rule.why, None) == (found["rule"], found["why"], found["here"])
    assert [target.name for target, _ in asked] == [each["target"] for each in found["targets"]]
    assert bool(rule.aws_says) <= bool(found["aws_says"])


@pytest.mark.parametrize("name", [rule.name for rule in RULES if explain.example(rule.name)])
def test_the_example_is_the_fixtures(name: str, run: Run) -> None:
    """The lines are those of ``expected.txt``; message and fix are the same in one line."""
    example = explain.example(name)

    assert example is not None
    assert f"\n\n{example.text}\n\n" in (FIXTURES / name / "expected.txt").read_text(encoding="utf-8")
    assert f"\n\n{example.text}\n" in run(name).out
    for part in (example.message, example.fix):
        assert ("", True) == ("" if part else name, part in " ".join(example.text.split()))


def test_the_example_of_another_rule_is_none() -> None:
    """Only a paragraph that begins with the finding counts."""
    assert None is explain.example_in("a-rule", "target: acm\n\nfile: error: another-rule\n    text\n\nacm: refused\n")


def test_an_example_has_all_its_parts() -> None:
    """Places that are named besides belong to no part that is taken apart."""
    message = "f:1: error: a-rule\n    what\n    is wrong\n    also: g:2\n    why:  so\n"
    text = f"{message}    fix:  do\n          it\n    see:  u (model)"
    found = explain.example_in("a-rule", f"at: now\n\n{text}\n\nacm: x")

    assert explain.Example(text, "what is wrong", "do it") == found


@pytest.fixture
def plain_rule(monkeypatch: pytest.MonkeyPatch) -> Rule[Any]:
    """Add a rule that has no fixture, that no target asks and AWS has no words for."""
    rule: Rule[Any] = Rule("a-plain-rule", SUBMISSION, says="It is wrong.", why="It matters.", fix="mend it")
    monkeypatch.setitem(BY_NAME, rule.name, rule)
    return rule


def test_a_rule_without_an_example_has_its_fix(plain_rule: Rule[Any], run: Run) -> None:
    """Where the words are always the same."""
    assert "how to mend it: mend it No built-in target asks it." in run(plain_rule.name).words
    (found,) = json.loads(run(plain_rule.name, "--format", "json").out)["rules"]
    assert (None, "mend it", [], []) == (found["example"], found["fix"], found["aws_says"], found["targets"])


def test_a_rule_whose_fix_depends_has_none_without_an_example(
    plain_rule: Rule[Any], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made up."""
    monkeypatch.setitem(BY_NAME, plain_rule.name, plain_rule.replace(fix=lambda it, want: "mend this"))

    assert "mend" not in run(plain_rule.name).out
    assert None is json.loads(run(plain_rule.name, "--format", "json").out)["rules"][0]["fix"]


def test_a_candidate_without_example_and_fix_is_still_named(
    plain_rule: Rule[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reason is enough."""
    monkeypatch.setitem(BY_NAME, plain_rule.name, plain_rule.replace(fix=lambda it, want: "mend this"))
    text = render("text", recognise(MORE_THAN_ONE), [plain_rule.name], ())

    assert "\na-plain-rule\n    why:  It matters.\n\n" in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ""),
        ({"above": 5120}, "above 5,120 bytes"),
        ({"only": "der"}, "only der"),
        ({"issued_from": "2027-03-15", "public": True}, "issued from 2027-03-15 on, public CAs"),
    ],
)
def test_a_condition_is_said(change: dict[str, Any], expected: str) -> None:
    """Whenever a demand does not always apply."""
    demand = Demand("a-rule", Severity.ERROR, Evidence.DOCUMENTED, "https://x")

    assert expected == demand.replace(**change).condition


def test_demands_on_one_sentence_are_one_line(run: Run) -> None:
    """The targets are named together, the most severe first."""
    groups = explain.asked("key-too-large")
    severities = [group.severity for group in groups]

    assert sorted(severities, key=["error", "warning", "note"].index) == severities
    assert len(groups) == len({group.replace(targets=()) for group in groups})
    assert "acm (above 5,120 bytes)" in run("key-too-large").words


@pytest.mark.parametrize("spelling", ["CERT-EXPIRED", " cert-expired\n", "Cert-Expired"])
def test_the_name_of_a_rule_may_be_sloppy(spelling: str, run: Run) -> None:
    """Case and white space around it do not matter."""
    assert run("cert-expired") == run(spelling)


def test_what_aws_says_is_said_once(run: Run) -> None:
    """Also where rule and table differ in a quote or a value."""
    said = explain.aws_says(BY_NAME["cert-no-domain"])

    assert 1 == sum("fully-qualified domain name" in text for text in said)
    said = explain.aws_says(BY_NAME["key-unreadable"])

    assert len(said) == len({text.replace("isn't", "is not") for text in said})


# -------------------------------------------------------------------------------------------------------- a message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.shown[-40:])
def test_every_message_is_explained(message: Any, run: Run) -> None:
    """AWS's text, what else it may be, where it stands, and the rules in their order."""
    ran = run(message.text or message.code)

    assert (0, "", []) == (ran.status, ran.err, too_wide(ran.out))
    for part in (message.shown, message.also, message.source):
        assert " ".join(part.split()) in ran.words
    names = explain.in_table(message.rules)
    places = [re.search(f"^{name}(?:\n    |: )", ran.out, re.MULTILINE) for name in names]
    found = [place.start() for place in places if place]
    assert (len(names), sorted(found)) == (len(found), found)


def test_each_candidate_has_example_reason_and_fix(run: Run) -> None:
    """One line each, or as few as it takes."""
    ran = run(SELF_SIGNED)

    assert re.search(r"\nchain-missing\n    e\.g\.: there is no .*?\n    why:  .*?\n    fix:  ", ran.out, re.DOTALL)
    assert "give --certificate, --private-key and --certificate-chain as well" in ran.words


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Your private key should not be encrypted.", "AWS says:"),
        (MORE_THAN_ONE, "This is part of what AWS says:"),
        ("KeyPairMismatch", "By its code alone, this may be what AWS says:"),
    ],
)
def test_how_sure_it_is_is_said(text: str, heading: str, run: Run) -> None:
    """A message that was seen in part is called so; one heading for all."""
    assert [heading] == [line for line in run(text).out.splitlines() if line in (heading, "AWS says:")]


def test_several_messages_are_shown(run: Run) -> None:
    """With all their rules, each once."""
    ran = run("InvalidViewerCertificate", "--format", "json")
    found = json.loads(ran.out)
    names = [each["rule"] for each in found["rules"]]

    assert (3, "code") == (len(found["messages"]), found["messages"][0]["match"])
    assert len(set(names)) == len(names)
    assert 1 == run("InvalidViewerCertificate").out.count("By its code alone")


def test_words_need_no_quotes(run: Run) -> None:
    """Several arguments are one message, even one that ends in a negative number."""
    assert run(INDEX + "-1") == run(*(INDEX + "-1").split())


def test_a_message_is_json(run: Run) -> None:
    """The recognised text, and each rule as ``explain RULE`` gives it."""
    found = json.loads(run(INDEX + "0", "--format", "json").out)

    assert ["schema", "message", "messages", "rules", "reports"] == list(found)
    assert (1, INDEX + "0", []) == (found["schema"], found["message"], found["reports"])
    assert ["chain-contains-leaf", "chain-out-of-order"] == [each["rule"] for each in found["rules"]]
    assert None is json.loads(run("cert-expired", "--format", "json").out)["message"]


def test_a_rule_that_does_not_exist_is_left_out(
    files: Callable[[str], list[str]], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table of messages may be ahead of the rules."""
    monkeypatch.setattr(explain, "in_table", lambda _: ())
    ran = run("You have reached the maximum number of certificates.", *files("chain-out-of-order"))

    assert (0, True) == (ran.status, "None of pemcheck's rules is about this message." in ran.out)
    assert "in these files" not in ran.out
    assert "besides, an error: chain-out-of-order" in ran.words
    assert "It is about the account, not about the files" in ran.words


# --------------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["chain-out-of-ordr"], "there is no rule 'chain-out-of-ordr'; did you mean chain-out-of-order?"),
        (["xyzzy-qqq-1"], "there is no rule 'xyzzy-qqq-1'; `python -m pemcheck rules` lists them"),
        (["a-" + "b" * 100_000], "there is no rule"),
        (["Hello, world"], "this message is not known; to see what is wrong with the files, run `python"),
        (["hello"], "pemcheck: no rule has this name, and no message this word; `python -m pemcheck rules` lists them"),
        (["nonsense"], "no rule has this name, and no message this word; `python -m pemcheck rules` lists them"),
        (["certexpired"], "no rule has this name, and no message this word; did you mean cert-expired?"),
        (["curve"], "these rules have that word in their names: key-curve-not-accepted, key-explicit-curve,"),
        (["CHAIN"], "these rules have that word in their names: chain-contains-non-cert, chain-missing,"),
        (["x " * 40_000], "(its first 65,536 characters were looked at)"),
        ([""], "give the name of a rule or a message"),
        ([], "required: RULE | MESSAGE"),
        (["cert-expired", "--target", "cloudfrnt", "--certificate", "x"], "did you mean cloudfront?"),
        (["cert-expired", "--certificate", "no-such-file"], "no-such-file: no such file or directory"),
        (["cert-expired", "--certificate", "-", "--private-key", "-"], "standard input (-) can be read once only"),
        (["cert-expired", "--at", "noon", "--certificate", "x"], "'noon' is not a time"),
        (["cert-expired", "--hostname", "a b", "--certificate", "x"], "'a b' is neither a hostname nor"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_a_mistake_gets_one_sentence(arguments: list[str], expected: str, run: Run) -> None:
    """On stderr, with status 2."""
    ran = run(*arguments)

    assert (2, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert expected in ran.err


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("around", ['Invalid base64: "{}', "{}", "unknown {}", "{} The private key isn't supported."])
def test_no_key_is_repeated(around: str, form: str, run: Run) -> None:
    """Some messages quote the key that they are about."""
    text = load_key("rsa-2048-a").pem
    ran = run(around.format(text), "--format", form)

    assert [] == [line for line in text.splitlines()[1:-1] if line in ran.out + ran.err]


# ------------------------------------------------------------------------------------------------------- with files


def test_the_candidate_that_fails_is_shown(files: Callable[[str], list[str]], run: Run) -> None:
    """With the finding itself, as check prints it; the others by name."""
    arguments = files("chain-out-of-order")
    ran = run(INDEX + "-1", *arguments)

    assert (0, "", []) == (ran.status, ran.err, too_wide(ran.out))
    assert "Fails in these files, for acm: chain-out-of-order (error)." in ran.words
    assert "\n\ncertificate-chain.pem:1: error: chain-out-of-order\n    the chain stands as" in ran.out
    assert "passed: chain-does-not-start-with-issuer, chain-link-missing" in ran.words
    assert "no error" not in ran.out
    assert "besides" not in ran.out


def test_a_mismatch_in_other_words_is_shown(files: Callable[[str], list[str]], run: Run) -> None:
    """It is said that the words are not AWS's."""
    ran = run("SSL: key values mismatch", *files("key-does-not-match"))

    assert (0, "", []) == (ran.status, ran.err, too_wide(ran.out))
    assert ran.out.startswith("No words of AWS's that are known; they seem to say:\n    “the private key and")
    assert "Fails in these files, for acm: key-does-not-match (error)." in ran.words


@pytest.mark.parametrize("text", ["Hello, world", "nonsense", "certificate", "chain-out-of-ordr"])
def test_files_are_judged_whatever_is_to_be_explained(
    text: str, files: Callable[[str], list[str]], run: Run
) -> None:
    """That it is not known is said besides, and remains the status."""
    arguments = files("chain-out-of-order")
    ran = run(text, *arguments)
    alone = run(text)

    assert (2, 1, alone.err.partition(";")[0]) == (ran.status, ran.err.count("\n"), ran.err.partition(";")[0].strip())
    assert "Fails in these files, for acm: chain-out-of-order (error)." in ran.words
    assert "\n\ncertificate-chain.pem:1: error: chain-out-of-order\n    the chain stands as" in ran.out
    assert "check --certificate SRC" not in ran.err


def test_what_files_have_beside_an_unknown_message_is_json(files: Callable[[str], list[str]], run: Run) -> None:
    """No message, and the rules that fail."""
    ran = run("Hello, world", *files("chain-out-of-order"), "--format", "json")
    found = json.loads(ran.out)

    assert (2, None, [], ["chain-out-of-order"]) == (
        ran.status,
        found["message"],
        found["messages"],
        [each["rule"] for each in found["rules"] if each["here"] == "fail"],
    )


def test_that_nothing_fails_is_said_where_the_message_is_unknown(
    files: Callable[[str], list[str]], run: Run
) -> None:
    """So that nobody takes silence for a fault."""
    ran = run("Hello, world", *files("clean-rsa-2048"))

    assert (2, "No error and no warning in these files, for acm.\n") == (ran.status, ran.out)


def test_what_could_not_be_asked_is_said_where_the_message_is_unknown(
    files: Callable[[str], list[str]], run: Run
) -> None:
    """Nothing fails, and yet nobody knows that all is well."""
    ran = run("Hello, world", *files("clean-rsa-2048"), "--target", "cloudfront")

    assert ran.words.startswith("No error and no warning in these files, for cloudfront. could not be asked: cert-not-")


def test_a_file_that_cannot_be_read_comes_before_an_unknown_message(run: Run) -> None:
    """The user must correct it first."""
    ran = run("Hello, world", "--certificate", "no-such-file")

    assert (2, "") == (ran.status, ran.out)
    assert "no-such-file: no such file or directory" in ran.err


def test_the_finding_is_the_one_that_check_prints(
    files: Callable[[str], list[str]], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line by line."""
    arguments = files("chain-out-of-order")
    main(["check", *arguments])
    finding = capsys.readouterr().out.split("\n\n")[0]

    assert f"\n\n{finding}\n\n" in run("chain-out-of-order", *arguments).out


def test_a_warning_is_called_so(files: Callable[[str], list[str]], run: Run) -> None:
    """It need not be refused; but whoever shows the refusal is not told that there is none."""
    ran = run(SELF_SIGNED, *files("chain-missing"))

    assert "Fails in these files, for acm: chain-missing (warning). It is no error because" in ran.words
    assert "the message that came may be about it: mend it all the same." in ran.words
    assert "today's ACM was seen to take a certificate without it" in ran.words
    assert "expects no refusal" not in ran.words


def test_a_warning_of_a_rule_is_no_refusal(files: Callable[[str], list[str]], run: Run) -> None:
    """Where nobody says that there was one."""
    ran = run("chain-missing", *files("chain-missing"))

    assert "Fails in these files, for acm: chain-missing (warning). That is no error: pemcheck expects no" in ran.words


def test_that_none_fails_is_said(files: Callable[[str], list[str]], run: Run) -> None:
    """Then other errors are named, and what else AWS may have got; a rule that passed is not explained as a cause."""
    ran = run(MORE_THAN_ONE, *files("chain-out-of-order"))

    assert "None of the rules behind this message fails in these files, for acm." in ran.words
    assert "passed: cert-more-than-one, pem-trailing-spaces" in ran.words
    assert "besides, an error: chain-out-of-order (`python -m pemcheck check` shows all)" in ran.words
    assert "\ncertificate-chain.pem:1: error: chain-out-of-order\n" in ran.out
    assert (False, False) == ("    e.g.: " in ran.out, "give --certificate" in ran.out)
    assert ran.words.endswith(
        "AWS may have got something else than these files: put `python -m pemcheck` before the `aws acm "
        "import-certificate` or `aws iam upload-server-certificate` that was run, and its files and options are judged."
    )


def test_what_could_not_be_asked_may_be_behind_it(files: Callable[[str], list[str]], run: Run) -> None:
    """It is explained; what passed is not."""
    ran = run("you must attach a trusted certificate that validates your authorization", *files("clean-rsa-2048"))

    assert "What may be behind it, the likeliest first:" in ran.out
    assert ["cert-not-publicly-trusted"] == re.findall("^([a-z0-9-]+)$", ran.out, re.MULTILINE)
    assert "AWS may have got something else" in ran.words


def test_of_many_candidates_the_first_are_explained(run: Run) -> None:
    """The others have one line each; what is harmless stands last."""
    ran = run("Unable to parse certificate. Please ensure the certificate is in PEM format.")
    short = [line for line in ran.out.splitlines() if re.match("[a-z0-9-]+: ", line)]

    assert 3 == ran.out.count("\n    e.g.: ")
    assert ["input-is-der", "input-is-path", "pem-wrong-label"] == re.findall("^([a-z0-9-]+)$", ran.out, re.MULTILINE)
    assert "input-is-pkcs12: this is a PKCS#12 container (.p12, .pfx), not PEM" in short
    assert ["pem-crlf-line-ends", "pem-no-final-newline"] == [line.partition(":")[0] for line in short[-2:]]
    assert "AWS documents no such rule" not in "".join(short)


def test_a_chain_out_of_order_does_not_validate(files: Callable[[str], list[str]], run: Run) -> None:
    """It is one of the causes, and is said to be the one."""
    ran = run("Could not validate the certificate with the certificate chain.", *files("chain-out-of-order"))

    assert "Fails in these files, for acm: chain-out-of-order (error)." in ran.words


def test_errors_come_before_what_is_harmless(files: Callable[[str], list[str]], run: Run) -> None:
    """Among what fails."""
    arguments = files("input-is-der")
    pem = Path("certificate-chain.pem")
    pem.write_bytes(pem.read_bytes().replace(b"\n", b"\r\n"))
    ran = run("Unable to parse certificate. Please ensure the certificate is in PEM format.", *arguments)

    assert "Fails in these files, for acm: input-is-der (error), pem-crlf-line-ends (note)." in ran.words


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("An error occurred (MalformedCertificate) when calling the UploadServerCertificate operation: {}", "iam"),
        ("MalformedCertificateException: {}", "iam"),
        ("when calling the UploadServerCertificate operation: {}", "iam"),
        ("when calling the ImportCertificate operation: {}", "acm"),
        ("when calling the CreateDistribution operation: {}", "cloudfront"),
        ("when calling the UpdateDistribution operation: {}", "cloudfront"),
        ("operation error Elastic Load Balancing v2: CreateListener, {}", "alb"),
        ("when calling the CreateDomainName operation: {}", "api-gateway-edge"),
        ("{}", "acm"),
    ],
)
def test_what_stands_around_a_message_names_the_service(
    text: str, target: str, files: Callable[[str], list[str]], run: Run
) -> None:
    """For which the files are judged by default."""
    message = "Unable to validate certificate chain. The certificate chain must start with the immediate signing"
    found = json.loads(run(text.format(message), *files("chain-out-of-order"), "--format", "json").out)

    assert [target] == [each["target"] for each in found["reports"]]


LENGTH, PATTERN = "length less than or equal to 128", r"satisfy regular expression pattern: [\w+=,.@-]+"


@pytest.mark.parametrize(
    ("field", "constraint", "first", "target"),
    [
        ("tags.1.member.key", LENGTH, "tags-out-of-limits", "acm"),
        ("privateKey", "length less than or equal to 8192", "key-too-large", "acm"),
        ("certificate", LENGTH, "input-too-large", "acm"),
        ("certificateChain", LENGTH, "input-too-large", "acm"),
        ("certificateBody", LENGTH, "input-too-large", "iam"),
        ("certificateArn", PATTERN, "arn-malformed", "acm"),
        ("serverCertificateName", PATTERN, "iam-name-malformed", "iam"),
        ("path", PATTERN, "iam-path-malformed", "iam"),
        ("privateKey", PATTERN, "input-has-forbidden-characters", "iam"),
        ("certificateArn", "length greater than or equal to 20", "arn-malformed", "acm"),
        ("somethingNew", LENGTH, "input-too-large", "acm"),
    ],
)
def test_the_field_that_a_message_names_counts(field: str, constraint: str, first: str, target: str, run: Run) -> None:
    """What is about another field is left out."""
    verb = "" if constraint == PATTERN else "have "
    failed = f"Value at '{field}' failed to satisfy constraint: Member must {verb}{constraint}"
    text = f"1 validation error detected: {failed}"
    found = json.loads(run(text, "--format", "json").out)

    assert (first, target) == (found["rules"][0]["rule"], found["messages"][0]["target"])
    assert ("arn-malformed" in [each["rule"] for each in found["rules"]]) is (
        first == "arn-malformed" or field == "somethingNew"
    )


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "AccessDenied", "ResourceNotFoundException", "EntityAlreadyExists"]
)
def test_what_is_not_about_the_files_is_called_so(code: str, run: Run) -> None:
    """Nobody needs to look into them."""
    assert "It is not about the files: " in run(f"An error occurred ({code}) when calling the X operation: y").words


def test_of_a_target_that_is_named_is_said_what_it_asks(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the user's own too, and of no other."""
    monkeypatch.chdir(tmp_path)
    Path("ours.toml").write_text('extends = "acm"\n[rules]\ncert-expires-soon = "error"\n')
    ran = run("cert-expires-soon", "--target", "ours.toml")

    assert "who asks it, of ours: error (documented): ours file:ours.toml" in ran.words
    assert "cloudfront" not in ran.out
    assert ran.out.endswith("file:ours.toml\n")
    found = json.loads(run("cert-expires-soon", "--target", "ours.toml", "--format", "json").out)["rules"][0]
    assert ["ours"] == [each["target"] for each in found["targets"]]
    assert run("key-is-pkcs8", "--target", "acm").out.endswith("\nNot asked by acm.\n")


def test_other_errors_are_only_named_where_the_cause_is_found(files: Callable[[str], list[str]], run: Run) -> None:
    """They are not what the message is about."""
    arguments = files("chain-out-of-order")
    arguments[arguments.index("--at") + 1] = "2030-01-01"
    ran = run(INDEX + "-1", *arguments)

    assert "Fails in these files, for acm: chain-out-of-order (error)." in ran.words
    assert "besides, an error: cert-expired (`python -m pemcheck check` shows all)" in ran.words
    assert "certificate.pem:1: error: cert-expired" not in ran.out


def test_what_could_not_be_asked_is_said(files: Callable[[str], list[str]], run: Run) -> None:
    """With the reason."""
    ran = run("key-does-not-match", *files("key-encrypted"))

    assert "key-does-not-match does not fail in these files, for acm." in ran.words
    assert "could not be asked: key-does-not-match: " in ran.words
    (found,) = json.loads(run("key-does-not-match", *files("key-encrypted"), "--format", "json").out)["rules"]
    assert ("skip", True) == (found["here"], bool(found["reason"]))


def test_a_target_of_the_users_own_is_asked(files: Callable[[str], list[str]], run: Run, tmp_path: Path) -> None:
    """As ``check`` takes it."""
    (tmp_path / "ours.toml").write_text('extends = "acm"\n[rules]\nkey-is-pkcs8 = "error"\n')
    ran = run("key-is-pkcs8", *files("clean-rsa-2048"), "--target", "ours.toml", "--format", "json")
    assert [0, "ours"] == [ran.status, json.loads(ran.out)["reports"][0]["target"]]


def test_what_the_target_does_not_ask_is_said(files: Callable[[str], list[str]], run: Run) -> None:
    """So that nobody takes silence for a pass."""
    ran = run("key-is-pkcs8", *files("clean-rsa-2048"), "--target", "acm")

    assert "not asked by acm: key-is-pkcs8" in ran.words
    assert None is json.loads(run("key-is-pkcs8", *files("clean-rsa-2048"), "--format", "json").out)["rules"][0]["here"]


@pytest.mark.parametrize(("fixture", "here"), [("cert-expired", "fail"), ("clean-rsa-2048", "pass")])
def test_a_rule_is_judged_too(fixture: str, here: str, files: Callable[[str], list[str]], run: Run) -> None:
    """As text and as JSON."""
    arguments = files(fixture)
    found = json.loads(run("cert-expired", *arguments, "--format", "json").out)
    failed = here == "fail"

    assert here == found["rules"][0]["here"]
    assert ["cert-expired"] * failed == [each["rule"] for each in found["rules"][0]["findings"]]
    assert [{"target": "acm", "verdict": "refused" if failed else "accepted"}] == found["reports"]
    assert ("Fails in these files, for acm: cert-expired" in run("cert-expired", *arguments).words) is failed


def test_files_may_be_left_out(files: Callable[[str], list[str]], run: Run) -> None:
    """Who asks about a chain needs no key; the key's absence is a fault only for whom it is asked."""
    files("clean-rsa-2048")
    at = ["--at", "2026-06-01"]
    certificate = ["--certificate", "certificate.pem", "--certificate-chain", "certificate-chain.pem"]

    for ran in (
        run("chain-out-of-order", *certificate, *at),
        run("key-encrypted", "--private-key", "private-key.pem", *at),
    ):
        assert (0, True, False) == (ran.status, "passed: " in ran.out, "besides" in ran.out)
    assert "Fails in these files, for acm: key-missing (error)." in run("key-missing", *certificate, *at).words
    assert "what it is about is not here: key-encrypted" in run("key-encrypted", *certificate, *at).words


def test_the_files_are_judged_for_whom_the_message_is_from(files: Callable[[str], list[str]], run: Run) -> None:
    """By default, or for the targets that are named."""
    arguments = files("clean-self-signed")
    text = "you must attach a trusted certificate that validates your authorization"

    assert "Fails in these files, for cloudfront: cert-self-signed (error)." in run(text, *arguments).words
    both = run(text, *arguments, "--target", "cloudfront", "--target", "acm")
    assert "    who:  error for cloudfront\n" in both.out


def test_a_hostname_can_be_given(files: Callable[[str], list[str]], run: Run) -> None:
    """Whether it is covered is what one message is about."""
    text = "The certificate that is attached to your distribution doesn't cover the alternate domain name"
    ran = run(text, *files("clean-rsa-2048"), "--hostname", "other.example.net")

    assert "cert-does-not-cover-hostname (error)" in ran.words


def test_files_may_stand_behind_what_is_to_be_explained(files: Callable[[str], list[str]], run: Run) -> None:
    """As check takes them: a folder, or one by one; the key among them is judged."""
    at = files("key-does-not-match")[:2]
    given = sorted(str(each) for each in Path().iterdir())
    message = "The private key isn't supported."

    assert "Fails in these files, for acm: key-does-not-match (error)." in run("key-does-not-match", *given, *at).words
    assert run(message, "./", *at).words == run(message, *(f"./{name}" for name in given), *at).words


def test_words_of_a_message_are_no_files(files: Callable[[str], list[str]], run: Run) -> None:
    """Even where one is called like them."""
    files("clean-rsa-2048")
    Path("key").write_text("hello")

    assert run("The", "private", "key", "isn't", "supported.") == run("The private key isn't supported.")


@pytest.mark.parametrize("what", ["cert-expired", "The private key isn't supported.", "Hello, world"])
def test_what_stands_behind_a_rule_or_a_quoted_message_is_a_file(
    what: str, files: Callable[[str], list[str]], run: Run
) -> None:
    """Whatever it is called, and one that is not there is told."""
    at = files("cert-expired")[:2]
    Path("server").write_bytes(Path("certificate.pem").read_bytes())
    missing = run(what, "missing.pem", *at)

    assert "cert-expired" in run(what, "server", *at).words.partition("in these files")[2]
    assert (2, "", "pemcheck: missing.pem: no such file or directory\n") == (missing.status, missing.out, missing.err)


def test_of_several_certificates_one_must_be_named(files: Callable[[str], list[str]], run: Run) -> None:
    """By a line that can be pasted."""
    files("clean-rsa-2048")
    Path("other.pem").write_bytes(CASES["clean-p256"].contents()["certificate.pem"])
    Path("own.pem").write_bytes(Path("certificate.pem").read_bytes())
    ran = run("cert-expired", "own.pem", "other.pem")

    assert (2, True) == (ran.status, "\n      python -m pemcheck explain cert-expired own.pem\n" in ran.err)
