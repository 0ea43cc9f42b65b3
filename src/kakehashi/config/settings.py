"""Django's settings, one file, driven by the environment (see environment.py for every variable)."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url

from kakehashi.config.environment import value
from kakehashi.kernel import logs

PACKAGE = Path(__file__).resolve().parent.parent
HOME: Path = value("KAKEHASHI_HOME").expanduser().resolve()


def _kept_secret(home: Path, name: str) -> str:
    """A secret of the node's own: made on first use, readable by its owner only, never in the repository."""
    path = home / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)  # patients' data: nobody else on this machine
        fresh = secrets.token_urlsafe(50)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(fresh)
        except FileExistsError:  # another process was first
            return path.read_text().strip()
        return fresh


SECRET_KEY: str = value("KAKEHASHI_SECRET_KEY") or _kept_secret(HOME, "secret.key")
AUDIT_KEY: str = value("KAKEHASHI_AUDIT_KEY") or _kept_secret(HOME, "audit.key")
LINKAGE_KEY: str = value("KAKEHASHI_LINKAGE_KEY") or _kept_secret(HOME, "linkage.key")
AUDIT_CHECKPOINT: Path = HOME / "audit.checkpoint"
DEBUG: bool = value("KAKEHASHI_DEBUG")
ALLOWED_HOSTS: list[str] = value("KAKEHASHI_HOSTS")
BASE_URL: str = value("KAKEHASHI_BASE_URL").rstrip("/")
NODE_NAME: str = value("KAKEHASHI_NODE_NAME")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "kakehashi.kernel.organisations",
    "kakehashi.kernel.people",
    "kakehashi.kernel.sharing",
    "kakehashi.kernel.audit",
    "kakehashi.kernel.events",
    "kakehashi.kernel.jobs",
    "kakehashi.kernel.notices",
    "kakehashi.kernel.search",
    "kakehashi.kernel.files",
    "kakehashi.systems.portfolio",
    "kakehashi.systems.cases",
    "kakehashi.systems.exchange",
    "kakehashi.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kakehashi.web.security.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "kakehashi.kernel.api.language.ApiLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kakehashi.web.logging_in.BackToThePage",
    "kakehashi.kernel.people.reading.ReadOnce",
    "kakehashi.web.problems.ProblemPages",
    "kakehashi.kernel.answers.Answers",
]

FORM_RENDERER = "kakehashi.web.forms.Renderer"
CSRF_FAILURE_VIEW = "kakehashi.web.problems.forgery_suspected"
ROOT_URLCONF = "kakehashi.config.urls"
WSGI_APPLICATION = "kakehashi.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kakehashi.web.context.shell",
            ],
        },
    }
]

_DATABASE_URL: str = value("KAKEHASHI_DATABASE_URL")
if _DATABASE_URL:
    DATABASES: dict[str, Any] = {"default": dj_database_url.parse(_DATABASE_URL, conn_max_age=60)}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "kakehashi.sqlite3"}}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON",
    }
CACHES = {  # shared by the node's processes: rate limits count across them
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": HOME / "cache"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "kakehashi.web.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "login": "kakehashi.web.account_forms.LoginForm",
    "reset_password": "kakehashi.web.account_forms.ResetPasswordForm",
    "reset_password_from_key": "kakehashi.web.account_forms.NewPasswordForm",
    "change_password": "kakehashi.web.account_forms.ChangePasswordForm",
    "reauthenticate": "kakehashi.web.account_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "kakehashi.web.account_forms.SecondStepForm",
    "reauthenticate": "kakehashi.web.account_forms.SecondStepAgainForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by their organisation, never signed up by themselves
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a forgotten-password form mails nobody it does not know, and says nothing
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{NODE_NAME}] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if value("KAKEHASHI_BEHIND_PROXY") else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = NODE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not value("KAKEHASHI_SECURE")  # on one's own machine
SOCIALACCOUNT_ADAPTER = "kakehashi.kernel.people.accounts.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # by the address the provider has verified
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
OIDC_ISSUER: str = value("KAKEHASHI_OIDC_ISSUER")
if OIDC_ISSUER:
    SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": value("KAKEHASHI_OIDC_NAME"),
                    "client_id": value("KAKEHASHI_OIDC_CLIENT_ID"),
                    "secret": value("KAKEHASHI_OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }

LANGUAGES = [("ja", "日本語"), ("en", "English")]
LANGUAGE_CODE: str = value("KAKEHASHI_LANGUAGE")
LOCALE_PATHS = [PACKAGE / "locale"]
DOI_PREFIX: str = value("KAKEHASHI_DOI_PREFIX")
FUNDER_ID: str = value("KAKEHASHI_FUNDER_ID")
GIVING_PREFIX: str = value("KAKEHASHI_360GIVING_PREFIX")
CO_INVESTIGATORS_SEE_ALL: bool = value("KAKEHASHI_CO_INVESTIGATORS_SEE_ALL")
TIME_ZONE: str = value("KAKEHASHI_TIME_ZONE")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024 * value("KAKEHASHI_UPLOAD_LIMIT_MB")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 16_000  # the form of a case with 1,000 findings and 500 variants
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

_MAIL = urlsplit(value("KAKEHASHI_MAIL_URL"))
if _MAIL.scheme.startswith("smtp"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _MAIL.hostname or "localhost"
    EMAIL_PORT = _MAIL.port or 587
    EMAIL_HOST_USER = unquote(_MAIL.username or "")
    EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")
    EMAIL_USE_TLS = _MAIL.scheme == "smtp" and bool(_MAIL.username)
    EMAIL_USE_SSL = _MAIL.scheme == "smtps"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mails"
DEFAULT_FROM_EMAIL: str = value("KAKEHASHI_MAIL_FROM")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if value("KAKEHASHI_SECURE"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if value("KAKEHASHI_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": logs.formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", DEBUG)},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": [], "level": "WARNING"}},  # through the root alone: no mails to ADMINS
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
