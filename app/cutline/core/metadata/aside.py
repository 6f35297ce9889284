"""One call beside the caller's own work: for what waits for the disk or computes without Python's lock."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def aside(call: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Run `call` in a thread of its own while the block goes on; the thread has ended when the block has.

    What is yielded waits for the call, and returns what it returns or raises what it raises. So does the end of the
    block, that nothing is lost where nobody asked; a block that raises itself is heard first.
    """
    with ThreadPoolExecutor(1, "cutline-aside") as thread:
        called = thread.submit(call)
        yield called.result
        called.result()
