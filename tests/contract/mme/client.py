"""A small client of the Matchmaker Exchange v1.1, written from the specification alone; imports nothing of the node's.

    python client.py BASE_URL TOKEN      asks a node what the specification lets one ask; prints what it does wrong

``Client.match`` and the others answer with what a conforming node said, and raise ``Wrong`` naming the place where an
answer departs from the specification as this file reads it (search-api, heartbeat-api, metrics-api, join-protocol).
"""

import json
import re
import sys
import urllib.error
import urllib.request

TYPE = "application/vnd.ga4gh.matchmaker.v{}+json"
NAMED = re.compile(r"application/vnd\.ga4gh\.matchmaker\.v1\.\d+\+json(;.*)?", re.IGNORECASE)
SEXES = {"FEMALE", "MALE", "OTHER", "MIXED_SAMPLE", "NOT_APPLICABLE"}
NUMBERED = """Cases Submitters Genes UniqueGenes Variants UniqueVariants Features UniqueFeatures FeatureSets
    UniqueGenesMatched CasesWithDiagnosis RequestsReceived PotentialMatchesSent"""
COUNTS = {f"numberOf{name}" for name in re.findall(r"\w+", NUMBERED)}


class Wrong(Exception):
    """An answer that the specification does not allow."""


def need(holds, says):
    if not holds:
        raise Wrong(says)


def text(value, place, longest=None, pattern=None):
    need(isinstance(value, str) and value, f"{place} is no text")
    need(longest is None or len(value) <= longest, f"{place} is longer than {longest} characters")
    need(pattern is None or re.fullmatch(pattern, value), f"{place} is not of the form {pattern}")


