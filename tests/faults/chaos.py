"""The mad provider: seeded random scenarios. One seed is one campaign of a few rows, through several runs of campana against a
provider that misbehaves, with kills, stops, set clocks, second senders and people's decisions in between; then the provider
recovers, and the same command must bring the campaign to its end."""

import random
import signal
import threading
import time

import certificates
import provider as mad
from trial import STATES_AT_REST, Violation

DEADLINE_S = 180
ANOTHER = "573999999999"  # the one number of another campaign in the same database, which nobody sends
RUNS_MOST = 12

DOCUMENTED = {0, 3, 4, 5, 6, 7, 9}
CODE_OF_END = {"done": (0, 9), "limit": (0,), "balance": (3,), "credentials": (4,), "forbidden": (4,), "maintenance": (6,),
               "failures": (7,), "pause": (7,), "interrupted": (5,)}


class Scenario:
    """All that the seed decides."""

    def __init__(self, seed):
        self.chance = chance = random.Random(seed)
        self.plan = mad.Plan(chance)
        self.rows = chance.randrange(6, 45)
        self.transport = chance.choice(["http"] * 5 + ["https"] * 2 + ["h2"] * 3)
        self.rounds = [self._round() for _ in range(chance.randrange(1, 4))]

    def _round(self):
        chance = self.chance
        kind = chance.choice(["send"] * 7 + ["bad-address"])
        return {
            "kind": kind,
            "address": chance.choice(["nobody", "no-such-name", "expired", "wrong-host", "self-signed", "no-tls"]),
            "concurrency": chance.choice([1, 2, 4, 8, 16]),
            "method": chance.choice(["post", "post", "get"]),
            "rate": chance.choice([None, None, None, 20, 60, 200]),
            "max_failures": chance.choice([2, 10, 1000, 1000]),
            "limit": chance.choice([None, None, None, chance.randrange(1, 30)]),
            "command": chance.choice([["run", "campaign.csv"], ["send", "campaign"]]),
            "events": sorted((chance.randrange(1, 16), chance.choice(EVENTS), chance.random())
                             for _ in range(chance.choice([0, 1, 1, 2]))),
            "fault": self._fault(),
            "resolve": chance.choice([None, None, None, None, "pending", "pending", "accepted", "refused"]),
        }

    def _fault(self):
        """One of this machine's own, in some runs."""
        chance = self.chance
        lot = chance.random()
        if lot < 0.12:
            return {"TORTURE_CLOCK_JUMP_MS": chance.choice([1500, 3600_000, 86400_000 * 400]),
                    "TORTURE_CLOCK_EVERY": chance.choice([3, 10, 40])}
        if lot < 0.16:
            return {"TORTURE_KILL_STEP": chance.randrange(1, 120)}
        if lot < 0.20:
            return {"TORTURE_CUT_WRITE": chance.randrange(1, 200), "TORTURE_SEED": chance.randrange(1 << 30)}
        if lot < 0.22:
            return {"TORTURE_FAIL_WRITE": chance.randrange(1, 200), "TORTURE_FAIL_ONCE": chance.choice([0, 1])}
        return {}


EVENTS = ["kill", "kill", "terminate", "interrupt", "hang-up", "interrupt-twice", "pause", "pause", "second-sender", "look",
          "resolve", "load-another"]
DEADLY = {"kill", "interrupt-twice"}
STOPS = {"terminate": signal.SIGTERM, "interrupt": signal.SIGINT, "hang-up": signal.SIGHUP}


