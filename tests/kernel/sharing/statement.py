"""Who may see what, said a second time: from the rules as people tell them, not from the table.

Plain conditions on plain dictionaries; nothing of kernel.sharing is used but its numbers for levels and reach.
"""

from datetime import date

OWN_PURPOSES = {"care", "matching", "research", "oversight"}
SHARING_PURPOSES = {"matching", "research", "public_health"}


def granted(ask, record, level, joined_only=False):
    for grant in ask["grants"]:
        if joined_only and not grant["joined"]:
            continue
        if ask["purpose"] not in grant["purposes"] or grant["level"] < level:
            continue
        what, which = grant["of"]
        if what == "record" and which == (record["kind"], record["id"]):
            return True
        if what == "award" and which == record["award"]:
            return True
        if what == "organisation" and which == record["holder"]:
            return True
    return False


def treated(ask, record, level, against):
    """Care: whoever the patient was handed to sees the record, whatever was said of sharing; nobody else."""
    handed = [grant for grant in ask["grants"] if "care" in grant["purposes"] and grant["level"] >= level]
    if not any(grant["of"] == ("record", (record["kind"], record["id"])) for grant in handed):
        against = against | {"not_referred"}
    if record["state"] not in ("registered", "diagnosed"):
        against = against | {"not_offered"}
    if not ask["takes_part"]:
        against = against | {"no_part"}
    return against if against != {"not_own"} else None


def reaches(ask, record):
    if record["reach"] == 3:
        return True
    if record["reach"] == 2 and record["holder"] in ask["compatriots"]:
        return True
    return record["reach"] >= 1 and record["holder"] in ask["partners"]


def permitted(ask, record, level, day: date):
    """Set of reasons against, or None when the record is seen at this level."""
    if level == 0:
        return None
    sharing = ask["purpose"] in SHARING_PURPOSES
    own = ask["purpose"] in OWN_PURPOSES
    if not sharing and not own:
        return {"no_purpose"}
    if own and record["holder"] in ask["reads"]:
        return None
    against = {"not_own"} if own else set()
    if ask["purpose"] == "care":
        return treated(ask, record, level, against)
    if not sharing:
        return against

    outbreak = ask["purpose"] == "public_health" and record["holder"] in ask["excepted"]
    both = set()
    if not ask["takes_part"]:
        both.add("no_part")
    if record["state"] not in ("registered", "diagnosed"):
        both.add("not_offered")
    consented = record["consent_from"] is not None and record["consent_from"] <= day
    if not consented or (record["consent_until"] is not None and record["consent_until"] < day):
        both.add("no_consent")
    at_home = record["holder"] in ask["compatriots"]
    if not record["consent_abroad"] and not (at_home and record["consent_domestic"]):
        both.add("consent_too_narrow")
    if ask["private"] and not (record["private_sector"] and record["consent_private"]):
        both.add("sector")

    reach = set(both)
    if record["shown"] < level:
        reach.add("not_shown")
    if not reaches(ask, record):
        reach.add("out_of_reach")
    if record["embargo_until"] is not None and record["embargo_until"] > day and not outbreak:
        reach.add("embargo")
    if record["opted_out"] and not outbreak:
        reach.add("opted_out")
    if level == 3 and record["class"] != "open":
        reach.add("not_open")

    grant = set(both)
    if not granted(ask, record, level):
        grant.add("no_grant")
    if record["class"] == "restricted" and not reaches(ask, record):
        grant.add("restricted")
    if record["opted_out"] and not outbreak and not granted(ask, record, level, joined_only=True):
        grant.add("opted_out")

    if not reach or not grant:
        return None
    return against | reach | grant
