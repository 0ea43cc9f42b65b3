"""The words for what the validator finds in a readable phenopacket, and what conversion had to leave aside."""

from typing import Final

from kakehashi.protocols.phenopacket.problems import Problem, Wording


def _error(en: str, ja: str, hint_en: str, hint_ja: str) -> Wording:
    return Wording("error", en, ja, hint_en, hint_ja)


def _warning(en: str, ja: str, hint_en: str, hint_ja: str) -> Wording:
    return Wording("warning", en, ja, hint_en, hint_ja)


RECORD: Final[dict[str, Wording]] = {
    "missing-field": _error(
        'the field "{name}" is required and missing',
        "必須項目「{name}」がありません",
        "fill it in",
        "記入してください",
    ),
    "missing-detail": _warning(
        'the field "{name}" is missing',
        "項目「{name}」がありません",
        "fill it in where it is known",
        "分かれば記入してください",
    ),
    "unknown-field": _warning(
        'the schema has no field "{name}" here; it is kept but not understood',
        "スキーマのこの位置に項目「{name}」はありません（保存はしますが解釈しません）",
        "check the spelling{suggestion}",
        "綴りを確認してください{suggestion_ja}",
    ),
    "schema-version": _warning(
        'the schema version is "{version}", not 2',
        "スキーマの版が「{version}」で、第 2 版ではありません",
        'write "phenopacketSchemaVersion": "2.0.2"',
        "phenopacketSchemaVersion を 2.0.2 としてください",
    ),
    "undeclared-prefix": _warning(
        'the prefix "{prefix}" is not declared in metaData.resources',
        "接頭辞「{prefix}」が metaData.resources に宣言されていません",
        "add the resource with its version, so that the id can be understood later",
        "後から解釈できるよう、リソースを版とともに追加してください",
    ),
    "not-curie": _error(
        '"{id}" is no identifier of the form PREFIX:local',
        "「{id}」は「PREFIX:番号」の形の識別子ではありません",
        "write it as HP:0001250, OMIM:154700 or the like",
        "HP:0001250、OMIM:154700 などの形で書いてください",
    ),
    "duplicate-id": _error(
        'the id "{id}" is used twice in this list',
        "この一覧で ID「{id}」が重複しています",
        "give each its own id",
        "それぞれ別の ID を付けてください",
    ),
    "duplicate-finding": _warning(
        "{id} ({label}) is listed more than once in the same way",
        "{id}（{label}）が同じ内容で 2 回以上あります",
        "keep one",
        "1 つだけ残してください",
    ),
    "no-publication": _warning(
        "the record names no publication, so none was left out",
        "この記録には文献がないため、除外した文献はありません",
        'give it as an external reference "PMID:…" in metaData',
        "metaData の externalReferences に PMID:… を書いてください",
    ),
    "pooled-rows-kept": _warning(
        "annotation rows kept that cite {publication} together with other publications: {count}",
        "{publication} を他の文献と併せて引用する注釈 {count} 行は残しています",
        "--pooled-rows drop leaves them out too, and with them what the other publications reported",
        "--pooled-rows drop でそれらも除けます（他の文献の報告も一緒に除かれます）",
    ),
    "own-annotations-kept": _warning(
        "disease annotation rows kept that cite {publication}, the patient's own publication: {count}",
        "患者自身の文献 {publication} を引用する疾患注釈 {count} 行は残しています",
        "--own-annotations drop leaves them out of the comparison by disease",
        "--own-annotations drop で、疾患による比較からそれらを除けます",
    ),
    "own-record": _warning(
        'the patient\'s own record "{id}" is among the solved cases and counts as evidence',
        "この患者自身の記録「{id}」が解決済み症例に含まれ、根拠として数えられています",
        "take it out of the solved cases, or add --leave-publication-out",
        "解決済み症例から除くか、--leave-publication-out を付けてください",
    ),
    "nothing-ranked": _warning(
        "nothing is said of this patient that diseases could be ranked by: none is listed, and no probability given",
        "疾患の順位付けに使える情報がないため、疾患も確率も示しません",
        "add HPO findings or candidate genes",
        "HPO の所見または候補遺伝子を追加してください",
    ),
    "unknown-individual": _warning(
        '"{id}" is neither the subject nor one of the biosamples',
        "「{id}」は対象者でも検体でもありません",
        "use the id of the subject or of a biosample",
        "対象者または検体の ID を使ってください",
    ),
}

