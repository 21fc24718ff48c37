"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "growth": {
        "polyfit": """def growth(sizes, costs, far):
    slope, height = np.polyfit(np.log(sizes), np.log(costs), 1)
    return slope, np.exp(height), np.exp(height + slope * np.log(far))
""",
        "least squares, base 2": """def growth(n, c, far):
    a = np.stack([np.log2(n), np.ones(len(n))], axis=1)
    (p, k), *_ = np.linalg.lstsq(a, np.log2(c), rcond=None)
    return [p, 2.0**k, 2.0**k * far**p]
""",
    },
    "attend": {
        "a loop over steps": """def attend(x, w_q, w_k, w_v):
    out = []
    for t in range(x.shape[1]):
        past = x[:, : t + 1]
        q = x[:, t : t + 1] @ w_q
        scores = (q @ np.swapaxes(past @ w_k, 1, 2)) * w_q.shape[1] ** -0.5
        e = np.exp(scores - scores.max(-1, keepdims=True))
        out.append((e / e.sum(-1, keepdims=True)) @ (past @ w_v))
    return np.concatenate(out, axis=1)
""",
        "einsum, a large negative score": """def attend(x, w_q, w_k, w_v):
    q, k, v = (np.einsum("bti,in->btn", x, w) for w in (w_q, w_k, w_v))
    s = np.einsum("bqn,bkn->bqk", q / np.sqrt(w_q.shape[1]), k)
    future = np.triu(np.ones((x.shape[1], x.shape[1])), k=1)
    s = s - 1e9 * future
    s = np.exp(s - s.max(axis=2)[:, :, None])
    return np.einsum("bqk,bkn->bqn", s / s.sum(axis=2)[:, :, None], v)
""",
    },
    "attend-backward": {
        "einsum": """def attend_backward(d_y, q, k, v, shares):
    d_v = np.einsum("bqk,bqn->bkn", shares, d_y)
    d_s = np.einsum("bqn,bkn->bqk", d_y, v)
    d_s = shares * d_s - shares * np.einsum("bqk,bqk->bq", shares, d_s)[..., None]
    d_s = d_s * q.shape[2] ** -0.5
    return np.einsum("bqk,bkn->bqn", d_s, k), np.einsum("bqk,bqn->bkn", d_s, q), d_v
""",
    },
    "scan": {
        "halves": """def scan(a, b, h0):
    def go(a, b):
        n = a.shape[1]
        if n == 1:
            return a, b
        if n % 2:
            one = np.ones_like(a[:, :1])
            p, s = go(
                np.concatenate([a, one], 1), np.concatenate([b, 0 * one], 1)
            )
            return p[:, :n], s[:, :n]
        p, s = go(a[:, 1::2] * a[:, ::2], a[:, 1::2] * b[:, ::2] + b[:, 1::2])
        pa, sb = np.empty_like(a), np.empty_like(b)
        pa[:, 1::2], sb[:, 1::2] = p, s
        pa[:, 0], sb[:, 0] = a[:, 0], b[:, 0]
        pa[:, 2::2] = a[:, 2::2] * p[:, :-1]
        sb[:, 2::2] = a[:, 2::2] * s[:, :-1] + b[:, 2::2]
        return pa, sb

    p, s = go(a, b)
    return p * h0[:, None] + s
""",
    },
    "together": {
        "sums, then one division": """def together(gradients, n_rows, clip):
    there = [(g, n) for g, n in zip(gradients, n_rows) if n > 0]
    whole = [
        sum(n * g[k] for g, n in there) / sum(n_rows) for k in range(len(gradients[0]))
    ]
    norm = np.linalg.norm(np.concatenate([w.reshape(-1) for w in whole]))
    if norm > clip:
        whole = [w / norm * clip for w in whole]
    return tuple(whole)
""",
    },
    "attend-next": {
        "einsum": """def attend_next(x, cache, w_q, w_k, w_v):
    k = np.append(cache[0], (x @ w_k)[:, np.newaxis], axis=1)
    v = np.append(cache[1], (x @ w_v)[:, np.newaxis], axis=1)
    s = np.einsum("bn,btn->bt", x @ w_q, k) / w_q.shape[1] ** 0.5
    s = np.exp(s - np.max(s, axis=1)[:, None])
    return np.einsum("bt,btn->bn", s, v) / s.sum(1)[:, None], [k, v]
""",
    },
}
