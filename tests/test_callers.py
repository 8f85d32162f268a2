"""What a report says to a caller of Python: arguments for options, and no command about files that there are not."""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures.generate import HERE
from fixtures.judged import FILES
from pemcheck import aws, explain
from pemcheck.callers import OF_CHECK, Words
from pemcheck.checking import Data
from pemcheck.facts import Certificate
from pemcheck.rules import BY_NAME
from pemcheck.testing import assert_accepted
from pemcheck.version import program

pytestmark = pytest.mark.once

AT = "2026-06-01"
GOOD = HERE / "clean-rsa-2048"
BAD = HERE / "chain-out-of-order"
LIBRARY = Words(("certificate", "private_key", "chain"), OF_CHECK)
BOTO3 = Words(("Certificate",), {"region": "region_name", "certificate_arn": "CertificateArn"})


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (LIBRARY, "import with --region us-east-1", "import with region='us-east-1'"),
        (BOTO3, "import with --region us-east-1", "import with region_name='us-east-1'"),
        (BOTO3, "re-import with --region us-gov-west-1, or not", "re-import with region_name='us-gov-west-1', or not"),
        (BOTO3, "leave --certificate-arn out", "leave CertificateArn out"),
        (LIBRARY, "leave --certificate-arn out", "leave certificate_arn out"),
        (LIBRARY, "(--without-key if it lies elsewhere", "(without_key=True if it lies elsewhere"),
        (LIBRARY, "--hostname and --replaces", "hostnames and replaces"),
        (LIBRARY, "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----"),
        (LIBRARY, "pass --allow-expensive if", "pass allow_expensive=True if"),
        (
            LIBRARY,
            "name the passphrase with --passphrase-file FILE or --passphrase-env NAME; with openssl",
            "give it passphrase; with openssl",
        ),
        (
            LIBRARY,
            "give --trust-store FILE|system|mozilla, or say --trusted",
            "give trust_store (what is in a file, 'system' or 'mozilla'), or say trusted=True",
        ),
        (LIBRARY, "`fix --certificate certificate --chain chain/x`", "`fix --certificate FILE --chain chain/x`"),
        (BOTO3, "what is in Certificate:3: `x -in Certificate`", "what is in Certificate:3: `x -in FILE`"),
        (Words((), {}), "`x -in certificate`", "`x -in certificate`"),
    ],
)
def test_options_become_arguments_and_inputs_no_files(words: Words, text: str, expected: str) -> None:
    """Outside of commands the one, in them the other."""
    assert expected == words.text(text)


def test_an_option_at_fault_is_named_as_the_argument() -> None:
    """Where it stands is what the caller wrote."""
    certificate, private_key, chain = (GOOD / name for name in FILES)
    report = pemcheck.check(certificate, private_key, chain, at=AT, certificate_arn="x")

    assert ["--certificate-arn"] == [str(each.at) for each in report.findings if each.rule == "arn-malformed"]
    found = BOTO3.report(report).findings
    assert ["CertificateArn"] == [str(each.at) for each in found if each.rule == "arn-malformed"]


def told(certificate: Data, private_key: Data, chain: Data = None, **options: Any) -> str:
    """Return what an assertion says of these files, in one line."""
    with pytest.raises(AssertionError) as caught:
        assert_accepted(certificate, private_key, chain, at=AT, **options)
    return " ".join(str(caught.value).split())


def test_a_name_in_the_place_of_the_content_is_told_in_python() -> None:
    """Nobody can pass "the path itself": that is what was done."""
    text = told("good.pem", "good.key")

    assert "fix: pass what is in the file: pathlib.Path(NAME).read_bytes() " in text
    assert ("fileb://" in text, "path itself" in text) == (False, False)


def test_a_command_in_an_assertion_names_no_file_that_is_not_there() -> None:
    """Of bytes nobody knows the file; of paths it is known, and the command can be run."""
    certificate, private_key, chain = paths = [BAD / name for name in FILES]
    options = ("--certificate", "--private-key", "--certificate-chain")
    commands = [
        f"`{program()} fix {' '.join(f'{option} {name}' for option, name in zip(options, names))} --out-dir new`"
        for names in (("FILE",) * 3, paths)
    ]

    assert [True, True] == [
        commands[0] in told(certificate.read_bytes(), private_key.read_bytes(), chain.read_bytes()),
        commands[1] in told(certificate, private_key, chain),
    ]


def test_names_that_are_given_are_kept() -> None:
    """Whoever gives them knows what they are."""
    certificate, private_key, chain = ((BAD / name).read_bytes() for name in FILES)

    text = told(certificate, private_key, chain, names=("a.pem", "b.pem", "c.pem"))
    assert " fix --certificate a.pem --private-key b.pem --certificate-chain c.pem " in text


def test_a_path_is_read() -> None:
    """As ``pathlib`` has it, in every place where the content of a file can be; its name is in the findings."""
    certificate, private_key, chain = (GOOD / name for name in FILES)
    report = assert_accepted(certificate, private_key, chain, at=AT, target="acm", trust_store=chain)

    assert {str(certificate)} == {each.at.file for each in pemcheck.inspect(certificate, str(certificate))}
    assert [str(certificate), str(private_key), str(chain)] == [each.at.file for each in report.submission.inputs]


@pytest.mark.parametrize("name", ["env:HOME", "-", "file://x", "nowhere.pem"])
def test_a_path_is_nothing_but_a_path(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is the caller's own mistake, an OSError with the argument's name."""
    monkeypatch.chdir(tmp_path)
    for call in (lambda: pemcheck.check(Path(name)), lambda: pemcheck.inspect(Path(name))):
        with pytest.raises(OSError, match=r"^(certificate|data): \S+: no such file or directory$"):
            call()
    if os.sep not in os.path.normpath(name):
        (tmp_path / name).write_bytes((GOOD / "certificate.pem").read_bytes())
        assert [Certificate] == [type(each) for each in pemcheck.inspect(Path(name))]


def test_text_stays_content() -> None:
    """Even where a file of that name is there; and a passphrase is no path."""
    report = pemcheck.check(str(GOOD / "certificate.pem"), at=AT)

    assert "input-is-path" in {each.rule for each in report.findings}
    with pytest.raises(TypeError, match="passphrase must be bytes or str, not "):
        pemcheck.check(b"", passphrase=Path("x"))  # type: ignore[arg-type]


def test_what_a_report_tells_callers_to_give_can_be_given() -> None:
    """Each argument that a rule's fix names, outside of commands, is one of ``check``."""
    arguments = set(inspect.signature(pemcheck.check).parameters)
    examples = filter(None, map(explain.example, BY_NAME))
    prose = " ".join(" ".join(LIBRARY.text(each.fix).split("`")[::2]) for each in examples)
    told = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", prose))

    assert {"certificate_arn", "without_key"} <= told
    assert set() == told - arguments


def test_the_arguments_of_each_caller_are_its_own() -> None:
    """The chain is ``chain`` to pytest, and what botocore calls it to boto3."""
    certificate, private_key = (GOOD / name for name in FILES[:2])
    report = pemcheck.check(certificate, private_key, target="alb", at=AT)

    assert "pass the CA's chain file (chain.pem) as chain; if" in told(certificate, private_key, target="cloudfront")
    assert "(chain.pem) as CertificateChain; if" in aws._told(report)
