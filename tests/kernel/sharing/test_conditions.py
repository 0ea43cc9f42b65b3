"""What is always or never so is reckoned away; who says nothing of themselves is nobody; a grant gives the least.

Also asked of every mutant (tests/bench/sharing_mutants.py).
"""

from types import ModuleType

from django.db.models import Q

from kakehashi.kernel.sharing import conditions, decision, subject
from kakehashi.kernel.sharing.states import Level
from tests.kernel.sharing.worlds import DAY, KIND


def reckons(conditions: ModuleType) -> bool:
    """Whether tests are put together as they should be."""
    always, never, some = conditions.ALWAYS, conditions.NEVER, conditions.Compare("reach", conditions.Op.IS, 1)
    return (
        conditions.all_of(always, some) == conditions.any_of(never, some) == some
        and conditions.all_of(never, some) == conditions.any_of(never, never) == never
        and conditions.any_of(always, some) == conditions.all_of(always, always) == always
        and conditions.compare("reach", conditions.Op.IN, frozenset()) == never
        and conditions.compare("reach", conditions.Op.AT_LEAST, 0) not in (never, always)
    )


def says_nothing(subject: ModuleType) -> bool:
    """Whether what is left out gives nothing."""
    grant = subject.GrantInForce(level=Level.EXISTS, purposes=frozenset())
    nobody = subject.Subject("nobody", sector="public", takes_part=False)
    return not grant.joined and nobody == subject.NOBODY


def refuses_other_purposes(decision: ModuleType, subject: ModuleType) -> bool:
    """Whether the filter finds nothing for a purpose that no path names."""
    someone = subject.Subject("someone", reads=frozenset({1}), takes_part=True)
    return decision.visible_to(someone, "marketing", subject.Context(DAY), KIND, Level.EXISTS) == Q(pk__in=[])


def test_what_is_always_or_never_so_is_reckoned_away():
    assert reckons(conditions)


def test_what_is_left_out_gives_nothing():
    assert says_nothing(subject)


def test_a_purpose_that_no_path_names_finds_nothing():
    assert refuses_other_purposes(decision, subject)
