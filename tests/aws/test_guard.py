"""The guard for boto3, with botocore for real, against moto's server over HTTP."""

from __future__ import annotations

import copy
import io
import mmap
import pickle
import re
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError

from fixtures.judged import FILES
from pemcheck.aws import PreflightError, PreflightWarning, guard, unguard
from pemcheck.targets import get
from pemcheck.version import program

from .conftest import ACM_NAMES, AT, FIXTURES, TWELVE, Sent, errors_of, files_of, server_certificate

GOOD = "clean-rsa-2048"
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"

pytest_plugins = ["pytester"]


def client(server: str, service: str = "acm", region: str = "eu-west-1") -> Any:
    """Return a client that talks to moto's server."""
    return boto3.client(service, region_name=region, endpoint_url=server)


@pytest.fixture
def acm(server: str, sent: Sent) -> Any:
    """Return a guarded client whose requests are noted down."""
    found = sent.watch(client(server))
    guard(found, at=AT)
    return found


def imported(server: str) -> int:
    """Return how many certificates the server has."""
    return len(client(server).list_certificates(Includes={"keyTypes": ["RSA_2048"]})["CertificateSummaryList"])


def key_lines(case: str) -> list[str]:
    """Return the lines inside a case's private key."""
    return (FIXTURES / case / FILES[1]).read_text().splitlines()[1:-1]


def mapped(data: bytes) -> mmap.mmap:
    """Return a file's content as botocore takes it besides: it can be read, and lays open its bytes."""
    found = mmap.mmap(-1, len(data))
    found.write(data)
    return found


@pytest.mark.parametrize("kind", [bytes, bytearray, bytes.decode, mapped], ids=["bytes", "bytearray", "str", "mmap"])
def test_a_good_submission_arrives(acm: Any, sent: Sent, server: str, kind: Any) -> None:
    """Of every type that botocore sends, and unchanged."""
    arn = acm.import_certificate(**{name: kind(data) for name, data in files_of(GOOD).items()})["CertificateArn"]

    assert ["ImportCertificate"] == sent
    assert files_of(GOOD)["Certificate"].decode() == client(server).get_certificate(CertificateArn=arn)["Certificate"]


@pytest.mark.parametrize("case", TWELVE)
def test_moto_itself_imports_a_bad_submission(server: str, case: str) -> None:
    """Whoever tests with moto alone learns nothing of these."""
    assert "CertificateArn" in client(server).import_certificate(**files_of(case))


@pytest.mark.parametrize("case", TWELVE)
def test_a_bad_submission_is_refused_before_any_request(acm: Any, sent: Sent, server: str, case: str) -> None:
    """The exception has the findings that the files deserve, and the server has seen nothing."""
    with pytest.raises(PreflightError) as caught:
        acm.import_certificate(**files_of(case))

    assert errors_of(case) == {each.rule for each in caught.value.findings}
    assert case in errors_of(case)
    assert ([], 0) == (sent, imported(server))


def test_the_exception_says_what_is_wrong_in_the_words_of_the_call(acm: Any) -> None:
    """Files are called as the parameters are, and commands leave open what a file is called."""
    with pytest.raises(PreflightError) as caught:
        acm.import_certificate(**files_of("chain-out-of-order"))

    assert [
        "pemcheck: acm: refused",
        (
            "  CertificateChain:1: error: chain-out-of-order: the chain stands as Test Intermediate I1, Test "
            "Intermediate I2; from the certificate upwards it must be Test Intermediate I2, Test Intermediate I1"
        ),
        (
            f"    fix: `{program()} fix --certificate FILE --private-key FILE --certificate-chain FILE --out-dir new`; "
            "or put the blocks in this order: Test Intermediate I2 (CertificateChain:23), Test Intermediate I1 "
            "(CertificateChain:1); with openssl, to see what a file is: `openssl x509 -noout -subject -issuer -in FILE`"
        ),
        (
            "    see: `python -m pemcheck explain chain-out-of-order`, "
            "https://docs.aws.amazon.com/acm/latest/userguide/troubleshoot-import.html"
        ),
    ] == str(caught.value).splitlines()
    assert "acm" == caught.value.report.target


