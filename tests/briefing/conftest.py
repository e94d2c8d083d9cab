"""One snapshot of the sample for all tests of briefings, frozen under a clock that stands still."""

from __future__ import annotations

import pytest

from tests.briefing.frozen import frozen


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The sample, frozen thrice, and its database."""
    return frozen(tmp_path_factory.mktemp("brief"))


@pytest.fixture(scope="session")
def pair(sample):
    """The sample's draft as it is made, and the same with two parks decided."""
    return sample.before, sample.after


@pytest.fixture(scope="session")
def snapshot(pair):
    return pair[0]
