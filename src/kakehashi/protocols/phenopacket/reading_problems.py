"""The words for what keeps a file or a text from being read as phenopackets. All of these are errors."""

import errno
from typing import Final

from kakehashi.protocols.phenopacket.problems import PhenopacketError, Problem, Wording


def _error(en: str, ja: str, hint_en: str, hint_ja: str) -> Wording:
    return Wording("error", en, ja, hint_en, hint_ja)


READING: Final[dict[str, Wording]] = {
    "unreadable-file": _error(
        "the file cannot be opened: {reason}",
        "ファイルを開けません：{reason_ja}",
        "check the path and its permissions",
        "パスとアクセス権を確認してください",
    ),
    "unknown-format": _error(
        "the file's name ends in none of .json, .yaml, .yml, .jsonl (each also with .gz)",
        "ファイル名の末尾が .json、.yaml、.yml、.jsonl（それぞれ .gz 可）のいずれでもありません",
        "rename the file, or give it on standard input as -",
        "ファイル名を変えるか、標準入力（-）から与えてください",
    ),
    "empty-folder": _error(
        "the folder holds no phenopacket file",
        "フォルダーにフェノパケットのファイルがありません",
        "give a folder with .json, .yaml, .yml or .jsonl files (each also with .gz)",
        ".json、.yaml、.yml、.jsonl（.gz 可）のファイルが入ったフォルダーを指定してください",
    ),
    "empty-input": _error(
        "there is nothing in it",
        "内容が空です",
        "check that the export was written to the end",
        "書き出しが最後まで終わっているか確認してください",
    ),
    "bad-gzip": _error(
        "the gzip data are damaged or cut off",
        "gzip データが壊れているか、途中で切れています",
        "copy or compress the file again",
        "ファイルをもう一度コピーまたは圧縮してください",
    ),
    "too-large": _error(
        "it is larger than the limit of {limit}",
        "上限の {limit} を超えています",
        "split it, one patient a line (.jsonl) has no limit on the number of patients",
        "分割してください。1 行 1 患者の .jsonl なら患者数の上限はありません",
    ),
    "too-packed": _error(
        "it unpacks to more than {limit} times its size",
        "展開すると元の {limit} 倍を超えます",
        "phenopackets never pack that well; unpack the file yourself and look at it",
        "フェノパケットがそれほど圧縮されることはありません。展開して中身を確認してください",
    ),
    "not-utf8": _error(
        "the text is not UTF-8 (first bad byte at position {position})",
        "UTF-8 の文字列ではありません（最初の不正なバイトは {position} 番目）",
        "save the file as UTF-8",
        "UTF-8 で保存し直してください",
    ),
    "not-json": _error(
        "not valid JSON: {reason} (column {column})",
        "JSON として正しくありません：{reason_ja}（{column} 文字目）",
        "correct the syntax there, or export the file again",
        "その箇所の構文を直すか、書き出し直してください",
    ),
    "not-yaml": _error(
        "not valid YAML: {reason} (column {column})",
        "YAML として正しくありません：{reason}（{column} 文字目）",
        "correct the syntax there, or export the file again",
        "その箇所の構文を直すか、書き出し直してください",
    ),
    "yaml-tag": _error(
        "the YAML tag {tag} is not accepted",
        "YAML のタグ {tag} は受け付けません",
        "write plain values without tags",
        "タグのない普通の値で書いてください",
    ),
    "yaml-alias": _error(
        "the YAML alias *{name} refers to nothing before it, or to itself",
        "YAML の別名 *{name} の参照先が前になく、または自分自身です",
        "write the value out in full",
        "値を省略せずに書いてください",
    ),
    "yaml-key": _error(
        "a YAML key must be plain text",
        "YAML のキーは文字列でなければなりません",
        "use field names as keys; merge keys (<<) are not accepted",
        "キーには項目名を使ってください。マージキー（<<）は使えません",
    ),
    "too-deep": _error(
        "nested more than {limit} levels deep",
        "入れ子が {limit} 段を超えています",
        "a phenopacket needs about fifteen levels; check how the file was made",
        "フェノパケットに必要なのは 15 段ほどです。ファイルの作り方を確認してください",
    ),
    "duplicate-key": _error(
        'the name "{name}" is given twice in one object',
        "1 つのオブジェクトに「{name}」が 2 回あります",
        "keep one of the two",
        "どちらか 1 つにしてください",
    ),
    "named-twice": _error(
        'one field is given both as "{first}" and as "{second}"',
        "同じ項目が「{first}」と「{second}」の両方で書かれています",
        "keep one of the two",
        "どちらか 1 つにしてください",
    ),
    "not-finite": _error(
        "{value} is no number that JSON knows",
        "{value} は JSON の数値ではありません",
        "leave the value out when it is not known",
        "値が不明なら項目ごと省いてください",
    ),
    "bad-character": _error(
        "the text holds {what}, which no other system can store",
        "文字列に {what} が含まれ、他のシステムで保存できません",
        "remove the character",
        "その文字を取り除いてください",
    ),
    "not-phenopacket": _error(
        "this is no phenopacket, family or cohort: {what}",
        "フェノパケット・家系・コホートのいずれでもありません：{what}",
        'a phenopacket is an object with "id", "subject", "phenotypicFeatures" and "metaData"',
        "フェノパケットは id、subject、phenotypicFeatures、metaData を持つオブジェクトです",
    ),
    "matchmaker-patient": _error(
        "this looks like a Matchmaker Exchange patient ({sign}), not a phenopacket",
        "フェノパケットではなく、Matchmaker Exchange の患者データのようです（{sign}）",
        'rewrite it as a phenopacket: "features" become "phenotypicFeatures" (observed "no": excluded true), '
        '"genomicFeatures" become "interpretations"',
        "フェノパケットに書き換えてください：features は phenotypicFeatures（observed が no なら excluded を true）、"
        "genomicFeatures は interpretations になります",
    ),
    "no-proband": _error(
        "the family has no proband",
        "家系に発端者（proband）がありません",
        'give the patient as "proband"',
        "患者を proband として書いてください",
    ),
    "phenopacket-v1": _error(
        "this is a phenopacket of schema version 1 ({sign}), not 2",
        "スキーマ第 1 版のフェノパケットです（{sign}）。第 2 版が必要です",
        "convert it first, for example with phenopacket-tools: pxf convert",
        "phenopacket-tools の pxf convert などで先に変換してください",
    ),
    "wrong-type": _error(
        "must be {expected}, not {given}",
        "{expected_ja}でなければなりません（実際の値：{given}）",
        "correct the value",
        "値を直してください",
    ),
    "wrong-value": _error(
        '"{given}" is none of the values allowed here',
        "「{given}」はここで使える値ではありません",
        "use one of {allowed}",
        "使える値：{allowed}",
    ),
    "out-of-range": _error(
        "the number {given} is out of range",
        "数値 {given} は範囲外です",
        "give a number that fits the field",
        "この項目に入る数値にしてください",
    ),
    "one-of": _error(
        "only one of these may be given: {given}",
        "次のうち 1 つしか書けません：{given}",
        "keep the one that is meant",
        "意図する 1 つだけを残してください",
    ),
}


