"""The rule table of sharing: the one place that says who may see how much of a record, and why not.

A *path* is a way of coming to see something: as the institution that holds it, within the reach its registrant set, by
a grant, or by taking part in the patient's care. For each path the table lists its purposes and, level by level, the
conditions that must all hold. A record is seen at a level when one path leads there; when none does, every condition
that failed is a reason. Default deny: a purpose that no path names, or a level that no path lists, is refused.

    path      purposes                             conditions
    own       care, matching, research, oversight  one's own institution holds it
    reach     matching, research, public health    takes part, offered, shown, within reach, consent in force, consent
                                                   as far, sector allowed, embargo over, no opt-out; the whole record
                                                   only of the open class
    grant     matching, research, public health    takes part, offered, granted, within reach if of the restricted
                                                   class, consent in force, consent as far, sector allowed, no opt-out
                                                   (or joined)
    referred  care                                 takes part, offered, this very record granted for care

Care is no secondary use: whoever a patient is referred to sees the record whatever its reach, class, embargo or consent
to sharing, and an opt-out leaves it untouched; for care alone, and as long as the referral lasts.

In an outbreak that the holder's country has declared, asking for public health lifts embargo and opt-out, nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.sharing.conditions import ALWAYS, NEVER, NoOptOut, Op, Test, all_of, any_of, compare
from kakehashi.kernel.sharing.states import DataClass, Level, Purpose, Reach, Sector
from kakehashi.kernel.sharing.subject import Question

Text = str | Promise


@dataclass(frozen=True)
class Condition:
    """One row: a stable code, what is said when it fails, and the test it makes of a question."""

    code: str
    otherwise: Text
    test: Callable[[Question], Test]


@dataclass(frozen=True)
class Path:
    """A way of coming to see a record: ``because`` is what is said when it leads there."""

    code: str
    because: Text
    purposes: frozenset[Purpose]
    needs: Mapping[Level, tuple[Condition, ...]]


def _holder(ask: Question) -> Test:
    return compare("organisation_id", Op.IN, ask.subject.reads)


def _takes_part(ask: Question) -> Test:
    return ALWAYS if ask.subject.takes_part else NEVER


def _offered(ask: Question) -> Test:
    return compare("state", Op.IN, ask.offered_states)


def _shown(ask: Question) -> Test:
    return compare("shown", Op.AT_LEAST, int(ask.level))


def _in_reach(ask: Question) -> Test:
    partner = compare("organisation_id", Op.IN, ask.subject.partners)
    compatriot = compare("organisation_id", Op.IN, ask.subject.compatriots)
    return any_of(
        all_of(partner, compare("reach", Op.AT_LEAST, int(Reach.NETWORK))),
        all_of(compatriot, compare("reach", Op.AT_LEAST, int(Reach.DOMESTIC))),
        compare("reach", Op.AT_LEAST, int(Reach.ABROAD)),
    )


def _consent_in_force(ask: Question) -> Test:
    return all_of(
        compare("consent_from", Op.BY, ask.context.day),
        compare("consent_until", Op.NONE_OR_FROM, ask.context.day),
    )


def _consent_as_far(ask: Question) -> Test:
    compatriot = compare("organisation_id", Op.IN, ask.subject.compatriots)
    return any_of(
        all_of(compatriot, compare("consent_domestic", Op.IS, True)),
        compare("consent_abroad", Op.IS, True),
    )


def _sector_allowed(ask: Question) -> Test:
    if ask.subject.sector == Sector.PUBLIC:
        return ALWAYS
    return all_of(compare("private_sector", Op.IS, True), compare("consent_private", Op.IS, True))


def _excepted(ask: Question) -> Test:
    if ask.purpose != Purpose.PUBLIC_HEALTH:
        return NEVER
    return compare("organisation_id", Op.IN, ask.context.excepted)


def _embargo_over(ask: Question) -> Test:
    return any_of(compare("embargo_until", Op.NONE_OR_BY, ask.context.day), _excepted(ask))


def _no_opt_out(ask: Question) -> Test:
    return any_of(NoOptOut(ask.context.day), _excepted(ask))


def _no_opt_out_or_joined(ask: Question) -> Test:
    return any_of(*(compare(field, Op.IN, ids) for field, ids in ask.joined.items()), _no_opt_out(ask))


def _granted(ask: Question) -> Test:
    return any_of(*(compare(field, Op.IN, ids) for field, ids in ask.granted.items()))


def _referred(ask: Question) -> Test:
    return compare("pk", Op.IN, ask.granted["pk"])


def _named_group(ask: Question) -> Test:
    return any_of(compare("sharing_class", Op.IS_NOT, str(DataClass.RESTRICTED)), _in_reach(ask))


def _open(ask: Question) -> Test:
    return compare("sharing_class", Op.IS, str(DataClass.OPEN))


OWN_INSTITUTION = Condition("not_own", _("It belongs to another institution."), _holder)
TAKES_PART = Condition(
    "no_part", _("The role does not take part in the sharing of such records between institutions."), _takes_part
)
OFFERED = Condition("not_offered", _("It is not registered for sharing."), _offered)
SHOWN = Condition("not_shown", _("Its registrant does not show that much to others."), _shown)
IN_REACH = Condition("out_of_reach", _("The institution is outside the reach that the registrant set."), _in_reach)
CONSENT_IN_FORCE = Condition("no_consent", _("No consent to sharing is in force."), _consent_in_force)
CONSENT_AS_FAR = Condition(
    "consent_too_narrow", _("The consent does not reach the institution's country."), _consent_as_far
)
SECTOR = Condition("sector", _("It is not shared with the private sector."), _sector_allowed)
EMBARGO = Condition("embargo", _("It is under an embargo."), _embargo_over)
OPT_OUT = Condition("opted_out", _("The patient has opted out of secondary use."), _no_opt_out)
OPT_OUT_OR_JOINED = Condition("opted_out", _("The patient has opted out of secondary use."), _no_opt_out_or_joined)
GRANTED = Condition("no_grant", _("No access beyond the patient's care has been granted."), _granted)
REFERRED = Condition(
    "not_referred", _("The patient is not in the institution's care: no referral, analysis or review."), _referred
)
NAMED_GROUP = Condition(
    "restricted", _("It is of the restricted class: a grant counts within its reach only."), _named_group
)
OPEN = Condition("not_open", _("The whole record is shown only if it is of the open class, or on application."), _open)

GRANT = "grant"
"""The code of the path by grant, for anything but care."""
_AMONG_INSTITUTIONS = frozenset({Purpose.MATCHING, Purpose.RESEARCH, Purpose.PUBLIC_HEALTH})
_REACH = (
    TAKES_PART,
    OFFERED,
    SHOWN,
    IN_REACH,
    CONSENT_IN_FORCE,
    CONSENT_AS_FAR,
    SECTOR,
    EMBARGO,
    OPT_OUT,
)
_GRANT = (TAKES_PART, OFFERED, GRANTED, NAMED_GROUP, CONSENT_IN_FORCE, CONSENT_AS_FAR, SECTOR, OPT_OUT_OR_JOINED)
_REFERRED = (TAKES_PART, OFFERED, REFERRED)

TABLE: tuple[Path, ...] = (
    Path(
        "own",
        _("The institution holds it itself."),
        frozenset({Purpose.CARE, Purpose.MATCHING, Purpose.RESEARCH, Purpose.OVERSIGHT}),
        dict.fromkeys((Level.EXISTS, Level.MATCHING, Level.WHOLE), (OWN_INSTITUTION,)),
    ),
    Path(
        "reach",
        _("Its registrant lets institutions such as this one see this much."),
        _AMONG_INSTITUTIONS,
        {Level.EXISTS: _REACH, Level.MATCHING: _REACH, Level.WHOLE: (*_REACH, OPEN)},
    ),
    Path(
        GRANT,
        _("Access has been granted."),
        _AMONG_INSTITUTIONS,
        dict.fromkeys((Level.EXISTS, Level.MATCHING, Level.WHOLE), _GRANT),
    ),
    Path(
        "referred",
        _("The patient was referred to the institution, or it analyses or reviews the case."),
        frozenset({Purpose.CARE}),
        dict.fromkeys((Level.EXISTS, Level.MATCHING, Level.WHOLE), _REFERRED),
    ),
)