class Run:
    """One process of campana, and what is done to it at certain receipts."""

    def __init__(self, chaos, number, settings):
        self.chaos, self.number, self.settings = chaos, number, settings
        self.began_ns = time.monotonic_ns()
        self.references = [self.began_ns]  # since when the pace must hold: the start, and the end of every pause
        self.happened, self.helpers = [], []
        self.process = None
        self.started = threading.Event()
        self.lock = threading.Lock()
        self.over = False  # what is received late makes nothing happen any more

    def on_receipt(self, run, count):
        if run != self.number:
            return
        for at, event, amount in self.settings["events"]:
            if at == count:
                self.started.wait(30)
                helper = threading.Thread(target=self.happen, args=(event, amount), daemon=True)
                with self.lock:
                    if self.over:
                        return
                    helper.start()
                    self.helpers.append(helper)
                if event in DEADLY:
                    helper.join(30)  # at this very receipt: nothing is answered before it has happened

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def happen(self, event, amount):
        trial = self.chaos.trial
        self.happened.append(event)
        trial.figures[{"kill": "kills", "pause": "pauses"}.get(event, "other events")] += 1
        if event == "kill":
            self.signal(signal.SIGKILL)
        elif event in STOPS:
            self.signal(STOPS[event])
        elif event == "interrupt-twice":
            self.signal(signal.SIGINT)
            time.sleep(amount / 10)
            self.signal(signal.SIGINT)
        elif event == "pause":
            self.signal(signal.SIGSTOP)
            time.sleep(amount * 1.5)
            self.references.append(time.monotonic_ns())
            self.signal(signal.SIGCONT)
        elif event == "second-sender":
            self.chaos.side("send", "campaign", "--yes", codes=(10, *DOCUMENTED), run=self.number + 1000)
        elif event == "look":
            self.chaos.side("status", "campaign", codes=(0,))
            self.chaos.side("report", "campaign", codes=(0,))
        elif event == "resolve":
            self.chaos.side("resolve", "campaign", "--as", "pending" if amount < 0.7 else "accepted", "--yes", codes=(0,))
        elif event == "load-another":
            self.chaos.side("load", "another.csv", codes=(0, 2))  # 2: two at once, and the other one was first


