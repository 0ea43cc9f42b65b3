"""The demo node: hospitals, people and synthetic patients; the same on every machine, made once, never twice.

Called by ``kakehashi demo`` alone, which prints the passwords: each node's own, made from its secret key, so that no
password stands in the code and a second call prints the same.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kakehashi.engines.phenotype.synthetic import Drawer, SyntheticPatient
from kakehashi.kernel.organisations.actions import place_organisation, register_organisation
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import Terms, add_network, join_network
from kakehashi.kernel.sharing.models import Network, NetworkRole
from kakehashi.kernel.sharing.networks import analysis_centres_for
from kakehashi.kernel.sharing.states import Reach
from kakehashi.protocols.phenopacket import loads
from kakehashi.protocols.phenopacket.documents import Phenopacket
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.awards import set_award
from kakehashi.systems.cases.course.analyses import record_analysis, send_for_analysis
from kakehashi.systems.cases.course.committee import committees_for, open_review
from kakehashi.systems.cases.course.consultations import enter_consultation, lead_to_case
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.course.listed import listed_as
from kakehashi.systems.cases.course.states import Basis, PhenotypeGroup, Route
from kakehashi.systems.cases.description import Description, Diagnosis, Finding, age_text
from kakehashi.systems.cases.models import Case, Consultation
from kakehashi.systems.cases.outcomes.groups import in_groups
from kakehashi.systems.cases.packets.reading import read_packet
from kakehashi.systems.cases.states import CaseState
from kakehashi.systems.cases.terms import attested, set_terms
from kakehashi.systems.portfolio.public import awards_of, register_award

SAMPLE_PATIENT = Path(__file__).with_name("sample_patient.json")
"""The worked example of IRUD Exchange: eight findings of one patient, as a phenopacket."""
CLEAR_PATIENT = Path(__file__).with_name("clear_patient.json")
"""A synthetic patient whose findings tell clearly: those of the Marfan syndrome."""

SEED = 20260
PATIENTS = 40  # a hospital
SOLVED_EVERY, SAME_DISEASE_EVERY = 3, 4


@dataclass(frozen=True)
class Login:
    """Someone who can log in to the demo node."""

    email: str
    password: str
    role: str
    organisation: str


@dataclass(frozen=True)
class _Hospital:
    code: str
    name: str
    name_en: str
    people: tuple[tuple[str, str, str, str], ...]
    """(address before the @, role, name, name in Latin letters)."""


HOSPITALS = (
    _Hospital(
        "DEMO1",
        "デモ第一病院（拠点）",
        "Demo Hospital One (hub)",
        (
            ("clinician", Role.CLINICIAN, "見本 花子", "Hanako Mihon"),
            ("manager", Role.DATA_MANAGER, "見本 太郎", "Taro Mihon"),
            ("auditor", Role.AUDITOR, "見本 次郎", "Jiro Mihon"),
            ("administrator", Role.ADMINISTRATOR, "見本 三郎", "Saburo Mihon"),
            ("committee", Role.DIAGNOSIS_COMMITTEE, "見本 薫", "Kaoru Mihon"),
        ),
    ),
    _Hospital(
        "DEMO2",
        "デモ第二病院（高度協力）",
        "Demo Hospital Two (advanced)",
        (
            ("clinician", Role.CLINICIAN, "見本 咲", "Saki Mihon"),
            ("manager", Role.DATA_MANAGER, "見本 健", "Ken Mihon"),
        ),
    ),
    *(
        _Hospital(
            f"DEMO{number}",
            f"デモ第{kanji}病院（協力）",
            f"Demo Hospital {word} (co-operating)",
            (("clinician", Role.CLINICIAN, f"見本 {name}", f"{latin} Mihon"),),
        )
        for number, kanji, word, name, latin in (
            (3, "三", "Three", "翼", "Tsubasa"),
            (4, "四", "Four", "葵", "Aoi"),
            (5, "五", "Five", "陸", "Riku"),
        )
    ),
)
ABROAD = _Hospital(
    "DEMO-ABROAD",
    "デモ海外病院",
    "Demo Hospital Abroad",
    (("clinician", Role.CLINICIAN, "見本 凛", "Rin Mihon"),),
)
NETWORK = {"agency": (HOSPITALS[0], "JP"), "hospital": (ABROAD, "FR")}
"""The two nodes that ``kakehashi network`` tries the exchange out with: the hospital of each, and its country."""
DEMO_NETWORK = ("demo-network", "デモ希少・未診断疾患ネットワーク", "Demo Rare and Undiagnosed Disease Network")
CENTRE = ("DEMO-CENTRE", "デモ解析センター", "Demo Analysis Centre")
AWARD = (
    "DEMO26AW0001",
    "架空の課題：希少・未診断疾患のデモ（合成患者）",
    "Made-up award: a demo of rare and undiagnosed diseases (synthetic patients)",
)
PAID = 10
"""How many patients of each of the first two hospitals name the award."""
DONE = "架空の結果 A made-up result"
SEEN = 12
"""Of how many patients of each hospital the course went on."""
NEW_DISEASES = ("架空の新規疾患1 Made-up new disease 1", "架空の新規疾患2 Made-up new disease 2")
PREFECTURES = ("13", "27", "23", "01", "40")
"""Where the hospitals lie (JIS X 0401)."""
AGENCY = ("DEMO-AGENCY", "デモ研究開発機構", "Demo Research Agency")
BESIDE = (
    (CENTRE, Kind.UNIVERSITY, "analyst", Role.RESEARCHER, "見本 湊", "Minato Mihon"),
    (AGENCY, Kind.AGENCY, "officer", Role.PROGRAMME_OFFICER, "見本 恵", "Megumi Mihon"),
    (AGENCY, Kind.AGENCY, "director", Role.PROGRAMME_DIRECTOR, "見本 明", "Akira Mihon"),
    (AGENCY, Kind.AGENCY, "president", Role.PRESIDENT, "見本 光", "Hikaru Mihon"),
    (AGENCY, Kind.AGENCY, "accountant", Role.ACCOUNTANT, "見本 実", "Minoru Mihon"),
    (AGENCY, Kind.AGENCY, "agency-auditor", Role.AUDITOR, "見本 望", "Nozomi Mihon"),
    (AGENCY, Kind.AGENCY, "supervisor", Role.PROGRAMME_SUPERVISOR, "見本 薫", "Kaoru Mihon"),
    (AGENCY, Kind.AGENCY, "coordinator", Role.DISEASE_COORDINATOR, "見本 司", "Tsukasa Mihon"),
    (AGENCY, Kind.AGENCY, "agency-administrator", Role.ADMINISTRATOR, "見本 環", "Tamaki Mihon"),
    (CENTRE, Kind.UNIVERSITY, "investigator", Role.RESEARCHER, "見本 研", "Ken Mihon"),
)
"""Who logs in beside the hospitals: institution, kind, address before the @, role, name, name in Latin letters."""
INVESTIGATOR = f"investigator@{CENTRE[0].lower()}.example"
SHARED = 20
"""How many patients of each hospital its network may find."""
ALIKE = 2
"""The patient of this place has one disease in all hospitals, so that hospitals find each other's."""


