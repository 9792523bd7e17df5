#!/bin/sh
# make.sh TARBALL URL: prints the formula for the tarball of `npm run package`, which is to be had at URL (https: or file:).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tarball=${1:?usage: make.sh flvcast-VERSION.tgz URL}
url=${2:?usage: make.sh flvcast-VERSION.tgz URL}
sha256=$(sha256sum "$tarball" | cut -d ' ' -f 1)
sed -e "s|@URL@|$url|" -e "s|@SHA256@|$sha256|" "$here/flvcast.rb"
