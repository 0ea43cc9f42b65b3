"""What could carry an award on: found with reasons in both languages, answered by officers, counted."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from kakehashi.engines.pairing.awards import Reason, Shared
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.lineage.rules import LINKS
from kakehashi.systems.portfolio.models import Award, AwardLink, Call, DiseaseArea, PairingAnswer
from kakehashi.systems.portfolio.pairing import store
from kakehashi.systems.portfolio.pairing.actions import acceptance, answer_pairing
from kakehashi.systems.portfolio.pairing.finding import suggestions
from kakehashi.systems.portfolio.pairing.words import english_terms, in_words
from tests.systems.portfolio.adjustment.funds import make_awards, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def awards(monkeypatch):
    """An award that ends in thirty days and uses the catheter that another makes, with others beside."""
    monkeypatch.setattr(store, "STORE", store.Store())
    monkeypatch.setattr("kakehashi.systems.portfolio.pages.pairing.STORE", store.STORE)
    made = make_awards(4)
    texts = (
        ("迷走神経刺激カテーテルを用いた心筋梗塞の治療", "迷走神経刺激カテーテルを用いた心不全の治験を行う。"),
        ("心筋保護のための装置", "迷走神経刺激カテーテルの開発を行い、量産試作を完了する。"),
        ("結核菌の薬剤耐性", "結核菌のゲノムを解析する。"),
        ("認知症のコホート", "高齢者の追跡調査を行う。"),
    )
    for award, (title, summary) in zip(made, texts, strict=True):
        award.title, award.title_en, award.summary = title, "", summary
        award.ends = timezone.localdate() + timedelta(days=30)
        award.save()
    Call.objects.create(
        programme=made[1].programme,
        number="C-1",
        name="迷走神経刺激による心不全治療の臨床研究",
        name_en="Clinical research on vagus nerve stimulation",
        opens=date(2020, 1, 1),
        closes=timezone.localdate() + timedelta(days=10),
    )
    return made


def test_call_and_giver_are_found_with_reasons(awards):
    index = store.STORE.read()
    onward, givers = suggestions(awards[0], index, timezone.localdate())
    assert (onward[0].found, onward[0].key) == ("call", "C-1")
    assert any("迷走神経" in reason for reason in onward[0].reasons)
    assert [one.key for one in givers] == [awards[1].number]
    assert any("カテーテル" in reason for reason in givers[0].reasons)
    assert store.STORE.index() is index


def test_awards_are_read_anew_in_the_background_when_one_is_added(awards, monkeypatch):
    begun = []
    monkeypatch.setattr(store.Store, "_begin", lambda self: begun.append(self))
    assert store.STORE.index() is None
    index = store.STORE.read()
    assert store.STORE.index() is index
    assert len(begun) == 1
    Award.objects.filter(pk=awards[3].pk).delete()
    assert store.STORE.index() is index  # the old one answers meanwhile
    assert len(begun) == 2


@pytest.mark.parametrize(
    ("reason", "english", "japanese"),
    [
        (Reason("text", 1, shared=(Shared("膵がん", "pancreatic cancer", 1.0),)), "pancreatic cancer", "共通の語"),
        (Reason("phase", 1, number=1, values=("2", "3")), "next step", "次の段階"),
        (Reason("phase", -1, number=-1, values=("3", "2")), "Against it", "不利な点"),
        (Reason("timing", 1, number=31), "a gap of 30 days", "30日の空白"),
        (Reason("closes", 0, number=-20), "One applies 20 days before", "20日前"),
        (Reason("closes", 0, number=1), "up to 1 day after", "1日後"),
        (Reason("modality", 1, values=("device",)), "Medical device", "モダリティ"),
        (Reason("history", 1), "went on there before", "実績"),
    ],
)
def test_reasons_are_told_in_both_languages(reason, english, japanese):
    with translation.override("en"):
        assert english in in_words(reason, english_terms())
    with translation.override("ja"):
        assert japanese in in_words(reason, english_terms())


def test_english_reasons_name_no_japanese_word_and_none_ends_in_nothing(db):
    """膵がん is a term of the field, こころの病 the name of a disease area; what has no English here is left out."""
    DiseaseArea.objects.create(code="mind", name="こころの病", name_en="Illness of the mind")
    words = [Shared(word, word, 0.3) for word in ("膵がん", "こころの病", "みつめる", "BRCA1")]
    with translation.override("en"):
        terms = english_terms()
        assert in_words(Reason("text", 1, shared=tuple(words)), terms) == (
            "Both speak of pancreatic cancer, Illness of the mind, BRCA1."
        )
        for code in ("text", "input"):
            for shared in ((), (words[2],)):
                told = in_words(Reason(code, 1, shared=shared), terms)
                assert told.endswith("no single word stands out.")
        assert in_words(Reason("text", -1), terms) == ""
    with translation.override("ja"):
        assert "みつめる" in in_words(Reason("text", 1, shared=tuple(words)), english_terms())
        assert in_words(Reason("input", 1), {}).endswith("目立つ共通の語はありません。")


def test_what_nothing_speaks_for_is_not_suggested(awards):
    index = store.STORE.read()
    for language in ("ja", "en"):
        with translation.override(language):
            onward, givers = suggestions(awards[0], index, timezone.localdate())
        assert all(one.reasons for one in [*onward, *givers])
        assert [one.place for one in onward] == list(range(1, len(onward) + 1))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
def test_those_who_run_programmes_answer(awards, role, kind):
    person = someone(role, kind, "here")
    said = {"found": "programme", "key": "drugs", "place": 1, "answer": "accepted", "reason": "fits"}
    if kind == Kind.AGENCY and role in LINKS:
        answer_pairing(by=person, award=awards[0], **said)
        answer_pairing(by=person, award=awards[0], **said | {"answer": "declined"})
        assert PairingAnswer.objects.get().answer == "declined"
    else:
        with pytest.raises(NotAllowed):
            answer_pairing(by=person, award=awards[0], **said)


@pytest.mark.parametrize("change", [{"reason": " "}, {"answer": "perhaps"}, {"found": "x"}, {"key": "nothing"}])
def test_answer_needs_a_reason_and_something_that_is_there(awards, change):
    said = {"found": "programme", "key": "drugs", "place": 1, "answer": "accepted", "reason": "fits"} | change
    with pytest.raises(Invalid):
        answer_pairing(by=someone(Role.PROGRAMME_OFFICER), award=awards[0], **said)
    assert not PairingAnswer.objects.exists()


@pytest.mark.parametrize(
    "change", [{"place": 0}, {"place": 11}, {"place": 999}, {"found": "giver", "key": "19am0101000"}]
)
def test_what_was_not_found_is_not_answered(awards, change):
    said = {"found": "programme", "key": "drugs", "place": 1, "answer": "accepted", "reason": "fits"} | change
    with pytest.raises(Invalid):
        answer_pairing(by=someone(Role.PROGRAMME_OFFICER), award=awards[0], **said)
    assert not PairingAnswer.objects.exists()


def test_an_answer_is_replaced_by_whoever_gave_it_or_after_they_left(awards):
    first, second = someone(Role.PROGRAMME_OFFICER), someone(Role.PROGRAMME_DIRECTOR)
    said = {"found": "programme", "key": "drugs", "place": 10, "answer": "accepted", "reason": "fits"}
    answer_pairing(by=first, award=awards[0], **said)
    with pytest.raises(Conflict, match="見本"):
        answer_pairing(by=second, award=awards[0], **said | {"answer": "declined"})
    assert PairingAnswer.objects.get().answer == "accepted"
    yesterday = timezone.localdate() - timedelta(days=1)
    first.memberships.update(since=yesterday, until=yesterday)
    answer_pairing(by=second, award=awards[0], **said | {"answer": "declined"})
    kept = PairingAnswer.objects.get()
    assert (kept.answer, kept.answered_by) == ("declined", second)


def test_officer_answers_on_the_page_and_a_link_is_proposed(awards):
    officer = someone(Role.PROGRAMME_OFFICER)
    officer.language = "en"
    officer.save()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(officer)
    page = f"/portfolio/awards/{awards[0].number}/next/"
    store.STORE.read()
    shown = browser.get(page).content.decode()
    assert "ends in 30 days" in shown
    assert "C-1" in shown
    said = {"what": "call:C-1", "place": "1", "answer": "declined", "reason": ""}
    assert browser.post(page, said).status_code == 422
    assert browser.post(page, said | {"reason": "too late"}).status_code == 302
    given = {"what": f"giver:{awards[1].number}", "place": "1", "answer": "accepted", "reason": "their catheter"}
    follow = browser.post(page, given, follow=True)
    assert awards[1].number in follow.content.decode()
    assert "their catheter" in follow.content.decode()
    assert not AwardLink.objects.exists()
    assert [(one.answered, one.accepted) for one in acceptance()] == [(1, 0), (0, 0), (1, 1)]
    listed = browser.get("/portfolio/ending/")
    assert listed.status_code == 200
    assert awards[0].number in listed.content.decode()


def test_page_says_that_the_awards_are_being_read(awards, monkeypatch):
    monkeypatch.setattr(store.Store, "_begin", lambda self: None)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.AUDITOR))
    answer = browser.get(f"/portfolio/awards/{awards[0].number}/next/")
    assert answer.status_code == 200
    browser.logout()
    browser.force_login(someone(Role.PROGRAMME_OFFICER, Kind.UNIVERSITY, "stranger"))
    assert browser.get(f"/portfolio/awards/{awards[0].number}/next/").status_code == 403
    assert browser.get("/portfolio/ending/").status_code == 403