class Chaos:
    def __init__(self, seed, trial, pems):
        self.trial, self.pems = trial, pems
        self.scenario = Scenario(seed)
        self.side_failures = []
        self.runs = 0
        self.crashes = 0  # × concurrency: what may be unknown without a misdeed of the provider's

    # ---- commands

    def side(self, *arguments, codes, run=None):
        """A command beside the one that sends; its failure is told in the end."""
        try:
            more = {} if run is None else {"url": "%s/%d" % (self.provider.url, run)}
            result = self.trial.campana(*arguments, **more)
            self.check_talk(result, arguments)
            if result.code not in codes:
                raise Violation("%s: %r" % (arguments, result))
        except AssertionError as failure:
            self.side_failures.append(failure)

    def check_talk(self, result, arguments):
        self.trial.assert_speaks_cleanly(result, " ".join(map(str, arguments)))

    def send(self, settings, url=None, env=None):
        """One run; returns it with its result."""
        self.runs += 1
        arguments = [*settings["command"], "--yes", "--concurrency", settings["concurrency"], "--method", settings["method"],
                     "--max-failures", settings["max_failures"], "--timeout", 1, "--connect-timeout", 5]
        if settings["rate"]:
            arguments += ["--rate", "%d/s" % settings["rate"]]
        if settings["limit"]:
            arguments += ["--limit", settings["limit"]]
        run = Run(self, self.runs, settings)
        self.provider.on_receipt = run.on_receipt
        run.process = self.trial.start(*arguments, url=url or "%s/%d" % (self.provider.url, run.number),
                                       env={name: str(value) for name, value in (env or {}).items()})
        run.started.set()
        try:
            out, err = run.process.communicate(timeout=DEADLINE_S)
        except Exception:
            run.process.kill()
            out, err = run.process.communicate()
            raise Violation("%s did not end: %s" % (arguments, err.decode(errors="replace")))
        with run.lock:
            run.over = True
        for helper in run.helpers:
            helper.join(DEADLINE_S)
        result = self.trial_result(run.process, out, err)
        self.check_talk(result, arguments)
        self.check_end(run, result, env or {}, arguments)
        return run, result

    @staticmethod
    def trial_result(process, out, err):
        from harness import Result
        return Result(process, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))

    # ---- checks

    def check_end(self, run, result, env, arguments):
        """It ended, and said why."""
        killed = result.code in (-9, 137)
        if killed or "interrupt-twice" in run.happened or run.happened.count("interrupt") > 1:
            self.crashes += run.settings["concurrency"]
        if killed:
            if "kill" not in run.happened and not {"TORTURE_KILL_STEP", "TORTURE_CUT_WRITE"} & set(env):
                raise Violation("it died by itself: %r" % result)
            return
        if result.code == 1 and "TORTURE_FAIL_WRITE" in env:
            self.crashes += run.settings["concurrency"]
        elif result.code == 1 or result.code not in DOCUMENTED:
            # A signal before the engine has taken over ends the process by itself: 5 then, too.
            raise Violation("exit %s of %s: %r" % (result.code, arguments, result))
        if not result.err.strip() or "campana: " not in result.err:
            raise Violation("it did not say why it ended: %r" % result)
        ended = self.trial.rows("SELECT ended FROM run ORDER BY id DESC LIMIT 1")
        if ended and result.code in DOCUMENTED and "second-sender" not in run.happened and "campaign: nothing is left" not in result.err:
            if result.code not in CODE_OF_END.get(ended[0]["ended"], (5, 1)):
                raise Violation("exit %d, but the run %r: %r" % (result.code, ended, result))

    def check_pace(self, run):
        receipts = [receipt for receipt in self.provider.receipts if receipt.run == run.number]
        timeouts = self.trial.rows("SELECT count(*) AS n FROM attempt WHERE reason_code = 'timeout'")[0]["n"]
        most = max((receipt.in_flight for receipt in receipts), default=0)
        if timeouts == 0 and most > run.settings["concurrency"]:
            raise Violation("%d in flight, %d allowed" % (most, run.settings["concurrency"]))
        if not run.settings["rate"]:
            return
        gap_ns = 1_000_000_000 // run.settings["rate"]
        for since_ns in run.references:
            later = [receipt.at_ns for receipt in receipts if receipt.at_ns >= since_ns]
            # What was sent before a pause may arrive after it: at most what was in flight.
            spare = 0 if since_ns == run.began_ns else run.settings["concurrency"]
            for i, at_ns in enumerate(later):
                if (i - spare) * gap_ns > at_ns - since_ns:
                    raise Violation("%d messages in %d ms, %d a second are allowed" % (
                        i + 1, (at_ns - since_ns) // 1_000_000, run.settings["rate"]))

    # ---- the scenario

    def pending(self):
        return self.trial.rows("SELECT count(*) AS n FROM message WHERE state = 'pending' AND msisdn <> '%s'" % ANOTHER)[0]["n"]

    def bad_address(self, settings):
        """Nothing can have left: whatever is pending stays so."""
        before = self.pending()
        other = None
        settings = dict(settings, events=[], max_failures=2)
        if settings["address"] == "nobody":
            url = "https://127.0.0.1:1/9"
        elif settings["address"] == "no-such-name":
            url = "https://gateway.invalid/9"
        elif settings["address"] == "no-tls":
            other = mad.Provider(mad.Fixed({}))
            url = other.url.replace("http:", "https:") + "/9"
        else:
            other = mad.Provider(mad.Fixed({}), mad.tls_context(self.pems[settings["address"]], ["http/1.1"]))
            url = other.url + "/9"
        run, result = self.send(settings, url=url)
        expected = (7,) if before else (0, 9)
        after = self.pending()
        if result.code not in expected or after != before or any(receipt.run == 9 for receipt in self.provider.receipts):
            raise Violation("%s: %r, pending before %d, after %d" % (settings["address"], result, before, after))
        if other is not None:
            if other.receipts:
                raise Violation("%s: sent all the same" % settings["address"])
            other.close()
        self.trial.figures["bad addresses"] += 1

    def play(self):
        trial, scenario = self.trial, self.scenario
        trial.write_campaign(scenario.rows)
        trial.write("another.csv", "celular,mensaje\n%s,otra\n" % ANOTHER)
        trial.write("campana.ini", "ca-file = %s\n" % self.pems["ca"])
        context = None if scenario.transport == "http" else mad.tls_context(
            self.pems[certificates.GOOD], ["h2"] if scenario.transport == "h2" else ["http/1.1"])
        self.provider = mad.Provider(scenario.plan, context)
        try:
            trial.campana("load", "campaign.csv", expect=0)
            for settings in scenario.rounds:
                if settings["kind"] == "bad-address":
                    self.bad_address(settings)
                else:
                    run, result = self.send(settings, env=settings["fault"])
                    self.check_pace(run)
                    trial.figures["faults of this machine"] += bool(settings["fault"])
                if settings["resolve"]:
                    trial.campana("resolve", "campaign", "--as", settings["resolve"], "--yes", expect=0)
                self.check_books_of_the_campaign()
            self.come_to_the_end()
        finally:
            self.provider.close()
        if self.provider.heard_out:
            raise Violation("an endless answer was listened to until its end")
        if self.side_failures:
            raise self.side_failures[0]
        trial.figures["misdeeds"] += self.provider.misdeeds
        trial.figures["messages received"] += len(self.provider.receipts)
        trial.figures["twice"] += 0
        trial.figures["lost"] += 0

    def check_books_of_the_campaign(self):
        """Another campaign may be in the database; it has a row of its own that is never sent."""
        trial = self.trial
        others = trial.rows("SELECT count(*) AS n FROM message WHERE msisdn = '%s'" % ANOTHER)[0]["n"]
        rows = trial.assert_promises(self.provider.receipts, self.scenario.rows + others)
        trial.figures["messages received"] -= len(self.provider.receipts)  # counted once, in the end
        return [row for row in rows if row["msisdn"] != ANOTHER]

    def come_to_the_end(self):
        trial = self.trial
        self.provider.heal()
        settings = {"command": ["run", "campaign.csv"], "concurrency": 8, "method": "post", "rate": None, "limit": None,
                    "max_failures": 1000, "events": []}
        for _ in range(RUNS_MOST):
            run, result = self.send(settings)
            if result.code in (0, 9):
                break
        else:
            raise Violation("the provider is well, and the campaign does not end: %r" % result)
        rows = self.check_books_of_the_campaign()
        states = {row["state"] for row in rows}
        if not states <= STATES_AT_REST - {"pending"} or (result.code == 9) != ("unknown" in states):
            raise Violation("exit %d with rows that are %s" % (result.code, states))
        unknown = sum(row["state"] == "unknown" for row in rows)
        bound = self.unknown_most()
        trial.figures["unknown"] += unknown
        trial.figures["unknown at most"] += bound
        if unknown > bound:
            raise Violation("%d rows are unknown; the provider gave reason for %d" % (unknown, bound))
        received = len(self.provider.receipts)
        self.send(settings)
        if len(self.provider.receipts) != received:
            raise Violation("a further run has sent something")
        report = trial.report_csv("campaign")
        trial.assertEqual([(line["row"], line["state"]) for line in report], [(str(row["row"]), row["state"]) for row in rows])

    def unknown_most(self):
        """Every unknown row has its cause: a misdeed of the provider's (over HTTP/2 one may take all that share the connection),
        an answer that came too late, or an end of campana's with messages in flight."""
        most = max(settings["concurrency"] for settings in self.scenario.rounds)
        each = max(most, 8) if self.scenario.transport == "h2" else 1
        late = self.trial.rows("SELECT count(*) AS n FROM attempt WHERE reason_code = 'timeout'")[0]["n"]
        return self.provider.misdeeds * each + late + self.crashes


def run_seed(pems):
    def run(seed, trial):
        Chaos(seed, trial, pems).play()
    return run
