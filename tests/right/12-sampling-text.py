"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "temper": {
        "a power of what is left after the largest": """def temper(p, tau):
    raised = (p / p.max()) ** (1 / tau)
    return raised / np.sum(raised)
""",
        "one symbol after the other": """def temper(p, tau):
    import math

    top = max(p)
    raised = [math.exp(math.log(k / top) / tau) if k else 0.0 for k in p]
    total = sum(raised)
    return [k / total for k in raised]
""",
    },
    "nucleus": {
        "a loop": """def nucleus(p, top_p):
    q, total = np.zeros(len(p)), 0
    for k in np.argsort(p)[::-1]:
        q[k] = p[k]
        total += p[k]
        if total >= top_p:
            break
    return q / q.sum()
""",
        "by rank": """def nucleus(p, top_p):
    order = np.argsort(p)[::-1]
    n = 1 + int((np.cumsum(p[order])[:-1] < top_p).sum())
    return np.where(np.isin(np.arange(len(p)), order[:n]), p, 0) / p[order[:n]].sum()
""",
    },
    "generate": {
        "reads before it yields": """def generate(read, prompt, u):
    ids, state = prompt, None
    for number in u:
        p, state = read(ids, state)
        ids = [draw(p, number)]
        yield ids[0]
""",
        "the prompt symbol by symbol": """def generate(read, prompt, u):
    state = None
    for k in prompt:
        p, state = read([k], state)
    for place, number in enumerate(u):
        k = draw(p, number)
        yield k
        if place + 1 < len(u):
            p, state = read([k], state)
""",
    },
    "continuations": {
        "by columns": """def continuations(read, prompt, u):
    texts = [prompt[:] for _ in u]
    now = [read(prompt, None)] * len(u)
    for column in np.transpose(u):
        for row, number in enumerate(column):
            texts[row].append(draw(now[row][0], number))
        now = [read(t[-1:], s) for t, (_, s) in zip(texts, now)]
    return texts
""",
        "new lists": """def continuations(read, prompt, u):
    first, end = read(prompt, None)
    made = []
    for numbers in np.asarray(u):
        drawn, p, state = [], first, end
        for number in numbers:
            drawn = drawn + [draw(p, number)]
            p, state = read([drawn[-1]], state)
        made.append(prompt + drawn)
    return made
""",
    },
    "seen": {
        "searched": """def seen(text, train, lengths):
    def share(n):
        places = range(len(text) - n + 1)
        return sum(text[i : i + n] in train for i in places) / len(places)

    return [share(n) for n in lengths]
""",
        "counted": """def seen(text, train, lengths):
    from collections import Counter

    shares = np.zeros(len(lengths))
    for row, n in enumerate(lengths):
        known = Counter(train[i : i + n] for i in range(len(train)))
        ours = Counter(text[i : i + n] for i in range(len(text) - n + 1))
        found = sum(count for piece, count in ours.items() if piece in known)
        shares[row] = found / sum(ours.values())
    return shares
""",
    },
    "beam": {
        "a heap": """def beam(read, prompt, n, width):
    import heapq

    p, state = read(prompt, None)
    beams = [(0.0, (), p, state)]
    for _ in range(n):
        grown = []
        for total, text, p, state in beams:
            for k, more in enumerate(np.log(p)):
                grown.append((total + more, (*text, k), state))
        best = heapq.nlargest(width, grown, key=lambda one: one[:2])
        beams = [(s, t, *read([t[-1]], state)) for s, t, state in best]
    return list(beams[0][1]), float(beams[0][0])
""",
        "a table": """def beam(read, prompt, n, width):
    p, state = read(prompt, None)
    texts, states, scores, rows = [[]], [state], np.zeros(1), [p]
    for _ in range(n):
        table = scores[:, None] + np.log(rows)
        flat = np.argsort(-table, axis=None)[:width]
        parents, symbols = np.unravel_index(flat, table.shape)
        texts = [[*texts[i], int(k)] for i, k in zip(parents, symbols)]
        scores = table[parents, symbols]
        made = [read([t[-1]], states[i]) for t, i in zip(texts, parents)]
        rows, states = [p for p, _ in made], [s for _, s in made]
    return texts[0], scores[0]
""",
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "temper": {
        "the course's softmax": """from unrolled.backends import shared

def temper(p, tau):
    with np.errstate(divide="ignore"):
        return shared.softmax(np.log(p), tau)
""",
    },
    "nucleus": {
        "counted by the quizzes": """def nucleus(p, top_p):
    from unrolled.quiz.calls_symbols import nucleus as counted

    order = np.argsort(-p)
    exact = p[order].astype(float)
    n = counted(exact, min(top_p, exact.sum()))["answer"]
    return np.where(np.isin(np.arange(len(p)), order[:n]), p, 0) / p[order[:n]].sum()
""",
    },
}
