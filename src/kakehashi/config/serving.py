"""The application as ``kakehashi up`` serves it: what the first pages need is opened in the background meanwhile."""

import logging
import threading

from kakehashi.config.loaded import set_aside
from kakehashi.config.parent import end_this_process, end_with_parent
from kakehashi.config.wsgi import application

__all__ = ["application"]


def _warm() -> None:
    """Open ranker and case index; a page that comes earlier waits for just that, and meets the same error itself."""
    from django.db import connection

    from kakehashi.systems.cases.public import warm

    try:
        warm()
    except Exception:
        logging.getLogger(__name__).exception("the node could not be warmed up")
    finally:
        connection.close()
        set_aside()


end_with_parent(end_this_process)  # a server killed outright leaves nobody behind on its port
threading.Thread(target=_warm, name="warm", daemon=True).start()
