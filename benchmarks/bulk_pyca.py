"""Reads every field of the certificates of a PEM file with pyca/cryptography; prints JSON lines.  No rule is asked."""

import json
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa


def shown(extension: x509.Extension) -> list[object]:
    """Return what an extension says, as JSON takes it."""
    value = extension.value
    if isinstance(value, x509.SubjectAlternativeName):
        return [str(each.value) for each in value]
    if isinstance(value, x509.ExtendedKeyUsage):
        return [each.dotted_string for each in value]
    if isinstance(value, x509.KeyUsage):
        return [value.digital_signature, value.key_encipherment, value.key_agreement, value.key_cert_sign]
    if isinstance(value, x509.BasicConstraints):
        return [value.ca, value.path_length]
    if isinstance(value, x509.SubjectKeyIdentifier):
        return [value.digest.hex()]
    if isinstance(value, x509.AuthorityKeyIdentifier):
        return [(value.key_identifier or b"").hex()]
    if isinstance(value, x509.CertificatePolicies):
        return [each.policy_identifier.dotted_string for each in value]
    if isinstance(value, x509.CRLDistributionPoints):
        return [each.value for point in value for each in point.full_name or ()]
    if isinstance(value, x509.AuthorityInformationAccess):
        return [each.access_location.value for each in value]
    return [repr(value)]


def main() -> None:
    """Print a line of JSON for each certificate."""
    end = b"-----END CERTIFICATE-----\n"
    for block in Path(sys.argv[1]).read_bytes().split(end)[:-1]:
        it = x509.load_pem_x509_certificate(block + end)
        key = it.public_key()
        size = key.public_numbers().n if isinstance(key, rsa.RSAPublicKey) else key.public_numbers().x
        facts = {
            "version": it.version.value,
            "serial": it.serial_number,
            "issuer": it.issuer.rfc4514_string(),
            "subject": it.subject.rfc4514_string(),
            "from": it.not_valid_before_utc.isoformat(),
            "until": it.not_valid_after_utc.isoformat(),
            "algorithm": it.signature_algorithm_oid.dotted_string,
            "key": [key.key_size, size],
            "signature": len(it.signature),
            "extensions": {each.oid.dotted_string: [each.critical, shown(each)] for each in it.extensions},
        }
        print(json.dumps(facts))


if __name__ == "__main__":
    main()
