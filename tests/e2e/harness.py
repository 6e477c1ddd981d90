"""What the end-to-end tests share: campana and its simulator as real processes, the ledger and the database as they are.

Every test gets a folder of its own, which stays where the test failed. Only the standard library is used.
"""

import csv
import datetime
import fcntl
import io
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import urllib.parse

BIN = pathlib.Path(os.environ.get("CAMPANA_BIN", pathlib.Path(__file__).parents[2] / "build/sanitized/bin"))
SAMPLES = pathlib.Path(__file__).parents[2] / "samples"
PASSWORD = "clave&secreta+1%ñ"
USER = "usuario@correo.co"
DEADLINE_S = 500
COLOMBIA = datetime.timezone(datetime.timedelta(hours=-5))

REPORT_COLUMNS = ["row", "msisdn", "text", "state", "code", "reason", "attempts", "http_status",
                  "first_sent_at", "finished_at", "latency_ms"]
STATES = ["pending", "inflight", "accepted", "refused", "unknown", "invalid", "duplicate", "suppressed"]

# Under nohup the tests, too, outlive a closed terminal, but what they start must not ignore it: a handler is not inherited.
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda signal_number, frame: None)


def number(i):
    return "573%09d" % i


def closed_now():
    """Contact hours that are open for a minute, three days from now: the day's name as messages have it, and --hours."""
    day = (datetime.datetime.now(COLOMBIA) + datetime.timedelta(days=3)).strftime("%A")
    return day, "%s 10:00-10:01" % day[:3]


def wait_out_midnight(minutes=2):
    """For what would come out otherwise if a day ended on the way: returns when no day ends in Colombia for so long."""
    while True:
        now = datetime.datetime.now(COLOMBIA)
        if (now + datetime.timedelta(minutes=minutes)).date() == now.date():
            return
        time.sleep(1)


