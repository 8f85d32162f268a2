"""
Reads every fact of the certificates of a PEM file, prints them as JSON lines, and asks every rule of ``acm`` that
needs no signature.

    python benchmarks/bulk_pemcheck.py FILE [facts]

With ``facts`` no rule is asked.
"""

from __future__ import annotations

import gc
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

from pemcheck import asn1, pem
from pemcheck.budget import Budget
from pemcheck.chain import Signatures
from pemcheck.engine import Questions
from pemcheck.gathering import relate
from pemcheck.submission import Input
from pemcheck.targets import Want, get

AT = datetime(2026, 6, 1, tzinfo=timezone.utc)
BACKEND = {"asn1crypto": None, "oscrypto": None, "libcrypto": None, "unavailable": "not asked"}


def main() -> None:
    """Print a line of JSON for each certificate, with the rules that it breaks."""
    end = b"-----END CERTIFICATE-----\n"
    questions = Questions(Want(get("acm"), AT, without_key=True))
    with_rules = "facts" not in sys.argv[2:]
    for number, lines in enumerate(Path(sys.argv[1]).read_bytes().split(end)[:-1]):
        budget = Budget()
        text = pem.read(f"{number}.pem", lines + end, budget)
        fact, problems = asn1.read(text.blocks[0], budget)
        line = fact.to_dict()
        if with_rules:
            at = text.blocks[0].at
            given = Input("certificate", at, len(lines), (fact,), (*text.problems, *problems))
            report = questions.judge(relate((given,), Signatures(budget)), BACKEND)
            line["findings"] = [each.rule for each in report.findings]
            line["verdict"] = report.verdict.value
        print(json.dumps(line))


if __name__ == "__main__":
    gc.freeze()
    main()
