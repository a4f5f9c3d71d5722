"""Exit codes 8 to 11 and 130: central, damaged bytes, missing parts, and the stop."""

from scanstation.errors.root import ScanStationError


class NetworkError(ScanStationError):
    exit_code = 8
    retryable = True


class CentralUnreachable(NetworkError):
    vi = "Chưa liên lạc được với hệ thống trung tâm ({url}): {problem}. Hồ sơ vẫn nằm an toàn trong hàng gửi và sẽ tự gửi khi có mạng."
    en = "Central ({url}) cannot be reached: {problem}. Dossiers stay safe in the queue and go out when the network is back."


class NotCentral(NetworkError):
    vi = "{url} trả lời nhưng không phải hệ thống trung tâm ({problem}); có thể mạng yêu cầu đăng nhập. Chưa gửi gì. Mở trình duyệt để đăng nhập mạng rồi thử lại."
    en = "{url} answers but is not the central system ({problem}); the network may want a login. Nothing was sent. Log in to the network in a browser, then try again."


class CentralBusy(NetworkError):
    vi = "Hệ thống trung tâm đang bận, sẽ thử lại sau {seconds} giây. Hồ sơ vẫn nằm an toàn trong hàng gửi."
    en = "Central is busy; the next try is in {seconds} s. Dossiers stay safe in the queue."


class RejectedError(ScanStationError):
    exit_code = 9


class CentralRefused(RejectedError):
    vi = "Hệ thống trung tâm từ chối gói tin {package}: {reason}. Gói tin vẫn còn ở máy này, trạng thái «bị giữ». Báo quản trị viên."
    en = "Central refuses package {package}: {reason}. The package is held and kept. Tell your IT staff."


class CentralDenied(RejectedError):
    vi = "Hệ thống trung tâm không nhận máy trạm này ({reason}). Hồ sơ vẫn nằm an toàn trong hàng gửi. Báo quản trị viên kiểm tra mã truy cập."
    en = "Central does not let this station in ({reason}). Dossiers stay safe in the queue. Ask your IT staff to check the access token."


class IntegrityError(ScanStationError):
    exit_code = 10


class PackageDamaged(IntegrityError):
    vi = "Gói tin «{file}» bị cắt hoặc bị sửa: {problem}. Không gửi; tệp được giữ nguyên để kiểm tra. Báo quản trị viên."
    en = "Package «{file}» is cut short or altered: {problem}. It is not sent and is kept for inspection. Tell your IT staff."


class ArrivedDamaged(IntegrityError):
    retryable = True
    vi = "Gói tin {package} bị sai lệch trên đường truyền; trung tâm đã bỏ phần nhận được. Bản ở máy này còn nguyên và sẽ được gửi lại từ đầu. Nếu lặp lại, báo quản trị viên kiểm tra đường truyền."
    en = "Package {package} was altered on the way; central dropped what arrived. The copy here is whole and is sent again from the start. If it happens again, ask your IT staff to check the link."


class ReceiptInvalid(IntegrityError):
    vi = "Biên nhận của gói tin {package} không hợp lệ: {problem}. Hồ sơ CHƯA được coi là đã nhận và vẫn nằm trong hàng gửi. Báo quản trị viên."
    en = "The receipt of package {package} is not valid: {problem}. The dossier is NOT counted as delivered and stays in the queue. Tell your IT staff."


class LedgerBroken(IntegrityError):
    vi = "Sổ hàng gửi «{path}» không còn liền mạch: {problem}. Không xoá gì. Báo quản trị viên."
    en = "The outbox ledger «{path}» is broken: {problem}. Nothing was deleted. Tell your IT staff."


class SealInvalid(IntegrityError):
    vi = "Niêm phong điện tử không hợp lệ: {problem}. Không dùng nội dung này; tệp được giữ nguyên để kiểm tra. Báo quản trị viên."
    en = "The electronic seal is not valid: {problem}. What it covers is not used and is kept for inspection. Tell your IT staff."


class MissingPart(ScanStationError):
    exit_code = 11
    vi = "Thiếu {part}. Cài bằng: {install}. Dữ liệu đã lưu vẫn còn."
    en = "{part} is missing. Install it with: {install}. What was saved is safe."


class Stopped(ScanStationError):
    exit_code = 130
    vi = "Đã dừng theo yêu cầu. Đã giữ {kept} trang."
    en = "Stopped as asked. Pages kept: {kept}."
