#!/bin/sh
# The build's last step: runs the node that was built for a moment, and keeps what the virtual
# machine learnt (classes read and linked, methods counted) for its later starts: JEP 483, 514, 515.
set -eu

launcher=$(CDPATH= cd -P "$(dirname "$(readlink -f "$0")")" && pwd)
cache=$launcher/target/doppelfleet.aot
# Beside the cache, so that this comes to its place whole or not at all.
work=$(mktemp -d "$launcher/target/training.XXXXXX")
node=
trap '[ -z "$node" ] || kill "$node" 2> /dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

: > "$work/log"
# It carries nobody: no port but a free one of the loopback, a public key, a closed door as cover.
rm -f "$cache"
# What the caller's environment says of a node is not for this one.
env -i PATH="$PATH" HOME="${HOME:-/}" JAVA_HOME="${JAVA_HOME:-}" \
  DOPPELFLEET_STATE="$work/state" \
  DOPPELFLEET_PROXY_LISTEN=127.0.0.1:0 \
  DOPPELFLEET_PROXY_COVER_HOST=127.0.0.1 \
  DOPPELFLEET_PROXY_COVER_PORT=9 \
  DOPPELFLEET_SECRETS_training=ee00112233445566778899aabbccddeeff7777772e6578616d706c652e6f7267 \
  JDK_JAVA_OPTIONS="-XX:AOTCacheOutput=$work/cache" \
  "$launcher/../doppelfleet" run > "$work/log" 2>&1 &
node=$!
tries=0
while ! grep -q 'listening on' "$work/log"; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ] || ! kill -0 "$node" 2> /dev/null; then
    echo "train.sh: the node that was built doesn't start; it said:" >&2
    cat "$work/log" >&2
    exit 1
  fi
  sleep 0.1
done
kill "$node"
ended=0
wait "$node" || ended=$?
node=
if [ $ended != 0 ] || [ ! -f "$work/cache" ]; then
  echo "train.sh: the virtual machine wrote no cache; it said:" >&2
  cat "$work/log" >&2
  exit 1
fi
mv "$work/cache" "$cache"
# What was just written is in the page cache in pieces of up to 2 MiB, and a node that reads one word
# has the whole piece resident: from the disk it comes in small ones. Not every system's dd knows how.
dd of="$cache" oflag=nocache conv=notrunc,fdatasync count=0 2> /dev/null || true
