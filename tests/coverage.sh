#!/bin/sh
# Line and branch coverage of the product by its tests, a line per file; and whether tests/untested.md says why of every
# branch of store, engine, gateway and job that no test takes: fails where it does not.
#
#   tests/coverage.sh                 all tests, the fault campaigns among them; what a process reaches that kills itself
#                                     is not counted
#   tests/coverage.sh -R PATTERN      the tests whose names match (passed on to ctest), and the figures alone
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
build="$root/build/coverage"

"$here/packages.sh" coverage
cmake -S "$root" -B "$build" -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DCAMPANA_COVERAGE=ON >/dev/null
cmake --build "$build" --parallel "$(nproc)" >/dev/null
find "$build" -name '*.gcda' -delete
failed=0
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)" "$@" >&2 || failed=1

cd "$root"
# An assertion's branches are its failures: our bugs, and no test's aim.
gcovr --root "$root" --object-directory "$build" --filter 'src/' --gcov-ignore-parse-errors \
    --exclude-throw-branches --exclude-unreachable-branches --exclude-branches-by-pattern '^\s*assert\(' \
    --json "$build/coverage.json" "$build/CMakeFiles" >/dev/null
gcovr --root "$root" --add-tracefile "$build/coverage.json"
gcovr --root "$root" --add-tracefile "$build/coverage.json" --branches
if [ $# -eq 0 ]; then
    python3 -B "$here/untested.py" "$build/coverage.json" || failed=1
fi
exit $failed
