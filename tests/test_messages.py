"""Every message of AWS's that is known is found, however it arrives, and leads to rules that exist."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from pemcheck.messages import FORM, MESSAGES, Message
from pemcheck.recognise import CODE, MAX_LENGTH, PART, SENSE, WHOLE, recognise, words
from pemcheck.rules import BY_NAME, RULES
from pemcheck.targets import known

pytestmark = pytest.mark.once

TEXTS = [message for message in MESSAGES if message.text]
CODES = [message for message in MESSAGES if message.code]
ORDER = (
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order."
)
INDEX = f"{ORDER} The index within the chain of the invalid certificate is: "
ARN = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
VALUES = {"<arn>": ARN, "<key_length>": "3072", "<number>": "20", "<limit>": "2097152", "<pattern>": "[\\w+=,.@-]+"}
ENCRYPTED = "Your private key should not be encrypted."


def as_seen(message: Message) -> str:
    """Return the text with values where AWS puts them."""
    return re.sub("<[a-z_]+>", lambda match: VALUES[match.group()], message.text)


def first(text: str) -> str:
    """Return the best match's text with its code, empty if there is none."""
    found = recognise(text)
    return found[0].message.shown if found else ""


def name_of(message: Message) -> str:
    """Return a short name for a test."""
    return message.shown[-40:]


# --------------------------------------------------------------------------------------------------- the table


def test_every_rule_that_is_named_exists() -> None:
    """The table cannot send anybody to a rule that is not there."""
    assert set() == {name for message in MESSAGES for name in message.rules} - set(BY_NAME)


def test_no_rule_is_named_twice() -> None:
    """A ranking has each rule once."""
    assert [] == [message.shown for message in MESSAGES if len(set(message.rules)) != len(message.rules)]


def test_no_message_stands_there_twice() -> None:
    """Each is told apart by its words, or by its code where it has none."""
    assert len(MESSAGES) == len({(*words(message.text), message.code * (not message.text)) for message in MESSAGES})


def test_a_message_that_says_only_unreadable_leads_to_every_rule_about_form() -> None:
    """All of the rules about bytes and PEM, and swapped files."""
    form = {name for name in BY_NAME if name.startswith(("input-", "pem-"))}

    assert form | {"roles-swapped"} == set(FORM)


def test_every_message_comes_from_a_target() -> None:
    """Files are judged for it by default."""
    assert set() == {message.target for message in MESSAGES} - set(known())


def test_what_is_known_of_a_message_is_a_sentence_and_a_page() -> None:
    """A source is an address, and what else it may be is said in full."""
    assert [] == [each.source for each in MESSAGES if each.source and not each.source.startswith("https://")]
    assert [] == [each.also for each in MESSAGES if each.also and not each.also.endswith(".")]


SAID = [(rule.name, text) for rule in RULES for text in rule.aws_says.split(" / ") if text]


@pytest.mark.parametrize(("rule", "text"), SAID, ids=[name for name, _ in SAID])
def test_what_a_rule_quotes_leads_to_the_rule(rule: str, text: str) -> None:
    """``Rule.aws_says`` and the table know the same."""
    assert rule in {name for match in recognise(text) for name in match.message.rules}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("cert-only-ip-addresses", "UnsupportedCertificate"),
        ("chain-contains-duplicate", f"{INDEX}-1"),
        ("chain-contains-duplicate", ORDER),
    ],
)
def test_a_fault_that_is_not_the_likeliest_is_named_too(rule: str, text: str) -> None:
    """An address is no fully-qualified domain name, and a certificate does not certify itself."""
    assert rule in recognise(text)[0].message.rules


# ------------------------------------------------------------------------------------------------ whole messages

WRAPPINGS = {
    "as it is": "{}",
    "the AWS CLI": "\nAn error occurred (ValidationException) when calling the ImportCertificate operation: {}\n",
    "another operation": "An error occurred (MalformedCertificate) when calling the UploadServerCertificate "
    "operation: {}",
    "retries": "An error occurred (Throttled) when calling the X operation (reached max retries: 4): {}",
    "boto3": "botocore.exceptions.ClientError: An error occurred (ValidationException) when calling the "
    "ImportCertificate operation: {}",
    "a traceback": 'Traceback (most recent call last):\n  File "x.py", line 10, in <module>\nX: {}\nexit 1',
    "Terraform": "╷\n│ Error: importing ACM Certificate: operation error ACM: ImportCertificate, https response error "
    "StatusCode: 400, RequestID: 0a1b, ValidationException: {}\n│ \n│   with aws_acm_certificate.x,\n╵",
    "older Terraform": "Error: Error importing certificate: ValidationException: {}\n\tstatus code: 400",
    "Java": "{} (Service: AWSCertificateManager; Status Code: 400; Error Code: ValidationException; Request ID: 0a)",
    "JSON": '{{"message": "{}\\n", "level": "error"}}',
    "XML": "<Error><Code>X</Code><Message>{}</Message></Error>",
    "colours": "\x1b[31mError:\x1b[0m {}",
}


