"""Measure what the README's tables say: forecasts, their causes, bands, anomalies.

    python lessons/14-time-series/measure.py forecasts          # every set and model
    python lessons/14-time-series/measure.py forecasts co2      # one set of them
    python lessons/14-time-series/measure.py causes             # why the network wins
    python lessons/14-time-series/measure.py stateful           # windows, or a state
    python lessons/14-time-series/measure.py leak               # prices, and one leak
    python lessons/14-time-series/measure.py gaps               # two ways to fill
    python lessons/14-time-series/measure.py bands              # quantiles, coverage
    python lessons/14-time-series/measure.py anomalies          # AUC of detectors

Each writes its part of `measured.json`; `figures.py` makes the README's tables of it.
What that file does not hold (causes, stateful, leak, anomalies, the sea, the band of
CO2) has not been measured yet, and the page says nothing of it.
Networks run in PyTorch on one thread. `forecasts` needs statsmodels for exponential
smoothing, which the course does not: `pip install -c constraints.txt statsmodels`.

A series is cut in order of time: the first 60 % train, the next 20 % choose (the rate,
the number of updates, the ridge, the form of the input), the last 20 % are looked at
once. Each origin in the last part gives one forecast of `horizon` values, from true
values up to it; nothing is fitted again. All models get the same window.

Each command stands in the file of its name (`causes` in `forecasts.py`); what they
share is in `sets.py`, `classical.py`, `networks.py` and `kept.py`.
"""

import sys

from anomalies import anomalies
from bands import bands
from forecasts import causes, forecasts, smooth
from gaps import gaps
from leak import leak
from stateful import stateful

from unrolled import measured

if __name__ == "__main__":
    ASKED = {"forecasts": forecasts, "causes": causes, "stateful": stateful}
    ASKED |= {
        "smooth": smooth,
        "leak": leak,
        "gaps": gaps,
        "bands": bands,
        "anomalies": anomalies,
    }
    measured.asked(ASKED)(*sys.argv[2:])
