"""Right answers in other styles: how they differ, and what it is in the solution."""

T_KEPT = """def kept(layer, e, extra, mask):
    x = torch.cat([e, extra], dim=-1)
    out = x.new_zeros(*mask.shape, 2 * layer.hidden_size)
    for row, n in enumerate(mask.sum(dim=1).tolist()):
        out[row, :n] = layer(x[row : row + 1, :n])[0][0]
    return out
"""
T_SORTED = """def kept(layer, e, extra, mask):
    lengths, order = mask.sum(dim=1).cpu().sort(descending=True)
    x = torch.cat((e, extra), -1)[order]
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
    h = nn.utils.rnn.pad_packed_sequence(layer(packed)[0], True, 0.0, x.shape[1])[0]
    out = torch.empty_like(h)
    out[order] = h
    return out
"""
K_KEPT = """def kept(layer, e, extra, mask):
    h = layer(keras.ops.concatenate([e, extra], axis=-1), mask=mask)
    return h * tf.cast(mask, h.dtype)[:, :, None]
"""

RIGHT = {
    "span-f1": {
        "by walking on": """def span_f1(said, true):
    def walk(tags):
        out, k = [], 0
        while k < len(tags):
            if tags[k] == "O":
                k += 1
                continue
            kind, stop = tags[k][2:], k + 1
            while stop < len(tags) and tags[stop] == "I-" + kind:
                stop += 1
            out.append((k, stop, kind))
            k = stop
        return out

    a = [(i, *s) for i, tags in enumerate(said) for s in walk(tags)]
    b = [(i, *s) for i, tags in enumerate(true) for s in walk(tags)]
    both = len(set(a) & set(b))
    p = both / len(a) if a else 0.0
    r = both / len(b) if b else 0.0
    return (2 * p * r / (p + r) if p + r else 0.0), p, r
""",
        "by pairs of neighbors": """def span_f1(said, true):
    def spans(tags, n):
        starts = []
        for t, tag in enumerate(tags):
            before = tags[t - 1] if t else "O"
            if tag[0] == "B" or (tag[0] == "I" and before[1:] != tag[1:]):
                starts.append(t)
        out = []
        for t in starts:
            end = t
            while end + 1 < len(tags) and tags[end + 1] == "I" + tags[t][1:]:
                end += 1
            out.append((n, t, end, tags[t][2:]))
        return out
    x = sum((spans(tags, n) for n, tags in enumerate(said)), [])
    y = sum((spans(tags, n) for n, tags in enumerate(true)), [])
    hits = sum(one in y for one in x)
    f1 = 0.0 if not x and not y else 2 * hits / (len(x) + len(y))
    return f1, hits / len(x) if x else 0.0, hits / len(y) if y else 0.0
""",
    },
    "viterbi": {
        "a list of lists": """def viterbi(scores, moves):
    T, n = scores.shape
    best = [list(scores[0])]
    back = [[0] * n]
    for t in range(1, T):
        row, come = [], []
        for b in range(n):
            ways = [best[-1][a] + moves[a][b] for a in range(n)]
            come.append(max(range(n), key=ways.__getitem__))
            row.append(ways[come[-1]] + scores[t][b])
        best.append(row)
        back.append(come)
    tag = max(range(n), key=best[-1].__getitem__)
    path = [tag]
    for t in range(T - 1, 0, -1):
        tag = back[t][tag]
        path.insert(0, tag)
    return path
""",
        "from the end": """def viterbi(scores, moves):
    ahead = np.zeros(scores.shape[1])
    nexts = []
    for t in range(len(scores) - 1, 0, -1):
        total = moves + (scores[t] + ahead)[None]
        nexts.append(total.argmax(axis=1))
        ahead = total.max(axis=1)
    tags = [int(np.argmax(scores[0] + ahead))]
    for to in reversed(nexts):
        tags.append(int(to[tags[-1]]))
    return np.array(tags, dtype=np.int32)
""",
    },
    "judged": {
        "row by row": """def judged(said, y, mask, kinds):
    a, b, hits = [], [], 0
    for s, t, m in zip(said, y, mask):
        n = int(m.sum())
        hits += int((s[:n] == t[:n]).sum())
        a.append([kinds[k] for k in s[:n]])
        b.append([kinds[k] for k in t[:n]])
    return hits / mask.sum(), metrics.entity_f1(a, b)[0]
""",
    },
    "kept": {
        "another way": {"pytorch": T_KEPT, "tensorflow": K_KEPT},
        "sorted": {"pytorch": T_SORTED},
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "span-f1": {
        "the course's measure": """def span_f1(said, true):
    found = metrics.entity_f1(said, true)
    return found.f1, found.precision, found.recall
""",
    },
}
