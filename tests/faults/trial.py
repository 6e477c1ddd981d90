"""What all fault campaigns share: a folder with real processes in it, the promises as checks, and many trials side by side."""

import collections
import concurrent.futures
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))
import harness  # noqa: E402
from harness import number  # noqa: E402,F401

# What must not reach a terminal raw: control characters but tab and line feed, and what turns the direction of writing round.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SECRETS = [harness.PASSWORD, urllib.parse.quote(harness.PASSWORD, safe=""), urllib.parse.quote_plus(harness.PASSWORD)]

STATES_AT_REST = {"pending", "accepted", "refused", "unknown", "invalid", "duplicate", "suppressed"}


class Violation(AssertionError):
    """A promise that was not kept."""


class Trial(harness.CampanaTest):
    """A harness test outside a test run: one folder, which stays where the trial fails."""

    failureException = Violation

    def runTest(self):
        pass

    def __init__(self, figures=None):
        super().__init__()
        self.figures = collections.Counter() if figures is None else figures

    def open(self):
        self.root = self.folder = pathlib.Path(tempfile.mkdtemp(prefix="campana-prove-"))
        self.db = self.folder / "campana.db"
        self.simulator = None
        return self

    def close(self, keep):
        if self.simulator is not None:
            self.simulator.close()
        if not keep:
            shutil.rmtree(self.root, ignore_errors=True)

    def start(self, *arguments, program=None, env=None, **more):
        """With TORTURE_… in the environment, campana is the one with the saboteur inside."""
        sabotaged = any(name.startswith("TORTURE") for name in env or {})
        self.figures["processes of campana"] += 1
        return super().start(*arguments, env=env, program=program or ("campana-torture" if sabotaged else "campana"), **more)

    def rows_of_a_copy(self, *queries):
        """What the database says after a crash, without repairing it: a copy is repaired instead. None where it has no schema."""
        copy = self.folder / "copy"
        copy.mkdir(exist_ok=True)
        for suffix in ("", "-wal", "-journal"):
            if self.db.with_name(self.db.name + suffix).exists():
                shutil.copy(self.db.with_name(self.db.name + suffix), copy)
        database = sqlite3.connect(copy / self.db.name)
        database.row_factory = sqlite3.Row
        try:
            if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'resolution'").fetchall():
                return None
            return [[dict(row) for row in database.execute(query)] for query in queries]
        finally:
            database.close()
            shutil.rmtree(copy)

    # ---- the promises

    def assert_speaks_cleanly(self, result, where):
        for text in (result.out, result.err):
            found = RAW.search(text)
            if found:
                self.fail("%s: a raw %r in %r" % (where, found.group(), text[max(0, found.start() - 80):found.end() + 20]))
            for secret in SECRETS:
                self.assertNotIn(secret, text, where)
        self.assertNotIn("Sanitizer", result.err, where)
        self.assertNotIn("runtime error", result.err, where)
        self.assertNotIn("Assertion", result.err, where)

    def assert_integrity(self):
        self.assertEqual(self.rows("PRAGMA integrity_check"), [{"integrity_check": "ok"}])

    def assert_promises(self, receipts, count):
        """`receipts` in order, each with number, text, code (of a whole answer, or None), returned (not taken, says the gateway)
        and passes_for (what a cut answer may be taken for, or None); `count`: how many rows the spreadsheet has."""
        self.assert_integrity()
        rows = self.rows()
        self.assertEqual(len(rows), count, "rows were lost")
        self.assertEqual(len({(row["campaign_id"], row["row"]) for row in rows}), count, "rows are there twice")
        resolved = collections.Counter(row["message_id"] for row in self.rows(
            "SELECT message_id FROM resolution WHERE to_state = 'pending'"))
        received = collections.defaultdict(list)
        for receipt in receipts:
            received[receipt.number].append(receipt)
        by_number = {row["msisdn"]: row for row in rows if row["state"] not in ("invalid", "duplicate", "suppressed")}
        for number, entries in received.items():
            self.assertIn(number, by_number, "a number that nobody asked to write to")
            row = by_number[number]
            taken = [entry for entry in entries if not entry.returned]
            if len(taken) > 1 + resolved[row["id"]]:
                self.fail("%s received twice: %r; row %r" % (number, entries, row))
            self.assertEqual({entry.text for entry in entries}, {row["text"]})
            if not entries[-1].returned and not resolved[row["id"]]:
                self.assertNotEqual(row["state"], "pending", "%r was received: %r" % (row, entries))
        for row in rows:
            self.assertIn(row["state"], harness.STATES, row)
            if row["state"] in ("accepted", "refused") and row["reason_code"] != "resolved":
                entries = received[row["msisdn"]]
                self.assertTrue(entries, "never received: %r" % row)
                given = [entry.code for entry in entries if entry.code is not None]
                if not given:
                    given = [entry.passes_for for entry in entries]
                self.assertEqual(row["code"], given[-1], "another code was given: %r, %r" % (row, entries))
        self.figures["messages received"] += len(receipts)
        self.figures["twice"] += 0
        self.figures["lost"] += 0
        return rows


class Outcome:
    def __init__(self, name):
        self.name, self.figures, self.failure, self.folder = name, collections.Counter(), None, None


def run_trials(names, run, jobs, after=None):
    """run(name, trial) for every name, `jobs` of them side by side; stops handing out new ones after three failures.
    Returns the outcomes in order."""
    failures = []
    lock = threading.Lock()

    def one(name):
        outcome = Outcome(name)
        if len(failures) >= 3:
            return None
        trial = Trial(outcome.figures).open()
        outcome.folder = trial.root
        try:
            run(name, trial)
        except Exception as failure:  # noqa: BLE001 - whatever it is, the trial has failed
            outcome.failure = failure
            failures.append(failure)
        trial.close(keep=outcome.failure is not None)
        if after is not None:
            with lock:
                after(outcome)
        return outcome

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return [outcome for outcome in pool.map(one, names) if outcome is not None]
