#!/bin/sh
# The recipe for every submission below a folder.  No trust store is loaded, which would cost each process 20 ms.
set -e
SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/dev/null
export SSL_CERT_FILE SSL_CERT_DIR
for folder in "$1"/*/; do
    sh "${0%/*}/with_openssl.sh" "$folder/certificate.pem" "$folder/private-key.pem" "$folder/certificate-chain.pem"
done
