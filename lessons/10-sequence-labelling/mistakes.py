"""The wrong answers that learners give: what to say, and what it is in the solution."""

ENDS = 'if kind is not None and (mark != "I" or name != kind):'
BEGINS = 'if mark != "O" and kind is None:'
SET = "found.add((kind, start, t))"
SPAN_F1 = {
    "An I that continues nothing of its kind is dropped. By seqeval's convention it "
    "begins a span.": {BEGINS: 'if mark == "B" and kind is None:'},
    "An I of another kind goes on with the span. It ends the old one and begins one of "
    "its own.": {ENDS: 'if kind is not None and mark != "I":'},
    "A B right after a span of its own kind goes on with it. Every B begins a span.": {
        ENDS: 'if kind is not None and (mark == "O" or name != kind):'
    },
    "A span that reaches the end of its sentence is lost. What ends it there?": {
        '[*tags, "O"]': "tags"
    },
    "The kind of a span is not compared. Right place and wrong kind is wrong.": {
        SET: 'found.add(("", start, t))'
    },
    "The end of a span is not compared. A span that is cut short is wrong.": {
        SET: "found.add((kind, start))"
    },
    "The beginning of a span is not compared. First and last word must be right.": {
        SET: "found.add((kind, t))"
    },
    "Spans of different sentences are thrown together, so that a span of one sentence "
    "may be found in another. Compare sentence by sentence, and add up the counts.": {
        "right = n_said = n_true = 0\n": "every, all_true = set(), set()\n",
        "        right, n_said, n_true = right + len(a & b), n_said + len(a), "
        "n_true + len(b)\n": "        every, all_true = every | a, all_true | b\n"
        "    right, n_said, n_true = len(every & all_true), "
        "len(every), len(all_true)\n",
    },
    "That is F1 of single tags that are not O. Count whole spans.": {
        "a, b = spans(some), spans(others)": "a, b = ({(t, g) for t, g in "
        'enumerate(tags) if g != "O"} for tags in (some, others))'
    },
    "Two sentences are read as one row, so that a span may run from one into the next. "
    "Each sentence begins afresh.": {
        "for some, others in zip(said, true, strict=True):": "for some, others in "
        "[(sum(said, []), sum(true, []))]:"
    },
    "Where nothing was said and nothing is there you say 1. Here each is 0 where its "
    "denominator is.": {
        "    f1 = ": "    if n_said + n_true == 0:\n        return 1.0, 1.0, 1.0\n"
        "    f1 = "
    },
    "F1 is the harmonic mean of precision and recall. Yours is their plain mean.": {
        "2 * right / max(n_said + n_true, 1)": "(right / max(n_said, 1) + right / "
        "max(n_true, 1)) / 2"
    },
    "F1 lacks its factor 2: it is 2 times what is right, divided by what was said plus "
    "what is there.": {"f1 = 2 * right": "f1 = right"},
}

EVERY, BACK = "every = best[:, None] + moves", "path.append(back[path[-1]])"
VITERBI = {
    "Each word takes the tag with its own highest score. The moves count, too.": (
        """def viterbi(scores, moves):
    return scores.argmax(axis=1)
"""
    ),
    "Each word takes the best tag after the one that was chosen before it: that is "
    "greedy. A worse tag now may allow a better sequence.": (
        """def viterbi(scores, moves):
    path = [scores[0].argmax()]
    for now in scores[1:]:
        path.append((moves[path[-1]] + now).argmax())
    return np.array(path)
"""
    ),
    "The moves are read the other way round: the row is where a step comes from, the "
    "column where it goes.": {"+ moves": "+ moves.T"},
    "The best tag of each word is the end of the best way *up to there*. Go back from "
    "the last word, by where each way came from.": {
        "    path = [best.argmax()]\n    for back in came[::-1]:\n"
        f"        {BACK}\n    return np.array(path[::-1])": "    return np.array(path)",
        "    came = []\n": "    path = [best.argmax()]\n",
        "        came.append(every.argmax(axis=0))\n": "",
        "every.max(axis=0) + now\n": "every.max(axis=0) + now\n"
        "        path.append(best.argmax())\n",
    },
    "The scores of the last word do not count.": {
        "    path = [best": "    best = best - (scores[-1] if len(scores) > 1 else 0)\n"
        "    path = [best"
    },
    "The scores of the first word do not count.": {
        "best = scores[0]": "best = 0 * scores[0]"
    },
    "The path comes out last word first. Turn it round.": {"path[::-1])": "path)"},
    "The ways are followed from the first word to the last. They say where each way "
    "came *from*: begin at the end.": {"in came[::-1]": "in came"},
    "Where a way came from is looked up for its best end, not for the tag that the "
    "path holds.": {BACK: "path.append(back[back.argmax()])"},
    "The best way is chosen after the new word's scores were added to the tag that it "
    "comes from. They belong to the tag that it goes to.": {
        "every = best[:, None] + moves": "every = (best + now)[:, None] + moves",
        "every.max(axis=0) + now": "every.max(axis=0)",
    },
    "The moves are added to the scores of one tag only: a row of best scores, `(n, )`, "
    "needs another axis beside `moves` `(from, to)`.": {"best[:, None]": "best"},
}  # fmt: skip

