"""Slow, obvious twins of clean-up: flood by flood, one region at a time."""

from __future__ import annotations

import numpy as np

SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def beside(place, shape):
    """Yield the pixels that share an edge with one."""
    for down, right in SIDES:
        row, column = place[0] + down, place[1] + right
        if 0 <= row < shape[0] and 0 <= column < shape[1]:
            yield row, column


def flood(belongs, start):
    """The set of pixels connected to `start` by edges."""
    found, waiting = {start}, [start]
    while waiting:
        for place in beside(waiting.pop(), belongs.shape):
            if belongs[place] and place not in found:
                found.add(place)
                waiting.append(place)
    return found


def regions(labels):
    """All regions, in the order of their first pixels, as sets of pixels."""
    found, seen = [], set()
    for place in np.ndindex(labels.shape):
        if labels[place] and place not in seen:
            found.append(flood(labels == labels[place], place))
            seen |= found[-1]
    return found


def votes(labels, region):
    """How many edges of a region's pixels lie beside each class, as {class: edges}."""
    counts = {}
    for place in region:
        for other in beside(place, labels.shape):
            if other not in region and labels[other]:
                counts[labels[other]] = counts.get(labels[other], 0) + 1
    return counts


def without_small_regions(labels, least, said):
    """The smallest region, then the first, takes the class along most of its edge; and again."""
    labels = labels.copy()
    while True:
        small = [
            region
            for region in regions(labels)
            if len(region) < least
            and votes(labels, region)
            and not any(said[place] for place in region)
        ]
        if not small:
            return labels
        region = min(small, key=lambda one: (len(one), min(one)))
        counts = votes(labels, region)
        winner = min(counts, key=lambda number: (-counts[number], number))
        for place in region:
            labels[place] = winner


def without_holes(labels, most, said):
    """Of one class after the other, what is enclosed in it becomes of it."""
    labels = labels.copy()
    rows, columns = labels.shape
    for number in range(1, int(labels.max(initial=0)) + 1):
        others, seen = labels != number, set()
        for start in np.ndindex(labels.shape):
            if not others[start] or start in seen:
                continue
            hole = flood(others, start)
            seen |= hole
            is_open = any(
                row in {0, rows - 1} or column in {0, columns - 1} or not labels[row, column]
                for row, column in hole
            )
            if len(hole) > most or is_open or any(said[place] for place in hole):
                continue
            for place in hole:
                labels[place] = number
    return labels


def smoothed(labels, radius, said):
    """The commonest class with data in a disc, of equally common ones the lowest."""
    out = labels.copy()
    for row, column in np.ndindex(labels.shape):
        if not labels[row, column] or said[row, column]:
            continue
        counts = np.zeros(256, int)
        for other_row, other_column in np.ndindex(labels.shape):
            distance = (other_row - row) ** 2 + (other_column - column) ** 2
            if distance <= radius**2 and labels[other_row, other_column]:
                counts[labels[other_row, other_column]] += 1
        out[row, column] = np.argmax(counts)
    return out
