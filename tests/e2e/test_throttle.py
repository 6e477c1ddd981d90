"""A gateway in trouble is sent to more slowly, by rate and in flight, and as fast as asked for again when it is well."""

import datetime
import os
import re
import signal
import time
import unittest

import harness

COLOMBIA = datetime.timezone(datetime.timedelta(hours=-5))

class Throttle(harness.CampanaTest):
    def run_record(self):
        run, = self.rows("SELECT * FROM run")
        return run

    def answered(self, simulator, *refusals):
        """What the ledger has as taken, and what as turned away; nobody is taken twice."""
        entries = simulator.ledger()
        taken = [entry for entry in entries if entry["answer"] not in refusals]
        self.assert_never_twice(taken)
        return taken, [entry for entry in entries if entry["answer"] in refusals]

    def settle(self, rate, rows, script):
        simulator = self.simulate("--latency", 20, script=script)
        self.write_campaign(rows)
        result = self.campana("run", "campaign.csv", "--rate", rate, "--yes", expect=0)
        taken, refused = self.answered(simulator, "status")
        self.assertEqual(len(taken), rows)
        self.assertEqual(self.counts(), {"accepted": rows})
        run = self.run_record()
        self.assertEqual((run["returned"], run["accepted"]), (len(refused), rows))
        self.assertGreater(run["slowed"], 0)
        self.assertIn("campana: campaign: sending more slowly: the gateway asked to slow down", result.err)
        self.assertIn("by the gateway's trouble, to %s at the slowest" % run["slowest_rate"], result.err)
        self.assertIn("by the gateway's trouble, to %s at the slowest" % run["slowest_rate"],
                      self.campana("status", "campaign", expect=0).out)
        return taken, refused

    def test_a_gateway_that_takes_five_a_second_gets_about_five_and_loses_nothing(self):
        """Five, because a slow disk may let no more than ten or twenty a second leave."""
        taken, refused = self.settle("100/s", 75, "limit 5/s: status 429\n")
        # It settles: what is turned away stays few, however fast this machine is.
        first_s = taken[0]["at_ns"] / 1e9
        self.assertLess(sum(entry["at_ns"] / 1e9 > first_s + 6 for entry in refused), 10)
        self.assertLess(len(refused), 60)
        if os.environ.get("CAMPANA_QUIET"):
            settled = [entry for entry in taken if entry["at_ns"] / 1e9 > first_s + 6]
            rate = (len(settled) - 1) / ((settled[-1]["at_ns"] - settled[0]["at_ns"]) / 1e9)
            self.assertGreater(rate, 4.25)

    def test_the_pause_that_it_asks_for_is_kept(self):
        taken, refused = self.settle("max", 100, "limit 20/s: status 429 + retry-after 1\n")
        # After a refusal nothing comes for a second but what was on its way: at most 32 at a time.
        for entry in refused:
            soon = [other for other in taken + refused if 0 < other["at_ns"] - entry["at_ns"] < 900_000_000]
            self.assertLess(len(soon), 64)

    def test_answers_that_become_far_slower_are_a_reason(self):
        simulator = self.simulate(script="from 150: delay 2000\n")
        self.write_campaign(330)
        result = self.campana("run", "campaign.csv", "--rate", "50/s", "--yes", expect=0)
        self.assert_never_twice(simulator.ledger())
        self.assertEqual(self.counts(), {"accepted": 330})
        self.assertGreater(self.run_record()["slowed"], 0)
        told = re.search(r"sending more slowly: the gateway takes (\d+\.\d) s for an answer; it took (\d+\.\d) s", result.err)
        self.assertIsNotNone(told, result.err)
        now_s, before_s = map(float, told.groups())
        self.assertGreaterEqual(now_s, 2.0)
        self.assertGreater(now_s, 2 * before_s)

    def test_timeouts_are_a_reason(self):
        simulator = self.simulate(script="on 60-75: stall\n")
        self.write_campaign(95)
        self.campana("run", "campaign.csv", "--rate", "100/s", "--timeout", 4, "--max-failures", 100, "--yes", expect=9)
        entries = simulator.ledger()
        self.assert_never_twice(entries)
        self.assertEqual(self.counts(), {"accepted": 79, "unknown": 16})
        self.assert_books_agree(entries, self.rows())
        self.assertGreater(self.run_record()["slowed"], 0)

    def test_the_end_of_maintenance_is_asked_for_with_one_message_at_a_time_and_growing_pauses(self):
        simulator = self.simulate(script="on 3-4: maintenance\n")
        self.write_campaign(6)
        result = self.campana("run", "campaign.csv", "--concurrency", 1, "--wait", "--yes", expect=0)
        self.assertIn("waiting until", result.err)
        self.assertIn("the gateway was in maintenance (code -6)", result.err)
        entries = simulator.ledger()
        self.assertEqual([entry["answer"] for entry in entries[2:4]], ["-6", "-6"])
        at_s = [entry["at_ns"] / 1e9 for entry in entries]
        self.assertGreater(at_s[3] - at_s[2], 4.9)
        self.assertGreater(at_s[4] - at_s[3], 9.9)
        self.assertEqual(self.counts(), {"accepted": 6})

    def test_after_maintenance_the_first_message_goes_alone(self):
        simulator = self.simulate("--latency", 200, script="on 9-12: maintenance\n")
        self.write_campaign(40)
        self.campana("run", "campaign.csv", "--concurrency", 4, "--wait", "--yes", expect=0)
        entries = simulator.ledger()
        last = max(place for place, entry in enumerate(entries) if entry["answer"] == "-6")
        probe, following = entries[last + 1], entries[last + 2]
        self.assertGreater(probe["at_ns"] - entries[last]["at_ns"], 4_900_000_000)
        self.assertEqual(probe["in_flight"], 1)
        self.assertGreater(following["at_ns"] - probe["at_ns"], 199_000_000)
        self.assertEqual(self.counts(), {"accepted": 40})

    def test_without_wait_maintenance_ends_the_run(self):
        self.simulate(script="on 3: maintenance\n")
        self.write_campaign(6)
        self.assertIn("--wait asks again by itself",
                      self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=6).err)

    def test_a_healthy_gateway_whose_latency_varies_is_sent_to_as_asked(self):
        self.simulate(script="10%: delay 300\n30%: delay 60\n")
        self.write_campaign(300)
        result = self.campana("run", "campaign.csv", "--rate", "100/s", "--yes", expect=0)
        run = self.run_record()
        self.assertEqual((run["slowed"], run["slowest_rate"]), (0, None))
        self.assertNotIn("slow", result.err)

    # ---- a pause of more than an hour

    def test_a_long_pause_that_the_gateway_asks_for_ends_the_run_with_when_it_is_over(self):
        simulator = self.simulate(script="on 3: status 429 + retry-after 7200\n")
        self.write_campaign(6)
        before = time.time()
        err = self.campana("run", "campaign.csv", "--concurrency", 1, expect=7).err
        until = [datetime.datetime.fromtimestamp(at + 7200, COLOMBIA) for at in (before, time.time())]
        self.assertIn(err.splitlines()[-1], [
            "campana: stopped: the gateway asks for a pause of more than an hour, until %s %d %s (Colombian time); 4 messages are "
            "left; run the same command then, or with --wait; to go on: campana run campaign.csv --concurrency 1"
            % (at.strftime("%A"), at.day, at.strftime("%B %Y, %H:%M")) for at in until])
        self.assertEqual(self.counts(), {"accepted": 2, "pending": 4})
        self.assertEqual(self.rows("SELECT ended, balance_after FROM run"), [{"ended": "pause", "balance_after": None}])
        self.assertEqual(len(simulator.ledger()), 3)
        self.assertIn("the gateway asks for a pause of more than an hour", self.campana("status", "campaign", expect=0).out)

    def test_wait_keeps_a_long_pause_shows_it_and_can_be_stopped(self):
        simulator = self.simulate(script="on 3: status 429 + retry-after 7200\n")
        self.write_campaign(6)
        process = self.start("run", "campaign.csv", "--concurrency", 1, "--wait")
        err = b""
        while b"waiting until" not in err:
            line = process.stderr.readline()
            self.assertNotEqual(line, b"", err)
            err += line
        self.assertRegex(err.decode(), r"campaign: waiting until .* \(Colombian time\): ")
        process.send_signal(signal.SIGINT)
        err += process.communicate(timeout=harness.DEADLINE_S)[1]
        self.assertEqual(process.returncode, 5, err)
        self.assertIn("it was interrupted; 4 messages are left; to go on: campana run campaign.csv --concurrency 1 --wait",
                      err.decode())
        self.assertEqual(self.counts(), {"accepted": 2, "pending": 4})
        self.assertEqual(len(simulator.ledger()), 3)
        self.campana("run", "campaign.csv", expect=0)
        self.assertEqual(self.counts(), {"accepted": 6})


if __name__ == "__main__":
    harness.main()
