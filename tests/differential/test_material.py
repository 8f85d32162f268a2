"""There is enough to compare, and it is told by where it came from."""

from __future__ import annotations

import os

import pytest

from . import tally
from .judges import certificate_of, key_of
from .material import collected, sources
from .tally import Refusal
from .test_chains import chains
from .test_pairs import pairs

PACKAGES = {"cryptography_vectors", "asn1crypto_tests", "oscrypto_tests", "certifi"}


def test_every_package_is_there() -> None:
    """What pip installs is found."""
    assert set() == PACKAGES - sources().keys()


@pytest.mark.skipif("DIFFERENTIAL_SOURCES" not in os.environ, reason="DIFFERENTIAL_SOURCES names no source packages")
def test_there_is_enough_that_nobody_here_wrote() -> None:
    """As many certificates, keys, pairs and chains that a judge reads as were promised."""
    certificates = [each for each in collected().certificates if not isinstance(certificate_of(each.data), Refusal)]
    keys = [each for each in collected().keys if not isinstance(key_of(each.data)[0], Refusal)]
    counts = (len(certificates), len(keys), len(pairs()), len(list(chains())))

    assert [True] * 4 == [count >= least for count, least in zip(counts, (1_000, 250, 250, 150))]


def test_every_listed_disagreement_says_who_is_right_and_why() -> None:
    """The list is read in full, and every reason is a sentence."""
    assert [] == [reason for cases in tally.listed().values() for reason in cases.values() if len(reason) < 30]
