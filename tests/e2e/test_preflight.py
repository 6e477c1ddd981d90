"""Before the first message: the plan that a person is shown, the question, the test message, and one message a day."""

import sqlite3
import time

import harness
from harness import number


class Preflight(harness.CampanaTest):
    def flat(self, text):
        return " ".join(text.split())

    def test_a_terminal_is_shown_the_plan_and_asked_a_few_messages_by_y(self):
        simulator = self.simulate("--balance", 30)
        self.write_campaign(48)
        text = self.flat(self.on_a_terminal(["run", "campaign.csv", "--rate", "2/s"], [("[y/N]", "n")], expect=5, TERM="xterm"))
        self.assertIn("to send 48 messages", text)
        self.assertIn("account %s at 127.0.0.1:" % harness.USER, text)
        self.assertIn("balance 30: TOO LITTLE if a message costs one credit; it pays for 30 messages, up to row 31 of the "
                      "spreadsheet, and 18 will be left", text)
        self.assertIn("rate 2/s, at least 24 s of sending", text)
        self.assertRegex(text, r"ends \w+day \d+ \w+ \d{4}, \d\d:\d\d \(Colombian time\)")
        for row, i in ((2, 0), (26, 24), (49, 47)):
            self.assertIn("row %d, to %s «Hola %d, feliz año»" % (row, number(i), i), text)
        self.assertIn("not confirmed; nothing was sent", text)
        self.assertEqual((simulator.ledger(), self.counts()), ([], {"pending": 48}))
        self.assertEqual(self.rows("SELECT * FROM run"), [])
        self.on_a_terminal(["run", "campaign.csv", "--limit", 3], [("Send 3 messages? [y/N]", "s")], expect=0, TERM="xterm")
        self.assertEqual(len(simulator.ledger()), 3)

    def test_many_messages_need_their_number_typed(self):
        simulator = self.simulate("--balance", 1000)
        self.write_campaign(150)
        for answer in ("y", "", "149"):
            self.on_a_terminal(["run", "campaign.csv"], [("type their number:", answer)], expect=5, TERM="xterm")
            self.assertEqual(simulator.ledger(), [])
        self.on_a_terminal(["run", "campaign.csv"], [("type their number:", "150")], expect=0, TERM="xterm")
        self.assertEqual(self.counts(), {"accepted": 150})

    def test_yes_and_a_pipe_are_not_asked_but_a_shortfall_is_said(self):
        self.simulate("--balance", 2)
        self.write_campaign(3)
        result = self.campana("run", "campaign.csv", expect=3)
        self.assertIn("TOO LITTLE", result.err)
        self.assertNotIn("[y/N]", result.err)
        self.assertEqual(result.out, "")
        text = self.on_a_terminal(["run", "campaign.csv", "--yes"], [], expect=3, TERM="xterm")
        self.assertNotIn("[y/N]", text)
        self.assertNotIn("TOO LITTLE", self.campana("run", "campaign.csv", "-q", expect=3).err)

    def test_the_end_is_told_over_nights_sundays_and_holidays(self):
        self.simulate("--balance", 1000000)
        self.write_campaign(100)
        start = "2126-11-02 14:00" # a Saturday before a Monday that is a holiday (2126-11-04)
        text = self.flat(self.on_a_terminal(["run", "campaign.csv", "--hours", "co", "--wait", "--rate", "50/h", "--start", start],
                                            [("type their number:", "no")], expect=5, TERM="xterm"))
        self.assertIn("starts Saturday 2 November 2126, 14:00", text)
        self.assertIn("ends Tuesday 5 November 2126, 08:00", text)

    def test_the_price_that_earlier_runs_show_is_reckoned_with(self):
        self.simulate("--balance", 20, "--price", "2.50")
        self.write_campaign(30)
        self.campana("run", "campaign.csv", "--limit", 10, expect=0)
        result = self.campana("run", "campaign.csv", expect=3)
        self.assertIn("balance 25.00: TOO LITTLE at 2.5 a message, as earlier runs show; it pays for 10 messages, up to row 21 of "
                      "the spreadsheet, and 10 will be left", self.flat(result.err))
        self.assertEqual(self.counts(), {"accepted": 20, "pending": 10})

    def test_a_test_message_is_recorded_before_it_leaves_and_never_sent_twice(self):
        simulator = self.simulate("--balance", 9, script="on 1: close\non 2: code -5\non 3: maintenance\n")
        self.write("campaign.csv", "celular,nombre\n%s,Ana\n%s,Luz\n" % (number(1), number(2)))
        self.campana("load", "campaign.csv", "--template", "Hola {nombre}", expect=0)
        for code, state in ((7, "unknown"), (2, "refused"), (6, "pending"), (0, "accepted")):
            result = self.campana("send", "campaign", "--test-to", "310 211 1111", expect=code)
            [last] = self.rows("SELECT msisdn, text, state FROM test_message ORDER BY id DESC LIMIT 1")
            self.assertEqual(last, {"msisdn": "573102111111", "text": "Hola Ana", "state": state})
            self.assertIn("573102111111", result.out)
        self.assertEqual([entry["msisdn"] for entry in simulator.ledger()], ["573102111111"] * 4)
        self.assertEqual(self.counts(), {"pending": 2})
        self.assertEqual(self.rows("SELECT * FROM run"), [])
        self.campana("send", "campaign", "--test-to", "12", expect=2)
        self.campana("send", "campaign", "--yes", expect=0)
        self.campana("send", "campaign", "--test-to", "3102111111", expect=2) # nothing is pending to test with

    def test_a_number_for_the_test_that_is_none_is_told_before_anything_is_stored(self):
        self.simulate()
        self.write_campaign(2)
        err = self.campana("run", "campaign.csv", "--test-to", "123", expect=2).err
        self.assertRegex(err, r'^campana: --test-to: "123": .*; write it as 3102111111 or 573102111111, or name its '
                              r'country: --country CODE\n$')
        self.assertFalse(self.db.exists())
        self.campana("load", "campaign.csv", expect=0)
        err = self.campana("send", "campaign", "--test-to", "31x", expect=2).err
        self.assertIn("; write it as 3102111111 or 573102111111, or name its country: country = CODE in campana.ini\n", err)

    def test_a_test_message_that_was_killed_is_unknown_and_stays_so(self):
        simulator = self.simulate("--latency", 3600_000)
        self.write_campaign(2)
        self.campana("load", "campaign.csv", expect=0)
        process = self.start("send", "campaign", "--test-to", "573102111111", "--timeout", 600)
        self.wait_for(simulator.ledger, "nothing is sent", process)
        process.kill()
        process.communicate()
        self.assertEqual(self.rows("SELECT state FROM test_message"), [{"state": "inflight"}])
        self.simulate(ledger="second.tsv")
        self.campana("send", "campaign", "--yes", expect=0)
        self.assertEqual(self.rows("SELECT state FROM test_message"), [{"state": "unknown"}])
        self.assertEqual({entry["msisdn"] for entry in self.simulator.ledger()}, {number(0), number(1)})

    def test_who_is_reached_today_is_held_back_and_counted_before_the_question(self):
        harness.wait_out_midnight()
        simulator = self.simulate("--balance", 100)
        self.write_campaign(5, name="uno.csv")
        self.campana("run", "uno.csv", expect=0)
        self.write_campaign(8, name="dos.csv", text="Otra vez {i}")
        text = self.flat(self.on_a_terminal(["run", "dos.csv", "--once-per-day"], [("Send 3 messages? [y/N]", "y")], expect=0,
                                            TERM="xterm"))
        self.assertIn("3 messages; 5 more are held back", text)
        self.assertIn("5 held back", text)
        self.assertEqual(len(self.assert_never_twice(simulator.ledger())), 8)
        result = self.campana("run", "dos.csv", "--once-per-day", expect=0)
        self.assertIn("reached today already", result.err)
        self.assertIn("0 messages; 5 more are held back", self.flat(result.err))
        self.assertEqual(self.counts(), {"accepted": 8, "pending": 5})

    def test_the_day_ends_at_midnight_in_colombia_and_tomorrow_they_are_sent(self):
        harness.wait_out_midnight()
        simulator = self.simulate("--balance", 100)
        self.write_campaign(3, name="uno.csv")
        self.campana("run", "uno.csv", expect=0)
        self.write_campaign(3, name="dos.csv", text="Otra vez {i}")
        midnight = int((time.time() - 5 * 3600) // 86400 * 86400 + 5 * 3600) * 1000
        database = sqlite3.connect(self.db)
        for row, at in ((2, midnight - 1), (3, midnight), (4, midnight + 1)):
            database.execute("UPDATE message SET finished_at_ms = ? WHERE row = ?", (at, row))
        database.commit()
        database.close()
        self.campana("run", "dos.csv", "--once-per-day", expect=0)
        self.assertEqual([entry["msisdn"] for entry in simulator.ledger()[3:]], [number(0)])

    def test_a_start_on_another_day_holds_nobody_back(self):
        self.simulate("--balance", 100)
        self.write_campaign(3, name="uno.csv")
        self.campana("run", "uno.csv", expect=0)
        self.write_campaign(3, name="dos.csv", text="Otra vez {i}")
        text = self.flat(self.on_a_terminal(["run", "dos.csv", "--once-per-day", "--start", "2126-11-05 10:00"],
                                            [("[y/N]", "n")], expect=5, TERM="xterm"))
        self.assertIn("to send 3 messages", text)
        self.assertNotIn("held back", text)


if __name__ == "__main__":
    harness.main()
