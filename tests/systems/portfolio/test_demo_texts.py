"""The synthetic awards of the demo: the same for the same seed, all different, each language by itself."""

import itertools
import random

from kakehashi.systems.portfolio.demo.texts import draw_asset, lines, store, vocabulary, without, write


def test_the_same_seed_writes_the_same_awards():
    assert store(200, 3) == store(200, 3)
    assert store(200, 3) != store(200, 4)


def test_awards_are_distinct_and_as_many_as_asked_for():
    made = store(3_000, 3)
    assert len(made) == 3_000
    assert len({(one.ja.title, one.ja.abstract) for one in made}) == 3_000
    assert len({(one.en.title, one.en.abstract) for one in made}) == 3_000


def test_no_slot_is_left_open():
    for one in store(500, 8):
        for texts in (one.ja, one.en):
            assert not set("{}") & set(texts.title + texts.abstract)
            assert texts.named <= {
                getattr(one.asset, kind).key for kind in ("disease", "target", "modality", "approach")
            }


def test_the_languages_do_not_mirror_each_other():
    made = store(500, 8)
    assert sum(one.ja.named != one.en.named for one in made) > 100


def test_a_successor_keeps_disease_and_target_and_never_goes_back():
    for line in itertools.islice(lines(9), 400):
        for one, after in itertools.pairwise(line):
            assert after.asset.disease == one.asset.disease
            assert after.asset.target == one.asset.target
            assert after.asset.modality_group == one.asset.modality_group
            assert after.phase >= one.phase
            assert after.begins > one.begins
            assert after.ja.title != one.ja.title or after.ja.abstract != one.ja.abstract


def test_a_target_is_studied_in_the_disease_s_area():
    dice = random.Random(1)
    for _ in range(200):
        asset = draw_asset(dice, vocabulary())
        assert asset.area in asset.target.belongs


def test_words_can_be_left_out():
    left = without({"pancreatic_cancer", "kras"})
    assert "pancreatic_cancer" not in {word.key for word in left["disease"]}
    asset = draw_asset(random.Random(2), left)
    ja, en = write(random.Random(3), asset, 1)
    assert ja.title
    assert en.title


def test_the_vocabulary_is_sound():
    for kind, words in vocabulary().items():
        assert len({word.key for word in words}) == len(words), kind
        assert all(len(word.ja) >= 2 and len(word.en) >= 2 for word in words)
    for area in {area for word in vocabulary()["disease"] for area in word.belongs}:
        assert any(area in word.belongs for word in vocabulary()["target"])
