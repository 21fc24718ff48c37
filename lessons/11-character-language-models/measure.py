"""Measure the longer runs that the README's race draws; PyTorch, seed 0, one thread.

    python lessons/11-character-language-models/measure.py 192    # 4,000 updates
    python lessons/11-character-language-models/measure.py 384    # 5,000 updates

Prints, at every thousandth update, the millions of letters read, the nats per character
over the whole held-out part and the seconds of training. `figures.py` holds the result.
"""

import sys

from unrolled import batches, data, text

RUNS = {192: (4000, 0.012), 384: (5000, 0.006)}  # updates, highest rate
BATCH, STEPS = 32, 64


def char_lstm(n_symbols: int, n_hidden: int, n_embedding: int = 64):
    """Return the lesson's model, with the lesson's initial weights."""
    from torch import nn

    class CharLSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(n_symbols, n_embedding)
            self.lstm = nn.LSTM(n_embedding, n_hidden, batch_first=True)
            self.out = nn.Linear(n_hidden, n_symbols)
            nn.init.orthogonal_(self.lstm.weight_hh_l0)
            nn.init.ones_(self.lstm.bias_ih_l0[n_hidden : 2 * n_hidden])
            nn.init.xavier_uniform_(self.out.weight)

        def forward(self, x, state=None):
            h, state = self.lstm(self.embed(x), state)
            return self.out(h), state

    return CharLSTM()


def main(n_hidden: int) -> None:
    """Train one run and print its line at every thousandth update."""
    import time

    import torch

    from unrolled.backends import pytorch as ur

    torch.set_num_threads(1)
    updates, rate = RUNS[n_hidden]
    corpus = data.text("plays", fallback=False)
    vocab = text.Vocab.from_text(corpus.text)
    train, valid = batches.split(vocab.encode(corpus.text), 0.95)
    held_out = batches.Streams(valid, 64, 128, whole=True)
    ur.seed(0)
    model = char_lstm(len(vocab), n_hidden)
    began = time.process_time()

    def look(step: int) -> float:
        nats = ur.evaluate(model, held_out, stateful=True)
        letters = step * BATCH * STEPS / 1e6
        seconds = time.process_time() - began
        print(
            f"{letters:6.3f} M letters  {nats:.3f} nats  {seconds:4.0f} s", flush=True
        )
        return nats

    streams = batches.Streams(train, BATCH, STEPS)
    options = {"lr": rate, "stateful": True, "progress": False}
    ur.fit(model, streams, steps=updates, every=1000, after=look, **options)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in map(str, RUNS):
        raise SystemExit("Say which run: measure.py 192, or measure.py 384.")
    main(int(sys.argv[1]))
