"""The words for what can be wrong with a pedigree file, in English and Japanese."""

from typing import Final

from kakehashi.protocols.phenopacket.problems import Problem, Wording


def _error(en: str, ja: str, hint_en: str, hint_ja: str) -> Wording:
    return Wording("error", en, ja, hint_en, hint_ja)


WORDS: Final[dict[str, Wording]] = {
    "too-large": _error(
        "the file is larger than {limit} MiB",
        "ファイルが {limit} MiB を超えています",
        "split it: one family needs a few kilobytes",
        "分割してください。1 家系なら数キロバイトで足ります",
    ),
    "no-members": _error(
        "the file holds no family member",
        "ファイルに家系の構成員が一人も記載されていません",
        "give one line a person: family, individual, father, mother, sex, phenotype",
        "1 行に 1 人ずつ、家系・個人・父・母・性別・罹患状態の順に記載してください",
    ),
    "control-character": _error(
        "the line holds a control character ({character})",
        "行に制御文字（{character}）が含まれています",
        "save the file as plain text",
        "テキスト形式で保存し直してください",
    ),
    "columns": _error(
        "the line has {number} of the at least 6 columns that are needed",
        "列が {number} 個しかありません（6 個以上必要です）",
        "give family, individual, father, mother, sex and phenotype, parted by tabs or blanks; write 0 for what is "
        "not known and begin headings and remarks with #",
        "家系・個人・父・母・性別・罹患状態をタブまたは空白で区切り、不明なものは 0 としてください。"
        "見出しや注釈の行は # で始めてください",
    ),
    "empty-column": _error(
        "the column {column} is empty",
        "{column_ja}の列が空です",
        "write 0 for an unknown parent, sex or phenotype; family and individual need an id",
        "親・性別・罹患状態が不明なら 0 としてください。家系と個人には ID が必要です",
    ),
    "bad-id": _error(
        '"{value}" cannot be the id of a {column}',
        "「{value}」は{column_ja}の ID に使えません",
        "use an id other than 0, not beginning with #, without tabs",
        "0 以外で、# で始まらず、タブを含まない ID にしてください",
    ),
    "sex": _error(
        'the sex is "{value}"',
        "性別が「{value}」となっています",
        "write 1 for male, 2 for female, 0 for unknown; begin a line of headings with #",
        "男性は 1、女性は 2、不明は 0 としてください。見出しの行は # で始めてください",
    ),
    "phenotype": _error(
        'the phenotype is "{value}"',
        "罹患状態が「{value}」となっています",
        "write 2 for affected, 1 for unaffected, 0 or -9 for unknown; put measured values in a column further right",
        "罹患は 2、非罹患は 1、不明は 0 または -9 としてください。測定値は 7 列目以降に記載してください",
    ),
    "duplicate-individual": _error(
        'family "{family}" has the individual "{individual}" already{before}',
        "家系「{family}」には個人「{individual}」がすでにあります{before_ja}",
        "remove one of the two, or give one another id",
        "どちらかを削除するか、別の ID にしてください",
    ),
    "unknown-parent": _error(
        'the {role} "{parent}" of "{individual}" is not in family "{family}"',
        "「{individual}」の{role_ja}「{parent}」が家系「{family}」にありません",
        "add a line for the {role}, correct the id, or write 0",
        "{role_ja}の行を追加するか、ID を直すか、0 としてください",
    ),
    "parent-sex": _error(
        'the {role} "{parent}" of "{individual}" is {sex}',
        "「{individual}」の{role_ja}「{parent}」の性別が{sex_ja}になっています",
        "exchange father and mother, or correct the sex of the {role}",
        "父と母を入れ替えるか、{role_ja}の性別を直してください",
    ),
    "one-parent-twice": _error(
        '"{parent}" is father and mother of "{individual}"',
        "「{individual}」の父と母がどちらも「{parent}」になっています",
        "correct one of the two, or write 0 for it",
        "どちらかを直すか、0 としてください",
    ),
    "own-ancestor": _error(
        '"{individual}" is an ancestor of themselves',
        "「{individual}」が自分自身の祖先になっています",
        "correct the parents",
        "両親の記載を直してください",
    ),
}
COLUMNS: Final = ("family", "individual", "father", "mother", "sex", "phenotype")
COLUMNS_JA: Final = dict(zip(COLUMNS, ("家系", "個人", "父", "母", "性別", "罹患状態"), strict=True))


def ped_problem(code: str, path: str, line: int | None, /, **values: object) -> Problem:
    """One problem with its words filled in; ``path`` is the column (or the JSON path of a person)."""
    column = path.rpartition(".")[2]
    named = {"column": column, "column_ja": COLUMNS_JA.get(column, ""), **values}
    return WORDS[code].problem(code, path, **named).at_line(line)
