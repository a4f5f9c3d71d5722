"""Exit codes 2 and 5: what was asked for, or handed in, is not fit for it."""

from scanstation.errors.root import ScanStationError


class UsageError(ScanStationError):
    exit_code = 2
    command = "scanstation --help"
    vi = "Chưa làm được: {detail}."
    en = "This was not done: {detail}."


class SettingsError(UsageError):
    command = ""
    vi = "Cấu hình {file}, dòng {line}: {problem}. Sửa tệp rồi chạy lại; chưa có gì thay đổi."
    en = "Settings {file}, line {line}: {problem}. Correct the file and run again; nothing changed."


class NoStation(UsageError):
    command = ""
    vi = "Chưa có máy trạm nào trong {folder}. Quản trị viên lập máy trạm bằng «scanstation station init --id MÃ --agency TÊN»; xem thử: «scanstation demo»; máy trạm ở thư mục khác: «--data-dir THƯ_MỤC»."
    en = "There is no station in {folder} yet. IT staff set one up with «scanstation station init --id ID --agency NAME»; to look around, run «scanstation demo»; a station elsewhere is named by «--data-dir DIR»."


class NoClerk(UsageError):
    command = ""
    vi = "Máy trạm này chưa có cán bộ nào. Quản trị viên thêm bằng «scanstation clerk add MÃ --name TÊN --key TỆP.p12»."
    en = "No clerk has been set up at this station. IT staff add one with «scanstation clerk add ID --name NAME --key FILE.p12»."


class NotSignedIn(UsageError):
    command = "scanstation clerk login ID"
    vi = "Chưa có cán bộ nào đăng nhập. Chưa có gì thay đổi. Đăng nhập (trên màn hình: F12) rồi làm lại."
    en = "No clerk is signed in. Nothing changed. Sign in (on the screen: F12), then repeat."


class InputError(ScanStationError):
    exit_code = 5


class UnreadableInput(InputError):
    vi = "Không đọc được «{file}»: {problem}. Tệp gốc giữ nguyên. Mở thử tệp, quét lại hoặc chọn tệp khác."
    en = "«{file}» cannot be read: {problem}. The file is untouched. Try to open it, scan again or choose another file."


class OversizedInput(InputError):
    vi = "«{file}» quá lớn để xử lý an toàn: {found}, giới hạn {limit}. Tệp gốc giữ nguyên. Quét lại ở 300 dpi."
    en = "«{file}» is too large to be handled safely: {found}, the limit is {limit}. The file is untouched. Scan again at 300 dpi."


class SignedInput(InputError):
    command = "scanstation import --dossier ID --component ID {file}"
    vi = "«{file}» đã có chữ ký số; chuyển đổi sẽ làm mất hiệu lực chữ ký. Tệp gốc giữ nguyên. Hãy nhận nguyên tệp vào hồ sơ (trên màn hình: F9)."
    en = "«{file}» already carries a digital signature that conversion would break. The file is untouched. Take it into a dossier as it is (on the screen: F9)."


class LockedInput(InputError):
    vi = "«{file}» bị khoá bằng mật khẩu. Tệp gốc giữ nguyên. Xin người nộp tệp không khoá."
    en = "«{file}» is locked by a password. The file is untouched. Ask for a copy without one."


class ReadingTimeout(InputError):
    vi = "Đọc chữ trên «{file}» lâu quá {seconds} giây nên đã dừng. Ảnh trang vẫn giữ nguyên. Quét lại trang này ở 300 dpi."
    en = "Reading the text of «{file}» took more than {seconds} s and was stopped. The page image is untouched. Scan this page again at 300 dpi."


class SecretPaper(InputError):
    vi = "Trang {page} có dấu chỉ độ mật. Tài liệu mật không được số hoá tại đây (TT 01/2023/TT-VPCP Đ5, TT 03/2025/TT-VPCP Đ5 khoản 2). Đã dừng quét; chưa ký, chưa gửi gì. Huỷ hẳn trang này khỏi hồ sơ, giữ bản giấy theo quy định bảo vệ bí mật nhà nước và báo người phụ trách."
    en = "Page {page} carries a secrecy mark. Secret papers must not be digitised here (TT 01/2023/TT-VPCP Đ5, TT 03/2025/TT-VPCP Đ5(2)). The scan was stopped; nothing was signed or sent. Expunge the page from the dossier, keep the paper as the rules on state secrets say, and tell the officer in charge."


class SecretSealed(InputError):
    vi = "Đọc kỹ lại hồ sơ {dossier} mới thấy dấu chỉ độ mật. Gói tin của hồ sơ đã ký và trung tâm đã nhận; không gửi thêm gì nữa. Báo ngay người phụ trách để xử lý bản đã gửi, giữ bản giấy theo quy định bảo vệ bí mật nhà nước."
    en = "Reading dossier {dossier} thoroughly showed a secrecy mark that was not seen before. Its package is signed and central holds it; nothing more is sent. Tell the officer in charge at once, who decides about what was sent, and keep the paper as the rules on state secrets say."


