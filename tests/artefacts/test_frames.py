"""A row of QR codes: read in any order, as often as one likes, and never mixed with another row."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.artefacts import transfer
from kiosk.artefacts.frames import CHUNK_BYTES, MOST_FRAMES, Collector, frames_of
from kiosk.artefacts.qr import matrix
from kiosk.artefacts.session import journal_key
from kiosk.errors import InputRefused
from tests.artefacts import samples


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=5 * CHUNK_BYTES), st.randoms())
def test_any_order_and_any_repetition_gives_the_whole_with_the_last_missing_one(data, chance):
    frames = list(frames_of(data))
    order = frames + frames
    chance.shuffle(order)
    collector, seen = Collector(), set()
    for frame in order:
        whole = collector.take(frame)
        seen.add(frame)
        assert (whole == data) == (len(seen) == len(frames))
        assert (collector.read, collector.count) == (len(seen), len(frames))


def test_a_frame_of_another_row_begins_anew():
    one, other = frames_of(b"a" * 1000), frames_of(b"b" * 1000)
    collector = Collector()
    for frame in (one[0], one[1], other[0], other[1]):
        assert collector.take(frame) is None
    assert collector.take(other[2]) == b"b" * 1000


def test_a_code_fits_version_15_and_too_much_has_no_row():
    (frame, *_) = frames_of(bytes(range(256)) * 200)
    assert len(matrix(frame)) <= 17 + 4 * 15
    assert frames_of(bytes(MOST_FRAMES * CHUNK_BYTES + 1)) == ()


@pytest.mark.parametrize("text", ["F1:", "F1:ABC", "C1:00", "hello", "F1:" + "0" * 5000])
def test_what_is_no_frame_is_refused_with_words(text):
    with pytest.raises(InputRefused):
        Collector().take(text)


def test_the_compact_transfer_opens_as_the_long_one_does_and_no_flipped_byte_passes():
    key = journal_key(samples.SESSION_KEY, samples.TERMINAL.record.kid)
    long = transfer.read_transfer(samples.a_transfer())
    statement = transfer.statement_of(long, samples.TERMINAL.record)
    entries = transfer.open_rows(long, statement, key)
    data = transfer.write_compact(long, entries, key)

    def opened(data: bytes) -> tuple[bytes, ...]:
        read = transfer.read_transfer(data)
        assert transfer.told(read.signed) == transfer.statement_of(read, samples.TERMINAL.record)
        return transfer.open_rows(read, transfer.statement_of(read, samples.TERMINAL.record), key)

    assert opened(data) == entries
    assert len(data) < len(samples.a_transfer())
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(InputRefused):
            opened(bytes(changed))
