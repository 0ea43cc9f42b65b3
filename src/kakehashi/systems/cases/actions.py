"""Every write to cases by people: one transaction each, the actor explicit, audited, with a revision.

An edit names the revision it started from; when the case has moved on in between, Conflict says what differs and
nothing is overwritten. Importing files is in packets/importing.py, moves between states are in workflow.py.
"""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases import rules, workflow
from kakehashi.systems.cases.course.diagnoses import insist_on_recorded, with_recorded
from kakehashi.systems.cases.description import MOST_FINDINGS, Description, Difference, differences, pseudonym_of
from kakehashi.systems.cases.events import CaseChanged
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.rows import replace_rows, write_rows
from kakehashi.systems.cases.states import FINDABLE, CaseState, RevisionKind

assert workflow.CASE_FLOW  # the table stands wherever cases are written


class EditConflict(Conflict):
    """The case was changed in between: ``theirs`` is what changed, ``revision`` where it stands now.

    The message names who changed it and when, and says so when it was ``by`` themselves, in another window.
    """

    code = "edited_meanwhile"

    def __init__(self, *, by: Person, revisions: Sequence[Revision], revision: int, theirs: list[Difference]) -> None:
        self.revision, self.theirs = revision, theirs
        others = [one for one in revisions if one.by_id != by.pk]
        last = (others or revisions)[-1:]
        facts = {
            "when": "".join(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}" for one in last) or "–",
            "who": ", ".join(dict.fromkeys(str(one.by or _("the node's operator")) for one in others)),
        }
        if others or not revisions:
            text = _("%(who)s changed this case while you were editing (%(when)s). Nothing of that was overwritten.")
        else:
            text = _("You changed this case yourself in another window (%(when)s). Nothing of that was overwritten.")
        super().__init__(text % facts)

    def problem(self) -> dict[str, Any]:
        """With the revision that stands and the places that changed; their contents are read from the case itself."""
        changed = [{"place": one.place, "item": one.item} for one in self.theirs]
        return super().problem() | {"revision": self.revision, "changed": changed}


def enter_case(
    *,
    by: Person,
    organisation: Organisation,
    local_id: str,
    description: Description,
    synthetic: bool = False,
    register: bool = False,
    note: str = "",
) -> Case:
    """Enter a case of an organisation as a draft, or registered at once (both or nothing).

    ``note``: why it is registered although it does not meet the criteria. Raises NotAllowed, Invalid (the pseudonym is
    empty or taken, nothing to rank by is said, or the criteria are not met).
    """
    audit.insist(rules.may_register(by, organisation), by=by, action="case.enter", organisation=organisation)
    pseudonym = clean_local_id(local_id)
    try:
        with transaction.atomic():
            case = Case(organisation=organisation, local_id=pseudonym, synthetic=synthetic, registered_by=by)
            case.describe(description)
            case.save()
            write_rows([(case, description)])
            add_revision(case, RevisionKind.ENTERED, by=by)
            audit.record(by, "case.enter", case, organisation=organisation)
            if register:
                case = register_case(by=by, case=case, note=note)
    except IntegrityError:
        if not Case.objects.filter(organisation=organisation, local_id=pseudonym).exists():
            raise  # another constraint: nothing that another pseudonym would mend
        raise Invalid(
            {"local_id": [_("Your organisation already has a case under this pseudonym. Open that case and edit it.")]}
        ) from None
    return case


def register_case(*, by: Person, case: Case, note: str = "") -> Case:
    """Register a draft: it is indexed, ranked and found from now on. Raises NotAllowed, Conflict, Invalid."""
    return advance(case, "register", by=by, note=note)


def withdraw_case(*, by: Person, case: Case, note: str) -> Case:
    """Take a case out of every search. Raises NotAllowed, Conflict, Invalid (a reason is needed)."""
    return advance(case, "withdraw", by=by, note=note)


def edit_case(
    *,
    by: Person,
    case: Case,
    description: Description,
    from_revision: int,
    note: str = "",
    kind: RevisionKind = RevisionKind.EDITED,
) -> Case:
    """Replace what is said of a case; nothing happens when nothing changed.

    Raises NotAllowed, EditConflict (it was changed after ``from_revision``), Conflict (it is withdrawn), Invalid.
    """
    audit.insist(rules.may_edit(by, case), by=by, action="case.edit", subject=case)
    if (count := len(description.findings)) > MOST_FINDINGS:
        text = _("A case holds at most %(most)d findings; this would make %(count)d. Take some out first.")
        raise Invalid({"findings": [text % {"most": MOST_FINDINGS, "count": count}]})
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.revision != from_revision:
            between = list(locked.revisions.filter(number__gt=from_revision).select_related("by").order_by("number"))
            theirs = changes_since(locked, from_revision)
            raise EditConflict(by=by, revisions=between, revision=locked.revision, theirs=theirs)
        insist_on_standing(locked)
        if locked.state in FINDABLE and not description.says_something:
            raise Invalid({"findings": [_("A registered case keeps at least one finding, gene or variant.")]})
        insist_on_recorded(locked, description)
        changed = differences(locked.described, description)
        if not changed:
            return locked
        locked.describe(description)
        locked.revision += 1
        locked.save()
        replace_rows(locked, description)
        add_revision(locked, kind, by=by, note=note)
        places = sorted({one.place for one in changed})
        audit.record(by, "case.edit", locked, detail={"revision": locked.revision, "changed": places})
        if locked.state in FINDABLE:
            events.publish(CaseChanged(locked.pk, locked.revision))
    return locked


def revert_case(*, by: Person, case: Case, to_revision: int, from_revision: int) -> Case:
    """Say again what an earlier revision said; the revisions in between stay. Errors as edit_case, NotFound."""
    audit.insist(rules.may_edit(by, case), by=by, action="case.edit", subject=case)
    earlier = Revision.objects.filter(case=case, number=to_revision).first()
    if earlier is None:
        raise NotFound(_now("Revision %(number)s") % {"number": to_revision})
    return edit_case(
        by=by,
        case=case,
        description=with_recorded(case, earlier.described),
        from_revision=from_revision,
        note=_now("As in revision %(number)s") % {"number": to_revision},
        kind=RevisionKind.REVERTED,
    )


def insist_on_standing(case: Case) -> None:
    """Raise Conflict for a withdrawn case: nothing is asked of it and nothing said of it until it is brought back."""
    if case.state == CaseState.WITHDRAWN:
        raise Conflict(_("This case is withdrawn. Bring it back before editing it."))


def changes_since(case: Case, revision: int) -> list[Difference]:
    """What was changed after a revision; everything, when that revision never was."""
    earlier = Revision.objects.filter(case=case, number=revision).first()
    return differences(earlier.described if earlier else Description(), case.described)


def clean_local_id(local_id: str) -> str:
    """The hospital's own pseudonym. Raises Invalid when it is empty, too long or holds control characters."""
    pseudonym = pseudonym_of(local_id)
    if pseudonym is None:
        raise Invalid({"local_id": [_("Give the pseudonym your hospital uses: 1 to 120 printable characters.")]})
    return pseudonym


def add_revision(case: Case, kind: RevisionKind, *, by: Person | None, note: str = "") -> Revision:
    """Keep the case as it stands now."""
    return Revision.objects.create(
        case=case,
        number=case.revision,
        kind=kind,
        by=by,
        note=note.strip()[:500],
        state=case.state,
        description=case.description,
    )
