"""The writer keeps order, loses nothing when work fails, and tells nobody of what is not done."""

import queue
import threading

import pytest

from kiosk.terminal.storage import DiskFull
from kiosk.terminal.writer import Writer


@pytest.fixture
def scene():
    calls = queue.SimpleQueue()
    faults = []
    writer = Writer(calls.put, faults.append)

    def deliver():
        writer.wait(5)
        while not calls.empty():
            calls.get()()

    yield writer, faults, deliver
    writer.close()


def test_work_is_done_in_the_order_given(scene):
    writer, _, deliver = scene
    done = []
    for n in range(200):
        writer.submit(lambda n=n: n, done.append)
    deliver()
    assert done == list(range(200))


def test_work_runs_off_the_callers_thread(scene):
    writer, _, deliver = scene
    threads = []
    writer.submit(threading.get_ident, threads.append)
    deliver()
    assert threads != [threading.get_ident()]


def test_failed_work_holds_what_is_behind_it_until_it_succeeds(scene):
    writer, faults, deliver = scene
    full = [True]
    done = []

    def work():
        if full[0]:
            raise DiskFull("full")
        return 1

    writer.submit(work, done.append)
    writer.submit(lambda: 2, done.append)
    deliver()
    assert done == []
    assert [type(fault) for fault in faults] == [DiskFull]
    assert not writer.wait()  # it stalls, and does not wait for ever
    writer.retry()
    deliver()
    assert (done, len(faults)) == ([], 2)
    full[0] = False
    writer.retry()
    deliver()
    assert done == [1, 2]
    assert writer.idle


def test_a_fault_of_ours_is_told_too(scene):
    writer, faults, deliver = scene
    writer.submit(lambda: 1 / 0, lambda _: None)
    deliver()
    assert [type(fault) for fault in faults] == [ZeroDivisionError]


def test_closing_finishes_what_waits():
    done = []
    writer = Writer(lambda call: call(), done.append)
    for n in range(50):
        writer.submit(lambda n=n: n, done.append)
    writer.close()
    assert done == list(range(50))
