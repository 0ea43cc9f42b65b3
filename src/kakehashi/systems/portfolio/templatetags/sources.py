"""Sources of facts in the language in force."""

from django import template

from kakehashi.systems.portfolio.facts.citing import source_said

register = template.Library()
register.filter("source_said", source_said)
