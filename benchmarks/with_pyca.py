"""The same questions with pyca/cryptography: dates, key match, chain signatures, key type, names, usages."""

import sys
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def spki(public):
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ask(names):
    """Ask about the files of one submission: certificate, key, chain."""
    certificate, key, chain = (Path(name).read_bytes() for name in names)
    leaf = x509.load_pem_x509_certificate(certificate)
    private = load_pem_private_key(key, None)
    path = [leaf, *x509.load_pem_x509_certificates(chain)]
    assert spki(private.public_key()) == spki(leaf.public_key())
    for each in path:
        assert each.not_valid_before_utc <= NOW <= each.not_valid_after_utc
    for child, issuer in zip(path, path[1:]):
        assert child.issuer == issuer.subject
        public = issuer.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            hash_algorithm = child.signature_hash_algorithm
            public.verify(child.signature, child.tbs_certificate_bytes, padding.PKCS1v15(), hash_algorithm)
        else:
            public.verify(child.signature, child.tbs_certificate_bytes, ec.ECDSA(child.signature_hash_algorithm))
    for each in path:
        assert each.version is x509.Version.v3
        for extension in each.extensions:
            repr(extension.value)
    print(leaf.subject.rfc4514_string(), "accepted")


if __name__ == "__main__":
    ask(sys.argv[1:4])
