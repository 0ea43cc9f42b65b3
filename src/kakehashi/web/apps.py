from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kakehashi.web"
    label = "web"
