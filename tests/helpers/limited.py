"""A disk that is full after so many bytes: work in a child that may not let a file grow further.

The limit is the kernel's RLIMIT_FSIZE: the write that crosses it is cut short and the next one
fails, as on a real disk that fills up.
"""

import os
import resource
import traceback
from collections.abc import Callable

from scanstation import errors


def refused_beyond(limit: int, work: Callable[[], object]) -> bool:
    """Whether `work` raises errors.StorageError when no file may exceed `limit` bytes.

    False when it came to its end; an assertion fails when the process died or raised another error.
    """
    child = os.fork()
    if child == 0:
        code = 2
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            work()
            code = 0
        except errors.StorageError:
            code = 1
        except BaseException:  # noqa: BLE001 - the top of a child: whatever it was is told
            traceback.print_exc()
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 1), f"ended with {code} at {limit} bytes; see stderr"
    return code == 1
