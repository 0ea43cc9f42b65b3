"""Japan's 47 prefectures by their codes (JIS X 0401), and the eight regions that figures are grouped by."""

from dataclasses import dataclass
from enum import Enum


class Region(Enum):
    """The eight regions (八地方区分), from north to south: key, Japanese and English name."""

    HOKKAIDO = "hokkaido", "北海道", "Hokkaido"
    TOHOKU = "tohoku", "東北", "Tohoku"
    KANTO = "kanto", "関東", "Kanto"
    CHUBU = "chubu", "中部", "Chubu"
    KINKI = "kinki", "近畿", "Kinki"
    CHUGOKU = "chugoku", "中国", "Chugoku"
    SHIKOKU = "shikoku", "四国", "Shikoku"
    KYUSHU = "kyushu", "九州・沖縄", "Kyushu and Okinawa"

    def __init__(self, key: str, ja: str, en: str) -> None:
        self.key, self.ja, self.en = key, ja, en

    def name_in(self, language: str) -> str:
        """Its name, in Japanese or English."""
        return self.ja if language.startswith("ja") else self.en


@dataclass(frozen=True)
class Prefecture:
    """A prefecture: its two-digit code, its names and the region it lies in."""

    code: str
    ja: str
    en: str
    region: Region

    def name_in(self, language: str) -> str:
        """Its name, in Japanese or English."""
        return self.ja if language.startswith("ja") else self.en


_NAMES: tuple[tuple[Region, str], ...] = (
    (Region.HOKKAIDO, "北海道 Hokkaido"),
    (Region.TOHOKU, "青森県 Aomori, 岩手県 Iwate, 宮城県 Miyagi, 秋田県 Akita, 山形県 Yamagata, 福島県 Fukushima"),
    (
        Region.KANTO,
        "茨城県 Ibaraki, 栃木県 Tochigi, 群馬県 Gunma, 埼玉県 Saitama, 千葉県 Chiba, 東京都 Tokyo, 神奈川県 Kanagawa",
    ),
    (
        Region.CHUBU,
        "新潟県 Niigata, 富山県 Toyama, 石川県 Ishikawa, 福井県 Fukui, 山梨県 Yamanashi, 長野県 Nagano, 岐阜県 Gifu, "
        "静岡県 Shizuoka, 愛知県 Aichi",
    ),
    (
        Region.KINKI,
        "三重県 Mie, 滋賀県 Shiga, 京都府 Kyoto, 大阪府 Osaka, 兵庫県 Hyogo, 奈良県 Nara, 和歌山県 Wakayama",
    ),
    (Region.CHUGOKU, "鳥取県 Tottori, 島根県 Shimane, 岡山県 Okayama, 広島県 Hiroshima, 山口県 Yamaguchi"),
    (Region.SHIKOKU, "徳島県 Tokushima, 香川県 Kagawa, 愛媛県 Ehime, 高知県 Kochi"),
    (
        Region.KYUSHU,
        "福岡県 Fukuoka, 佐賀県 Saga, 長崎県 Nagasaki, 熊本県 Kumamoto, 大分県 Oita, 宮崎県 Miyazaki, "
        "鹿児島県 Kagoshima, 沖縄県 Okinawa",
    ),
)
"""In the order of the codes, which run through the regions from north to south."""


def _prefectures() -> dict[str, Prefecture]:
    named = [(region, pair.split()) for region, line in _NAMES for pair in line.split(", ")]
    return {
        f"{number:02d}": Prefecture(f"{number:02d}", ja, en, region)
        for number, (region, (ja, en)) in enumerate(named, start=1)
    }


PREFECTURES: dict[str, Prefecture] = _prefectures()


def region_of(prefecture: str) -> Region | None:
    """The region of a prefecture's code; None where none, or one that is not known, is given."""
    found = PREFECTURES.get(prefecture)
    return found.region if found else None
