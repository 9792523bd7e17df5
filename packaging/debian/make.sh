#!/bin/bash
# make.sh TARBALL [FOLDER]: makes flvcast_VERSION_all.deb from what `npm pack` made. Needs dpkg-deb, tar and gzip.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tarball=${1:?usage: make.sh flvcast-VERSION.tgz [FOLDER]}
target=${2:-.}
node=${NODE:-node}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar -xzf "$tarball" -C "$work"
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$work/package/package.json")
root=$work/root
install_file() { install -D -m "${3:-644}" "$work/package/$1" "$root/$2"; }

# The program, without what only npm needs: Debian has ffmpeg, and all else is in the bundle.
mkdir -p "$root/usr/lib/flvcast" "$root/usr/bin"
cp -r "$work/package/dist" "$work/package/bin" "$work/package/config.schema.json" "$work/package/package.json" "$root/usr/lib/flvcast/"
rm "$root/usr/lib/flvcast/dist/index.d.ts"
chmod -R u=rwX,go=rX "$root/usr/lib/flvcast"
chmod 755 "$root/usr/lib/flvcast/bin/flvcast.js"
ln -s ../lib/flvcast/bin/flvcast.js "$root/usr/bin/flvcast"

install_file man/flvcast.1 usr/share/man/man1/flvcast.1
gzip -9n "$root/usr/share/man/man1/flvcast.1"
install_file README.md usr/share/doc/flvcast/README.md
install -D -m 644 "$here/flvcast.yml" "$root/etc/flvcast/flvcast.yml"

# The units are those that `flvcast service install` writes, by the names of a package.
units=$root/usr/lib/systemd/system
mkdir -p "$units"
RUNTIME_DIRECTORY=$work CACHE_DIRECTORY=$work "$node" "$work/package/bin/flvcast.js" \
  service print --name deb --config "$here/flvcast.yml" |
  sed -e 's/flvcast-deb/flvcast/g; s/flvcast deb/flvcast/' \
    -e 's|^ExecStart=.*|ExecStart=/usr/bin/flvcast serve --config /etc/flvcast/flvcast.yml|' |
  awk -v units="$units" '/^# \/etc\/systemd/ { file = units "/" substr($2, 21); next } { print > file }'
mkdir -p "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
"$node" "$work/package/bin/flvcast.js" completion bash >"$root/usr/share/bash-completion/completions/flvcast"
"$node" "$work/package/bin/flvcast.js" completion zsh >"$root/usr/share/zsh/vendor-completions/_flvcast"
"$node" "$work/package/bin/flvcast.js" completion fish >"$root/usr/share/fish/vendor_completions.d/flvcast.fish"

{
  echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
  echo "Upstream-Name: flvcast"
  echo
  echo "Files: *"
  sed -n 's/^\(Copyright .*\)$/\1/p' "$work/package/LICENSE" | sed 's/^Copyright (c)/Copyright:/'
  echo "License: Expat"
  sed -e '1,/^Permission/{/^Permission/!d}' -e 's/^$/./' -e 's/^/ /' "$work/package/LICENSE"
  echo "Comment: The licenses of the packages that are bundled are in"
  echo " /usr/lib/flvcast/dist/web/licenses.txt."
} >"$root/usr/share/doc/flvcast/copyright"
date=$(date -R -d "@${SOURCE_DATE_EPOCH:-$(stat -c %Y "$tarball")}")
printf 'flvcast (%s) unstable; urgency=medium\n\n  * See https://keepachangelog.com: CHANGELOG.md of the repository.\n\n -- flvcast contributors <flvcast@localhost>  %s\n' \
  "$version" "$date" | gzip -9n >"$root/usr/share/doc/flvcast/changelog.gz"

mkdir -p "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$root" | cut -f 1)/" "$here/control" >"$root/DEBIAN/control"
echo /etc/flvcast/flvcast.yml >"$root/DEBIAN/conffiles"
install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN/"
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)

mkdir -p "$target"
dpkg-deb --root-owner-group -Zxz --build "$root" "$target/flvcast_${version}_all.deb"
