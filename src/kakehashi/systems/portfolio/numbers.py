"""Award numbers: read, and made ready for acknowledgements.

An award number of the agency (課題管理番号) has sixteen signs: two digits of the fiscal year, two letters of the
office, four digits of the programme, three of the award within it, a letter of the contract's kind and four of its
branch, as 17am0101001j0001. Papers name its first eleven signs behind "JP" (謝辞用課題番号: JP17am0101001),
which is also its systematic number (体系的番号): AMED, 成果論文中の謝辞への「謝辞用課題番号」の記載について, July 2021.
"""

import re
from dataclasses import dataclass

_NUMBER = re.compile(
    r"(?:JP)?(?P<year>[0-9]{2})(?P<office>[a-z]{2})(?P<programme>[0-9]{4})(?P<serial>[0-9]{3})(?:(?P<contract>[a-z])(?P<branch>[0-9]{4}))?\Z"
)
CENTURY = 2000


@dataclass(frozen=True)
class AwardNumber:
    """An award number in its parts; ``contract`` and ``branch`` are empty in the short form."""

    fiscal_year: int
    office: str
    programme: str
    serial: str
    contract: str = ""
    branch: str = ""

    @property
    def short(self) -> str:
        """The first eleven signs: the award, whatever the contract."""
        return f"{self.fiscal_year % 100:02d}{self.office}{self.programme}{self.serial}"

    @property
    def acknowledgement(self) -> str:
        """What papers write: JP17am0101001."""
        return f"JP{self.short}"

    def __str__(self) -> str:
        return f"{self.short}{self.contract}{self.branch}"


def parse_award_number(text: str) -> AwardNumber:
    """An award number as people write it, with or without JP. Raises ValueError saying what one looks like."""
    found = _NUMBER.match(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no award number of the agency: one looks like 17am0101001j0001 or JP17am0101001")
    return AwardNumber(
        CENTURY + int(found["year"]),
        found["office"],
        found["programme"],
        found["serial"],
        found["contract"] or "",
        found["branch"] or "",
    )


def acknowledgement_number(number: str) -> str:
    """What papers write for an award; "" where its number is not one of the agency's."""
    try:
        return parse_award_number(number).acknowledgement
    except ValueError:
        return ""


def issue_award_number(fiscal_year: int, office: str, programme: str, taken: set[str]) -> AwardNumber:
    """The next free number of a programme in a fiscal year. ``taken``: numbers in their short form.

    Raises ValueError where all 999 are taken, or a part is not as it must be.
    """
    for serial in range(1, 1000):
        made = parse_award_number(f"{fiscal_year % 100:02d}{office}{programme}{serial:03d}")
        if made.short not in taken:
            return made
    raise ValueError(f"all 999 numbers of programme {programme} in fiscal year {fiscal_year} are taken")
