"""Each programme that awards named in words becomes a row of its own."""

from django.db import migrations


def make_programmes(apps, schema_editor):
    Award, Programme = apps.get_model("portfolio", "Award"), apps.get_model("portfolio", "Programme")
    named = Award.objects.exclude(programme_name="", programme_name_en="").order_by("pk")
    for name, name_en in dict.fromkeys(named.values_list("programme_name", "programme_name_en")):
        made = Programme.objects.create(
            code=f"P{Programme.objects.count() + 1}", name=name or name_en, name_en=name_en
        )
        Award.objects.filter(programme_name=name, programme_name_en=name_en).update(programme=made)


def name_them(apps, schema_editor):
    Award = apps.get_model("portfolio", "Award")
    for award in Award.objects.exclude(programme=None).select_related("programme"):
        award.programme_name, award.programme_name_en = award.programme.name, award.programme.name_en
        award.save()


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0004_structure_and_ledger")]

    operations = [migrations.RunPython(make_programmes, name_them)]
