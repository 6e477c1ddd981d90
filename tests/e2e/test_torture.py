"""campana sabotaged at every single step: killed, its disk full, its power cut, its memory gone. The faults are enumerated: a
first run counts them, then every one is tried. CAMPANA_EVERY=N tries each Nth only (default: as many as fit the time of a
test run), CAMPANA_EVERY=1 all of them."""

import os
import sqlite3

import harness

ROWS = 24
CONCURRENCY = 4
EVERY = int(os.environ.get("CAMPANA_EVERY", "0"))


class Torture(harness.CampanaTest):
    def start(self, *arguments, env=None, **more):
        sabotaged = any(name.startswith("TORTURE") for name in env or {})
        return super().start(*arguments, env=env, program="campana-torture" if sabotaged else "campana", **more)

    def count(self, *arguments):
        """How many faults of each kind a whole command offers."""
        counts = self.folder / "counts"
        self.campana(*arguments, env={"TORTURE_COUNT": str(counts)})
        words = counts.read_text().split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def chosen(self, total, budget):
        """Every step where the time allows it, else evenly spread ones."""
        every = EVERY or max(1, total // budget)
        return range(1, total + 1, every)

    def fresh_campaign(self, name):
        self.fresh_folder(name)
        self.simulate("--latency", 2)
        self.write_campaign(ROWS)

    def assert_integrity(self):
        database = sqlite3.connect(self.db)
        try:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        finally:
            database.close()

    def assert_resumes_to_its_end(self, unknown_most):
        """Whatever happened: the same command goes on, nobody is written to twice, the books agree, and then nothing is left."""
        result = self.campana("run", "campaign.csv", "--concurrency", CONCURRENCY, "--yes")
        self.assertIn(result.code, (0, 9), result)
        self.assert_integrity()
        entries = self.simulator.ledger()
        rows = self.rows()
        self.assertEqual(len(rows), ROWS)
        self.assert_never_twice(entries)
        self.assert_books_agree(entries, rows)
        unknown = [row for row in rows if row["state"] == "unknown"]
        self.assertLessEqual(len(unknown), unknown_most)
        self.assertEqual(sum(row["state"] == "accepted" for row in rows) + len(unknown), ROWS)
        self.campana("run", "campaign.csv", "--yes", expect=result.code)
        self.assertEqual(len(self.simulator.ledger()), len(entries))

    def sabotage(self, command, fault, steps, codes, check):
        for step in steps:
            with self.subTest(fault=fault, step=step):
                self.fresh_campaign("%s-%s-%d" % (command[0], fault, step))
                if command[0] == "send":
                    self.campana("load", "campaign.csv", expect=0)
                result = self.campana(*command, env={fault: str(step), "TORTURE_SEED": str(step)})
                self.assertIn(result.code, codes, result)
                if result.code == 1:
                    self.assertTrue(result.err.strip(), "a failure without a word")
                check(result)

    SEND = ["send", "campaign", "--concurrency", str(CONCURRENCY), "--yes"]
    LOAD = ["load", "campaign.csv"]

    def counted(self, command):
        self.fresh_campaign("count-" + command[0])
        if command[0] == "send":
            self.campana("load", "campaign.csv", expect=0)
        return self.count(*command)

    def test_a_send_killed_at_every_step_is_resumed(self):
        steps = self.counted(self.SEND)["steps"]
        self.assertGreater(steps, ROWS)
        self.sabotage(self.SEND, "TORTURE_KILL_STEP", self.chosen(steps, 60), (-9, 0),
                      lambda result: self.assert_resumes_to_its_end(CONCURRENCY))

    def test_a_load_killed_at_every_step_is_resumed(self):
        steps = self.counted(self.LOAD)["steps"]
        self.sabotage(self.LOAD, "TORTURE_KILL_STEP", self.chosen(steps, 60), (-9, 0),
                      lambda result: self.assert_resumes_to_its_end(0))

    def test_a_resolve_killed_at_every_step_is_whole_or_nothing(self):
        def prepare(name):
            self.fresh_folder(name)
            self.simulate(script="on 1-5: close\n")
            self.write_campaign(10)
            self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)

        command = ["resolve", "campaign", "--as", "accepted", "--yes"]
        prepare("count")
        steps = self.count(*command)["steps"]
        for step in range(1, steps + 1):
            with self.subTest(step=step):
                prepare("resolve-%d" % step)
                self.assertIn(self.campana(*command, env={"TORTURE_KILL_STEP": str(step)}).code, (-9, 0))
                unknown = self.counts().get("unknown", 0)
                self.assertIn(unknown, (0, 5))
                self.assertEqual(len(self.rows("SELECT * FROM resolution")), 5 - unknown)

    def test_a_power_cut_at_every_sync_of_a_send_loses_nothing(self):
        syncs = self.counted(self.SEND)["syncs"]
        self.assertGreater(syncs, 4)
        self.sabotage(self.SEND, "TORTURE_CUT_SYNC", self.chosen(syncs, 40), (137, 0),
                      lambda result: self.assert_resumes_to_its_end(CONCURRENCY))

    def test_a_power_cut_in_mid_write_of_a_send_loses_nothing(self):
        writes = self.counted(self.SEND)["writes"]
        self.sabotage(self.SEND, "TORTURE_CUT_WRITE", self.chosen(writes, 40), (137, 0),
                      lambda result: self.assert_resumes_to_its_end(CONCURRENCY))

    def test_a_power_cut_during_a_load_leaves_all_or_nothing(self):
        counts = self.counted(self.LOAD)
        self.sabotage(self.LOAD, "TORTURE_CUT_SYNC", self.chosen(counts["syncs"], 30), (137, 0),
                      lambda result: self.assert_resumes_to_its_end(0))
        self.sabotage(self.LOAD, "TORTURE_CUT_WRITE", self.chosen(counts["writes"], 30), (137, 0),
                      lambda result: self.assert_resumes_to_its_end(0))

    def test_a_disk_that_is_full_or_broken_at_every_write_of_a_send_is_told_and_resumed(self):
        counts = self.counted(self.SEND)
        for fault, total in (("TORTURE_FAIL_WRITE", counts["writes"]), ("TORTURE_FAIL_SYNC", counts["syncs"]),
                             ("TORTURE_FAIL_OPEN", counts["opens"])):
            self.sabotage(self.SEND, fault, self.chosen(total, 30), (0, 1),
                          lambda result: self.assert_resumes_to_its_end(CONCURRENCY))

    def test_a_disk_that_is_full_or_broken_during_a_load_leaves_all_or_nothing(self):
        counts = self.counted(self.LOAD)
        for fault, total in (("TORTURE_FAIL_WRITE", counts["writes"]), ("TORTURE_FAIL_SYNC", counts["syncs"]),
                             ("TORTURE_FAIL_OPEN", counts["opens"])):
            self.sabotage(self.LOAD, fault, self.chosen(total, 30), (0, 1),
                          lambda result: self.assert_resumes_to_its_end(0))

    def test_memory_that_runs_out_at_every_allocation_is_told_and_resumed(self):
        for command, unknown_most in ((self.LOAD, 0), (self.SEND, CONCURRENCY)):
            allocations = self.counted(command)["allocations"]
            self.sabotage(command, "TORTURE_FAIL_ALLOCATION", self.chosen(allocations, 60), (0, 1),
                          lambda result, most=unknown_most: self.assert_resumes_to_its_end(most))


if __name__ == "__main__":
    harness.main()
