"""What is published gives no small count away, not to one who solves for it, not over two quarters."""

from datetime import date

import numpy as np
import pytest
from django.utils import timezone
from scipy.optimize import linprog

from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.cases.models import Analysis, Case, CaseDiagnosis, Consultation, Publication
from kakehashi.systems.cases.outcomes.publishing import SMALLEST, prepared, publish
from kakehashi.systems.cases.outcomes.recounting import recount
from tests.systems.cases.outcomes.programme import Spec, make

STATUS = ("waiting", "open", "solved")
STEPS = {"registered": STATUS, "analysed": ("open", "solved"), "diagnosed": ("solved",)}


def attack(shown, atoms, target, as_of):
    """What an attacker makes of one publication: every relation the page states, every figure new in it; no engine."""
    place = {name: at for at, name in enumerate(atoms)}

    def row(pairs):
        line = np.zeros(len(atoms))
        for name, weight in pairs:
            if name in place:
                line[place[name]] += weight
        return line

    def of(table, kinds):
        return [(name, 1.0) for name in atoms if name.split("/")[0] == table and name.split("/")[2] in kinds]

    def figure(name):
        table, key, step = name.split("/")
        kinds = STEPS.get(step, (step,))
        if table == "total":
            return row(of("cyear" if step == "consulted" else "year", kinds))
        return row([(f"{table}/{key}/{kind}", 1.0) for kind in kinds])

    told = [(figure(name), one["value"]) for name, one in shown.items() if one["as_of"] == as_of]
    told += [(row(of("year", [k])) - row(of("region", [k])), 0) for k in STATUS]
    told += [(row(of("cyear", ["consulted"])) - row(of(t, ["consulted"])), 0) for t in ("route", "cregion")]
    told.append((row(of("year", ["solved"])) - row(of("list", ["solved"])), 0))
    below = [row([(n, 1.0)]) - row(of("year", [n.split("/")[2]])) for n in atoms if n.startswith("group/")]
    ends = []
    for sign in (1, -1):
        found = linprog(
            sign * row(target(of)),
            A_ub=np.array(below),
            b_ub=np.zeros(len(below)),
            A_eq=np.array([line for line, _ in told]),
            b_eq=[value for _, value in told],
            bounds=(0, None),
        )
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return ends


def secrets(counted):
    """Every small number of people behind a publication, as what an attacker would solve for."""
    for name, value in counted.items():
        if 0 < value < SMALLEST:
            yield name, (lambda of, name=name: [(name, 1.0)])
    for name in counted:
        table, _key, kind = name.split("/")
        outside = sum(v for n, v in counted.items() if n.startswith("year/") and n.endswith(kind)) - counted[name]
        if table == "group" and 0 < outside < SMALLEST:
            yield f"without {name}", (lambda of, name=name, kind=kind: [*of("year", [kind]), (name, -1.0)])


@pytest.fixture
def director(db, make_person):
    agency = Organisation.objects.create(code="AGENCY", name="機構", kind="agency")
    person = make_person(agency, "programme_director")
    Membership.objects.update(since=date(2020, 4, 1))
    return person


@pytest.mark.parametrize(
    "spec",
    [
        Spec((40, 70, 30), 120, 80, (5, 16, 17, 4), {3: 3}, hospitals=20),
        Spec((300, 500, 12), 700, 430, (9, 60, 80, 31), {3: 12}, hospitals=47),
        Spec((3, 2, 1), 6, 4, (1, 1, 0, 0), hospitals=3),
    ],
    ids=["small", "middle", "tiny"],
)
def test_no_attacker_pins_a_small_count(db, spec):
    make(spec)
    made = prepared(date(2026, 9, 30))
    values = [one["value"] for one in made.shown.values() if one["value"] is not None]
    assert not [value for value in values if 0 < value < SMALLEST]
    tried = 0
    for name, target in secrets(made.counted):
        low, high = attack(made.shown, sorted(made.counted), target, "2026-09-30")
        assert high - low >= SMALLEST - 1e-4, (name, low, high)
        tried += 1
    assert tried


