"""Shared by all tests: the real data and the compiled message catalogue. Database and home folder: settings.py."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from kakehashi.engines.phenotype.knowledge import Knowledge, load
from tests import migrated, statements

ROOT = Path(__file__).resolve().parent.parent
# A busy machine draws slowly and answers late: that is no fault of what is tested.
hypothesis_settings.register_profile("kakehashi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("kakehashi")


def shared_data_folder() -> Path | None:
    """The folder of real data beside the checkout (or named by KAKEHASHI_TEST_DATA), None when absent."""
    named = os.environ.get("KAKEHASHI_TEST_DATA")
    candidates = [Path(named)] if named else [parent / "shared" / "data" for parent in ROOT.parents]
    return next((folder for folder in candidates if (folder / "phenopackets").is_dir()), None)


# What a test asks for that goes to a database of the kind that TEST_DATABASE names.
ON_THE_DATABASE = {"db", "module_db", "transactional_db", "live_server", "node_database", "node_databases"}


def pytest_addoption(parser):
    parser.addoption("--note-statements", metavar="FOLDER", help="note what each parameter set asks the database")
    parser.addoption("--pictures", action="store_true", help="keep pictures of pages in tests/e2e/screenshots")
    parser.addoption("--by-statements", metavar="FOLDER", help="leave out who asks what others do, by these notes")


def pytest_configure(config):
    if named := config.getoption("--note-statements"):
        folder = Path(named)
        if "PYTEST_XDIST_WORKER" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        config.pluginmanager.register(statements.Noted(folder))


def pytest_collection_modifyitems(config, items):
    """The long ones first, so that no process is left with one at the end; on PostgreSQL only what asks a database."""
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        same = {item.nodeid for item in items if not asks_the_database(item)}
        if named := config.getoption("--by-statements"):
            same |= statements.left_out(
                {item.nodeid: statements.group_of(item) for item in items if item.nodeid not in same},
                statements.noted_in(Path(named)),
            )
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in same])
        items[:] = [item for item in items if item.nodeid not in same]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def asks_the_database(item):
    """Whether the database's kind can make a difference to a test."""
    if item.get_closest_marker("words"):
        return False
    return bool(item.get_closest_marker("django_db") or ON_THE_DATABASE & set(item.fixturenames))


@pytest.fixture(scope="session")
def django_db_keepdb():
    """The database is there before Django looks (below), and its folder is thrown away with the run."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Each process begins with a copy of the migrated database: Django's own migrating finds little to do."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        migrated.copy_to(Path(database["TEST"]["NAME"]))
    else:
        database["TEST"]["TEMPLATE"] = migrated.made_on(os.environ["KAKEHASHI_DATABASE_URL"])


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """For a module's fixtures: what they write stands for each of its tests, and is gone after the last.

    Each test takes back its own writes as ever. For modules of which no test commits.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = shared_data_folder()
    if folder is None:
        pytest.skip("the real data are not beside this checkout (set KAKEHASHI_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The embedded HPO release, compiled once and kept between runs (its folder is named by its content)."""
    return load(ROOT / "var" / "test-ontology")


@pytest.fixture(scope="session")
def compiled_ontology(knowledge: Knowledge) -> None:
    """The node of the tests finds the ontology that the test run keeps compiled."""
    folder = Path(settings.HOME) / "ontology"
    with suppress(FileExistsError):  # tests in another process share the folder and may have been quicker
        folder.symlink_to(ROOT / "var" / "test-ontology", target_is_directory=True)


@pytest.fixture(scope="session", autouse=True)
def _emptying_the_audit_trail_between_tests():
    """Transactional tests empty every table at their end; trail and ledger refuse that: their triggers step aside.

    What Django itself writes of the models stays as the migrations left it: to write it anew took half of such tests.
    PostgreSQL's TRUNCATE of a hundred tables takes ten times what it takes to find the few with rows and DELETE those.
    """
    from django.contrib.auth.management import create_permissions
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db import connection
    from django.db.models.signals import post_migrate
    from django.test import TransactionTestCase

    from kakehashi.kernel.audit import triggers
    from kakehashi.systems.portfolio.desks.checking import KEEPERS

    original, tables = TransactionTestCase._fixture_teardown, connection.introspection.django_table_names
    quoted = connection.ops.quote_name
    known = {"receiver": create_permissions, "dispatch_uid": f"{create_permissions.__module__}.create_permissions"}
    of_models = (known, {"receiver": create_contenttypes})

    def emptied(*given, **how):
        known = set(tables(*given, **how)) - {"django_content_type", "auth_permission"}
        filled = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted(table)})" for table in sorted(known))
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(filled))
            return [table for (table,) in cursor.fetchall()]

    def deletes(_style, filled, **_how):
        return [f"DELETE FROM {quoted(table)}" for table in filled]

    def teardown(case):
        for refusing in (triggers, *KEEPERS):
            refusing.remove(connection)
        assert all(post_migrate.disconnect(**one) for one in of_models)
        with (
            patch.object(connection.introspection, "django_table_names", emptied),
            patch.object(connection.ops, "sql_flush", deletes),
        ):
            original(case)
        for one in of_models:
            post_migrate.connect(**one)
        for refusing in (triggers, *KEEPERS):
            refusing.install(connection)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture(autouse=True)
def _no_language_of_other_tests():
    """A request leaves its language in force in the thread that it was answered in."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_checkpoint_of_other_tests(settings):
    """Each test begins with an empty audit trail, so the file that remembers how far it went must be gone too."""
    settings.AUDIT_CHECKPOINT.unlink(missing_ok=True)
