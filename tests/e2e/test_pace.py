"""The pace as the gateway sees it. Bounds that a busy machine may not break: never faster than asked; how close the mean
comes to the rate is asked of a quiet one (CAMPANA_QUIET=1)."""

import os
import unittest

import harness


class Pace(harness.CampanaTest):
    def most_in_any_window(self, entries, window_ns):
        times = [entry["at_ns"] for entry in entries]
        most = start = 0
        for end, time in enumerate(times):
            while time - times[start] >= window_ns:
                start += 1
            most = max(most, end - start + 1)
        return most

    def test_fifty_a_second_are_never_more_than_fifty_one_in_any_second(self):
        simulator = self.simulate("--latency", 20)
        self.write_campaign(250)
        self.campana("run", "campaign.csv", "--rate", "50/s", "--yes", expect=0)
        self.assertLessEqual(self.most_in_any_window(simulator.ledger(), 1_000_000_000), 51)

    @unittest.skipUnless(os.environ.get("CAMPANA_QUIET"), "needs a quiet machine")
    def test_fifty_a_second_for_twenty_seconds_are_a_thousand_messages(self):
        simulator = self.simulate("--latency", 20)
        self.write_campaign(2000)
        self.campana("run", "campaign.csv", "--rate", "50/s", "--limit", 1500, "--yes", expect=0)
        entries = simulator.ledger()
        start = entries[0]["at_ns"]
        in_20_s = sum(entry["at_ns"] - start < 20_000_000_000 for entry in entries)
        self.assertLessEqual(abs(in_20_s - 1000), 5)
        self.assertLessEqual(self.most_in_any_window(entries, 1_000_000_000), 51)

    def test_no_more_are_in_flight_than_allowed(self):
        for concurrency in (1, 3, 16):
            with self.subTest(concurrency=concurrency):
                self.fresh_folder(str(concurrency))
                simulator = self.simulate("--latency", 30)
                self.write_campaign(120)
                self.campana("run", "campaign.csv", "--concurrency", concurrency, "--yes", expect=0)
                most = max(entry["in_flight"] for entry in simulator.ledger())
                self.assertEqual(most, concurrency)


if __name__ == "__main__":
    harness.main()
