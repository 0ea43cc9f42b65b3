from django.db import models

from kakehashi.kernel.sharing.models import SharedRecord


class Record(SharedRecord):
    organisation_id = models.PositiveBigIntegerField()
    award_id = models.PositiveBigIntegerField(null=True)
    offered = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "reach"], name="record_of_organisation"),
        ]
