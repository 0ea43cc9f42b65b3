"""A second kind of database is not asked again by parameter sets that send only what others of their test do."""

import pytest
from django.db import IntegrityError, connection, transaction

from kakehashi.kernel.organisations.models import Organisation
from tests.statements import Noted, group_of, left_out, noted_in, shape


def test_of_each_group_the_sets_stay_that_send_something_of_their_own():
    noted = {"a[1]": {"x"}, "a[2]": {"x", "y"}, "a[3]": {"y"}, "a[4]": {"z"}, "a[5]": {"y"}, "b[1]": {"x"}}
    groups = {name: (name[0], name == "a[5]") for name in [*noted, "a[never noted]"]}
    assert left_out(groups, noted) == {"a[1]", "a[3]"}
    assert left_out({"a[1]": "a", "b[1]": "b"}, noted) == set()
    assert left_out({"a[1]": "a", "a[2]": "a"}, {}) == set()


@pytest.mark.parametrize("day", ["2020-01-01", "2020-01-32"])
@pytest.mark.parametrize("role", ["one", "other"])
def test_only_who_asks_makes_no_group_of_its_own(request, role, day):
    name, *rest = group_of(request.node)
    assert name.endswith("::test_only_who_asks_makes_no_group_of_its_own")
    assert rest == [("day", repr(day))]


def test_statements_are_alike_whatever_their_values():
    one = shape('SELECT "a" FROM "b" WHERE "id" IN (%s, %s, %s) LIMIT 21', "")
    assert one == shape('SELECT "a" FROM "b" WHERE "id" IN (%s) LIMIT 2', "")
    assert one != shape('SELECT "a" FROM "b" WHERE "id" IN (%s) LIMIT 2', "DataError")
    assert one != shape('SELECT "a" FROM "c" WHERE "id" IN (%s) LIMIT 2', "")
    assert shape('SAVEPOINT "s140_x1"', "") == shape('SAVEPOINT "s7_x22"', "")


@pytest.fixture
def noted(tmp_path, db):
    noted = Noted(tmp_path)
    connection.execute_wrappers.append(noted._sent)
    yield noted
    connection.execute_wrappers.remove(noted._sent)


def during(noted, name, ask):
    """As if a test of this name ran."""
    item = type("Item", (), {"nodeid": name})
    protocol = noted.pytest_runtest_protocol(item)
    next(protocol)
    ask()
    with pytest.raises(StopIteration):
        protocol.send(True)


def twice():
    Organisation.objects.create(code="a", name="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(code="a", name="a")


def test_what_a_set_sends_is_noted_with_how_it_ended(noted, tmp_path):
    def found(code):
        return lambda: Organisation.objects.filter(code=code).update(name="b")

    during(noted, "t[none]", found("a"))
    during(noted, "t[twice]", twice)
    during(noted, "t[one]", found("a"))
    during(noted, "t[none either]", found("c"))
    during(noted, "alone", found("a"))
    sent = noted_in(tmp_path)
    assert set(sent) == {"t[none]", "t[twice]", "t[one]", "t[none either]"}
    assert sent["t[none]"] == sent["t[none either]"] != sent["t[one]"]
    assert len(sent["t[twice]"]) > 3
    assert len(left_out(dict.fromkeys(sent, "t"), sent)) == 1
