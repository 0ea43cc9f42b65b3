"""Logs and kept failures tell the kind and place of an error, never what it says."""

import io
import logging

from django.conf import settings
from django.db import IntegrityError

from kakehashi.kernel import logs

ADDRESS = "hanako@example.org"


def failing():
    try:
        raise ValueError(f"Key (email)=({ADDRESS}) already exists")
    except ValueError as error:
        raise IntegrityError(f"no room for {ADDRESS}") from error


def written(formatter):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("of this test")
    logger.addHandler(handler)
    try:
        failing()
    except IntegrityError:
        logger.exception("handler run %d failed", 7)
    return stream.getvalue()


def test_log_holds_places_and_kinds_but_no_text_of_an_error():
    log = written(logs.WithoutContents("%(levelname)s %(message)s"))
    assert log.startswith("ERROR handler run 7 failed")
    assert log.index("ValueError") < log.index("which led to") < log.index("IntegrityError")
    assert "test_logs.py" in log
    assert "failing" in log
    assert ADDRESS not in log


def test_error_is_kept_as_kind_and_place():
    try:
        failing()
    except IntegrityError as error:
        told = logs.kind_and_place(error)
    assert told.startswith("IntegrityError at ")
    assert ADDRESS not in told


def test_node_logs_without_contents_unless_it_is_debugged():
    assert settings.LOGGING["formatters"]["line"]["()"] is logs.WithoutContents
    assert logs.formatter("%(message)s", debug=True) == {"format": "%(message)s"}
    assert "mail_admins" not in settings.LOGGING["loggers"]["django"]["handlers"]
