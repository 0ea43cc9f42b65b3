"""The same patient of two hospitals: suspected by a job, told to both sides or to none, and never by whom it is."""

import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.linkage.keys import Identity, Kind, keys_of
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.kernel.workflow import every_combination
from kakehashi.systems.cases import terms
from kakehashi.systems.cases.actions import enter_case, withdraw_case
from kakehashi.systems.cases.description import Description, Finding, Variant
from kakehashi.systems.cases.linkage import actions, looking, queries
from kakehashi.systems.cases.linkage.states import Reason
from kakehashi.systems.cases.linkage.workflow import SIDE_FLOW
from kakehashi.systems.cases.models import Case, IdentityEntry, LinkageKey, Suspicion, SuspicionSide, Unlinked

pytestmark = pytest.mark.django_db

HANAKO = Identity("ヤマザキ", "ハナコ", date(2015, 4, 1), "female", "1234-5678901")
AGAIN = Identity("やまさき", "はなこ", date(2015, 4, 1), "female")
VCF = Variant(gene="FBN1", assembly="GRCh38", chromosome="15", position=48415750, reference="C", alternate="T")
FINDINGS = ("HP:0001305", "HP:0001274", "HP:0000319", "HP:0000519")


@pytest.fixture
def colleague(other_hospital, make_person):
    return make_person(other_hospital, "clinician", name="南田 実", name_en="Minoru Minamida")


@pytest.fixture
def enter():
    """enter(person, organisation, …) → a registered case that institutions of the country may know of."""

    def make(
        person,
        organisation,
        local_id="S-1",
        *,
        findings=FINDINGS,
        reach=Reach.DOMESTIC,
        shown=Level.EXISTS,
        variants=(),
        birth="",
    ):
        said = Description(
            sex="female", birth=birth, findings=tuple(Finding(term=term) for term in findings), variants=variants
        )
        case = enter_case(by=person, organisation=organisation, local_id=local_id, description=said, register=True)
        return terms.set_terms(
            by=person,
            case=case,
            terms=terms.Terms(reach=reach, shown=shown),
            consent=terms.attested(reach),
        )

    return make


@pytest.fixture
def ours(enter, clinician, hospital):
    return enter(clinician, hospital)


@pytest.fixture
def theirs(enter, colleague, other_hospital):
    return enter(colleague, other_hospital, "T-77")


@pytest.fixture
def suspected(ours, theirs, clinician, colleague):
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    actions.give_identity(by=colleague, case=theirs, identity=AGAIN)
    assert looking.look_for_same_patients() == 1
    return Suspicion.objects.get()


def told(person):
    return Notice.objects.filter(person=person, kind=looking.KIND).count()


def test_both_sides_are_told_at_once_and_by_the_job_only(ours, theirs, clinician, colleague):
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    actions.give_identity(by=colleague, case=theirs, identity=AGAIN)
    assert (Suspicion.objects.count(), told(clinician), told(colleague)) == (0, 0, 0)
    assert looking.look_for_same_patients() == 1
    assert (told(clinician), told(colleague)) == (1, 1)
    assert looking.look_for_same_patients() == 0
    assert (told(clinician), told(colleague), Unlinked.objects.count()) == (1, 1, 0)


def test_a_side_learns_nothing_of_the_other_case(suspected, ours, theirs, client, clinician, colleague):
    client.force_login(clinician)
    page = client.get(reverse("cases:same_patient", args=[ours.public_id]), headers={"accept-language": "en"})
    text = page.content.decode() + str(client.get("/api/same-patients").content.decode())
    text += client.get(reverse("cases:same_patients")).content.decode()
    assert "may be the same patient as a case of another institution" in page.content.decode()
    hashes = LinkageKey.objects.values_list("digest", flat=True)
    for secret in (theirs.public_id, "T-77", "MINAMI", "南病院", "South Hospital", "Minamida", *hashes):
        assert secret not in text
    assert client.get(reverse("cases:same_patient", args=[theirs.public_id])).status_code == 404
    japanese = client.get(reverse("cases:same_patient", args=[ours.public_id]), headers={"accept-language": "ja"})
    assert "同一患者" in japanese.content.decode()


