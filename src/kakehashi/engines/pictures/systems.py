"""The body systems: branches of the phenotype ontology, their names, and the colour each has on every page.

Colours are Okabe and Ito's (2008), which stay apart for colour-blind readers. There are seven on paper (their yellow
is too pale there) and more systems than colours, so that systems seldom seen together share one; the name always
stands beside the colour.
"""

from collections.abc import Iterable
from dataclasses import dataclass

COLOURS = {
    "orange": "#e69f00",
    "sky": "#56b4e9",
    "green": "#009e73",
    "blue": "#0072b2",
    "vermilion": "#d55e00",
    "purple": "#cc79a7",
    "ink": "#1b1f24",
}


@dataclass(frozen=True)
class System:
    """One branch below "Phenotypic abnormality" (HP:0000118): its short names and its colour's name."""

    id: str
    en: str
    ja: str
    colour: str

    def name(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


# In order of preference for a term that stands under several branches: the organ before the region before the rest.
_TABLE = (
    System("HP:0000478", "Eye", "眼", "sky"),
    System("HP:0000598", "Ear", "耳", "vermilion"),
    System("HP:0000707", "Nervous system", "神経系", "blue"),
    System("HP:0001626", "Cardiovascular system", "心血管系", "vermilion"),
    System("HP:0000119", "Genitourinary system", "泌尿生殖器系", "orange"),
    System("HP:0025031", "Digestive system", "消化器系", "green"),
    System("HP:0002086", "Respiratory system", "呼吸器系", "sky"),
    System("HP:0001871", "Blood", "血液・造血器", "vermilion"),
    System("HP:0002715", "Immune system", "免疫系", "blue"),
    System("HP:0000818", "Endocrine system", "内分泌系", "purple"),
    System("HP:0001939", "Metabolism", "代謝・恒常性", "purple"),
    System("HP:0000769", "Breast", "乳房", "ink"),
    System("HP:0001608", "Voice", "音声", "ink"),
    System("HP:0001574", "Skin, hair and nails", "皮膚・毛髪・爪", "sky"),
    System("HP:0040064", "Limbs", "四肢", "purple"),
    System("HP:0000152", "Head and neck", "頭頸部", "orange"),
    System("HP:0045027", "Thorax", "胸腔", "ink"),
    System("HP:0033127", "Muscles and skeleton", "筋骨格系", "green"),
    System("HP:0001507", "Growth", "成長", "ink"),
    System("HP:0001197", "Pregnancy and birth", "妊娠・出生", "ink"),
    System("HP:0002664", "Neoplasm", "腫瘍", "ink"),
    System("HP:0025142", "General symptoms", "全身症状", "ink"),
    System("HP:0025354", "Cells", "細胞", "ink"),
)
OTHER = System("", "Other", "その他", "ink")
SYSTEMS: dict[str, System] = {system.id: system for system in _TABLE}


def principal_system(branches: Iterable[str]) -> str:
    """The one branch under which a term is shown, of all the branches (ids below HP:0000118) it stands under."""
    under = set(branches)
    return next((system.id for system in _TABLE if system.id in under), "")
