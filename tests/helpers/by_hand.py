"""Run a stand-in in a terminal until it is interrupted, to try the program by hand."""

import argparse
import signal
import threading

from helpers.service import StandIn


def serve(make: type[StandIn], limit: int) -> None:
    """Serve on ``--port`` with ``--key``, at most `limit` requests a minute; prints the base URL."""
    parser = argparse.ArgumentParser(description=make.__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0: any")
    parser.add_argument("--key", default="test-key", help="the key it accepts")
    parser.add_argument("--limit", type=int, default=limit, help="most requests a minute; 0: no limit")
    given = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with make(given.key, port=given.port, limit=given.limit) as service:
        print(service.base_url, flush=True)
        over.wait()
        print(f"{len(service.requests)} requests, {len(service.refused)} refused")
