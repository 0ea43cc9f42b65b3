"""What a node says of itself, to anybody."""

import pytest

from kakehashi.engines.phenotype import knowledge
from kakehashi.engines.phenotype.problems import KnowledgeError

pytestmark = pytest.mark.usefixtures("compiled_ontology")


def test_about_names_release_and_the_source_of_japanese_labels(client, db):
    text = client.get("/about/", headers={"accept-language": "en"}).text
    assert knowledge.load().ontology.release in text
    assert "obophenotype/hpo-translations" in text
    assert "kakehashi ontology labels official" in text


@pytest.mark.parametrize(("language", "said"), [("en", "broken file"), ("ja", "壊れたファイル")])
def test_about_says_what_is_wrong_with_the_ontology(client, db, monkeypatch, language, said):
    def broken():
        raise KnowledgeError("broken file", "壊れたファイル")

    monkeypatch.setattr(knowledge, "status", broken)
    answer = client.get("/about/", headers={"accept-language": language})
    assert answer.status_code == 200
    assert said in answer.text
