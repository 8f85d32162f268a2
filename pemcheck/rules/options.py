"""What the import says besides the three files: region, ARN, tags, names, and how it is done (section G)."""

from __future__ import annotations

import re

from ..patterns import rare
from ..source import Location, printable, quoted
from ..submission import Submission
from ..targets import Want
from .key import accepts
from .table import SUBMISSION, Rule, listed

_ARN = rare(r"arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(?:/[\w+=,.@-]+)*\Z")
_REGION_IN_ARN = rare(r"arn:[\w-]+:acm:([a-z0-9-]+):", re.ASCII)
_NAME = rare(r"[\w+=,.@-]{1,128}\Z", re.ASCII)
_PATH = rare(r"/(?:[\x21-\x7e]+/)?\Z")
_KNOWN_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1", "ca-central-1"),
    *("ca-west-1", "mx-central-1", "sa-east-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"),
    *("eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1", "me-central-1", "me-south-1"),
    *("il-central-1", "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    *("ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"),
    *("ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "cn-north-1", "cn-northwest-1"),
)
_AREAS = frozenset(region.partition("-")[0] for region in _KNOWN_REGIONS)
_PARTS = frozenset(
    (
        *("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest", "central"),
        *("gov", "iso", "isob", "isoe", "isof", "de"),
    )
)
"""What names of regions are made of: new ones are opened every year, and no list of them stays complete."""
_TAG_CHARACTERS = "_.:/=+-@"
WAYS = ("api", "cli", "cloudformation", "console", "sdk", "terraform")
"""How a certificate can be imported, or cannot."""
_MAX_TAGS, _MAX_KEY, _MAX_VALUE, _MAX_PATH = 50, 128, 256, 512


def _at(option: str) -> Location:
    return Location(f"--{option}")


def _region_of_arn(want: Want) -> str:
    match = _REGION_IN_ARN.match(want.certificate_arn)
    return match.group(1) if match else ""


def _region(want: Want) -> str:
    """Return the region of the import: what was said, else that of the certificate to replace."""
    return want.region or _region_of_arn(want)


def _region_ok(it: Submission, want: Want) -> bool:
    return _region(want) in ("", want.target.region) or _region(want).startswith("cn-")


def _region_meant(want: Want) -> str:
    """Return the known region that is meant; nothing where the name is made as names of regions are."""
    region = _region(want)
    *words, number = region.split("-")
    if len(words) > 1 and number.isdecimal() and words[0] in _AREAS and set(words[1:]) <= _PARTS:
        return ""
    import difflib

    typed = region.lower()[:40]
    swapped = [known for known in _KNOWN_REGIONS if sorted(known) == sorted(typed)]  # the commonest slip, us-esat-1
    return (swapped or difflib.get_close_matches(typed, _KNOWN_REGIONS, 1, 0.5) or ["us-east-1"])[0]


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
        if not 1 <= len(key) <= _MAX_KEY:
            return f"the key {quoted(key)} has {len(key):,} characters; 1 to {_MAX_KEY} are allowed"
        if len(value) > _MAX_VALUE:
            return f"the value of {quoted(key)} has {len(value):,} characters; at most {_MAX_VALUE} are allowed"
        if key.lower().startswith("aws:"):
            return f"the key {quoted(key)} has the prefix aws:, which is reserved"
        for whose, text in (("the key", key), ("the value of", value)):
            if strange := _strange(text):
                shown = f"'{printable(strange)}' (U+{ord(strange):04X})"
                allowed = f"letters, digits, spaces and {_TAG_CHARACTERS}"
                return f"{whose} {quoted(key)} has the character {shown}; allowed are {allowed}"
    return ""


def _strange(text: str) -> str:
    """Return the first character of *text* that no tag may have, or nothing."""
    import unicodedata

    for each in text:
        if each not in _TAG_CHARACTERS and unicodedata.category(each)[0] not in "LZN":
            return each
    return ""


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
        applies=lambda it, want: bool(_region(want) and want.target.region),
        ok=_region_ok,
        option=lambda want: "--region" if want.region else "--certificate-arn",
        says=lambda it, want: (
            f"the import goes to {quoted(_region(want))}; {want.target.title} takes certificates from "
            f"{want.target.region} only"
        ),
        why="CloudFront, and what is built on it, looks for certificates in US East (N. Virginia).",
        fix=lambda it, want: (
            f"import with --region {want.target.region}"
            + ("" if want.region else " and without --certificate-arn: no re-import leads to another region")
        ),
        aws_says=(
            "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't "
            "valid, or doesn't include a valid certificate chain."
        ),
    ),
    Rule(
        name="region-unknown",
        on=SUBMISSION,
        applies=lambda it, want: bool(_region(want) and not want.target.region),  # else region-not-us-east-1 says it
        ok=lambda it, want: not _region_meant(want),
        option=lambda want: "--region" if want.region else "--certificate-arn",
        says=lambda it, want: f"{quoted(_region(want))} is not made as the names of AWS regions are",
        why="The AWS CLI takes any name of a region, and then finds no service there.",
        fix=lambda it, want: f"if {_region_meant(want)} is meant, write that",
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
        name="arn-in-another-region",
        on=SUBMISSION,
        applies=lambda it, want: bool(want.region and _region_of_arn(want)),
        ok=lambda it, want: want.region == _region_of_arn(want),
        at=lambda it: _at("certificate-arn"),
        says=lambda it, want: (
            f"the import goes to {quoted(want.region)}, the certificate to replace is in {quoted(_region_of_arn(want))}"
        ),
        why="A certificate in ACM belongs to its region; another region does not find it.",
        fix=lambda it, want: (
            f"re-import with --region {_region_of_arn(want)}, or leave --certificate-arn out: that imports a new "
            "certificate"
        ),
        aws_says="ResourceNotFoundException",
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
        why="These fields are binary: version 2 of the AWS CLI takes a bare text, or what file:// reads, for base64.",
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
