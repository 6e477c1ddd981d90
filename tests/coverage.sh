#!/bin/sh
# Line and branch coverage of the product by its unit and end-to-end tests, a line per file.
#
#   tests/coverage.sh                 all tests but the fault campaigns
#   tests/coverage.sh -R PATTERN      the tests whose names match (passed on to ctest)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
build="$root/build/coverage"

"$here/packages.sh" coverage
cmake -S "$root" -B "$build" -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DCAMPANA_COVERAGE=ON >/dev/null
cmake --build "$build" --parallel "$(nproc)" >/dev/null
find "$build" -name '*.gcda' -delete
[ $# -gt 0 ] || set -- -E '^(prove|fuzz)\.'
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)" "$@" >&2 || true
cd "$root"
report() {
    gcovr --root "$root" --object-directory "$build" --filter 'src/' --gcov-ignore-parse-errors "$@"
}
report
report --branches
