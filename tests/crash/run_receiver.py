"""The real receiver as a process of its own: run_receiver.py STORE; says URL and key when ready."""

import sys
from pathlib import Path

from scanstation.central import CentralOptions, Ready
from scanstation.central.serve import serve


def main(root: str) -> None:
    serve(Path(root), port=0, options=CentralOptions(max_patch=64 * 1024), ready=_say)


def _say(news: Ready) -> None:
    print(news.url, news.receipt_key, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
