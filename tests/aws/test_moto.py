"""moto as strict as AWS, and the pytest plugin that makes it so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pemcheck.testing import strict_moto as strict

from .conftest import AT, FIXTURES, TWELVE, files_of, server_certificate

GOOD = "clean-rsa-2048"
NOT_PEM = "Unable to parse certificate. Please ensure the certificate is in PEM format."
ORDER = (
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order."
)

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    """Let every client talk to moto in this process."""
    with mock_aws():
        yield


def acm() -> Any:
    """Return a client of the mocked ACM."""
    return boto3.client("acm", region_name="eu-west-1")


def iam() -> Any:
    """Return a client of the mocked IAM."""
    return boto3.client("iam")


def error_of(call: Any, **parameters: Any) -> dict[str, str]:
    """Return code and message of the error that a call is answered with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return {"Code": error["Code"], "Message": error["Message"]}


def test_a_good_submission_is_imported() -> None:
    """By ACM and by IAM, as without strictness."""
    with strict(at=AT):
        arn = acm().import_certificate(**files_of(GOOD))["CertificateArn"]
        iam().upload_server_certificate(**server_certificate(GOOD, Path="/cloudfront/"))

    assert "www.example.com" == acm().describe_certificate(CertificateArn=arn)["Certificate"]["DomainName"]
    shown = iam().get_server_certificate(ServerCertificateName="example")["ServerCertificate"]
    assert "/cloudfront/" == shown["ServerCertificateMetadata"]["Path"]


@pytest.mark.parametrize("case", TWELVE)
def test_a_bad_submission_is_refused(case: str) -> None:
    """ACM's code for all of them is the same."""
    with strict(at=AT):
        assert "ValidationException" == error_of(acm().import_certificate, **files_of(case))["Code"]


@pytest.mark.parametrize(
    ("case", "text"),
    [
        (
            "cert-more-than-one",
            "You can specify only one certificate in this field.",
        ),
        ("chain-link-missing", ORDER),
        ("chain-root-only", "Could not validate the certificate with the certificate chain."),
    ],
)
def test_the_error_has_aws_s_own_words(case: str, text: str) -> None:
    """Those of the message for which the fault is the likeliest cause."""
    with strict(at=AT):
        assert text in error_of(acm().import_certificate, **files_of(case))["Message"]


def test_where_aws_s_words_are_not_known_it_is_said() -> None:
    """Nobody may take pemcheck's words for AWS's."""
    with strict(at=AT):
        message = error_of(acm().import_certificate, **files_of("key-does-not-match"))["Message"]

    assert "AWS's own words are not known" in message


@pytest.mark.parametrize(
    ("case", "error"),
    [
        (
            "key-does-not-match",
            {
                "Code": "KeyPairMismatch",
                "Message": "the public key certificate and the private key do not match",
            },
        ),
        ("cert-expired", {"Code": "MalformedCertificate", "Message": "the certificate is malformed or expired"}),
    ],
)
def test_iam_has_errors_of_its_own(case: str, error: dict[str, str]) -> None:
    """As its API reference names them."""
    with strict(at=AT):
        assert error == error_of(iam().upload_server_certificate, **server_certificate(case))


def test_iam_s_error_for_anything_else_is_of_a_code_that_it_has() -> None:
    """The text says that AWS's words are not known."""
    with strict(at=AT):
        error = error_of(iam().upload_server_certificate, **server_certificate(GOOD, Path="/no slash"))

    assert "MalformedCertificate" == error["Code"]
    assert "iam-path-malformed" in error["Message"]


@pytest.mark.parametrize("tags", [("aws:x",), ("a", "a")])
def test_tags_are_judged_by_both(tags: tuple[str, ...]) -> None:
    """moto's own IAM does not look at them."""
    given: Any = {"Tags": [{"Key": key, "Value": "x"} for key in tags]}
    with strict(at=AT):
        errors = [
            error_of(iam().upload_server_certificate, **server_certificate(GOOD), **given),
            error_of(acm().import_certificate, **files_of(GOOD), **given),
        ]
        assert iam().upload_server_certificate(**server_certificate(GOOD), Tags=[{"Key": "a", "Value": "x"}])

    assert ["ServerCertificateMetadataList"] == [
        key for key, found in iam().list_server_certificates().items() if isinstance(found, list) and len(found) == 1
    ]
    assert [True, True] == ["tag" in each["Message"] for each in errors]


