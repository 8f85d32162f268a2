"""The AWS command as it was pasted, and the options that it shares with ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fixtures import der
from fixtures.build import INTERMEDIATE, ROOT, Certificate, certificate, leaf, load_key
from fixtures.ran import Ran, Run, runner
from pemcheck.cli import aws
from pemcheck.weak import fingerprint

LEAF = leaf()
AT = ("--at", "2026-06-01")
ACCOUNT = "123456789012"
ACM = ("aws", "acm", "import-certificate")
IAM = ("aws", "iam", "upload-server-certificate")
NAMED = (*IAM, "--server-certificate-name", "example")
FILEB = ("--certificate", "fileb://c.pem", "--private-key", "fileb://k.pem", "--certificate-chain", "fileb://i.pem")
FILE = ("--certificate-body", "file://c.pem", "--private-key", "file://k.pem", "--certificate-chain", "file://i.pem")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line in a folder with a good submission."""
    monkeypatch.chdir(tmp_path)
    Path("c.pem").write_text(LEAF.pem)
    Path("k.pem").write_text(load_key(LEAF.key).pem)
    Path("i.pem").write_text(INTERMEDIATE.pem)
    Path("root.pem").write_text(ROOT.pem)

    return runner(capsys, after=AT)


def rules(ran: Ran) -> list[str]:
    """Return the broken rules of JSON output, without notes."""
    found = json.loads(ran.out)["reports"][0]["findings"]
    return [each["rule"] for each in found if each["severity"] != "note"]


# ---------------------------------------------------------------------------------------------------- as pasted


def test_the_acm_line_works_as_pasted(run: Run) -> None:
    """Word for word, with what AWS's own documents write there."""
    ran = run(*ACM, *FILEB, "--region", "us-east-1", "--tags", "Key=stage,Value=prod", "Key=team,Value=web")
    assert (0, True, "") == (ran.status, ran.out.startswith("acm: accepted"), ran.err)


def test_the_iam_line_works_as_pasted(run: Run) -> None:
    """It selects the target by itself."""
    ran = run(*IAM, "--server-certificate-name", "example", "--path", "/cloudfront/example/", *FILE)
    assert (0, True, "") == (ran.status, ran.out.startswith("iam: accepted"), ran.err)


def test_global_options_may_stand_before_the_service(run: Run) -> None:
    """As the AWS CLI allows."""
    ran = run("aws", "--region", "eu-west-1", "acm", "import-certificate", *FILEB)
    assert (0, "") == (ran.status, ran.err)


@pytest.mark.parametrize("between", [" ", " \\\n    ", " \\\r\n\t"])
def test_a_command_in_quotes_is_split_as_a_shell_does(between: str, run: Run) -> None:
    """Also one that goes over several lines; our own options may follow."""
    line = between.join((*ACM, *FILEB, "--tags", "'Key=a b,Value=c'"))
    ran = run(line, "--region", "us-east-1")
    assert (0, True, "") == (ran.status, ran.out.startswith("acm: accepted"), ran.err)
    expected = "pemcheck: the command in quotes cannot be split into words: no closing quotation\n"
    assert (2, "", expected) == run(line + "'")


def test_a_target_given_besides_counts(run: Run) -> None:
    """What the certificate is for, not only where it is imported."""
    ran = run(*ACM, *FILEB, "--region", "eu-west-1", "--target", "cloudfront", "--trusted", "--format", "json")
    assert (1, ["region-not-us-east-1"]) == (ran.status, rules(ran))


