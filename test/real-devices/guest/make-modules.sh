#!/bin/bash
# make-modules.sh OUT: what the guest has beside Debian's kernel, into OUT/drivers:
#   h264pcm.ko         a V4L2 M2M H.264 encoder in software (h264pcm.c), behind ffmpeg's real h264_v4l2m2m
#   v4l2-mem2mem.ko    which it needs and Debian's amd64 kernel lacks: one file of its source package
#   v4l2loopback.ko    a camera that another program feeds
#   pcm_drv_video.so   a VA-API H.264 encoder in software, behind ffmpeg's real h264_vaapi
# Root; run by make.sh, which sets KERNEL (6.1.0-40-amd64) and has installed its headers, make, gcc and libva-dev.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1/drivers
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

gcc -O2 -shared -fPIC -fvisibility=hidden -w -o "$out/pcm_drv_video.so" "$here/../../software-encoders/pcm_drv_video.c"

series=$(cut -d. -f 1,2 <<<"$KERNEL")
apt-get -q -o APT::Sandbox::User=root download "linux-source-$series" v4l2loopback-dkms
mkdir encoder
cp "$here/h264pcm.c" encoder/
echo 'obj-m := v4l2-mem2mem.o h264pcm.o' >encoder/Makefile
# tar is content with the one file: whoever fills its pipe is told so, and is no failure
dpkg-deb --fsys-tarfile linux-source-*.deb 2>/dev/null |
  tar xOf - "./usr/src/linux-source-$series.tar.xz" 2>/dev/null |
  tar xJf - --occurrence=1 --strip-components=4 -C encoder "linux-source-$series/drivers/media/v4l2-core/v4l2-mem2mem.c" ||
  [ -s encoder/v4l2-mem2mem.c ]
dpkg-deb -x v4l2loopback-dkms_*.deb loopback
for folder in encoder "$(echo loopback/usr/src/v4l2loopback-*)"; do
  make -s -C "/usr/src/linux-headers-$KERNEL" M="$work/$folder" modules
  cp "$folder"/*.ko "$out/"
done
