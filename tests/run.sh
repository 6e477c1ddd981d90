#!/bin/sh
# Installs what is missing, builds and passes all tests: first with gcc under the address and undefined-behaviour
# sanitizers, then without them with clang as a release. Warnings are errors in both.
#
#   tests/run.sh             everything
#   tests/run.sh -R PATTERN  the tests whose names match (passed on to ctest)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
jobs=$(nproc)

"$here/packages.sh" test

suite() {
    name=$1
    shift
    echo "== $name"
    cmake -S "$root" -B "$root/build/$name" -DCAMPANA_WERROR=ON "$@" >/dev/null
    cmake --build "$root/build/$name" --parallel "$jobs" >/dev/null
}

passes() {
    name=$1
    shift
    ctest --test-dir "$root/build/$name" --output-on-failure --no-tests=error --parallel "$jobs" "$@"
}

suite sanitized -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DCAMPANA_SANITIZE=ON
passes sanitized "$@"
suite release -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release
passes release "$@"
