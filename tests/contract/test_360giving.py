"""What is exported as 360Giving is a package by the standard's own JSON schemas."""

import io
import json
from datetime import date, datetime

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from tests.systems.portfolio.exporting.test_exporting import agency  # noqa: F401  a fixture

from kakehashi.systems.portfolio.exporting.grants import write_grants
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from kakehashi.systems.portfolio.publication.actions import publish_awards

pytestmark = pytest.mark.django_db
FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_moment(value):
    """A day with its time. Without this jsonschema takes any text for one: a day would fit two of the shapes."""
    return not isinstance(value, str) or ("T" in value and bool(datetime.fromisoformat(value)))


@pytest.fixture(scope="module")
def validator(shared_data):
    folder = shared_data / "360giving"
    if not folder.is_dir():
        pytest.skip("the 360Giving schemas are not beside this checkout")
    package, grant = (
        json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("360-giving-package-schema", "360-giving-schema")
    )
    named = package["properties"]["grants"]["items"]["$ref"]
    registry = Registry().with_resources([(uri, DRAFT202012.create_resource(grant)) for uri in (named, grant["$id"])])
    return Draft202012Validator(package, registry=registry, format_checker=FORMATS)


def test_what_everybody_may_have_is_one_by_the_schema_and_holds_no_award_that_is_not_published(
    agency,  # noqa: F811
    validator,
    client,
    settings,
):
    settings.GIVING_PREFIX = "360G-example"
    assert client.get("/awards/360giving.json").status_code == 404  # nothing is published
    publish_awards(by=None, awards=Award.objects.filter(pk=agency.awards[0].pk))
    package = json.loads(client.get("/awards/360giving.json").getvalue())
    assert not [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(package)]
    (grant,) = package["grants"]
    assert (grant["id"], grant["amountAwarded"]) == (f"360G-example-{agency.awards[0].number}", 1_234_567)
    assert "amountDisbursed" not in grant
    assert "call" not in grant["kakehashi"]  # it is not published


def test_a_package_is_one_by_the_schema(agency, validator):  # noqa: F811
    for kind, reference in (("paper", "10.5555/abc.1"), ("patent", "JP2020-000001")):
        record_output(NewOutput(kind, reference, date(2020, 5, 1)), [agency.awards[0]], by=None)
    out = io.StringIO()
    write_grants(out, by=None, prefix="360G-kakehashi")
    package = json.loads(out.getvalue())
    assert not [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(package)]
    assert sum(len(one.get("relatedDocument", ())) for one in package["grants"]) == 2
    package["grants"][0]["currency"] = "yen"
    del package["grants"][0]["awardDate"]
    assert list(validator.iter_errors(package))