def test_options_are_named_as_boto3_does(server: Any) -> None:
    """Parameters of the call, ``region_name`` of the client, and arguments of ``guard``; none of the command line."""
    acm = client(server, "acm", region="eu-west-1")
    guard(acm, at=AT)
    with pytest.raises(PreflightError) as refused:
        acm.import_certificate(**files_of(GOOD), CertificateArn=ARN)
    guard(acm, "cloudfront", at=AT, region="us-east-1")
    with pytest.warns(PreflightWarning) as warned:
        acm.import_certificate(**files_of(GOOD))

    assert (
        "\n  CertificateArn: error: arn-in-another-region: the import goes to 'eu-west-1', the certificate to replace "
        "is in 'us-east-1'\n    fix: re-import with region_name='us-east-1', or leave CertificateArn out: "
    ) in str(refused.value)
    assert "or say trusted=True" in str(warned[0].message)


def test_a_fix_without_a_command_is_told(acm: Any) -> None:
    """What can be done without files is said at once."""
    with pytest.raises(PreflightError, match=r"\n    fix: mend or leave out the tag\n"):
        acm.import_certificate(**files_of(GOOD), Tags=[{"Key": f"k{number}", "Value": ""} for number in range(51)])


@pytest.mark.parametrize("case", ["key-does-not-match", "cert-contains-key", "key-explicit-curve"])
def test_nothing_of_the_key_is_in_the_exception(acm: Any, case: str) -> None:
    """Neither in its text nor in its repr, nor in what it is pickled to, nor in its report's key."""
    with pytest.raises(PreflightError) as caught:
        acm.import_certificate(**files_of(case))
    shown = [str(caught.value), repr(caught.value), repr(vars(caught.value)), repr(pickle.dumps(caught.value))]
    key = caught.value.report.submission.key

    assert [] == [line for line in key_lines(case) for text in shown if line in text]
    assert key is not None
    assert ((), b"", b"") == (key.secret, key.der, key.info)


@pytest.mark.parametrize("case", ["key-does-not-match", "cert-contains-key", "clean-p256"])
def test_nothing_of_the_key_is_in_the_frames(server: str, case: str) -> None:
    """Neither in ours nor in botocore's, whatever reports the exception; where it came from is still there."""
    guarded = client(server)
    guard(guarded, at="2040-01-01", passphrase="a passphrase")
    with pytest.raises(PreflightError) as caught:
        guarded.import_certificate(**files_of(case))
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())

    assert [] == [line for line in key_lines(case) if line[-16:] in shown]
    assert ("a passphrase" in shown, "_judge" in shown, "api_params = " in shown) == (False, True, True)


REFUSED = """
import pathlib, boto3, pemcheck.aws
def files():
    return {name: (pathlib.Path(FOLDER) / file).read_bytes() for name, file in FILES.items()}
def test_import():
    acm = boto3.client("acm", endpoint_url="http://127.0.0.1:9")
    pemcheck.aws.guard(acm, at="2040-01-01")
    acm.import_certificate(**files())
"""


@pytest.mark.parametrize("options", [(), ("-l",), ("--tb=long", "-l"), ("--full-trace", "-vv")], ids=" ".join)
def test_pytest_shows_nothing_of_the_key(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    """It prints the arguments of frames, of the last one always."""
    constants = f"FOLDER = {str(FIXTURES / 'clean-p256')!r}\nFILES = {dict(zip(ACM_NAMES, FILES))!r}"
    pytester.makepyfile(constants + REFUSED)
    shown = pytester.runpytest_subprocess(*options).stdout.str()

    assert "PreflightError" in shown
    assert [] == [line for line in key_lines("clean-p256") if line[-16:] in shown]


@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=["copy", "pickle"])
def test_the_exception_survives_the_way_out_of_a_process(acm: Any, copied: Any) -> None:
    """As workers and queues send it."""
    with pytest.raises(PreflightError) as caught:
        acm.import_certificate(**files_of("key-does-not-match"))
    again = copied(caught.value)

    assert (str(caught.value), caught.value.findings, caught.value.report.verdict) == (
        *(str(again), again.findings),
        again.report.verdict,
    )


def test_a_warning_lets_the_request_leave(acm: Any, sent: Sent) -> None:
    """What is only bad practice is said, at the line of the call."""
    files = files_of("chain-missing")
    with pytest.warns(PreflightWarning, match="pemcheck: acm: accepted\n.*warning: chain-missing") as caught:
        acm.import_certificate(**files)

    assert ([__file__], ["ImportCertificate"]) == ([each.filename for each in caught], sent)