def reading_problem(code: str, path: str = "$", /, line: int | None = None, **values: object) -> Problem:
    """One reading problem with its words filled in."""
    return READING[code].problem(code, path, **values).at_line(line)


def unreadable(code: str, path: str = "$", /, line: int | None = None, **values: object) -> PhenopacketError:
    """The error to raise for one reading problem."""
    return PhenopacketError(reading_problem(code, path, line, **values))


def refused(error: OSError) -> Problem:
    """What to say when the system refuses a file."""
    reason = error.strerror or "I/O error"
    return reading_problem("unreadable-file", reason=reason, reason_ja=_REFUSALS_JA.get(error.errno or 0, reason))


def json_reason_ja(reason: str) -> str:
    """What Python's JSON reader found wrong, in Japanese."""
    return next((ja for en, ja in _JSON_REASONS_JA.items() if reason.startswith(en)), reason)


_REFUSALS_JA: Final = {
    errno.ENOENT: "ファイルがありません",
    errno.EACCES: "読み取る権限がありません",
    errno.EPERM: "読み取る権限がありません",
    errno.ENAMETOOLONG: "ファイル名が長すぎます",
    errno.ENOTDIR: "パスの途中がフォルダーではありません",
}
_JSON_REASONS_JA: Final = {
    "Expecting value": "値がありません",
    "Expecting property name": "二重引用符で囲んだ項目名がありません",
    "Expecting ':'": "「:」がありません",
    "Expecting ','": "「,」がありません",
    "Unterminated string": "文字列が閉じていません",
    "Invalid control character": "文字列に制御文字があります",
    "Invalid \\": "「\\」の後が正しくありません",
    "Illegal trailing comma": "最後の要素の後に「,」があります",
    "Extra data": "値の後に余分な文字があります",
    "a number with too many digits": "数値の桁数が多すぎます",
}
