"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "auc": {
        "in loops": """def auc(values, labels):
    won, pairs = 0.0, 0
    for a in values[labels]:
        for b in values[labels == False]:
            won += 1.0 if a > b else 0.5 if a == b else 0.0
            pairs += 1
    return won / pairs
""",
        "by scikit-learn": """from sklearn.metrics import roc_auc_score

def auc(values, labels):
    return roc_auc_score(labels, values)
""",
        "by signs": """def auc(values, labels):
    signs = np.sign(np.subtract.outer(values[labels], values[~labels]))
    return (1 + signs.mean()) / 2
""",
    },
    "null": {
        "as one product": """def null(ranks, labels, shifts):
    rolled = np.stack([np.roll(labels, s) for s in shifts]).astype(float)
    n_true = int(labels.sum())
    areas = rolled @ ranks - n_true * (n_true + 1) / 2
    areas /= n_true * (labels.size - n_true)
    return 0.5 + abs(areas - 0.5).max(1)
""",
        "a list, by index": """def null(ranks, labels, shifts):
    n, at = len(labels), np.flatnonzero(labels)
    k, best = len(at), []
    for shift in shifts:
        wins = ranks[(at + shift) % n].sum(0) - sum(range(1, k + 1))
        areas = wins / (k * (n - k))
        best.append(float(max(areas.max(), (1 - areas).max())))
    return best
""",
        "the states rolled back": {
            "np.roll(labels, shift)": "labels",
            "ranks[rolled]": "np.roll(ranks, -shift, axis=0)[rolled]",
        },
    },
    "hunt": {
        "by the distance from one half": """def hunt(areas_a, areas_b):
    unit = int(np.argmax(np.abs(np.asarray(areas_a) - 0.5)))
    sign = np.sign(areas_a[unit] - 0.5)
    return unit, 0.5 + sign * (areas_b[unit] - 0.5)
""",
        "in a loop": """def hunt(areas_a, areas_b):
    best, unit = -1.0, None
    for j, area in enumerate(areas_a):
        if max(area, 1 - area) > best:
            best, unit = max(area, 1 - area), j
    if areas_a[unit] >= 0.5:
        return unit, areas_b[unit]
    return unit, 1 - areas_b[unit]
""",
    },
    "ablate": {
        "by the other bias": {
            "pytorch": {"lstm.bias_ih_l0 +=": "lstm.bias_hh_l0 +="},
        },
        "new arrays": {
            "pytorch": """def ablate(lstm, out, unit, mean):
    w, v = lstm.weight_hh_l0.clone(), out.weight.clone()
    seen = torch.zeros(lstm.hidden_size)
    seen[unit] = mean
    lstm.bias_ih_l0.copy_(lstm.bias_ih_l0 + w @ seen)
    out.bias.copy_(v @ seen + out.bias)
    w[:, unit], v[:, unit] = 0.0, 0.0
    lstm.weight_hh_l0.copy_(w)
    out.weight.copy_(v)
""",
            "tensorflow": """def ablate(lstm, out, unit, mean):
    seen = np.zeros(lstm.units, np.float32)
    seen[unit] = mean
    others = (np.arange(lstm.units) != unit)[:, None].astype(np.float32)
    w_x, w_h, b = lstm.get_weights()
    lstm.set_weights([w_x, w_h * others, b + seen @ w_h])
    w, b = out.get_weights()
    out.set_weights([w * others, b + seen @ w])
""",
        },
        "nothing comes into the unit either": {
            "pytorch": {
                "    out.bias += mean": "    own = slice(unit, None, len(out.weight.T))"
                "\n    lstm.weight_ih_l0[own] = 0\n    out.bias += mean"
            },
            "tensorflow": {
                "    lstm.set": "    w_x[:, unit :: len(w_h)] = 0\n    lstm.set"
            },
        },
    },
    "saturation": {
        "reshaped": """def saturation(gate, low, high):
    flat = np.reshape(gate, (-1, np.shape(gate)[-1]))
    n = len(flat)
    left = np.count_nonzero(flat < low, axis=0) / n
    right = np.count_nonzero(flat > high, axis=0) / n
    return [left, right, -n / np.log(flat).sum(axis=0)]
""",
        "in other logarithms": {
            "-1 / np.log(gate).mean(axis=(0, 1))": "-np.log10(np.e) / "
            "np.log10(gate).mean(axis=(0, 1))"
        },
    },
    "attribute": {
        "by autograd, with einsum": {
            "pytorch": """def attribute(embed, lstm, out, ids, target, mean):
    e = embed.weight[ids].detach().clone().requires_grad_()
    h = lstm(e.unsqueeze(0))[0][0]
    z = out(h)[-1]
    log_p = z[target] - z.logsumexp(0)
    (slope,) = torch.autograd.grad(log_p, e)
    return (slope**2).sum(1).sqrt(), torch.einsum("td,td->t", slope, mean - e)
""",
            "tensorflow": """def attribute(embed, lstm, out, ids, target, mean):
    e = tf.Variable(tf.gather(embed.embeddings, ids))
    with tf.GradientTape() as tape:
        z = out(lstm(e[None])[:, -1])[0]
        log_p = z[target] - tf.reduce_logsumexp(z)
    slope = tf.convert_to_tensor(tape.gradient(log_p, e))
    gain = tf.einsum("td,td->t", slope, mean[None] - e)
    return tf.sqrt(tf.reduce_sum(slope**2, 1)), gain
""",
        },
        "by the loss": {
            "pytorch": """def attribute(embed, lstm, out, ids, target, mean):
    e = embed(ids).detach()[None].requires_grad_(True)
    z = out(lstm(e)[0])[:, -1]
    loss = nn.functional.cross_entropy(z, torch.tensor([target]))
    loss.backward()
    slope = -e.grad.squeeze(0)
    return slope.norm(dim=-1), ((mean - e) * slope).sum(-1)[0]
""",
            "tensorflow": """def attribute(embed, lstm, out, ids, target, mean):
    e = embed(ids)[None]
    with tf.GradientTape() as tape:
        tape.watch(e)
        z = out(lstm(e)[:, -1])
        loss = keras.losses.sparse_categorical_crossentropy(
            [target], z, from_logits=True
        )
    slope = -tape.gradient(loss, e)[0]
    return tf.linalg.norm(slope, axis=-1), tf.reduce_sum((mean - e[0]) * slope, -1)
""",
        },
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "auc": {
        "the quizzes' own": """from unrolled.quiz import calls_lists

def auc(values, labels):
    ours, others = values[labels], values[~labels]
    lost = calls_lists.auc(others, ours)["answer"]
    return (calls_lists.auc(ours, others)["answer"] + 1 - lost) / 2
""",
    },
}
