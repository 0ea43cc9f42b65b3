"""Requests and answers of the Matchmaker Exchange: what is read, what is refused and how."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.protocols.mme import CONTENT_TYPE, Limits, MmeError, negotiate, read_reply, read_request
from kakehashi.protocols.mme.reading import Reply

PATIENT = {
    "id": "p1",
    "contact": {"name": "A clinic", "href": "mailto:clinic@example.org"},
    "features": [{"id": "HP:0001250"}],
}


def request(**changes):
    return json.dumps(
        {"patient": {key: value for key, value in (PATIENT | changes).items() if value is not None}}
    ).encode()


def test_the_benchmark_patients_are_read_and_written_without_loss(shared_data):
    patients = json.loads((shared_data / "mme" / "benchmark_patients.json").read_text())
    assert len(patients) == 50
    for patient in patients:
        read = read_request(json.dumps({"patient": patient}).encode())
        assert read.tree() == {"patient": patient}


def test_unknown_extras_are_kept():
    body = {"patient": PATIENT | {"_ours": {"a": [1]}, "features": [{"id": "HP:0001250", "_x": 1}]}, "_more": "y"}
    assert read_request(json.dumps(body).encode()).tree() == body


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"id": None}, "patient.id"),
        ({"id": "x" * 256}, "patient.id"),
        ({"contact": None}, "patient.contact"),
        ({"contact": {"name": "A"}}, "patient.contact.href"),
        ({"contact": {"href": "mailto:a@b.org"}}, "patient.contact.name"),
        ({"contact": {"name": "A", "href": "javascript:alert(1)"}}, "patient.contact.href"),
        ({"contact": {"name": "A", "href": "no scheme"}}, "patient.contact.href"),
        ({"features": None}, "at least one of features and genomicFeatures"),
        ({"features": []}, "at least one of features and genomicFeatures"),
        ({"features": [{"label": "Seizure"}]}, "patient.features.0.id"),
        ({"features": [{"id": "HP:0001250", "observed": "perhaps"}]}, "patient.features.0.observed"),
        ({"features": [{"id": "HP:0001250"}] * 1001}, "patient.features"),
        ({"genomicFeatures": [{"zygosity": 1}]}, "patient.genomicFeatures.0.gene"),
        ({"genomicFeatures": [{"gene": {"id": "SCN1A"}, "zygosity": 3}]}, "patient.genomicFeatures.0.zygosity"),
        ({"genomicFeatures": [{"gene": {"id": "A"}, "variant": {"start": 1}}]}, "genomicFeatures.0.variant.assembly"),
        ({"sex": "WOMAN"}, "patient.sex"),
    ],
)
def test_invalid_data_is_400_and_names_its_place(changes, place):
    with pytest.raises(MmeError) as caught:
        read_request(request(**changes))
    assert caught.value.status == 400
    assert place in caught.value.message


@pytest.mark.parametrize("body", [b"", b"  ", b"{", b"\xff\xfe", b"nul", b'{"a": NaN}', b"[" * 100_000])
def test_an_unreadable_body_is_422(body):
    with pytest.raises(MmeError) as caught:
        read_request(body)
    assert caught.value.status == 422


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"{}", b'{"patient": []}', b'{"patient": null}'])
def test_json_that_is_no_request_is_400(body):
    with pytest.raises(MmeError) as caught:
        read_request(body)
    assert caught.value.status == 400


def test_size_depth_and_number_are_bounded():
    deep = b'{"patient": ' + b'{"a": ' * 30 + b"1" + b"}" * 30 + b"}"
    for body, limits, status in [
        (request(label="x" * 200), Limits(bytes=100), 413),
        (deep, Limits(), 400),
        (request(_extra=[0] * 200), Limits(items=100), 400),
    ]:
        with pytest.raises(MmeError) as caught:
            read_request(body, limits)
        assert caught.value.status == status


def test_messages_never_repeat_what_was_sent():
    with pytest.raises(MmeError) as caught:
        read_request(request(sex="秘密の患者"))
    assert "秘密" not in caught.value.message


def test_peers_that_write_numbers_as_text_are_understood():
    read = read_request(request(genomicFeatures=[{"gene": {"id": "SCN1A"}, "zygosity": "2"}], sex="female"))
    assert read.patient.genomic_features[0].zygosity == 2
    assert read.patient.sex == "FEMALE"


def test_one_bad_result_does_not_hide_the_good_ones():
    results = [
        {"score": {"patient": 0.2}, "patient": PATIENT},
        {"score": {"patient": 7}, "patient": PATIENT},
        {"rubbish": True},
        {"score": {"patient": 0.9}, "patient": PATIENT | {"contact": {"name": "B", "href": "b@example.org"}}},
    ]
    reply = read_reply(json.dumps({"results": results, "terms": "be kind", "disclaimer": 7}).encode())
    assert [result.score.patient for result in reply.results] == [0.9, 0.2]
    assert reply.results[0].patient.contact.href == "mailto:b@example.org"
    assert (reply.unreadable, reply.terms, reply.disclaimer) == (2, "be kind", "")


def test_more_results_than_the_limit_are_counted_not_read():
    one = {"score": {"patient": 0.2}, "patient": PATIENT}
    reply = read_reply(json.dumps({"results": [one] * 5}).encode(), Limits(results=3))
    assert (len(reply.results), reply.beyond_limit) == (3, 2)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(body):
    with pytest.raises(MmeError):
        read_request(body)


json_trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
nearly = st.fixed_dictionaries(
    {},
    optional={
        name: json_trees | st.just(PATIENT.get(name))
        for name in ("id", "contact", "features", "genomicFeatures", "disorders", "sex", "test", "ageOfOnset", "label")
    },
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(nearly)
def test_any_patient_is_refused_or_read(patient):
    try:
        read_request(json.dumps({"patient": patient}).encode())
    except MmeError as error:
        status = error.status
    else:
        status = 400
    assert status == 400
    answer = json.dumps({"results": [{"score": {"patient": 0.5}, "patient": patient}]}).encode()
    assert isinstance(read_reply(answer), Reply)


@pytest.mark.parametrize(
    ("content_type", "accept", "version"),
    [
        (CONTENT_TYPE, "", "1.1"),
        ("application/vnd.ga4gh.matchmaker.v1.0+json; charset=utf-8", "*/*", "1.0"),
        ("application/vnd.ga4gh.matchmaker.v1.7+json", "", "1.7"),
        ("application/json", "application/vnd.ga4gh.matchmaker.v1.0+json", "1.0"),
        ("application/json", "text/html, application/vnd.ga4gh.matchmaker.v2.0+json, " + CONTENT_TYPE, "1.1"),
        ("application/json", "*/*", "1.1"),
        ("application/json", "", "1.1"),
    ],
)
def test_both_header_styles_name_a_version(content_type, accept, version):
    assert negotiate(content_type, accept) == version


@pytest.mark.parametrize(
    ("content_type", "accept", "status"),
    [
        ("", CONTENT_TYPE, 415),
        ("text/plain", CONTENT_TYPE, 415),
        ("application/vnd.ga4gh.matchmaker.v2.0+json", "", 406),
        ("application/vnd.ga4gh.matchmaker.v0.1+json", "", 406),
        ("application/json", "application/vnd.ga4gh.matchmaker.v3.0+json", 406),
    ],
)
def test_other_types_and_versions_are_refused(content_type, accept, status):
    with pytest.raises(MmeError) as caught:
        negotiate(content_type, accept)
    assert caught.value.status == status
    assert ("supportedVersions" in caught.value.body()) == (status == 406)
