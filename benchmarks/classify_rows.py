"""Train one network row of the classification benchmark, the same way in both tracks.

`frame` is the module with what is a framework's own, classify_pytorch or
classify_tensorflow: backend, our_trainer, published_trainer, size. A trainer is a model
and a function update(x, mask, y, lr) that takes one step of training.
"""

from types import ModuleType

import numpy as np

from classify_recipe import OURS, WITH_VECTORS, rate
from classify_task import (
    Task,
    as_they_come,
    encode,
    endless,
    judged,
    shares,
    start,
    vocabulary,
)
from common import Clock, Settings
from unrolled import batches


def ours(
    frame: ModuleType, task: Task, settings: Settings, pretrained: bool, limit: int = 0
) -> dict:
    """Train our networks until their epochs or the seconds are over."""
    ur = frame.backend(settings.threads, settings.seed)
    recipe = WITH_VECTORS if pretrained else OURS
    known, given, before = start(task, pretrained, limit, settings)
    clock, models, epochs = Clock(settings), [], 0.0
    ids = encode(task, known)
    train = [ids[row] for row in task.train]
    rng = np.random.default_rng(settings.seed)
    for share in shares(settings.budget - before, recipe.networks, clock):
        ur.seed(1000 * settings.seed + len(models))
        model, update = frame.our_trainer(1 + len(known), task.n_classes, given, recipe)
        for x, mask, y, epoch in endless(train, task.y[task.train], recipe.batch, rng):
            done = max(share(), epoch / recipe.epochs)
            if done >= 1:
                break
            update(x, mask, y, recipe.lr * rate(done))
        models.append(model)
        epochs += epoch / recipe.networks
    took = {"seconds": before + clock.seconds, "epochs": float(epochs)}
    test = batches.Buckets([ids[row] for row in task.test], task.y[task.test], 256)
    found = judged(task, [ur.predict(model, test) for model in models], clock)
    return took | {"parameters": sum(map(frame.size, models))} | found


def published(frame: ModuleType, task: Task, settings: Settings, row: str) -> dict:
    """Train one re-written configuration for the seconds: batch 16, Adam, 1e-3.

    Batches are drawn at random and padded to their longest item.
    """
    ur = frame.backend(settings.threads, settings.seed)
    clock = Clock(settings)
    known = vocabulary(task)
    ids = encode(task, known)
    model, update = frame.published_trainer(1 + len(known), task.n_classes, row)
    rng, updates = np.random.default_rng(settings.seed), 0
    while not clock.done:
        order = rng.permutation(task.train)
        for first in range(0, len(order), 16):
            rows = order[first : first + 16]
            x, mask = batches.pad([ids[row] for row in rows])
            update(x, mask, task.y[rows], 1e-3)
            updates += 1
            if clock.done:
                break
    took = {"seconds": clock.seconds, "epochs": updates * 16 / len(task.train)}
    said = ur.predict(model, as_they_come(task, ids)).argmax(axis=-1)
    right = float(np.mean(said == task.y[task.test]))
    return took | {"parameters": frame.size(model), "accuracy": right}
