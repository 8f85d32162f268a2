"""Damage is never accepted silently: see ``mutants.py``, which does it a hundred thousand times."""

from __future__ import annotations

import os

import pytest

from pemcheck import Verdict
from tests import mutants

COUNT = int(os.environ.get("PEMCHECK_MUTANTS", "4000"))
"""How many; 100,000 take a quarter of an hour."""
SHARDS = 4


@pytest.mark.parametrize("given", mutants.submissions(), ids=lambda given: str(given.name))
def test_every_submission_is_accepted_as_it_is(given: mutants.Given) -> None:
    """What becomes of its mutants is due to the damage."""
    assert Verdict.ACCEPTED is mutants.judge(given, given.files).verdict


@pytest.mark.thorough
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_mutant_is_refused_or_warned_of_or_explained(shard: int) -> None:
    """Bits flipped anywhere in certificate, key or chain: nothing that matters goes unnoticed."""
    outcome = mutants.run(COUNT // SHARDS, shard)

    assert [] == outcome.unexplained
    assert outcome.counts["refused"] > COUNT // SHARDS // 2


def test_the_explanations_are_not_generous() -> None:
    """A change of a verified field, of a key's number, or of the blocks explains nothing."""
    given = next(each for each in mutants.submissions() if each.name == "clean-2-intermediates")
    changes = [(0, 0, 200), (1, 0, 300), (2, 0, 200), (2, None, 5)]
    made = [mutants.Mutant(given, index, block, ((place, 0),)) for index, block, place in changes]

    assert [False] * 4 == [mutants.EXPLAINED.issuperset(mutants.explanations(each)) for each in made]


def test_the_topmost_certificate_is_explained_only_where_nobody_verifies_it() -> None:
    """With a trust store the same change must be noticed."""
    names = ("clean-rsa-2048", "clean-rsa-2048 with a trust store")
    chosen = [next(each for each in mutants.submissions() if each.name == name) for name in names]
    made = [mutants.Mutant(given, 2, 0, ((20, 0),)) for given in chosen]

    assert [True, False] == [mutants.EXPLAINED.issuperset(mutants.explanations(each)) for each in made]
    assert [True, False] == [mutants.judge(each.given, each.files).verdict is Verdict.ACCEPTED for each in made]
