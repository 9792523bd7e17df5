#!/bin/sh
# make.sh TARBALL [FOLDER]: makes FOLDER/flvcast, to be copied to /addons of Home Assistant, from the tarball of `npm run package`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tarball=${1:?usage: make.sh flvcast-VERSION.tgz [FOLDER]}
target=${2:-.}/flvcast
version=$(tar -xzOf "$tarball" package/package.json | sed -n 's/^  "version": "\(.*\)",$/\1/p')
mkdir -p "$target"
cp "$here/Dockerfile" "$here/run.sh" "$here/DOCS.md" "$target/"
cp "$tarball" "$target/flvcast.tgz"
sed "s/@VERSION@/$version/" "$here/config.yaml" >"$target/config.yaml"
