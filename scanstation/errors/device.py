"""Exit codes 3 and 4: what goes wrong between a scanner and its paper."""

from scanstation.errors.root import ScanStationError


class DeviceError(ScanStationError):
    exit_code = 3


class DeviceNotFound(DeviceError):
    vi = (
        "Không thấy máy quét «{device}». Kiểm tra nguồn điện và dây cáp, rồi chạy «scanstation"
        " devices list». Đã giữ {kept} trang."
    )
    en = (
        "Scanner «{device}» was not found. Check power and cable, then run «scanstation devices"
        " list». Pages kept: {kept}."
    )


class NoScanner(DeviceNotFound):
    vi = "Không máy quét nào trả lời. Kiểm tra nguồn điện và dây cáp rồi quét lại, chọn cấu hình quét khác, hoặc nhập tệp ảnh. Chưa có gì thay đổi."
    en = "No scanner answers. Check power and cable and scan again, choose another scan profile, or take image files instead. Nothing changed."


class DeviceBusy(DeviceError):
    retryable = True
    vi = "Máy quét «{device}» đang bận hoặc đang khởi động. Chờ một lát rồi quét lại. Đã giữ {kept} trang."
    en = "Scanner «{device}» is busy or warming up. Wait a moment and scan again. Pages kept: {kept}."


class DeviceLost(DeviceError):
    vi = "Mất kết nối với máy quét «{device}». Đã giữ {kept} trang. Kiểm tra dây cáp rồi quét tiếp sau trang {kept}."
    en = "Contact with scanner «{device}» was lost. Pages kept: {kept}. Check the cable, then go on after page {kept}."


class DriverHung(DeviceError):
    vi = "Máy quét «{device}» không phản hồi trong {seconds} giây. Đã giữ {kept} trang. Tắt, bật lại máy rồi quét tiếp sau trang {kept}."
    en = "Scanner «{device}» has not answered for {seconds} s. Pages kept: {kept}. Switch it off and on, then go on after page {kept}."


class DriverCrashed(DeviceError):
    vi = "Trình điều khiển máy quét «{device}» bị lỗi và đã dừng. Đã giữ {kept} trang. Quét tiếp sau trang {kept}; nếu lặp lại, báo quản trị viên."
    en = "The driver of scanner «{device}» crashed. Pages kept: {kept}. Go on after page {kept}; if it happens again, tell your IT staff."


class DeviceDenied(DeviceError):
    vi = "Tài khoản này không có quyền dùng máy quét «{device}». Đã giữ {kept} trang. Báo quản trị viên."
    en = "This account may not use scanner «{device}». Tell your IT staff. Pages kept: {kept}."


class DeviceFault(DeviceError):
    vi = "Máy quét «{device}» báo lỗi: {problem}. Đã giữ {kept} trang. Quét tiếp sau trang {kept}; nếu lặp lại, tắt, bật lại máy hoặc báo quản trị viên."
    en = "Scanner «{device}» reports a fault: {problem}. Pages kept: {kept}. Go on after page {kept}; if it happens again, switch it off and on or tell your IT staff."


class SettingRefused(DeviceError):
    vi = "Máy quét «{device}» không nhận thiết đặt {option} = {value}. Đã giữ {kept} trang. Chọn cấu hình quét khác hoặc báo quản trị viên."
    en = "Scanner «{device}» does not take the setting {option} = {value}. Choose another scan profile or tell your IT staff. Pages kept: {kept}."


class PaperError(ScanStationError):
    exit_code = 4


class FeederEmpty(PaperError):
    vi = "Khay nạp không có giấy. Đã giữ {kept} trang. Đặt giấy vào khay rồi quét tiếp."
    en = "The feeder is empty. Load paper and scan again. Pages kept: {kept}."


class PaperJam(PaperError):
    vi = "Kẹt giấy. Đã giữ {kept} trang. Mở nắp, lấy giấy ra rồi nạp lại từ tờ sau trang {kept}."
    en = "Paper jam. Pages kept: {kept}. Open the cover, take the paper out and reload from the sheet after page {kept}."


class CoverOpen(PaperError):
    vi = "Nắp máy quét đang mở. Đã giữ {kept} trang. Đóng nắp rồi quét tiếp."
    en = "The scanner's cover is open. Pages kept: {kept}. Close it and go on."


class MultiFeed(PaperError):
    vi = "Máy kéo nhiều tờ cùng lúc. Đã giữ {kept} trang. Kiểm tra trang {kept}, tách giấy rồi quét tiếp."
    en = "Several sheets were pulled at once. Pages kept: {kept}. Check page {kept}, part the sheets and go on."


class PageCut(PaperError):
    vi = "Trang {page} bị cụt hoặc trống ({lines}/{expected} dòng). Đã giữ {kept} trang. Quét lại tờ này."
    en = "Page {page} was cut short or empty ({lines} of {expected} lines). Pages kept: {kept}. Scan this sheet again."


class PrinterRefused(DeviceError):
    vi = "Máy in «{printer}» không nhận: {problem}. Chưa in gì; hồ sơ giữ nguyên. Kiểm tra máy in («lpstat -p») rồi in lại."
    en = "Printer «{printer}» does not take it: {problem}. Nothing was printed; the dossier is untouched. Check the printer («lpstat -p»), then print again."
