"""What identifies an output, written in one way: the same thing twice is the same output.

- A paper is its DOI: without resolver or prefix, in lower case, for a DOI is the same whatever the case of its ASCII
  letters (ISO 26324; DOI Handbook, 2.4).
- A trial is its number in a register: jRCT (ten digits, or a letter s, a, b or c and nine), ClinicalTrials.gov (NCT and
  eight digits), UMIN-CTR (UMIN and nine digits).
- A patent is its office (WIPO ST.3) and number: an application (特願2020-123456), an international one
  (PCT/JP2020/012345), or a publication with the letter of its kind (WIPO ST.16: A application, B grant); the digit
  after that letter names the publication, not the invention, and is left out.
- A dataset is its DOI or its accession number.
- Everything else is the number that its register or the agency gives it.
"""

import re
import unicodedata
from urllib.parse import unquote

from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.models import Output, OutputKind

LONGEST = 200
_RESOLVER = re.compile(r"(?:https?://)?(?:dx\.)?(?:www\.)?doi\.org/", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s]+\Z")
_JRCT = re.compile(r"jrct([0-9]{10}|[abcs][0-9]{9})\Z", re.IGNORECASE)
_REGISTERED = re.compile(r"(NCT[0-9]{8}|UMIN[0-9]{9})\Z")
_APPLIED = re.compile(r"特願(?P<year>[0-9]{4})-(?P<number>[0-9]{1,6})(?:号)?\Z")
_LAID_OPEN = re.compile(r"特[開表](?P<year>[0-9]{4})-(?P<number>[0-9]{1,6})(?:号)?\Z")
_GRANTED = re.compile(r"特許(?:第)?(?P<number>[0-9]{5,8})(?:号)?\Z")
_PCT = re.compile(r"PCT/?(?P<office>[A-Z]{2})(?P<year>[0-9]{4})/?(?P<number>[0-9]{5,6})\Z")
_APPLICATION = re.compile(r"(?P<office>[A-Z]{2})(?P<year>[0-9]{4})-(?P<number>[0-9]{1,6})\Z")
_PUBLICATION = re.compile(r"(?P<office>[A-Z]{2})(?P<number>[0-9]{4,13})(?P<kind>[A-Z]?)[0-9]?\Z")


def normalised(kind: str, text: str) -> str:
    """The identifier of an output of a kind, as it is kept. Raises ValueError that says what one looks like."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        raise ValueError(_("Give what identifies it."))
    if len(plain) > LONGEST:
        raise ValueError(_("An identifier has at most %(most)d signs.") % {"most": LONGEST})
    if kind == OutputKind.PAPER:
        return doi(plain)
    if kind == OutputKind.TRIAL:
        return trial_number(plain)
    if kind == OutputKind.PATENT:
        return patent_number(plain)
    if kind == OutputKind.DATASET and (plain.lower().startswith(("10.", "doi:")) or _RESOLVER.match(plain)):
        return doi(plain)
    return plain.upper()


def doi(text: str) -> str:
    """A DOI as it is compared: 10.5555/abc. Raises ValueError."""
    plain = text.strip()
    bare = _RESOLVER.sub("", plain, count=1)
    if bare != plain:
        bare = unquote(bare)
    bare = re.sub(r"\Adoi:\s*", "", bare, flags=re.IGNORECASE).translate(_LOWER)
    if _DOI.match(bare) is None:
        raise ValueError(_("%(text)s is no DOI: one looks like 10.5555/12345678.") % {"text": text})
    return bare


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def trial_number(text: str) -> str:
    """A trial's number in its register: jRCT2031200001, NCT01234567. Raises ValueError."""
    bare = text.replace(" ", "").removeprefix("https://jrct.mhlw.go.jp/latest-detail/")
    if found := _JRCT.match(bare):
        return f"jRCT{found[1].lower()}"
    if found := _REGISTERED.match(bare.upper()):
        return found[1]
    raise ValueError(
        _("%(text)s is no number of a trial: one looks like jRCT2031200001, jRCTs031180001 or NCT01234567.")
        % {"text": text}
    )


def patent_number(text: str) -> str:
    """A patent's number with its office: JP2020-123456, PCT/JP2020/012345, JP6543210B. Raises ValueError."""
    bare = re.sub(r"[\s,.]", "", text.upper()).replace("－", "-")
    if found := _APPLIED.match(bare):
        return f"JP{found['year']}-{int(found['number']):06d}"
    if found := _LAID_OPEN.match(bare):
        return f"JP{found['year']}{int(found['number']):06d}A"
    if found := _GRANTED.match(bare):
        return f"JP{found['number']}B"
    if found := _PCT.match(bare):
        return f"PCT/{found['office']}{found['year']}/{int(found['number']):06d}"
    if found := _APPLICATION.match(bare):
        return f"{found['office']}{found['year']}-{int(found['number']):06d}"
    if found := _PUBLICATION.match(re.sub(r"[-/]", "", bare)):
        return f"{found['office']}{found['number']}{found['kind']}"
    raise ValueError(
        _("%(text)s is no number of a patent: one looks like 特願2020-123456, JP6543210B2 or PCT/JP2020/012345.")
        % {"text": text}
    )


def address_of(one: Output) -> str:
    """Where an identifier leads on the web; "" where nowhere."""
    if one.reference.startswith("10."):
        return f"https://doi.org/{one.reference}"
    if one.reference.startswith("jRCT"):
        return f"https://jrct.mhlw.go.jp/latest-detail/{one.reference}"
    if one.reference.startswith("NCT"):
        return f"https://clinicaltrials.gov/study/{one.reference}"
    return ""
