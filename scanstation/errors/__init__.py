"""Every fault ScanStation can name, as one tree.

ScanStationError                 1   something we did not foresee
├── UsageError                   2   the command, a profile or a setting is wrong
│   ├── SettingsError                a TOML file: names file and line
│   ├── NoStation / NoClerk          no station or clerk has been set up here
│   └── NotSignedIn                  an act needs a clerk
├── DeviceError                  3   no scanner, busy, crashed, hung
│   ├── NoScanner / DeviceNotFound / DeviceBusy / DeviceHeld / DeviceLost
│   ├── DriverHung / DriverCrashed / DeviceDenied / DeviceFault / SettingRefused
│   └── FolderUnreachable / PrinterRefused
├── PaperError                   4   empty feeder, jam, cover, misfeed: pages so far are kept
│   └── FeederEmpty / PaperJam / CoverOpen / MultiFeed / PageCut
├── InputError                   5   a file, page or dossier is not fit for what was asked
│   ├── UnreadableInput / OversizedInput / SignedInput / LockedInput / ReadingTimeout
│   ├── SecretPaper                  a secrecy mark: not to be digitised here
│   ├── SecretSealed                 one that was found only after delivery
│   ├── StrangeSeparator             a separator sheet of another procedure
│   ├── Incomplete                   the checklist does not add up
│   ├── AccountOpen                  paper and images do not add up
│   ├── NotYourPages                 somebody else scanned them, so somebody else signs
│   ├── SealedForGood / MovedSince   what can no longer be destroyed, or undone on its own
│   ├── AlreadyCorrected / CannotTakeBack    after sealing
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
what to do next. The number is the exit code of the command line. One file per group of codes.
"""

from scanstation.errors.custody import *
from scanstation.errors.device import *
from scanstation.errors.order import *
from scanstation.errors.root import *
from scanstation.errors.wire import *