def prepare_demo() -> list[Login]:
    """Make what is missing of the demo node and say who can log in. A second call changes nothing."""
    logins = []
    clinicians = []
    drawer = Drawer(vocabulary.knowledge())
    for place, hospital in enumerate(HOSPITALS):
        organisation = _organisation(hospital.code, hospital.name, hospital.name_en, Kind.HOSPITAL)
        people = [_person(organisation, *person) for person in hospital.people]
        logins += [
            Login(person.email, password_of(person.email), role, f"{hospital.name} {hospital.name_en}")
            for person, (_address, role, _name, _latin) in zip(people, hospital.people, strict=True)
        ]
        if not organisation.prefecture:
            place_organisation(by=None, organisation=organisation, prefecture=PREFECTURES[place])
        patients = _descriptions(drawer, place * PATIENTS, alike=True)
        _register(organisation, people[0], patients, with_example=place == 0, shared=SHARED)
        clinicians.append((organisation, people[0]))
    _network()
    _award()
    for place, (organisation, clinician) in enumerate(clinicians):
        _course(organisation, clinician, new_disease=NEW_DISEASES[place] if place < len(NEW_DISEASES) else "")
    for institution, kind, *someone in BESIDE:
        person = _person(_organisation(*institution, kind), *someone)
        named = f"{institution[1]} {institution[2]}"
        logins.append(Login(person.email, password_of(person.email), Role(someone[1]), named))
    return logins