class Simulator:
    """campana-simulator on a free port, ended with the test."""

    def __init__(self, folder, *options, script=None, ledger="ledger.tsv"):
        self.ledger_file = folder / ledger
        command = [str(BIN / "campana-simulator"), "--port", "0", "--ledger", str(self.ledger_file), *map(str, options)]
        if script is not None:
            path = folder / "gateway.script"
            path.write_text(script)
            command += ["--script", str(path)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://127.0.0.1:"):
            raise AssertionError("the simulator did not start: %r" % self.url)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(DEADLINE_S)
        self.process.stdout.close()

    def ledger(self):
        """The complete requests received, in order."""
        fields = ["sequence", "at_ms", "at_ns", "method", "msisdn", "answer", "connection", "in_flight", "text"]
        entries = []
        for line in self.ledger_file.read_text().splitlines():
            if line.startswith("#"):
                continue
            entry = dict(zip(fields, line.split("\t")))
            entry["encoded"] = entry["text"]
            entry["text"] = urllib.parse.unquote(entry["text"])
            for name in ("sequence", "at_ms", "at_ns", "connection", "in_flight"):
                entry[name] = int(entry[name])
            entries.append(entry)
        return entries


class Result:
    def __init__(self, process, out, err):
        self.code, self.out, self.err = process.returncode, out, err

    def __repr__(self):
        return "exit %s\n--- stdout\n%s\n--- stderr\n%s" % (self.code, self.out, self.err)


class CampanaTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.root = self.folder = pathlib.Path(tempfile.mkdtemp(prefix="campana-test-"))
        self.db = self.folder / "campana.db"
        self.simulator = None
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        if self.simulator is not None:
            self.simulator.close()
        outcome = self._outcome
        failed = any(error for _, error in getattr(outcome, "errors", [])) or (
            getattr(outcome, "result", None) is not None
            and any(test is self for test, _ in outcome.result.failures + outcome.result.errors))
        if failed:
            print("the test's files stay in %s" % self.root, file=sys.stderr)
        else:
            shutil.rmtree(self.root, ignore_errors=True)

    def fresh_folder(self, name):
        """A folder and a database for one of several campaigns of a test."""
        self.folder = self.root / name
        self.folder.mkdir()
        self.db = self.folder / "campana.db"

    # ---- processes

    def simulate(self, *options, **more):
        if self.simulator is not None:
            self.simulator.close()
        self.simulator = Simulator(self.folder, *options, **more)
        return self.simulator

    def environment(self, url=None, **more):
        keep = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LANG") if name in os.environ}
        keep.update({"HOME": str(self.folder), "CAMPANA_DB": str(self.db), "CAMPANA_USER": USER,
                     "CAMPANA_PASSWORD": PASSWORD, "CAMPANA_HOURS": "any", "CAMPANA_RATE": "max"})
        if url or self.simulator:
            keep["CAMPANA_URL"] = url or self.simulator.url
        keep.update({name: value for name, value in more.items() if value is not None})
        return keep

    def start(self, *arguments, url=None, env=None, program="campana", **more):
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([str(BIN / program), *map(str, arguments)], stdout=subprocess.PIPE,
                                cwd=self.folder, env=self.environment(url, **(env or {})), **more)

    def wait_for(self, what, say, process=None):
        """Waits for what is to happen while the process, if one is given, goes on."""
        deadline = time.monotonic() + DEADLINE_S
        while not what():
            self.assertLess(time.monotonic(), deadline, say)
            if process is not None:
                self.assertIsNone(process.poll(), "it ended: %s" % say)
            time.sleep(0.02)

    def campana(self, *arguments, expect=None, stdin=None, **more):
        if stdin is not None:
            more["stdin"] = subprocess.PIPE
        process = self.start(*arguments, **more)
        try:
            out, err = process.communicate(stdin, timeout=DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail("campana %s did not end\n%s" % (" ".join(map(str, arguments)), err.decode(errors="replace")))
        result = Result(process, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))
        self.assertNotIn("Sanitizer", result.err)
        self.assertNotIn("runtime error", result.err)
        if expect is not None:
            self.assertEqual(result.code, expect, "campana %s: %r" % (" ".join(map(str, arguments)), result))
        return result

    def on_a_terminal(self, arguments, answers, columns=80, expect=None, **environment):
        """Runs campana on a terminal; `answers` are pairs of what to wait for and what to type. Returns what the terminal saw."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen([str(BIN / "campana"), *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave,
                                   cwd=self.folder, env=self.environment(**environment), start_new_session=True,
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        seen = b""
        answers = list(answers)
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            ready, _, _ = select.select([master], [], [], 1)
            if ready:
                try:
                    piece = os.read(master, 65536)
                except OSError:
                    piece = b""
                if not piece:
                    break
                seen += piece
            if answers and answers[0][0].encode() in seen:
                os.write(master, answers.pop(0)[1].encode() + b"\n")
        code = process.wait(DEADLINE_S)
        os.close(master)
        text = seen.decode("utf-8", "replace").replace("\r\n", "\n")
        self.assertEqual(answers, [], text)
        if expect is not None:
            self.assertEqual(code, expect, text)
        return text

    # ---- files

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_campaign(self, count, name="campaign.csv", text="Hola {i}, feliz año"):
        rows = ["celular,mensaje"] + ['%s,"%s"' % (number(i), text.format(i=i)) for i in range(count)]
        return self.write(name, "\n".join(rows) + "\n")

    # ---- what is written down

    def rows(self, query="SELECT * FROM message ORDER BY id", *parameters):
        database = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(str(self.db)), uri=True, timeout=DEADLINE_S)
        database.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in database.execute(query, parameters)]
        finally:
            database.close()

    def counts(self):
        counts = dict.fromkeys(STATES, 0)
        for row in self.rows("SELECT state, count(*) AS n FROM message GROUP BY state"):
            counts[row["state"]] = row["n"]
        return {state: count for state, count in counts.items() if count}

    def report_csv(self, campaign, *options):
        out = self.campana("report", campaign, "--format", "csv", *options, expect=0).out
        return list(csv.DictReader(io.StringIO(out, newline="")))

    def report_json(self, campaign, *options):
        return json.loads(self.campana("report", campaign, "--format", "json", *options, expect=0).out)

    def assert_never_twice(self, entries):
        seen = {}
        for entry in entries:
            if entry["msisdn"] in seen:
                self.fail("%s received twice: %r and %r" % (entry["msisdn"], seen[entry["msisdn"]], entry))
            seen[entry["msisdn"]] = entry
        return seen

    def assert_books_agree(self, entries, rows):
        """Every request received is a row that is not pending; every accepted code is the one that was given."""
        received = {entry["msisdn"]: entry for entry in entries}
        by_number = {row["msisdn"]: row for row in rows}
        for msisdn, entry in received.items():
            row = by_number[msisdn]
            self.assertEqual(entry["text"], row["text"])
            if entry["answer"].lstrip("-").isdigit() and int(entry["answer"]) in (-1, -3, -6):
                continue
            self.assertNotEqual(row["state"], "pending", entry)
        for row in rows:
            if row["state"] == "accepted":
                self.assertIn(row["msisdn"], received)
                if received[row["msisdn"]]["answer"].isdigit():
                    self.assertEqual(str(row["code"]), received[row["msisdn"]]["answer"])


def main():
    unittest.main(verbosity=1)
