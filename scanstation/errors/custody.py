"""Exit codes 6 and 7: keys, signatures, disks and stores."""

from scanstation.errors.root import ScanStationError


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
    command = "scanstation seal ID --stamp none"
    vi = "Góc trên bên trái trang 1 của «{component}» đã kín chữ hoặc mã, không còn chỗ cho khung chữ ký. Chưa ký gì. Ký lại mà không dùng khung; chữ ký vẫn có giá trị như nhau."
    en = "The top left corner of page 1 of «{component}» is full of print or codes, so the signature stamp has no place. Nothing was signed. Seal again without a visible stamp: the signature holds just the same."


class SelfCheckFailed(SigningError):
    vi = "Tệp «{file}» không đạt khi tự kiểm tra: {problem}. Tệp không được xếp hàng gửi; trang gốc vẫn còn. Làm lại; nếu lặp lại, báo quản trị viên."
    en = "«{file}» failed its self-check: {problem}. It was not queued; the original pages are kept. Try again; if it happens again, tell your IT staff."


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
    command = "scanstation doctor"
    vi = "«{path}» không đọc được: {problem}. Không xoá gì. Làm tiếp hồ sơ khác được; báo quản trị viên kiểm tra máy trạm."
    en = "«{path}» cannot be read: {problem}. Nothing was deleted. Other dossiers can be worked on; ask your IT staff to check the station."


class InUse(StorageError):
    retryable = True
    vi = "{thing} đang được mở ở chương trình khác (tiến trình {owner}). Đóng chương trình đó rồi làm lại; chưa có gì thay đổi."
    en = "{thing} is open in another program (process {owner}). Close that one and repeat; nothing changed."


class NotYours(StorageError):
    vi = "Thư mục «{path}» thuộc tài khoản khác của máy này. Chưa có gì thay đổi. Đăng nhập đúng tài khoản của máy trạm."
    en = "The folder «{path}» belongs to another account of this PC. Nothing changed. Log in with the station's account."
