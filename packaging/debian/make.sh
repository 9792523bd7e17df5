#!/bin/bash
# make.sh TARBALL [FOLDER]: makes flvcast_VERSION_all.deb from the tarball of `npm run package`. Needs node and dpkg-deb.
# DEBFULLNAME and DEBEMAIL are the maintainer, as for Debian's own tools.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tarball=${1:?usage: make.sh flvcast-VERSION.tgz [FOLDER]}
target=${2:-.}
maintainer="${DEBFULLNAME:-flvcast contributors} <${DEBEMAIL:-flvcast@flvcast.invalid}>"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

tar -xzf "$tarball" -C "$work"
package=$work/package
root=$work/root
version=$(node -p 'require(process.argv[1]).version' "$package/package.json")
flvcast() { RUNTIME_DIRECTORY=$work CACHE_DIRECTORY=$work node "$package/bin/flvcast.js" "$@"; }
install_file() { install -D -m 644 "$1" "$root/$2"; }
from_input() { install -D -m 644 /dev/stdin "$root/$1"; }

# The program is whole without npm: its packages are bundled, and ffmpeg is Debian's.
mkdir -p "$root/usr/lib/flvcast" "$root/usr/bin"
cp -r "$package"/{bin,dist,config.schema.json,package.json} "$root/usr/lib/flvcast/"
rm "$root/usr/lib/flvcast/dist/index.d.ts"
chmod -R u=rwX,go=rX "$root/usr/lib/flvcast"
chmod 755 "$root/usr/lib/flvcast/bin/flvcast.js"
ln -s ../lib/flvcast/bin/flvcast.js "$root/usr/bin/flvcast"

install_file "$here/flvcast.yml" etc/flvcast/flvcast.yml
install_file "$here/sysusers.conf" usr/lib/sysusers.d/flvcast.conf
install_file "$package/README.md" usr/share/doc/flvcast/README.md
gzip -9nc "$package/man/flvcast.1" | from_input usr/share/man/man1/flvcast.1.gz
flvcast completion bash | from_input usr/share/bash-completion/completions/flvcast
flvcast completion zsh | from_input usr/share/zsh/vendor-completions/_flvcast
flvcast completion fish | from_input usr/share/fish/vendor_completions.d/flvcast.fish

# The unit is that of `flvcast service install`, with the folders of a service "flvcast-service": those of "flvcast" are root's.
# The groups are those of Debian, and sysusers.conf makes the one that may be missing. A host name instead of an address leaves out
# the socket unit, so that the address in the file is the only one to edit.
printf 'listen: localhost:8080\nstreams: { test: test }\n' >"$work/flvcast.yml"
flvcast service print --name service --config "$work/flvcast.yml" |
  sed -e '/^# \/etc\/systemd/d' -e 's/^Description=flvcast service\(.*\)/Description=flvcast\1\nDocumentation=man:flvcast(1)/' \
    -e '/^SupplementaryGroups=/d' -e 's/^DynamicUser=yes$/&\nSupplementaryGroups=video audio render/' \
    -e 's|^ExecStart=.*|ExecStart=/usr/bin/flvcast serve --config /etc/flvcast/flvcast.yml|' |
  from_input usr/lib/systemd/system/flvcast.service

{
  echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
  echo "Upstream-Name: flvcast"
  echo "Comment: The licenses of the bundled packages are in"
  echo " /usr/lib/flvcast/dist/web/licenses.txt."
  echo
  echo "Files: *"
  sed -n 's/^Copyright (c) /Copyright: /p' "$package/LICENSE"
  echo "License: Expat"
  sed -e '1,/^Permission/{/^Permission/!d}' -e 's/^$/./' -e 's/^/ /' "$package/LICENSE"
} | from_input usr/share/doc/flvcast/copyright
date=$(date -R -d "@${SOURCE_DATE_EPOCH:-$(stat -c %Y "$tarball")}")
printf 'flvcast (%s) unstable; urgency=medium\n\n  * Changes are listed in CHANGELOG.md of the repository.\n\n -- %s  %s\n' \
  "$version" "$maintainer" "$date" | gzip -9n | from_input usr/share/doc/flvcast/changelog.gz

mkdir -p "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@MAINTAINER@/$maintainer/" \
  -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f 1)/" "$here/control" >"$root/DEBIAN/control"
echo /etc/flvcast/flvcast.yml >"$root/DEBIAN/conffiles"
install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN/"
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)

mkdir -p "$target"
dpkg-deb --root-owner-group -Zxz --build "$root" "$target/flvcast_${version}_all.deb"
