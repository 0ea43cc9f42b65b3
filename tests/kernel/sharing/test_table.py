"""The sharing table against its second statement: state by state, at random, and as the database filters."""

import itertools
import random

import pytest

from kakehashi.kernel.sharing import conditions
from kakehashi.kernel.sharing.decision import decide, judge, level_of, visible_to
from kakehashi.kernel.sharing.models import OptOut
from kakehashi.kernel.sharing.states import DataClass, Level, Purpose, Sector
from kakehashi.kernel.sharing.subject import NOBODY, Context, GrantInForce, Subject
from tests.kernel.sharing.records.models import Record
from tests.kernel.sharing.statement import permitted
from tests.kernel.sharing.worlds import DAY, KIND, PAST, SOON, Row, plain, plain_question, random_question, random_row

CASES = 20_000  # tests/bench/sharing.py asks a million


def agree(subject, purpose, context, row):
    """Table and second statement say the same at every level: the verdict, and every reason."""
    ask, record = plain_question(subject, purpose, context), plain(row)
    reached = Level.NOTHING
    for level in Level:
        verdict = decide(subject, row, purpose, context, level)
        against = permitted(ask, record, int(level), context.day)
        assert verdict.allowed == (against is None), (subject, purpose, context, row, level)
        if against is not None:
            assert set(verdict.codes) == against, (subject, purpose, context, row, level)
        else:
            reached = max(reached, level)
    assert level_of(subject, row, purpose, context) == reached


def every_row():
    """Every combination of a record's fields that the rules can tell apart, held by institution 1."""
    for values in itertools.product(
        ["registered", "draft"],
        [str(one) for one in DataClass],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [None, DAY, SOON],
        [(PAST, None), (DAY, DAY), (None, None), (SOON, None), (PAST, PAST)],
        [(True, True), (True, False), (False, False)],
        [(True, True), (True, False), (False, True)],
        [False, True],
    ):
        state, data_class, reach, shown, embargo, (start, end), (home, abroad), (private, may), out = values
        yield Row(7, 1, 5, state, data_class, reach, shown, private, embargo, start, end, home, abroad, may, out)


FOR_CARE = frozenset({Purpose.CARE})
STANDINGS = {
    "holder": Subject("a", reads=frozenset({1}), takes_part=True, compatriots=frozenset({1, 2})),
    "partner": Subject("b", takes_part=True, partners=frozenset({1}), compatriots=frozenset({1, 2})),
    "partner abroad": Subject("c", takes_part=True, partners=frozenset({1}), compatriots=frozenset({3})),
    "compatriot": Subject("d", reads=frozenset({2}), takes_part=True, compatriots=frozenset({1, 2})),
    "company": Subject("e", takes_part=True, compatriots=frozenset({1, 2}), sector=Sector.PRIVATE),
    "abroad": Subject("f", takes_part=True, compatriots=frozenset({3})),
    "officer": Subject("g", takes_part=False, compatriots=frozenset({1, 2})),
    "nobody": NOBODY,
    "granted": Subject(
        "h",
        takes_part=True,
        compatriots=frozenset({3}),
        grants=(GrantInForce(Level.WHOLE, frozenset(Purpose), KIND, 7),),
    ),
    "referred": Subject("j", takes_part=True, grants=(GrantInForce(Level.WHOLE, FOR_CARE, KIND, 7),)),
    "paid for": Subject(
        "k", takes_part=True, grants=(GrantInForce(Level.WHOLE, frozenset({Purpose.CARE}), award_id=5),)
    ),
    "joined": Subject(
        "i",
        takes_part=True,
        compatriots=frozenset({1}),
        grants=(GrantInForce(Level.MATCHING, frozenset({Purpose.RESEARCH}), award_id=5, joined=True),),
    ),
}


@pytest.mark.parametrize("standing", STANDINGS)
def test_table_agrees_with_its_second_statement_in_every_state(standing):
    """25,920 records a standing, thinned by a stride coprime to every factor; the bench asks all of them."""
    subject = STANDINGS[standing]
    questions = [(p, c) for p in Purpose for c in (Context(DAY), Context(DAY, frozenset({1})))]
    for number, row in enumerate(itertools.islice(every_row(), list(STANDINGS).index(standing), None, 97)):
        agree(subject, *questions[number % len(questions)], row)


def test_table_agrees_with_its_second_statement_at_random():
    draw = random.Random(2026)
    for _ in range(CASES // 20):
        subject, purpose, context = random_question(draw, 5)
        for pk in range(1, 6):
            agree(subject, purpose, context, random_row(draw, pk))


@pytest.mark.parametrize("few", [0, conditions.FEW], ids=["many values", "few values"])
@pytest.mark.django_db
def test_the_database_filters_as_the_table_decides(few, monkeypatch):
    monkeypatch.setattr(conditions, "FEW", few)
    draw = random.Random(11)
    rows = [random_row(draw, pk) for pk in range(1, 401)]
    Record.objects.bulk_create(
        Record(**{name: value for name, value in vars(row).items() if name not in ("opted_out", "sharing_kind")})
        for row in rows
    )
    OptOut.objects.bulk_create(OptOut(kind=KIND, record_id=row.pk, since=PAST) for row in rows if row.opted_out)
    OptOut.objects.bulk_create(
        [OptOut(kind=KIND, record_id=1, since=SOON), OptOut(kind="other.thing", record_id=2, since=PAST)]
    )
    seen = 0
    for _ in range(150):
        subject, purpose, context = random_question(draw, 400)
        for level in Level:
            decided = {row.pk for row in rows if decide(subject, row, purpose, context, level)}
            found = set(
                Record.objects.filter(visible_to(subject, purpose, context, KIND, level)).values_list("pk", flat=True)
            )
            assert found == decided, (subject, purpose, context, level)
            seen += 0 < len(found) < 400
    assert seen > 100


def test_a_purpose_that_no_path_names_is_refused():
    record = random_row(random.Random(1), 1)
    verdict = judge(STANDINGS["holder"], "marketing", Context(DAY), KIND).decide(record, Level.EXISTS)
    assert verdict.codes == ("no_purpose",)


def test_levels_include_the_ones_before():
    draw = random.Random(3)
    for _ in range(2_000):
        subject, purpose, context = random_question(draw, 3)
        row = random_row(draw, draw.randint(1, 3))
        allowed = [bool(decide(subject, row, purpose, context, level)) for level in Level]
        assert allowed == sorted(allowed, reverse=True)


def test_who_says_nothing_of_themselves_sees_nothing():
    record = next(row for row in every_row() if row.state == "registered" and row.reach == 3 and row.consent_abroad)
    assert Subject("someone") == Subject("someone", takes_part=False, sector=Sector.PUBLIC)
    assert level_of(Subject("someone"), record, Purpose.MATCHING, Context(DAY)) == Level.NOTHING
    grant = GrantInForce(Level.WHOLE, frozenset(Purpose), KIND, record.pk)
    assert not grant.joined


@pytest.mark.parametrize("standing", ["referred", "paid for"])
def test_care_asks_neither_reach_nor_consent_and_nothing_but_care_is_opened_by_it(standing):
    for row in itertools.islice(every_row(), 0, None, 31):
        reached = {purpose: level_of(STANDINGS[standing], row, purpose, Context(DAY)) for purpose in Purpose}
        care = Level.WHOLE if standing == "referred" and row.state == "registered" else Level.NOTHING
        assert reached.pop(Purpose.CARE) == care
        unasked = {purpose: level_of(Subject("n", takes_part=True), row, purpose, Context(DAY)) for purpose in reached}
        assert reached == unasked