@pytest.mark.parametrize(
    "arguments",
    [
        *(("--profile", "prod"), ("--output", "json"), ("--endpoint-url", "http://localhost:4566"), ("--debug",)),
        *(("--no-cli-pager",), ("--query", "CertificateArn"), ("--no-verify-ssl",)),
        *(("--ca-bundle", "x"), ("--cli-binary-format", "raw-in-base64-out"), ("--output=text", "--profile=x")),
        *(("--cli-error-format", "json"), ("--v2-debug",)),
    ],
    ids=" ".join,
)
def test_what_means_nothing_here_is_ignored_with_one_note(arguments: Sequence[str], run: Run) -> None:
    """On stderr; the verdict is the same."""
    ran = run(*ACM, *FILEB, *arguments)
    names = [each.partition("=")[0] for each in arguments if each.startswith("--")]
    expected = f"pemcheck: ignored, since nothing here depends on it: {', '.join(names)}\n"
    assert (0, expected) == (ran.status, ran.err)


@pytest.mark.parametrize("option", ["--cli-input-json", "--generate-cli-skeleton"])
def test_what_hides_the_files_is_refused(option: str, run: Run) -> None:
    """Nobody can follow it, so nobody says accepted."""
    expected = f"pemcheck: {option} cannot be followed: give --certificate, --private-key and --certificate-chain\n"
    assert (2, "", expected) == run(*ACM, *FILEB, option, "x")


@pytest.mark.parametrize(
    "arguments", [("aws",), ("aws", "s3", "ls"), ("aws", "acm", "list-certificates")], ids=" ".join
)
def test_another_operation_is_one_sentence(arguments: Sequence[str], run: Run) -> None:
    """With the two that are known."""
    ran = run(*arguments)
    expected = "pemcheck: only aws acm import-certificate and aws iam upload-server-certificate can be checked\n"
    assert (2, "", expected) == ran


@pytest.mark.parametrize(
    "line",
    [
        ["--target", "cloudfront", *ACM, *FILEB],
        ["--target", "cloudfront", " ".join((*ACM, *FILEB))],
        ["check", "--target", "cloudfront", *ACM, *FILEB],
    ],
    ids=["words", "in quotes", "with its command"],
)
def test_our_options_may_stand_before_the_command(line: list[str], run: Run) -> None:
    """They are understood as those behind it."""
    assert run(*ACM, *FILEB, "--target", "cloudfront") == run(*line)


def test_a_file_may_be_called_like_the_program(run: Run) -> None:
    """Where no operation follows it."""
    Path("aws").write_text(LEAF.pem + load_key(LEAF.key).pem + INTERMEDIATE.pem)

    assert "aws:1: www.example.com" in run("--target", "acm", "aws").out


OF_IAM, OF_ACM = "aws iam upload-server-certificate", "aws acm import-certificate"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*ACM, *FILEB, "--server-certificate-name", "x"), f"--server-certificate-name is an option of {OF_IAM}"),
        ((*ACM, *FILEB, "--path=/x/"), f"--path is an option of {OF_IAM}, not of {OF_ACM}"),
        ((*ACM, *FILEB[2:], "--certificate-body", "fileb://c.pem"), f"--certificate-body is an option of {OF_IAM}"),
        ((*NAMED, *FILE, "--certificate-arn", "x"), f"--certificate-arn is an option of {OF_ACM}, not of {OF_IAM}"),
        ((*NAMED, *FILE[2:], "--certificate", "file://c.pem"), f"--certificate is an option of {OF_ACM}, not of"),
        ((*IAM, *FILE), f"{OF_IAM} needs --server-certificate-name"),
    ],
    ids=lambda value: " ".join(value)[-50:] if isinstance(value, tuple) else "",
)
def test_what_the_aws_cli_refuses_before_sending_is_one_sentence(
    arguments: Sequence[str], sentence: str, run: Run
) -> None:
    """Whose option it is; in our own words all of them may be given."""
    ran = run(*arguments)
    assert (2, "", True, 1) == (ran.status, ran.out, sentence in ran.err, ran.err.count("\n"))


