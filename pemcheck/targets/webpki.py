"""
What browsers and public CAs ask of a TLS server's certificate, whatever serves it.

Read this file beside the CA/Browser Forum's Baseline Requirements 2.2.6 (section 7.1.2.7 and its neighbours), then
Apple's page for its systems, Chrome's root program and transparency policies, and the RFCs below them.  Demands
with ``public`` are not made of a certificate from the user's own CA (``--private-ca``); Apple's are made of all.
What these documents leave open is asked as ``acm`` asks it, as inference.
"""

from __future__ import annotations

from ..findings import Severity
from . import DOCUMENTED, ERROR, INFERRED, STORE, TRUSTED, WARNING, Demand, Target, inferred, said
from .acm import ACM, APPLE, BASELINE, EC, IMPORT_RULES, NOT_PEM, RFC_5280, UNREADABLE, X_509

CHROME = "https://www.chromium.org/Home/chromium-security/root-ca-policy/"
CHROME_LOGS = "https://googlechrome.github.io/CertificateTransparency/ct_policy.html"
RFC_5958 = "https://www.rfc-editor.org/rfc/rfc5958"
RFC_7468 = "https://www.rfc-editor.org/rfc/rfc7468"
RFC_8446 = "https://www.rfc-editor.org/rfc/rfc8446"
RFC_9525 = "https://www.rfc-editor.org/rfc/rfc9525"


def _rule(source: str, quote: str, *rules: str, severity: Severity = ERROR, only: str = "") -> tuple[Demand, ...]:
    return said(source, quote, severity, DOCUMENTED, *rules, only=only)


def _public(demands: tuple[Demand, ...]) -> tuple[Demand, ...]:
    return tuple(demand.replace(public=True) for demand in demands)


def _from(demands: tuple[Demand, ...], issued_from: str) -> tuple[Demand, ...]:
    return tuple(demand.replace(issued_from=issued_from) for demand in demands)


_SERVER_AUTH = "must contain an ExtendedKeyUsage (EKU) extension containing the id-kp-serverAuth OID"
_DEDICATED = "Dedicated TLS Server Authentication PKI Hierarchies"


_KEYS = (
    *_rule(
        BASELINE,
        "Ensure that the modulus size, when encoded, is at least 2048 bits",
        "cert-key-algorithm-not-accepted",
        "key-algorithm-not-accepted",
        "key-size-not-accepted",
        "key-curve-not-accepted",
        "chain-cert-weak-key",
    ),
    *_rule(BASELINE, "parameters MUST use the namedCurve encoding", "cert-explicit-curve", "key-explicit-curve"),
    *_rule(BASELINE, "SHALL NOT use a different algorithm, such as the id-RSASSA-PSS", "cert-pss-key"),
    *_public(_rule(BASELINE, "byte-for-byte identical", "cert-key-identifier-malformed")),
    *_public(_rule(BASELINE, "byte-for-byte identical", "chain-names-match-only-relaxed", severity=Severity.NOTE)),
    *_rule(BASELINE, "an odd number equal to 3 or more", "key-weak-exponent", only="invalid"),
    *_rule(BASELINE, "SHOULD be in the range between 2^16 + 1 and 2^256 - 1", "key-weak-exponent", severity=WARNING),
    *_rule(BASELINE, "the CA SHALL reject Debian weak keys", "key-known-weak"),
    *_rule(BASELINE, "parameters MUST use the namedCurve encoding", "chain-cert-explicit-curve"),
)

