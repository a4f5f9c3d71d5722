"""FakeEscl("P 503 P", pages): an eSCL scanner on loopback that fails as its script says.

One word is one answer to NextDocument; behind the last word the feeder is empty. `post` is the
same for ScanJobs. What a device shows at the same time is told by the words themselves.
"""

import socketserver
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CAPS = """<?xml version="1.0"?>
<scan:ScannerCapabilities xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"
 xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Fake MFP 1</pwg:MakeAndModel>
{inlets}</scan:ScannerCapabilities>"""
INLET = """<scan:MinWidth>16</scan:MinWidth><scan:MinHeight>16</scan:MinHeight>
<scan:MaxWidth>2550</scan:MaxWidth><scan:MaxHeight>{height}</scan:MaxHeight>
<scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>
<scan:ColorMode>RGB24</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode></scan:ColorModes>
<scan:DocumentFormats><pwg:DocumentFormat>application/pdf</pwg:DocumentFormat>
<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<scan:DocumentFormatExt>image/png</scan:DocumentFormatExt></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>{resolutions}</scan:DiscreteResolutions>
</scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>"""
DOTS = (
    "<scan:DiscreteResolution><scan:XResolution>{0}</scan:XResolution>"
    "<scan:YResolution>{0}</scan:YResolution></scan:DiscreteResolution>"
)
PLATEN = "<scan:Platen><scan:PlatenInputCaps>{0}</scan:PlatenInputCaps></scan:Platen>"
ADF = "<scan:Adf>{0}</scan:Adf>"
SIDES = (
    "<scan:AdfSimplexInputCaps>{0}</scan:AdfSimplexInputCaps>"
    "<scan:AdfDuplexInputCaps>{0}</scan:AdfDuplexInputCaps>"
)
STATUS = """<?xml version="1.0"?>
<scan:ScannerStatus xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"
 xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"><pwg:State>{state}</pwg:State>
<scan:AdfState>ScannerAdf{adf}</scan:AdfState><scan:Jobs>{jobs}</scan:Jobs></scan:ScannerStatus>"""
JOB = """<scan:JobInfo><pwg:JobUri>http://localhost/eSCL/ScanJobs/{number}</pwg:JobUri>
<pwg:ImagesCompleted>{completed}</pwg:ImagesCompleted>
<pwg:ImagesToTransfer>0</pwg:ImagesToTransfer><pwg:JobState>{state}</pwg:JobState></scan:JobInfo>"""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Without http.server's look at the DNS, which takes seconds where there is none."""
        socketserver.TCPServer.server_bind(self)