@pytest.mark.parametrize("message", TEXTS, ids=name_of)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_message_is_found_in_what_tools_write_around_it(wrapping: str, message: Message) -> None:
    """Whole, and before any other."""
    found = recognise(WRAPPINGS[wrapping].format(as_seen(message)))

    assert (message, WHOLE) == (found[0].message, found[0].kind)


FORMS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "curly quotes": lambda text: text.replace("'", "’").replace('"', "”"),
    "contracted": lambda text: text.replace("is not ", "isn't ").replace("Could not", "Couldn't"),
    "contracted without an apostrophe": lambda text: text.replace("is not ", "isnt ").replace("isn't", "isnt"),
    "written out": lambda text: text.replace("sn't", "s not").replace("Can't", "Cannot"),
    "line breaks": lambda text: text.replace(" ", "\r\n    "),
    "tabs": lambda text: text.replace(" ", "\t\t"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "no punctuation": lambda text: text.replace(".", "").replace(",", "").replace("'", "’"),
    "typographic dashes": lambda text: text.replace("-", "−").replace("−----", "-----"),
    "escaped apostrophes": lambda text: text.replace("'", "\\u2019"),
    "HTML": lambda text: text.replace("'", "&#39;").replace('"', "&quot;"),
    "in double quotes": lambda text: f"“{text}”",
    "placeholders": lambda text: text,
}


@pytest.mark.parametrize("message", TEXTS, ids=name_of)
@pytest.mark.parametrize("form", FORMS)
def test_a_message_is_found_in_any_form(form: str, message: Message) -> None:
    """Case, quotes, contractions, white space and dashes make no difference."""
    text = message.text if form == "placeholders" else as_seen(message)
    found = recognise(FORMS[form](text))

    assert (message.rules, WHOLE) == (found[0].message.rules, found[0].kind)


@pytest.mark.parametrize("value", ["", "of 8192 bits", "P-256", "3072,", "<key_length>"])
def test_any_value_may_stand_where_aws_puts_one(value: str) -> None:
    """A number, several words, or nothing."""
    expected = "The private key length <key_length> is not supported for key algorithm."

    assert expected == first(f"The private key length {value} isn't supported for key algorithm.")


@pytest.mark.parametrize("arn", [ARN, "arn:aws-cn:acm:…:certificate/****", "XXXX", "arn:aws:acm:us-east-1:1:c/a"])
def test_an_arn_may_be_made_unreadable(arn: str) -> None:
    """Nobody publishes an account's number."""
    assert "Certificate <arn> does not have a domain" == first(f"Certificate {arn} does not have a domain")


# -------------------------------------------------------------------------------------------------------- ranking


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("0", ("chain-contains-leaf", "chain-out-of-order")),
        ("-1", ("chain-does-not-start-with-issuer", "chain-link-missing", "chain-out-of-order")),
        ("", ("chain-does-not-start-with-issuer", "chain-link-missing", "chain-out-of-order")),
        ("2", ("chain-does-not-start-with-issuer", "chain-link-missing", "chain-out-of-order")),
    ],
)
def test_the_index_decides(index: str, expected: tuple[str, ...]) -> None:
    """0 and -1 are two rankings; none, or another, is that of -1; and each is the only match."""
    (match,) = recognise(INDEX + index)

    assert expected == match.message.rules[: len(expected)]


def test_the_index_alone_decides() -> None:
    """The last sentence is enough."""
    sentence = "The index within the chain of the invalid certificate is: "

    assert [INDEX + "-1"] == [match.message.text for match in recognise(sentence + "-1")]
    assert [INDEX + "0"] == [match.message.text for match in recognise(sentence + "0")]
    assert [INDEX + "-1", INDEX + "0"] == [match.message.text for match in recognise(sentence)]


def test_a_text_counts_more_than_the_code_around_it() -> None:
    """IAM calls everything MalformedCertificate."""
    (match,) = recognise(f"An error occurred (MalformedCertificate) when calling X: {INDEX}-1")

    assert INDEX + "-1" == match.message.shown


def test_the_longer_text_counts_more() -> None:
    """One message is the beginning of another."""
    short, long = "The private key is not supported.", "Only RSA 1024-bit and 2048-bit private keys are allowed."

    assert [short] == [match.message.text for match in recognise(short)]
    assert [f"{short} {long}"] == [match.message.text for match in recognise(f"{short} {long}")]
    assert [f"{short} {long}"] == [match.message.text for match in recognise(long)]


def test_several_messages_are_all_found() -> None:
    """The longest first."""
    texts = ["Unable to parse certificate. Be sure that the certificate is in PEM format.", ENCRYPTED]

    assert texts == [match.message.text for match in recognise(" / ".join(texts[::-1]))]


@pytest.mark.parametrize("message", CODES, ids=lambda message: message.code)
@pytest.mark.parametrize("text", ["{}", "An error occurred ({}) when calling the X operation: y", "aws.{}Exception: y"])
def test_a_code_alone_is_better_than_nothing(text: str, message: Message) -> None:
    """It names every message that comes with it."""
    found = recognise(text.format(message.code.removesuffix("Exception")))

    assert (True, {CODE}) == (message in [match.message for match in found], {match.kind for match in found})


