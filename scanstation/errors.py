"""Every fault ScanStation can name, as one tree.

ScanStationError                 1   something we did not foresee
├── UsageError                   2   the command, a profile or a setting is wrong
│   ├── SettingsError                a TOML file: names file and line
│   ├── NoStation / NoClerk          no station or clerk has been set up here
│   └── NotSignedIn                  an act needs a clerk
├── DeviceError                  3   no scanner, busy, crashed, hung
│   ├── NoScanner / DeviceNotFound / DeviceBusy / DeviceLost / DriverHung / DriverCrashed
│   └── DeviceDenied / DeviceFault / SettingRefused
├── PaperError                   4   empty feeder, jam, cover, misfeed: pages so far are kept
│   └── FeederEmpty / PaperJam / CoverOpen / MultiFeed / PageCut
├── InputError                   5   a file, page or dossier is not fit for what was asked
│   ├── UnreadableInput / OversizedInput / SignedInput / LockedInput / ReadingTimeout
│   ├── Incomplete                   the checklist does not add up
│   ├── NotYourPages                 somebody else scanned them, so somebody else signs
│   └── NoSuchThing / WrongState / LooksOfficial
├── SigningError                 6   key, passphrase, certificate, stamp, self-check
│   └── WrongPassphrase / KeyUnusable / CertificateExpired / StampPlaceTaken / SelfCheckFailed
├── StorageError                 7   disk and stores
│   └── DiskFull / StoreNewer / StoreDamaged / InUse / NotYours
├── NetworkError                 8   central cannot be reached now (retryable)
│   └── CentralUnreachable / NotCentral / CentralBusy
├── RejectedError                9   central says no: a person must look
│   └── CentralRefused / CentralDenied
├── IntegrityError              10   bytes are not what they claim to be
│   └── PackageDamaged / ArrivedDamaged / SealInvalid / ReceiptInvalid / LedgerBroken
├── MissingPart                 11   a program or language this needs is not installed
└── Stopped                    130   the clerk pressed Ctrl-C; pages are kept

A leaf carries the clerk's sentence in Vietnamese and English: what happened, what is safe,
what to do next. The number is the exit code of the command line.
"""

from functools import partial
from typing import ClassVar


class ScanStationError(Exception):
    """Root of the tree; `vi` and `en` are templates over the keyword arguments given."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    vi: ClassVar[str] = (
        "Lỗi không lường trước: {detail}. Dữ liệu đã lưu vẫn còn. Báo quản trị viên."
    )
    en: ClassVar[str] = "Unforeseen fault: {detail}. What was saved is safe. Tell your IT staff."

    def __init__(self, **facts: object) -> None:
        """`facts` fill the sentence; a missing one is a programming error (KeyError)."""
        self.facts = facts
        super().__init__(self.sentence("en"))

    def __reduce__(self) -> tuple["partial[ScanStationError]", tuple[()]]:
        """An error of a page worker reaches the main process with its facts."""
        return partial(type(self), **self.facts), ()

    def sentence(self, language: str) -> str:
        """The clerk's sentence in "vi" or "en"."""
        return (self.vi if language == "vi" else self.en).format(**self.facts)

    @property
    def code(self) -> str:
        """Stable name for `--json` output and logs."""
        return type(self).__name__


# 2 ------------------------------------------------------------------------------------------


class UsageError(ScanStationError):
    exit_code = 2
    vi = "{detail}. Xem «scanstation --help»."
    en = "{detail}. See «scanstation --help»."


class SettingsError(UsageError):
    vi = "Cấu hình {file}, dòng {line}: {problem}. Sửa tệp rồi chạy lại; chưa có gì thay đổi."
    en = "Settings {file}, line {line}: {problem}. Correct the file and run again; nothing changed."


class NoStation(UsageError):
    vi = "Chưa có máy trạm nào trong {folder}. Quản trị viên lập máy trạm bằng «scanstation station init --id MÃ --agency TÊN»; xem thử: «scanstation demo»; máy trạm ở thư mục khác: «--data-dir THƯ_MỤC»."
    en = "There is no station in {folder} yet. IT staff set one up with «scanstation station init --id ID --agency NAME»; to look around, run «scanstation demo»; a station elsewhere is named by «--data-dir DIR»."


