"""The choices that forms offer read in Japanese as the same terms do everywhere else."""

from django.utils.translation import override

from kakehashi.engines.phenotype.wordings_ja import read_wordings
from kakehashi.systems.cases.offered import WORDS


def test_offered_terms_read_in_japanese_as_the_terms_themselves_do():
    ours = {f"HP:{row.number:07d}": row for row in read_wordings()}
    with override("ja"):
        assert {term: str(word) for term, word in WORDS.items()} == {term: ours[term].texts[0] for term in WORDS}
    with override("en"):
        assert {term: str(word) for term, word in WORDS.items()} == {term: ours[term].label for term in WORDS}
    assert all(ours[term].instead for term in WORDS)