def test_what_is_outside_is_as_lenient_as_ever() -> None:
    """Also where the block is left by an exception."""
    with pytest.raises(ZeroDivisionError), strict(at=AT):
        raise ZeroDivisionError

    assert "CertificateArn" in acm().import_certificate(**files_of("key-does-not-match"))
    assert iam().upload_server_certificate(**server_certificate("key-does-not-match"))


def test_a_reimport_is_compared_with_what_is_there() -> None:
    """ACM refuses tags, and a certificate with another type of key."""
    with strict(at=AT):
        arn = acm().import_certificate(**files_of(GOOD), Tags=[{"Key": "stage", "Value": "prod"}])["CertificateArn"]
        acm().import_certificate(**files_of(GOOD), CertificateArn=arn)
        other = error_of(acm().import_certificate, **files_of("clean-p256"), CertificateArn=arn)
        tags = error_of(acm().import_certificate, **files_of(GOOD), CertificateArn=arn, Tags=[{"Key": "a"}])
        absent = error_of(acm().import_certificate, **files_of(GOOD), CertificateArn=f"{arn[:-1]}x")

    assert "reimport-key-type-differs" in other["Message"]
    assert "reimport-with-tags" in tags["Message"]
    assert "ResourceNotFoundException" == absent["Code"]


def test_another_target_can_be_asked() -> None:
    """What CloudFront would not take later is refused now."""
    with strict("cloudfront", at=AT, trusted=True):
        message = error_of(acm().import_certificate, **files_of("clean-cloudfront"))["Message"]

    assert "us-east-1" in message


def test_what_cannot_be_decided_is_imported() -> None:
    """Without a trust store nobody knows whether CloudFront trusts the issuer."""
    with strict("cloudfront", at=AT, region="us-east-1"):
        assert "CertificateArn" in acm().import_certificate(**files_of("clean-cloudfront"))


def test_an_option_that_cannot_be_meant_is_told_at_once() -> None:
    """Not at the first import."""
    with pytest.raises(ValueError, match="nowhere"), strict("nowhere"):
        raise AssertionError


def test_the_server_in_this_process_is_strict_too(server: str) -> None:
    """moto's backends are the same there."""
    with mock_aws(config={"core": {"passthrough": {"urls": [re.escape(server)]}}}), strict(at=AT):
        client = boto3.client("acm", region_name="eu-west-1", endpoint_url=server)
        assert "ValidationException" == error_of(client.import_certificate, **files_of("chain-out-of-order"))["Code"]


MADE = """
import boto3
import pytest
from moto import mock_aws

def import_nothing():
    return boto3.client("acm").import_certificate(Certificate=b"x", PrivateKey=b"x")

@mock_aws
@pytest.mark.strict_moto("acm-2017-cli", at="2026-06-01")
def test_options(strict_moto):
    with pytest.raises(Exception, match="pemcheck|PEM format"):
        import_nothing()

@mock_aws
def test_no_options(strict_moto):
    with pytest.raises(Exception, match="pemcheck|PEM format"):
        import_nothing()

@mock_aws
@pytest.mark.strict_moto(at="2026-06-01")
def test_mark_alone():
    with pytest.raises(Exception, match="pemcheck|PEM format"):
        import_nothing()

@pytest.mark.strict_moto
class TestAll:
    @mock_aws
    def test_it(self):
        with pytest.raises(Exception, match="pemcheck|PEM format"):
            import_nothing()

@mock_aws
def test_without():
    with pytest.raises(Exception, match="The private key is not PEM-encoded or is not valid"):
        import_nothing()
"""


def test_the_plugin_gives_a_fixture_and_a_mark(pytester: pytest.Pytester) -> None:
    """Wherever pemcheck is installed; with --strict-markers too; the mark alone is enough, also on a class."""
    pytester.makepyfile(MADE)

    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=5)


def test_the_documented_test_passes(pytester: pytest.Pytester) -> None:
    """The example about moto in docs/integrations.md does what it says."""
    page = (FIXTURES.parent / "docs" / "integrations.md").read_text("utf-8")
    pytester.makepyfile(*re.findall(r"^```python\n((?:(?!```).)*mock_aws.*?)^```$", page, re.MULTILINE | re.DOTALL))

    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=1)
