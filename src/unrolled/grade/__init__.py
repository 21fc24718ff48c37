"""`unrolled grade`: grades notebooks that nobody has read yet.

A submission runs in a sandbox that holds neither the checks nor the references. It
gets the grader's inputs and returns plain arrays; they are judged outside.

Outside the sandbox: `notebooks` reads, `restore` puts the instructor's cells back,
`cuts` takes out of a check what the inside needs, `sandbox` and `session` run it,
`judge` judges, `grader` grades one submission, `classroom` many, `reports` tells.
Inside: `zygote` forks, `confine` shuts the door, `inside` runs cells. `wire` is the
language between the two.
"""
