#!/bin/sh
# Makes sure that the machine has what a make target needs:
#
#   setup.sh <target> [postgresql] [cc] [xmllint] [libxml2] [openssl] [curl] [keytool] [certtool] [pk12util] [node]
#
# Says nothing when it has. Otherwise root on Debian or Ubuntu gets the packages installed, and everyone else one sentence that
# names them.
set -eu

target=$1
shift

# new_enough reports whether $1 is the bin folder of PostgreSQL 15 or newer; internal/testdb looks in the same places.
new_enough() {
	[ -x "$1/initdb" ] && [ -x "$1/postgres" ] || return 1
	major=$("$1/postgres" --version | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
	[ "${major:-0}" -ge 15 ]
}

have_postgresql() {
	[ -z "${DATABASE_URL:-}" ] || return 0
	if found=$(command -v initdb) && new_enough "${found%/*}"; then return 0; fi
	if found=$(pg_config --bindir 2>/dev/null) && new_enough "$found"; then return 0; fi
	for found in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
		if new_enough "$found"; then return 0; fi
	done
	return 1
}

# have_cc reports whether C programs can be compiled, which the race detector needs.
have_cc() {
	echo '#include <stdlib.h>' | "${CC:-gcc}" -E - >/dev/null 2>&1
}

# have_libxml2 reports whether programs can be linked with libxml2.
have_libxml2() {
	pkg-config --exists libxml-2.0 2>/dev/null
}

# have_roots reports whether there are root certificates, without which no Go module can be downloaded.
have_roots() {
	for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
		[ ! -s "$file" ] || return 0
	done
	return 1
}

# have_node reports whether there are npm and Node 18 or newer.
have_node() {
	command -v npm >/dev/null || return 1
	major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
	[ "${major:-0}" -ge 18 ]
}

# missing takes the names of a package at Debian and at Homebrew.
packages='' brew=''
missing() {
	packages="$packages $1" brew="$brew $2"
}

if ! command -v go >/dev/null; then
	echo "$target needs Go 1.26: see https://go.dev/dl" >&2
	exit 1
fi
have_roots || missing ca-certificates ca-certificates
for need; do
	case $need in
	postgresql) have_postgresql || missing postgresql postgresql@17 ;;
	cc) have_cc || missing 'gcc libc6-dev' gcc ;;
	xmllint) command -v xmllint >/dev/null || missing libxml2-utils libxml2 ;;
	libxml2) have_libxml2 || missing 'pkg-config libxml2-dev' 'pkgconf libxml2' ;;
	openssl) command -v openssl >/dev/null || missing openssl openssl ;;
	curl) command -v curl >/dev/null || missing curl curl ;;
	keytool) command -v keytool >/dev/null || missing default-jre-headless openjdk ;;
	certtool) command -v certtool >/dev/null || missing gnutls-bin gnutls ;;
	pk12util) command -v pk12util >/dev/null || missing libnss3-tools nss ;;
	node) have_node || missing 'nodejs npm' node ;;
	*)
		echo "setup.sh: nothing is known about $need" >&2
		exit 2
		;;
	esac
done
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "$target needs these packages, by their names at Homebrew:$brew" >&2
	exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "$target needs these packages: sudo apt-get install --no-install-recommends$packages" >&2
	exit 1
fi

# apt runs apt-get, which is heard only when it fails.
apt() {
	if ! said=$(DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" 2>&1); then
		printf '%s\n%s\n' "$said" "$target: apt-get $* failed" >&2
		exit 1
	fi
}

echo "$target installs:$packages"
apt update
case $packages in
*postgresql*)
	# Only the programs are wanted: no server is to run from now on.
	apt install --no-install-recommends postgresql-common
	conf=/etc/postgresql-common/createcluster.conf
	grep -qs '^create_main_cluster' "$conf" || echo 'create_main_cluster = false' >>"$conf"
	;;
esac
# shellcheck disable=SC2086 # one word per package
apt install --no-install-recommends $packages
case " $* " in
*' node '*)
	if ! have_node; then
		echo "$target needs Node 18 or newer with npm and this system's packages are older: see https://nodejs.org" >&2
		exit 1
	fi
	;;
esac
case " $* " in
*' postgresql '*)
	if ! have_postgresql; then
		echo "$target needs PostgreSQL 15 or newer and this system's packages are older: set DATABASE_URL to a newer server" >&2
		exit 1
	fi
	;;
esac