@pytest.mark.parametrize(
    ("source", "wrong"), [("file://c.pem", True), ("c.pem", True), ("fileb://c.pem", False), ("env:CERT", True)]
)
def test_a_prefix_that_the_cli_reads_otherwise_is_a_finding(
    source: str, wrong: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only in a pasted command: our own options need no prefix."""
    monkeypatch.setenv("CERT", LEAF.pem)
    ran = run(*ACM, "--certificate", source, *FILEB[2:], "--format", "json")
    assert (["file-prefix-not-fileb"] if wrong else []) == rules(ran)
    assert [] == rules(run("--certificate", source, *FILEB[2:], "--format", "json"))


def test_iam_takes_text_as_it_stands(run: Run) -> None:
    """Its parameters are text: "$(cat cert.pem)" is the content, and a path without file:// is sent as it is."""
    given = run(*IAM, "--server-certificate-name", "x", "--certificate-body", LEAF.pem, *FILE[2:], "--format", "json")
    assert (0, []) == (given.status, rules(given))
    ran = run(*NAMED, "--certificate-body", "c.pem", *FILE[2:], "--format", "json")
    assert ["input-is-path"] == rules(ran)


def test_a_name_in_place_of_the_text_is_found_at_the_option_that_was_typed(run: Run) -> None:
    """And the command to AWS is what has to be mended, not ours."""
    out = " ".join(run(*NAMED, "--certificate-body", "c.pem", *FILE[2:]).out.split())
    assert out.startswith("--certificate-body:1: error: input-is-path ")
    assert "fix: put file:// before the path, in the command to AWS: `--certificate-body file://PATH` see:" in out
    Path("name.pem").write_text("c.pem")
    out = " ".join(run("--certificate", "name.pem", *FILE[2:], "--target", "acm").out.split())
    assert "to pemcheck pass the path itself" in out


def test_the_reason_fits_whether_there_was_a_prefix_or_none(run: Run) -> None:
    """A bare path is no less base64 than what file:// reads."""
    out = " ".join(run(*ACM, "--certificate", "c.pem", *FILEB[2:]).out.split())
    assert "the command gives --certificate without the prefix fileb://" in out
    assert "takes a bare text, or what file:// reads, for base64." in out


# ------------------------------------------------------------------------------------------------------ options


@pytest.mark.parametrize(
    "arguments",
    [
        ("--certificate", "c.pem", "--server-certificate-name", "x"),
        ("--certificate", "c.pem", "--path", "/x/"),
        ("--certificate-body", "c.pem"),
    ],
    ids=" ".join,
)
def test_an_option_of_iam_makes_it_the_target(arguments: Sequence[str], run: Run) -> None:
    """Nobody else has it; a target that is given wins."""
    rest = ("--private-key", "k.pem", "--certificate-chain", "i.pem")
    assert run(*rest, *arguments).out.startswith("iam: accepted")
    assert run(*rest, *arguments, "--target", "acm").out.startswith("acm: accepted")


TAGS: list[tuple[tuple[str, ...], Any]] = [
    (("Key=a,Value=b",), (("a", "b"),)),
    (("Key=a",), (("a", ""),)),
    (("Key=a,Value=",), (("a", ""),)),
    (("Value=b,Key=a",), (("a", "b"),)),
    (("Key=a, Value=b",), (("a", "b"),)),
    (('Key=a,Value="b,c"',), (("a", "b,c"),)),
    (("Key='a,b',Value='c, Value=d'",), (("a,b", "c, Value=d"),)),
    (("Key=a,Value='it\\'s'",), (("a", "it's"),)),
    (('Key=a,Value="b',), (("a", '"b'),)),
    (("Key=good key,Value=x y",), (("good key", "x y"),)),
    (("Key=a,Value=b,c=d", "Key=e,Value=f"), (("a", "b,c=d"), ("e", "f"))),
    (('[{"Key": "a", "Value": "b"}, {"Key": "c"}]',), (("a", "b"), ("c", ""))),
    (('{"Key": "a"}',), (("a", ""),)),
    (("[]",), ()),
]


@pytest.mark.parametrize(("words", "expected"), TAGS)
def test_tags_are_read_as_the_cli_reads_them(words: tuple[str, ...], expected: Any) -> None:
    """In its shorthand, or as JSON."""
    assert expected == aws.parse_tags(words)


@pytest.mark.parametrize(
    "word",
    ["a", "a=b", "Value=b", "Key=a,Key=b", "", "[", "[1]", '[{"Value": "b"}]', '[{"Key": 1}]', "[" * 9000],
)
def test_tags_that_cannot_be_read_are_one_sentence(word: str, run: Run) -> None:
    """Status 2, since it is not the certificate's fault."""
    ran = run(*ACM, *FILEB, "--tags", word)
    assert (2, "", True) == (ran.status, ran.out, ran.err.startswith("pemcheck: --tags: "))


def test_tags_are_read_from_a_file(run: Run) -> None:
    """As the AWS CLI does: what is in it stands for what follows --tags."""
    Path("tags.json").write_text('[{"Key": "a", "Value": "b"}, {"Key": "aws:c"}]')
    assert ["tags-out-of-limits"] == rules(run(*ACM, *FILEB, "--tags", "file://tags.json", "--format", "json"))
    assert (("a", "b"), ("aws:c", "")) == aws.parse_tags(["fileb://tags.json"])
    Path("short").write_bytes(b"Key=a,Value=b\n")
    assert (("a", "b"),) == aws.parse_tags(["file://short"])
    ran = run(*ACM, *FILEB, "--tags", "file://none.json")
    assert (2, "", "pemcheck: none.json: no such file or directory\n") == ran
    ran = run(*ACM, *FILEB, "--tags", "file://k.pem")
    assert (2, "", True) == (ran.status, ran.out, ran.err.startswith("pemcheck: --tags: write Key=NAME,Value=TEXT"))


ALLOWED = "allowed are letters, digits, spaces and _.:/=+-@"


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ('Key=team,Value="a,b"', f"the value of 'team' has the character ',' (U+002C); {ALLOWED}"),
        ("Key=good key,Value=x!", f"the value of 'good key' has the character '!' (U+0021); {ALLOWED}"),
        ("Key=good#key,Value=x", f"the key 'good#key' has the character '#' (U+0023); {ALLOWED}"),
        ("Key=a,Value=x\u202ey", f"the value of 'a' has the character '\\u{{202e}}' (U+202E); {ALLOWED}"),
        ("Key=a\tb", f"the key 'a\\u{{0009}}b' has the character '\\u{{0009}}' (U+0009); {ALLOWED}"),
        ("Key=,Value=x", "the key '' has 0 characters; 1 to 128 are allowed"),
        (f"Key=a,Value={'v' * 257}", "the value of 'a' has 257 characters; at most 256 are allowed"),
        ("Key=a,Value=AWS:x", "accepted"),
        ("Key=Aws:x", "the key 'Aws:x' has the prefix aws:, which is reserved"),
    ],
)
def test_what_is_wrong_with_a_tag_is_named(tag: str, message: str, run: Run) -> None:
    """Whether it is key or value, and the very character."""
    assert message in " ".join(run(*ACM, *FILEB, "--tags", tag).out.split())