class NoClerk(UsageError):
    vi = "Máy trạm này chưa có cán bộ nào. Quản trị viên thêm bằng «scanstation clerk add MÃ --name TÊN --key TỆP.p12»."
    en = "No clerk has been set up at this station. IT staff add one with «scanstation clerk add ID --name NAME --key FILE.p12»."


class NotSignedIn(UsageError):
    vi = "Chưa có cán bộ đăng nhập. Trên màn hình: F12; bằng lệnh: «scanstation clerk login MÃ». Sau đó làm lại."
    en = "No clerk is signed in. On the screen press F12; on the command line run «scanstation clerk login ID». Then repeat."


# 3 ------------------------------------------------------------------------------------------


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


# 4 ------------------------------------------------------------------------------------------


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


# 5 ------------------------------------------------------------------------------------------


class InputError(ScanStationError):
    exit_code = 5


class UnreadableInput(InputError):
    vi = "Không đọc được «{file}»: {problem}. Tệp gốc giữ nguyên. Mở thử tệp, quét lại hoặc chọn tệp khác."
    en = "«{file}» cannot be read: {problem}. The file is untouched. Try to open it, scan again or choose another file."


class OversizedInput(InputError):
    vi = "«{file}» quá lớn để xử lý an toàn: {found}, giới hạn {limit}. Tệp gốc giữ nguyên. Quét lại ở 300 dpi."
    en = "«{file}» is too large to be handled safely: {found}, the limit is {limit}. The file is untouched. Scan again at 300 dpi."


class SignedInput(InputError):
    vi = "«{file}» đã có chữ ký số; chuyển đổi sẽ làm hỏng chữ ký. Tệp gốc giữ nguyên. Dùng «scanstation import» để đưa nguyên tệp vào hồ sơ."
    en = "«{file}» already carries a digital signature that conversion would break. The file is untouched. Use «scanstation import» to take it into a dossier byte for byte."


class LockedInput(InputError):
    vi = "«{file}» bị khoá bằng mật khẩu. Tệp gốc giữ nguyên. Xin người nộp tệp không khoá."
    en = "«{file}» is locked by a password. The file is untouched. Ask for a copy without one."


class ReadingTimeout(InputError):
    vi = "Đọc chữ trên «{file}» lâu quá {seconds} giây nên đã dừng. Ảnh trang vẫn giữ nguyên. Quét lại trang này ở 300 dpi."
    en = "Reading the text of «{file}» took more than {seconds} s and was stopped. The page image is untouched. Scan this page again at 300 dpi."


class Incomplete(InputError):
    vi = "Hồ sơ còn thiếu: {missing}. Mọi trang đã quét vẫn còn. Quét thêm, hoặc treo hồ sơ."
    en = "The dossier is incomplete: {missing}. All scanned pages are kept. Scan what is missing, or park the dossier."


class NotYourPages(InputError):
    vi = "Có trang do {others} quét; theo quy định người sao chụp phải là người ký. Chưa ký gì. Để {others} đăng nhập và ký, hoặc {clerk} quét lại các trang đó."
    en = "Some pages were scanned by {others}; by rule the officer who copied a paper signs it. Nothing was signed. Let {others} sign in and seal, or let {clerk} scan those pages again."


class NoSuchThing(InputError):
    vi = "Không có {kind} «{name}». {hint}"
    en = "There is no {kind} «{name}». {hint}"


class WrongState(InputError):
    vi = "Hồ sơ {dossier} đang ở trạng thái «{state}», không thể {act}. Chưa có gì thay đổi."
    en = "Dossier {dossier} is «{state}», so it cannot be used for this: {act}. Nothing changed."


class LooksOfficial(InputError):
    vi = "«{text}» trông như mã hồ sơ chính thức, mà máy trạm không bao giờ in mã như vậy. Chưa in gì; hồ sơ giữ nguyên. Mở hồ sơ với đúng tên người nộp, hoặc báo quản trị viên sửa mã máy trạm."
    en = "«{text}» reads like an official case code, and a station never prints one. Nothing was printed; the dossier is untouched. Open the dossier under the applicant's real name, or ask your IT staff to correct the station's id."