_CERTIFICATE = (
    *_rule(BASELINE, "Certificates MUST be of type X.509 v3.", "cert-not-version-3", "chain-cert-not-version-3"),
    *_public(_rule(BASELINE, "greater than zero (0) and less than 2¹⁵⁹", "cert-serial-out-of-range")),
    *_rule(BASELINE, "byte-for-byte identical to the tbsCertificate.signature", "cert-signature-algorithms-differ"),
    *_public(
        _rule(
            BASELINE,
            "MUST be byte-for-byte identical to the subject field of the Issuing CA",
            "cert-self-signed",
        )
    ),
    *_public(
        _from(_rule(BASELINE, "MUST NOT have a Validity Period greater than", "cert-validity-too-long"), "2018-03-01")
    ),
    *_public(
        _from(
            _rule(
                BASELINE,
                "SHOULD NOT have a Validity Period greater than",
                "cert-validity-too-long",
                severity=WARNING,
                only="should",
            ),
            "2020-09-01",
        )
    ),
    *_public(_rule(BASELINE, "one of the values contained in the Certificate's subjectAltName", "cert-cn-not-in-san")),
    *_public(_rule(BASELINE, "MUST NOT contain an Internal Name", "cert-single-label", "cert-san-malformed")),
    *_public(_rule(BASELINE, "cA MUST be FALSE", "cert-is-ca")),
    *_public(_rule(BASELINE, "id-kp-codeSigning 1.3.6.1.5.5.7.3.3 MUST NOT", "cert-for-other-uses")),
    *_public(
        _rule(
            BASELINE,
            "CAs MUST ensure the Key Usage is appropriate for the Certificate Public Key.",
            "cert-key-usage-unsuitable",
        )
    ),
    *_public(
        _rule(
            BASELINE,
            "No other encodings are permitted for these fields.",
            "cert-signature-algorithm-not-listed",
            "chain-signature-algorithm-not-listed",
        )
    ),
    *_rule(
        APPLE,
        "SHA-1 signed certificates are no longer trusted for TLS.",
        "cert-weak-signature",
        "chain-weak-signature",
    ),
    *_rule(
        APPLE,
        "must present the DNS name of the server in the Subject Alternative Name extension of the certificate",
        "cert-without-san",
    ),
    *_rule(APPLE, "DNS names in the CommonName of a certificate are no longer trusted.", "cert-no-domain"),
    *_rule(APPLE, _SERVER_AUTH, "cert-not-for-tls-servers"),
    *_from(_rule(APPLE, _SERVER_AUTH, "cert-without-eku"), "2019-07-01"),
    *_from(_rule(APPLE, "must have a validity period of 825 days or fewer", "cert-validity-too-long"), "2019-07-01"),
    *_public(_from(_rule(CHROME, _DEDICATED, "cert-allows-client-auth"), "2027-03-15")),
    *_public(_rule(CHROME, _DEDICATED, "cert-allows-client-auth", severity=WARNING)),
    *_public(
        _rule(
            CHROME_LOGS,
            "There are Embedded SCTs from at least N distinct CT Logs",
            "cert-without-scts",
            severity=WARNING,
        )
    ),
    *_rule(
        RFC_5280,
        "the period of time from notBefore through notAfter, inclusive",
        "cert-expired",
        "cert-not-yet-valid",
    ),
    *_rule(
        RFC_5280,
        "the period of time from notBefore through notAfter, inclusive",
        "chain-cert-expired",
        "chain-cert-not-yet-valid",
        only="intermediate",
    ),
)