class StrangeSeparator(InputError):
    vi = "Gặp tờ phân cách không thuộc thủ tục này: «{says}». Các trang trước tờ đó đã lưu; tờ đó và các trang sau chưa lưu. Lấy tờ đó ra, đặt lại phần giấy tờ còn lại và quét tiếp vào đúng thành phần."
    en = "There is a separator sheet that does not belong to this procedure: «{says}». The pages before it are saved; the sheet and what follows are not. Take it out, lay the rest of the pile in again and scan on into the right component."


class Incomplete(InputError):
    vi = "Hồ sơ còn thiếu: {missing}. Mọi trang đã quét vẫn còn. Quét thêm, hoặc treo hồ sơ."
    en = "The dossier is incomplete: {missing}. All scanned pages are kept. Scan what is missing, or park the dossier."


class AccountOpen(InputError):
    command = "scanstation dossier account {dossier}"
    vi = "Giấy tờ và ảnh quét chưa khớp: {problems}. Chưa ký gì; mọi trang vẫn còn. Đếm lại số tờ rồi khai (trên màn hình: Ctrl+K), hoặc quét thêm trang còn thiếu."
    en = "Paper and images do not add up yet: {problems}. Nothing was signed; all pages are kept. Count the sheets and declare them (on the screen: Ctrl+K), or scan the pages that are missing."


class NotYourPages(InputError):
    vi = "Có trang do {others} quét; theo quy định người sao chụp phải là người ký. Chưa ký gì. Để {others} đăng nhập và ký, hoặc {clerk} quét lại các trang đó."
    en = "Some pages were scanned by {others}; by rule the officer who copied a paper signs it. Nothing was signed. Let {others} sign in and seal, or let {clerk} scan those pages again."


class NoSuchThing(InputError):
    vi = "Không có {kind} «{name}». {hint}"
    en = "There is no {kind} «{name}». {hint}"


class WrongState(InputError):
    vi = "Hồ sơ {dossier} đang ở trạng thái «{state}», không thể {act}. Chưa có gì thay đổi."
    en = "Dossier {dossier} is «{state}», so it cannot be used for this: {act}. Nothing changed."


class SealedForGood(InputError):
    vi = "Hồ sơ {dossier} đã ký; gói tin đã ký không bao giờ thay đổi. Chưa huỷ gì. Báo ngay người phụ trách: giữ gói tin lại nếu chưa gửi, lập gói đính chính không có trang này, và đề nghị trung tâm xử lý gói đã nhận."
    en = "Dossier {dossier} is sealed, and a sealed package never changes. Nothing was destroyed. Tell who is in charge at once: hold the package back if it is not sent yet, seal a correcting one without this page, and ask the central system to deal with what it received."


class MovedSince(InputError):
    command = "scanstation page give PAGE --dossier {other} --to ID"
    vi = "Các trang này đã chuyển giữa hai hồ sơ, và hồ sơ {other} đã có việc mới hơn ({why}). Chưa có gì thay đổi; trang nào cũng còn. Hoàn tác ở hồ sơ {other} trước, hoặc chuyển trang trở lại (trên màn hình: Ctrl+O ở hồ sơ ấy)."
    en = "These pages moved between two dossiers, and dossier {other} has newer acts ({why}). Nothing changed; every page is kept. Undo in dossier {other} first, or move the pages back (on the screen: Ctrl+O in that dossier)."


class LooksOfficial(InputError):
    vi = "«{text}» trông giống mã hồ sơ chính thức; máy trạm không bao giờ in mã như vậy. Chưa in gì; hồ sơ giữ nguyên. Mở hồ sơ với đúng tên người nộp, hoặc báo quản trị viên sửa mã máy trạm."
    en = "«{text}» reads like an official case code, and a station never prints one. Nothing was printed; the dossier is untouched. Open the dossier under the applicant's real name, or ask your IT staff to correct the station's id."


class AlreadyCorrected(InputError):
    vi = "Gói tin của hồ sơ {dossier} đang được hồ sơ {other} sửa. Chưa có gì thay đổi. Làm tiếp hồ sơ {other}, hoặc sửa gói tin của hồ sơ ấy."
    en = "The package of dossier {dossier} is being corrected by dossier {other} already. Nothing changed. Go on with {other}, or correct that one's package."


class CannotTakeBack(InputError):
    command = "scanstation dossier correct {dossier} --reason WHY"
    vi = "Hồ sơ {dossier} đã gửi hoặc đang gửi đến hệ thống trung tâm, nên máy trạm không rút lại được nữa. Chưa có gì thay đổi. Báo hệ thống trung tâm, hoặc lập gói tin sửa (trên màn hình: mở hồ sơ, Ctrl+O, «Sửa»)."
    en = "Dossier {dossier} was delivered to central, or is being delivered, so this station cannot take it back. Nothing changed. Tell central, or make a correcting package (on the screen: open the dossier, Ctrl+O, «Correct»)."
