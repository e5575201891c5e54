#!/usr/bin/env bash
# Programs of other makers that the tests run beside ours and that no Debian package has: OHIF's published build.
set -eu
cd "$(dirname "$0")/.."
version=3.13.2
sha256=b189d3963bfc58e9394a9db8c7be75d07beb029ec211dbb126d47b62969dd3f1
target=.peers/ohif-$version
[ -e "$target/.complete" ] && exit 0

echo "fetching the OHIF viewer $version (a peer of the tests)"
rm -rf .peers/download "$target"
mkdir -p .peers/download "$target"
(cd .peers/download && PATH="$PWD/../../.node/bin:$PATH" npm pack --silent "@ohif/app@$version" >/dev/null)
echo "$sha256  .peers/download/ohif-app-$version.tgz" | sha256sum --check --quiet
tar -xzf ".peers/download/ohif-app-$version.tgz" -C "$target" --strip-components=2 package/dist
rm -rf .peers/download
touch "$target/.complete"