_CHAIN = (
    *_public(_rule(RFC_5280, "certificate 1 is issued by the trust anchor", TRUSTED, only=STORE)),
    *_public(
        _rule(
            RFC_5280,
            "MUST be the value placed in the key identifier field of the authority key identifier extension",
            "chain-root-key-identifier-differs",
            severity=WARNING,
        )
    ),
    *_rule(
        RFC_5280,
        "The signature on the certificate can be verified using working_public_key_algorithm, the working_public_key, "
        "and the working_public_key_parameters.",
        "chain-signature-does-not-verify",
        only="signature",
    ),
    *_rule(
        RFC_5280,
        "A certificate-using system MUST reject the certificate if it encounters a critical extension it does not "
        "recognize",
        "cert-unknown-critical-extension",
        "chain-cert-unknown-critical-extension",
    ),
    *_rule(
        RFC_5280,
        "A certificate MUST NOT include more than one instance of a particular extension.",
        "cert-duplicate-extension",
    ),
    *_public(
        _rule(
            RFC_5280,
            "CAs MUST NOT include the pathLenConstraint field unless the cA boolean is asserted",
            "cert-basic-constraints-unsuitable",
            only="path-length",
        )
    ),
    *_rule(
        RFC_5280,
        "MUST mark the extension as critical in such certificates",
        "cert-basic-constraints-unsuitable",
        severity=WARNING,
    ),
    *_public(
        _rule(
            RFC_5280,
            "the issuing CA MUST include a subjectAltName extension that is marked as critical",
            "cert-san-not-critical",
        )
    ),
    *_rule(
        RFC_5280,
        "verify that the basicConstraints extension is present and that cA is set to TRUE",
        "chain-cert-not-a-ca",
    ),
    *_rule(
        RFC_5280,
        "verify that max_path_length is greater than zero and decrement max_path_length by 1",
        "chain-path-length-exceeded",
    ),
    *_rule(
        RFC_5280,
        "verify that the subject name is within one of the permitted_subtrees for X.500 distinguished names",
        "chain-name-constraints-violated",
    ),
    *_rule(BASELINE, "id-kp-serverAuth 1.3.6.1.5.5.7.3.1 MUST", "chain-cert-not-for-tls-servers"),
    *_rule(
        RFC_8446,
        "Each following certificate SHOULD directly certify the one immediately preceding it.",
        "chain-out-of-order",
        "chain-link-missing",
        "chain-does-not-start-with-issuer",
        "chain-root-only",
        "chain-signature-does-not-verify",
        "chain-missing",
        severity=WARNING,
    ),
)

_FILES = (
    *_rule(
        RFC_8446,
        "provide explicit proof that an endpoint possesses the private key corresponding to its certificate",
        "key-does-not-match",
        "cert-is-not-the-leaf",
        "key-missing",
        "cert-missing",
        "roles-swapped",
        "cert-contains-key",
        "chain-contains-non-cert",
        "key-point-not-on-curve",
        "key-format-not-accepted",
        "key-ec-parameters-only",
    ),
    *_rule(
        RFC_7468,
        'Textual encoding begins with a line comprising "-----BEGIN ", a label, and "-----"',
        *NOT_PEM,
        "input-empty",
        "input-is-path",
        "input-is-utf16",
        "pem-markers-share-a-line",
        "cert-is-precertificate",
    ),
    *_rule(
        RFC_7468,
        'Textual encoding begins with a line comprising "-----BEGIN ", a label, and "-----"',
        "input-not-decrypted",
        severity=WARNING,
    ),
    *_rule(
        RFC_7468, 'Public-key certificates are encoded using the "CERTIFICATE" label.', "pem-wrong-label", only="other"
    ),
    # no document says it: what is encrypted cannot be judged, and few servers can start with it unattended
    *said(RFC_5958, "", ERROR, INFERRED, "key-encrypted"),
    *said(RFC_9525, "", WARNING, INFERRED, "cert-does-not-cover-hostname"),
)
_OWN = (*_KEYS, *_CERTIFICATE, *_CHAIN, *_FILES, *X_509[1:], *UNREADABLE)
_AWS_ONLY = (
    *IMPORT_RULES,
    "cert-issuer-empty",
    "cert-issuer-key-type-differs",
    "cert-many-names",
    "cert-more-than-one",
    "cert-ocsp-url-too-long",
    "cert-only-ip-addresses",
    "input-too-large",
    "key-too-large",
)

TARGETS = (
    Target(
        name="webpki",
        title="the public web (BR 2.2.6, Apple, Chrome)",
        as_of="2026-11-23",
        source=BASELINE,
        key_algorithms=("RSA_2048", "RSA_3072", "RSA_4096", *EC),
        min_rsa_bits=2048,
        max_certificate_bytes=4_194_304,
        max_chain_bytes=4_194_304,
        demands=(*_OWN, *inferred(ACM.demands, _OWN, UNREADABLE, _AWS_ONLY)),
    ),
)