TERMS: Final[dict[str, Wording]] = {
    "no-findings": _warning(
        "no finding of this patient could be used",
        "この患者の所見で使えるものがありません",
        "add HPO findings; without them no disease stands out",
        "HPO の所見を追加してください。所見がなければ疾患を絞り込めません",
    ),
    "missing-term-id": _error(
        'the term "{label}" has no id',
        "用語「{label}」に ID がありません",
        "look the term up and give its id",
        "用語を検索して ID を書いてください",
    ),
    "missing-label": _warning(
        "{id} has no label",
        "{id} にラベルがありません",
        "add the label, so that people can check the id",
        "人が ID を確かめられるよう、ラベルを付けてください",
    ),
    "unknown-term": _error(
        "{id} ({label}) is not in this release of the ontology; it is not used",
        "{id}（{label}）は導入済みのオントロジーの版にありません。使用されません",
        "check the id, or install a newer release: kakehashi ontology install",
        "ID を確認するか、新しい版を導入してください：kakehashi ontology install",
    ),
    "not-hpo": _warning(
        "{id} ({label}) is not an HPO term; it is not used for matching",
        "{id}（{label}）は HPO の用語ではないため、照合には使用されません",
        "give the finding as an HPO term too",
        "所見を HPO の用語でも記入してください",
    ),
    "obsolete-term": _error(
        "{id} ({label}) is obsolete and has no successor; it is not used",
        "{id}（{label}）は廃止され、後継がありません。使用されません",
        "choose another term; the ontology suggests: {consider}",
        "別の用語を選んでください。オントロジーの候補：{consider}",
    ),
    "replaced-term": _warning(
        "{id} ({label}) is obsolete; {new_id} ({new_label}) is used instead",
        "{id}（{label}）は廃止されました。代わりに {new_id}（{new_label}）を使用します",
        "write {new_id}",
        "{new_id} と書いてください",
    ),
    "alternative-id": _warning(
        "{id} ({label}) is an old id of {new_id} ({new_label}), which is used",
        "{id}（{label}）は {new_id}（{new_label}）の旧 ID です。現在の ID を使用します",
        "write {new_id}",
        "{new_id} と書いてください",
    ),
    "label-mismatch": _warning(
        '{id} means "{expected}", but its label here is "{label}"',
        "{id} は「{expected}」ですが、ここでのラベルは「{label}」です",
        "check which of the two is meant",
        "どちらが正しいか確認してください",
    ),
    "not-a-finding": _error(
        "{id} ({label}) is not a phenotypic abnormality; it is not used as a finding",
        "{id}（{label}）は表現型異常ではないため、所見としては使用されません",
        "give onset, severity and modifiers inside a finding, inheritance with the family history",
        "発症時期・重症度・修飾は所見の中に、遺伝形式は家族歴に書いてください",
    ),
    "not-an-onset": _warning(
        "{id} ({label}) is no onset term",
        "{id}（{label}）は発症時期の用語ではありません",
        "use a term below HP:0003674 or an age",
        "HP:0003674 の下位用語または年齢を使ってください",
    ),
    "not-a-modifier": _warning(
        "{id} ({label}) is no modifier or severity",
        "{id}（{label}）は修飾・重症度の用語ではありません",
        "use a term below HP:0012823",
        "HP:0012823 の下位用語を使ってください",
    ),
    "observed-and-excluded": _error(
        "{id} ({label}) is both observed and excluded",
        "{id}（{label}）が「あり」と「なし」の両方になっています",
        "keep the one that is true; observed is used",
        "正しい方だけを残してください。「あり」として扱います",
    ),
    "excluded-ancestor": _error(
        "{id} ({label}) is excluded, but {below_id} ({below_label}), a kind of it, is observed",
        "{id}（{label}）は「なし」ですが、その一種である {below_id}（{below_label}）が「あり」です",
        "exclude a narrower term, or correct the observed one; the exclusion is not used",
        "より狭い用語を「なし」にするか「あり」を直してください。この「なし」は使用されません",
    ),
    "sex-karyotype": _warning(
        "the sex is {sex}, the karyotype {karyotype}",
        "性別が {sex} ですが、性染色体は {karyotype} です",
        "correct one of the two, unless the difference is the finding",
        "その差異自体が所見でなければ、どちらかを直してください",
    ),
    "sex-finding": _warning(
        "{id} ({label}) is a finding of the other sex than the subject's",
        "{id}（{label}）は対象者と異なる性別の所見です",
        "check the sex and the finding",
        "性別と所見を確認してください",
    ),
}

