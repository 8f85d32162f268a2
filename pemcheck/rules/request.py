"""A certificate request beside what is to be imported."""

from __future__ import annotations

from .table import SUBMISSION, Rule, listed

RULES = (
    Rule(
        name="request-key-differs",
        on=SUBMISSION,
        applies=lambda it, want: it.key is not None and any(each.others for each in it.inputs),
        ok=lambda it, want: not it.other_requests,
        reads=("key.public",),
        about_key=True,
        at=lambda it: it.other_requests[0].at,
        also=lambda it: tuple(each.at for each in it.other_requests[1:]),
        says=lambda it, want: (
            "the certificate request beside it was made with another key than the private key: "
            f"{listed([str(dict(each.details).get('subject') or '?') for each in it.other_requests])}"
        ),
        why="Whatever a CA issues for this request belongs to the other key; it is not what is to be imported now.",
        fix=(
            "nothing needs to be done if the request is a leftover; else pass the private key that it was made with: "
            "`openssl req -in REQUEST -noout -pubkey` and `openssl pkey -in KEY -pubout` print the same for a pair"
        ),
    ),
)
