"""Sources of facts and memos of entries in the language in force."""

from django import template

from kakehashi.systems.portfolio.adjustment.funding import memo_said
from kakehashi.systems.portfolio.facts.citing import source_said

register = template.Library()
register.filter("source_said", source_said)
register.filter("memo_said", memo_said)
