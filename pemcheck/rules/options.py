"""What the import says besides the three files: region, ARN, tags, names, and how it is done (section G)."""

from __future__ import annotations

import re

from ..facts import Submission
from ..patterns import rare
from ..source import Location, quoted
from ..targets import Want
from .key import accepts
from .table import SUBMISSION, Rule, listed

_ARN = rare(r"arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(?:/[\w+=,.@-]+)*\Z")
_NAME = rare(r"[\w+=,.@-]{1,128}\Z", re.ASCII)
_PATH = rare(r"/(?:[\x21-\x7e]+/)?\Z")
_TAG_CHARACTERS = "_.:/=+-@"
WAYS = ("api", "cli", "cloudformation", "console", "sdk", "terraform")
"""How a certificate can be imported, or cannot."""
_MAX_TAGS, _MAX_KEY, _MAX_VALUE, _MAX_PATH = 50, 128, 256, 512


def _at(option: str) -> Location:
    return Location(f"--{option}")


def _region_ok(it: Submission, want: Want) -> bool:
    return want.region in ("", want.target.region) or want.region.startswith("cn-")


def is_certificate_arn(text: str) -> bool:
    """Whether *text* is an ARN as ACM's model has it (botocore: Arn)."""
    return 20 <= len(text) <= 2048 and bool(_ARN.match(text))


def _arn_ok(it: Submission, want: Want) -> bool:
    return is_certificate_arn(want.certificate_arn)


def _tag_fault(want: Want) -> str:
    """Return what is wrong with the tags (botocore: TagList, TagKey, TagValue), or nothing."""
    keys = [key for key, _ in want.tags]
    if len(keys) > _MAX_TAGS:
        return f"there are {len(keys)} tags, and at most {_MAX_TAGS} are allowed"
    if len(set(keys)) < len(keys):
        return "a key stands twice"
    for key, value in want.tags:
        if not 1 <= len(key) <= _MAX_KEY or len(value) > _MAX_VALUE:
            return f"a key has 1 to {_MAX_KEY} characters and a value at most {_MAX_VALUE}: {quoted(key)} does not"
        if key.lower().startswith("aws:"):
            return f"the prefix aws: is reserved: {quoted(key)}"
        if not _tag_characters(key + value):
            return f"a key and its value are made of letters, digits, spaces and _.:/=+-@: {quoted(key)} is not"
    return ""


def _tag_characters(text: str) -> bool:
    import unicodedata

    return all(character in _TAG_CHARACTERS or unicodedata.category(character)[0] in "LZN" for character in text)


def _wrong_prefixes(want: Want) -> list[str]:
    """Return the options of a pasted import-certificate that the AWS CLI would not read as a binary file."""
    _, *sources = want.command or ("",)
    options = ("--certificate", "--private-key", "--certificate-chain")
    return [option for option, source in zip(options, sources) if source and not source.startswith("fileb://")]


def _for_acm(want: Want) -> bool:
    return want.command[:1] == ("import-certificate",)


