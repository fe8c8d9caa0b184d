"""The least cut through a network, by scipy's maximum flow in a process of its own.

scipy computes it in one long call that holds the interpreter, which would freeze a window.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from numpy.typing import NDArray

    Cut = Callable[["Network"], Generator[None, None, NDArray[np.bool_]]]

Kind = TypeVar("Kind", bound=np.generic)

PAUSE = 0.02  # seconds between two looks at whether the cut is there
_SERVE = "from segmenter.engine.max_flow import serve; serve()"


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
    # A plain process: one of `multiprocessing` would run the user's own script once more.
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    reader = ThreadPoolExecutor(1, thread_name_prefix="segmenter-cut")

    def cut(network: Network) -> Generator[None, None, NDArray[np.bool_]]:
        waiting = reader.submit(_asked, process, network)
        while not waiting.done():
            yield
            try:
                waiting.exception(PAUSE)
            except TimeoutError:
                continue
        try:
            return waiting.result()
        except (EOFError, OSError) as error:
            raise SegmenterError(
                "The cut was lost: its process ended before it was there, perhaps for lack of "
                "memory. Switch the cut off, or use a smaller image."
            ) from error

    try:
        yield cut
    finally:
        process.kill()
        reader.shutdown()
        # Closed without a last flush: nobody reads any more.
        with process:
            pass


def serve() -> None:
    """Cut what comes on the standard input until nothing comes any more."""
    ours, theirs = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            network = Network(*(_received(ours, np.int32) for _ in Network._fields))
        except EOFError:
            return
        _send(theirs, on_the_sinks_side(network))


def _asked(process: subprocess.Popen[bytes], network: Network) -> NDArray[np.bool_]:
    assert process.stdin is not None
    assert process.stdout is not None
    for part in network:
        _send(process.stdin, np.ascontiguousarray(part, np.int32))
    return _received(process.stdout, np.bool_)


def _send(pipe: IO[bytes], array: NDArray[np.generic]) -> None:
    pipe.write(array.size.to_bytes(8, "little"))
    pipe.write(array.tobytes())
    pipe.flush()


def _received(pipe: IO[bytes], kind: type[Kind]) -> NDArray[Kind]:
    size = int.from_bytes(_exactly(pipe, 8), "little")
    return np.frombuffer(_exactly(pipe, size * np.dtype(kind).itemsize), kind)


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    found = pipe.read(count)
    if len(found) < count:
        raise EOFError
    return found


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
