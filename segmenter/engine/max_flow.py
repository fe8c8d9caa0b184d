"""The least cut through a network, by scipy's maximum flow in a process of its own.

scipy computes it in one long call that holds the interpreter, which would freeze a window.
"""

from __future__ import annotations

from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

    Cut = Callable[["Network"], Generator[None, None, NDArray[np.bool_]]]

PAUSE = 0.02  # seconds between two looks at whether the cut is there


class Network(NamedTuple):
    """Capacities between nodes, and to each node from the source or from it to the sink.

    ``tails``, ``heads`` (E,) int32 nodes; ``capacities`` (E,) int32; ``terminals`` (nodes,) int32:
    above 0 from the source, below 0 to the sink.
    """

    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    capacities: NDArray[np.int32]
    terminals: NDArray[np.int32]


@contextmanager
def cutter() -> Iterator[Cut]:
    """Start the process, give a function that cuts there and yields meanwhile, and end it."""
    # Not forked: a fork would take over locks that other threads hold.
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()

    def cut(network: Network) -> Generator[None, None, NDArray[np.bool_]]:
        try:
            for part in network:
                ours.send_bytes(np.ascontiguousarray(part, np.int32).data)
            while not ours.poll(PAUSE):
                yield
            return np.frombuffer(ours.recv_bytes(), np.bool_)
        except (EOFError, OSError) as error:
            raise SegmenterError(
                "The cut was lost: its process ended, most likely for lack of memory. "
                "Switch the cut off, or use a smaller image."
            ) from error

    try:
        yield cut
    finally:
        ours.close()
        process.terminate()
        process.join()


def _serve(connection: Connection) -> None:
    """Cut what comes until nothing comes any more."""
    while True:
        try:
            parts = [np.frombuffer(connection.recv_bytes(), np.int32) for _ in Network._fields]
        except EOFError:
            return
        connection.send_bytes(on_the_sinks_side(Network(*parts)).tobytes())


def on_the_sinks_side(network: Network) -> NDArray[np.bool_]:
    """Return (nodes,) whether a least cut leaves each node on the sink's side."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - costs a start 0.2 s
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow  # noqa: PLC0415

    count = len(network.terminals)
    source, sink = count, count + 1
    fed = np.flatnonzero(network.terminals > 0)
    drained = np.flatnonzero(network.terminals < 0)
    tails = np.concatenate([network.tails, np.full(len(fed), source), drained])
    heads = np.concatenate([network.heads, fed, np.full(len(drained), sink)])
    capacities = np.concatenate(
        [network.capacities, network.terminals[fed], -network.terminals[drained]]
    )
    shape = (count + 2, count + 2)
    graph = csr_array((capacities.astype(np.int32), (tails, heads)), shape=shape)
    left = graph - maximum_flow(graph, source, sink).flow
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    is_on_sinks_side = np.ones(count + 2, np.bool_)
    is_on_sinks_side[reached] = False
    return is_on_sinks_side[:count]
