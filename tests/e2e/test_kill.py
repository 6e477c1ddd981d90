"""SIGKILL at random moments: nobody is written to twice, no row is lost, and what is unknown is at most what was in flight."""

import os
import random
import time

import harness

SEED = int(os.environ.get("CAMPANA_SEED", "20261123"))
KILLS = int(os.environ.get("CAMPANA_KILLS", "10"))


class Kill(harness.CampanaTest):
    def kill_through_a_campaign(self, concurrency, rows=1500):
        chance = random.Random(SEED + concurrency)
        simulator = self.simulate("--latency", 15)
        self.write_campaign(rows)
        self.campana("load", "campaign.csv", expect=0)
        kills = 0
        unknown = 0
        while kills < KILLS:
            process = self.start("run", "campaign.csv", "--concurrency", concurrency, "--yes", "--rate",
                                 "%d/s" % (rows // KILLS))
            time.sleep(chance.uniform(0.02, 0.9))
            process.kill()
            process.communicate()
            kills += 1
            counts = self.counts()
            self.assertEqual(sum(counts.values()), rows)
            now_unknown = counts.get("unknown", 0) + counts.get("inflight", 0)
            self.assertLessEqual(now_unknown, unknown + concurrency, "kill %d, seed %d" % (kills, SEED))
            unknown = now_unknown
        result = self.campana("run", "campaign.csv", "--concurrency", concurrency, "--yes")
        self.assertIn(result.code, (0, 9), result)
        counts = self.counts()
        self.assertEqual(counts.get("accepted", 0) + counts.get("unknown", 0), rows, counts)
        entries = simulator.ledger()
        self.assert_never_twice(entries)
        self.assert_books_agree(entries, self.rows())
        self.campana("run", "campaign.csv", "--yes")
        self.assertEqual(len(simulator.ledger()), len(entries))

    def test_at_concurrency_1(self):
        self.kill_through_a_campaign(1)

    def test_at_concurrency_8(self):
        self.kill_through_a_campaign(8)

    def test_at_concurrency_32(self):
        self.kill_through_a_campaign(32)

    def test_a_load_that_is_killed_leaves_nothing_and_can_be_repeated(self):
        self.write_campaign(60000)
        chance = random.Random(SEED)
        for _ in range(6):
            process = self.start("load", "campaign.csv")
            time.sleep(chance.uniform(0.0, 0.4))
            process.kill()
            process.communicate()
            if self.db.exists():
                status = self.campana("status")
                self.assertIn(status.code, (0, 2), status)
        self.campana("load", "campaign.csv", expect=0)
        self.assertEqual(self.counts(), {"pending": 60000})


if __name__ == "__main__":
    harness.main()