def _network() -> None:
    """The hospitals as one network, unless they are in one already: a hub, an advanced one, co-operating ones."""
    if Network.objects.filter(code=DEMO_NETWORK[0]).exists():
        return
    network = add_network(by=None, code=DEMO_NETWORK[0], name=DEMO_NETWORK[1], name_en=DEMO_NETWORK[2])
    roles = [NetworkRole.HUB, NetworkRole.ADVANCED, *[NetworkRole.COOPERATING] * len(HOSPITALS)]
    hub: Organisation | None = None
    for hospital, role in zip(HOSPITALS, roles, strict=False):
        organisation = Organisation.objects.get(code=hospital.code)
        join_network(by=None, network=network, organisation=organisation, role=role, hub=hub)
        hub = hub or organisation
    centre = _organisation(*CENTRE, Kind.UNIVERSITY)
    join_network(by=None, network=network, organisation=centre, role=NetworkRole.ANALYSIS)


def _award() -> None:
    """A made-up award that some cases name, unless it is there already."""
    holder = Organisation.objects.get(code=HOSPITALS[0].code)
    if any(one.number == AWARD[0] for one in awards_of(holder.pk)):
        return
    number, title, title_en = AWARD
    days = {"begins": date(2026, 4, 1), "ends": date(2029, 3, 31)}
    with transaction.atomic():
        register_award(by=None, number=number, title=title, title_en=title_en, organisation=holder, **days)
        for hospital in HOSPITALS[:2]:
            names = [f"{hospital.code}-{place:03d}" for place in range(1, PAID + 1)]
            for case in Case.objects.filter(organisation__code=hospital.code, local_id__in=names).order_by("pk"):
                set_award(by=None, case=case, number=AWARD[0])


def _course(organisation: Organisation, by: Person, *, new_disease: str) -> None:
    """Families that consulted the hospital, and how its first patients went on, unless it noted a family already.

    The first patients whose disease is known are analysed and diagnosed with it, others analysed, one still under way.
    """
    if Consultation.objects.filter(organisation=organisation).exists():
        return
    first = list(Case.objects.filter(organisation=organisation, state=CaseState.REGISTERED).order_by("local_id"))[:SEEN]
    solved = [case for case in first if case.diagnosis]
    others = [case for case in first if not case.diagnosis][: len(solved) + 1]
    today = timezone.localdate()
    with transaction.atomic():
        for number, case in enumerate(first):
            came = enter_consultation(
                by=by,
                organisation=organisation,
                local_id=f"F-{case.local_id}",
                consulted_on=today - timedelta(days=30 * (number + 1)),
                route=Route.SETTLED if number % 4 == 3 else None,
                phenotype_group=(in_groups(case.phenotype_groups) or [PhenotypeGroup.OTHER])[0],
                synthetic=True,
            )
            if number % 4 != 3:
                lead_to_case(by=by, consultation=came, case=case)
        under_way, done = others[:1], [*solved, *others[1:]]
        for case in under_way:
            centre = next(iter(analysis_centres_for(organisation.pk)), None)
            send_for_analysis(by=by, case=case, centre=centre)
        for case in done:
            send_for_analysis(by=by, case=case)
            record_analysis(by=by, case=case, result=DONE)
        if others[2:] and organisation in committees_for(organisation):
            open_review(by=by, case=others[2], committee=organisation)
        for case in solved:
            found = case.described.diagnoses[0]
            listed = listed_as(by, found.disease)
            recorded = NewDiagnosis(disease=found.disease, label=found.label, orphanet=listed.orphanet)
            record_diagnosis(by=by, case_id=case.pk, diagnosis=recorded)
        if new_disease and len(others) > 1:
            recorded = NewDiagnosis(label=new_disease, new_disease=True, basis=Basis.CLINICAL)
            record_diagnosis(by=by, case_id=others[1].pk, diagnosis=recorded)


def prepare_network_node(name: str) -> list[Login]:
    """Make one of the two nodes of the trial network: a hospital whose synthetic patients all reach abroad."""
    hospital, country = NETWORK[name]
    organisation = _organisation(hospital.code, hospital.name, hospital.name_en, Kind.HOSPITAL, country)
    people = [_person(organisation, *person) for person in hospital.people]
    first = PATIENTS * (list(NETWORK).index(name) + len(HOSPITALS))
    _register(organisation, people[0], _descriptions(Drawer(vocabulary.knowledge()), first), with_example=True)
    for case in Case.objects.filter(organisation=organisation, reach=Reach.INSTITUTION).order_by("pk"):
        set_terms(by=people[0], case=case, terms=Terms(Reach.ABROAD), consent=attested(Reach.ABROAD))
    return [
        Login(person.email, password_of(person.email), role, f"{hospital.name} {hospital.name_en}")
        for person, (_address, role, _name, _latin) in zip(people, hospital.people, strict=True)
    ]


