#!/bin/sh
# From nothing to a report: installs what is missing, builds campana, starts the simulator (a stand-in for the gateway on
# this computer; nothing leaves it), and runs the sample campaign until its credit is used up, and then to its end.
# Can be repeated: every time it starts from an empty database in build/quickstart.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
bin="$root/build/quickstart/bin"
work="$root/build/quickstart/work"

say() {
    printf '\n== %s\n' "$*"
}

start_simulator() { # start_simulator CREDIT [OPTION...]
    credit=$1
    shift
    rm -f simulator.url
    "$bin/campana-simulator" --balance "$credit" --latency 50 "$@" \
        --user miusuario@hotmail.com --password miclave --ledger "ledger-$credit.tsv" >simulator.url &
    simulator=$!
    until [ -s simulator.url ]; do
        kill -0 "$simulator" # it may have ended with an error; then so does this script
        sleep 0.1
    done
    CAMPANA_URL=$(head -n 1 simulator.url)
    export CAMPANA_URL
}

stop_simulator() {
    if [ -n "$simulator" ]; then
        kill "$simulator" 2>/dev/null || true
        wait "$simulator" 2>/dev/null || true
    fi
    simulator=""
}

say "Installing what is missing, and building"
"$root/tests/packages.sh" build
cmake -S "$root" -B "$root/build/quickstart" -DCMAKE_BUILD_TYPE=Release -DCAMPANA_TESTS=OFF >/dev/null
cmake --build "$root/build/quickstart" --parallel "$(nproc)" >/dev/null
echo "built: $bin/campana"

rm -rf "$work"
mkdir -p "$work"
cd "$work"
cp "$here/navidad.csv" "$here/campana.ini" .
chmod 600 campana.ini
export CAMPANA_HOURS=any # a simulator may be written to at any hour; people may not
simulator=""
trap stop_simulator EXIT

say "Starting the simulator with credit for 30 messages"
start_simulator 30 --script "$here/gateway.script"
echo "it answers at $CAMPANA_URL"

say "campana run navidad.csv"
status=0
"$bin/campana" run navidad.csv --yes || status=$?
if [ "$status" -ne 3 ]; then
    echo "expected exit code 3 (balance exhausted), got $status" >&2
    exit 1
fi
echo "(exit code 3: the credit is used up. Nothing is lost: what was not sent is pending.)"

say "Credit is bought; the same command goes on where it stopped"
stop_simulator
start_simulator 500
status=0
"$bin/campana" run navidad.csv --yes || status=$?
if [ "$status" -ne 9 ]; then
    echo "expected exit code 9 (all sent, one row unknown), got $status" >&2
    exit 1
fi
echo "(exit code 9: nothing is left to send, but for one message the gateway closed the line without an answer."
echo " campana does not guess and does not send it again: a person decides.)"

say "campana report navidad --state unknown,refused,invalid,duplicate"
"$bin/campana" report navidad --state unknown,refused,invalid,duplicate

say "A person decides: campana resolve navidad --as accepted"
"$bin/campana" resolve navidad --as accepted --yes

say "campana report navidad"
"$bin/campana" report navidad

say "campana status navidad"
"$bin/campana" status navidad

say "campana report navidad --format html --output navidad.html"
"$bin/campana" report navidad --format html --output navidad.html
echo "Open $work/navidad.html in a browser: the page for the manager."

say "Done. The database is $work/campana.db, the simulator's ledgers are beside it."