ROWS = "[[kinds[k] for k in row[m]] for row, m in zip(rows, mask, strict=True)]"
F1 = "metrics.entity_f1(names(said), names(y)).f1"
JUDGED = {
    "The accuracy counts pads, which are right by themselves where both are 0. Count "
    "real words.": {"said[mask] == y[mask]": "said == y"},
    "The accuracy leaves out the words that are O in truth. They are words, too.": {
        "said[mask] == y[mask]": "(said == y)[mask & (y != 0)]"
    },
    "The accuracy is the mean of the sentences' accuracies, so that a word of a short "
    "sentence counts more. Take the mean over words.": {
        "np.mean(said[mask] == y[mask])": "np.mean([np.mean(a[m] == b[m]) for a, b, m "
        "in zip(said, y, mask)])"
    },
    "The tags of all sentences stand in one row, so that a name may run from one "
    "sentence into the next. Give `entity_f1` a list for each sentence.": {
        f"return {ROWS}": f"return [sum({ROWS}, [])]"
    },
    "Pads get the name of a tag: they are O to you, or what the tagger said there. Cut "
    "them off.": {
        "row[m]] for row, m in zip(rows, mask, strict=True)": "row] for row in rows"
    },
    "The F1 is the mean of the sentences' F1. Count spans over all of them together.": {
        F1: "np.mean([metrics.entity_f1([a], "
        "[b]).f1 for a, b in zip(names(said), names(y))])"
    },
    "That is the precision, not F1.": {".f1": ".precision"},
    "That is the recall, not F1.": {".f1": ".recall"},
    "That is the F1 of single tags that are not O. Whole spans are asked for.": {
        F1: "2 * ((said == y) & (y > 0))[mask]"
        ".sum() / ((said > 0)[mask].sum() + (y > 0)[mask].sum())"
    },
    "The truth is cut, and what the tagger said is not: the pads hold spans of its "
    "own.": {
        "names(said), names(y)": "[[kinds[k] if real else 'O' for k, real in zip(row, "
        "m)] + [kinds[k] for k in row[~m]] for row, m in zip(said, mask)], "
        "[[kinds[k] for k in row[m]] + ['O'] * (~m).sum() for row, m in zip(y, mask)]"
    },
}

