"""The MQ arithmetic coder of JBIG2 (ITU-T T.88 annex E, software conventions of E.2).

It takes runs of equal symbols: as long as the interval stays above one half, a whole run of
the more probable symbol is a single multiplication, which makes pure Python fast enough.
"""

from collections.abc import Sequence

_HALF = 0x8000
_CARRY = 0x8000000
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
# The same by `state = 2 * row + more probable symbol`, so that one index says both.
_QE = [row[0] for row in _TABLE for _ in (0, 1)]
_AFTER_MPS = [2 * row[1] + sense for row in _TABLE for sense in (0, 1)]
_AFTER_LPS = [2 * row[2] + (sense ^ row[3]) for row in _TABLE for sense in (0, 1)]


class ArithmeticCoder:
    """One coded region: feed runs in order, then `finish`."""

    def __init__(self, contexts: int) -> None:
        self._states = bytearray(contexts)
        self._interval = _HALF
        self._code = 0
        self._room = 12
        # The byte before the first one: it takes no carry, since the first 12 shifts leave
        # the code register below the carry bit.
        self._out = bytearray(1)

    def encode(self, symbols: Sequence[int], counts: Sequence[int]) -> None:
        """Code runs: `symbols` are `context << 1 | bit`, `counts` how often each repeats."""
        states, interval, code = self._states, self._interval, self._code
        for symbol, repeats in zip(symbols, counts, strict=True):
            left = repeats
            state = states[symbol >> 1]
            while left:
                qe = _QE[state]
                if (state ^ symbol) & 1:
                    left -= 1
                    interval -= qe
                    if interval < qe:
                        code += qe
                    else:
                        interval = qe
                    state = _AFTER_LPS[state]
                else:
                    quiet = min(left, (interval - _HALF) // qe)  # no renormalisation needed
                    interval -= quiet * qe
                    code += quiet * qe
                    left -= quiet
                    if not left:
                        break
                    left -= 1
                    interval -= qe
                    if interval < qe:
                        interval = qe
                    else:
                        code += qe
                    state = _AFTER_MPS[state]
                shift = 16 - interval.bit_length()
                interval <<= shift
                code = self._shifted(code, shift)
            states[symbol >> 1] = state
        self._interval, self._code = interval, code

    def finish(self) -> bytes:
        """Flush (E.2.9) and return the coded bytes, which end in FF AC."""
        ceiling = self._code + self._interval
        self._code |= 0xFFFF
        if self._code >= ceiling:
            self._code -= _HALF
        for _ in (0, 1):
            self._code = self._byte_out(self._code << self._room)
        if self._out[-1] != 0xFF:
            self._out.append(0xFF)
        self._out.append(0xAC)
        return bytes(self._out[1:])

    def _shifted(self, code: int, shift: int) -> int:
        while shift >= self._room:
            shift -= self._room
            code = self._byte_out(code << self._room)
        self._room -= shift
        return code << shift

    def _byte_out(self, code: int) -> int:
        """Move the finished bits of `code` out (E.2.7); returns what stays."""
        out = self._out
        if out[-1] != 0xFF and code >= _CARRY:
            out[-1] += 1
            code &= _CARRY - 1
        if out[-1] == 0xFF:  # a bit is stuffed after FF, so that no carry can run through it
            out.append(code >> 20)
            self._room = 7
            return code & 0xFFFFF
        out.append(code >> 19)
        self._room = 8
        return code & 0x7FFFF