def test_what_cannot_be_decided_is_a_warning(server: str, sent: Sent) -> None:
    """Without a trust store nobody knows whether CloudFront trusts the issuer."""
    acm = sent.watch(client(server, region="us-east-1"))
    guard(acm, "cloudfront", at=AT)

    with pytest.warns(PreflightWarning, match="cloudfront: undecided\n(?s:.*)cert-not-publicly-trusted could not be"):
        acm.import_certificate(**files_of("clean-cloudfront"))
    assert ["ImportCertificate"] == sent


def test_an_option_settles_what_cannot_be_decided(server: str, sent: Sent) -> None:
    """Options are those of ``pemcheck.check``."""
    acm = sent.watch(client(server, region="us-east-1"))
    guard(acm, get("cloudfront"), at=AT, trusted=True)
    acm.import_certificate(**files_of("clean-cloudfront"))

    assert ["ImportCertificate"] == sent


@pytest.mark.parametrize(("name", "requests"), [("www.example.com", 1), ("other.example.com", 0)])
def test_hostnames_must_be_covered(acm: Any, sent: Sent, name: str, requests: int) -> None:
    """Whoever names them to the guard wants no other certificate imported, whatever ACM takes."""
    guard(acm, at="2026-06-01", hostnames=[name])
    found: list[str] = []
    try:
        acm.import_certificate(**files_of(GOOD))
    except PreflightError as error:
        found = [each.rule for each in error.findings]

    assert (requests, ["cert-does-not-cover-hostname"][requests:]) == (len(sent), found)


def test_a_guard_may_only_warn(server: str, sent: Sent) -> None:
    """With refuse=False what ACM would refuse is sent all the same, and nothing of the key is in the warning."""
    acm = sent.watch(client(server))
    guard(acm, refuse=False, at=AT)
    files = files_of("key-does-not-match")
    with pytest.warns(PreflightWarning, match="acm: refused\n.*error: key-does-not-match") as caught:
        acm.import_certificate(**files)

    assert ["ImportCertificate"] == sent
    assert [] == [line for line in key_lines("key-does-not-match") for each in caught if line in str(each.message)]


def test_the_region_is_the_client_s(server: str, sent: Sent) -> None:
    """CloudFront looks for certificates in us-east-1 only."""
    acm = sent.watch(client(server, region="eu-west-1"))
    guard(acm, "cloudfront", at=AT, trusted=True)

    with pytest.raises(PreflightError, match="region-not-us-east-1"):
        acm.import_certificate(**files_of("clean-cloudfront"))


def test_arn_and_tags_are_the_call_s(acm: Any, sent: Sent) -> None:
    """A re-import takes no tags; an ARN must be one."""
    arn = acm.import_certificate(**files_of(GOOD))["CertificateArn"]

    with pytest.raises(PreflightError, match="reimport-with-tags"):
        acm.import_certificate(**files_of(GOOD), CertificateArn=arn, Tags=[{"Key": "stage"}])
    with pytest.raises(PreflightError, match="arn-malformed"):
        acm.import_certificate(**files_of(GOOD), CertificateArn="arn:aws:acm:nowhere-at-all")
    assert ["ImportCertificate"] == sent


def test_an_upload_to_iam_is_judged(server: str, sent: Sent) -> None:
    """IAM's own rules, name and path among them."""
    iam = sent.watch(client(server, "iam"))
    guard(iam, at=AT)
    iam.upload_server_certificate(**server_certificate(GOOD))

    with pytest.raises(PreflightError, match=r"iam: refused\n.*PrivateKey:1: error: key-does-not-match"):
        iam.upload_server_certificate(**server_certificate("key-does-not-match"))
    with pytest.raises(PreflightError, match="iam-path-malformed"):
        iam.upload_server_certificate(**server_certificate(GOOD, Path="cloudfront"))
    with pytest.raises(PreflightError, match="iam-name-malformed"):
        iam.upload_server_certificate(**{**server_certificate(GOOD), "ServerCertificateName": "a b"})
    assert ["UploadServerCertificate"] == sent


@pytest.mark.parametrize("session", [boto3.Session, botocore.session.get_session], ids=["boto3", "botocore"])
def test_a_session_guards_its_later_clients(server: str, session: Any) -> None:
    """All of them, whatever the service; those made before are as they were."""
    it = session()
    make = getattr(it, "client", None) or it.create_client
    before = make("acm", region_name="eu-west-1", endpoint_url=server)
    guard(it, at=AT)
    acm, iam = (make(service, region_name="eu-west-1", endpoint_url=server) for service in ("acm", "iam"))

    assert "CertificateArn" in before.import_certificate(**files_of("key-does-not-match"))
    with pytest.raises(PreflightError):
        acm.import_certificate(**files_of("key-does-not-match"))
    with pytest.raises(PreflightError):
        iam.upload_server_certificate(**server_certificate("key-does-not-match"))


