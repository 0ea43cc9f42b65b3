"""The ranker on the embedded release, made once for all ranking tests."""

import pytest

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import Ranker


@pytest.fixture(scope="session")
def release(knowledge: Knowledge) -> Knowledge:
    return knowledge


@pytest.fixture(scope="session")
def ranker(release: Knowledge) -> Ranker:
    return Ranker(release)
