#!/bin/bash
# test.sh [TARBALL]: makes the .deb, has lintian judge it, and lives through its life under systemd, in a Debian 13 that qemu boots with the
# kernel of the project's guest (test/real-devices/guest/make.sh). On Debian 12, whose Node is too old, apt must say so.
#
# Root, on x86_64; needs lintian, mmdebstrap, e2fsprogs and qemu-system-x86. Takes ten minutes and 2 GB of $TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
guest=${FLVCAST_GUEST:-${XDG_CACHE_HOME:-$HOME/.cache}/flvcast-guest}
export PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
step() { echo "== $*" >&2; }
debian() { mmdebstrap --quiet --mode=root --variant=minbase --aptopt='APT::Install-Recommends "false"' "$@"; }

tarball=${1:-}
if [ -z "$tarball" ]; then
  step "npm run package"
  (cd "$project" && npm run --silent package -- "$work" >/dev/null)
  tarball=$(echo "$work"/flvcast-*.tgz)
fi
bash "$project/test/real-devices/guest/make.sh"

step "the package, by lintian"
bash "$here/make.sh" "$tarball" "$work"
deb=$(echo "$work"/flvcast_*_all.deb)
lintian --allow-root --fail-on error,warning "$deb"

step "Debian 12 refuses it"
debian --skip=cleanup/apt/lists bookworm "$work/bookworm"
cp "$deb" "$work/bookworm/srv/flvcast.deb"
if LC_ALL=C chroot "$work/bookworm" apt-get install --simulate /srv/flvcast.deb >"$work/refusal" 2>&1; then
  echo "apt would install it on Debian 12" >&2
  exit 1
fi
grep 'flvcast : Depends: nodejs (>= 20.19)' "$work/refusal"
rm -rf "$work/bookworm"

step "Debian 13 installs it"
root=$work/trixie
depends=$(dpkg-deb -f "$deb" Depends | sed 's/ ([^)]*)//g; s/ //g')
debian --include="$depends,systemd-sysv,dbus,curl" trixie "$root"
mkdir "$root/srv/test"
cp "$deb" "$root/srv/test/flvcast.deb"
dpkg-deb -R "$deb" "$work/next"
sed -i 's/^Version: .*/&+next/' "$work/next/DEBIAN/control"
echo "# a later version of this file" >>"$work/next/etc/flvcast/flvcast.yml"
dpkg-deb --root-owner-group --build "$work/next" "$root/srv/test/next.deb" >/dev/null
install -m 755 "$here/test-in-guest.sh" "$root/srv/test/test.sh"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id" # without one, a first boot enables all there is
ln -s ../lib/systemd/systemd "$root/usr/sbin/guest-init"      # what the guest's initrd runs
ln -s /dev/null "$root/etc/systemd/system/serial-getty@.service"
ln -s ../test.service "$root/etc/systemd/system/multi-user.target.wants/"
cat >"$root/etc/systemd/system/test.service" <<'UNIT'
[Unit]
After=dbus.service
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
TimeoutStartSec=1200
ExecStart=/srv/test/test.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
UNIT
truncate -s "$(($(du -sm "$root" | cut -f 1) * 115 / 100 + 300))M" "$work/disk"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" -F "$work/disk"
rm -rf "$root"

: >"$work/results"
timeout 1800 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -machine pc -smp 2 -m 1536 \
  -nodefaults -no-user-config -display none -monitor none -no-reboot -nic none \
  -kernel "$guest/current/vmlinuz" -initrd "$guest/current/initrd.gz" \
  -append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr tsc=unstable no_timer_check" \
  -serial "file:$work/console" -serial "file:$work/results" \
  -drive "file=$work/disk,format=raw,if=none,id=root" -device virtio-blk-pci,drive=root -device virtio-rng-pci &
qemu=$!
trap 'kill "$qemu" 2>/dev/null || true; rm -rf "$work"' EXIT
tail -f --pid="$qemu" "$work/results"
wait "$qemu" || true
if ! grep -q '^all passed' "$work/results"; then
  tail -n 20 "$work/console" >&2
  exit 1
fi