def test_who_is_guarded_twice_is_guarded_in_the_second_way(acm: Any, sent: Sent) -> None:
    """The target of the second call is asked, and that of the first no more."""
    guard(acm, "cloudfront", at=AT, trusted=True)

    with pytest.raises(PreflightError, match="cloudfront: refused"):
        acm.import_certificate(**files_of(GOOD))
    assert [] == sent


def test_a_guard_can_be_taken_off(acm: Any, sent: Sent) -> None:
    """Then it is a client like any other, and taking it off once more changes nothing."""
    unguard(acm)
    unguard(acm)
    acm.import_certificate(**files_of("key-does-not-match"))

    assert ["ImportCertificate"] == sent


WRONG: tuple[dict[str, Any], ...] = (
    {"Certificate": 7},
    {"Certificate": None},
    {"PrivateKey": memoryview(files_of(GOOD)["PrivateKey"])},
    {"CertificateChain": None},
    {"CertificateArn": 7},
    {"Tags": 7},
    {"Tags": ["stage"]},
    {"Tags": [{"Key": 7}]},
)


@contextmanager
def told() -> Iterator[list[str]]:
    """Give a list, to which what was warned of is added in the end."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield found
    found += [str(each.message) for each in caught]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_parameter_of_a_wrong_type_is_left_to_botocore(acm: Any, sent: Sent, wrong: Any) -> None:
    """It says which, and what it must be; and that nothing was judged is a warning."""
    name, value = next(iter(wrong.items()))
    with told() as warned, pytest.raises(ParamValidationError, match=name):
        acm.import_certificate(**{**files_of(GOOD), **wrong})
    judged = isinstance(value, memoryview)

    assert ([] if judged else [f"pemcheck: not judged, and left to botocore: the type of {name}"], []) == (warned, sent)


def test_a_parameter_that_is_missing_is_left_to_botocore(acm: Any) -> None:
    """It says which."""
    missing = pytest.raises(ParamValidationError, match='Missing required parameter in input: "PrivateKey"')
    with pytest.warns(PreflightWarning, match="PrivateKey"), missing:
        acm.import_certificate(Certificate=files_of(GOOD)["Certificate"])


def test_bytes_for_iam_are_left_to_botocore(server: str) -> None:
    """IAM's parameters are text."""
    iam = client(server, "iam")
    guard(iam, at=AT)
    files = server_certificate(GOOD)

    with pytest.raises(ParamValidationError, match="CertificateBody"):
        iam.upload_server_certificate(**{**files, "CertificateBody": files["CertificateBody"].encode()})


def test_a_file_object_is_never_sent(acm: Any, sent: Sent) -> None:
    """botocore takes one and then cannot send it; the day it can, the guard has to read it."""
    unsendable = pytest.raises(TypeError, match="bytes-like object")
    with pytest.warns(PreflightWarning, match="not judged, and left to botocore: the type of Certificate"), unsendable:
        acm.import_certificate(**{**files_of("key-does-not-match"), "Certificate": io.BytesIO(b"")})
    assert [] == sent


@pytest.mark.parametrize("kind", [mapped, memoryview])
def test_what_lays_open_its_bytes_is_judged(server: str, sent: Sent, kind: Any) -> None:
    """botocore sends an mmap, and without its validation any buffer."""
    acm = sent.watch(boto3.client("acm", endpoint_url=server, config=Config(parameter_validation=False)))
    guard(acm, at=AT)
    with pytest.raises(PreflightError, match="key-does-not-match"):
        acm.import_certificate(**{name: kind(data) for name, data in files_of("key-does-not-match").items()})
    assert [] == sent


def test_what_is_closed_cannot_be_judged_and_is_not_sent(acm: Any, sent: Sent) -> None:
    """It has no bytes any more."""
    closed = mapped(b"x")
    closed.close()
    with pytest.warns(PreflightWarning, match="the type of Certificate"), pytest.raises(ValueError, match="closed"):
        acm.import_certificate(**{**files_of(GOOD), "Certificate": closed})
    assert [] == sent


