"""The two histories across programmes that the source documents tell ([001]), as pairing sees them.

The Japanese titles and what was done are the documents'; the English is ours. Months are not told: April to March.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kakehashi.engines.pairing.awards import Award, Phase


@dataclass(frozen=True)
class History:
    """Awards of one line, each the predecessor of the next."""

    awards: tuple[Award, ...]

    def in_language(self, language: str) -> list[Award]:
        """The awards with their texts in one language only."""
        other = {"ja": "text_en", "en": "text_ja"}[language]
        return [replace(award, **{other: ""}) for award in self.awards]

    def keys_but(self, *awards: Award) -> frozenset[str]:
        """The keys of the others."""
        return frozenset(one.key for one in self.awards) - {one.key for one in awards}


HISTORIES = (
    History(
        (
            Award(
                "blood-test-1",
                "タンパク質・ペプチド修飾解析による早期がん・リスク疾患診断のための血液バイオマーカーの開発。検体"
                "の集積と標的プロテオミクスによる"
                "同定したバイオマーカーの定量・検証。膵がんオルガノイド作成技術と同所移植モデルを用いたオミクス解"
                "析。1,000種類を超える抗体を用いた"
                "血液中の微量血液を一斉分析。",
                "Blood biomarkers from protein and peptide modifications for the diagnosis of early cancers and "
                "diseases at risk. Collection "
                "of samples and quantification of candidates by targeted proteomics; organoids of pancreatic can"
                "cer and orthotopic models "
                "for omics; simultaneous analysis of traces in blood with more than a thousand antibodies.",
                Phase.APPLIED,
                "test",
                frozenset({"cancer"}),
                date(2016, 4, 1),
                date(2022, 3, 31),
            ),
            Award(
                "blood-test-2",
                "膵外分泌機能を評価する血液バイオマーカーを用いた膵がんリスク疾患・早期膵がんの診断法の臨床開発",
                "Clinical development of a diagnostic for early pancreatic cancer and diseases at risk of it, wi"
                "th a marker in blood that "
                "reflects exocrine function of the pancreas",
                Phase.CLINICAL,
                "test",
                frozenset({"cancer"}),
                date(2021, 4, 1),
                date(2024, 3, 31),
            ),
        )
    ),
    History(
        (
            Award(
                "catheter-1",
                "心筋梗塞後心不全を防ぐ迷走神経刺激カテーテル装置開発。既存のペーシングカテーテルを用いた迷走神経"
                "刺激により著明な梗塞縮小効果と心不全抑制"
                "効果があることを実験的に証明、開発工程を明確化。",
                "A catheter device that stimulates the vagus nerve to prevent heart failure after myocardial inf"
                "arction. Experiments with "
                "existing pacing catheters showed smaller infarcts and less heart failure; the steps of developm"
                "ent were laid down.",
                Phase.APPLIED,
                "device",
                frozenset({"lifestyle"}),
                date(2016, 4, 1),
                date(2019, 3, 31),
            ),
            Award(
                "catheter-2",
                "徐拍化を介して心臓を保護する経静脈的迷走神経刺激カテーテルの開発と事業化。カテーテルの量産試作、"
                "滅菌試験及び生物学的安全性試験を完了。QMS"
                "体制構築や薬事対応として治験プロトコルの作成を完了。",
                "Development and commercialisation of a transvenous catheter for vagal stimulation that protects"
                " the heart by slowing it. "
                "Mass-production prototypes, sterilisation and biological safety tests; quality system and trial"
                " protocol.",
                Phase.NONCLINICAL,
                "device",
                frozenset({"lifestyle"}),
                date(2019, 4, 1),
                date(2022, 3, 31),
            ),
            Award(
                "catheter-3",
                "迷走神経刺激心筋保護カテーテル(JOHAKU)の世界初医師主導治験と実用化。非臨床試験や医師主導治験によ"
                "る探索的治験および検証的治験を本事業内に"
                "おいて計画、実施。",
                "World's first investigator-initiated trial of a cardioprotective catheter (JOHAKU) stimulating "
                "the vagus nerve, and its "
                "practical use. Non-clinical tests, an exploratory and a confirmatory trial.",
                Phase.CLINICAL,
                "device",
                frozenset({"lifestyle"}),
                date(2022, 4, 1),
                date(2025, 3, 31),
            ),
        )
    ),
)
