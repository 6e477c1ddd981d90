"""This machine's own failures, one by one: campana killed at every step, the power cut, the disk full or broken, the memory gone.
A first run of each command counts its faults; then every one is tried, or as many as are asked for, evenly spread."""

import collections
import random
import sqlite3

from trial import Violation, number

ROWS = 24
CONCURRENCY = 4
LATENCY_MS = 2
TEXT = "Hola {i}, feliz año"

COMMANDS = {
    "load": ["load", "campaign.csv"],  # the first one: by a rollback journal
    "second-load": ["load", "campaign.csv"],  # beside another campaign: by the log
    "send": ["send", "campaign", "--concurrency", str(CONCURRENCY), "--yes"],
    "report": ["report", "campaign", "--format", "csv", "--output", "report.csv"],
    "resolve": ["resolve", "campaign", "--as", "accepted", "--yes"],
    "forget": ["forget", "campaign", "--yes"],
}

# What is tried by each campaign: the fault, which count says how many there are, and in which commands.
FAULTS = {
    "steps": [("TORTURE_KILL_STEP", "steps", ("load", "send", "resolve", "forget"))],
    "power": [("TORTURE_CUT_SYNC", "syncs", ("load", "second-load", "send", "resolve", "forget")),
              ("TORTURE_CUT_WRITE", "writes", ("load", "second-load", "send", "resolve", "forget"))],
    "io": [("TORTURE_FAIL_WRITE", "writes", ("load", "second-load", "send", "report", "resolve", "forget")),
           ("TORTURE_FAIL_SYNC", "syncs", ("load", "second-load", "send", "report", "resolve", "forget")),
           ("TORTURE_FAIL_OPEN", "opens", ("load", "send", "report", "resolve", "forget"))],
    "memory": [("TORTURE_FAIL_ALLOCATION", "allocations", ("load", "send", "report", "resolve", "forget"))],
}
ENDS = {"steps": (-9, 0), "power": (137, 0), "io": (0, 1), "memory": (0, 1)}  # and 9 where rows are unknown already
RESOLVED = 5  # rows that are unknown before `resolve`

Receipt = collections.namedtuple("Receipt", "number text code returned passes_for", defaults=[None])


def receipts(simulator):
    return [Receipt(entry["msisdn"], entry["text"], int(entry["answer"]) if entry["answer"].isdigit() else None, False)
            for entry in simulator.ledger()]


