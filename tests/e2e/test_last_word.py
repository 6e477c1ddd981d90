"""What is said when a run is over or does not begin: why, what is left, and a command that really goes on."""

import datetime
import json
import shlex
import signal
import sqlite3

import harness
from harness import number

LOOK = ("nothing is left to send, but %s unknown. See them: campana report campaign --state unknown; what the balance says "
        "about them: campana reconcile campaign; decide: campana resolve campaign --as accepted|refused|pending\n")


class LastWord(harness.CampanaTest):
    def to_go_on(self, err):
        """The command that the last line names, as arguments."""
        words = shlex.split(err.splitlines()[-1].split("to go on: ")[1])
        self.assertEqual(words[0], "campana")
        return words[1:]

    def stopped_while_it_waits(self, *arguments, by="signal"):
        process = self.start(*arguments)
        self.wait_for(self.is_sending, "no run begins", process)
        if by == "signal":
            process.send_signal(signal.SIGINT)
        else:
            self.campana("stop", "campaign", expect=0)
        _, err = process.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(process.returncode, 5, err)
        return err.decode()

    def is_sending(self):
        try:
            return bool(self.rows("SELECT * FROM run WHERE ended IS NULL"))
        except sqlite3.OperationalError:  # there is no database yet, or no table in it
            return False

    def test_a_start_to_come_is_part_of_the_command_that_goes_on(self):
        simulator = self.simulate()
        self.write_campaign(3)
        err = self.stopped_while_it_waits("run", "campaign.csv", "--hours", "any", "--start", "2099-01-01 08:00", "--wait")
        command = self.to_go_on(err)
        self.assertEqual(command, ["run", "campaign.csv", "--hours", "any", "--wait", "--start", "2099-01-01 08:00"])
        # That command waits in its turn, and names itself again.
        self.assertEqual(self.to_go_on(self.stopped_while_it_waits(*command, by="stop")), command)
        self.assertEqual((simulator.ledger(), self.counts()), ([], {"pending": 3}))

    def test_a_start_that_is_over_is_not_repeated(self):
        self.simulate("--balance", 1)
        self.write_campaign(3)
        start = (datetime.datetime.now(harness.COLOMBIA) - datetime.timedelta(minutes=2)).strftime("%Y-%m-%d %H:%M")
        err = self.campana("run", "campaign.csv", "--start", start, expect=3).err
        self.assertEqual(self.to_go_on(err), ["run", "campaign.csv"])

    def test_where_only_unknown_rows_are_left_no_command_is_named_that_would_do_nothing(self):
        self.simulate(script="from 1: status 404\n")
        self.write_campaign(10)
        err = self.campana("run", "campaign.csv", "--rate", "max", "--concurrency", 1, expect=7).err
        self.assertIn("campana: stopped: the gateway failed too many times in a row: ", err)
        self.assertTrue(err.endswith("; " + LOOK % "10 rows are"), err)
        self.assertNotIn("to go on", err)
        self.assertEqual(self.counts(), {"unknown": 10})
        self.assertTrue(self.campana("run", "campaign.csv", expect=9).err.endswith("campaign: " + LOOK % "10 rows are"))

    def test_a_stop_when_all_is_under_way_says_that_nothing_is_left(self):
        simulator = self.simulate(script="on 1: delay 5000 + status 404\nfrom 2: delay 5000\n")
        self.write_campaign(3)
        process = self.start("run", "campaign.csv", "--yes")
        self.wait_for(lambda: len(simulator.ledger()) == 3, "nothing is sent", process)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(process.returncode, 5, err)
        self.assertTrue(err.decode().endswith("campana: stopped: it was interrupted; " + LOOK % "1 row is"), err)

    def test_held_back_is_done_for_today_but_unknown_rows_are_told_by_the_exit_code(self):
        harness.wait_out_midnight()
        self.simulate(script="on 4: status 404\n")
        self.write_campaign(3, name="uno.csv")
        self.campana("run", "uno.csv", expect=0)
        self.write_campaign(4)
        result = self.campana("run", "campaign.csv", "--once-per-day", expect=9)
        self.assertIn("reached today already; 3 messages are left, 1 row is unknown; they are held back until tomorrow; ", result.err)
        self.assertEqual(self.to_go_on(result.err), ["run", "campaign.csv", "--once-per-day"])
        self.campana("resolve", "campaign", "--as", "accepted", "--yes", expect=0)
        self.campana("run", "campaign.csv", "--once-per-day", expect=0)

    def test_status_does_not_take_a_persons_decision_for_the_gateways_word(self):
        self.simulate(script="on 2: empty\non 3: empty\n")
        self.write_campaign(3)
        self.campana("run", "campaign.csv", "--concurrency", 1, expect=9)
        self.assertNotIn("because a person decided so", self.campana("status", "campaign", expect=0).out)
        self.campana("resolve", "campaign", "--row", 3, "--as", "accepted", "--yes", expect=0)
        self.campana("resolve", "campaign", "--row", 4, "--as", "refused", "--yes", expect=0)
        lines = [line.split() for line in self.campana("status", "campaign", expect=0).out.splitlines()]
        said = "1 of them because a person decided so".split()
        for state, count in (("accepted", "2"), ("refused", "1")):
            at = next(i for i, line in enumerate(lines) if line[:2] == [count, state])
            self.assertIn(said, lines[at + 1:at + 3])
        status = json.loads(self.campana("status", "campaign", "--json", expect=0).out)
        self.assertEqual(status["decided"], {"accepted": 1, "refused": 1})

    def test_a_character_that_the_charset_lacks_is_not_followed_by_the_command_that_failed(self):
        self.simulate()
        self.write("campaign.csv", "celular,mensaje\n%s,cuesta 5 €\n" % number(1))
        err = self.campana("run", "campaign.csv", "--charset", "iso-8859-1", expect=2).err
        self.assertIn("Send with --charset utf-8", err)
        self.assertNotIn("to go on", err)
        self.assertNotIn("0 accepted", err)
        self.campana("run", "campaign.csv", "--charset", "utf-8", expect=0)

    def test_a_run_that_does_not_begin_says_what_is_left_and_how_to_go_on(self):
        simulator = self.simulate()
        self.write_campaign(3)
        result = self.campana("run", "campaign.csv", "--start", "2099-01-02 23:00", "--hours", "co", expect=8)
        self.assertIn("campana: --start 2099-01-02 23:00 is outside the contact hours, ", result.err)
        self.assertIn("; nothing was sent; --wait waits for them; 3 messages are left; to go on: ", result.err)
        command = self.to_go_on(result.err)
        self.assertEqual(command, ["run", "campaign.csv", "--hours", "co", "--start", "2099-01-02 23:00", "--wait"])
        self.assertEqual(self.to_go_on(self.stopped_while_it_waits(*command))[:2], ["run", "campaign.csv"])
        text = self.on_a_terminal(["send", "campaign"], [("[y/N]", "n")], expect=5, TERM="xterm")
        self.assertIn("not confirmed; nothing was sent; 3 messages are left; to go on: campana send campaign", " ".join(text.split()))
        self.assertEqual(simulator.ledger(), [])


if __name__ == "__main__":
    harness.main()
