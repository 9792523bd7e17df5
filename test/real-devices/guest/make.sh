#!/bin/bash
# make.sh: makes the guest that `npm run test:devices` boots, unless it is there: a small Debian with real V4L2 and ALSA
# drivers. It takes two minutes and a gigabyte of $FLVCAST_GUEST (~/.cache/flvcast-guest), in a folder named after the
# recipe and node's version, so that another recipe makes another guest; `current` leads to it.
#
# Root installs what is missing. Ends with one line and exit code 1 where the guest cannot be made.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${FLVCAST_GUEST:-${XDG_CACHE_HOME:-$HOME/.cache}/flvcast-guest}
recipe=("$here"/{make-image.sh,make-modules.sh,init,guest-agent.service,h264pcm.c} "$here/../../software-encoders/pcm_drv_video.c")

cannot() {
  echo "test:devices: cannot make the guest: $*" >&2
  exit 1
}
# Debian has mke2fs and depmod in sbin, which is not in every user's PATH.
export PATH=$PATH:/usr/sbin:/sbin
missing=
need() { command -v "$1" >/dev/null || missing+=" $2"; }

[ "$(uname -sm)" = "Linux x86_64" ] || cannot "it takes an x86_64 Linux, and this is $(uname -sm)"
name=$({ cat "${recipe[@]}" && node --version; } | sha256sum | cut -c 1-16)
need qemu-system-x86_64 qemu-system-x86
need mke2fs e2fsprogs
if [ ! -e "$cache/$name" ]; then
  command -v apt-get >/dev/null || cannot "it is made of Debian's packages, and there is no apt-get here"
  [ "$(id -u)" = 0 ] || cannot "the first time takes root: sudo -E bash test/real-devices/guest/make.sh"
  apt-cache show linux-image-amd64 >/dev/null 2>&1 || apt-get -qq update >&2 || cannot "apt-get update failed: see above"
  KERNEL=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^  Depends: linux-image-//p' | head -1)
  [ -n "$KERNEL" ] || cannot "apt knows no package linux-image-amd64: is this a Debian?"
  export KERNEL
  need mmdebstrap mmdebstrap
  need depmod kmod
  need make make
  need gcc gcc
  [ -e /usr/include/va/va_backend.h ] || missing+=" libva-dev"
  [ -d "/usr/src/linux-headers-$KERNEL" ] || missing+=" linux-headers-$KERNEL"
fi
if [ -n "$missing" ]; then
  { command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; } || cannot "please install$missing, then try again"
  echo "test:devices: installing$missing" >&2
  apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
  # shellcheck disable=SC2086 # a list of names
  { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends $missing; } >&2 ||
    cannot "apt-get failed, see above: please install$missing, then try again"
fi

if [ ! -e "$cache/$name" ]; then
  mkdir -p "$cache"
  unfinished=$(mktemp -d "$cache/unfinished.XXXXXX")
  trap 'rm -rf "$unfinished"' EXIT
  log=$cache/make.log
  echo "test:devices: making the guest, once: two minutes" >&2
  for script in make-image.sh make-modules.sh; do
    nice -n 10 bash "$here/$script" "$unfinished" >"$log" 2>&1 ||
      cannot "$script failed: $(tail -n 1 "$log") (all it said: $log)"
  done
  chmod 755 "$unfinished"
  mv "$unfinished" "$cache/$name"
fi
ln -sfn "$name" "$cache/current"
# Those of recipes that are no more.
find "$cache" -maxdepth 1 -regextype posix-extended -regex '.*/[0-9a-f]{16}' ! -name "$name" -exec rm -rf {} +
