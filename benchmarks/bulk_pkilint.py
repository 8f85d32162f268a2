"""
Lints the first certificates of a PEM file with pkilint, as its program for TLS server certificates of the Baseline
Requirements does, but all in this one process; prints JSON lines.

    python benchmarks/bulk_pkilint.py FILE COUNT
"""

import sys
from itertools import islice

from pkilint import finding_filter, loader, report
from pkilint.cabf import serverauth
from pkilint.pkix import certificate
from pkilint.validation import ValidationFindingSeverity

END = "-----END CERTIFICATE-----\n"


def blocks(name):
    lines = []
    with open(name, encoding="ascii") as file:
        for line in file:
            lines.append(line)
            if line == END:
                yield "".join(lines)
                lines = []


def main():
    load = loader.RFC5280CertificateDocumentLoader().load_pem_document
    linters = {}
    for number, block in enumerate(islice(blocks(sys.argv[1]), int(sys.argv[2]))):
        it = load(block, f"{number}.pem")
        kind = serverauth.determine_certificate_type(it)
        if kind not in linters:
            linters[kind] = (
                certificate.create_pkix_certificate_validator_container(
                    serverauth.create_decoding_validators(), serverauth.create_validators(kind)
                ),
                serverauth.create_serverauth_finding_filters(kind),
            )
        linter, filters = linters[kind]
        results, _ = finding_filter.filter_results(filters, linter.validate(it.root))
        print(report.ReportGeneratorJson(results, ValidationFindingSeverity.INFO).generate())


if __name__ == "__main__":
    main()
