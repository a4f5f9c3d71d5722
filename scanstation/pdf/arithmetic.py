"""The MQ arithmetic coder of JBIG2 (ITU-T T.88 annex E) as one exact sum, in pure Python.

It takes runs of equal decisions: as long as the interval stays above one half, a whole run of the
more probable symbol is a single multiplication. Carries and stuffed bits, which the standard deals
with byte by byte, are one addition and a few shifts of a long number at the end.
"""

from collections.abc import Iterable, Sequence

_HALF = 0x8000
_PRECISION = 16
"""Bits of the interval register."""
# T.88 table E.1: (Qe, next state after MPS, next state after LPS, whether LPS swaps the sense).
_TABLE = (
    (0x5601, 1, 1, 1), (0x3401, 2, 6, 0), (0x1801, 3, 9, 0), (0x0AC1, 4, 12, 0),
    (0x0521, 5, 29, 0), (0x0221, 38, 33, 0), (0x5601, 7, 6, 1), (0x5401, 8, 14, 0),
    (0x4801, 9, 14, 0), (0x3801, 10, 14, 0), (0x3001, 11, 17, 0), (0x2401, 12, 18, 0),
    (0x1C01, 13, 20, 0), (0x1601, 29, 21, 0), (0x5601, 15, 14, 1), (0x5401, 16, 14, 0),
    (0x5101, 17, 15, 0), (0x4801, 18, 16, 0), (0x3801, 19, 17, 0), (0x3401, 20, 18, 0),
    (0x3001, 21, 19, 0), (0x2801, 22, 19, 0), (0x2401, 23, 20, 0), (0x2201, 24, 21, 0),
    (0x1C01, 25, 22, 0), (0x1801, 26, 23, 0), (0x1601, 27, 24, 0), (0x1401, 28, 25, 0),
    (0x1201, 29, 26, 0), (0x1101, 30, 27, 0), (0x0AC1, 31, 28, 0), (0x09C1, 32, 29, 0),
    (0x08A1, 33, 30, 0), (0x0521, 34, 31, 0), (0x0441, 35, 32, 0), (0x02A1, 36, 33, 0),
    (0x0221, 37, 34, 0), (0x0141, 38, 35, 0), (0x0111, 39, 36, 0), (0x0085, 40, 37, 0),
    (0x0049, 41, 38, 0), (0x0025, 42, 39, 0), (0x0015, 43, 40, 0), (0x0009, 44, 41, 0),
    (0x0005, 45, 42, 0), (0x0001, 45, 43, 0), (0x5601, 46, 46, 0),
)  # fmt: skip
# By `2 * row + more probable symbol`: Qe, that symbol, and where the next states are.
_ROWS = tuple(
    (qe, sense, 2 * after_more + sense, 2 * after_less + (sense ^ swaps))
    for qe, after_more, after_less, swaps in _TABLE
    for sense in (0, 1)
)

Runs = tuple[Sequence[int], Sequence[int], Sequence[int]]
"""Contexts, pixels (0 or 1) and how often each pair repeats; three of one length."""


def coded(batches: Iterable[Runs], contexts: int) -> bytes:
    """The coded region of all runs in order, ending in FF AC."""
    states = [_ROWS[0]] * contexts
    interval, code = _HALF, 0
    pending = -1  # the register's first bit is never set: the sum starts behind it
    finished: list[int] = []
    for batch in batches:
        for context, bit, count in zip(*batch, strict=True):
            left = count
            qe, sense, more, less = states[context]
            while left:
                if bit == sense:
                    width = interval - qe * left
                    if width >= _HALF:  # no renormalisation needed
                        code += qe * left
                        interval = width
                        break
                    quiet = (interval - _HALF) // qe
                    left -= quiet + 1
                    code += quiet * qe
                    interval -= (quiet + 1) * qe
                    if interval < qe:
                        interval = qe
                    else:
                        code += qe
                    shift, after = 1, more
                else:
                    left -= 1
                    interval -= qe
                    if interval < qe:
                        code += qe
                    else:
                        interval = qe
                    shift, after = _PRECISION - interval.bit_length(), less
                qe, sense, more, less = states[context] = _ROWS[after]
                interval <<= shift
                code <<= shift
                pending += shift
                while pending >= 8:
                    pending -= 8
                    finished.append(code >> _PRECISION + pending)
                    code &= (1 << _PRECISION + pending) - 1
    return _flushed(finished, code, interval, pending)


def _flushed(finished: list[int], code: int, interval: int, pending: int) -> bytes:
    """All bytes: the last bits are those inside the interval that end in most ones (E.2.9)."""
    last = code | 0xFFFF
    if last >= code + interval:
        last -= _HALF
    whole = bytes(part & 0xFF for part in finished)
    carries = bytes(part >> 8 for part in finished)
    total = int.from_bytes(whole, "big") + (int.from_bytes(carries, "big") << 8)
    bits = _PRECISION + pending - 8  # the last eight are ones, as a decoder reads behind the end
    out = _stuffed((total << bits) + (last >> 8), 8 * len(finished) + bits)
    return out + (b"\xac" if out.endswith(b"\xff") else b"\xff\xac")


def _stuffed(value: int, bits: int) -> bytes:
    """`value` as bytes, with a zero bit after each FF (E.2.7) and ones behind the last bit."""
    out = b""
    while True:
        spare = -bits % 8
        data = ((value + 1 << spare) - 1).to_bytes((bits + spare) // 8, "big")
        end = data.find(b"\xff") + 1
        if end in (0, len(data)):
            return out + data
        out += data[:end]
        bits += 1 - 8 * end
        value &= (1 << bits - 1) - 1
