"""
What AWS and its tools say when they refuse a certificate, and the rules that may be behind it: data only.

The texts are AWS's own, with ``<name>`` where a value stands; ``recognise`` finds them in what a user has seen.
"""

from __future__ import annotations

from .value import Value


class Message(Value):
    """
    One message, as AWS words it.

    ``rules`` are the names of what may be wrong, the likeliest first.  ``code`` is the name of the error that
    comes with the text, where it belongs to this text alone or nearly so.  ``also`` says what else it may be that
    no rule can see, or when it was seen, ``source`` is a page on which the text stands, ``target`` whom it comes from.
    """

    text: str
    rules: tuple[str, ...]
    code: str = ""
    also: str = ""
    source: str = ""
    target: str = "acm"

    @property
    def shown(self) -> str:
        """The text behind its code."""
        return f"{self.code}: {self.text}" if self.code and self.text else self.code or self.text


_CENTER = "https://repost.aws/knowledge-center/acm-import-troubleshooting"
_GITHUB = "https://github.com/"
_NAMES = (
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements"
)

_HARMLESS = ("pem-crlf-line-ends", "pem-no-final-newline")
_DAMAGED = (
    "input-is-der",
    "input-is-path",
    "pem-wrong-label",
    "roles-swapped",
    "pem-marker-malformed",
    "pem-on-one-line",
    "pem-markers-share-a-line",
    "pem-bad-base64",
    "input-is-pkcs12",
    "input-is-pkcs7",
    "input-not-decrypted",
    "input-is-utf16",
    "input-without-markers",
    "pem-blank-or-indented-lines",
    "pem-trailing-spaces",
    "pem-nothing-found",
    "input-encoded-twice",
    "input-is-wrapped",
    "input-is-jks",
    "input-empty",
    "input-has-bom",
    "input-has-forbidden-characters",
    "pem-text-outside-blocks",
    "pem-headers-in-block",
    "input-has-non-ascii",
    "input-too-large",
)
FORM = (*_DAMAGED, *_HARMLESS)
"""Everything about the form of a file, and swapped files: for messages that say only that it cannot be read."""

_NOT_READ = (
    *_DAMAGED,
    "chain-contains-non-cert",
    "cert-contains-key",
    "cert-missing",
    "der-malformed",
    "asn1-unreadable",
    *_HARMLESS,
)
_ORDER = (
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order."
)
_INDEX = f"{_ORDER} The index within the chain of the invalid certificate is:"
_NOT_FROM_0 = (
    "chain-does-not-start-with-issuer",
    "chain-link-missing",
    "chain-out-of-order",
    "pem-text-outside-blocks",
    "chain-contains-unrelated",
    "chain-signature-does-not-verify",
    "chain-contains-duplicate",
)
_NOT_WITH_CHAIN = (
    "chain-root-only",
    "chain-does-not-start-with-issuer",
    "chain-out-of-order",
    "chain-signature-does-not-verify",
)
_KEY_NOT_SUPPORTED = (
    "key-algorithm-not-accepted",
    "input-is-path",
    "key-encrypted",
    "cert-key-algorithm-not-accepted",
    "key-format-not-accepted",
    "key-unreadable",
    "key-explicit-curve",
    "key-without-curve",
    "key-ec-parameters-only",
)
_ENCODED_BY_SDK = (
    "It may also be the SDK or the tool: it may have encoded the key, Base64 once more for example, before it was sent."
)
_QUOTA = (
    "It is about the account, not about the files; the yearly quota counts certificates that were imported and "
    "deleted within the last 365 days."
)

_CHARACTERS = ("input-has-forbidden-characters", "input-has-bom")
FIELDS = {
    "certificate": ("input-too-large", "cert-more-than-one", "pem-text-outside-blocks", "input-empty", "cert-missing"),
    "certificatebody": (
        *("input-too-large", "cert-more-than-one", "pem-text-outside-blocks", "input-empty", "cert-missing"),
        *_CHARACTERS,
    ),
    "certificatechain": ("input-too-large", "pem-text-outside-blocks", "input-empty", *_CHARACTERS),
    "privatekey": (
        *("key-too-large", "key-contains-cert", "pem-text-outside-blocks", "input-empty", "key-missing"),
        *_CHARACTERS,
    ),
    "certificatearn": ("arn-malformed",),
    "tags": ("tags-out-of-limits",),
    "servercertificatename": ("iam-name-malformed",),
    "path": ("iam-path-malformed",),
}
"""What may be wrong with the field that a validation message names, in small letters; the likeliest first."""

_IAM_FIELDS, _ACM_FIELDS = ("certificatebody", "servercertificatename", "path"), ("certificate", "certificatearn")
FIELD_TARGETS = {**dict.fromkeys(_IAM_FIELDS, "iam"), **dict.fromkeys((*_ACM_FIELDS, "tags"), "acm")}
"""Whose a field is, where the others do not have it."""

