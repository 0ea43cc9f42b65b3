from django.db import models

from kakehashi.kernel.sharing.models import SharedRecord


class Record(SharedRecord):
    organisation_id = models.PositiveBigIntegerField()
    award_id = models.PositiveBigIntegerField(null=True)
    state = models.CharField(max_length=12, default="registered")

    offered_states = frozenset({"registered", "diagnosed"})

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "reach"], name="record_of_organisation"),
        ]