@pytest.mark.parametrize("prefix", ["file://", "fileb://"])
def test_a_home_folder_is_where_the_aws_cli_looks(prefix: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shell replaces a ~ behind file://, so the AWS CLI does."""
    monkeypatch.setenv("HOME", str(Path.cwd()))
    monkeypatch.setenv("USERPROFILE", str(Path.cwd()))
    ran = run("--certificate", f"{prefix}~/c.pem", *FILEB[2:])
    assert (0, True) == (ran.status, ran.out.startswith("acm: accepted"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--tags", "Key=aws:x"), ["tags-out-of-limits"]),
        (("--tags", "Key=a", "Key=a"), ["tags-out-of-limits"]),
        (("--tags", f"Key={'k' * 129}"), ["tags-out-of-limits"]),
        (("--tags", f"Key=k,Value={'v' * 257}"), ["tags-out-of-limits"]),
        (("--tags", "Key=a!"), ["tags-out-of-limits"]),
        (("--tags", *(f"Key=k{number}" for number in range(51))), ["tags-out-of-limits"]),
        (("--tags", *(f"Key=k{number}" for number in range(50))), []),
        (("--tags", f"Key={'k' * 128},Value={'v' * 256}"), []),
        (("--tags", "Key=größe 1,Value=a b_.:/=+-@"), []),
        (("--certificate-arn", "arn:aws:acm:us-east-1:123456789012:certificate/abc"), []),
        (("--certificate-arn", "arn:aws:iam::123456789012:server-certificate/abc"), ["arn-malformed"]),
        (("--certificate-arn", "abc"), ["arn-malformed"]),
        (
            ("--certificate-arn", "arn:aws:acm:us-east-1:123456789012:certificate/abc", "--tags", "Key=a"),
            ["reimport-with-tags"],
        ),
        (
            ("--certificate-arn", f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/abc", "--region", "us-east-1"),
            ["arn-in-another-region"],
        ),
        (("--certificate-arn", f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/abc", "--region", "eu-west-1"), []),
        (("--region", "us-esat-1"), ["region-unknown"]),
        (("--region", "us-east"), ["region-unknown"]),
        (("--region", "US-EAST-1"), ["region-unknown"]),
        (("--region", "x"), ["region-unknown"]),
        (("--region", "ap-southeast-9"), []),
        (("--region", "us-gov-west-1"), []),
        (("--region", "eusc-de-east-1"), []),
        (("--certificate-arn", f"arn:aws:acm:eu-wets-1:{ACCOUNT}:certificate/abc"), ["region-unknown"]),
        (("--via", "CloudFormation"), ["cloudformation-cannot-import"]),
        (("--via", "terraform"), []),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_options_are_judged(arguments: Sequence[str], expected: list[str], run: Run) -> None:
    """Before the service does it."""
    assert expected == rules(run(*ACM, *FILEB, *arguments, "--format", "json"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--server-certificate-name", "a b"), ["iam-name-malformed"]),
        (("--server-certificate-name", "ä"), ["iam-name-malformed"]),
        (("--server-certificate-name", "n" * 129), ["iam-name-malformed"]),
        (("--server-certificate-name", "n" * 128), []),
        (("--path", "/cloudfront"), ["iam-path-malformed"]),
        (("--path", "cloudfront/"), ["iam-path-malformed"]),
        (("--path", "/a b/"), ["iam-path-malformed"]),
        (("--path", "/" + "p" * 511 + "/"), ["iam-path-malformed"]),
        (("--path", "/"), []),
        (("--path", "/cloudfront/x/"), []),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_names_and_paths_of_iam_are_judged(arguments: Sequence[str], expected: list[str], run: Run) -> None:
    """By its model."""
    pasted = IAM if "--server-certificate-name" in arguments else NAMED
    assert expected == rules(run(*pasted, *FILE, *arguments, "--format", "json"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--path", "/x/"), ["iam-path-not-for-cloudfront"]),
        (("--server-certificate-name", "x"), ["iam-path-not-for-cloudfront"]),
        (("--path", "/cloudfront/x/"), []),
        (("--region", "eu-west-1"), ["region-not-us-east-1"]),
        (("--region", "us-east-1"), []),
        (("--region", "cn-north-1"), []),
        (("--certificate-arn", f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/abc"), ["region-not-us-east-1"]),
        (("--certificate-arn", f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/abc"), []),
        (("--hostname", "WWW.example.com"), ["hostname-not-lowercase"]),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_what_cloudfront_wants_is_judged(arguments: Sequence[str], expected: list[str], run: Run) -> None:
    """Path and region of the import, and the name in lower case."""
    ours = [word.replace("fileb://", "") for word in FILEB]
    assert expected == rules(run(*ours, "--target", "cloudfront", "--trusted", *arguments, "--format", "json"))


@pytest.mark.parametrize(
    ("region", "meant"),
    [("us-esat-1", "us-east-1"), ("eu-wst-1", "eu-west-1"), ("EU-WEST-1", "eu-west-1"), ("?", "us-east-1")],
)
def test_the_region_that_is_probably_meant_is_named(region: str, meant: str, run: Run) -> None:
    """By its letters first, since those are swapped soonest."""
    assert f"fix:  if {meant}" in run(*ACM, *FILEB, "--region", region).out


@pytest.mark.parametrize("option", ["--region", "--certificate-arn"])
def test_a_wrong_region_is_found_where_it_was_said(option: str, run: Run) -> None:
    """As an option of its own, or inside the ARN."""
    value = "eu-west-1" if option == "--region" else f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/abc"
    ours = [word.replace("fileb://", "") for word in FILEB]
    ran = run(*ours, "--target", "cloudfront", "--trusted", option, value)
    assert ran.out.startswith(f"{option}: error: region-not-us-east-1\n    the import goes to 'eu-west-1'; ")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--mutual-tls",), ["mutual-tls-ownership-missing"]),
        (("--mutual-tls", "--ownership-certificate-arn", "arn:aws:acm:eu-west-1:123456789012:certificate/x"), []),
        ((), []),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_mutual_tls_needs_proof_of_ownership(arguments: Sequence[str], expected: list[str], run: Run) -> None:
    """On API Gateway's regional domain names."""
    ours = [word.replace("fileb://", "") for word in FILEB]
    ran = run(*ours, "--target", "api-gateway-regional", "--trusted", *arguments, "--format", "json")
    assert expected == rules(ran)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--without-key",), "--without-key says that the key is elsewhere, and --private-key gives it; leave one out"),
        (("--private-ca", "--trusted"), "--trusted says that the issuer is publicly trusted, --private-ca that it is"),
        (("--trust-store", "none.pem"), "none.pem: no such file or directory"),
        (("--trust-store", "k.pem"), "k.pem: line 1: this is no certificate that can be read"),
        (("--replaces", "none.pem"), "none.pem: no such file or directory"),
        (("--replaces", "k.pem"), "k.pem: there is no certificate in it that can be read, so nothing to replace"),
        (("--replaces", "-", "--trust-store", "-"), "standard input (-) can be read once only"),
        (("--hostname", "a b"), "'a b' is neither a hostname nor an IP address"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_contradictions_and_junk_are_one_sentence(arguments: Sequence[str], sentence: str, run: Run) -> None:
    """Status 2, nothing on stdout."""
    ran = run(*ACM, *FILEB, *arguments)
    assert (2, "", True, 1) == (ran.status, ran.out, sentence in ran.err, ran.err.count("\n"))


def test_a_listed_key_is_weak(run: Run) -> None:
    """The list is the user's; without it nobody can know."""
    ours = [word.replace("fileb://", "") for word in FILEB]
    n = load_key(LEAF.key).numbers[1]
    Path("list").write_text(f"# RSA\n{fingerprint(n)}\n")
    assert ["key-known-weak"] == rules(run(*ours, "--weak-keys", "list", "--format", "json"))
    Path("list").write_text("0123456789abcdef0123\n" * 210_000 + f"{fingerprint(n)}\n")  # above 4 MiB
    assert ["key-known-weak"] == rules(run(*ours, "--weak-keys", "list", "--format", "json"))
    Path("list").write_text("0123456789abcdef0123\n")
    assert [] == rules(run(*ours, "--weak-keys", "list", "--format", "json"))
    assert (2, True) == ((ran := run(*ours, "--weak-keys", "c.pem")).status, "no list of weak keys" in ran.err)


# ----------------------------------------------------------------------------------------------------- re-import

OLD = certificate(
    "CN=www.example.com,O=Example,C=DE",
    LEAF.key,
    INTERMEDIATE,
    san=("DNS:www.example.com", "DNS:old.example.com"),
    not_before="2025-01-01",
    not_after="2026-01-01",
)


def test_a_re_import_says_what_changes(run: Run) -> None:
    """Names gained and lost, key and dates; what stays the same is left out."""
    Path("old.pem").write_text(OLD.pem)
    ran = run(*ACM, *FILEB, "--replaces", "old.pem")
    assert (0, True) == (ran.status, "note: quota-note" in ran.out)
    assert "warning: reimport-names-removed\n    the certificate is no longer for old.example.com (AWS" in ran.out
    assert ran.out.endswith(
        "  it replaces another certificate:\n"
        "    names lost:   old.example.com\n"
        "    names gained: example.com\n"
        "    not before:   2025-01-01 -> 2026-01-01\n"
        "    not after:    2026-01-01 -> 2027-01-01\n"
    )


def replacing(old: Certificate, run: Run, *arguments: str) -> str:
    """Return what is said when *old* is replaced."""
    Path("old.pem").write_text(old.pem)
    return run(*ACM, *FILEB, "--replaces", "old.pem", *arguments).out


def test_the_same_certificate_is_called_so(run: Run) -> None:
    """There is no table of what does not change."""
    assert replacing(LEAF, run).endswith("\n  it replaces the same certificate\n")
    assert replacing(leaf(serial=7), run).endswith("\n  it replaces another; nothing compared here changes\n")


def test_usages_that_are_dropped_are_changes(run: Run) -> None:
    """Spelled as RFC 5280 does."""
    old = leaf(key_usage=("digital_signature", "key_encipherment", "crl_sign"), eku=("server_auth", "client_auth"))
    out = replacing(old, run)
    assert "    key usage:    digitalSignature, keyEncipherment, cRLSign ->\n" in out
    assert "    purposes:     serverAuth, clientAuth -> serverAuth\n" in out
    assert "the key usage lacks cRLSign, which" in out
    assert "    purposes:     no extension -> serverAuth\n" in replacing(leaf(eku=None), run)
    assert "    key usage:    no extension -> " in replacing(leaf(key_usage=None), run)


@pytest.mark.parametrize(
    ("names", "lost"),
    [
        (("DNS:www.example.com",), ""),
        (("DNS:WWW.EXAMPLE.COM", "DNS:shop.example.net"), "shop.example.net"),
        (("DNS:www.example.com", "IP:10.0.0.1"), "10.0.0.1"),
    ],
)
def test_a_name_that_is_lost_is_a_warning(names: Sequence[str], lost: str, run: Run) -> None:
    """In every format; the import takes it, but whoever connects by that name does not."""
    out = replacing(leaf(san=names), run, "--format", "concise")
    assert bool(lost) is (f"warning: reimport-names-removed: the certificate is no longer for {lost} (" in out)


def test_a_name_that_a_wildcard_covers_is_not_lost(run: Run) -> None:
    """Though it is a change."""
    Path("c.pem").write_text(leaf(san=("DNS:*.example.com",)).pem)
    out = replacing(leaf(san=("DNS:www.example.com",)), run)
    assert ("reimport-names-removed" in out, "names lost:   www.example.com\n" in out) == (False, True)
    out = replacing(leaf(san=("DNS:a.b.example.com",)), run)
    assert "the certificate is no longer for a.b.example.com (" in out


def test_names_without_end_are_not_compared(run: Run) -> None:
    """Who asks for too much gets an answer in time all the same."""
    Path("c.pem").write_text(leaf(san=tuple(f"DNS:*.n{number}.example" for number in range(500))).pem)
    out = replacing(leaf(san=tuple(f"DNS:n{number}.example" for number in range(500))), run, "--format", "json")
    (found,) = [each for each in json.loads(out)["reports"][0]["checks"] if each["rule"] == "reimport-names-removed"]
    assert ("skip", "too many names to compare") == (found["outcome"], found["reason"])


def test_a_certificate_that_ends_earlier_is_a_warning(run: Run) -> None:
    """The files may be mixed up."""
    ends = "the certificate ends at 2027-01-01 00:00:00Z, before the one that it is to replace (2027-02-01 00:00:00Z)"
    found = " ".join(replacing(leaf(not_after="2027-02-01"), run).split())
    assert f"warning: reimport-expires-earlier {ends}" in found


def test_json_has_the_certificate_to_replace(run: Run) -> None:
    """As facts, like the others."""
    Path("old.pem").write_text(OLD.pem)
    ran = run(*ACM, *FILEB, "--replaces", "old.pem", "--format", "json")
    assert "2026-01-01T00:00:00Z" == json.loads(ran.out)["replaces"]["not_after"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"key": "rsa-3072"}, ["reimport-key-type-differs"]),
        ({"key": "p256-a"}, ["reimport-key-type-differs"]),
        ({"key_usage": ("digital_signature", "key_encipherment", "data_encipherment")}, ["reimport-key-usage-removed"]),
        ({"key_usage": ("digital_signature",)}, []),
        ({"key_usage": None}, ["reimport-usage-extension-added"]),
        ({"eku": None}, ["reimport-usage-extension-added"]),
        ({"eku": ("server_auth", "client_auth")}, []),
        ({"eku": ("server_auth", "code_signing")}, ["reimport-eku-removed"]),
    ],
    ids=str,
)
def test_a_re_import_keeps_what_it_must(changes: dict[str, Any], expected: list[str], run: Run) -> None:
    """Key type, usages; clientAuth is the exception."""
    old = leaf(**{"key": LEAF.key, **changes})
    Path("old.pem").write_text(old.pem)
    arn = ("--certificate-arn", "arn:aws:acm:us-east-1:123456789012:certificate/abc")
    assert expected == rules(run(*ACM, *FILEB, "--replaces", "old.pem", *arn, "--format", "json"))


def test_a_re_import_may_drop_key_encipherment_of_an_ec_certificate(run: Run) -> None:
    """AWS's own exception."""
    new = leaf(key="p256-a", key_usage=("digital_signature",))
    Path("c.pem").write_text(new.pem)
    Path("k.pem").write_text(load_key("p256-a").pem)
    Path("old.pem").write_text(leaf(key="p256-a", key_usage=("digital_signature", "key_encipherment")).pem)
    assert ["cert-issuer-key-type-differs"] == rules(run(*ACM, *FILEB, "--replaces", "old.pem", "--format", "json"))


def test_a_re_import_keeps_the_key_usage_extension(run: Run) -> None:
    """Without it every usage is lost."""
    Path("c.pem").write_text(leaf(key_usage=None).pem)
    Path("old.pem").write_text(LEAF.pem)
    ran = run(*ACM, *FILEB, "--replaces", "old.pem", "--format", "json")
    assert "reimport-key-usage-removed" in rules(ran)


def test_what_cannot_be_read_of_the_old_certificate_is_not_guessed(run: Run) -> None:
    """It is a question mark in the table, and undecided."""
    Path("old.pem").write_text(leaf(spki=der.sequence()).pem)
    ran = run(*ACM, *FILEB, "--replaces", "old.pem")
    assert (2, True) == (ran.status, "    key:          ? -> RSA_2048, SHA-256 " in ran.out)


def test_a_re_import_keeps_a_name(run: Run) -> None:
    """One at least."""
    new = leaf(subject="O=Example", san=None)
    Path("c.pem").write_text(new.pem)
    Path("old.pem").write_text(LEAF.pem)
    found = rules(run(*ACM, *FILEB, "--replaces", "old.pem", "--format", "json"))
    assert ["reimport-domains-removed", "cert-no-domain"] == found


def test_iam_cannot_be_updated(run: Run) -> None:
    """A note, with what to do instead."""
    Path("old.pem").write_text(OLD.pem)
    assert "note: iam-update-unsupported" in run(*NAMED, *FILE, "--replaces", "old.pem").out
