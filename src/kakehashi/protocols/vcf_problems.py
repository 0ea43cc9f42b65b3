"""The words for what can be wrong with a VCF file of candidates, in English and Japanese."""

from typing import Final

from kakehashi.protocols.phenopacket.problems import Problem, Wording


def _error(en: str, ja: str, hint_en: str, hint_ja: str) -> Wording:
    return Wording("error", en, ja, hint_en, hint_ja)


WORDS: Final[dict[str, Wording]] = {
    "too-large": _error(
        "the file is larger than {limit} MiB unpacked",
        "ファイルが展開後 {limit} MiB を超えています",
        "send the candidates only, not a whole exome",
        "全エクソームではなく、候補バリアントだけを送ってください",
    ),
    "bad-gzip": _error(
        "the gzip data are damaged",
        "gzip データが壊れています",
        "compress the file anew, or send it uncompressed",
        "圧縮し直すか、圧縮せずに送ってください",
    ),
    "not-text": _error(
        "the file is no UTF-8 text",
        "UTF-8 のテキストではありません",
        "a BCF file or another format must be converted to VCF first",
        "BCF などは VCF に変換してください",
    ),
    "not-vcf": _error(
        "the file does not begin with ##fileformat=VCF",
        "先頭行が ##fileformat=VCF ではありません",
        "send a VCF file, as .vcf or .vcf.gz",
        "VCF ファイル（.vcf または .vcf.gz）を送ってください",
    ),
    "no-heading": _error(
        "the line of headings (#CHROM POS ID REF ALT …) is missing or has other columns",
        "見出しの行（#CHROM POS ID REF ALT …）がないか、列が異なります",
        "keep the line of headings as the caller wrote it, with tabs between",
        "見出しの行を、タブ区切りのまま残してください",
    ),
    "too-many-records": _error(
        "the file holds more than {limit} records",
        "レコードが {limit} 件を超えています",
        "filter it to the candidates of this patient",
        "この患者の候補に絞り込んでください",
    ),
    "no-sample": _error(
        'there is no sample "{name}" in the file (it has {samples})',
        "検体「{name}」はファイルにありません（{samples}）",
        "name one of these, or leave the sample empty",
        "いずれかを指定するか、検体を空欄にしてください",
    ),
    "columns": _error(
        "number of columns in the line: {number} instead of {needed}",
        "列が {number} 個です（{needed} 個必要です）",
        "columns are parted by tabs",
        "列はタブで区切ってください",
    ),
    "chromosome": _error(
        '"{value}" is no name of a chromosome or contig',
        "「{value}」は染色体・コンティグの名前として使えません",
        "write it without blanks, such as chr7 or 7",
        "chr7 や 7 のように空白なしで記載してください",
    ),
    "position": _error(
        'the position "{value}" is no whole number from 1',
        "位置「{value}」が 1 以上の整数ではありません",
        "positions count from 1",
        "位置は 1 から数えます",
    ),
    "beyond-chromosome": _error(
        "chromosome {chromosome} of {assembly} ends at {length}; the position is {value}",
        "{assembly} の {chromosome} 番染色体は {length} までですが、位置が {value} です",
        "check which assembly the file is of",
        "ファイルのアセンブリを確認してください",
    ),
    "reference": _error(
        'REF "{value}" holds other letters than A, C, G, T and N',
        "REF「{value}」に A・C・G・T・N 以外の文字があります",
        "correct the line, or leave it out",
        "行を直すか、除いてください",
    ),
    "alternate": _error(
        'ALT "{value}" is no allele',
        "ALT「{value}」はアレルとして読めません",
        "correct the line, or leave it out",
        "行を直すか、除いてください",
    ),
    "too-long": _error(
        "an allele is longer than {limit} bases",
        "アレルが {limit} 塩基を超えています",
        "write it as a symbolic allele such as <DEL>",
        "<DEL> のような記号アレルで記載してください",
    ),
    "genotype": _error(
        'the genotype "{value}" names an allele that the line does not have',
        "遺伝型「{value}」が、行にないアレルを指しています",
        "correct the line, or leave it out",
        "行を直すか、除いてください",
    ),
}


def vcf_problem(code: str, column: str, line: int | None, /, **values: object) -> Problem:
    """One problem with its words filled in; ``column`` names the column, "" for the whole line or file."""
    return WORDS[code].problem(code, column, **values).at_line(line)
