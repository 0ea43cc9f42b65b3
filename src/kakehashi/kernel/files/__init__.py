"""Files people upload: kept once by their content, held by an organisation, every download in the audit trail."""

from typing import TYPE_CHECKING

from kakehashi.kernel.lazily import found_in

if TYPE_CHECKING:
    from kakehashi.kernel.files.actions import delete_file, open_file, save_file

__getattr__ = found_in(__name__, {"actions": ("delete_file", "open_file", "save_file")})

__all__ = ["delete_file", "open_file", "save_file"]
