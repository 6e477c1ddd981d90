#!/bin/sh
# Installs what is missing from Debian's packages: "packages.sh build" what campana is built from, "packages.sh bench"
# that and what tests/bench/run compares it with, "packages.sh test" both and what the tests need besides,
# "packages.sh coverage" what tests/coverage.sh and memcheck.sh need. Asks for nothing where nothing is missing.
set -eu

build="gcc cmake make pkg-config libcurl4-openssl-dev libcsv-dev libsqlite3-dev libmicrohttpd-dev libunistring-dev
    libroaring-dev libinih-dev libssl-dev check"
tests="clang libclang-rt-14-dev python3 sqlite3 curl openssl nginx-light git libreoffice-calc-nogui faketime
    chromium tidy"
bench="python3 python3-requests sqlite3 sqlite-utils curl openssl nginx-light wrk nghttp2-client valgrind git"

case "${1:-}" in
build) wanted=$build ;;
test) wanted="$build $tests $bench" ;;
bench) wanted="$build $bench" ;;
coverage) wanted="$build $tests $bench gcovr" ;;
*) echo "usage: packages.sh build|test|bench|coverage" >&2; exit 2 ;;
esac

missing=""
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || {
        echo "These packages are missing:$missing. Install them as root: apt-get install$missing" >&2
        exit 1
    }
fi
echo "Installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # package names are words
$as_root apt-get update -qq >&2 &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
