"""The words of a case's course: how a family came, referrals, analyses, the committee, diagnoses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Route(models.TextChoices):
    """How a consultation went on: every one is counted under exactly one."""

    DIRECT = "direct", _("Came straight to a hub")
    REFERRED = "referred", _("Referred to a hub")
    SETTLED = "settled", _("Settled without a visit")
    WAITING = "waiting", _("Waits to be referred")


class PhenotypeGroup(models.TextChoices):
    """What kind of signs a family consults for, by the organs of HPO's first level."""

    NERVOUS = "nervous", _("Nervous system")
    MALFORMATION = "malformation", _("Malformations and growth")
    MUSCLE_BONE = "muscle_bone", _("Muscle, bone and connective tissue")
    HEART_VESSELS = "heart_vessels", _("Heart and vessels")
    METABOLISM = "metabolism", _("Metabolism and hormones")
    BLOOD_IMMUNE = "blood_immune", _("Blood and immune system")
    KIDNEY = "kidney", _("Kidney and urinary tract")
    DIGESTIVE = "digestive", _("Digestive system and liver")
    LUNG = "lung", _("Airways and lung")
    SKIN = "skin", _("Skin and hair")
    EYE = "eye", _("Eye")
    EAR = "ear", _("Ear and hearing")
    TUMOUR = "tumour", _("Tumours")
    OTHER = "other", _("Other signs")


class ReferralState(models.TextChoices):
    """Where a referral stands between a hospital and its hub."""

    SENT = "sent", _("Waiting for the hub")
    ACCEPTED = "accepted", _("Accepted by the hub")
    ANSWERED = "answered", _("Answered by the hub")
    DECLINED = "declined", _("Declined by the hub")
    WITHDRAWN = "withdrawn", _("Referral taken back")


OPEN_REFERRALS = (ReferralState.SENT, ReferralState.ACCEPTED)
"""While a referral is in one of these the hub may see its case, as far as the case's terms and consent go."""


class AnalysisKind(models.TextChoices):
    """What was sequenced."""

    EXOME = "exome", _("Exome")
    GENOME = "genome", _("Whole genome")
    PANEL = "panel", _("Gene panel")
    OTHER = "other", _("Another analysis")


class ReviewDecision(models.TextChoices):
    """What the diagnosis committee decides of an analysed case."""

    DIAGNOSED = "diagnosed", _("Diagnosed")
    NO_DIAGNOSIS = "no_diagnosis", _("No diagnosis")
    ANALYSE_AGAIN = "analyse_again", _("Analyse again")


REVIEW_TAKEN_BACK = "taken_back"
"""How a review ends that the case went on without; no committee decides it."""
REVIEW_ENDS = [*ReviewDecision.choices, (REVIEW_TAKEN_BACK, _("Taken back without a decision"))]


class Catalogue(models.TextChoices):
    """Where a diagnosed disease is listed: every diagnosis is counted under exactly one."""

    DESIGNATED = "designated", _("Designated intractable disease")
    ORPHANET = "orphanet", _("Orphanet")
    OTHER = "other", _("Other disease")
    NEW = "new", _("New disease")


class AcmgClass(models.TextChoices):
    """The five classes of a variant (Richards et al., Genet Med 2015)."""

    PATHOGENIC = "pathogenic", _("Pathogenic")
    LIKELY_PATHOGENIC = "likely_pathogenic", _("Likely pathogenic")
    UNCERTAIN = "uncertain", _("Uncertain significance")
    LIKELY_BENIGN = "likely_benign", _("Likely benign")
    BENIGN = "benign", _("Benign")


class Basis(models.TextChoices):
    """What a diagnosis mainly stands on."""

    GENETIC = "genetic", _("Genetic finding")
    FUNCTIONAL = "functional", _("Functional test")
    SIMILAR_CASE = "similar_case", _("A similar case elsewhere")
    CLINICAL = "clinical", _("Clinical picture")
    OTHER = "other", _("Other evidence")
