"""The wrong answers that learners give: what to say, and what it is in the solution."""

AVERAGE = {
    "`keep` weighs the old average and `1 - keep` the new value; yours are the other "
    "way round.": {"keep * h + (1 - keep) * x": "(1 - keep) * h + keep * x"},
    "The new value has its full weight, so the average grows too large. Weigh it by "
    "`1 - keep`.": {"(1 - keep) * ": ""},
    "The old average is never used. Is `h` assigned anew at every step?": {
        "keep * h + ": ""
    },
    "Your average starts at the first value; here it starts at 0.": {
        "np.zeros(len(x), x.dtype)": "x[:, 0]"
    },
    "This is the mean of all values so far, in which nothing is forgotten. Use "
    "`keep`.": {"keep * h + (1 - keep) * x[:, t]": "x[:, : t + 1].mean(axis=1)"},
    "Your loop runs over the sequences of the batch. Time is the second axis.": {
        "len(x)": "x.shape[1]",
        "range(x.shape[1])": "range(len(x))",
        "x[:, t]": "x[t]",
        "axis=1": "axis=0",
    },
}

MISTAKES = {"average": AVERAGE}
