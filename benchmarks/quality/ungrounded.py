"""List the figures and names of recorded answers that no source has: `python -m benchmarks.quality.ungrounded RECORDS`.

The records are those of `citewell eval answers --out`. No model is needed.
"""

import argparse
from pathlib import Path

from evaluation.records import read_records
from evaluation.ungrounded import count_in_records


def main() -> None:
    """Print each such figure and name with its case, then how many there are of how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path, metavar="RECORDS.jsonl")
    counted = count_in_records(read_records(parser.parse_args().records))
    for kind in ("figures", "names"):
        total = sum(getattr(count, kind) for count in counted.values())
        wrong = [(case, each) for case, count in counted.items() for each in getattr(count, f"wrong_{kind}")]
        for case, each in wrong:
            print(f"{case}: {each}")
        share = f", {len(wrong) / total:.3f}" if total else ""
        print(f"{kind} in {len(counted)} answers: {total}, ungrounded {len(wrong)}{share}")


if __name__ == "__main__":
    main()
