"""Files that people hand in are read alike everywhere: their encoding, their heading, their cells."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.fiscal import era_date
from kakehashi.kernel.listing import cell_said, plain_cell
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.abroad.files import look_at as look_at_cooperation
from kakehashi.systems.portfolio.csv_cells import NO, YES, Choices, day_in_part, day_of, yen_of, yes_or_no
from kakehashi.systems.portfolio.importing.values import Unfit, answer_of
from kakehashi.systems.portfolio.keeping.goal_files import look_at as look_at_goals
from kakehashi.systems.portfolio.ledger.files import look_at as look_at_entries
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.models import CooperationKind, CooperationStanding, OutputKind, OutputState, Standing
from kakehashi.systems.portfolio.outputs.reading import read as read_outputs
from kakehashi.systems.portfolio.outputs.reading.tables import NEEDED
from kakehashi.systems.portfolio.uploads import read_text
from tests.systems.portfolio.adjustment.funds import someone

READERS = {
    "goals": (lambda content: look_at_goals(content, by=None), "goal,as_of,value,standing"),
    "entries": (look_at_entries, "kind,on,appropriation,amount_yen,reference"),
    "outputs": (lambda content: read_outputs(content, "csv"), "kind,reference,on"),
    "cooperation": (look_at_cooperation, "kind,name"),
}
every_reader = pytest.mark.parametrize("name", READERS)


@every_reader
@pytest.mark.django_db
def test_every_reader_refuses_what_none_can_read(name):
    look_at, head = READERS[name]
    row = ",".join("x" for _name in head.split(","))
    first = head.split(",")[0]
    for content, words in (
        (f"{head}\n{row}\0\n".encode(), "NUL"),
        (f"{head},{first}\n{row},x\n".encode(), "twice"),
        (f"{head},colour\n{row},x\n".encode(), "colour"),
        (f"{first}\n".encode("utf-16"), "UTF-8"),
        (b"kind\xff\n", "UTF-8"),
        (f"{head}\n".encode(), "no row"),
        (b"x" * (11 * 1024 * 1024), "MB"),
    ):
        with translation.override("en"), pytest.raises(Invalid, match=words):
            look_at(content)


@every_reader
@pytest.mark.django_db
def test_every_reader_takes_what_excel_saves(name):
    look_at, head = READERS[name]
    file = f"{head}\r\n{','.join('研究①' for _name in head.split(','))}\r\n"
    told = [str(look_at(file.encode(encoding))) for encoding in ("utf-8", "utf-8-sig", "cp932")]
    assert told[0] == told[1] == told[2]


@given(st.text(st.characters(codec="cp932", exclude_characters="\0¢£¬‖−〜"), min_size=1))
def test_what_is_read_as_shift_jis_is_said(text):
    content = text.encode("cp932")
    try:
        read = read_text(content, largest_mb=1)
    except Invalid:
        return
    assert read.note == "" or "Shift_JIS" in read.note
    if read.note:
        assert read.text == content.decode("cp932")


@given(st.text(max_size=8) | st.text("'=+-@", max_size=5))
def test_a_cell_that_went_out_comes_in(text):
    assert cell_said(plain_cell(text)) == text


@given(st.text(max_size=6))
def test_a_yes_is_a_yes_and_nothing_else(text):
    try:
        assert yes_or_no(text) in (True, False) or not text.strip()
    except ValueError:
        assert text.strip()


def test_yes_and_no_are_said_in_both_languages_by_every_importer():
    assert not YES & NO
    for words, answer in ((YES, True), (NO, False)):
        assert {yes_or_no(word) for word in words} == {answer}
        assert {yes_or_no(word.upper()) for word in words} == {answer}
        assert {answer_of(word, "synthetic") for word in words} == {answer}
    assert yes_or_no("　ＹＥＳ ") is True
    with pytest.raises(Unfit):
        answer_of("たぶん", "synthetic")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_choices_are_read_by_the_words_on_screen_whatever_the_language(language):
    standing = Choices(Standing.choices)
    with translation.override(language):
        for said in ("expected", "Expected", "見込み", "見込", " ＥＸＰＥＣＴＥＤ"):
            assert standing.read(said) == "expected"
        with pytest.raises(ValueError, match=r"済.*final"):
            standing.read("済")


@pytest.mark.parametrize(
    "choices",
    [EntryKind, OutputKind, OutputState, Standing, CooperationKind, CooperationStanding],
    ids=lambda choices: choices.__name__,
)
def test_no_word_on_screen_means_two_choices(choices):
    words = Choices(choices.choices).words
    for language in ("ja", "en"):
        with translation.override(language):
            assert {words[str(label).casefold()] for label in choices.labels} == set(choices.values)


@pytest.mark.parametrize(("language", "words"), [("ja", ("論文", "確定")), ("en", ("Paper", "Final"))])
@pytest.mark.django_db
def test_the_page_of_outputs_names_its_columns_and_choices_which_it_reads(client, language, words):
    officer = someone(Role.PROGRAMME_OFFICER)
    officer.language = language
    officer.save()
    client.force_login(officer)
    page = client.get("/portfolio/outputs/import/", headers={"accept-language": language}).content.decode()
    assert all(f"<code>{name}</code>" in page for name in (*NEEDED, "top_journal", "awards"))
    assert all(word in page for word in ("paper", "final", "R8.4.1", *words))
    file = f"kind,reference,on,sureness,top_journal\n{words[0]},10.5555/x,R8.10.2,{words[1]},はい\n"
    (entry,) = read_outputs(file.encode("cp932"), "csv")
    assert (entry.told.kind, entry.told.on, entry.told.sureness, entry.told.top_journal) == (
        "paper",
        date(2026, 10, 2),
        "final",
        True,
    )
    (entry,) = read_outputs("kind,reference,on\nうた,10.5555/x,2026-13-02\n".encode(), "csv")
    assert all(word in entry.problem for word in ("うた", "paper", "2026-13-02"))


@given(st.dates(date(1991, 1, 1), date(2200, 12, 31)))
def test_days_are_read_alike_in_every_way_of_writing(day):
    for text in (day.isoformat(), f"{day.year}/{day.month}/{day.day}", era_date(day)):
        assert day_of(text) == day
        assert day_in_part(text) == (day, 3)
    assert day_in_part(f"{day:%Y-%m}") == day_in_part(f"{day.year}年{day.month}月") == (day.replace(day=1), 2)
    assert day_in_part(f"{day.year}") == (date(day.year, 1, 1), 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("R8.10.2", (date(2026, 10, 2), 3)),
        ("令和8年10月", (date(2026, 10, 1), 2)),
        ("H31", (date(2019, 1, 1), 1)),
        ("R1", (date(2019, 1, 1), 1)),
        ("R1.5", (date(2019, 5, 1), 2)),
        ("H31.4", (date(2019, 4, 1), 2)),
    ],
)
def test_eras_are_read_in_part(text, day):
    assert day_in_part(text) == day


@pytest.mark.parametrize("text", ["8", "R8.13", "H32", "R1.4", "R0", "2026-13-02", "0202", "99999", "1e3"])
def test_what_is_no_day_is_quoted_as_it_stands(text):
    with pytest.raises(ValueError, match=text):
        day_in_part(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-5", "less than 0"),
        ("▲1,000", "less than 0"),
        ("99999999999999999999", "larger than 999,999,999,999,999,999"),
        ("1.5", "no whole number"),
        ("", "no whole number"),
    ],
)
@pytest.mark.django_db
def test_yen_that_cannot_be_are_told_as_what_they_are(text, words):
    with translation.override("en"), pytest.raises(ValueError, match=words):
        yen_of(text)
    with translation.override("en"):
        (row,) = look_at_entries(f'kind,on,appropriation,amount_yen,reference\nallot,R1.4.1,m,"{text}",A\n'.encode())
    assert words in " ".join(row.faults)
    assert yen_of("１，２３４") == 1234
