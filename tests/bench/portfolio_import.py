"""All NIH tables through `kakehashi portfolio import`: time, peak memory, and that the defect is told.

    python -m tests.bench.portfolio_import               # SQLite, a minute or two
    python -m tests.bench.portfolio_import --database postgresql://…

The command runs in a process of its own on an empty node; time is the command's from start to end, memory the largest
resident set of it and of preparing the node.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time

from tests.conftest import ROOT, shared_data_folder

TOLD = ("224,899 rows read, 224,899 written", "8,429 agree", "214,857 claim more", "1,613 less", "214,691 of these")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="")
    database = parser.parse_args().database
    folder = shared_data_folder()
    if folder is None or not (folder / "nih").is_dir():
        sys.exit("the NIH tables are not beside this checkout")
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "KAKEHASHI_HOME": home,
            "PYTHONPATH": str(ROOT / "src"),
            "KAKEHASHI_CLI_LANGUAGE": "en",
        }
        if database:
            environment["KAKEHASHI_DATABASE_URL"] = database
        command = [sys.executable, "-m", "kakehashi"]
        subprocess.run([*command, "manage", "migrate", "-v0"], env=environment, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        began = time.monotonic()
        given = ["portfolio", "import", str(folder / "nih" / "project_io.csv.gz"), "--format", "csv", "--map", "nih"]
        said = subprocess.run([*command, *given], env=environment, check=True, capture_output=True, text=True).stdout
        took = time.monotonic() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(said)
        processor, memory = used.ru_utime - before, used.ru_maxrss / 1024
        print(f"{took:.1f} s, of these {processor:.1f} s on the processor; at most {memory:.0f} MB")
        missing = [words for words in TOLD if words not in said]
        if missing:
            sys.exit(f"not told: {missing}")


if __name__ == "__main__":
    main()