OPERATIONS = {
    "ImportCertificate": "acm",
    "UploadServerCertificate": "iam",
    **dict.fromkeys(
        ("CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution", "AssociateAlias"), "cloudfront"
    ),
    **dict.fromkeys(("CreateDomainName", "UpdateDomainName"), "api-gateway-edge"),
    **dict.fromkeys(("CreateUserPoolDomain", "UpdateUserPoolDomain"), "cognito"),
    **dict.fromkeys(("CreateListener", "ModifyListener", "AddListenerCertificates"), "alb"),
    **dict.fromkeys(("CreateLoadBalancerListeners", "SetLoadBalancerListenerSSLCertificate"), "elb"),
    **dict.fromkeys(("CreateClientVpnEndpoint", "ModifyClientVpnEndpoint"), "client-vpn"),
    **dict.fromkeys(("CreateServer", "UpdateServer"), "transfer"),
}
"""The target that an operation of AWS's API gives the certificate to."""

ERRORS = {
    **dict.fromkeys(("MalformedCertificate", "KeyPairMismatch", "EntityAlreadyExists"), "iam"),
    "InvalidViewerCertificate": "cloudfront",
    "UnsupportedCertificate": "alb",
}
"""The target whose own error this is; others that many services have, such as ValidationError, tell nothing."""

_MISMATCH = ("key-does-not-match", "cert-is-not-the-leaf")
MISMATCH = Message("the private key and the certificate do not match", _MISMATCH)
"""What many programs say in words of their own; none of AWS's."""

