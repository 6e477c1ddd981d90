"""Hostile content and surroundings: what a terminal must not get raw, answers without an end, databases that are not ours, and
the two kinds of stop."""

import os
import pathlib
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import harness
from harness import number

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "faults"))
import provider  # noqa: E402
from trial import RAW  # noqa: E402

NASTY = "a\x1b[2J\u202eb\u2066c\x9b31m\x07"


class Terminal(harness.CampanaTest):
    def assert_clean(self, result):
        for text in (result.out, result.err):
            found = RAW.search(text)
            self.assertIsNone(found, found and "%r in %r" % (found.group(), text[max(0, found.start() - 60):found.end() + 20]))
        self.assertNotIn("\x1b", result.out + result.err)

    def test_names_texts_columns_and_answers_never_reach_a_terminal_raw(self):
        self.simulate(script='on 1-3: body "\\x1b[2J\\x1b]0;t\\x07\\xe2\\x80\\xae\\xc2\\x9b"\n'
                             'on 4-5: status 500 + body "\\x1b[31m\\xe2\\x81\\xa6"\n')
        name = NASTY + "\nsecond line"
        self.write(name + ".csv", "celular,mensaje,%s\n" % NASTY.replace("\x07", "") + "".join(
            "%s,Hola %d,%s\n" % (number(i), i, NASTY) for i in range(8)) + "12,%s,x\n57310%s,hola,y\n" % (NASTY, NASTY))
        self.assert_clean(self.campana("load", name + ".csv", "--dry-run", "--sample", 3, expect=0))
        self.assert_clean(self.campana("run", name + ".csv", "--concurrency", 1, "--yes", "-v", expect=9))
        for command in (["status"], ["status", name], ["report", name], ["report", name, "--full-numbers"], ["find", number(1)],
                        ["send", name, "--yes"], ["resolve", name, "--as", "accepted", "--yes"], ["doctor"]):
            self.assert_clean(self.campana(*command))
        for command in (["report", NASTY], ["send", NASTY], ["resolve", NASTY, "--as", "pending"], ["status", NASTY], [NASTY],
                        ["load", NASTY], ["load", name + ".csv", "--phone", NASTY], ["load", name + ".csv", "--template", "{" + NASTY],
                        ["run", "x.csv", "--rate", NASTY], ["status", "--" + NASTY], ["--db", NASTY, "status"], ["find", NASTY],
                        ["--config", NASTY, "status"], ["run", "x.csv", "--suppress", NASTY]):
            self.assert_clean(self.campana(*command))

    def test_a_configuration_with_escapes_is_told_without_them(self):
        self.write("campana.ini", "[a]\n%s = 1\n" % NASTY)
        self.assert_clean(self.campana("status", expect=2))
        self.write("campana.ini", "rate = %s\n" % NASTY)
        self.assert_clean(self.campana("status", expect=2))


class Answers(harness.CampanaTest):
    def run_against(self, treatment, timeout):
        server = provider.Provider(provider.Fixed({2: (treatment, 0)}))  # 1 is the balance
        self.addCleanup(server.close)
        self.write_campaign(3)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--timeout", timeout, "--yes", url=server.url + "/1", expect=9)
        return server

    def test_an_answer_without_an_end_is_cut_off_long_before_the_timeout(self):
        for treatment, words in (("endless-header", "header has no end"), ("endless-line", "header has no end"),
                                 ("endless-interim", "header has no end"), ("endless-body", "made no sense")):
            with self.subTest(treatment=treatment):
                self.fresh_folder(treatment)
                server = self.run_against(treatment, 600)  # more than the harness waits
                self.assertEqual(server.heard_out, 0, "it listened to all of it")
                self.assertEqual([row["state"] for row in self.rows()], ["unknown", "accepted", "accepted"])
                self.assertIn(words, self.report_csv("campaign")[0]["reason"])

    def test_an_answer_that_drips_for_ever_ends_at_the_timeout(self):
        self.run_against("slow-for-ever", 1)
        self.assertEqual([(row["state"], row["reason_code"]) for row in self.rows()][0], ("unknown", "timeout"))


