"""Exit codes 3 and 4: what goes wrong between a scanner and its paper.

Every sentence says what is safe. `{safe}` and its like are filled from `kept`, the pages handed
over before the fault: nobody is told to go on after page 0.
"""

from collections.abc import Mapping

from scanstation.errors.root import ScanStationError

# Word in a template -> with pages kept, without any.
_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "vi": {
        "safe": (
            "Đã giữ {kept} trang.",
            "Lần quét này chưa có trang nào; các trang lưu trước đó vẫn còn.",
        ),
        "onward": ("quét tiếp sau trang {kept}", "quét lại"),
        "reload": ("nạp lại từ tờ sau trang {kept}", "nạp lại giấy"),
        "check": ("Kiểm tra trang {kept}, tách giấy", "Tách giấy"),
    },
    "en": {
        "safe": ("Pages kept: {kept}.", "This scan gave no page; pages saved before are safe."),
        "onward": ("go on after page {kept}", "scan again"),
        "reload": ("reload from the sheet after page {kept}", "reload the paper"),
        "check": ("Check page {kept}, part the sheets", "Part the sheets"),
    },
}


class _Counting:
    """Facts may hold `kept`: a count, or a text that stands for one."""

    facts: dict[str, object]

    def words(self, language: str) -> Mapping[str, str]:
        """What the sentence says about the pages so far."""
        if "kept" not in self.facts:
            return {}  # a sentence that needs it does not come out
        kept = self.facts["kept"]
        said = {name: pair[kept == 0] for name, pair in _WORDS[language].items()}
        said["Onward"] = said["onward"][0].upper() + said["onward"][1:]
        return {name: text.format(kept=kept) for name, text in said.items()}


class DeviceError(_Counting, ScanStationError):
    exit_code = 3


class DeviceNotFound(DeviceError):
    command = "scanstation devices list"
    vi = "Không thấy máy quét «{device}». Kiểm tra nguồn điện và dây cáp, rồi {onward}. {safe}"
    en = "Scanner «{device}» was not found. Check power and cable, then {onward}. {safe}"


class NoScanner(DeviceNotFound):
    vi = "Không máy quét nào trả lời. Kiểm tra nguồn điện và dây cáp rồi quét lại, chọn cấu hình quét khác, hoặc nhập tệp ảnh. Chưa có gì thay đổi."
    en = "No scanner answers. Check power and cable and scan again, choose another scan profile, or take image files instead. Nothing changed."


class DeviceBusy(DeviceError):
    retryable = True
    vi = "Máy quét «{device}» đang bận hoặc đang khởi động. Chờ một lát rồi quét lại. {safe}"
    en = "Scanner «{device}» is busy or warming up. Wait a moment and scan again. {safe}"


class DeviceHeld(DeviceBusy):
    vi = "Máy quét «{device}» đang được dùng: {holder}. Chờ người đó xong hoặc chọn cấu hình quét khác, rồi {onward}. {safe}"
    en = "Scanner «{device}» is in use: {holder}. Wait until they are done or choose another scan profile, then {onward}. {safe}"


class DeviceLost(DeviceError):
    vi = "Mất kết nối với máy quét «{device}». {safe} Kiểm tra dây cáp rồi {onward}."
    en = "Contact with scanner «{device}» was lost. {safe} Check the cable, then {onward}."


class DriverHung(DeviceError):
    vi = "Máy quét «{device}» không phản hồi trong {seconds} giây. {safe} Tắt, bật lại máy rồi {onward}."
    en = "Scanner «{device}» has not answered for {seconds} s. {safe} Switch it off and on, then {onward}."


class DriverCrashed(DeviceError):
    vi = "Trình điều khiển máy quét «{device}» bị lỗi và đã dừng. {safe} {Onward}; nếu lặp lại, báo quản trị viên."
    en = "The driver of scanner «{device}» crashed. {safe} {Onward}; if it happens again, tell your IT staff."


class DeviceDenied(DeviceError):
    vi = "Tài khoản này không có quyền dùng máy quét «{device}». {safe} Báo quản trị viên."
    en = "This account may not use scanner «{device}». Tell your IT staff. {safe}"


class DeviceFault(DeviceError):
    vi = "Máy quét «{device}» báo lỗi: {problem}. {safe} {Onward}; nếu lặp lại, tắt, bật lại máy hoặc báo quản trị viên."
    en = "Scanner «{device}» reports a fault: {problem}. {safe} {Onward}; if it happens again, switch it off and on or tell your IT staff."


class SettingRefused(DeviceError):
    vi = "Máy quét «{device}» không nhận thiết đặt {option} = {value}. {safe} Chọn cấu hình quét khác hoặc báo quản trị viên."
    en = "Scanner «{device}» does not take the setting {option} = {value}. Choose another scan profile or tell your IT staff. {safe}"


class FolderUnreachable(DeviceError):
    retryable = True
    vi = "Không mở được thư mục nhận tệp quét «{folder}»: {problem}. Tệp đã nhận vẫn còn. Kiểm tra mạng và ổ chia sẻ, rồi làm lại; nếu lặp lại, báo quản trị viên."
    en = "The folder of arriving scans «{folder}» cannot be opened: {problem}. Files already taken over are safe. Check the network and the share, then repeat; if it happens again, tell your IT staff."

    def words(self, language: str) -> Mapping[str, str]:  # noqa: ARG002 - as its base has it
        """None: a folder counts no pages."""
        return {}


class PaperError(_Counting, ScanStationError):
    exit_code = 4


class FeederEmpty(PaperError):
    vi = "Khay nạp không có giấy. {safe} Đặt giấy vào khay rồi {onward}."
    en = "The feeder is empty. {safe} Load paper and {onward}."


class PaperJam(PaperError):
    vi = "Kẹt giấy. {safe} Mở nắp, lấy giấy ra rồi {reload}."
    en = "Paper jam. {safe} Open the cover, take the paper out and {reload}."


class CoverOpen(PaperError):
    vi = "Nắp máy quét đang mở. {safe} Đóng nắp rồi {onward}."
    en = "The scanner's cover is open. {safe} Close it and {onward}."


class MultiFeed(PaperError):
    vi = "Máy kéo nhiều tờ cùng lúc. {safe} {check} rồi {onward}."
    en = "Several sheets were pulled at once. {safe} {check} and {onward}."


class PageCut(PaperError):
    vi = "Trang {page} bị cụt hoặc trống ({lines}/{expected} dòng). {safe} Quét lại tờ này."
    en = "Page {page} was cut short or empty ({lines} of {expected} lines). {safe} Scan this sheet again."


class PrinterRefused(DeviceError):
    command = "lpstat -p"
    vi = "Máy in «{printer}» không nhận: {problem}. Chưa in gì; hồ sơ giữ nguyên. Kiểm tra nguồn điện, giấy và cáp của máy in rồi in lại."
    en = "Printer «{printer}» does not take it: {problem}. Nothing was printed; the dossier is untouched. Check its power, paper and cable, then print again."
