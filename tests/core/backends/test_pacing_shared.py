"""One pace for all processes, across a restart, and what becomes of it where the service permits less."""

import heapq
import itertools
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core import paths
from cutline.core.backends.pace_state import Held, in_file, in_memory
from cutline.core.backends.pacing import MARGIN, PATIENCE, SLOWER, SLOWEST, Pacer, shared

MINUTE = 60.0


class Clock:
    """The machine's clock, for all who share it."""

    def __init__(self, now: float = 5000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def send(pacer: Pacer, clock: Clock) -> float:
    """Send one request as soon as it may be sent; when that was."""
    turn = pacer.turn()
    while pacer.took(turn.at) is None:
        clock.now += max(pacer.left(turn.at), 1e-9)
    return clock.now


def gaps(times: list[float]) -> list[float]:
    return [b - a for a, b in itertools.pairwise(times)]


def test_processes_take_turns_on_one_grid(tmp_path: Path) -> None:
    clock, dice = Clock(), random.Random(5)
    pacers = [Pacer(60, clock, held=in_file(tmp_path / "pace", clock)) for _ in range(4)]
    waiting: list[tuple[float, int]] = [(clock.now, number) for number in range(4)]
    places: dict[int, float] = {}
    sent: list[float] = []
    while len(sent) < 400:
        clock.now, number = heapq.heappop(waiting)
        at = places[number] = places.get(number) or pacers[number].turn().at
        if pacers[number].took(at) is not None:
            sent.append(clock.now)
            del places[number]
            heapq.heappush(waiting, (clock.now + dice.uniform(0.2, 3), number))
        else:
            heapq.heappush(waiting, (clock.now + pacers[number].left(at) + dice.uniform(0, 0.001), number))
    assert min(gaps(sent)) >= 1.0 - 1e-9
    assert (len(sent) - 1) / (sent[-1] - sent[0]) >= 0.99


def test_a_program_that_starts_again_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    clock = Clock()
    sent = []
    for _ in range(5):
        pacer = Pacer(6, clock, held=in_file(tmp_path / "pace", clock))
        sent += [send(pacer, clock), send(pacer, clock)]
    assert gaps(sent) == pytest.approx([10 * MARGIN] * 9)


def test_a_hold_is_kept_by_the_others_too(tmp_path: Path) -> None:
    clock = Clock()
    one, other = (Pacer(60, clock, held=in_file(tmp_path / "pace", clock)) for _ in range(2))
    one.hold(50)
    assert send(other, clock) == pytest.approx(5050)


def test_the_machine_starting_again_is_no_reason_to_wait(tmp_path: Path) -> None:
    clock = Clock(900_000.0)
    send(Pacer(60, clock, held=in_file(tmp_path / "pace", clock)), clock)
    clock.now = 12.0
    assert send(Pacer(60, clock, held=in_file(tmp_path / "pace", clock)), clock) == 12.0


@given(content=st.binary(max_size=100))
def test_any_content_of_the_file_is_survived(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    clock = Clock()
    path = tmp_path_factory.mktemp("any") / "pace"
    path.write_bytes(content)
    pacer = Pacer(60, clock, held=in_file(path, clock))
    start = clock.now
    pacer.accepted()
    pacer.refused(1)
    pacer.accepted()
    send(pacer, clock)
    assert 0 < clock.now - start <= 3601


WORKER = """
import sys, time
from pathlib import Path
from cutline.core.backends.pace_state import in_file
from cutline.core.backends.pacing import Pacer
from cutline.core.control import Control
path, per_minute, count = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
pacer, control = Pacer(per_minute, held=in_file(path, time.monotonic)), Control()
for _ in range(count):
    pacer.turn().take(control)
    print(time.monotonic(), flush=True)
"""


def test_real_processes_keep_one_pace(tmp_path: Path) -> None:
    per_minute, count, crowd = 3000, 25, 3
    command = [sys.executable, "-c", WORKER, str(tmp_path / "pace"), str(per_minute), str(count)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(crowd)]
    sent = sorted(float(line) for process in running for line in process.communicate()[0].splitlines())
    assert len(sent) == count * crowd
    least = MINUTE / per_minute
    # each prints a moment after it was permitted, so that two can look closer than they were
    assert all(later - earlier >= 9 * least for earlier, later in zip(sent, sent[10:], strict=False))


def test_an_hour_has_a_limit_of_its_own() -> None:
    clock = Clock()
    pacer = Pacer(60, clock, per_hour=1200)
    sent = [send(pacer, clock) for _ in range(50)]
    assert gaps(sent) == pytest.approx([3 * MARGIN] * 49)
    unlimited = Pacer(0, clock, per_hour=3600)
    assert gaps([send(unlimited, clock) for _ in range(5)]) == pytest.approx([MARGIN] * 4)


def test_a_refusal_makes_all_wait_and_then_go_on_more_slowly() -> None:
    clock = Clock()
    pacer = Pacer(60, clock)
    start = send(pacer, clock)
    pacer.refused(30)
    pacer.refused(20)  # sent before the first was refused: nothing new
    first, second, third = (send(pacer, clock) for _ in range(3))
    assert first == pytest.approx(start + 30)
    assert gaps([first, second, third]) == pytest.approx([MARGIN * SLOWER] * 2)


def test_late_refusals_of_what_was_sent_before_slow_nobody_down_again() -> None:
    clock = Clock()
    pacer = Pacer(60, clock)
    sent = clock.now
    clock.now += 5
    for _ in range(20):  # each after the hold of the one before is over
        pacer.refused(1, sent)
        clock.now += 1.1
    assert gap_now(pacer, clock) == pytest.approx(MARGIN * SLOWER)
    pacer.refused(1, clock.now)
    clock.now += 2
    assert gap_now(pacer, clock) == pytest.approx(MARGIN * SLOWER**2)


def test_the_pace_recovers_step_by_step_and_not_before_its_time() -> None:
    clock = Clock()
    pacer = Pacer(60, clock)
    for _ in range(3):
        pacer.refused(1)
        clock.now += 2
    assert gap_now(pacer, clock) == pytest.approx(MARGIN * SLOWER**3)
    patience = 4 * PATIENCE[0]  # doubled with the second and the third
    clock.now += patience / 2
    pacer.accepted()
    assert gap_now(pacer, clock) == pytest.approx(MARGIN * SLOWER**3)
    for steps in (2, 1, 0, 0):
        clock.now += patience
        pacer.accepted()
        assert gap_now(pacer, clock) == pytest.approx(MARGIN * SLOWER**steps)
    pacer.refused(1)
    clock.now += PATIENCE[0] + 1
    pacer.accepted()
    assert gap_now(pacer, clock) == pytest.approx(MARGIN), "the first refusal after a recovery is like the first ever"


def gap_now(pacer: Pacer, clock: Clock) -> float:
    """How far apart requests are at the moment; the clock stays where it is."""
    now = clock.now
    sent = [send(pacer, clock) for _ in range(3)]
    clock.now = now + 1000
    sent = [send(pacer, clock) for _ in range(2)]
    clock.now = now
    pacer_gap = sent[1] - sent[0]
    with pacer._held() as pace:
        pace.next = pace.last = now - 1000
    return pacer_gap


def test_it_becomes_no_slower_than_slowest_nor_more_patient_than_is_sensible() -> None:
    clock = Clock()
    pacer = Pacer(60, clock)
    for _ in range(100):
        pacer.refused(1)
        clock.now += 2
    assert gap_now(pacer, clock) == pytest.approx(MARGIN * SLOWEST)
    clock.now += 100 * PATIENCE[1]
    pacer.accepted()
    assert gap_now(pacer, clock) == pytest.approx(MARGIN), "a day later nobody remembers"


def refusing(limit: int, hours: float, pacer: Pacer, clock: Clock) -> tuple[int, int]:
    """(answered, refused) by a service that permits `limit` requests in any minute, whoever sends them."""
    taken: list[float] = []
    answered = refused = 0
    end = clock.now + 3600 * hours
    while send(pacer, clock) < end:
        taken = [at for at in taken if at > clock.now - MINUTE]
        if len(taken) < limit:
            taken.append(clock.now)
            answered += 1
            pacer.accepted()
        else:
            refused += 1
            pacer.refused(taken[0] + MINUTE - clock.now)
    return answered, refused


def test_a_service_that_permits_less_than_it_says_refuses_seldom_and_is_used_well() -> None:
    clock = Clock()
    answered, refused = refusing(20, 6, Pacer(30, clock), clock)
    assert refused <= 25
    assert answered >= 0.75 * 6 * 60 * 20


def test_after_others_have_gone_the_whole_rate_is_used_again() -> None:
    clock = Clock()
    pacer = Pacer(60, clock)
    refusing(30, 0.1, pacer, clock)
    refusing(60, 1, pacer, clock)
    answered, refused = refusing(60, 1, pacer, clock)
    assert refused == 0
    assert answered >= 0.99 * 3600


def test_each_service_at_each_address_has_a_pace_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUTLINE_HOME", str(tmp_path))
    services = (("one", "https://a/v1"), ("two", "https://a/v1"), ("one", "https://b"))
    pacers = [shared(service, address, 60, 0) for service, address in services]
    shared("one", "https://a/v1", 60, 0).hold(1000)
    lefts = [pacer.left(0) > 900 for pacer in pacers]
    assert lefts == [True, False, False]
    assert len(list(paths.state_dir().glob("pace-*"))) == 3


def test_without_a_limit_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUTLINE_HOME", str(tmp_path))
    pacer = shared("one", "https://a/v1", 0, 0)
    assert pacer.took(pacer.turn().at) is not None
    assert not list(paths.state_dir().iterdir())


def test_where_nothing_can_be_shared_the_pace_is_kept_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUTLINE_HOME", str(tmp_path))
    pacer = shared("one", "https://a/v1", 60, 0)
    (tmp_path / "state").rmdir()
    (tmp_path / "state").write_text("in the way")
    assert pacer.took(pacer.turn().at) is not None
    assert not pacer.took(pacer.turn().at)


def test_threads_do_not_meet_in_the_numbers(tmp_path: Path) -> None:
    for held in (in_memory(), in_file(tmp_path / "pace", Clock())):
        assert counted(held) == 2000


def counted(held: Held) -> int:
    """How far four threads count together."""

    def count() -> None:
        for _ in range(500):
            with held() as pace:
                seen = pace.patience
                time.sleep(0)  # lets the others in, if they are not kept out
                pace.patience = seen + 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with held() as pace:
        return int(pace.patience)


def test_a_full_disk_ends_nothing_and_the_pace_is_kept(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    (tmp_path / "pace").symlink_to("/dev/full")
    clock = Clock()
    pacer = Pacer(60, clock, held=in_file(tmp_path / "pace", clock))
    assert pacer.took(pacer.turn().at) is not None
    assert not pacer.took(pacer.turn().at)


def test_the_slowest_pace_is_not_taken_for_damage(tmp_path: Path) -> None:
    clock = Clock()
    pacer = Pacer(0.5, clock, held=in_file(tmp_path / "pace", clock))
    places = [pacer.turn().at for _ in range(64)]
    assert places == sorted(set(places))


def test_places_from_before_a_restart_of_the_machine_are_forgotten_though_nobody_was_sent(tmp_path: Path) -> None:
    clock = Clock()
    clock.now += 50_000
    Pacer(1, clock, held=in_file(tmp_path / "pace", clock)).turn()
    clock.now -= 49_990
    assert Pacer(1, clock, held=in_file(tmp_path / "pace", clock)).turn().at == clock.now
