from django.db import migrations
from django.utils import timezone


def keep_as_asked_for(apps, schema_editor):
    """Analyses that committees asked for before it was kept which ones they were: they wait to be sent again.

    Until then the committee's decision made the analysis: sent by who decided, on that day, to no centre, its grounds
    as the note. What someone has sent since has a centre, another sender or another day, or one was called back first.
    """
    Analysis, Review = apps.get_model("cases", "Analysis"), apps.get_model("cases", "Review")
    asked = Review.objects.filter(decision="analyse_again", decided_at__isnull=False, decided_by__isnull=False)
    for review in asked.order_by("-decided_at", "-pk"):
        day = timezone.localdate(review.decided_at)
        Analysis.objects.filter(
            case=review.case_id,
            case__state="in_analysis",
            review=None,
            centre=None,
            done_on=None,
            called_back_on=None,
            received_on=None,
            sent_by=review.decided_by_id,
            sent_on=day,
            note__in=("", review.note),
        ).exclude(case__analyses__called_back_on__gte=day).update(review=review, sent_by=None, note="")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0018_words_of_levels"),
    ]

    operations = [
        migrations.RunPython(keep_as_asked_for, migrations.RunPython.noop),
    ]
