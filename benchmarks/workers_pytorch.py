"""One batch, several threads: each reads its own rows with the same weights.

A time step of an LSTM is a small product, and two threads that share it wait for each
other at every step. Here each thread takes half of the rows through all steps, forward
and back, on its own; they meet once an update, when their gradients are averaged. That
is data-parallel training within one process, and its gradient is that of the whole
batch (tests/test_benchmarks.py).
"""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy


class Workers:
    """Threads that compute the gradient of one model together.

    `model(x, state)` returns logits and the next state. Each worker has a replica whose
    weights are the model's own memory, and carries the state of its rows.
    """

    def __init__(self, model: nn.Module, n: int) -> None:
        self.replicas = [model] + [copy.deepcopy(model) for _ in range(n - 1)]
        for replica in self.replicas[1:]:
            for own, weight in zip(
                replica.parameters(), model.parameters(), strict=True
            ):
                own.data = weight.data
        self.states: list[Any] = [None] * n
        # One thread of arithmetic for each worker: they do not share a product.
        torch.set_num_threads(1)
        self.pool = ThreadPoolExecutor(
            n, initializer=torch.set_num_threads, initargs=(1,)
        )

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown()

    def gradients(self, x: torch.Tensor, y: torch.Tensor, new: bool) -> float:
        """Put the mean loss' gradient into the model; return the loss, in nats.

        x, y: (batch, time), the batch a multiple of the number of workers. `new` starts
        the states again; otherwise they go on where the last call ended.
        """
        n = len(self.replicas)
        if len(x) % n:
            raise ValueError(
                f"A batch of {len(x)} rows cannot be shared by {n} threads."
            )
        if new:
            self.states = [None] * n
        losses = list(self.pool.map(self._share, range(n), x.chunk(n), y.chunk(n)))
        weights = [w for w in self.replicas[0].parameters() if w.requires_grad]
        total = [w.grad for w in weights]
        for replica in self.replicas[1:]:
            more = [w.grad for w in replica.parameters() if w.requires_grad]
            torch._foreach_add_(total, more)
        torch._foreach_div_(total, n)
        return sum(losses) / n

    def _share(self, k: int, x: torch.Tensor, y: torch.Tensor) -> float:
        model = self.replicas[k]
        model.zero_grad(set_to_none=True)
        logits, state = model(x, self.states[k])
        self.states[k] = tuple(s.detach() for s in state)
        loss = cross_entropy(logits.flatten(0, 1), y.flatten())
        loss.backward()
        return loss.item()
