"""The sentences of synthetic awards, in each language by itself: neither is a translation of the other.

Slots: d disease, t target, m modality, a approach, n a number. `PHASES` run from basic research (1) to practical use
(5).
"""

from __future__ import annotations

from collections.abc import Mapping

PHASES = (1, 2, 3, 4, 5)

TITLES: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "ja": {
        1: (
            "{d}における{t}の役割の解明と{m}への展開",
            "{t}に着目した{d}の病態解明",
            "{a}による{d}の新たな{m}シーズの探索",
            "{d}の発症機構に基づく{m}の基盤研究",
            "{t}を起点とした{d}克服のための基礎的研究",
        ),
        2: (
            "{t}を標的とする{d}の{m}の創出",
            "{a}を用いた{d}に対する{m}の開発",
            "{d}のための{m}の最適化と概念実証",
            "新規{m}による{d}治療・診断技術の応用研究",
            "{m}の候補選定：{d}の{t}を対象として",
        ),
        3: (
            "{d}に対する{m}の非臨床試験と製造法の確立",
            "{m}の治験開始に向けた安全性評価（{d}）",
            "{t}を標的とする{m}の薬事戦略と非臨床開発",
            "{d}を適応とする{m}の品質規格・量産試作",
            "{d}向け{m}の動物における有効性・毒性の検証",
        ),
        4: (
            "{d}患者を対象とする{m}の医師主導治験",
            "{m}の{d}における探索的臨床試験",
            "{d}に対する{m}の多施設共同第II相試験",
            "{d}での{m}の安全性・有効性を検証する臨床研究",
            "ヒト初回投与から検証へ：{d}に対する{m}",
        ),
        5: (
            "{d}に対する{m}の薬事承認申請と実用化",
            "{m}の保険収載に向けた{d}の検証的治験",
            "{d}診療への{m}の普及と市販後評価",
            "{m}の事業化：{d}の標準治療をめざして",
        ),
    },
    "en": {
        1: (
            "How {t} drives {d}: groundwork for {m}",
            "Mechanisms of {d} and the part of {t}",
            "Searching for {m} candidates in {d} with {a}",
            "Understanding {d} through {a}",
            "Basic research on {t} in {d}",
        ),
        2: (
            "Creating {m} for {d} directed at {t}",
            "Development of {m} against {d} by {a}",
            "Lead selection and proof of concept: {m} in {d}",
            "Optimising {m} for people with {d}",
            "{m} for {d}: applied research",
        ),
        3: (
            "Preclinical safety and manufacturing of {m} for {d}",
            "Towards first-in-human use of {m} in {d}",
            "Toxicology, quality and scale-up of {m} ({d})",
            "IND-enabling studies of {m} aimed at {t}",
            "Animal efficacy of {m} in {d} and regulatory planning",
        ),
        4: (
            "Investigator-initiated trial of {m} in patients with {d}",
            "A multicentre phase II study of {m} for {d}",
            "Clinical evaluation of {m} in {d}",
            "Safety and exploratory efficacy of {m} in {d}",
        ),
        5: (
            "Bringing {m} for {d} to approval and reimbursement",
            "Pivotal trial and market entry of {m} in {d}",
            "Practical use of {m} in the care of {d}",
            "Confirmatory study and submission: {m} for {d}",
        ),
    },
}

OPENINGS: Mapping[str, tuple[str, ...]] = {
    "ja": (
        "{d}は有効な治療・診断の手段が限られ、患者の生活の質を大きく損なう。",
        "国内に約{n}人の患者がいる{d}では、早期の介入法が求められている。",
        "超高齢社会において{d}の負担は増しており、新たな選択肢が必要である。",
        "{d}の再発や重症化を防ぐ方法はいまだ確立していない。",
        "我々は{d}の診療において未充足のニーズを明らかにしてきた。",
    ),
    "en": (
        "Options for {d} remain few and relapse is common.",
        "Roughly {n} people a year are newly told that they have {d}.",
        "The burden of {d} on families and health services keeps growing.",
        "Standard care fails many of those who live with {d}.",
        "There is an unmet need in {d} that current practice does not answer.",
    ),
}
FINDINGS: Mapping[str, tuple[str, ...]] = {
    "ja": (
        "申請者らは{t}が病勢と強く関連することを見いだした。",
        "これまでに{t}の異常が病態の中核にあることを報告している。",
        "{t}の制御により病変が改善することを確認した。",
        "先行研究で{t}に着目し、独自の知見と特許を得ている。",
    ),
    "en": (
        "Our group has shown that {t} governs progression.",
        "Earlier work revealed a causal link with {t}.",
        "Interfering with {t} reversed the lesions in our hands.",
        "We hold patents on {t} from previous studies.",
    ),
}
METHODS: Mapping[str, tuple[str, ...]] = {
    "ja": (
        "本研究では{a}を用いて作用機序を検証する。",
        "{a}により候補を評価し、優先順位を定める。",
        "独自に樹立した{a}を活用する。",
        "{a}の結果に基づき条件を最適化する。",
    ),
    "en": (
        "Using {a}, we will test how it works.",
        "Candidates are ranked by means of {a}.",
        "Evidence comes from {a} set up in our laboratory.",
        "Conditions will be refined through {a}.",
    ),
}
PLANS: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "ja": {
        1: ("{m}の標的候補を{n}種類同定する。", "{m}につながる分子基盤を明らかにする。"),
        2: ("{m}の候補を絞り込み、非臨床の概念実証を得る。", "{m}を試作し、細胞と動物で効果を確かめる。"),
        3: (
            "GLP毒性試験を行い、{m}の治験薬・治験機器を準備する。",
            "{m}についてPMDAの対面助言を受け、製造工程を固める。",
        ),
        4: ("{m}の治験を{n}例で実施し、至適な用法を定める。", "{m}を{n}名に適用し、主要評価項目を検証する。"),
        5: ("{m}の承認申請を行い、企業へ導出する。", "{m}の保険適用を目指し、供給体制を整える。"),
    },
    "en": {
        1: ("We look for {n} starting points for {m}.", "The molecular basis for {m} will be laid open."),
        2: ("A lead for {m} is chosen and shown to work in animals.", "Prototypes of {m} are made and compared."),
        3: (
            "GLP studies of {m} and consultation with the regulator follow.",
            "A validated process will supply {m} for trials.",
        ),
        4: (
            "{m} will be given to {n} volunteers and patients.",
            "The primary endpoint of {m} is assessed at week {n}.",
        ),
        5: (
            "A partner company files {m} for marketing approval.",
            "Price listing and supply of {m} are prepared together.",
        ),
    },
}
CLOSINGS: Mapping[str, tuple[str, ...]] = {
    "ja": (
        "成果は企業との連携により社会に還元する。",
        "若手研究者の育成も併せて行う。",
        "患者・市民参画の場を設け、意見を計画に反映する。",
        "得られたデータは方針に沿って共有する。",
        "海外の研究機関とも協力して進める。",
        "知的財産を確保し、国際競争力を高める。",
    ),
    "en": (
        "Patients take part in the design.",
        "Data will be shared under controlled access.",
        "Partners in three countries contribute.",
        "An exit towards industry is planned from the start.",
        "Training of young investigators is included.",
        "Results feed into guidelines.",
    ),
}
