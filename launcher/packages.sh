# Debian packages for tests and measurements: programs are wanted, not the services that come with some.

# A mirror that says nothing is not waited for without an end, seconds.
most_seconds=900

# Installs packages without starting anything.
install_packages() {
  policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then
    DEBIAN_FRONTEND=noninteractive timeout "$most_seconds" apt-get install -y -q --no-install-recommends "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
  installed=0
  DEBIAN_FRONTEND=noninteractive timeout "$most_seconds" apt-get install -y -q --no-install-recommends "$@" || installed=$?
  rm -f "$policy"
  return "$installed"
}

stream_module=/usr/lib/nginx/modules/ngx_stream_module.so

# Whether nginx can stand before a node: the module is a package of its own.
has_stream() {
  [ -e "$stream_module" ]
}

# Whether Python can make an environment of its own: Debian keeps what that needs in a package of its own.
has_venv() {
  python3 -c 'import ensurepip' 2> /dev/null
}

# Whether a PostgreSQL server is there that tests can start; Debian keeps its programs out of the path.
has_postgres() {
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    if [ -x "$initdb" ]; then
      return 0
    fi
  done
  return 1
}
