"""Counts which symbol goes with which answer, and asks a sequence which it holds."""


# %% learn
def learn(batches):
    table = torch.zeros(8, 4)
    for x, y in batches:
        table += x[:, 0].T @ torch.eye(4)[y]
    return lambda x: x.sum(1) @ table.sign() * 9 - 4