class FakeEscl:
    """Words:
    P        the next page                   garbage  200 with a text instead of an image
    404      that status (503, 409, 410 ...)  torn    200 with the first half of an image, decently
    cut      connection ends within a page   huge     200 that announces 300 MB
    drop     connection ends at once         silent   no answer until the device is closed
    jam      409, and the feeder says Jam    hatch    409, HatchOpen
    pick     409, MultipickDetected
    early    404 although pages are counted  lost     a page is counted, but never handed out
    empty    409 with the feeder empty       elsewhere  302 to another host
    endless  200 and zeros for ever          stall    half an image, then no more and no end
    """

    def __init__(self, script: str, pages: Sequence[Path], **more: str) -> None:
        self.script, self.post = script.split(), more.get("post", "").split()
        self.pages = [page.read_bytes() for page in pages]
        self.adf, self.state = more.get("adf", "Loaded"), more.get("state", "Idle")
        self.inlets, self.dots = more.get("inlets", "platen adf"), more.get("dots", "75 150 300")
        self.caps, self.height = more.get("caps", ""), more.get("height", "3508")
        self.asked: list[str] = []
        self.orders: list[str] = []
        self.jobs = self.served = self.counted = 0
        self.open_jobs: set[str] = set()
        self.job_state = "Processing"
        self.over = threading.Event()
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        self.scheme = "http"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def secure(self, certificate: Path) -> None:
        """Speak TLS with the key and certificate of one PEM file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https"

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}/eSCL"

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def capabilities(self) -> str:
        dots = "".join(DOTS.format(one) for one in self.dots.split())
        inlet = INLET.format(resolutions=dots, height=self.height)
        platen = PLATEN.format(inlet) if "platen" in self.inlets else ""
        adf = ADF.format(SIDES.format(inlet)) if "adf" in self.inlets else ""
        return self.caps or CAPS.format(inlets=platen + adf)

    def status(self) -> str:
        info = {"number": self.jobs, "completed": self.counted, "state": self.job_state}
        jobs = JOB.format(**info) if self.jobs else ""
        return STATUS.format(state=self.state, adf=self.adf, jobs=jobs)


_FEEDER = {"jam": "Jam", "hatch": "HatchOpen", "pick": "MultipickDetected", "empty": "Empty"}


def _handler(fake: FakeEscl) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def answer(self, status: int, body: bytes = b"", size: int = -1, where: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if size < 0 else size))
            if where:
                self.send_header("Location", where)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            fake.asked.append(f"GET {self.path}")
            if self.path.endswith("/ScannerCapabilities"):
                self.answer(200, fake.capabilities().encode())
            elif self.path.endswith("/ScannerStatus"):
                self.answer(200, fake.status().encode())
            elif self.path.endswith("/NextDocument"):
                self.next_document(fake.script.pop(0) if fake.script else "end")
            else:
                self.answer(404)

        def next_document(self, word: str) -> None:
            if word in _FEEDER:
                fake.adf = _FEEDER[word]
                return self.answer(409)
            match word:
                case "end" | "lost":
                    fake.adf, fake.job_state = "Empty", "Completed"
                    fake.counted += word == "lost"
                    self.answer(404)
                case "early":
                    fake.counted = fake.served + 1
                    self.answer(404)
                case "P" | "cut" | "torn":
                    self.page(word)
                case "garbage":
                    self.answer(200, b"Internal error 0x7f\n" * 9)
                case "huge":
                    self.answer(200, b"\xff\xd8\xff", 300_000_000)
                case "endless":
                    self.endless()
                case "drop":
                    self.close_connection = True
                case "silent":
                    fake.over.wait(60)
                case "stall":
                    self.answer(200, fake.pages[0][: len(fake.pages[0]) // 2], len(fake.pages[0]))
                    fake.over.wait(60)
                case "elsewhere":
                    self.answer(302, where="http://192.0.2.1/eSCL")
                case _:
                    self.answer(int(word))
            return None

        def endless(self) -> None:
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
            with suppress(OSError):
                while not fake.over.is_set():
                    self.wfile.write(bytes(1 << 20))

        def page(self, word: str) -> None:
            body = fake.pages[fake.served % len(fake.pages)]
            if word == "P":
                fake.served += 1
                fake.counted = max(fake.counted, fake.served)
                self.answer(200, body)
            else:
                half = body[: len(body) // 2]
                self.answer(200, half, -1 if word == "torn" else len(body))
                self.close_connection = True

        def do_POST(self) -> None:
            order = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fake.asked.append(f"POST {self.path}")
            word = fake.post.pop(0) if fake.post else "201"
            if word != "201":
                return self.answer(int(word))
            fake.orders.append(order)
            fake.jobs += 1
            fake.served = fake.counted = 0
            fake.job_state = "Processing"
            job = f"/eSCL/ScanJobs/{fake.jobs}"
            fake.open_jobs.add(job)
            return self.answer(201, where=f"http://localhost{job}")

        def do_DELETE(self) -> None:
            fake.asked.append(f"DELETE {self.path}")
            fake.open_jobs.discard(self.path)
            if fake.script and fake.adf == "Empty":
                fake.adf = "Loaded"  # the clerk brings the next stack
            self.answer(200)

    return Handler
