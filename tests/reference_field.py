"""Slow, obvious twin of the mean field of a Potts model: float64, plain loops over pixels."""

from __future__ import annotations

import numpy as np

STRAIGHT = ((0, -1), (0, 1), (-1, 0), (1, 0))
CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
# Parities (2 * row + column) that are updated together.
ORDER = {4: ((0, 3), (1, 2)), 8: ((0,), (3,), (1,), (2,))}


class MeanField:
    """As `field.Field`, one pixel at a time; `edge` says by what to multiply an edge.

    It begins at the shares; `favour` (classes,) in nats takes their place in the sweeps.
    """

    def __init__(
        self, sites, table, shares, strength, *, favour=None, neighbours=4, edge=lambda *_: 1.0
    ):
        self.sites, self.strength, self.order = sites, strength, ORDER[neighbours]
        self.offsets = [(*step, 1.0) for step in STRAIGHT]
        if neighbours == 8:
            self.offsets += [(*step, 0.5**0.5) for step in CORNERS]
        self.edge, self.samples = edge, len(table)
        self.logs = np.zeros((*sites.shape, table.shape[1]))
        self.q = np.zeros_like(self.logs)
        for place, site in np.ndenumerate(sites):
            own = table[site] * np.log(2) if site >= 0 else np.zeros(table.shape[1])
            self.logs[place] = own if favour is None else own + favour
            if site <= -2:
                self.q[place][-2 - site] = 1
            else:
                self.q[place] = _softmax(own + np.log(shares) if site >= 0 else own)

    def pull(self, row, column):
        total = np.zeros(self.q.shape[2])
        for down, right, weight in self.offsets:
            other = (row + down, column + right)
            if 0 <= other[0] < self.sites.shape[0] and 0 <= other[1] < self.sites.shape[1]:
                total += weight * self.edge((row, column), other) * self.q[other]
        return self.strength * total

    def sweep(self):
        for group in self.order:
            for row, column in np.ndindex(self.sites.shape):
                if 2 * (row % 2) + column % 2 in group and self.sites[row, column] >= -1:
                    logs = self.logs[row, column] + self.pull(row, column)
                    self.q[row, column] = _softmax(logs)

    def free_energy(self):
        """Equation of the module `field`: expected log joint plus entropy."""
        total = 0.0
        for place, site in np.ndenumerate(self.sites):
            q = self.q[place]
            total += q @ self.pull(*place) / 2
            if site >= -1:
                total += q @ self.logs[place] - sum(p * np.log(p) for p in q if p > 0)
        return total

    def occupancy(self):
        out = np.zeros((self.q.shape[2], self.samples))
        for place, site in np.ndenumerate(self.sites):
            if site >= 0:
                out[:, site] += self.q[place]
        return out


def contrast(values, index):
    """What an edge counts: exp(-|x_i - x_j|^2 / twice their mean), over the mean of that."""
    rows, columns = index.shape

    def square(here, there):
        if index[here] < 0 or index[there] < 0:
            return None
        return float(((values[:, index[here]] - values[:, index[there]]) ** 2).sum())

    down = [((r, c), (r + 1, c)) for r in range(rows - 1) for c in range(columns)]
    right = [((r, c), (r, c + 1)) for r in range(rows) for c in range(columns - 1)]
    straight = [square(*ends) for ends in down + right]
    mean = np.mean([found for found in straight if found is not None])

    def likeness(found):
        return float(np.exp(-(mean if found is None else found) / (2 * mean)))

    average = np.mean([likeness(found) for found in straight])
    return lambda here, there: likeness(square(here, there)) / average


def _softmax(logs):
    exponentials = np.exp(logs - logs.max())
    return exponentials / exponentials.sum()
