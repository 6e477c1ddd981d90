"""What an ordinary user sees where he may not write, and anybody on a read-only file system: each message says which file it is,
what the system says, and what to do; what is there stays as it is, and what can be read is read."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import unittest

import harness

NOBODY = 65534
LOOKING = [["status"], ["status", "campaign"], ["report", "campaign"], ["find", harness.number(1)], ["reconcile", "campaign"]]
WRITING = [["load", "another.csv"], ["send", "campaign", "--yes"], ["resolve", "campaign", "--as", "accepted", "--yes"],
           ["pace", "campaign", "5/s"], ["stop", "campaign"], ["forget", "campaign", "--unfinished", "--yes"]]


class Permissions(harness.CampanaTest):
    def setUp(self):
        super().setUp()
        self.shop = self.folder / "shop"
        self.shop.mkdir()
        self.folder.chmod(0o755)
        self.db = self.shop / "campana.db"
        self.program = self.folder / "campana"  # the build may be where nobody else may look
        shutil.copy(harness.BIN / "campana", self.program)
        self.write_campaign(3)
        self.write_campaign(2, "another.csv")
        self.addCleanup(self.shop.chmod, 0o755)

    def loaded(self):
        self.campana("load", "campaign.csv", expect=0)

    def permit(self, folder, database=None):
        if database is not None:
            self.db.chmod(database)
        self.shop.chmod(folder)
        self.before = self.everything()

    def everything(self):
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes() if os.access(path, os.R_OK) else None)
                for path in self.shop.iterdir()}

    def ordinary(self, *arguments, expect):
        """campana as a user whom the files do not belong to; where the tests have no right to be another one, as themselves."""
        another = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        try:
            result = self.campana(*arguments, expect=expect, program=str(self.program), url="http://127.0.0.1:9", **another)
        except PermissionError as refused:
            self.skipTest("this system lets nobody become another user: %s" % refused)
        self.assertEqual(self.everything(), self.before, arguments)
        return result

    def assert_words(self, result, *words):
        for word in ("campana: ", *words):
            self.assertIn(word, result.err)
        self.assertNotIn("bug", result.err)

    # ---- the database

    def test_no_database_is_made_where_nobody_may_write(self):
        self.permit(0o555)
        self.assert_words(self.ordinary("load", "campaign.csv", expect=1), str(self.db), "Permission denied", "--db FILE")

    def test_a_database_that_may_be_read_is_read_and_nothing_else(self):
        self.loaded()
        for folder, database, words in ((0o555, 0o444, "there is no permission to write to this database; ask its owner"),
                                        (0o755 if os.geteuid() == 0 else 0o555, 0o444, "there is no permission to write"),
                                        (0o555, 0o666, "campana needs permission to write to the database and to make files beside it")):
            self.permit(folder, database)
            for command in LOOKING:
                self.ordinary(*command, expect=0)
            for command in WRITING:
                self.assert_words(self.ordinary(*command, expect=1), str(self.db), words)

    def sent(self, mode):
        """Loaded, and sent by its owner while the database had this mode."""
        self.loaded()
        self.db.chmod(mode)
        self.simulate()
        self.campana("send", "campaign", "--yes", expect=0)
        self.assertEqual((self.shop / "campana.db-sender").stat().st_mode & 0o777, mode)

    def test_after_a_send_a_database_that_may_be_read_is_read(self):
        self.sent(0o644)
        self.permit(0o555)
        for command in LOOKING + [["report", "campaign", "--format", "html"]]:
            self.ordinary(*command, expect=0)
        for command in WRITING:
            self.assert_words(self.ordinary(*command, expect=1), str(self.db), "campana needs permission to write" if os.geteuid() else "there is no permission to write")

    def test_a_lock_that_may_not_be_looked_at_is_no_failure_for_who_looks(self):
        self.sent(0o600)
        with contextlib.closing(sqlite3.connect(self.db)) as database, database:  # as a run that goes on, or crashed
            database.execute("UPDATE run SET ended = NULL, ended_at_ms = NULL")
        (self.shop / "campana.db-sender").chmod(0o600 if os.geteuid() == 0 else 0)
        self.permit(0o555, 0o444)
        for command in LOOKING:
            self.ordinary(*command, expect=0)
        self.assertIn("not ended", self.ordinary("status", expect=0).out)
        self.assertIn("it has not ended yet, or crashed: the sender's lock is another user's", self.ordinary("status", "campaign", expect=0).out)
        page = self.ordinary("report", "campaign", "--format", "html", expect=0).out
        self.assertIn(">Not ended</p>", page)
        self.assertIn("It has not ended yet, or crashed.", page)
        self.assertTrue(page.rstrip().endswith("</html>"))

    @unittest.skipIf(os.geteuid() != 0, "one user has nothing to share")
    def test_whom_the_database_is_shared_with_sends_from_it_after_another(self):
        self.shop.chmod(0o777)
        self.sent(0o666)
        self.campana("load", "another.csv", expect=0)
        simulator = self.simulate(ledger="second.tsv")
        self.campana("send", "another", "--yes", expect=0, program=str(self.program), user=NOBODY, group=NOBODY, extra_groups=[])
        self.assertEqual(len(simulator.ledger()), 2)

    def test_a_database_that_may_not_be_read_is_named(self):
        self.loaded()
        self.permit(0o755, 0o000 if os.geteuid() else 0o600)
        for command in LOOKING + WRITING:
            self.assert_words(self.ordinary(*command, expect=1), str(self.db), "Permission denied", "campana needs permission to read and write")

    @unittest.skipIf(os.geteuid() != 0, "without another user nothing can be looked at that is locked")
    def test_a_folder_that_may_not_be_entered_is_named(self):
        self.loaded()
        self.permit(0o700)
        for command in LOOKING + WRITING:
            self.assert_words(self.ordinary(*command, expect=1), str(self.db), "Permission denied", "--db FILE")

    def test_a_database_whose_log_is_in_use_is_not_read_without_it(self):
        """What was sent last stands in the log alone: a status without it would lie."""
        self.loaded()
        simulator = self.simulate("--latency", 3600_000)
        process = self.start("send", "campaign", "--timeout", 600, "--yes")
        self.wait_for(simulator.ledger, "nothing is sent", process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for path in self.shop.iterdir():
            path.chmod(0o444)
        (self.shop / "campana.db-shm").unlink()
        self.permit(0o555)
        for command in LOOKING:
            self.assert_words(self.ordinary(*command, expect=1), str(self.db), "campana.db-wal", "copy both files", "--db FILE")

    # ---- what is written besides

    def test_a_report_and_rejects_that_may_not_be_written_name_the_option(self):
        self.loaded()
        self.permit(0o555, 0o444)
        for form in ("csv", "html"):
            self.assert_words(self.ordinary("report", "campaign", "--format", form, "--output", self.shop / "report", expect=2),
                              "shop/report", "Permission denied", "--output FILE")
        self.assert_words(self.ordinary("load", "another.csv", "--dry-run", "--rejects", self.shop / "rejects.csv", expect=2),
                          "shop/rejects.csv", "Permission denied", "--rejects FILE")

    # ---- a read-only file system

    def on_a_read_only_disk(self, *arguments, expect):
        script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" || exit 77; exec "$@"'
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script, self.shop, self.program, *arguments], cwd=self.folder,
                              env=self.environment("http://127.0.0.1:9"), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode == 77 or "unshare" in done.stderr:
            self.skipTest("this system mounts nothing for the tests: %s" % done.stderr)
        result = harness.Result(done, done.stdout, done.stderr)
        self.assertEqual(done.returncode, expect, result)
        self.assertEqual(self.everything(), self.before, arguments)
        return result

    @unittest.skipIf(os.geteuid() != 0 or not shutil.which("unshare"), "only root mounts")
    def test_a_read_only_file_system(self):
        self.permit(0o755)
        self.assert_words(self.on_a_read_only_disk("load", "campaign.csv", expect=1), str(self.db), "Read-only file system", "--db FILE")
        self.loaded()
        self.permit(0o755)
        for command in LOOKING:
            self.on_a_read_only_disk(*command, expect=0)
        for command in WRITING:
            self.assert_words(self.on_a_read_only_disk(*command, expect=1), str(self.db), "no permission to write to this database")
        self.assert_words(self.on_a_read_only_disk("report", "campaign", "--format", "csv", "--output", "shop/report.csv", expect=2),
                          "shop/report.csv", "Read-only file system", "--output FILE")


if __name__ == "__main__":
    harness.main()