RULES = (
    Rule(
        name="region-not-us-east-1",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.region and want.target.region),
        ok=_region_ok,
        at=lambda it: _at("region"),
        says=lambda it, want: (
            f"the import goes to {quoted(want.region)}; {want.target.title} takes certificates from "
            f"{want.target.region} only"
        ),
        why="CloudFront, and what is built on it, looks for certificates in US East (N. Virginia).",
        fix=lambda it, want: f"import with --region {want.target.region}",
        aws_says=(
            "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't "
            "valid, or doesn't include a valid certificate chain."
        ),
    ),
    Rule(
        name="arn-malformed",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.certificate_arn),
        ok=_arn_ok,
        at=lambda it: _at("certificate-arn"),
        says=lambda it, want: f"this is no ARN of a certificate in ACM: {quoted(want.certificate_arn)}",
        why="A re-import names the certificate that it replaces by its ARN.",
        fix="copy the ARN from `aws acm list-certificates`: arn:aws:acm:REGION:ACCOUNT:certificate/ID",
        aws_says="InvalidArnException",
    ),
    Rule(
        name="tags-out-of-limits",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.tags),
        ok=lambda it, want: not _tag_fault(want),
        at=lambda it: _at("tags"),
        says=lambda it, want: _tag_fault(want),
        why="The service's model limits number, length and characters of tags; the client does not check them.",
        fix="mend or leave out the tag",
        aws_says="TooManyTagsException, InvalidTagException",
    ),
    Rule(
        name="reimport-with-tags",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.certificate_arn),
        ok=lambda it, want: not want.tags,
        at=lambda it: _at("tags"),
        says="tags are given together with --certificate-arn, that is for a re-import",
        why="Tags can be given only when a certificate is imported for the first time.",
        fix="leave --tags out, and run `aws acm add-tags-to-certificate` afterwards",
    ),
    Rule(
        name="iam-name-malformed",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.server_certificate_name),
        ok=lambda it, want: bool(_NAME.match(want.server_certificate_name)),
        at=lambda it: _at("server-certificate-name"),
        says=lambda it, want: (
            f"{quoted(want.server_certificate_name)} is no name for a server certificate: 1 to 128 of the characters "
            "A-Z a-z 0-9 and _+=,.@-"
        ),
        why="The service's model limits the name.",
        fix="choose a name without spaces and other characters",
        aws_says="ValidationError",
    ),
    Rule(
        name="iam-path-malformed",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.path),
        ok=lambda it, want: len(want.path) <= _MAX_PATH and bool(_PATH.match(want.path)),
        at=lambda it: _at("path"),
        says=lambda it, want: (
            f"{quoted(want.path)} is no path for a server certificate: / alone, or printable ASCII between / and /, "
            f"at most {_MAX_PATH} characters"
        ),
        why="The service's model limits the path.",
        fix="begin and end it with /, as in /cloudfront/example/",
        aws_says="ValidationError",
    ),
    Rule(
        name="iam-path-not-for-cloudfront",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.path or want.server_certificate_name),
        ok=lambda it, want: want.path.startswith("/cloudfront") and want.path.endswith("/"),
        at=lambda it: _at("path"),
        says=lambda it, want: f"the path is {quoted(want.path or '/')}, which CloudFront does not list",
        why="CloudFront sees only server certificates in IAM whose path begins with /cloudfront and ends with a slash.",
        fix="upload with --path /cloudfront/example/, or import into ACM in us-east-1",
    ),
    Rule(
        name="iam-update-unsupported",
        on=SUBMISSION,
        applies=lambda it, want: it.replacement is not None,
        ok=lambda it, want: False,
        at=lambda it: it.leaf.at if it.leaf else it.at,
        says="a server certificate in IAM cannot be changed: there is no re-import",
        why="IAM lets you change name and path of a server certificate, not its body, key or chain.",
        fix="upload it under a new --server-certificate-name, switch your services over, then delete the old one",
    ),
    Rule(
        name="file-prefix-not-fileb",
        on=SUBMISSION,
        applies=lambda it, want: _for_acm(want),
        ok=lambda it, want: not _wrong_prefixes(want),
        at=lambda it: Location("the AWS command"),
        says=lambda it, want: f"the command gives {listed(_wrong_prefixes(want))} without the prefix fileb://",
        why="These fields are binary: version 2 of the AWS CLI takes what file:// reads for base64.",
        fix="write fileb:// before each path; versions 1 and 2 of the AWS CLI both take it",
        aws_says='Invalid base64: "-----BEGIN',
    ),
    Rule(
        name="cloudformation-cannot-import",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.via),
        ok=lambda it, want: want.via != "cloudformation",
        at=lambda it: _at("via"),
        says="AWS CloudFormation cannot import certificates into ACM",
        why="There is no resource type for it: AWS::CertificateManager::Certificate only requests certificates.",
        fix="import with the console, the API, the AWS CLI or Terraform, and give the stack the ARN as a parameter",
    ),
    Rule(
        name="mutual-tls-ownership-missing",
        on=SUBMISSION,
        applies=lambda it, want: want.mutual_tls,
        ok=lambda it, want: bool(want.ownership_certificate_arn),
        at=lambda it: _at("mutual-tls"),
        says="mutual TLS with an imported certificate needs a second certificate that proves who owns the domain",
        why="API Gateway takes an imported certificate with mutual TLS only with ownershipVerificationCertificateArn.",
        fix="request a public ACM certificate for the same name, and pass its ARN as --ownership-certificate-arn",
    ),
    Rule(
        name="quota-note",
        on=SUBMISSION,
        applies=lambda it, want: it.replacement is not None,
        ok=lambda it, want: bool(want.certificate_arn),
        at=lambda it: _at("replaces"),
        says="without --certificate-arn this import makes a new certificate and leaves the old one in place",
        why="An account holds 2,500 imported certificates and may import 5,000 in 365 days; deleted ones count too.",
        fix="give --certificate-arn to re-import, or delete the old certificate once nothing uses it",
        aws_says=(
            "You have reached the maximum number of certificates. Delete certificates that are not in use, or contact "
            "AWS Support to request an increase."
        ),
    ),
    Rule(
        name="listing-hides-key-type",
        on=SUBMISSION,
        applies=lambda it, want: it.leaf is not None and accepts(want.target, it.leaf.key),
        ok=lambda it, want: it.leaf is None or it.leaf.key.algorithm in ("RSA_1024", "RSA_2048"),
        reads=("leaf.key",),
        at=lambda it: it.leaf.at if it.leaf else it.at,
        path="tbsCertificate.subjectPublicKeyInfo",
        says=lambda it, want: (
            f"lists of certificates leave {it.leaf.key.algorithm if it.leaf else ''} out unless they are asked for it"
        ),
        why="By default ListCertificates shows RSA_1024 and RSA_2048 only, so tools find no certificate.",
        fix=lambda it, want: (
            "name the key type: `aws acm list-certificates --includes keyTypes="
            f"{it.leaf.key.algorithm if it.leaf else ''}`"
        ),
    ),
)
