"""Where a submission runs: a fork server behind shut doors, limits, one language.

Outside: `server` starts it, `session` watches one process of a submission, `memory` and
`cgroup` count what it holds, `child` works on what may be hostile. Inside: `zygote`
forks, `confine` shuts the door, `syscalls` filters, `inside` runs the cells in `shell`.
`wire` is the language between the two.
"""
