"""``make bench``: every benchmark one after the other, each beside its peers in its own run; results as JSON.

``python -m tests.bench`` runs all, ``python -m tests.bench speed accuracy`` only those named.
"""

import subprocess
import sys
import time

BENCHMARKS = {
    "speed": "CPU time beside hpo3 and semsimian, growth, index size, cold start",
    "accuracy": "disease ranking beside baselines, calibration, unknown diseases",
    "case_matching": "same-disease case matching beside baselines",
    "sharing": "the sharing table in every state, a million random cases, decision time, filter plans",
    "sharing_mutants": "how many faults in the rules of sharing the tests notice",
    "fishing": "what an attacker learns of a hidden case's findings, with and without the bounds of asking",
    "mentions": "findings suggested from clinical text, with negations",
    "trail": "who was told of one case: the audit trail by its look-up and as text, and what an entry costs",
    "killed": "a node killed at 200 random moments of five kinds of work",
    "soak": "twenty people at work on a node for half an hour",
    "allocation": "the exact best choice of adjustment-fund requests, its prices, bounds and clashes",
    "attrition": "expected approvals in closed form beside a simulation",
    "pairing": "the award that carries another on, Japanese against English, beside TF-IDF, BM25 and LSI",
    "pairing_labels": "the bridge between the languages on real labels of findings",
    "portfolio": "the pages, searches and data-book slices of an agency of 28,600 awards",
    "linkage": "the same patient of two hospitals: keyed hashes beside Bloom filters, on made-up people",
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    failed = []
    for name in names or BENCHMARKS:
        print(f"\n=== {name}: {BENCHMARKS[name]}", flush=True)
        started = time.perf_counter()
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"]).returncode:
            failed.append(name)
        print(f"=== {name}: {time.perf_counter() - started:.0f} s wall", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
