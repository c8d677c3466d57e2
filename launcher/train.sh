#!/bin/sh
# The build's last step: runs what was built for a moment, and keeps what the virtual machine learnt
# (classes read and linked, methods counted) for later starts: JEP 483, 514, 515. A node and a command
# have a cache each: all classes that are in it are loaded at the start.
set -eu

launcher=$(CDPATH= cd -P "$(dirname "$(readlink -f "$0")")" && pwd)
target=$launcher/target
if [ -d "$launcher/../runtime" ]; then
  jdk=$launcher/../runtime
else
  . "$launcher/jdk.sh"
  find_jdk || { echo "train.sh: $jdk_missing" >&2; exit 1; }
fi
# Beside the caches, so that these come to their places whole or not at all.
work=$(mktemp -d "$target/training.XXXXXX")
node=
visitors=
cover=9 # a closed door, unless there are visitors
trap 'end_all; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Nothing of theirs is kept, and what they might write now would be in the way.
end_all() {
  for each in $node $visitors; do
    kill -9 "$each" 2> /dev/null || true
    wait "$each" 2> /dev/null || true
  done
}

fail() {
  echo "train.sh: $1; it said:" >&2
  cat "$work/log" >&2
  exit 1
}

# Until a command succeeds: whose doing that is, and what is wrong where it ends or takes a minute.
await() {
  process=$1
  wrong=$2
  shift 2
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 "$process" 2> /dev/null; then
      fail "$wrong"
    fi
    sleep 0.1
  done
}

# A data centre, a cover and who comes to the node, all in another process: what they need is not what
# a node needs.
surround() {
  mkfifo "$work/visit"
  : > "$work/around"
  : > "$work/log"
  env -i PATH="$PATH" HOME="${HOME:-/}" \
    "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -XX:-UsePerfData \
    -Djava.io.tmpdir="$work" \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$target/doppelfleet.jar" io.doppelfleet.launcher.demo.Rehearsal "$secret" \
    < "$work/visit" > "$work/around" 2>> "$work/log" &
  visitors=$!
  exec 3> "$work/visit"
  await "$visitors" "nobody can visit the node that was built" read_places
}

read_places() {
  read -r datacenter cover < "$work/around"
}

# Ends when all were served, which the visitors wait for no longer than two minutes.
visit() {
  port=$(sed -n 's/.*listening on \[127\.0\.0\.1:\([0-9][0-9]*\)\].*/\1/p' "$work/log")
  [ -n "$port" ] || fail "the node that was built names no port"
  (echo "$port" >&3) || true # they may be gone
  exec 3>&-
  served=0
  wait "$visitors" || served=$?
  visitors=
  cover=9
  [ $served = 0 ] || fail "the node that was built doesn't serve its clients"
}

# What the caller's environment says of a node is not for this one: it has no port but a free one of
# the loopback, a public key, and asks Telegram nothing.
launch() {
  what=$1
  shift
  exec env -i PATH="$PATH" HOME="${HOME:-/}" JAVA_HOME="${JAVA_HOME:-}" \
    DOPPELFLEET_STATE="$work/state" \
    DOPPELFLEET_PROXY_LISTEN=127.0.0.1:0 \
    DOPPELFLEET_PROXY_COVER_HOST=127.0.0.1 \
    DOPPELFLEET_PROXY_COVER_PORT="$cover" \
    DOPPELFLEET_PROXY_PROBE_EVERY=off \
    "$@" "$launcher/../doppelfleet" "$what" >> "$work/log" 2>&1
}

start() {
  : > "$work/log"
  launch run "$@" 3>&- &
  node=$!
  await "$node" "the node that was built doesn't start" grep -q 'listening on' "$work/log"
}

stop() {
  kill "$node"
  ended=0
  wait "$node" || ended=$?
  node=
}

# After what has learnt has ended, with the status $ended: the cache's name, and what then runs with it.
keep() {
  if [ $ended != 0 ] || [ ! -f "$work/cache" ]; then
    fail "the virtual machine wrote no cache"
  fi
  cache=$target/$1
  shift
  mv "$work/cache" "$cache"
  # One with more objects than the first heap has room for ends each start with an error.
  : > "$work/log"
  if ! (launch "$@"); then
    rm "$cache"
    fail "what was built doesn't start with its cache"
  fi
  # What was just written is in the page cache in pieces of up to 2 MiB, and a node that reads one word
  # has the whole piece resident: from the disk it comes in small ones. Not every system's dd knows how.
  dd of="$cache" oflag=nocache conv=notrunc,fdatasync count=0 2> /dev/null || true
}

# Java splits it at spaces that aren't quoted, and the directory's name may have some.
learning="JDK_JAVA_OPTIONS=-XX:AOTCacheOutput=\"$work/cache\""
rm -f "$target/doppelfleet.aot" "$target/command.aot"

secret=ee00112233445566778899aabbccddeeff776f6f6c2e6578616d706c65
surround
start "$learning" "DOPPELFLEET_SECRETS_training=$secret" "DOPPELFLEET_PROXY_DATACENTERS_2=$datacenter"
visit
stop
keep doppelfleet.aot --version

store="DOPPELFLEET_CONTROL_STORE_URL=jdbc:h2:file:$work/fleet"
start "$store" DOPPELFLEET_CONTROL_LISTEN=off
ended=0
: > "$work/log"
(launch status "$store" "$learning") || ended=$?
keep command.aot status "$store"
stop
