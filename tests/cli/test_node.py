"""Preparing and running a node."""

import socket

import pytest
from click import ClickException

from kakehashi.cli.node import insist_on_free_port


def test_a_taken_port_is_said_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ClickException, match=str(port + 1)):
            insist_on_free_port("127.0.0.1", port)


def test_a_free_port_is_accepted():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    insist_on_free_port("127.0.0.1", port)
