import json

import pytest

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.actions import Terms
from kakehashi.kernel.sharing.states import Reach
from kakehashi.protocols.mme import CONTENT_TYPE
from kakehashi.systems.cases import solved
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.terms import attested, set_terms
from kakehashi.systems.exchange.actions import grant_peer

FINDINGS = ("HP:0001250", "HP:0000252", "HP:0001274", "HP:0000519")


@pytest.fixture(autouse=True)
def _own_index(tmp_path, monkeypatch):
    """An index of its own for each test, and what is kept of solved cases: a test's cases get the keys of another's."""
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    yield
    similar._indexes.clear()
    solved._libraries.clear()
    solved._read.clear()


@pytest.fixture
def hospital(db):
    return Organisation.objects.create(code="h1", name="第一病院", name_en="First Hospital")


@pytest.fixture
def clinician(hospital):
    return make_clinician(hospital, "clinician")


@pytest.fixture
def far_clinician(db):
    """A clinician of another institution of this node, in the same country."""
    return make_clinician(Organisation.objects.create(code="h2", name="第二病院", name_en="Second Hospital"), "far")


def make_clinician(hospital, name):
    from kakehashi.kernel.people.models import Membership, Person
    from kakehashi.kernel.people.roles import Role

    person = Person.objects.create_user(f"{name}@example.org")
    Membership.objects.create(person=person, organisation=hospital, role=Role.CLINICIAN)
    return person


@pytest.fixture
def far_case(far_clinician, compiled_ontology):
    """far_case(reach=…, …): a case of the other institution."""
    return case_maker(far_clinician)


@pytest.fixture
def make_case(clinician, compiled_ontology):
    return case_maker(clinician)


def case_maker(clinician):
    hospital = clinician.memberships.get().organisation
    made = []

    def make(*, reach=Reach.ABROAD, findings=FINDINGS, genes=("SCN1A",), synthetic=False, **terms):
        description = Description.model_validate(
            {"findings": [{"term": term} for term in findings], "genes": list(genes)}
        )
        case = enter_case(
            by=clinician,
            organisation=hospital,
            local_id=f"P{len(made)}",
            description=description,
            synthetic=synthetic,
            register=True,
        )
        case = set_terms(by=clinician, case=case, terms=Terms(reach, **terms), consent=attested(reach))
        made.append(case)
        return case

    return make


@pytest.fixture
def peer_token(db):
    return grant_peer(by=None, name="Peer", country="CA")[1]


@pytest.fixture
def ask(client, peer_token):
    """POST /mme/match as the peer does."""

    def asking(body=None, *, token=peer_token, content_type=CONTENT_TYPE, **headers):
        sent = body if isinstance(body, bytes) else json.dumps(body if body is not None else question()).encode()
        named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        named |= {
            "HTTP_X_AUTH_TOKEN": token,
            "CONTENT_TYPE": content_type,
        }
        return client.post("/mme/match", sent, content_type=content_type, **named)

    return asking


def question(findings=FINDINGS, genes=(), **more):
    patient = {"id": "theirs-1", "contact": {"name": "Them", "href": "mailto:them@example.org"}}
    if findings:
        patient["features"] = [{"id": term} for term in findings]
    if genes:
        patient["genomicFeatures"] = [{"gene": {"id": gene}} for gene in genes]
    return {"patient": patient | more}