TIMES: Final[dict[str, Wording]] = {
    "bad-age": _error(
        '"{age}" is no ISO 8601 age',
        "「{age}」は ISO 8601 形式の年齢ではありません",
        "write years, months and days as P3Y2M14D",
        "3 歳 2 か月 14 日なら P3Y2M14D と書いてください",
    ),
    "impossible-age": _error(
        '"{age}" is no possible age: ages lie between birth and {limit} years',
        "「{age}」はあり得ない年齢です（出生から {limit} 歳まで）",
        "correct the age; before birth use gestationalAge",
        "年齢を直してください。出生前は gestationalAge を使ってください",
    ),
    "impossible-gestation": _error(
        "{weeks} weeks and {days} days is no possible gestational age",
        "妊娠 {weeks} 週 {days} 日はあり得ません",
        "give 0 to 45 weeks and 0 to 6 days",
        "0〜45 週、0〜6 日で書いてください",
    ),
    "range-reversed": _error(
        "the end lies before the start",
        "終わりが始まりより前です",
        "exchange or correct the two",
        "入れ替えるか直してください",
    ),
    "bad-timestamp": _error(
        '"{time}" is no RFC 3339 date and time',
        "「{time}」は RFC 3339 形式の日時ではありません",
        "write 2024-10-13T04:37:53Z",
        "2024-10-13T04:37:53Z の形で書いてください",
    ),
    "future-time": _error(
        "{time} lies in the future",
        "{time} は未来の日時です",
        "correct the date",
        "日付を直してください",
    ),
    "before-birth": _error(
        "{time} lies before the date of birth, {birth}",
        "{time} は生年月日（{birth}）より前です",
        "correct one of the two",
        "どちらかを直してください",
    ),
    "after-death": _error(
        "{what} ({time}) comes after death ({death})",
        "{what}（{time}）が死亡（{death}）より後です",
        "correct one of the two",
        "どちらかを直してください",
    ),
    "after-last-encounter": _error(
        "{what} ({time}) comes after the last encounter ({seen})",
        "{what}（{time}）が最終受診（{seen}）より後です",
        "correct the time or the age at the last encounter",
        "時期または最終受診時の年齢を直してください",
    ),
    "ends-before-it-begins": _error(
        "the resolution ({end}) comes before the onset ({start})",
        "消失（{end}）が発症（{start}）より前です",
        "exchange or correct the two",
        "入れ替えるか直してください",
    ),
    "alive-and-dead": _error(
        "the patient is recorded as alive, with a time or cause of death",
        "生存とされていますが、死亡時期または死因が書かれています",
        "correct the vital status or remove the death",
        "生死の状態を直すか、死亡の記載を取り除いてください",
    ),
}

