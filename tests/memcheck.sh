#!/bin/sh
# Every command once under valgrind's memcheck, over the sample campaign and the simulator: no error, and no leak.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
bin="$root/build/memcheck/bin"

"$here/packages.sh" coverage
cmake -S "$root" -B "$root/build/memcheck" -DCMAKE_BUILD_TYPE=Release -DCAMPANA_TESTS=OFF >/dev/null
cmake --build "$root/build/memcheck" --parallel "$(nproc)" >/dev/null

work=$(mktemp -d)
simulator=""
leave() {
    [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
    rm -rf "$work"
}
trap leave EXIT
cd "$work"
cp "$root/samples/navidad.csv" "$root/samples/campana.ini" .
chmod 600 campana.ini
"$bin/campana-simulator" --balance 500 --script "$root/samples/gateway.script" >url &
simulator=$!
until [ -s url ]; do
    kill -0 "$simulator"
    sleep 0.1
done
CAMPANA_URL=$(head -n 1 url)
export CAMPANA_URL
export CAMPANA_HOURS=any

errors=0
while read -r command; do
    status=0
    # shellcheck disable=SC2086 # words of a command
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
        "$bin/campana" $command </dev/null >out 2>err || status=$?
    if [ "$status" -eq 99 ]; then
        errors=$((errors + 1))
        cat err
    fi
    echo "campana $command: exit $status"
done <<'COMMANDS'
load navidad.csv --dry-run
run navidad.csv --yes --rate max
status
status navidad --json
report navidad
report navidad --format csv --excel
report navidad --format json
report navidad --format jsonl
report navidad --format html --output navidad.html
report --all
find 573002110000
reconcile navidad
resolve navidad --as accepted --yes
balance
doctor
hours
forget navidad --unfinished --yes
COMMANDS
echo "$errors commands with errors of memory"
[ "$errors" -eq 0 ]