def _organisation(code: str, name: str, name_en: str, kind: str, country: str = "JP") -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    return found or register_organisation(by=None, code=code, name=name, name_en=name_en, kind=kind, country=country)


def _person(organisation: Organisation, address: str, role: str, name: str, name_en: str) -> Person:
    email = f"{address}@{organisation.code.lower()}.example"
    found = Person.objects.filter(email=email).first()
    return found or add_person(
        by=None,
        email=email,
        organisation=organisation,
        role=role,
        name=name,
        name_en=name_en,
        password=password_of(email),
    )


def password_of(email: str) -> str:
    """The demo password of an address on this node: 16 characters from the node's secret key."""
    digest = salted_hmac("kakehashi.demo", email, algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode().lower()


def _register(
    organisation: Organisation, by: Person, patients: Iterator[Description], *, with_example: bool, shared: int = 0
) -> None:
    """The hospital's patients, all or none: those that are not there yet; the first ``shared`` open to its network."""
    there = set(Case.objects.filter(organisation=organisation).values_list("local_id", flat=True))
    wanted = [f"{organisation.code}-{number:03d}" for number in range(1, PATIENTS + 1)]
    example = f"{organisation.code}-EXAMPLE"
    if there.issuperset(wanted):
        return
    with transaction.atomic():
        if with_example and example not in there:
            packet = loads(SAMPLE_PATIENT.read_bytes())
            assert isinstance(packet, Phenopacket)
            described = read_packet(packet).description
            enter_case(
                by=by, organisation=organisation, local_id=example, description=described, synthetic=True, register=True
            )
        for place, (local_id, description) in enumerate(zip(wanted, patients, strict=True)):
            if local_id not in there:
                made = enter_case(
                    by=by,
                    organisation=organisation,
                    local_id=local_id,
                    description=description,
                    synthetic=True,
                    register=True,
                )
                if place < shared:
                    set_terms(by=by, case=made, terms=Terms(Reach.NETWORK), consent=attested(Reach.NETWORK))


def _descriptions(drawer: Drawer, first: int, *, alike: bool = False) -> Iterator[Description]:
    """Synthetic patients; some share their disease with the one before, some are solved.

    ``alike``: one of them shares it with a patient of the first hospital.
    """
    before: SyntheticPatient | None = None
    for number in range(first, first + PATIENTS):
        shared = before.disease if before is not None and number % SAME_DISEASE_EVERY == 1 else None
        if alike and number != ALIKE and number % PATIENTS == ALIKE:
            shared = drawer.patient(seed=SEED, number=ALIKE).disease
        before = drawer.patient(seed=SEED, number=number, disease=shared)
        yield description_of(before, solved=number % SOLVED_EVERY == 0)


def description_of(patient: SyntheticPatient, *, solved: bool) -> Description:
    """A drawn patient in our words; with the diagnosis only when solved."""
    known = vocabulary.knowledge()
    ontology, label = known.ontology, known.diseases.label(patient.disease)
    months = int(patient.age_days // 30.4375)
    present = tuple(
        Finding(term=ontology.id(one.term), onset=ontology.id(one.onset) if one.onset is not None else "")
        for one in patient.observed
    )
    said = {one.term for one in present}
    absent = tuple(
        Finding(term=ontology.id(term), excluded=True) for term in patient.excluded if ontology.id(term) not in said
    )
    sex = patient.sex.lower()
    return Description.model_validate(
        {
            "sex": sex if sex in {"female", "male", "other"} else "unknown",
            "age": age_text(months // 12, months % 12),
            "onset": ontology.id(patient.onset) if patient.onset is not None else "",
            "findings": (*present, *absent),
            "genes": patient.genes,
            "inheritance": (ontology.id(patient.inheritance),) if patient.inheritance is not None else (),
            "diagnoses": (Diagnosis(disease=patient.disease_id, label=label),) if solved else (),
        }
    )
