"""Root without root's powers: file modes hold for the owner again, as for a clerk's account.

capset(2) drops every capability of the calling thread, so only a forked child should do it.
"""

import ctypes
import os
import struct
import traceback
from collections.abc import Callable

_VERSION_3 = 0x20080522


def powerless(work: Callable[[], bool]) -> bool:
    """What `work` answers in a child process that may do no more than its user id allows."""
    child = os.fork()
    if child == 0:
        code = 2
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.capset(struct.pack("II", _VERSION_3, 0), bytes(24)):
                raise OSError(ctypes.get_errno(), "capset")
            code = 0 if work() else 1
        except BaseException:  # noqa: BLE001 - the top of a child: whatever it was is told
            traceback.print_exc()
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 1), f"ended with {code}; see stderr"
    return code == 0
