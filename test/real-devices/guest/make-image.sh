#!/bin/bash
# make-image.sh OUT: vmlinuz, initrd.gz and root.img of the guest, from Debian packages, without loop mounts or KVM.
# Root; run by make.sh, which sets KERNEL (6.1.0-40-amd64) and has installed mmdebstrap, e2fsprogs and kmod.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1
suite=$(. /etc/os-release && echo "$VERSION_CODENAME") # the one that the sources are of
sources=/etc/apt/sources.list.d/debian.sources
[ -e "$sources" ] || sources=/etc/apt/sources.list
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

echo "== root filesystem"
packages=ffmpeg,v4l-utils,alsa-utils,udev,kmod,busybox-static,iproute2,procps,psmisc,bash,util-linux,libstdc++6,libva2,libva-drm2
packages+=,systemd,dbus,libpam-systemd # booted where a test is about services
mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  "$suite" "$root" "$sources"

echo "== kernel $KERNEL"
mkdir "$work/deb"
(cd "$work/deb" && apt-get -q -o APT::Sandbox::User=root download "linux-image-$KERNEL")
dpkg-deb -x "$work"/deb/linux-image-*.deb "$work/kernel"
cp "$work"/kernel/boot/vmlinuz-* "$out/vmlinuz"
depmod -b "$work/kernel" "$KERNEL"

# Only the modules that the tests use, with those that they need.
closure() {
  for module in "$@"; do modprobe -d "$work/kernel" -S "$KERNEL" --show-depends "$module"; done |
    sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}
paths=$(closure vivid snd-aloop vgem videobuf2-v4l2 videobuf2-vmalloc virtio_pci virtio_blk virtio_net 9p 9pnet_virtio overlay ext4)
while read -r path; do install -D -m 644 "$path" "$root${path#"$work/kernel"}"; done <<<"$paths"
cp "$work/kernel/lib/modules/$KERNEL"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$KERNEL/"
depmod -b "$root" "$KERNEL"

echo "== node, users, first process"
install -m 755 "$(readlink -f "$(command -v node)")" "$root/usr/local/bin/node"
install -m 755 "$here/init" "$root/sbin/guest-init"
install -m 644 "$here/guest-agent.service" "$root/etc/systemd/system/"
ln -s ../guest-agent.service "$root/etc/systemd/system/multi-user.target.wants/"
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id" # without one, a first boot enables all there is
chroot "$root" useradd -m -s /bin/bash -G video,audio cam # may use the devices, as a desktop's first user may
chroot "$root" useradd -m -s /bin/bash tester             # may not
chroot "$root" systemd-hwdb update || true
mkdir -p "$root"/{project,lower,overlay}
echo flvguest >"$root/etc/hostname"
printf '127.0.0.1 localhost flvguest\n' >"$root/etc/hosts"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*

echo "== initrd"
initrd=$work/initrd
mkdir -p "$initrd"/{bin,dev,proc,mnt,modules}
cp "$root/bin/busybox" "$initrd/bin/busybox"
ln -s busybox "$initrd/bin/sh"
closure virtio_pci virtio_blk ext4 crc32c_generic | while read -r path; do
  cp "$path" "$initrd/modules/"
  basename "$path"
done >"$initrd/modules/order"
cat >"$initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
while read -r module; do /bin/busybox insmod "/modules/$module"; done </modules/order
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do /bin/busybox sleep 0.1; tries=$((tries + 1)); done
/bin/busybox mount -t ext4 -o rw,noatime /dev/vda /mnt || exec /bin/busybox poweroff -f
/bin/busybox umount /proc
/bin/busybox mount -o move /dev /mnt/dev
exec /bin/busybox switch_root /mnt /sbin/guest-init
INIT
chmod 755 "$initrd/init"
(cd "$initrd" && find . | LC_ALL=C sort | "$root/bin/busybox" cpio -o -H newc | gzip) >"$out/initrd.gz"

echo "== disk"
megabytes=$(($(du -sm "$root" | cut -f1) * 115 / 100 + 200))
rm -f "$out/root.img"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" -F "$out/root.img" "${megabytes}M"