VARIANTS: Final[dict[str, Wording]] = {
    "bad-allele": _error(
        'the {which} allele "{allele}" does not parse',
        "{which} アレル「{allele}」を解釈できません",
        "use the letters A, C, G, T, N (alternate: also *, <DEL> and the like, breakends)",
        "A・C・G・T・N を使ってください（alt は *、<DEL> など、切断端も可）",
    ),
    "same-alleles": _error(
        'reference and alternate allele are the same: "{allele}"',
        "参照アレルと代替アレルが同じです：「{allele}」",
        "correct the alternate allele",
        "代替アレルを直してください",
    ),
    "bad-chromosome": _error(
        '"{chrom}" is no human chromosome or contig',
        "「{chrom}」はヒトの染色体・コンティグではありません",
        "use 1–22, X, Y, MT (with or without chr) or a RefSeq accession",
        "1〜22、X、Y、MT（chr の有無は自由）または RefSeq の番号を使ってください",
    ),
    "bad-position": _error(
        "position {pos} does not lie on chromosome {chrom} of {assembly} (1 to {length})",
        "位置 {pos} は {assembly} の染色体 {chrom}（1〜{length}）の範囲外です",
        "check position and assembly",
        "位置とアセンブリーを確認してください",
    ),
    "missing-position": _error(
        "the position of the variant is missing or zero",
        "バリアントの位置がないか 0 です",
        "positions count from 1",
        "位置は 1 から数えます",
    ),
    "unknown-assembly": _warning(
        '"{assembly}" is no known genome assembly',
        "「{assembly}」は既知のゲノムアセンブリーではありません",
        "use GRCh38, GRCh37 or another of: {allowed}",
        "GRCh38、GRCh37 などを使ってください：{allowed}",
    ),
    "bad-hgvs": _error(
        '"{value}" does not parse as {syntax}',
        "「{value}」を {syntax} として解釈できません",
        "write it as NM_000383.4:c.769C>T; see hgvs-nomenclature.org",
        "NM_000383.4:c.769C>T の形で書いてください（hgvs-nomenclature.org 参照）",
    ),
    "hgvs-kind": _warning(
        '"{value}" is {right}, not {syntax}',
        "「{value}」は {syntax} ではなく {right} です",
        "write {right} as its syntax",
        "syntax を {right} としてください",
    ),
    "variants-disagree": _warning(
        "the VCF record ({vcf}) and the HGVS expression ({value}) name different changes",
        "VCF の記載（{vcf}）と HGVS の記載（{value}）が異なる変化を示しています",
        "correct one of the two",
        "どちらかを直してください",
    ),
    "zygosity-sex": _warning(
        "a {sex} subject cannot be {zygosity} for a variant on chromosome {chrom}",
        "性別が {sex} の対象者で、{chrom} 染色体のバリアントが {zygosity} になることはありません",
        "check sex, zygosity and chromosome; one copy is hemizygous (GENO:0000134)",
        "性別・接合性・染色体を確認してください。1 コピーならヘミ接合（GENO:0000134）です",
    ),
    "bad-gene-id": _warning(
        '"{id}" is no gene id of HGNC, NCBI or Ensembl',
        "「{id}」は HGNC・NCBI・Ensembl の遺伝子 ID ではありません",
        "write HGNC:6636, NCBIGene:4000 or ENSG00000160789",
        "HGNC:6636、NCBIGene:4000、ENSG00000160789 などと書いてください",
    ),
    "unknown-gene": _warning(
        '"{symbol}" is behind no disease that the gene tables know',
        "「{symbol}」は、遺伝子表のどの疾患の原因遺伝子でもありません",
        "check the spelling; a gene without a known disease is kept, and counts for no disease",
        "綴りを確認してください。既知の疾患のない遺伝子も保存されますが、順位付けには使われません",
    ),
    "misspelt-gene": _warning(
        '"{symbol}" is behind no disease that the gene tables know; near it: {near}',
        "「{symbol}」は、遺伝子表のどの疾患の原因遺伝子でもありません。近い記号：{near}",
        "correct the symbol if one of these is meant",
        "いずれかの誤りであれば直してください",
    ),
    "gene-disagreement": _warning(
        'the symbol "{symbol}" and the id {id} ({other}) name different genes',
        "記号「{symbol}」と ID {id}（{other}）が異なる遺伝子を示しています",
        "correct one of the two",
        "どちらかを直してください",
    ),
}

PEDIGREES: Final[dict[str, Wording]] = {
    "missing-person": _error(
        '"{id}" is not in the pedigree',
        "「{id}」が家系図にありません",
        "add the person, or correct the id",
        "人物を追加するか ID を直してください",
    ),
    "parent-sex": _error(
        'the {role} "{id}" has the sex {sex} in the pedigree',
        "{role}「{id}」の性別が家系図で {sex} になっています",
        "exchange the parents or correct the sex",
        "両親を入れ替えるか性別を直してください",
    ),
    "own-ancestor": _error(
        '"{id}" is an ancestor of themselves',
        "「{id}」が自分自身の祖先になっています",
        "correct the parents",
        "両親の記載を直してください",
    ),
    "pedigree-sex": _error(
        'the pedigree gives "{id}" the sex {sex}, the phenopacket {other}',
        "「{id}」の性別が家系図では {sex}、フェノパケットでは {other} です",
        "correct one of the two",
        "どちらかを直してください",
    ),
}

CHECKING: Final[dict[str, Wording]] = {**RECORD, **TERMS, **TIMES, **VARIANTS, **PEDIGREES}


def checking_problem(code: str, path: str, /, **values: object) -> Problem:
    """One problem of the validator with its words filled in."""
    return CHECKING[code].problem(code, path, **values)
