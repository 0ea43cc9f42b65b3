"""Months as people write them: by calendar year or era, in plain or full-width digits; else what is wrong is said."""

from datetime import date

import pytest
from django import forms
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.fiscal import era_date
from kakehashi.systems.cases.forms.plain import MonthField
from kakehashi.systems.cases.models import Case
from tests.systems.cases.test_case_form import form_data

READ = {
    "2019": "2019",
    "２０１９年": "2019",
    "2019-04": "2019-04",
    "2019/4": "2019-04",
    "２０１９／０４": "2019-04",
    "2019年4月": "2019-04",
    "平成31年4月": "2019-04",
    "平成３１年４月": "2019-04",
    "令和元年5月": "2019-05",
    "R1.5": "2019-05",
    "昭和64年": "1989",
    "昭和 64 年 1 月": "1989-01",
    "": "",
}
WRONG = {
    "2019/99": {"en": "There is no month of this number", "ja": "月は1～12で入力してください"},
    "4月": {"en": "This is not a month", "ja": "年月として読み取れません"},
    "31年4月": {"en": "This is not a month", "ja": "年月として読み取れません"},
    "平成32年4月": {"en": "The era does not have", "ja": "その元号にない年月です"},
    "令和元年4月": {"en": "The era does not have", "ja": "その元号にない年月です"},
    "平成0年": {"en": "The era does not have", "ja": "その元号にない年月です"},
    "明治元年": {"en": "between 1900 and 2099", "ja": "1900年から2099年まで"},
}


@pytest.mark.parametrize(("typed", "month"), READ.items())
def test_a_month_is_read_as_people_write_it(typed, month):
    assert MonthField(required=False).clean(typed) == month


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_every_month_of_an_era_is_read(day):
    assert MonthField().clean(era_date(day).partition("月")[0] + "月") == f"{day:%Y-%m}"


@given(st.text(max_size=12))
def test_whatever_is_typed_is_read_or_refused(typed):
    with override("en"):
        try:
            read = MonthField(required=False).clean(typed)
        except forms.ValidationError:
            return
    assert not read or MonthField().clean(read) == read


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("typed", WRONG)
@pytest.mark.parametrize("field", ["birth", "undiagnosed_since"])
def test_what_is_wrong_with_a_month_is_said_with_an_example(client, clinician, field, typed, language):
    client.force_login(clinician)
    sent = form_data(["HP:0001250"], **{field: typed})
    answer = client.post(reverse("cases:new"), sent, headers={"accept-language": language})
    assert answer.status_code == 422
    assert WRONG[typed][language] in answer.text
    assert not Case.objects.exists()