class Machine:
    def __init__(self, trial, command):
        self.trial, self.command = trial, command
        self.rows_resolved = RESOLVED if command == "resolve" else 0
        script = "on 1-%d: close\n" % RESOLVED if command == "resolve" else None
        trial.simulate("--latency", LATENCY_MS, script=script)
        trial.write_campaign(ROWS, text=TEXT)
        self.loads = command in ("load", "second-load")
        if command == "second-load":
            trial.write_campaign(1, "earlier.csv")
            trial.campana("load", "earlier.csv", expect=0)
            database = sqlite3.connect(trial.db)
            database.executescript("DELETE FROM message; DELETE FROM number_block")  # that the campaign is there is enough
            database.close()
        if not self.loads:
            trial.campana("load", "campaign.csv", expect=0)
        if command == "resolve":
            trial.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)

    def run(self, env):
        result = self.trial.campana(*COMMANDS[self.command], env=env)
        self.trial.assert_speaks_cleanly(result, self.command)
        return result

    def counts(self):
        file = self.trial.folder / "counts"
        self.run({"TORTURE_COUNT": str(file)})
        words = file.read_text().split()
        return dict(zip(words[::2], map(int, words[1::2])))

    # ---- after the fault

    def check_at_once(self, result):
        """Before anything repairs it: the database is whole, and no row that was sent is pending."""
        trial = self.trial
        books = trial.rows_of_a_copy("PRAGMA integrity_check", "SELECT * FROM message", "SELECT * FROM resolution") if (
            trial.db.exists()) else None
        if books is None:
            trial.assertEqual(self.command, "load", "the database has gone")
            return
        integrity, rows, decisions = books
        trial.assertEqual(integrity, [{"integrity_check": "ok"}])
        trial.assertIn(len(rows), (0, ROWS) if self.loads else (ROWS,), "half a load")
        rows = {row["msisdn"]: row for row in rows}
        for receipt in receipts(trial.simulator):
            row = rows[receipt.number]
            trial.assertNotEqual(row["state"], "pending", "it was sent")
            if row["state"] == "inflight" and result.code == 1 and receipt.code is not None:
                # The answer came and could not be recorded: a person must be told.
                for words in ("row %d " % row["row"], str(receipt.code)):
                    trial.assertIn(words, result.err, "an answer was lost without a word")
                trial.figures["answers told on standard error"] += 1
        if self.command == "resolve":
            unknown = sum(row["state"] == "unknown" for row in rows.values())
            trial.assertIn(unknown, (0, RESOLVED), "half a decision")
            trial.assertEqual(len(decisions), RESOLVED - unknown)

    def check_words_on_permission(self, result):
        """What it is, which file, what to do."""
        self.trial.assertRegex(result.err, r"Permission denied|Read-only file system")
        self.trial.assertIn("campana: %s: cannot " % self.trial.db, result.err)
        self.trial.assertIn("campana needs permission to read and write the database", result.err)

    def check_report(self, result):
        """A report is whole, or it is not there."""
        file = self.trial.folder / "report.csv"
        if self.command == "report" and result.code == 0:
            self.trial.assertEqual(len(file.read_text().splitlines()), ROWS + 1)

    def come_to_the_end(self):
        trial = self.trial
        bound = self.rows_resolved + (CONCURRENCY if self.command == "send" else 0)
        result = trial.campana("run", "campaign.csv", "--concurrency", CONCURRENCY, "--yes")
        trial.assertIn(result.code, (0, 9), result)
        received = receipts(trial.simulator)
        rows = trial.assert_promises(received, ROWS)
        unknown = sum(row["state"] == "unknown" for row in rows)
        trial.assertLessEqual(unknown, bound)
        trial.assertEqual([(row["msisdn"], row["text"]) for row in rows],
                          [(number(i), TEXT.format(i=i)) for i in range(ROWS)], "not what the spreadsheet says")
        trial.assertEqual(sum(row["state"] == "accepted" for row in rows) + unknown, ROWS)
        trial.figures["unknown"] += unknown
        trial.figures["unknown at most"] += bound
        trial.campana("run", "campaign.csv", "--yes", expect=result.code)
        trial.assertEqual(len(trial.simulator.ledger()), len(received), "a further run has sent something")

    def suffer(self, campaign, fault, n, seed):
        env = {fault: str(n), "TORTURE_SEED": str(seed)}
        if campaign in ("io", "memory"):
            env["TORTURE_FAIL_ONCE"] = str(seed % 2)
        if campaign == "io":
            env["TORTURE_FAIL_AS_EIO"] = str(seed // 2 % 2)
        result = self.run(env)
        if result.code not in ENDS[campaign] + ((9,) if self.command == "send" else ()):
            raise Violation("%s with %r: %r" % (self.command, env, result))
        if result.code == 1 and not result.err.strip():
            raise Violation("it failed without a word: %r" % result)
        if result.code == 1 and fault == "TORTURE_FAIL_OPEN":
            self.check_words_on_permission(result)
        self.trial.figures["faults"] += 1
        self.trial.figures["failures told, exit 1"] += result.code == 1
        self.trial.figures["killed or cut"] += result.code in (-9, 137)
        self.check_at_once(result)
        self.check_report(result)
        self.come_to_the_end()


class Forgetting(Machine):
    """A campaign that is over is forgotten: all of it or nothing, whatever fails, and in the end no byte of it is left."""

    def __init__(self, trial, command):
        super().__init__(trial, command)
        trial.campana("run", "campaign.csv", "--yes", expect=0)
        self.fates = self.fates_of(trial.rows())
        self.sent = len(trial.simulator.ledger())

    @staticmethod
    def fates_of(rows):
        return [(row["row"], row["state"], row["code"], row["finished_at_ms"]) for row in rows]

    def check_at_once(self, result):
        integrity, rows, campaigns = self.trial.rows_of_a_copy("PRAGMA integrity_check", "SELECT * FROM message ORDER BY id",
                                                               "SELECT * FROM campaign")
        self.trial.assertEqual(integrity, [{"integrity_check": "ok"}])
        self.trial.assertEqual(self.fates_of(rows), self.fates, "what became of the rows is forgotten, too")
        whole = [(number(i), TEXT.format(i=i)) for i in range(ROWS)]
        nothing = [("", "")] * ROWS
        forgotten = campaigns[0]["forgotten_at_ms"] is not None
        self.trial.assertEqual([(row["msisdn"], row["text"]) for row in rows], nothing if forgotten else whole, "half forgotten")
        self.trial.assertTrue(forgotten or result.code != 0)

    def come_to_the_end(self):
        trial = self.trial
        trial.campana(*COMMANDS["forget"], expect=0)
        for path in trial.folder.glob(trial.db.name + "*"):
            data = path.read_bytes()
            for i in range(ROWS):
                trial.assertNotIn(number(i).encode(), data, path)
                trial.assertNotIn(TEXT.format(i=i).encode(), data, path)
        trial.campana("run", "campaign.csv", "--yes", expect=2)
        trial.assertEqual(self.fates_of(trial.rows()), self.fates)
        trial.assertEqual(len(trial.simulator.ledger()), self.sent, "what is forgotten was sent")


def machine_for(trial, command):
    return (Forgetting if command == "forget" else Machine)(trial, command)


def spread(total, most):
    """At most so many of 1 to total, evenly."""
    if not most or total <= most:
        return range(1, total + 1)
    return [1 + i * (total - 1) // (most - 1) for i in range(most)]


def trials_of(campaign, seed, most, count):
    """The trials of a campaign, as (fault, command, n, seed). `count(command)` counts the faults that a command offers; `most`
    per fault and command, 0: every one."""
    chance = random.Random(seed)
    counts = {}
    for fault, kind, commands in FAULTS[campaign]:
        for command in commands:
            if command not in counts:
                counts[command] = count(command)
            for n in spread(counts[command][kind], most):
                yield fault, command, n, chance.randrange(1 << 30)


def count(trial, command):
    return machine_for(trial, command).counts()


def run_fault(campaign):
    def run(name, trial):
        fault, command, n, seed = name
        machine_for(trial, command).suffer(campaign, fault, n, seed)
    return run