# ----------------------------------------------------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("more than one certificate", "The certificate field contains"),
        ("The certificate field contains more than one certificate.", "The certificate field contains"),
        ("Error: x: The certificate field contains more than one certificate.\n with x", "The certificate field"),
        ("log: You can specify only one certificate in this field. bye", "The certificate field contains"),
        ("does not have a domain", "Certificate <arn> does not have a domain"),
        ("fully-qualified domain name", "UnsupportedCertificate: The certificate"),
        ("Unable to validate certificate chain", "Unable to validate certificate chain."),
        ("... must start with the immediate signing certificate, followed by ...", "Unable to validate certificate"),
        ("private key length 4096 isn't supported", "The private key length"),
        ("Invalid base64", "Invalid base64"),
        ("x: ERROR: malformed or expired", "MalformedCertificate: the certificate is malformed or expired"),
        ("you must attach a trusted certificate", "InvalidViewerCertificate: To add an alternate"),
    ],
)
def test_a_part_is_enough(text: str, expected: str) -> None:
    """A sentence, or a piece that stands in one message only."""
    found = recognise(text)

    assert (True, True) == (found[0].message.shown.startswith(expected), found[0].kind in (PART, WHOLE))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "certificate",
        "certificate chain",
        "the private key",
        "is not supported",
        "Hello, world",
        "The private key is not readable by the user nginx",
        "a certificate chain must be in order, somebody said",
        "Access denied: you are not authorized to perform acm:ImportCertificate",
        "Unable to locate credentials. You can configure credentials by running aws configure.",
        "\x00\ud800\U0010ffff",
        "§",
    ],
)
def test_what_is_none_of_aws_messages_is_none(text: str) -> None:
    """A few common words are no message."""
    assert () == recognise(text)


# ---------------------------------------------------------------------------------------------------- in other words


@pytest.mark.parametrize(
    "text",
    [
        "key does not match",
        "The key doesn't match.",
        "private key doesn't match certificate",
        "certificate and private key do not match",
        "certificate does not match the public key",
        "Certificate and key are not matching",
        "The provided certificate and private key don't belong together.",
        'nginx: [emerg] SSL_CTX_use_PrivateKey("k.pem") failed (SSL: error:05800074:x509::key values mismatch)',
        "[SSL: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c:4046)",
        "Failed to load private key from <inline>, Cause: error:0b000074:X.509:OPENSSL_internal:KEY_VALUES_MISMATCH",
        "error:05800073:x509 certificate routines::key type mismatch",
        "tls: private key does not match public key",
        "tls: private key type does not match public key type",
        "parsing [haproxy.cfg:3] : inconsistencies between private key and certificate loaded from PEM file 'a.pem'.",
    ],
)
def test_that_the_key_does_not_match_is_understood_in_other_words(text: str) -> None:
    """Those of AWS's tools, openssl, nginx, Python, Envoy, Go and HAProxy."""
    assert [(SENSE, ("key-does-not-match", "cert-is-not-the-leaf"), "acm")] == [
        (match.kind, match.rules, match.target) for match in recognise(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The request signature we calculated does not match the signature you provided. Check your AWS Access Key",
        "authority and subject key identifier mismatch",
        "certificate key usage does not match",
        "The ssh host key does not match the one in known_hosts",
        "the API key does not match",
        "key not found, and no certificate",
        "the certificate does not match the hostname",
        "the private key is readable " + "x " * 20 + "does not match",
    ],
)
def test_what_else_does_not_match_is_not_taken_for_the_key(text: str) -> None:
    """A signature, an identifier, a host's key."""
    assert () == recognise(text)


def test_the_service_that_is_named_is_who_found_the_mismatch() -> None:
    """Its code stands before words that are not its own."""
    found = recognise("KeyPairMismatch: your private key doesn't match the certificate")

    assert [(SENSE, "iam")] == [(match.kind, match.target) for match in found]


# ------------------------------------------------------------------------------------------------------------ bounds


@pytest.mark.parametrize(
    "unit",
    ["x", "the private key ", "\x1b[", "\x1b[0", "<a", "<a ", "arn:aws", "'", ":", "§", "certificate ", "is", "1",
     "-1 ", "a: ", "certificate certificate a b c does not ",
     "key mismatch ", "not match "],
)  # fmt: skip
def test_no_message_takes_long(unit: str) -> None:
    """4 MB of anything is answered at once."""
    text = unit * (4_000_000 // len(unit))
    start = time.process_time()
    recognise(text)

    assert time.process_time() - start < 3


def test_what_stands_behind_the_bound_is_not_seen() -> None:
    """The beginning is looked at, no more."""
    assert () == recognise("x " * (MAX_LENGTH // 2) + ENCRYPTED)
    assert ENCRYPTED == first("x " * (MAX_LENGTH // 2 - 100) + ENCRYPTED)
