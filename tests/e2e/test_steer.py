"""campana pace and campana stop: a run steered from another process, whatever it is doing, through the database alone."""

import datetime
import json
import os
import signal
import socket
import sqlite3
import time

import harness

COLOMBIA = datetime.timezone(datetime.timedelta(hours=-5))


def closed_now():
    """Contact hours that are neither open now nor soon."""
    day = (datetime.datetime.now(COLOMBIA) + datetime.timedelta(days=3)).weekday()
    return "%s 10:00-10:01" % ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day]


class Steer(harness.CampanaTest):
    def setUp(self):
        super().setUp()
        self.sender = None
        self.addCleanup(self.end_sender)

    def end_sender(self):
        if self.sender is not None and self.sender.poll() is None:
            self.sender.kill()
            self.sender.communicate()

    def wait_for(self, what, say):
        deadline = time.monotonic() + harness.DEADLINE_S
        while not what():
            self.assertLess(time.monotonic(), deadline, say)
            self.assertIsNone(self.sender.poll(), "the sender ended: %s" % say)
            time.sleep(0.02)

    def runs(self):
        return self.rows("SELECT * FROM run ORDER BY id") if self.db.exists() else []

    def send(self, *options, ledger_lines=0):
        """Starts a sender, and returns when its run is open and so many requests have come."""
        before = len([run for run in self.runs()]) if self.db.exists() else 0
        self.sender = self.start("run", "campaign.csv", "--yes", *options)
        self.wait_for(lambda: self.db.exists() and self.has_schema() and len(self.runs()) > before, "no run begins")
        self.wait_for(lambda: len(self.simulator.ledger()) >= ledger_lines, "nothing is sent")
        return self.sender

    def has_schema(self):
        try:
            return bool(self.rows("SELECT name FROM sqlite_schema WHERE name = 'run'"))
        except Exception:
            return False

    def ended(self, code):
        out, err = self.sender.communicate(timeout=harness.DEADLINE_S)
        err = err.decode()
        self.assertEqual(self.sender.returncode, code, err)
        self.assertNotIn("Sanitizer", err)
        self.assertNotIn("runtime error", err)
        return err

    def hold_database(self):
        """A process in the midst of a transaction. Close it to let others write again; None if another one is."""
        holder = sqlite3.connect(self.db, isolation_level=None, timeout=0)
        try:
            holder.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            holder.close()
            return None
        self.addCleanup(holder.close)
        return holder

    def suspend_sender(self):
        """Suspends it between two transactions: within one it would keep the database to itself."""
        deadline = time.monotonic() + harness.DEADLINE_S
        while True:
            self.sender.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.sender.pid, os.WSTOPPED | os.WNOWAIT)
            holder = self.hold_database()
            if holder is not None:
                return holder.close()
            self.assertLess(time.monotonic(), deadline, "the sender is always within a transaction")
            self.sender.send_signal(signal.SIGCONT)
            time.sleep(0.02)

    def who(self):
        words = self.rows("SELECT who FROM steering")
        self.assertTrue(words[0]["who"].endswith("@" + socket.gethostname()), words)
        return words[0]["who"]

    # ---- pace

    def test_a_faster_and_a_slower_pace_hold_from_the_answer_on_and_are_recorded(self):
        simulator = self.simulate()
        self.write_campaign(600)
        self.send("--rate", "20/s", ledger_lines=5)
        out = self.campana("pace", "campaign", "10/min", expect=0).out
        self.assertEqual(out, "«campaign»: 10/min from now on\n")
        before = len(simulator.ledger())
        time.sleep(1)
        self.assertLessEqual(len(simulator.ledger()), before + 2)
        self.assertEqual(self.campana("pace", "campaign", "max", expect=0).out,
                         "«campaign»: no limit from now on, as fast as the gateway answers\n")
        err = self.ended(0)
        who = self.who()
        self.assertIn("campana: campaign: rate 10/min from now on, by %s\n" % who, err)
        self.assertIn("campana: campaign: rate max from now on, by %s\n" % who, err)
        self.assert_never_twice(simulator.ledger())
        self.assertEqual(self.counts(), {"accepted": 600})
        status = json.loads(self.campana("status", "campaign", "--json", expect=0).out)
        self.assertEqual([word["rate"] for word in status["runs"][0]["steering"]], ["10/min", "max"])
        self.assertEqual(status["runs"][0]["rate"], "20/s")
        words = self.campana("status", "campaign", expect=0).out
        self.assertIn(": rate 10/min from here on, by %s\n" % who, words)

    def test_a_pace_that_is_none_is_refused_with_an_example(self):
        self.simulate()
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        for rate in ("0", "-1/s", "fast", "10/d", ""):
            with self.subTest(rate=rate):
                self.assertIn("600/min", self.campana("pace", "campaign", "--", rate, expect=2).err)

    def test_a_campaign_that_is_not_sent_has_no_pace(self):
        self.simulate()
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        err = self.campana("pace", "campaign", "20", expect=2).err
        self.assertIn("«campaign» is not being sent. A rate is given with the command that sends: "
                      "campana send campaign --rate 20/s", err)
        self.assertIn("no campaign", self.campana("pace", "campain", "20", expect=2).err.lower())
        self.assertEqual(self.rows("SELECT * FROM steering"), [])

    # ---- stop

    def test_stop_drains_records_who_and_the_same_command_goes_on(self):
        simulator = self.simulate("--latency", 300)
        self.write_campaign(400)
        self.send("--rate", "20/s", ledger_lines=5)
        out = self.campana("stop", "campaign", expect=0).out
        self.assertRegex(out, r"^«campaign»: stopped; \d+ messages are left\n$")
        err = self.ended(5)
        self.assertIn("campana: stopped: it was stopped by campana stop, by %s; " % self.who(), err)
        self.assertIn("; to go on: campana run campaign.csv", err)
        counts = self.counts()
        self.assertEqual(set(counts), {"accepted", "pending"})
        self.assertEqual(counts["accepted"], len(simulator.ledger()))
        self.assertEqual(int(out.split()[2]), counts["pending"])
        run, = self.runs()
        self.assertEqual(run["ended"], "stopped")
        self.assertIsNotNone(run["balance_after"])
        self.assertIn("told to stop, by", self.campana("status", "campaign", expect=0).out)
        # What was said to that run has no meaning for the next one.
        self.campana("run", "campaign.csv", "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 400})
        self.assert_never_twice(simulator.ledger())

    def test_a_word_that_no_run_took_is_nothing_to_a_later_one(self):
        simulator = self.simulate()
        self.write_campaign(400)
        self.send("--rate", "10/s", ledger_lines=2)
        self.suspend_sender()
        stop = self.start("stop", "campaign")
        pace = self.start("pace", "campaign", "1/h")
        deadline = time.monotonic() + harness.DEADLINE_S
        while len(self.rows("SELECT * FROM steering")) < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        self.sender.kill()
        self.sender.communicate()
        out, err = stop.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(stop.returncode, 0, err)
        self.assertIn("the process that sent it is gone without a word", out.decode())
        out, err = pace.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(pace.returncode, 2, err)
        self.campana("run", "campaign.csv", "--yes", "--rate", "max")
        self.assertNotIn("pending", self.counts())
        self.assert_never_twice(simulator.ledger())

    def test_nothing_to_stop_is_no_error(self):
        self.simulate()
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        result = self.campana("stop", "campaign", expect=0)
        self.assertEqual((result.out, result.err), ("", "campana: «campaign» is not being sent; nothing was stopped\n"))
        self.campana("stop", "other", expect=2)

    def test_another_campaign_is_named_and_goes_on(self):
        simulator = self.simulate()
        self.write_campaign(3, name="other.csv")
        self.campana("load", "other.csv", expect=0)
        self.write_campaign(300)
        self.send("--rate", "10/s", ledger_lines=1)
        self.assertIn("«other» is not being sent; what is being sent is «campaign»; nothing was stopped",
                      self.campana("stop", "other", expect=0).err)
        self.assertIn("what is being sent is «campaign»", self.campana("pace", "other", "1", expect=2).err)
        self.campana("pace", "campaign", "max", expect=0)
        self.ended(0)
        self.assertEqual(len(simulator.ledger()), 300)

    # ---- whatever it waits for

    def test_stop_ends_the_wait_for_contact_hours(self):
        self.simulate()
        self.write_campaign(5)
        self.send("--hours", closed_now(), "--wait")
        self.assertIn("stopped; 5 messages are left", self.campana("stop", "campaign", expect=0).out)
        self.assertIn("waiting until", self.ended(5))
        self.assertEqual(self.simulator.ledger(), [])

    def test_stop_ends_the_wait_for_the_start_which_status_shows(self):
        self.simulate()
        self.write_campaign(5)
        start = datetime.datetime.now(COLOMBIA) + datetime.timedelta(days=2)
        self.send("--start", start.strftime("%Y-%m-%d %H:%M"))
        status = self.campana("status", "campaign", expect=0).out
        self.assertIn("it has not ended yet; it will begin on %s %d %s, %s" % (
            start.strftime("%A"), start.day, start.strftime("%B %Y"), start.strftime("%H:%M")), status)
        self.campana("pace", "campaign", "1/s", expect=0)
        self.assertIn("stopped; 5 messages are left", self.campana("stop", "campaign", expect=0).out)
        self.ended(5)
        self.assertEqual(self.simulator.ledger(), [])

    def test_a_signal_ends_the_wait_for_the_start(self):
        self.simulate()
        self.write_campaign(5)
        start = datetime.datetime.now(COLOMBIA) + datetime.timedelta(days=2)
        self.send("--start", start.strftime("%Y-%m-%d %H:%M"))
        self.sender.send_signal(signal.SIGTERM)
        self.assertIn("it was interrupted; 5 messages are left", self.ended(5))

    def test_stop_ends_the_wait_for_the_end_of_maintenance(self):
        self.simulate(script="from 3: maintenance\n")
        self.write_campaign(9)
        self.send("--wait", "--concurrency", 1, ledger_lines=3)
        self.assertIn("stopped; 7 messages are left", self.campana("stop", "campaign", expect=0).out)
        self.ended(5)

    def test_stop_ends_the_pause_that_the_gateway_asked_for(self):
        self.simulate(script="from 3: status 429 retry-after 600\n")
        self.write_campaign(9)
        self.send("--concurrency", 1, ledger_lines=3)
        self.assertIn("stopped; 7 messages are left", self.campana("stop", "campaign", expect=0).out)
        self.ended(5)

    def test_a_sender_that_does_not_answer_is_told_of(self):
        self.simulate()
        self.write_campaign(200)
        self.send("--rate", "5/s", ledger_lines=1)
        self.suspend_sender()
        err = self.campana("pace", "campaign", "max", expect=1).err
        self.assertIn("has not answered for 10 s; it may be suspended", err)
        self.sender.send_signal(signal.SIGCONT)
        self.ended(0)
        self.assertEqual(len(self.rows("SELECT * FROM steering WHERE taken_at_ms IS NOT NULL")), 1)

    def test_a_word_waits_until_another_process_has_written(self):
        self.simulate()
        self.write_campaign(200)
        self.send("--rate", "5/s", ledger_lines=1)
        holder = None
        while holder is None:
            holder = self.hold_database()
        stop = self.start("stop", "campaign")
        self.assertIn(b"waiting until another process has written to the database", stop.stderr.readline())
        holder.close()
        out, err = stop.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(stop.returncode, 0, err)
        self.assertIn("stopped; ", out.decode())
        self.ended(5)

    def test_a_word_that_cannot_be_left_is_told_of(self):
        self.simulate()
        self.write_campaign(3)
        self.send("--hours", closed_now(), "--wait")
        holder = None
        while holder is None:
            holder = self.hold_database()
        err = self.campana("stop", "campaign", expect=1).err
        self.assertIn("another process has been writing to this database for 30 s, and the process that sends campaign "
                      "was told nothing; if that one is suspended, let it go on (fg, or kill -CONT), and give this "
                      "command again", err)
        holder.close()
        self.assertEqual(self.rows("SELECT * FROM steering"), [])
        self.campana("stop", "campaign", expect=0)
        self.ended(5)

    def test_help_shows_examples(self):
        for command in ("pace", "stop"):
            out = self.campana("help", command, expect=0).out
            self.assertIn("Examples:\n  campana %s clientes" % command, out)
            self.assertLessEqual(max(map(len, out.splitlines())), 80)


if __name__ == "__main__":
    harness.main()
