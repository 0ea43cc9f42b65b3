"""The reference page says what the code does."""

from tests.protocols.phenopacket.codes import PAGE, page

from kakehashi.protocols.phenopacket import reading, shape, sources, yamltext


def test_the_tables_of_codes_are_current():
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run: python -m tests.protocols.phenopacket.codes"
    assert text.count("| `") > 70


def test_the_limits_are_those_of_the_code():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for said in (
        f"{shape.MAX_DEPTH} levels",
        f"{reading.MAX_LINE_BYTES // 2**20} MiB a line",
        f"{reading.MAX_JSON_BYTES // 2**20} MiB a JSON file",
        f"{reading.MAX_YAML_BYTES // 2**20} MiB a YAML file",
        f"expand {sources.MAX_RATIO} times (beyond {sources.FREE_BYTES // 2**20} MiB)",
    ):
        assert said in text, said
    assert yamltext.MAX_NODES == 2_000_000
    assert "two million values" in text
