"""Every requirement of Matchmaker Exchange v1.1 on a node, in our own words, and the test that proves it.

`docs/reference/matchmaker-exchange.md` is written from this table; a house test holds page, tests and table together.
Clauses: search-api.md, heartbeat-api.md, metrics-api.md and join-protocol.md of github.com/ga4gh/mme-apis.
"""

from dataclasses import dataclass

HERE = "tests/contract/mme/"
VERSIONS, PATIENTS, ANSWERS, NODE = (
    f"{HERE}test_{name}.py" for name in ("versions_and_errors", "patients", "answers", "node")
)
SERVER = "tests/systems/exchange/test_server.py"
ASKING = "tests/systems/exchange/test_asking.py"
READING = "tests/protocols/mme/test_reading.py"
CONVERSIONS = "tests/protocols/mme/test_conversions.py"


@dataclass(frozen=True)
class Requirement:
    """``test``: file and name of the test function that fails where the node does not do this."""

    id: str
    clause: str
    says: str
    test: str


def _of(clause: str, letter: str, *rows: tuple[str, str, str]) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(f"{letter}{number}", clause, says, f"{file}::test_{name}")
        for number, (says, file, name) in enumerate(rows, 1)
    )


REQUIREMENTS = (
    *_of(
        "join",
        "J",
        (
            "Trust goes one way: who may ask is not thereby asked, and the other way round",
            ANSWERS,
            "trust_goes_one_way",
        ),
        (
            "Each peer has a token of its own, under 255 characters",
            ANSWERS,
            "each_peer_has_a_token_of_its_own_under_255_characters",
        ),
        ("The token comes in X-Auth-Token; missing or unknown: 401", VERSIONS, "a_missing_or_unknown_token_is_401"),
        ("A token can be replaced and taken back", SERVER, "a_revoked_or_replaced_token_is_401"),
        ("A base address may end in / or not", ANSWERS, "a_base_address_may_end_in_a_slash"),
        ("In production over HTTPS only", ANSWERS, "a_node_served_securely_sends_plain_requests_to_https"),
        ("A node can say what it sent and answered, to whom", SERVER, "what_went_out_is_listed_and_audited"),
        (
            "A question carries the token and the version it speaks",
            ANSWERS,
            "we_ask_in_both_header_styles_with_the_peers_token",
        ),
    ),
    *_of(
        "search: versions",
        "V",
        ("The version is named in Content-Type", VERSIONS, "the_version_stands_in_content_type"),
        (
            "… or in Accept, beside Content-Type application/json",
            VERSIONS,
            "the_version_stands_in_accept_beside_plain_json",
        ),
        ("Parameters such as charset do not matter", VERSIONS, "a_charset_does_not_matter"),
        ("Without a version: the latest", VERSIONS, "without_a_version_the_latest_is_spoken"),
        (
            "The same major version is answered in ours, named in the answer's Content-Type",
            VERSIONS,
            "another_minor_version_is_answered_in_ours",
        ),
        (
            "Another major version: 406, message and supportedVersions, Content-Type of the latest version",
            VERSIONS,
            "another_major_version_is_406_and_told_which_are_spoken",
        ),
        ("A trailing slash leads to the same", VERSIONS, "a_trailing_slash_leads_to_the_same"),
    ),
    *_of(
        "search: errors",
        "E",
        ("400: readable, but data missing or invalid", VERSIONS, "readable_but_invalid_data_is_400"),
        ("401: token missing or unknown", VERSIONS, "a_missing_or_unknown_token_is_401"),
        ("405: another method, with Allow", VERSIONS, "another_method_is_405"),
        ("406: no version that we speak", VERSIONS, "another_major_version_is_406_and_told_which_are_spoken"),
        ("415: Content-Type missing or no JSON", VERSIONS, "a_missing_or_other_content_type_is_415"),
        ("422: body missing or unreadable", VERSIONS, "an_unreadable_or_missing_body_is_422"),
        ("500: an error of ours, telling nothing of it", VERSIONS, "an_error_of_ours_is_500_as_json_and_tells_nothing"),
        ("413, 400: beyond the bounds of size, depth and number", VERSIONS, "a_body_beyond_the_bounds_is_413_or_400"),
        (
            "429: beyond the peer's bounds, with Retry-After",
            VERSIONS,
            "too_many_requests_are_429_and_told_when_to_come_again",
        ),
        ("Every error is JSON with a message for a person", VERSIONS, "an_address_without_meaning_is_404_as_json"),
        (
            "A message names the place, never what was sent",
            VERSIONS,
            "a_message_says_where_and_never_repeats_what_was_sent",
        ),
    ),
    *_of(
        "search: patient",
        "P",
        ("id: mandatory, at most 255 characters", PATIENTS, "an_id_is_needed_of_at_most_255_characters"),
        ("id: stable over edits, no one else's", ANSWERS, "an_id_stays_over_edits_and_is_no_one_elses"),
        (
            "contact.name: mandatory, at most 255 characters",
            PATIENTS,
            "a_contact_needs_a_name_of_at_most_255_characters",
        ),
        ("contact.href: a form or a mail address", PATIENTS, "a_contact_is_reached_by_a_form_or_by_mail"),
        ("contact.href: mandatory, with a scheme; no other scheme", PATIENTS, "a_contact_without_a_usable_link_is_400"),
        ("contact.institution, email, roles (1.1)", PATIENTS, "institution_email_and_roles_may_be_said"),
        (
            "At least one of features and genomicFeatures",
            PATIENTS,
            "one_of_features_and_genomic_features_is_needed",
        ),
        ("features: id mandatory, label (1.1)", PATIENTS, "a_feature_needs_an_id_and_may_have_a_label"),
        ("features: present unless observed says no", PATIENTS, "a_feature_is_present_unless_it_says_no"),
        ("features: observed is yes or no", PATIENTS, "observed_says_yes_or_no_only"),
        ("ageOfOnset of patient and feature", PATIENTS, "onset_may_be_told_of_patient_and_feature"),
        ("An unknown term is no error", PATIENTS, "an_unknown_term_is_no_error_and_matches_nothing"),
        ("gene.id: HGNC symbol or Entrez id", PATIENTS, "a_gene_by_symbol_or_entrez_id_meets_the_same_gene"),
        ("gene.id: Ensembl id", PATIENTS, "a_gene_by_ensembl_id_meets_the_same_id"),
        (
            "gene.id: one not known here is compared as written, and the answer says so",
            PATIENTS,
            "a_gene_unknown_here_is_compared_as_written_and_said_so",
        ),
        ("gene.id: the kind is told by its shape", CONVERSIONS, "genes_are_told_by_their_kind_of_id"),
        ("genomicFeatures: gene mandatory", PATIENTS, "a_genomic_feature_needs_its_gene"),
        (
            "variant: assembly (patch or not) and referenceName mandatory",
            PATIENTS,
            "a_variant_needs_assembly_and_chromosome",
        ),
        ("variant: start 0-based, end 0-based and exclusive", PATIENTS, "coordinates_are_zero_based_and_half_open"),
        ("variant: VCF's fields come back as they went", CONVERSIONS, "variants_come_back_as_they_went"),
        ("zygosity: 1 or 2", PATIENTS, "zygosity_is_one_or_two"),
        ("zygosity: 1 is hemizygous on a man's X", CONVERSIONS, "one_copy_of_a_mans_x_is_hemizygous"),
        ("type: a term of the Sequence Ontology", PATIENTS, "a_type_is_a_term_of_the_sequence_ontology"),
        ("sex: the five words", PATIENTS, "each_sex_of_the_specification_is_read"),
        ("sex: no other word", PATIENTS, "another_sex_is_400"),
        ("disorders: MIM: and Orphanet:, may be empty", PATIENTS, "disorders_may_be_named_by_omim_and_orphanet"),
        ("label, species, inheritanceMode", PATIENTS, "label_species_and_inheritance_may_be_said"),
        (
            "test: no notification; test cases answer",
            PATIENTS,
            "a_test_patient_is_answered_by_test_cases_and_tells_nobody",
        ),
        ("Unknown extras are accepted and kept", PATIENTS, "unknown_extras_are_accepted_and_kept"),
        (
            "terms and disclaimer may come with the question",
            PATIENTS,
            "terms_and_disclaimer_may_come_with_the_question",
        ),
    ),
    *_of(
        "search: answer",
        "A",
        ("results: mandatory, may be empty", ANSWERS, "without_a_similar_case_the_results_are_empty"),
        ("score.patient from 0 to 1, best first", ANSWERS, "scores_lie_between_0_and_1_best_first"),
        (
            "Each patient with id, contact, findings; terms and disclaimer beside",
            ANSWERS,
            "an_answer_holds_what_the_specification_asks_of_a_patient",
        ),
        (
            "The contact says the institution's kind and country; its name only at the whole level; no person",
            ANSWERS,
            "an_institution_is_named_where_the_whole_case_may_be_seen_and_a_person_nowhere",
        ),
        (
            "A score is the similarity by findings and genes; without any in common, or below 0.1, nothing is answered",
            ANSWERS,
            "what_scores_too_little_is_not_answered",
        ),
        (
            "Only what this peer may see, from the next request on",
            SERVER,
            "narrowing_opting_out_and_withdrawing_bind_the_next_request",
        ),
        (
            "Terms and disclaimer of an answer override those kept",
            ANSWERS,
            "terms_and_disclaimer_of_an_answer_override_those_kept",
        ),
        ("What a peer says of its patient is kept whole", ANSWERS, "what_a_peer_says_of_its_patient_is_kept_whole"),
        ("One unreadable patient does not hide the others", READING, "one_bad_result_does_not_hide_the_good_ones"),
        ("A peer that fails hides and delays no other", ASKING, "every_peer_answers_by_its_own_clock"),
        (
            "The 50 benchmark patients are read without loss",
            READING,
            "the_benchmark_patients_are_read_and_written_without_loss",
        ),
        (
            "Benchmark patients with a same-gene partner find it first",
            NODE,
            "every_benchmark_partner_is_first_from_node_to_node",
        ),
        (
            "A client written from the specification alone is content",
            NODE,
            "a_client_written_from_the_specification_is_content",
        ),
    ),
    *_of(
        "heartbeat",
        "H",
        ("production, version, accept; disclaimer", ANSWERS, "heartbeat_says_production_version_and_what_is_accepted"),
        ("Only with a token", VERSIONS, "a_missing_or_unknown_token_is_401"),
    ),
    *_of(
        "metrics",
        "M",
        ("Counts and dateGenerated (ISO 8601)", ANSWERS, "metrics_are_counts_with_their_time"),
        (
            "What reaches abroad is counted; no small numbers",
            SERVER,
            "metrics_count_what_reaches_abroad_and_no_small_numbers",
        ),
        ("Only with a token", VERSIONS, "a_missing_or_unknown_token_is_401"),
    ),
)


def page(notice: str) -> str:
    """The reference page."""
    lines = [
        "# Matchmaker Exchange v1.1, requirement by requirement",
        "",
        notice,
        "What the specification ([ga4gh/mme-apis](https://github.com/ga4gh/mme-apis)) asks of a node, in our own",
        "words, and the test that proves it. Where we depart from it we ask for less: `variant.start` may be missing,",
        "as it is in the exchange's own benchmark patients; `roles` and `type` may be words of later versions.",
        "",
        "| | clause | requirement | test |",
        "| --- | --- | --- | --- |",
    ]
    for one in REQUIREMENTS:
        file, _, name = one.test.partition("::")
        lines.append(f"| {one.id} | {one.clause} | {one.says} | [`{name}`](../../{file}) |")
    return "\n".join([*lines, ""])