@pytest.mark.parametrize(
    ("language", "waits", "none"),
    [
        ("en", "waiting to be compared (within the hour)", "No other case is suspected"),
        ("ja", "照合待ち（1時間以内）", "同一と疑われる症例は他にありません"),
    ],
)
def test_a_case_that_waits_to_be_compared_is_not_said_to_be_the_only_one(
    ours, clinician, client, language, waits, none
):
    client.force_login(clinician)

    def page():
        return client.get(
            reverse("cases:same_patient", args=[ours.public_id]), headers={"accept-language": language}
        ).text

    looking.look_for_same_patients()
    assert none in page()
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    assert waits in (shown := page())
    assert none not in shown
    looking.look_for_same_patients()
    assert none in (shown := page())
    assert waits not in shown


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_birth_date_may_be_written_in_its_era(ours, clinician, client, language):
    client.force_login(clinician)
    address, headers = reverse("cases:identity", args=[ours.public_id]), {"accept-language": language}
    refused = client.post(address, ITEMS | {"birth": "平成40年7月23日"}, headers=headers)
    assert refused.status_code == 422
    assert {"en": "This is not a day: write", "ja": "日付として読み取れません"}[language] in refused.text
    assert client.post(address, ITEMS, headers=headers).status_code == 302
    hashes = set(LinkageKey.objects.values_list("digest", flat=True))
    for typed in ("平成26年7月23日", "Ｈ２６．７．２３"):
        assert client.post(address, ITEMS | {"birth": typed}, headers=headers).status_code == 302
        assert set(LinkageKey.objects.values_list("digest", flat=True)) == hashes


def test_confirmed_only_when_both_say_same_and_each_says_what_to_keep(suspected, ours, theirs, clinician, colleague):
    with pytest.raises(Conflict):
        actions.say_keep(by=clinician, case=ours, suspicion_id=suspected.pk, keep="ours")
    actions.answer(by=clinician, case=ours, suspicion_id=suspected.pk, move="say_same")
    (seen,) = queries.suspicions_of(clinician, ours)
    assert (seen.outcome, seen.institution) == ("open", "")
    actions.answer(by=colleague, case=theirs, suspicion_id=suspected.pk, move="say_same")
    (seen,) = queries.suspicions_of(clinician, ours)
    assert seen.outcome == "confirmed"
    assert seen.institution
    actions.say_keep(by=clinician, case=ours, suspicion_id=suspected.pk, keep="theirs")
    (theirs_now,) = queries.suspicions_of(colleague, theirs)
    assert theirs_now.their_keep_label == str(queries.Keep.OURS.label)
    ours.refresh_from_db()
    assert ours.state == "registered"  # its own people withdraw it
    actions.answer(by=colleague, case=theirs, suspicion_id=suspected.pk, move="say_different")
    assert queries.suspicions_of(clinician, ours)[0].outcome == "refuted"


ROLES = ("clinician", "data_manager", "auditor", "researcher", "administrator", "programme_officer")


@pytest.mark.parametrize("combination", list(every_combination(SIDE_FLOW)), ids=str)
@pytest.mark.parametrize("role", [*ROLES, "stranger"])
def test_every_answer_from_every_state_by_every_role(combination, role, suspected, ours, hospital, make_person):
    SuspicionSide.objects.filter(case=ours).update(state=combination.state)
    person = make_person(hospital, role) if role != "stranger" else make_person()
    works = role in ("clinician", "data_manager")
    if works and combination.possible:
        actions.answer(by=person, case=ours, suspicion_id=suspected.pk, move=combination.move.name)
        assert SuspicionSide.objects.get(case=ours).state == combination.move.target
    else:
        with pytest.raises(Conflict if works else NotFound):
            actions.answer(by=person, case=ours, suspicion_id=suspected.pk, move=combination.move.name)
        assert SuspicionSide.objects.get(case=ours).state == combination.state


