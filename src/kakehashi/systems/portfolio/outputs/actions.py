"""Every write to outputs and to what they are credited to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.punctuation import within_brackets
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.keeping.writing import change, stripped
from kakehashi.systems.portfolio.models import Award, Credit, Output, OutputKind, OutputState
from kakehashi.systems.portfolio.outputs.days import impossible
from kakehashi.systems.portfolio.outputs.references import normalised
from kakehashi.systems.portfolio.outputs.workflow import TOLD_BY_CASES

MAY_BEGIN_AS = (OutputState.EXPECTED, OutputState.FINAL)
CORRECTED = ("reference", "title", "title_en", "where", "top_journal", "on", "evidence_url", "evidence")
"""What of an output can be put right; its kind cannot: that is another output."""
LONGEST_REASON = 500


@dataclass(frozen=True)
class NewOutput:
    """An output as somebody tells it; ``reference`` in any way of writing, ``on`` the day since which it is there."""

    kind: str
    reference: str
    on: date
    title: str = ""
    title_en: str = ""
    where: str = ""
    company_public: bool = False
    top_journal: bool = False
    sureness: str = OutputState.FINAL
    evidence_url: str = ""
    evidence: str = ""


def record_output(new: NewOutput, awards: Sequence[Award], *, by: Any) -> Output:
    """Write an output and credit it to awards (``by=None``: the node's operator).

    Raises NotAllowed; Invalid naming each field at fault; Conflict where this output stands already: credit it instead.
    """
    _insist(by, "output.record")
    output = checked(new, awards)
    with transaction.atomic():
        told = model_to_dict(output, exclude=["id", "awards", "kind", "reference"])
        known, made = Output.objects.get_or_create(kind=output.kind, reference=output.reference, defaults=told)
        if not made:
            text = _("%(reference)s stands already (%(title)s): it is the same output. Credit it to the award instead.")
            raise Conflict(
                text % {"reference": known.reference, "title": within_brackets(known.label())}, field="reference"
            )
        _credit(known, awards, known.on)
        detail = {"kind": known.kind, "reference": known.reference, "awards": [one.number for one in awards]}
        audit.record(by, "output.record", known, detail=detail)
    return known


def checked(new: NewOutput, awards: Sequence[Award]) -> Output:
    """The output, not written yet. Raises Invalid naming each field at fault."""
    problems: dict[str, list[str]] = {}
    if new.kind in TOLD_BY_CASES:
        problems["kind"] = [_("Diagnoses are told by the cases themselves; nobody writes them here.")]
    if wrong := impossible(new.on, new.sureness):
        problems["on"] = [wrong]
    if not awards:
        problems["awards"] = [_("Name at least one award that it came from.")]
    output = Output(
        kind=new.kind,
        reference=new.reference.strip(),
        on=new.on,
        title=new.title.strip(),
        title_en=new.title_en.strip(),
        where=new.where.strip(),
        company_public=new.company_public and new.kind == OutputKind.LICENCE,
        top_journal=new.top_journal,
        state=new.sureness,
        evidence_url=new.evidence_url.strip(),
        evidence=new.evidence.strip(),
    )
    if new.kind in OutputKind.values:
        try:
            output.reference = normalised(new.kind, new.reference)
        except ValueError as error:
            problems["reference"] = [str(error)]
    if new.sureness not in MAY_BEGIN_AS:
        problems["sureness"] = [_("Say “expected” or “final”.")]
    try:
        output.clean_fields(exclude=["state", *(["reference"] if "reference" in problems else [])])
    except ValidationError as error:
        problems = error.message_dict | problems
    if problems:
        raise Invalid(problems)
    return output


def credit_award(output: Output, award: Award, *, by: Any, since: date | None = None) -> Credit:
    """Credit an output to one more award, since a day: that of the output, or today where it was credited before, so
    that figures of the days between stay.

    Raises NotAllowed; Conflict where it is credited already, was still credited on that day, or is a diagnosis, which
    is credited to the award that its case names.
    """
    _insist(by, "output.credit", output)
    with transaction.atomic():
        locked = Output.objects.select_for_update().get(pk=output.pk)
        if locked.kind in TOLD_BY_CASES:
            raise Conflict(_("A diagnosis is credited to the award that its case names: change it there."))
        if Credit.objects.filter(output=locked, award=award, until=None).exists():
            text = _("%(reference)s is credited to %(award)s already.")
            raise Conflict(text % {"reference": locked.reference, "award": award.number}, field="award")
        ended = Credit.objects.filter(output=locked, award=award).aggregate(last=Max("until"))["last"]
        begins = since or (max(locked.on, ended, timezone.localdate()) if ended else locked.on)
        if ended and begins < ended:
            text = _("%(reference)s was credited to %(award)s until %(day)s: credit it from that day on, or later.")
            told = {"reference": locked.reference, "award": award.number, "day": ended.isoformat()}
            raise Conflict(text % told, field="since")
        (made,) = _credit(locked, [award], begins)
        audit.record(by, "output.credit", locked, detail={"award": award.number})
    return made


def end_credit(credit: Credit, *, by: Any, on: date | None = None) -> Credit:
    """From a day (today) on an output counts for this award no more. Raises NotAllowed, Conflict where it has ended."""
    _insist(by, "output.end_credit", credit.output)
    with transaction.atomic():
        locked = Credit.objects.select_for_update().select_related("output", "award").get(pk=credit.pk)
        if locked.until is not None or locked.output.kind in TOLD_BY_CASES:
            raise Conflict(_("This credit has ended already, or its case says to whom it goes."))
        locked.until = max(on or timezone.localdate(), locked.since)
        locked.save()
        audit.record(by, "output.end_credit", locked.output, detail={"award": locked.award.number})
    return locked


def confirm_output(output: Output, *, by: Any, on: date) -> Output:
    """What was expected is there since a day, and counts. Raises NotAllowed, Conflict where it was not expected,
    Invalid for a day that has not come."""
    _insist(by, "output.confirm", output)
    if wrong := impossible(on, OutputState.FINAL):
        raise Invalid({"on": [wrong]})
    with transaction.atomic():
        Output.objects.filter(pk=output.pk, state=OutputState.EXPECTED).update(on=on)
        confirmed = advance(output, "confirm", by=by)
        confirmed.credits.filter(until=None).update(since=on)
    return confirmed


def take_back_output(output: Output, *, by: Any, reason: str, on: date | None = None) -> Output:
    """From a day (today) on it counts no more, or is expected no longer; figures of earlier days stay.

    Raises NotAllowed, Invalid without a reason, Conflict where it is taken back already or is a diagnosis, which its
    case takes back.
    """
    _insist(by, "output.take_back", output)
    with transaction.atomic():
        locked = Output.objects.select_for_update().get(pk=output.pk)
        if locked.taken_back_on is None and on is not None:
            Output.objects.filter(pk=output.pk).update(taken_back_on=on)
        return advance(locked, "give_up" if locked.state == OutputState.EXPECTED else "take_back", by=by, note=reason)


def correct_output(output: Output, *, by: Any, reason: str, **said: Any) -> Output:
    """Put right what was recorded wrongly, with the reason: any of ``CORRECTED``. What it said before stays readable;
    every figure is counted as if it had been recorded so, and credits that began on its day begin on the right one.

    Raises NotAllowed; Invalid naming each field at fault, or without a reason; Conflict for a diagnosis, which its case
    tells, and for what is taken back.
    """
    _insist(by, "output.correct", output)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": [_("Say why, in at most %(most)d letters.") % {"most": LONGEST_REASON}]})
    told = stripped({name: said[name] for name in CORRECTED if name in said})
    with transaction.atomic():
        locked = Output.objects.select_for_update().get(pk=output.pk)
        if locked.kind in TOLD_BY_CASES or locked.state not in MAY_BEGIN_AS:
            raise Conflict(_("What its case tells, or what is taken back, is not corrected here."))
        if wrong := impossible(told.get("on", locked.on), locked.state):
            raise Invalid({"on": [wrong]})
        if "reference" in told:
            try:
                told["reference"] = normalised(locked.kind, told["reference"])
            except ValueError as error:
                raise Invalid({"reference": [str(error)]}) from error
        day, where = locked.on, locked.where
        changed = change(locked, told, by=by, action="output.correct", reason=reason.strip())
        if changed.company_public and changed.where != where:
            changed = name_company(changed, by=by, public=False)  # to be said anew of another company
        if changed.on != day:
            later = changed.credits.filter(since=day).exclude(until__lt=changed.on)
            later.update(since=changed.on)
    return changed


def name_company(output: Output, *, by: Any, public: bool) -> Output:
    """Name the company of a licence in public from now on, or no more. Raises NotAllowed, Conflict for what is no
    licence."""
    _insist(by, "output.name_company", output)
    with transaction.atomic():
        locked = Output.objects.select_for_update().get(pk=output.pk)
        if locked.kind != OutputKind.LICENCE:
            raise Conflict(_("Only a licence names a company."))
        locked.company_public = public
        locked.save(update_fields=["company_public"])
        audit.record(by, "output.name_company", locked, detail={"public": public})
    return locked


def _credit(output: Output, awards: Iterable[Award], since: date) -> list[Credit]:
    return Credit.objects.bulk_create(
        [Credit(output=output, award=award, since=since) for award in dict.fromkeys(awards)]
    )


def _insist(by: Any, action: str, subject: Output | None = None) -> None:
    """The node's operator may; others as the rules say."""
    if by is not None:
        audit.insist(rules.may_record_outputs(by), by=by, action=action, subject=subject)
