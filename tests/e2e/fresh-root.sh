#!/usr/bin/env bash
# The README's two commands on a machine that has never seen ScanStation: an empty Debian 12 root,
# the repository as committed, scripts/demo, scripts/test. Needs root and debootstrap.
#
#   tests/e2e/fresh-root.sh [--rev REV | --worktree] [--keep] [-- COMMAND...]
#
# --worktree takes the files as they lie here instead of a commit; COMMAND replaces both scripts;
# --keep leaves the root for a look. Where the registries are is read from this machine at run
# time: its Debian mirror, apt's network settings, pip's index, its CA bundle. Nothing else of it
# gets in, and no certificate check is switched off.
set -euo pipefail

# A mount and process space of our own: however this ends, no mount and no process stays behind.
if [ "${1:-}" != --inside ]; then
  [ "$(id -u)" = 0 ] || { echo "fresh-root: needs root" >&2; exit 1; }
  command -v debootstrap >/dev/null || { echo "fresh-root: apt-get install debootstrap" >&2; exit 1; }
  exec unshare --mount --propagation private --pid --fork --kill-child "$0" --inside "$@"
fi
shift

say() { echo "fresh-root: $*" >&2; }
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
suite=bookworm rev=HEAD worktree=no keep=no commands=()
while [ $# -gt 0 ]; do
  case $1 in
    --rev) rev=$2; shift 2 ;;
    --worktree) worktree=yes; shift ;;
    --keep) keep=yes; shift ;;
    --) shift; commands=("$*"); break ;;
    *) say "unknown argument $1"; exit 2 ;;
  esac
done
[ ${#commands[@]} -gt 0 ] || commands=(scripts/demo scripts/test)

root=$(mktemp -d "${TMPDIR:-/var/tmp}/scanstation-fresh.XXXXXX")
cleanup() {
  local at
  for at in dev/shm dev/pts dev/null dev/zero dev/full dev/random dev/urandom dev/tty dev proc; do
    if mountpoint -q "$root/$at"; then umount --lazy "$root/$at" || true; fi
  done
  if [ "$keep" = yes ]; then say "kept $root"; else rm -rf --one-file-system "$root"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# --- an empty Debian --------------------------------------------------------------------------

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $suite" | head -n 1)
[ -n "$mirror" ] || { say "this machine's apt sources name no Debian $suite mirror"; exit 1; }
say "debootstrap $suite into $root"
debootstrap --variant=minbase --include=ca-certificates,git,python3 "$suite" "$root" "$mirror" \
  >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; exit 1; }
rm -f "$root.log"

mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"

# --- the way to the registries ----------------------------------------------------------------

cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
rm -f "$root/etc/apt/sources.list"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  if grep -qsE "^Suites:(.* )?$suite( |$)|^deb .* $suite " "$file"; then cp "$file" "$root$file"; fi
done
apt-config dump | grep -E '^Acquire::(http|https|Check|Retries)' >"$root/etc/apt/apt.conf.d/90host-network" || true

settings=(HOME=/root LANG=C.UTF-8 "TERM=${TERM:-dumb}"
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
if [ -f "$bundle" ]; then
  cp -L "$bundle" "$root/etc/ssl/host-ca.crt"
  for name in PIP_CERT SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE; do
    settings+=("$name=/etc/ssl/host-ca.crt")
  done
fi
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_DEFAULT_TIMEOUT; do
  if [ -n "${!name:-}" ]; then settings+=("$name=${!name}"); fi
done
# An index that is a folder of this machine is no way to a registry; those stay outside.
index=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
case $index in https://*) settings+=("PIP_INDEX_URL=$index") ;; esac

# --- the repository ---------------------------------------------------------------------------

if [ "$worktree" = yes ]; then
  mkdir -p "$root/opt/scanstation"
  (cd "$repo" && git ls-files -z --cached --others --exclude-standard |
    tar --create --null --ignore-failed-read --files-from - 2>/dev/null) | tar -x -C "$root/opt/scanstation"
  say "the files of the working folder"
else
  rev=$(git -C "$repo" rev-parse --verify "$rev^{commit}")
  git clone --quiet --no-hardlinks "$repo" "$root/opt/scanstation"
  git -C "$root/opt/scanstation" checkout --quiet "$rev"
  say "commit $rev"
fi

# --- as a new user would ----------------------------------------------------------------------

status=0
for command in "${commands[@]}"; do
  started=$SECONDS code=0
  say "== $command"
  chroot "$root" env -i "${settings[@]}" bash -c "cd /opt/scanstation && $command" </dev/null || code=$?
  say "== $command: exit $code after $((SECONDS - started)) s"
  if [ "$code" != 0 ]; then status=1; fi
done
exit "$status"