class Databases(harness.CampanaTest):
    def assert_named_and_untouched(self, words, code):
        before = self.db.read_bytes()
        self.write_campaign(2)
        for command in (["status"], ["load", "campaign.csv"], ["send", "campaign", "--yes"], ["report", "campaign"]):
            result = self.campana(*command, url="http://127.0.0.1:9", expect=code)
            self.assertIn(words, result.err)
        self.assertEqual(self.db.read_bytes(), before)

    def test_another_applications_database(self):
        database = sqlite3.connect(self.db)
        database.executescript("PRAGMA application_id = 12345; CREATE TABLE bookmark (url TEXT); INSERT INTO bookmark VALUES ('x')")
        database.close()
        self.assert_named_and_untouched("another application", 2)

    def test_a_newer_campanas_database(self):
        self.write_campaign(2)
        self.campana("load", "campaign.csv", expect=0)
        database = sqlite3.connect(self.db)
        database.executescript("PRAGMA user_version = 9999")
        database.execute("PRAGMA journal_mode = DELETE")
        database.close()
        self.assert_named_and_untouched("newer", 2)

    def test_a_file_that_is_no_database(self):
        self.db.write_bytes(b"celular,mensaje\n" * 100)
        self.assert_named_and_untouched("database", 2)

    def test_a_corrupt_database_is_named_and_nothing_is_sent(self):
        simulator = self.simulate()
        self.write_campaign(3000)
        self.campana("load", "campaign.csv", expect=0)
        content = bytearray(self.db.read_bytes())
        content[8192:len(content) // 2] = random.Random(1).randbytes(len(content) // 2 - 8192)
        self.db.write_bytes(content)
        result = self.campana("send", "campaign", "--yes")
        self.assertIn(result.code, (1, 2), result)
        self.assertIn("campana: ", result.err)
        self.assertLessEqual(len(simulator.ledger()), 3000)
        self.assert_never_twice(simulator.ledger())

    def test_files_are_their_owners_whatever_the_umask(self):
        previous = os.umask(0)
        try:
            self.simulate()
            self.write_campaign(3)
            self.campana("run", "campaign.csv", "--yes", "--rejects", "rejects.csv", expect=0)
        finally:
            os.umask(previous)
        for path in self.folder.glob("campana.db*"):
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)

    def test_no_link_is_followed_in_making_a_file(self):
        (self.folder / "elsewhere").symlink_to(self.folder / "target")
        self.write_campaign(2)
        self.campana("--db", "elsewhere", "load", "campaign.csv", expect=2)
        self.write("bad.csv", "celular,mensaje\n12,x\n%s,y\n" % number(1))
        self.assertNotEqual(self.campana("load", "bad.csv", "--rejects", "elsewhere").code, 0)
        self.assertFalse((self.folder / "target").exists())


class Stops(harness.CampanaTest):
    def begin(self, latency, *options, **more):
        """A run that has sent something."""
        self.simulate("--latency", latency)
        self.write_campaign(500)
        process = self.start("run", "campaign.csv", "--concurrency", 8, "--yes", *options, **more)
        self.wait_for(lambda: len(self.simulator.ledger()) >= 8, "nothing is sent", process)
        return process

    def test_a_drain_ends_within_the_timeout_though_nothing_is_answered(self):
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=sig):
                self.fresh_folder(sig.name)
                process = self.begin(3600_000, "--timeout", 3)
                process.send_signal(sig)
                out, err = process.communicate(timeout=harness.DEADLINE_S)
                self.assertEqual(process.returncode, 5, err)
                self.assertEqual(self.counts()["unknown"], len(self.simulator.ledger()))
                self.assertNotIn("inflight", self.counts())
                self.assertIn(b"campana run", err)

    def test_a_shutdown_with_all_its_signals_drains_once(self):
        process = self.begin(600, "--timeout", 30)
        for sig in (signal.SIGHUP, signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
            process.send_signal(sig)
            time.sleep(0.02)
        out, err = process.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(process.returncode, 5, err)
        self.assertEqual(self.counts().get("unknown", 0) + self.counts().get("inflight", 0), 0)

    def test_a_hang_up_that_nohup_ignores_does_not_stop_it(self):
        process = self.begin(100, "--limit", 40, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.send_signal(signal.SIGHUP)
        out, err = process.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(self.counts()["accepted"], 40)

    def test_a_closed_standard_error_stops_nothing(self):
        process = self.begin(100, "--limit", 40, "-v")
        process.stderr.close()
        process.stdout.close()
        self.assertEqual(process.wait(harness.DEADLINE_S), 0)
        self.assertEqual(self.counts()["accepted"], 40)

    def test_no_core_file_is_left_by_a_crash(self):
        def limits():
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        process = self.begin(3600_000, preexec_fn=limits)
        limit = pathlib.Path("/proc/%d/limits" % process.pid).read_text()
        self.assertRegex(limit, r"Max core file size +0 +0 ")
        process.kill()
        process.communicate(timeout=harness.DEADLINE_S)

    def test_a_simulator_with_half_an_account_does_not_start(self):
        for option, missing in (("--user", "--password P"), ("--password", "--user U")):
            done = subprocess.run([harness.BIN / "campana-simulator", option, "x"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=harness.DEADLINE_S)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done)
            self.assertIn("%s is missing" % missing, done.stderr)

    def test_a_configuration_that_cannot_be_read_names_the_way_out(self):
        (self.folder / "campana.ini").mkdir()
        refused = self.campana("status", expect=2)
        self.assertIn("campana.ini: Is a directory; name another one with --config FILE", refused.err)


if __name__ == "__main__":
    harness.main()