# 6 ------------------------------------------------------------------------------------------


class SigningError(ScanStationError):
    exit_code = 6


class WrongPassphrase(SigningError):
    vi = "Mật khẩu của khoá ký «{key}» không đúng. Chưa ký gì; hồ sơ vẫn mở. Nhập lại cẩn thận: thiết bị ký số có thể bị khoá sau 3 lần sai."
    en = "The passphrase of signing key «{key}» is wrong. Nothing was signed; the dossier is still open. Retype with care: a token may lock after 3 wrong tries."


class KeyUnusable(SigningError):
    vi = "Không dùng được khoá ký «{key}»: {problem}. Chưa ký gì; hồ sơ vẫn mở. Báo quản trị viên."
    en = "Signing key «{key}» cannot be used: {problem}. Nothing was signed; the dossier is still open. Tell your IT staff."


class CertificateExpired(SigningError):
    vi = "Chứng thư số của {holder} chỉ có hiệu lực từ {valid_from} đến {valid_until}. Chưa ký gì; hồ sơ vẫn mở. Gia hạn chứng thư hoặc kiểm tra ngày giờ của máy."
    en = "The certificate of {holder} is valid only from {valid_from} to {valid_until}. Nothing was signed; the dossier is still open. Renew it, or check the date of this PC."


class StampPlaceTaken(SigningError):
    vi = "Góc trên bên trái trang 1 của «{component}» đã kín chữ hoặc mã, không còn chỗ cho khung chữ ký. Chưa ký gì. Ký lại với «--stamp none» để ký không khung."
    en = "The top left corner of page 1 of «{component}» is full of print or codes, so the signature stamp has no place. Nothing was signed. Seal with «--stamp none» to sign without a visible stamp."


class SelfCheckFailed(SigningError):
    vi = "Tệp «{file}» không đạt khi tự kiểm tra: {problem}. Tệp không được xếp hàng gửi; trang gốc vẫn còn. Làm lại; nếu lặp lại, báo quản trị viên."
    en = "«{file}» failed its self-check: {problem}. It was not queued; the original pages are kept. Try again; if it happens again, tell your IT staff."


# 7 ------------------------------------------------------------------------------------------


class StorageError(ScanStationError):
    exit_code = 7
    vi = "Không ghi được vào «{path}»: {problem}. Những gì đã báo lưu vẫn còn. Báo quản trị viên."
    en = "«{path}» cannot be written: {problem}. What was announced as saved is safe. Tell your IT staff."


class DiskFull(StorageError):
    vi = "Ổ đĩa chứa «{path}» còn {free}, không đủ. Mọi trang đã báo lưu vẫn còn. Giải phóng ổ đĩa hoặc để hàng gửi được gửi đi, rồi làm lại."
    en = "The disk of «{path}» has {free} left, which is not enough. All pages announced as saved are safe. Free some space or let the queue be sent, then repeat."


class StoreNewer(StorageError):
    vi = "«{path}» do phiên bản mới hơn ghi (định dạng {found}, máy này đọc đến {known}). Chưa có gì thay đổi. Cập nhật ScanStation."
    en = "«{path}» was written by a newer version (format {found}, this one reads up to {known}). Nothing changed. Update ScanStation."


class StoreDamaged(StorageError):
    vi = "«{path}» không đọc được: {problem}. Không xoá gì. Chạy «scanstation doctor» và báo quản trị viên."
    en = "«{path}» cannot be read: {problem}. Nothing was deleted. Run «scanstation doctor» and tell your IT staff."


class InUse(StorageError):
    retryable = True
    vi = "{thing} đang được mở ở chương trình khác (tiến trình {owner}). Đóng chương trình đó rồi làm lại; chưa có gì thay đổi."
    en = "{thing} is open in another program (process {owner}). Close that one and repeat; nothing changed."


class NotYours(StorageError):
    vi = "Thư mục «{path}» thuộc tài khoản khác của máy này. Chưa có gì thay đổi. Đăng nhập đúng tài khoản của máy trạm."
    en = "The folder «{path}» belongs to another account of this PC. Nothing changed. Log in with the station's account."


# 8, 9, 10, 11, 130 --------------------------------------------------------------------------


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
