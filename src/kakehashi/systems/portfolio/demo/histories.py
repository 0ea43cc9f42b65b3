"""The two histories of the documents in the demo, shown to everybody: the public finder leads with them."""

from kakehashi.systems.portfolio.lineage.installing import install_lineages
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.publication.actions import publish_awards


def publish_histories() -> int:
    """Write the histories, once, and publish their awards; answers how many were not published before.

    An agency's node installs them unpublished, as any award; the demo has them to be found.
    """
    keys = [award.pk for award in install_lineages(by=None)]
    return publish_awards(by=None, awards=Award.objects.filter(pk__in=keys))
