"""A series of our own: a day, a week, noise that lasts, gaps and faults. Always there.

It stands in for a series that cannot be had, so it has all that the lessons look for:
missing values, and stretches that are labelled as faults.
"""

import numpy as np

DAY, DAYS = 48, 140
GAPS, FAULTS = 60, 6  # moments that are missing; stretches that are faults
FAULT = 60  # moments


def made(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return values (time,) and which moments are faulty (time,), of half hours.

    Work days have two peaks and week-ends one; the noise is an AR(1). Faults lie in the
    second half: there the day is missing. A missing value is NaN.
    """
    rng = np.random.default_rng(seed)
    n = DAY * DAYS
    hour, day = np.arange(n) % DAY / 2, np.arange(n) // DAY % 7

    def peak(at: float, width: float) -> np.ndarray:
        return np.exp(-(((hour - at) / width) ** 2))

    work = 6 * peak(8.5, 2.0) + 7 * peak(18, 2.5)
    season = np.where(day < 5, work, 5 * peak(14, 4.0))
    noise = np.zeros(n)
    for t, shock in enumerate(rng.normal(scale=0.4, size=n)):
        noise[t] = 0.8 * noise[t - 1] * (t > 0) + shock
    faulty = np.zeros(n, bool)
    for k in range(FAULTS):
        start = n // 2 + (2 * k + 1) * n // (4 * FAULTS) + int(rng.integers(DAY))
        faulty[start : start + FAULT] = True
    values = 10 + np.where(faulty, season.mean(), season) + noise
    values[rng.choice(n, GAPS, replace=False)] = np.nan
    return values, faulty
