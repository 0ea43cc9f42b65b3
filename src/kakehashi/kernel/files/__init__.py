"""Files people upload: kept once by their content, held by an organisation, every download in the audit trail.

A file that may go one day has a moment until which it is kept; the worker enforces it (``actions.sweep``).
"""

from typing import TYPE_CHECKING

from kakehashi.kernel.lazily import found_in

if TYPE_CHECKING:
    from kakehashi.kernel.files.actions import delete_file, expire_file, keep_file, open_file, save_file

__getattr__ = found_in(__name__, {"actions": ("delete_file", "expire_file", "keep_file", "open_file", "save_file")})

__all__ = ["delete_file", "expire_file", "keep_file", "open_file", "save_file"]
