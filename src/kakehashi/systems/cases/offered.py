"""The HPO terms that forms offer as choices, in our own words: short lists that must read well in both languages.

In English they are HPO's labels. Their Japanese is ours, since the label table has few of them and some are alike.
"""

from django.utils.translation import gettext_lazy as _

ONSETS = {
    "HP:0030674": _("Antenatal onset"),
    "HP:0003577": _("Congenital onset"),
    "HP:0003623": _("Neonatal onset"),
    "HP:0003593": _("Infantile onset"),
    "HP:0011463": _("Childhood onset"),
    "HP:0003621": _("Juvenile onset"),
    "HP:0003581": _("Adult onset"),
    "HP:0011462": _("Young adult onset"),
    "HP:0003596": _("Middle age onset"),
    "HP:0003584": _("Late onset"),
}
SEVERITIES = {
    "HP:0012827": _("Borderline"),
    "HP:0012825": _("Mild"),
    "HP:0012826": _("Moderate"),
    "HP:0012828": _("Severe"),
    "HP:0012829": _("Profound"),
}
INHERITANCES = {
    "HP:0000006": _("Autosomal dominant inheritance"),
    "HP:0000007": _("Autosomal recessive inheritance"),
    "HP:0001417": _("X-linked inheritance"),
    "HP:0001419": _("X-linked recessive inheritance"),
    "HP:0001423": _("X-linked dominant inheritance"),
    "HP:0001450": _("Y-linked inheritance"),
    "HP:0001427": _("Mitochondrial inheritance"),
    "HP:0003745": _("Sporadic"),
}
COURSES = {
    "HP:0003676": _("Progressive"),
    "HP:0003677": _("Slowly progressive"),
    "HP:0003678": _("Rapidly progressive"),
    "HP:0003680": _("Nonprogressive"),
    "HP:0031915": _("Stable"),
    "HP:0031914": _("Fluctuating"),
    "HP:0031796": _("Recurrent"),
    "HP:0025153": _("Transient"),
    "HP:0034382": _("Disease remission"),
}
"""HPO has no term for improving short of remission."""
WORDS = ONSETS | SEVERITIES | INHERITANCES | COURSES
