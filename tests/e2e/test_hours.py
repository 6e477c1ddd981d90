"""Contact hours as the law has them, whatever the host's zone and clock do. The clock is libfaketime's: the wall clock
alone is moved, the same way for campana and the simulator."""

import calendar
import datetime
import glob
import os
import pty
import select
import sqlite3
import time

import harness
from harness import COLOMBIA

FAKETIME = (glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + ["libfaketime.so.1 (package faketime)"])[0]


def offset_to(local):
    """What must be added to the wall clock so that it is that Colombian time now."""
    return datetime.datetime.strptime(local, "%Y-%m-%d %H:%M:%S").replace(tzinfo=COLOMBIA).timestamp() - time.time()


def instant_ms(local):
    return calendar.timegm(time.strptime(local, "%Y-%m-%d %H:%M:%S")) * 1000 + 5 * 3600 * 1000


class Hours(harness.CampanaTest):
    def faked(self, offset_s, **more):
        asan = os.environ.get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": FAKETIME, "FAKETIME": "%+.3f" % offset_s, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": ":".join(filter(None, [asan, "verify_asan_link_order=0"])),
                "CAMPANA_HOURS": None, **more}

    def movable(self):
        """A clock that is moved by set_clock() while a process runs."""
        self.clock = self.folder / "clock"
        env = self.faked(0, FAKETIME_TIMESTAMP_FILE=str(self.clock), FAKETIME_NO_CACHE="1")
        del env["FAKETIME"]
        return env

    def set_clock(self, local):
        beside = self.folder / "clock.new"
        beside.write_text("%+.3f\n" % offset_to(local))
        beside.rename(self.clock)

    def environment(self, url=None, **more):
        environment = super().environment(url, **more)
        if "LD_PRELOAD" in more:
            environment.pop("CAMPANA_HOURS", None)
        return environment

    def ended(self, process, code):
        out, err = process.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(process.returncode, code, err.decode())
        self.assertNotIn("Sanitizer", err.decode())
        return err.decode()

    # ---- campana hours

    def hours(self, *arguments, **env):
        return self.campana("hours", *arguments, env={"CAMPANA_HOURS": "co", **env}, expect=0).out

    def test_it_says_what_applies_and_the_years_holidays_in_80_columns(self):
        out = self.campana("hours", "2030-07-01", env=self.faked(offset_to("2026-11-23 18:59:30")), expect=0).out
        self.assertEqual(out.splitlines()[:9], [
            "Contact hours: co (default), in Colombian time",
            "  Mon-Fri 07:00-19:00, Sat 08:00-15:00, Sun closed; closed on holidays",
            "",
            "Monday 1 July 2030, holiday (Sagrado Corazón de Jesús y San Pedro y San Pablo):",
            "  closed",
            "Now, Monday 23 November 2026, 18:59: open until Monday 23 November 2026, 19:00",
            "",
            "Holidays of 2030:",
            "  2030-01-01 Tue  Año Nuevo"])
        self.assertEqual(len(out.splitlines()), 8 + 17)
        for specification in ("co", "any", "miércoles 09:00-10:00, sáb 10:00-11:00", "Mon 07:00-08:00, Tue 08:00-09:00, "
                              "Wed 09:00-10:00, Thu 07:00-08:00, Fri 06:00-22:00, Sun 09:00-12:00, holidays off"):
            for date in ("2026-09-30", "2025-06-30", "1975-01-01"):
                text = self.hours(date, "--hours", specification, NO_COLOR="1", TERM="dumb")
                self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
                self.assertNotIn("\x1b", text)

    def test_days_may_be_written_in_spanish(self):
        out = self.hours("2026-11-25", "--hours", "Lunes-viernes 08:00-18:00, sábado 9:00-13:00, Dom 10:00-11:00")
        self.assertIn("  Mon-Fri 08:00-18:00, Sat 09:00-13:00, Sun 10:00-11:00; holidays are days like\n  any other\n", out)
        self.assertIn("\nWednesday 25 November 2026: 08:00-18:00\n", out)

    def test_what_is_no_date_is_refused(self):
        for date in ("2026-02-30", "24-12-2026", "mañana", "2026-12-24 10:00"):
            self.assertIn("write it as 2026-12-24", self.campana("hours", date, expect=2).err)

    def test_the_zone_of_the_host_changes_nothing_with_and_without_its_table(self):
        no_table = self.folder / "empty"
        no_table.mkdir()
        for minute, state in (("06:59", "closed until Monday 23 November 2026, 07:00"),
                              ("07:00", "open until Monday 23 November 2026, 19:00"),
                              ("18:59", "open until Monday 23 November 2026, 19:00"),
                              ("19:00", "closed until Tuesday 24 November 2026, 07:00")):
            outs = set()
            for zone in ("UTC", "America/Bogota", "Asia/Tokyo", ":nowhere", None):
                for table in (None, str(no_table)):
                    env = self.faked(offset_to("2026-11-23 %s:01" % minute), TZ=zone, TZDIR=table)
                    outs.add(self.campana("hours", "2026-12-24", env=env, expect=0).out)
            self.assertEqual(len(outs), 1, outs)
            self.assertIn("Now, Monday 23 November 2026, %s: %s" % (minute, state), " ".join(outs.pop().split()))

    # ---- a run

    def test_a_run_that_meets_the_closing_hour_stops_there_and_goes_on_in_the_morning(self):
        self.write_campaign(2500)
        self.campana("load", "campaign.csv", expect=0)
        env = self.movable()
        self.set_clock("2026-11-23 18:00:00")
        self.faked_simulator(env)
        sender = self.start("run", "campaign.csv", "--rate", "100/s", "--yes", env=env)
        self.wait_for(lambda: len(self.simulator.ledger()) >= 50, "nothing is sent", sender)
        self.set_clock("2026-11-23 18:59:59")
        err = self.ended(sender, 8)
        self.assertIn("campana: stopped: it is outside the contact hours, which open on Tuesday 24 November 2026, 07:00 "
                      "(Colombian time); ", err)
        closes_ms = instant_ms("2026-11-23 19:00:00")
        entries = self.simulator.ledger()
        self.assert_never_twice(entries)
        sent = {row["msisdn"]: row["first_sent_at_ms"] for row in self.rows() if row["first_sent_at_ms"]}
        self.assertGreater(len(sent), 0)
        self.assertLess(max(sent.values()), closes_ms)
        self.assertEqual(set(sent), {entry["msisdn"] for entry in entries})
        # What came to the gateway later had left before: it was on its way.
        late = [entry for entry in entries if entry["at_ms"] >= closes_ms]
        self.assertLessEqual(len(late), 32)
        counts = self.counts()
        self.assertEqual(counts, {"accepted": len(entries), "pending": 2500 - len(entries)})
        again = self.campana("run", "campaign.csv", "--yes", env=self.faked(offset_to("2026-11-24 06:59:00")), expect=8)
        self.assertIn("Tuesday 24 November 2026, 07:00", again.err)
        self.assertEqual(len(self.simulator.ledger()), len(entries))
        self.campana("run", "campaign.csv", "--yes", env=self.faked(offset_to("2026-11-24 07:00:00")), expect=0)
        self.assertEqual(self.counts(), {"accepted": 2500})
        self.assert_never_twice(self.simulator.ledger())

    def faked_simulator(self, env):
        """Its ledger's wall clock is campana's."""
        kept = {name: os.environ.get(name) for name in env}
        os.environ.update({name: value for name, value in env.items() if value is not None})
        try:
            return self.simulate("--latency", 20)
        finally:
            for name, value in kept.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    def test_on_a_holiday_nothing_leaves(self):
        self.simulate()
        self.write_campaign(3)
        for now, opens in (("2025-06-30 12:00:00", "Tuesday 1 July 2025, 07:00"),
                           ("2030-07-01 12:00:00", "Tuesday 2 July 2030, 07:00"),
                           ("2026-11-28 15:00:00", "Monday 30 November 2026, 07:00")):
            result = self.campana("run", "campaign.csv", "--yes", env=self.faked(offset_to(now)), expect=8)
            self.assertIn("which open on %s" % opens, result.err)
        self.assertEqual(self.simulator.ledger(), [])

    def test_a_wait_outlasts_clocks_that_are_set_and_nothing_leaves_while_it_is_closed(self):
        simulator = self.simulate()
        self.write_campaign(400)
        env = self.movable()
        self.set_clock("2026-11-23 22:00:00")
        sender = self.start("run", "campaign.csv", "--rate", "20/s", "--wait", "--yes", env=env)
        try:
            self.wait_for(self.run_has_begun, "no run begins", sender)
            self.assertEqual(simulator.ledger(), [])
            self.set_clock("2026-11-24 06:59:58")  # as after a night of sleep
            self.wait_for(lambda: len(simulator.ledger()) >= 10, "nothing is sent", sender)
            self.assertGreaterEqual(min(self.sent_ms()), instant_ms("2026-11-24 07:00:00"))
            self.set_clock("2026-11-24 05:00:00")  # somebody sets it back
            self.wait_for(lambda: self.stands_still(simulator), "it goes on sending", sender)
            self.assertLess(len(simulator.ledger()), 400)
            self.set_clock("2026-11-24 10:00:00")
            err = self.ended(sender, 0)
        finally:
            if sender.poll() is None:
                sender.kill()
                sender.communicate()
        self.assertIn("waiting until Tuesday 24 November 2026, 07:00 (Colombian time)", err)
        self.assertEqual(self.counts(), {"accepted": 400})
        self.assert_never_twice(simulator.ledger())
        for at_ms in self.sent_ms():
            self.assertTrue(7 <= datetime.datetime.fromtimestamp(at_ms / 1000, COLOMBIA).hour < 19)

    def run_has_begun(self):
        try:
            return bool(self.rows("SELECT * FROM run"))
        except sqlite3.OperationalError:  # there is no database yet, or no table in it
            return False

    def stands_still(self, simulator):
        """Nothing comes for as long as it takes to send fourteen."""
        before = len(simulator.ledger())
        time.sleep(0.7)
        return len(simulator.ledger()) == before

    def sent_ms(self):
        return [row["first_sent_at_ms"] for row in self.rows() if row["first_sent_at_ms"]]

    # ---- --start

    def test_a_start_is_waited_for_and_the_balance_is_that_of_then(self):
        self.simulate("--balance", 50)
        self.write_campaign(5)
        self.campana("load", "campaign.csv", expect=0)
        env = self.movable()
        self.set_clock("2026-11-24 08:00:00")
        sender = self.start("send", "campaign", "--start", "2026-11-24 08:30", "--yes", env=env)
        self.wait_for(self.run_has_begun, "no run begins", sender)
        self.set_clock("2026-11-24 08:29:58")
        self.assertIn("waiting until Tuesday 24 November 2026, 08:30 (Colombian time)", self.ended(sender, 0))
        self.assertGreaterEqual(min(self.sent_ms()), instant_ms("2026-11-24 08:30:00"))
        run, = self.rows("SELECT * FROM run")
        self.assertEqual(run["start_at_ms"], instant_ms("2026-11-24 08:30:00"))
        self.assertGreaterEqual(run["started_at_ms"], run["start_at_ms"])
        self.assertEqual((run["balance_before"], run["balance_after"]), ("50", "45"))

    def test_a_start_outside_the_hours_is_refused_at_once(self):
        self.simulate()
        self.write_campaign(5)
        env = self.faked(offset_to("2026-11-24 08:00:00"))
        result = self.campana("run", "campaign.csv", "--start", "2026-11-29 08:30", "--yes", env=env, expect=8)
        self.assertIn("--start 2026-11-29 08:30 is outside the contact hours", result.err)
        self.assertEqual(self.simulator.ledger(), [])

    def test_a_start_long_past_is_a_slip_that_a_pipe_must_confirm(self):
        self.simulate()
        self.write_campaign(5)
        env = self.faked(offset_to("2026-11-24 08:00:00"))
        result = self.campana("run", "campaign.csv", "--start", "2025-11-24 08:30", env=env, expect=2)
        self.assertIn("--start 2025-11-24 08:30 was 364 d 23 h ago. Give a time to come", result.err)
        self.assertEqual(self.simulator.ledger(), [])
        self.campana("run", "campaign.csv", "--start", "2025-11-24 08:30", "--yes", env=env, expect=0)
        self.assertEqual(self.counts(), {"accepted": 5})

    def test_a_start_long_past_asks_on_a_terminal_before_anything_else(self):
        self.simulate()
        self.write_campaign(5)
        env = self.faked(offset_to("2026-11-24 08:00:00"), TERM="dumb")
        ours, theirs = pty.openpty()
        process = self.start("run", "campaign.csv", "--start", "2025-11-24 08:30", env=env, stdin=theirs, stderr=theirs)
        os.close(theirs)
        said = b""
        deadline = time.monotonic() + harness.DEADLINE_S
        while b"Begin now?" not in said:
            self.assertLess(time.monotonic(), deadline, said)
            if select.select([ours], [], [], 1)[0]:
                said += os.read(ours, 4096)
        os.write(ours, b"n\n")
        process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(harness.DEADLINE_S), 5)
        os.close(ours)
        self.assertEqual(self.simulator.ledger(), [])


if __name__ == "__main__":
    harness.main()