def test_the_next_quarter_gives_no_small_difference_away(db, director, monkeypatch):
    make(Spec((300, 500, 120), 700, 430, (39, 60, 80, 31), {3: 12}, hospitals=6))
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 7, 2))
    first = publish(by=director)
    assert first.shown["total/total/diagnosed"] == {"value": 210, "as_of": "2026-06-30"}
    three = Case.objects.filter(diagnosed_on=None, analysed_on__isnull=False)[:3]
    for case in three:
        CaseDiagnosis.objects.create(case=case, disease="OMIM:1", catalogue="other", diagnosed_on=date(2026, 8, 1))
        Case.objects.filter(pk=case.pk).update(revision=case.revision + 1)
    recount()
    second = prepared(date(2026, 9, 30))
    assert sum(value for name, value in second.counted.items() if name.startswith("list/")) == 213
    assert second.shown["total/total/diagnosed"] == {"value": 210, "as_of": "2026-06-30"}  # the last one stands
    low, high = attack(second.shown, sorted(second.counted), lambda of: of("year", ["solved"]), "2026-09-30")
    assert high - low >= SMALLEST - 1e-4
    with pytest.raises(Conflict):
        publish(by=director)


def test_no_institution_subtracts_its_own_part_from_its_region(db):
    """One hospital holds nearly all of its region: what the others hold stays hidden from it, solver and all."""
    hospitals = make(Spec((300, 500, 120), 700, 430, (39, 60, 80, 31), {3: 12}, hospitals=2))
    large, few = hospitals
    Organisation.objects.update(prefecture="13")
    Case.objects.filter(organisation=few).update(organisation=large)
    for state in ("registered", "analysed", "diagnosed"):
        moved = Case.objects.filter(state=state).order_by("pk").values_list("pk", flat=True)[:3]
        Case.objects.filter(pk__in=list(moved)).update(organisation=few)
    other = Organisation.objects.create(code="FAR", name="遠", prefecture="01")
    far = Case.objects.filter(organisation=large).order_by("-pk").values_list("pk", flat=True)[:60]
    Case.objects.filter(pk__in=list(far)).update(organisation=other)
    recount()
    made = prepared(date(2026, 9, 30))
    for kind in STATUS:
        name = f"region/kanto/{kind}"
        own = made.counted[name] - 3
        low, high = attack(made.shown, sorted(made.counted), lambda of, name=name: [(name, 1.0)], "2026-09-30")
        assert high - max(low, own) >= SMALLEST - 1e-4, (name, own, low, high)
    for step, kinds in STEPS.items():
        value = made.shown[f"region/kanto/{step}"]["value"]
        assert value is None or value - sum(made.counted[f"region/kanto/{kind}"] - 3 for kind in kinds) >= SMALLEST


def test_large_counts_are_published(db):
    make(Spec((3000, 5000, 2000), 9000, 7000, (500, 800, 900, 400), {3: 30}, hospitals=47))
    made = prepared(date(2026, 9, 30))
    assert made.shown["total/total/diagnosed"]["value"] == 2600
    assert sum(one["value"] is not None for one in made.shown.values()) / len(made.shown) > 0.9


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("kind", ["agency", "hospital"])
def test_who_publishes(db, hospital, make_person, role, kind):
    Consultation.objects.create(organisation=hospital, local_id="F-1", consulted_on=date(2026, 1, 5))
    person = make_person(Organisation.objects.create(code="X", name="X", kind=kind), role)
    if kind == "agency" and role in ("programme_director", "administrator"):
        assert publish(by=person).published_by == person
    else:
        with pytest.raises(NotAllowed):
            publish(by=person)


def test_the_public_page_is_there_only_after_publishing(client, director):
    make(Spec((300, 500, 120), 700, 430, (39, 60, 80, 31), hospitals=6))
    for path in ("", "?format=json", "?format=csv"):
        assert client.get(f"/outcomes/public/{path}").status_code == 404
    client.force_login(director)
    preview = client.get("/outcomes/publish/", HTTP_ACCEPT_LANGUAGE="en")
    assert "210" in preview.content.decode()
    assert not Publication.objects.exists()
    assert client.post("/outcomes/publish/").status_code == 302
    client.logout()
    for language, word in (("en", "Diagnosed"), ("ja", "診断")):
        page = client.get("/outcomes/public/", HTTP_ACCEPT_LANGUAGE=language)
        assert word in page.content.decode()
        assert "210" in page.content.decode()
        assert page["Cache-Control"].startswith("max-age")
    told = client.get("/outcomes/public/?format=json").json()
    assert told["licence"].startswith("https://")
    assert {"table": "total", "key": "total", "step": "diagnosed", "value": 210}.items() <= next(
        one for one in told["figures"] if (one["table"], one["step"]) == ("total", "diagnosed")
    ).items()
    assert "total,total,diagnosed,210" in client.get("/outcomes/public/?format=csv").content.decode()
    assert Analysis.objects.exists()
