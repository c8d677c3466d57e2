# Finds a JDK 25; read by doppelfleet, its build, check and .ci/run.

jdk_missing="JDK 25 is missing: install it (Eclipse Temurin 25, say) or set JAVA_HOME to it"

# Maven's own libraries use what JDK 25 warns of.
quiet_jdk=--sun-misc-unsafe-memory-access=allow

is_jdk_25() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  # The release file spares the half second of starting a virtual machine for each candidate.
  if [ -r "$1/release" ]; then
    grep -q '^JAVA_VERSION="25[."]' "$1/release"
  else
    "$1/bin/java" -version 2>&1 | grep -q 'version "25[."]'
  fi
}

# Sets jdk to the home of a JDK 25; fails where there is none.
find_jdk() {
  on_path=$(command -v java || true)
  if [ -n "$on_path" ]; then
    on_path=$(dirname "$(dirname "$(readlink -f "$on_path" 2> /dev/null || echo "$on_path")")")
  fi
  mac=
  if [ -x /usr/libexec/java_home ]; then
    mac=$(/usr/libexec/java_home -v 25 2> /dev/null || true)
  fi
  for jdk in "${JAVA_HOME:-}" "$on_path" "$mac" /usr/lib/jvm/* "${HOME:-/}"/.sdkman/candidates/java/* \
    "${HOME:-/}"/.jdks/* /opt/*; do
    if [ -n "$jdk" ] && is_jdk_25 "$jdk"; then
      return 0
    fi
  done
  return 1
}
