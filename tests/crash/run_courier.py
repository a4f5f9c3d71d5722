"""One pass of the real courier as a process of its own: run_courier.py OUTBOX URL RECEIPT_KEY."""

import sys
from functools import partial
from pathlib import Path

from scanstation import errors
from scanstation.courier import Courier
from scanstation.model.clock import SystemClock
from scanstation.model.profile import CentralSettings
from scanstation.outbox.folder import Outbox
from scanstation.package.read import read_package
from scanstation.sync.receipts import check_receipt
from scanstation.sync.tus import TusTransport


def main(root: str, url: str, receipt_key: str) -> int:
    check = partial(check_receipt, key_jwk=receipt_key)
    outbox = Outbox(Path(root), SystemClock())
    with TusTransport(CentralSettings(url=url, timeout_s=5)) as link:
        try:
            for event in Courier(outbox, link, read_package, check).deliver():
                print(event)
        except errors.ScanStationError as fault:
            print(fault)
            return fault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
