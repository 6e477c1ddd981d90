"""The threads of a load (one reads, one inserts, one hashes) and of a run (one sends, one records), and whatever libraries start,
under the thread sanitizer, which tells two threads that touch the same memory without asking each other. libcurl, SQLite and
OpenSSL are as Debian built them: of what they touch it sees what passes through the C library (locks, allocations, copies). The
saboteur is in the same build, so that the thread that fails is seen, too."""

import random
import signal
import subprocess
import time

import building
from machine import receipts
from trial import Violation, number

ROWS = 6000
WIDE = "Ana" * 50  # a file of several pieces, each hashed while the next one is read
ROWS_SENT = 60
RACE = 66  # what a process exits with that has raced
STOPS = {"SIGINT": (signal.SIGINT,), "SIGTERM": (signal.SIGTERM,), "SIGHUP": (signal.SIGHUP,),
         "SIGINT-twice": (signal.SIGINT, signal.SIGINT)}


def build(root):
    return building.build(root, root / "build" / "threads", ["campana", "campana-torture"], "-DCMAKE_C_COMPILER=gcc",
                          "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DCAMPANA_THREAD_SANITIZE=ON", "-DCAMPANA_WERROR=ON") / "bin"


def prefix_for(programs):
    """The sanitizer does not find room for itself where the system scatters a process widely over its addresses."""
    for prefix in ([], ["setarch", "-R"]):
        done = subprocess.run([*prefix, programs / "campana", "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace")
        if done.returncode == 0:
            return prefix
    raise SystemExit("prove: the thread sanitizer does not run here:\n" + done.stdout)


class Threads:
    def __init__(self, trial, programs, prefix):
        self.trial, self.programs, self.prefix = trial, programs, prefix

    def start(self, *arguments, env=None):
        program = "campana-torture" if env else "campana"
        first, *rest = [*self.prefix, str(self.programs / program)]
        return self.trial.start(*rest, *arguments, program=first, env={
            "TSAN_OPTIONS": "halt_on_error=1 exitcode=%d second_deadlock_stack=1" % RACE, **(env or {})})

    def end(self, process, expect, arguments):
        """`expect`: the exit codes that it may have."""
        out, err = process.communicate(timeout=240)
        err = err.decode(errors="replace")
        if process.returncode == RACE or "ThreadSanitizer" in err:
            self.trial.figures["races"] += 1
            raise Violation("campana %s raced:\n%s" % (" ".join(map(str, arguments)), err))
        if process.returncode not in expect:
            raise Violation("campana %s: exit %d\n%s" % (" ".join(map(str, arguments)), process.returncode, err))
        return process.returncode

    def campana(self, *arguments, expect=(0,), env=None):
        return self.end(self.start(*arguments, env=env), expect, arguments)

    # ---- the trials

    def write(self, name="campaign.csv", rows=ROWS, good=False):
        """Rows of all kinds: good, invalid, duplicate, with a text that is changed."""
        lines = ["celular,mensaje,nombre"]
        for i in range(rows):
            turn = 0 if good else i % 16
            lines.append("%s,%s,%s" % ("12" if turn == 3 else number(0 if turn == 7 else i),
                                       "Adi\u00f3s \u201c%d\u201d" % i if turn == 11 else "Hola %d" % i, WIDE))
        self.trial.write(name, "\n".join(lines) + "\n")

    def load(self, chance):
        self.write()
        self.campana("load", "campaign.csv")
        self.trial.assertEqual(len(self.trial.rows()), ROWS)

    def second_load(self, chance):
        self.write("earlier.csv", 20)
        self.campana("load", "earlier.csv")
        self.write()
        self.campana("load", "campaign.csv", "--rejects", "rejects.csv", "--suppress", "earlier.csv", "--phone", "celular", "--text",
                     "mensaje")
        self.trial.assertEqual(len(self.trial.rows()), ROWS + 20)
        self.campana("load", "campaign.csv", "--dry-run", "--campaign", "another")

    def refused_load(self, chance):
        """The reading thread gives up while the writing one is at work."""
        self.write()
        self.campana("load", "campaign.csv", "--duplicates", "reject", expect=(2,))
        with open(self.trial.folder / "campaign.csv", "ab") as file:
            file.write(b"3101234567,Adi\xf3s,Ana\n")
        self.campana("load", "campaign.csv", "--encoding", "utf-8", expect=(2,))
        self.trial.assertEqual(self.trial.rows(), [])

    def failing_load(self, chance):
        """The writing thread gives up while the reading one is at work."""
        for fault, most in (("TORTURE_FAIL_WRITE", 120), ("TORTURE_FAIL_ALLOCATION", 30000)):
            self.trial.fresh_folder(fault)
            self.write()
            self.campana("load", "campaign.csv", expect=(0, 1), env={
                fault: str(chance.randrange(1, most)), "TORTURE_FAIL_ONCE": str(chance.randrange(2))})
            self.campana("load", "campaign.csv")
            self.trial.assertEqual(len(self.trial.rows()), ROWS)

    def stopped_load(self, chance):
        self.write()
        began = time.monotonic()
        self.campana("load", "campaign.csv", "--dry-run")
        usual = 2 * (time.monotonic() - began)
        process = self.start("load", "campaign.csv")
        time.sleep(chance.uniform(0, usual))
        process.send_signal(chance.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP]))
        code = self.end(process, (0, 5, -signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP), ["load, stopped"])
        self.trial.figures["stops that came in time"] += code != 0
        self.campana("load", "campaign.csv")
        self.trial.assertEqual(len(self.trial.rows()), ROWS)

    def send(self, stop):
        def run(chance):
            trial = self.trial
            trial.simulate("--latency", chance.choice([0, 10]))
            self.write(rows=ROWS_SENT, good=True)
            command = ["run", "campaign.csv", "--concurrency", chance.choice([1, 8, 32]), "--yes", "--rate",
                       chance.choice(["300/s", "max"])]
            process = self.start(*command, "--method", chance.choice(["post", "get"]))
            at = chance.randrange(1, ROWS_SENT)
            deadline = time.monotonic() + 60
            while len(trial.simulator.ledger()) < at and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            for sig in STOPS[stop]:
                if process.poll() is None:
                    process.send_signal(sig)
            code = self.end(process, (0, 5), command)
            trial.figures["stops that came in time"] += code == 5
            self.campana(*command, expect=(0, 9))
            trial.assert_promises(receipts(trial.simulator), ROWS_SENT)
            self.campana("status", "campaign")
            for form in ("csv", "html"):
                self.campana("report", "campaign", "--format", form)
            self.campana("resolve", "campaign", "--as", "accepted", "--yes", expect=(0, 2))
        return run

    def kinds(self):
        return {"load": self.load, "second-load": self.second_load, "refused-load": self.refused_load,
                "failing-load": self.failing_load, "stopped-load": self.stopped_load,
                **{"send-" + stop: self.send(stop) for stop in STOPS}}


def trials_of(seed, rounds):
    """(kind, seed) of each trial; every kind once a round."""
    chance = random.Random(seed)
    for _ in range(rounds):
        for kind in Threads(None, None, None).kinds():
            yield kind, chance.randrange(1 << 30)


def run_with(programs):
    prefix = prefix_for(programs)

    def run(name, trial):
        kind, seed = name
        trial.figures["races"] += 0
        Threads(trial, programs, prefix).kinds()[kind](random.Random(seed))
    return run