MESSAGES: tuple[Message, ...] = (
    Message(
        "The certificate field contains more than one certificate. You can specify only one certificate in this field.",
        ("cert-more-than-one", "pem-trailing-spaces", "file-prefix-not-fileb"),
        source=_CENTER,
    ),
    Message(f"{_INDEX} -1", _NOT_FROM_0),
    Message(f"{_INDEX} 0", ("chain-contains-leaf", "chain-out-of-order"), source=_CENTER),
    Message(_ORDER, _NOT_FROM_0, source=f"{_GITHUB}aws/aws-cli/issues/715"),
    Message("Could not validate the certificate with the certificate chain.", _NOT_WITH_CHAIN),
    Message("Can't validate the certificate with the certificate chain.", _NOT_WITH_CHAIN),
    Message(
        "Provided certificate is not a valid self signed. "
        "Please provide either a valid self-signed certificate or certificate chain.",
        ("chain-missing", "cert-self-issued-not-self-signed"),
        also="Seen from 2017 to 2019 where the chain was missing; today's ACM was seen to take a certificate without "
        f"it ({_GITHUB}certd/certd/issues/746).",
    ),
    Message(
        "The private key length <key_length> is not supported for key algorithm.",
        ("key-size-not-accepted", "key-curve-not-accepted", "cert-key-algorithm-not-accepted"),
        source=_CENTER,
    ),
    Message("The private key is not supported.", _KEY_NOT_SUPPORTED, also=_ENCODED_BY_SDK, source=_CENTER),
    Message(
        "The private key is not supported. Only RSA 1024-bit and 2048-bit private keys are allowed.",
        (*_KEY_NOT_SUPPORTED, "cert-key-not-rsa"),
        also=_ENCODED_BY_SDK,
        source=f"{_GITHUB}pplu/aws-sdk-perl/issues/173",
    ),
    Message("The certificate is not valid.", ("input-is-path",), source=_CENTER),
    Message("Your private key should not be encrypted.", ("key-encrypted",), source=_CENTER),
    Message("The certificate body/chain provided is not in a valid PEM format", _NOT_READ, source=_CENTER),
    Message(
        "",
        _NOT_READ,
        "InternalFailure",
        "It also is AWS's word for a failure of its own: try once more.",
        _CENTER,
    ),
    Message("Unable to parse certificate. Please ensure the certificate is in PEM format.", _NOT_READ, source=_CENTER),
    Message("Unable to parse certificate. Be sure that the certificate is in PEM format.", _NOT_READ, source=_CENTER),
    Message(
        'Invalid base64: "-----BEGIN',
        ("file-prefix-not-fileb",),
        also="It comes from the AWS CLI, version 2, before anything is sent: for `aws acm` write fileb:// before "
        "the path, not file://.",
        source=f"{_GITHUB}aws/aws-cli/issues/4978",
    ),
    Message(
        "New certificate is missing one or more Key Usages supported by the currently imported certificate",
        ("reimport-key-usage-removed",),
        also="It compares with the certificate that is being replaced: import the new one without "
        "--certificate-arn, as another certificate, or ask the CA for the old key usages.",
    ),
    Message(
        "New certificate is missing one or more Extended Key Usages supported by the currently imported certificate",
        ("reimport-eku-removed",),
        also="It compares with the certificate that is being replaced: import the new one without "
        "--certificate-arn, as another certificate, or ask the CA for the old extended key usages.",
        source=f"{_GITHUB}hashicorp/terraform-provider-aws/issues/42779",
    ),
    Message(
        "the certificate is malformed or expired",
        (*_NOT_READ, "cert-expired"),
        "MalformedCertificate",
        source="https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html",
        target="iam",
    ),
    Message(
        "the public key certificate and the private key do not match",
        _MISMATCH,
        "KeyPairMismatch",
        source="https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html",
        target="iam",
    ),
    Message(
        "The certificate '<arn>' must have a fully-qualified domain name, a supported signature, "
        "and a supported key size.",
        (
            *("cert-no-domain", "cert-key-algorithm-not-accepted", "cert-weak-signature"),
            *("cert-single-label", "cert-only-ip-addresses"),
        ),
        "UnsupportedCertificate",
        "Commonest is what no file shows: the certificate in ACM is still PENDING_VALIDATION; "
        "`aws acm describe-certificate --certificate-arn ARN` tells.",
        f"{_GITHUB}aws-samples/aws-secure-environment-accelerator/issues/990",
        "alb",
    ),
    Message(
        "Certificate <arn> does not have a domain",
        ("cert-no-domain", "cert-single-label"),
        source=f"{_GITHUB}cloudposse/terraform-aws-ec2-client-vpn/issues/57",
        target="client-vpn",
    ),
    Message(
        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, "
        "or doesn't include a valid certificate chain.",
        (
            "region-not-us-east-1",
            "cert-key-algorithm-not-accepted",
            "chain-missing",
            "cert-not-publicly-trusted",
            "cert-self-signed",
            "cert-expired",
        ),
        "InvalidViewerCertificate",
        target="cloudfront",
    ),
    Message(
        "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) "
        "that you're trying to add.",
        ("cert-does-not-cover-hostname", "cert-without-san"),
        "InvalidViewerCertificate",
        source=_NAMES,
        target="cloudfront",
    ),
    Message(
        "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate "
        "that validates your authorization to use the domain name.",
        ("cert-self-signed", "cert-not-publicly-trusted"),
        "InvalidViewerCertificate",
        "It may also be that no certificate is attached to the distribution at all.",
        f"{_GITHUB}winglang/wing/issues/2440",
        "cloudfront",
    ),
    Message(
        "not issued by a trusted Certificate Authority",
        ("cert-not-publicly-trusted", "cert-self-signed"),
        source=f"{_GITHUB}amplify-education/serverless-domain-manager/issues/440",
        target="api-gateway-edge",
    ),
    Message(
        "You have reached the maximum number of certificates. "
        "Delete certificates that are not in use, or contact AWS Support to request an increase.",
        ("quota-note",),
        also=_QUOTA,
        source=_CENTER,
    ),
    Message(
        "you have reached your limit of <number> certificates in the last year.",
        ("quota-note",),
        also=_QUOTA,
        source=f"{_GITHUB}hashicorp/terraform-provider-aws/issues/14025",
    ),
    Message(
        'Missing required parameter in input: "PrivateKey"',
        ("key-missing",),
        also="It comes from the AWS CLI or boto3 before anything is sent.",
    ),
    Message(
        "Member must satisfy regular expression pattern: <pattern>",
        (
            "iam-name-malformed",
            "iam-path-malformed",
            "input-has-forbidden-characters",
            "input-has-bom",
            "arn-malformed",
            "tags-out-of-limits",
        ),
        "ValidationError",
        target="iam",
    ),
    Message("", ("arn-malformed",), "InvalidArnException"),
    Message("", ("tags-out-of-limits",), "TooManyTagsException"),
    Message("", ("tags-out-of-limits", "reimport-with-tags"), "InvalidTagException"),
    Message(
        "Member must have length less than or equal to <limit>",
        (
            *("input-too-large", "key-too-large", "cert-more-than-one", "key-contains-cert", "pem-text-outside-blocks"),
            *("tags-out-of-limits", "arn-malformed", "iam-name-malformed", "iam-path-malformed"),
        ),
    ),
    Message(
        "Member must have length greater than or equal to <limit>",
        ("input-empty", "tags-out-of-limits", "arn-malformed", "iam-name-malformed", "iam-path-malformed"),
    ),
    Message("Member must not be null", ("cert-missing", "key-missing")),
    Message("", ("quota-note",), "LimitExceededException", _QUOTA),
    Message(
        "",
        ("arn-in-another-region",),
        "ResourceNotFoundException",
        "It is not about the files: there is no certificate of this ARN in this region and account; it may have been "
        "deleted.",
    ),
    Message(
        "",
        (),
        "AccessDeniedException",
        "It is not about the files: whoever called lacks a permission, such as acm:ImportCertificate or "
        "iam:UploadServerCertificate, or a policy forbids it.",
    ),
    Message(
        "",
        (),
        "EntityAlreadyExists",
        "It is not about the files: there is a server certificate of this name already; choose another "
        "--server-certificate-name.",
        target="iam",
    ),
    Message(
        "",
        (),
        "CertificateNotFound",
        "It is not about the files: the load balancer finds no certificate of this ARN in its region and account; what "
        "was just uploaded to IAM may take some seconds to be seen.",
        target="alb",
    ),
)
