"""The pace, as campana sends and as the gateway sees it.

What holds on any machine is that nothing leaves sooner than the rate allows: by the instants that campana recorded, and
by the ledger counted from the first of them, for what came late to the gateway may come close together. How even it is there,
and how close the mean comes to the rate, is asked of a quiet machine (CAMPANA_QUIET=1)."""

import contextlib
import os
import signal
import time
import unittest

import harness

quiet = unittest.skipUnless(os.environ.get("CAMPANA_QUIET"), "needs a quiet machine")


class Pace(harness.CampanaTest):
    def sent_ms(self):
        return sorted(row["first_sent_at_ms"] for row in self.rows() if row["first_sent_at_ms"])

    def assert_never_faster(self, entries, count, window_ms):
        """No window holds more than it may, by the rule that pacer.h states."""
        tolerance = min(window_ms / 500, 100)
        interval = (window_ms + 2 * tolerance) / count
        sent = self.sent_ms()
        for share in (1, 2, 3, 10, 30, 100, 300):
            for first, last in zip(sent, sent[share:] if share <= count else []):
                self.assertGreater(last - first, share * interval - tolerance - 1.01, "%d in a row" % share)
        for first, last in zip(sent, sent[count:]):
            self.assertGreaterEqual(last - first, window_ms + tolerance - 1)
        for place, entry in enumerate(entries):
            self.assertGreater(entry["at_ms"] - sent[0], place * interval - tolerance - 1.01)

    def most_in_any_window(self, entries, window_ns):
        times = [entry["at_ns"] for entry in entries]
        most = start = 0
        for end, at_ns in enumerate(times):
            while at_ns - times[start] >= window_ns:
                start += 1
            most = max(most, end - start + 1)
        return most

    def mean(self, entries, window_ms):
        return (len(entries) - 1) / ((entries[-1]["at_ns"] - entries[0]["at_ns"]) / 1e6 / window_ms)

    def send(self, rate, rows, *options, latency=20):
        simulator = self.simulate("--latency", latency)
        self.write_campaign(rows)
        self.campana("run", "campaign.csv", "--rate", rate, "--yes", *options, expect=0)
        entries = simulator.ledger()
        self.assert_never_twice(entries)
        self.assertEqual(len(entries), rows)
        return entries

    def test_never_faster_than_asked(self):
        for rate, count, window_ms, rows in (("10/min", 10, 60000, 3), ("10/s", 10, 1000, 40), ("50/s", 50, 1000, 200),
                                             ("500/s", 500, 1000, 1500)):
            with self.subTest(rate=rate):
                self.fresh_folder(rate.replace("/", "-"))
                self.assert_never_faster(self.send(rate, rows), count, window_ms)

    def test_never_faster_when_connections_are_slow_and_few(self):
        entries = self.send("100/s", 250, "--concurrency", 4, latency=300)
        self.assert_never_faster(entries, 100, 1000)

    @contextlib.contextmanager
    def sending(self, *options):
        sender = self.start("run", "campaign.csv", "--yes", *options)
        try:
            yield sender
        finally:
            if sender.poll() is None:
                sender.kill()
                sender.communicate()

    def suspend(self, sender, seconds):
        sender.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        sender.send_signal(signal.SIGCONT)

    def assert_ends(self, sender, code):
        err = sender.communicate(timeout=harness.DEADLINE_S)[1]
        self.assertEqual(sender.returncode, code, err)

    def test_a_suspended_process_does_not_catch_up(self):
        simulator = self.simulate("--latency", 20)
        self.write_campaign(200)
        with self.sending("--rate", "50/s") as sender:
            for _ in range(3):
                before = len(simulator.ledger())
                self.wait_for(lambda: len(simulator.ledger()) >= before + 20 or sender.poll() is not None, "nothing is sent")
                self.suspend(sender, 0.7)
            self.assert_ends(sender, 0)
        entries = simulator.ledger()
        self.assertEqual(len(entries), 200)
        self.assert_never_faster(entries, 50, 1000)

    def test_a_suspended_process_finds_the_answers_that_came_meanwhile(self):
        simulator = self.simulate("--latency", 300, script="on 5: stall\n")
        self.write_campaign(60)
        with self.sending("--rate", "60/s", "--timeout", 4) as sender:
            self.wait_for(lambda: len(simulator.ledger()) >= 30 or sender.poll() is not None, "nothing is sent")
            self.suspend(sender, 4.5)
            self.assert_ends(sender, 9)
        self.assertEqual(self.counts(), {"accepted": 59, "unknown": 1})
        # How long the answers took that lay there meanwhile nobody knows.
        latencies = [row["latency_ms"] for row in self.rows("SELECT latency_ms FROM message WHERE state = 'accepted'")]
        self.assertIn(None, latencies)
        self.assertLess(max(latency for latency in latencies if latency is not None), 4000)

    def test_no_more_are_in_flight_than_allowed(self):
        for concurrency in (1, 3, 16):
            with self.subTest(concurrency=concurrency):
                self.fresh_folder(str(concurrency))
                simulator = self.simulate("--latency", 30, script="on 1-%d: delay 2000\n" % concurrency)
                self.write_campaign(120)
                self.campana("run", "campaign.csv", "--concurrency", concurrency, "--yes", expect=0)
                most = max(entry["in_flight"] for entry in simulator.ledger())
                self.assertEqual(most, concurrency)

    # ---- on a quiet machine

    @quiet
    def test_in_the_ledger_no_window_holds_more_and_the_mean_is_within_half_a_percent(self):
        for rate, count, window_ms, rows in (("10/min", 10, 60000, 21), ("10/s", 10, 1000, 300), ("50/s", 50, 1000, 1500),
                                             ("500/s", 500, 1000, 10000)):
            with self.subTest(rate=rate):
                self.fresh_folder(rate.replace("/", "-"))
                entries = self.send(rate, rows)
                mean = self.mean(entries, window_ms)
                # The first one comes late by the making of its connection, which is no sender's pace.
                most = self.most_in_any_window(entries[1:], window_ms * 1_000_000)
                print("%s: mean %.3f (%+.2f %%), at most %d in any window" % (rate, mean, (mean / count - 1) * 100, most))
                self.assertLessEqual(most, count)
                self.assertAlmostEqual(mean, count, delta=count * 0.005)

    @quiet
    def test_at_300_ms_latency_a_hundred_a_second_is_held(self):
        entries = self.send("100/s", 3000, latency=300)
        mean = self.mean(entries, 1000)
        most = self.most_in_any_window(entries[1:], 1_000_000_000)
        print("100/s at 300 ms: mean %.3f, at most %d in any second" % (mean, most))
        self.assertLessEqual(most, 100)
        self.assertAlmostEqual(mean, 100, delta=0.5)


if __name__ == "__main__":
    harness.main()