@pytest.mark.parametrize("role", [*ROLES, "stranger", "other hospital"])
def test_only_those_who_work_on_the_case_give_its_identity(role, ours, hospital, colleague, make_person):
    person = colleague if role == "other hospital" else make_person(*(() if role == "stranger" else (hospital, role)))
    if role in ("clinician", "data_manager"):
        actions.give_identity(by=person, case=ours, identity=HANAKO)
        assert queries.given_of(ours).insurance
        actions.forget_identity(by=person, case=ours)
        assert not queries.given_of(ours).kept
        return
    for attempt in (
        lambda: actions.give_identity(by=person, case=ours, identity=HANAKO),
        lambda: actions.forget_identity(by=person, case=ours),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert not LinkageKey.objects.exists()
    assert queries.suspicions_of(person, ours) == []


@pytest.mark.parametrize("mine", list(Reach))
@pytest.mark.parametrize("other", list(Reach))
def test_nobody_is_told_unless_sharing_lets_each_know_of_the_other(
    mine, other, enter, clinician, colleague, hospital, other_hospital
):
    ours, theirs = enter(clinician, hospital, reach=mine), enter(colleague, other_hospital, "T-77", reach=other)
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    actions.give_identity(by=colleague, case=theirs, identity=AGAIN)
    looking.look_for_same_patients()
    within = {mine, other} <= {Reach.DOMESTIC, Reach.ABROAD}  # the two share no network
    assert (told(clinician), told(colleague)) == ((1, 1) if within else (0, 0))
    assert len(queries.suspicions_of(clinician, ours)) == len(queries.suspicions_of(colleague, theirs)) == within
    assert queries.untold_count() == (not within)
    assert not AuditEntry.objects.filter(action="case.suspicion_told").exists() or within


def test_narrowing_binds_the_next_look_and_widening_tells_later(suspected, ours, theirs, clinician, colleague):
    terms.set_reach(by=colleague, case=theirs, reach=Reach.INSTITUTION)
    assert queries.suspicions_of(clinician, ours) == queries.suspicions_of(colleague, theirs) == []
    with pytest.raises(NotFound):
        actions.answer(by=clinician, case=ours, suspicion_id=suspected.pk, move="say_same")


def test_a_case_that_says_little_is_told_nothing(enter, theirs, clinician, colleague, hospital):
    bare = enter(clinician, hospital, findings=FINDINGS[:1])
    actions.give_identity(by=clinician, case=bare, identity=HANAKO)
    actions.give_identity(by=colleague, case=theirs, identity=AGAIN)
    assert looking.look_for_same_patients() == 0
    assert (told(clinician), told(colleague)) == (0, 0)


def test_typing_many_identities_is_stopped_and_stands_in_the_trail(ours, clinician, monkeypatch):
    for day in range(1, actions.MOST_A_CASE + 1):
        actions.give_identity(by=clinician, case=ours, identity=Identity("サトウ", "ケン", date(2015, 4, day), "male"))
    with pytest.raises(Conflict):
        actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    assert AuditEntry.objects.filter(action="case.identity", outcome="refused").count() == 1
    IdentityEntry.objects.all().delete()
    monkeypatch.setattr(actions, "MOST_A_PERSON", 1)
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    with pytest.raises(Conflict):
        actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    assert AuditEntry.objects.filter(action="case.identity", outcome="refused").count() == 2


def test_without_identities_a_variant_and_like_findings_suffice(enter, clinician, colleague, hospital, other_hospital):
    same = Variant(gene="FBN1", assembly="GRCh38", chromosome="chr15", position=48415750, reference="c", alternate="t")
    enter(clinician, hospital, variants=(VCF,), birth="2015-04")
    enter(colleague, other_hospital, "T-1", variants=(same,), birth="2015-04")
    enter(colleague, other_hospital, "T-2", variants=(same,), birth="1990-01", findings=("HP:0001250", *FINDINGS[:2]))
    looking.wait_for(Case.objects.values_list("pk", flat=True))
    looking.look_for_same_patients()
    (found,) = Suspicion.objects.filter(stands=True)
    assert {found.first.local_id, found.second.local_id} == {"S-1", "T-1"}
    assert {"variant", "birth_month", "sex", "findings"} == set(found.reasons)


def test_what_agrees_is_told_only_to_whom_the_other_case_shows_what_matches(
    enter, clinician, colleague, hospital, other_hospital, client
):
    same = Variant(gene="FBN1", assembly="GRCh38", chromosome="15", position=48415750, reference="C", alternate="T")
    ours = enter(clinician, hospital, variants=(same,), birth="2015-04", shown=Level.MATCHING)
    theirs = enter(colleague, other_hospital, "T-1", variants=(same,), birth="2015-04", shown=Level.EXISTS)
    looking.wait_for(Case.objects.values_list("pk", flat=True))
    assert looking.look_for_same_patients() == 1
    (seen,), (other,) = queries.suspicions_of(clinician, ours), queries.suspicions_of(colleague, theirs)
    assert (seen.reasons, len(other.reasons)) == ((), 4)
    client.force_login(clinician)
    page = client.get(reverse("cases:same_patient", args=[ours.public_id]), headers={"accept-language": "en"})
    text = page.content.decode() + client.get("/api/same-patients").content.decode()
    assert "may be the same patient" in text
    assert not any(str(one.label) in text for one in Reason)
    for person, case, shown in ((colleague, theirs, Level.MATCHING), (clinician, ours, Level.EXISTS)):
        said = terms.Terms(reach=Reach.DOMESTIC, shown=shown)
        terms.set_terms(by=person, case=case, terms=said, consent=terms.attested(Reach.DOMESTIC))
    assert len(queries.suspicions_of(clinician, ours)[0].reasons) == 4
    assert queries.suspicions_of(colleague, theirs)[0].reasons == ()


@pytest.mark.parametrize("day", [date(2099, 1, 1), date(1899, 12, 31), timezone.localdate() + timedelta(days=1)])
def test_a_birth_to_come_or_before_1900_is_refused_at_its_field(day, ours, clinician, client):
    with pytest.raises(Invalid) as refused:
        actions.give_identity(by=clinician, case=ours, identity=replace(HANAKO, birth=day))
    assert list(refused.value.problems) == ["birth"]
    client.force_login(clinician)
    sent = ITEMS | {"birth": day.isoformat()}
    page = client.post(reverse("cases:identity", args=[ours.public_id]), sent, headers={"accept-language": "en"})
    assert page.status_code == 422
    assert "before 1900 or yet to come" in page.content.decode()
    assert not LinkageKey.objects.exists()


def test_a_suspicion_no_longer_stands_when_its_ground_is_gone(suspected, ours, clinician):
    actions.forget_identity(by=clinician, case=ours)
    looking.look_for_same_patients()
    suspected.refresh_from_db()
    assert not suspected.stands
    assert queries.suspicions_of(clinician, ours) == []


def test_a_withdrawn_case_is_compared_no_more(ours, theirs, clinician, colleague):
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    withdraw_case(by=clinician, case=ours, note="x")
    actions.give_identity(by=colleague, case=theirs, identity=AGAIN)
    assert looking.look_for_same_patients() == 0


def test_another_linkage_key_makes_earlier_keys_meet_nothing(ours, theirs, clinician, colleague, settings):
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    settings.LINKAGE_KEY = "another"
    actions.give_identity(by=colleague, case=theirs, identity=HANAKO)
    assert looking.look_for_same_patients() == 0
    assert queries.given_of(ours).outdated
    assert not queries.given_of(theirs).outdated


def test_keys_of_two_generations_neither_agree_nor_disagree(
    enter, clinician, colleague, hospital, other_hospital, settings
):
    ours = enter(clinician, hospital, variants=(VCF,), birth="2015-04")
    theirs = enter(colleague, other_hospital, "T-1", variants=(VCF,), birth="2015-04")
    actions.give_identity(by=clinician, case=ours, identity=HANAKO)
    settings.LINKAGE_KEY = "another"
    actions.give_identity(by=colleague, case=theirs, identity=HANAKO)
    looking.wait_for([ours.pk, theirs.pk])
    looking.look_for_same_patients()
    (found,) = Suspicion.objects.filter(stands=True)
    assert set(found.reasons) == {"variant", "birth_month", "sex", "findings"}


def test_cases_without_keys_of_their_variants_are_found_and_keyed(
    enter, clinician, colleague, hospital, other_hospital, settings
):
    enter(clinician, hospital, variants=(VCF,), birth="2015-04")
    enter(colleague, other_hospital, "T-1", variants=(VCF,), birth="2015-04")
    cache.delete(looking.KEYED_UNDER)
    Unlinked.objects.all().delete()  # registered before variants were compared
    LinkageKey.objects.all().delete()
    assert looking.look_for_same_patients() == 1
    settings.LINKAGE_KEY = "another"
    assert queries.counts()["variants_outdated"] == 2
    looking.look_for_same_patients()
    assert queries.counts()["variants_outdated"] == 0
    assert LinkageKey.objects.filter(kind="variant").count() == 2
    assert Suspicion.objects.get().stands
    enter(colleague, other_hospital, "T-2", variants=(Variant(gene="FBN1"),))
    Unlinked.objects.all().delete()
    looking.look_for_same_patients()
    assert not Unlinked.objects.exists()


@pytest.fixture
def many(clinician, colleague, hospital, other_hospital, enter):
    """many(n): so many told suspicions of a case of ours each, the latest first."""

    def make(number):
        made = []
        for n in range(count := Suspicion.objects.count(), count + number):
            pair = enter(clinician, hospital, f"S-{n}"), enter(colleague, other_hospital, f"T-{n}")
            one = Suspicion.objects.create(first=pair[0], second=pair[1], bits=20.0, told_at=timezone.now())
            SuspicionSide.objects.bulk_create(SuspicionSide(suspicion=one, case=case) for case in pair)
            made.append(one)
        return made[::-1]

    return make


def test_many_suspicions_are_read_with_as_many_statements_as_one(many, clinician):
    many(1)
    with CaptureQueriesContext(connection) as for_one:
        assert len(list(queries.answers_waiting(clinician))) == 1
    many(5)
    with CaptureQueriesContext(connection) as for_six:
        assert len(list(queries.answers_waiting(clinician))) == 6
    assert len(for_six) == len(for_one) <= 15


def test_hidden_and_answered_suspicions_push_no_open_one_out(many, clinician, colleague, monkeypatch):
    monkeypatch.setattr(queries, "MOST_SHOWN", 2)
    monkeypatch.setattr(queries, "AT_ONCE", 2)
    found = many(6)
    for one in found[:2]:
        terms.set_reach(by=colleague, case=one.second, reach=Reach.INSTITUTION)
    for one in found[2:4]:
        actions.answer(by=clinician, case=one.first, suspicion_id=one.pk, move="cannot_say")
    assert [one.id for one in queries.suspicions_for(clinician)] == [found[2].pk, found[3].pk]
    assert [found[4].first.public_id, found[5].first.public_id] == [
        one.link.split("/")[2] for one in queries.answers_waiting(clinician)
    ]


def test_reading_the_list_of_suspicions_stands_in_the_trail(suspected, ours, client, clinician):
    client.force_login(clinician)
    read = AuditEntry.objects.filter(
        action="case.list", subject_id=str(ours.pk), organisation=str(ours.organisation_id)
    )
    before = read.count()
    client.get("/api/same-patients")
    client.get(reverse("cases:same_patients"))
    assert read.count() == before + 2
    shown = AuditEntry.objects.filter(action="case.read", subject_id=str(ours.pk))
    before = shown.count()
    address = f"/api/cases/{ours.public_id}/same-patient/{suspected.pk}"
    assert client.post(address, {}, content_type="application/json").json()
    assert shown.count() == before + 1


@pytest.mark.parametrize("number", [0, 2**63, 2**80])
def test_a_number_that_no_suspicion_can_have_is_refused(ours, clinician, client, number):
    client.force_login(clinician)
    address = f"/api/cases/{ours.public_id}/same-patient/{number}"
    assert client.post(address, {"keep": "ours"}, content_type="application/json").status_code == 422


def test_sides_write_to_each_other_unnamed(suspected, ours, theirs, clinician, colleague, client):
    actions.write_note(by=colleague, case=theirs, suspicion_id=suspected.pk, text="Seen by us in May?")
    client.force_login(clinician)
    page = client.get(reverse("cases:same_patient", args=[ours.public_id])).content.decode()
    assert "Seen by us in May?" in page
    assert "Minamida" not in page
    with pytest.raises(Invalid):
        actions.write_note(by=clinician, case=ours, suspicion_id=suspected.pk, text=" ")


ITEMS = {"family": "ヤマザキ", "given": "ハナコ", "birth": "2014-07-23", "sex": "female", "insurance": "1234-5678901"}
TRACES = ("ヤマザキ", "ヤマサキ", "ハナコ", "2014-07-23", "20140723", "1234-5678901", "12345678901")


def _database() -> str:
    """Every text of every row of the database."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            said.append(str(cursor.fetchall()))
    return "\n".join(said)


@pytest.mark.parametrize(
    "fault", [{}, {"family": "山崎 ヤマザキ"}, {"birth": "2015-13-01"}, {"insurance": "1"}, {"given": ""}]
)
def test_no_item_appears_in_database_logs_trail_or_pages(fault, ours, client, clinician, caplog):
    caplog.set_level(logging.DEBUG)
    client.force_login(clinician)
    sent = ITEMS | fault
    answers = [
        client.post(reverse("cases:identity", args=[ours.public_id]), sent),
        client.get(reverse("cases:same_patient", args=[ours.public_id])),
        client.put(f"/api/cases/{ours.public_id}/identity", sent, content_type="application/json"),
        client.get(reverse("cases:history", args=[ours.public_id])),
    ]
    assert bool(LinkageKey.objects.exists()) == (not fault)
    assert all(answer.status_code in ((200, 302) if not fault else (200, 422)) for answer in answers)
    text = _database() + caplog.text + "".join(answer.content.decode() for answer in answers)
    for trace in (*TRACES, *(value for value in fault.values() if len(value) > 2)):
        assert trace not in text


NAMES = st.text(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグ",
    min_size=1,
    max_size=8,
)


@given(NAMES, NAMES, st.dates(date(1920, 1, 1), date(2026, 1, 1)))
def test_keys_hold_nothing_of_what_they_were_made_of(family, given_name, birth):
    keys = keys_of(Identity(family, given_name, birth, "female"), b"k", rounds=1)
    assert set(keys) == set(Kind) - {Kind.INSURANCE}
    assert len(set(keys.values())) == len(keys)
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys.values())
    assert repr(Identity(family, given_name, birth)) == "Identity()"
