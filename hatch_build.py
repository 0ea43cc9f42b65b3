"""hatchling's build hook: compiles the Japanese catalogue before the package is packed or linked."""

import runpy
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    def initialize(self, version, build_data):
        runpy.run_path(str(Path(self.root, "src/kakehashi/locale/build.py")), run_name="__main__")
