"""The same thing, however it is written, is the same identifier; what is none is said with what one looks like."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.systems.portfolio.models import OutputKind as K
from kakehashi.systems.portfolio.outputs.references import normalised

SAME = [
    (K.PAPER, "10.5555/abc-1", ["10.5555/ABC-1", "doi:10.5555/Abc-1", "https://doi.org/10.5555%2Fabc-1"]),
    (K.PAPER, "10.5555/abc-1", ["http://dx.doi.org/10.5555/ABC-1", " DOI: 10.5555/abc-1 ", "１０.5555/abc-1"]),
    (K.PAPER, "10.1000.10/ä", ["10.1000.10/ä"]),
    (K.DATASET, "10.5555/data", ["https://doi.org/10.5555/DATA"]),
    (K.DATASET, "JGAS000123", ["jgas000123", " JGAS000123"]),
    (K.TRIAL, "jRCT2031200001", ["JRCT2031200001", "jrct2031200001"]),
    (K.TRIAL, "jRCTs031180001", ["jRCTs031180001", "https://jrct.mhlw.go.jp/latest-detail/jRCTs031180001"]),
    (K.TRIAL, "NCT01234567", ["nct01234567", "NCT 01234567"]),
    (K.TRIAL, "UMIN000012345", ["UMIN000012345"]),
    (K.PATENT, "JP2020-012345", ["特願2020-12345", "特願２０２０－０１２３４５号", "JP2020-012345"]),
    (K.PATENT, "JP2020123456A", ["特開2020-123456", "JP2020-123456A", "JP 2020/123456 A"]),
    (K.PATENT, "JP6543210B", ["特許第6543210号", "特許6543210", "JP6543210B1", "JP 6543210 B2"]),
    (K.PATENT, "US11123456B", ["US 11,123,456 B2", "us11123456b1"]),
    (K.PATENT, "PCT/JP2020/012345", ["PCT/JP2020/12345", "pct/jp2020/012345"]),
    (K.APPROVAL, "30200AMX00942000", ["30200amx00942000"]),
    (K.LICENCE, "LIC 2023 1", ["lic  2023 1"]),
]


@pytest.mark.parametrize(("kind", "kept", "text"), [(k, kept, text) for k, kept, all_ in SAME for text in all_])
def test_one_thing_has_one_identifier(kind, kept, text):
    assert normalised(kind, text) == kept
    assert normalised(kind, kept) == kept


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (K.PAPER, "PMID:123"),
        (K.PAPER, "10.55/"),
        (K.PAPER, "10.5555/"),
        (K.TRIAL, "jRCT123"),
        (K.TRIAL, "NCT1234567"),
        (K.PATENT, "12345"),
        (K.DATASET, "10.5555"),
        (K.LICENCE, "  "),
        (K.LICENCE, "x" * 201),
    ],
)
def test_what_is_no_identifier_is_said(kind, text):
    with override("en"), pytest.raises(ValueError, match=r"looks like|identif|at most"):
        normalised(kind, text)


@given(st.sampled_from(list(K)), st.text(max_size=40) | st.from_regex(r"(10\.5555/|JP2020-?|jRCT|NCT)[\w.%-]{1,20}"))
def test_an_identifier_kept_is_kept_again(kind, text):
    try:
        kept = normalised(kind, text)
    except ValueError:
        return
    assert normalised(kind, kept) == kept
