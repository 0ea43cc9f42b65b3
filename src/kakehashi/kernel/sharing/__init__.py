"""Sharing: the one place that decides who may see how much of what, and why.

    subject = person_subject(person, readers=READERS)
    decide(subject, case, Purpose.MATCHING, context(), Level.MATCHING)      # Verdict with every failing reason
    Case.objects.filter(visible_to(subject, Purpose.MATCHING, context(), "cases.case"))

The rules are in table.py, the fields and rows they read in models.py, the words in states.py.
"""

from kakehashi.kernel.lazily import found_in
from kakehashi.kernel.sharing.subject import Context, GrantInForce, Subject

__all__ = ["Context", "GrantInForce", "Subject"]

__getattr__ = found_in(
    __name__,
    {
        "states": ["DataClass", "Level", "Purpose", "Reach", "Sector"],
        "decision": ["decide", "judge", "level_of", "visible_to"],
        "subjects": ["context", "institution_subject", "node_subject", "person_subject"],
    },
)
