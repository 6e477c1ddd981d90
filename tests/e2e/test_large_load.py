"""Loads larger than SQLite's cache, which spill into the files long before their commit: the power cut, the disk full. All or
nothing of them is there, and the same command loads them."""

import sqlite3

import harness

ROWS = 45_000
TEXT = "Hola {i}, " + "x" * 148
LOAD = ["load", "campaign.csv", "-q"]


class LargeLoad(harness.CampanaTest):
    def setUp(self):
        super().setUp()
        self.write_campaign(ROWS, text=TEXT)

    def count(self):
        file = self.folder / "counts"
        self.campana(*LOAD, env={"TORTURE_COUNT": str(file)}, program="campana-torture", expect=0)
        words = file.read_text().split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def look(self):
        database = sqlite3.connect(self.db)
        try:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            return database.execute("SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM message)").fetchone()
        finally:
            database.close()

    def suffer(self, codes, fault, step):
        self.remove_database()
        result = self.campana(*LOAD, env={fault: str(step), "TORTURE_SEED": str(step)}, program="campana-torture")
        self.assertIn(result.code, codes, result)
        self.assertIn(self.look(), ((0, 0), (1, ROWS)) if result.code else ((1, ROWS),))
        self.campana(*LOAD, expect=0)
        self.assertEqual(self.look(), (1, ROWS))

    def remove_database(self):
        for file in self.folder.glob(self.db.name + "*"):
            file.unlink()

    def test_a_power_cut_or_a_full_disk_leaves_all_or_nothing_of_a_load_that_does_not_fit_the_cache(self):
        counts = self.count()
        self.assertGreater(counts["writes"], 1000, "it fits the cache")
        for fault, codes, steps in (("TORTURE_CUT_WRITE", (137,), (counts["writes"] // 2, counts["writes"] - 10)),
                                    ("TORTURE_CUT_SYNC", (137,), (counts["syncs"] - 3, counts["syncs"] - 1)),
                                    ("TORTURE_FAIL_WRITE", (0, 1), (counts["writes"] // 2, counts["writes"] - 10))):
            for step in steps:
                with self.subTest(fault=fault, step=step):
                    self.suffer(codes, fault, step)


if __name__ == "__main__":
    harness.main()