T_LENGTHS = "mask.sum(dim=1).cpu()"
K_READ = "h = layer(x, mask=mask)"
KEPT = {
    "The pads are read: the backward direction begins in them. Give the layer the "
    "lengths or the mask.": {
        "pytorch": """def kept(layer, e, extra, mask):
    h = layer(torch.cat([e, extra], dim=-1))[0]
    return h * mask[..., None]
""",
        "tensorflow": {K_READ: "h = layer(x)"},
    },
    "The pads' inputs are set to 0 and then read. Zeros move a state, too: give the "
    "layer the lengths or the mask.": {
        "pytorch": """def kept(layer, e, extra, mask):
    x = torch.cat([e, extra], dim=-1) * mask[..., None]
    return layer(x)[0] * mask[..., None]
""",
        "tensorflow": {K_READ: "h = layer(tf.where(mask[..., None], x, 0.0))"},
    },
    "The states at the pads are not 0. Set them after the layer.": {
        "pytorch": {"return h": "return torch.where(mask[..., None], h, 1.0)"},
        "tensorflow": {"h, 0.0)": "h, 1.0)"},
    },
    "What stands in `extra` changes nothing. Put it beside `e`, along the last axis.": {
        "pytorch": {"[e, extra]": "[e, 0 * extra]"},
        "tensorflow": {"[e, extra]": "[e, 0 * extra]"},
    },
    "What stands in `e` changes nothing. Is it multiplied away?": {
        "pytorch": {"[e, extra]": "[0 * e, extra]"},
        "tensorflow": {"[e, extra]": "[0 * e, extra]"},
    },
    "`extra` stands before `e`. The layer's weights expect `e` first.": {
        "[e, extra]": "[extra, e]"
    },
    "The states end with the longest sentence. There is one for each place of `e`, 0 "
    "where no sentence is so long: `total_length=x.shape[1]`.": {
        "pytorch": {", total_length=x.shape[1]": ""}
    },
    "Every sentence is read to the length of the shortest one.": {
        "pytorch": {T_LENGTHS: "mask.sum(dim=1).min().expand(len(x)).cpu()"},
        "tensorflow": {
            K_READ: "h = layer(x, mask=mask & tf.reduce_all(mask, axis=0)[None])"
        },
    },
    "The last real word of each sentence is not read: a length is one too short.": {
        "pytorch": {T_LENGTHS: "(mask.sum(dim=1) - 1).clamp(min=1).cpu()"},
        "tensorflow": {
            K_READ: "h = layer(x, mask=tf.concat([mask[:, :1], mask[:, 2:], "
            "mask[:, :1] & False], axis=1)[:, : x.shape[1]])"
        },
    },
}  # fmt: skip

# In `tagger` several answers are right: here stands a phrase of what its check says.
T_SPELL, K_SPELL = "self.spell(letters)[1][0]", "self.spell(letters)"
T_READ = "self.read(packed)[0]"
K_OUT = "self.out(self.read(e, mask=mask))"


def _both(torch, keras):
    return {"pytorch": torch, "tensorflow": keras}


T_PLAIN = {
    "        packed = nn.utils.rnn.pack_padded_sequence(\n"
    "            e, lengths, batch_first=True, enforce_sorted=False\n        )\n": "",
    "h, _ = nn.utils.rnn.pad_packed_sequence(\n"
    "            self.read(packed)[0], batch_first=True, total_length=x.shape[1]\n"
    "        )": "h = self.read(e)[0]",
}
T_ONE_WAY = {
    "batch_first=True, bidirectional=True": "batch_first=True",
    "nn.Linear(48": "nn.Linear(24",
}
K_TWO = "keras.layers.Bidirectional(\n            keras.layers.GRU(24, return_sequences=True)\n        )"  # noqa: E501
K_ONE_WAY = {K_TWO: "keras.layers.GRU(24, return_sequences=True)"}
TAGGER = {
    "columns of padding change": _both(T_PLAIN, {", mask=mask": ""}),
    "read the sentence in both directions": _both(T_ONE_WAY, K_ONE_WAY),
    "Another word number changes nothing": {"x[..., 0]": "0 * x[..., 0]"},
    "Other letters at the end of a word change nothing": _both(
        {T_SPELL: f"(0 * {T_SPELL})"}, {K_SPELL: f"0 * {K_SPELL}"}
    ),
    "The letters of a word backwards": _both(
        {T_SPELL: "letters.sum(dim=1).repeat(1, 2)"},
        {K_SPELL: "tf.tile(tf.reduce_sum(letters, axis=1), (1, 2))"},
    ),
    "Another first word changes nothing": _both(
        {T_READ: "self.read(packed)[0]._replace(data=packed.data)"},
        {"self.read(e, mask=mask)": "e"},
    ),
    "through a softmax": _both(
        {"self.out(h)": "self.out(h).softmax(dim=-1)"},
        {K_OUT: f"tf.nn.softmax({K_OUT})"},
    ),
    "None of the logits is below 0": _both(
        {"self.out(h)": "self.out(h).relu()"},
        {K_OUT: f"tf.nn.relu({K_OUT})"},
    ),
    "one answer for each sentence": _both(
        {"self.out(h)": "self.out(h[:, 0])"},
        {K_OUT: "self.out(self.read(e, mask=mask)[:, 0])"},
    ),
    "Return logits alone": _both(
        {"self.out(h)": "self.out(h), h"},
        {K_OUT: f"{K_OUT}, e"},
    ),
    "returned nothing": {"return self": "self"},
}  # fmt: skip

MISTAKES = {
    "span-f1": SPAN_F1,
    "viterbi": VITERBI,
    "judged": JUDGED,
    "kept": KEPT,
    "tagger": TAGGER,
}
