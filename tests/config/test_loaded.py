"""What a server keeps is not gone over again and again."""

import gc
import subprocess
import sys

ASK = """
import gc
from kakehashi.config.wsgi import application
from kakehashi.config.loaded import set_aside
set_aside()
aside = gc.get_freeze_count()
print(aside > 20 * len(gc.get_objects()), aside > 50_000)
"""


def test_what_is_loaded_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setenv("KAKEHASHI_HOME", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "kakehashi.config.settings")
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True"]
    assert "leak" not in told.stderr
    assert gc.get_freeze_count() == 0  # not of this process
