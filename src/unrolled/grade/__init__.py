"""`unrolled grade`: grades notebooks that nobody has read yet.

A submission runs in a sandbox that holds neither the checks nor the references. It
gets the grader's inputs and returns plain arrays; they are judged outside.

`sandbox` runs what was handed in, `submission` reads it and puts the instructor's cells
back, `marking` grades one, `classes` many, `report` tells; `command` is the front door.
"""
