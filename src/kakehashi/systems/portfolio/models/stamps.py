"""What is put on tables when they change, so that what was read of them is known to be as they stand."""

from typing import ClassVar

from django.db import models


class Stamp(models.Model):
    """A random number that changes of one kind of rows in one fiscal year put here; their sum is the stamp.

    Written by triggers alone (``columns.stamps``). ``written_in``: the transaction (PostgreSQL), else 0.
    """

    about = models.CharField(max_length=20)
    fiscal_year = models.IntegerField()
    written_in = models.BigIntegerField()
    number = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["about", "fiscal_year", "written_in"], name="stamp_once_a_transaction")
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.fiscal_year}"
