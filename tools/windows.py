"""Measure the windows of a unit: run its lesson over many seeds, in both tracks.

    python tools/windows.py 02-recurrent-cell --seeds 20 --jobs 2

`--track tensorflow` measures one track, and keeps the windows of the other. Each run is
the lesson as a plain script with UNROLLED_SEED set, one thread a process. Cells tagged
`aside` are left out: nothing that is recorded depends on them. What every run recorded
is kept in build/windows/, so an interrupted measurement goes on where it stopped. The
windows go to lessons/<unit>/windows.json.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scipy import stats
from tqdm import tqdm

from front import whole_unit
from unrolled.source.layout import TRACKS

ROOT = Path(__file__).resolve().parent.parent
# Of 1,000 honest runs fewer than this many fall outside a window.
OUTSIDE_PER_1000 = 1


def window(values: list[float], measure: str) -> dict:
    """Return the window of a result: where one more run falls, but for 1 in 1,000.

    It is Student's prediction interval for one more draw: mean ± t · sd · √(1 + 1/n).
    An accuracy stays in [0, 1]. Raises ValueError for fewer than 20 values.
    """
    n = len(values)
    if n < 20:
        raise ValueError(f"{n} runs were given; a window needs at least 20 seeds.")
    mean, sd = statistics.fmean(values), statistics.stdev(values)
    reach = stats.t.ppf(1 - OUTSIDE_PER_1000 / 2000, n - 1) * sd * math.sqrt(1 + 1 / n)
    # Runs that agree exactly do not prove that all will: elsewhere the last digit
    # differs, and so may the answer to one test item in two hundred.
    least = 0.005 if measure == "accuracy" else 1e-9 + 1e-6 * abs(mean)
    reach = max(reach, least)
    low, high = mean - reach, mean + reach
    if measure == "accuracy":
        low, high = max(low, 0.0), min(high, 1.0)
    return {
        "low": low,
        "high": high,
        "mean": mean,
        "sd": sd,
        "least": min(values),
        "most": max(values),
        "seeds": n,
    }


def run_all(unit: str, track: str, seeds: int, folder: Path, jobs: int) -> None:
    """Run a lesson with every seed that has not been run, and keep what it recorded.

    Raises SystemExit with what a run printed that failed.
    """
    missing = [s for s in range(seeds) if not (folder / f"{track}-{s}.jsonl").exists()]
    if not missing:
        return
    command = [sys.executable, "tools/run_seeds.py", unit, track, str(folder)]
    command += [*map(str, missing), "--jobs", str(jobs)]
    runs = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    bar = tqdm(runs.stdout, f"{unit}, {track}", len(missing), unit="run", ascii=True)
    for _ in bar:
        pass
    if runs.wait():
        sys.exit("The measurement has stopped; what was run is kept.")


def collect(folder: Path, seeds: int, measured: Sequence[str] = TRACKS) -> dict:
    """Return {what: {track: window}} from the runs that are kept in `folder`.

    A result whose bound is stated (`at_most`) needs no window.
    """
    found: dict[str, dict[str, list[dict]]] = {}
    for track in measured:
        for seed in range(seeds):
            for line in (folder / f"{track}-{seed}.jsonl").read_text().splitlines():
                entry = json.loads(line)
                found.setdefault(entry["what"], {}).setdefault(track, []).append(entry)
    return {
        what: {
            track: window([e["value"] for e in entries], entries[0]["measure"])
            | {"corpus": entries[0]["corpus"]}
            for track, entries in tracks.items()
        }
        for what, tracks in sorted(found.items())
        if not any(e.get("at_most") for runs in tracks.values() for e in runs)
    }


def merged(known: dict, found: dict, measured: Sequence[str]) -> dict:
    """Return what was found, and of what was known the tracks not measured now."""
    both = {}
    for what in sorted(known | found):
        others = {t: w for t, w in known.get(what, {}).items() if t not in measured}
        if windows := others | found.get(what, {}):
            both[what] = dict(sorted(windows.items()))
    return both


def main() -> None:
    """Measure and write the windows of the units that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "units", nargs="+", help="numbers or folders: 02, 02-recurrent-cell"
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--track", choices=TRACKS, help="one track only")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 1)))
    options = parser.parse_args()
    for unit in [whole_unit(asked) for asked in options.units]:
        folder = ROOT / "build" / "windows" / unit
        folder.mkdir(parents=True, exist_ok=True)
        tracks = [options.track] if options.track else TRACKS
        for track in tracks:
            run_all(unit, track, options.seeds, folder, options.jobs)
        path = ROOT / "lessons" / unit / "windows.json"
        found = collect(folder, options.seeds, tracks)
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        both = merged(known, found, tracks)
        path.write_text(json.dumps(both, indent=2) + "\n", encoding="utf-8")
        for what, tracks in found.items():
            for track, w in tracks.items():
                print(
                    f"{what} ({track}): {w['mean']:.4g} ± {w['sd']:.2g}, "
                    f"window [{w['low']:.4g}, {w['high']:.4g}], {w['seeds']} seeds"
                )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print(
            "\nStopped. What was run is kept; the same call goes on.", file=sys.stderr
        )
        sys.exit(130)