def test_parameters_that_are_no_mapping_are_left_to_botocore(acm: Any) -> None:
    """Another handler may make anything of them."""
    acm.meta.events.register("provide-client-params.acm.ImportCertificate", lambda **_: "nonsense")

    left = pytest.raises((ParamValidationError, AttributeError, TypeError))
    with pytest.warns(PreflightWarning, match="the type of the parameters"), left:
        acm.import_certificate(**files_of(GOOD))


def test_what_another_handler_makes_of_the_parameters_is_judged(acm: Any, sent: Sent) -> None:
    """The guard is the last to see them, whenever the other was registered."""

    def exchange(params: dict[str, Any], **_: Any) -> None:
        params.update(files_of("key-does-not-match"))

    acm.meta.events.register("before-parameter-build.acm.ImportCertificate", exchange)
    with pytest.raises(PreflightError, match="key-does-not-match"):
        acm.import_certificate(**files_of(GOOD))
    assert [] == sent


def test_parameters_that_cannot_be_changed_are_judged_all_the_same(acm: Any, sent: Sent) -> None:
    """Nothing can be taken out of them."""
    fixed = MappingProxyType(files_of("key-does-not-match"))
    acm.meta.events.register("provide-client-params.acm.ImportCertificate", lambda **_: fixed)

    with pytest.raises(PreflightError, match="key-does-not-match"):
        acm.import_certificate(**files_of(GOOD))
    assert [] == sent


def test_a_caller_s_own_mapping_is_not_changed(acm: Any) -> None:
    """What is taken out is taken out of what botocore made of it."""
    files = files_of("key-does-not-match")
    with pytest.raises(PreflightError):
        acm.import_certificate(**files)
    assert files_of("key-does-not-match") == files


def test_other_operations_are_untouched(acm: Any, sent: Sent) -> None:
    """Nothing is asked of them, and nothing said."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        acm.request_certificate(DomainName="www.example.com")
        acm.list_certificates()

    assert ["RequestCertificate", "ListCertificates"] == sent


@pytest.mark.parametrize("it", [None, "acm", boto3, object()], ids=["None", "str", "module", "object"])
def test_what_has_no_events_cannot_be_guarded(it: Any) -> None:
    """The caller's own mistake is told when it is made."""
    with pytest.raises(TypeError, match=re.escape(f"or botocore, not {type(it).__name__}")):
        guard(it)


@pytest.mark.parametrize("service", ["s3", "cloudfront", "elbv2"])
def test_a_client_of_another_service_cannot_be_guarded(server: str, service: str) -> None:
    """It imports nothing: whoever guards it has the wrong client at hand."""
    message = f"guard takes a client of acm or iam, or a session; this client is one of {service}"
    with pytest.raises(TypeError, match=re.escape(message)):
        guard(client(server, service))
    unguard(client(server, service))


@pytest.mark.parametrize("session", [boto3.Session, botocore.session.Session])
def test_a_session_need_not_have_a_service(session: Any) -> None:
    """Its clients of other services are left alone."""
    it = session()
    guard(it)
    unguard(it)


@pytest.mark.parametrize("option", ["certificate", "private_key", "chain", "names"])
def test_what_the_call_says_cannot_be_given_to_the_guard(server: str, option: str) -> None:
    """The files are those of each call."""
    options: dict[str, Any] = {option: b""}
    with pytest.raises(TypeError, match=f"{option} is the call's own"):
        guard(client(server), **options)


def test_an_option_that_cannot_be_meant_is_told_at_once(server: str, sent: Sent) -> None:
    """Not at the first import; and a guard that is there stays."""
    acm = sent.watch(client(server))
    guard(acm, at=AT)

    with pytest.raises(ValueError, match="nowhere"):
        guard(acm, "nowhere")
    with pytest.raises(PreflightError):
        acm.import_certificate(**files_of("key-does-not-match"))
    assert [] == sent


def test_the_documented_lines_run(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples about boto3 in docs/integrations.md do what they say."""
    page = (Path(FIXTURES).parent / "docs" / "integrations.md").read_text("utf-8")
    example = re.findall(r"^```python\n(import boto3\n.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.chdir(FIXTURES / "chain-out-of-order")
    names: dict[str, Any] = {}
    exec(compile(example.replace("guard(acm)", f"guard(acm, at={AT!r})"), "integrations.md", "exec"), names)

    assert ["chain-out-of-order"] == [each.rule for each in names["refused"].findings]