def patient_is_right(patient):
    """One patient, as an answer holds it."""
    need(isinstance(patient, dict), "patient is no object")
    text(patient.get("id"), "patient.id", 255)
    contact = patient.get("contact")
    need(isinstance(contact, dict), "patient.contact is missing")
    text(contact.get("name"), "contact.name", 255)
    text(contact.get("href"), "contact.href", pattern=r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")
    need(set(contact.get("roles", ())) <= {"clinician", "researcher", "patient"}, "contact.roles has another role")
    features, genomic = patient.get("features") or [], patient.get("genomicFeatures") or []
    need(features or genomic, "neither features nor genomicFeatures")
    for feature in features:
        text(feature.get("id"), "feature.id", pattern=r"HP:\d{7}")
        need(feature.get("observed", "yes") in ("yes", "no"), "feature.observed is neither yes nor no")
        if "ageOfOnset" in feature:
            text(feature["ageOfOnset"], "feature.ageOfOnset", pattern=r"HP:\d{7}")
    for one in genomic:
        text(one.get("gene", {}).get("id"), "gene.id")
        need(one.get("zygosity", 1) in (1, 2), "zygosity is neither 1 nor 2")
        if "variant" in one:
            variant_is_right(one["variant"])
    need(patient.get("sex", "OTHER") in SEXES, "patient.sex is another word")
    for name in ("ageOfOnset", "inheritanceMode"):
        if name in patient:
            text(patient[name], name, pattern=r"HP:\d{7}")
    for disorder in patient.get("disorders", ()):
        text(disorder.get("id"), "disorder.id", pattern=r"(MIM|Orphanet):\S+")
    need(isinstance(patient.get("test", False), bool), "patient.test is neither true nor false")


def variant_is_right(variant):
    text(variant.get("assembly"), "variant.assembly")
    text(variant.get("referenceName"), "variant.referenceName")
    start, end = variant.get("start"), variant.get("end")
    need(isinstance(start, int) and start >= 0, "variant.start is no place")
    need(end is None or end > start, "variant.end is not behind its start")


def results_are_right(tree):
    """A whole answer to a match."""
    need(isinstance(tree, dict) and isinstance(tree.get("results"), list), "no list of results")
    scores = []
    for result in tree["results"]:
        score = result.get("score", {}).get("patient")
        need(isinstance(score, int | float) and 0 <= score <= 1, "score.patient is not between 0 and 1")
        scores.append(score)
        patient_is_right(result.get("patient"))
    need(scores == sorted(scores, reverse=True), "results are not best first")
    for name in ("disclaimer", "terms"):
        need(isinstance(tree.get(name, ""), str), f"{name} is no text")


class Client:
    """One node to ask. ``base`` may end in / or not."""

    def __init__(self, base, token, timeout_s=30):
        self.base, self.token, self.timeout_s = base.rstrip("/"), token, timeout_s

    def send(self, path, body=None, headers=None, method=None, token=...):
        """(status, headers, body as JSON) of one request; every answer must be JSON and name its version."""
        sent = dict(headers or {})
        secret = self.token if token is ... else token
        if secret is not None:
            sent["X-Auth-Token"] = secret
        request = urllib.request.Request(f"{self.base}/{path}", body, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
                status, told, read = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, told, read = error.code, error.headers, error.read()
        need(NAMED.fullmatch(told.get("Content-Type", "")), f"{path} {status}: Content-Type names no version")
        try:
            tree = json.loads(read)
        except ValueError:
            raise Wrong(f"{path} {status}: the body is no JSON") from None
        need(status == 200 or tree.get("message"), f"{path} {status}: no message")
        return status, told, tree

    def match(self, patient, headers=None):
        """The results for a patient, best first."""
        body = json.dumps({"patient": patient}).encode()
        status, _told, tree = self.send("match", body, headers or {"Content-Type": TYPE.format("1.1")})
        need(status == 200, f"match: {status} {tree.get('message')}")
        results_are_right(tree)
        return tree["results"]

    def heartbeat(self):
        status, _told, tree = self.send("heartbeat")
        need(status == 200, f"heartbeat: {status}")
        facts = tree.get("heartbeat", {})
        need(isinstance(facts.get("production"), bool), "heartbeat.production is neither true nor false")
        text(facts.get("version"), "heartbeat.version")
        need(TYPE.format("1.1") in facts.get("accept", ()), "heartbeat.accept lacks 1.1")
        return facts

    def metrics(self):
        status, _told, tree = self.send("metrics")
        need(status == 200, f"metrics: {status}")
        metrics = tree.get("metrics", {})
        text(metrics.get("dateGenerated"), "dateGenerated", pattern=r"\d{4}-\d\d-\d\d(T.*)?")
        numbers = {name: value for name, value in metrics.items() if name != "dateGenerated"}
        need(set(numbers) <= COUNTS, f"unknown metrics {sorted(set(numbers) - COUNTS)}")
        need(all(isinstance(one, int) and one >= 0 for one in numbers.values()), "a metric is no count")
        return metrics


def faults(client):
    """What a node does wrong, asked in every way the specification names; [] of one that conforms."""
    right = {
        "id": "client-1",
        "contact": {"name": "A client", "href": "mailto:client@example.org"},
        "features": [{"id": "HP:0001250", "observed": "yes"}, {"id": "HP:0000252"}],
        "genomicFeatures": [{"gene": {"id": "SCN1A"}, "zygosity": 1}],
        "test": True,
        "_extra": {"kept": True},
    }
    body, plain = json.dumps({"patient": right}).encode(), {"Content-Type": "application/json"}
    versioned = {"Content-Type": TYPE.format("1.1")}
    nobody = json.dumps({"patient": {name: value for name, value in right.items() if name != "contact"}}).encode()
    asked = [
        ("1.1 in Content-Type", 200, body, versioned, {}),
        ("1.0 in Content-Type", 200, body, {"Content-Type": TYPE.format("1.0")}, {}),
        ("1.1 in Accept", 200, body, plain | {"Accept": TYPE.format("1.1")}, {}),
        ("a charset", 200, body, {"Content-Type": TYPE.format("1.1") + "; charset=utf-8"}, {}),
        ("version 99 in Content-Type", 406, body, {"Content-Type": TYPE.format("99.0")}, {}),
        ("version 99 in Accept", 406, body, plain | {"Accept": TYPE.format("99.0")}, {}),
        ("a text", 415, body, {"Content-Type": "text/plain"}, {}),
        ("no token", 401, body, versioned, {"token": None}),
        ("an unknown token", 401, body, versioned, {"token": "unknown"}),
        ("GET", 405, None, versioned, {"method": "GET"}),
        ("no contact", 400, nobody, versioned, {}),
        ("half a body", 422, body[:-9], versioned, {}),
    ]
    found = []
    for name, expected, sent, headers, more in asked:
        try:
            status, _told, tree = client.send("match", sent, headers, **({"method": "POST"} | more))
            need(status == expected, f"{status} instead of {expected}")
            need(status != 406 or "1.1" in tree.get("supportedVersions", ()), "406 without supportedVersions")
            if status == 200:
                results_are_right(tree)
        except Wrong as wrong:
            found.append(f"{name}: {wrong}")
    for ask in (client.heartbeat, client.metrics):
        try:
            ask()
        except Wrong as wrong:
            found.append(str(wrong))
    return found


if __name__ == "__main__":
    wrong = faults(Client(*sys.argv[1:3]))
    print("\n".join(wrong) or "conforms")
    sys.exit(bool(wrong))
