"""How forms are drawn everywhere: label above, help before errors, what is wrong listed on top with links."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """settings.FORM_RENDERER: ``{{ form }}`` and ``{{ field.as_field_group }}`` come out in the house's look."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
