"""The main job: load, send, stop, resume, report."""

import csv
import io
import json
import os
import pathlib
import re
import signal
import stat

import harness
from harness import SAMPLES, number


class MainJob(harness.CampanaTest):
    def test_the_sample_campaign_is_sent_and_every_row_is_in_the_report(self):
        simulator = self.simulate()
        result = self.campana("run", SAMPLES / "navidad.csv", "--yes", expect=0)
        with open(SAMPLES / "navidad.csv", newline="", encoding="utf-8") as file:
            source = list(csv.DictReader(file))
        report = self.report_csv("navidad")
        self.assertEqual(len(report), len(source))
        self.assertEqual(list(report[0])[:11], harness.REPORT_COLUMNS)
        for line, row in zip(report, source):
            for name in ("Nombre", "Número de celular", "Ciudad", "Mensaje"):
                self.assertEqual(line[name].lstrip("'"), row[name].replace("\r\n", "\n"), line)
        states = [line["state"] for line in report]
        self.assertEqual({state: states.count(state) for state in set(states)},
                         {"accepted": 47, "invalid": 6, "duplicate": 1})
        received = self.assert_never_twice(simulator.ledger())
        self.assertEqual(set(received), {line["msisdn"] for line in report if line["state"] == "accepted"})
        for line in report:
            if line["state"] == "accepted":
                self.assertEqual(received[line["msisdn"]]["text"], line["text"])
                self.assertEqual(received[line["msisdn"]]["answer"], line["code"])
        self.assertIn("navidad", result.err)

    def test_the_same_command_again_sends_nothing(self):
        simulator = self.simulate()
        self.write_campaign(30)
        self.campana("run", "campaign.csv", "--yes", expect=0)
        self.campana("run", "campaign.csv", "--yes", expect=0)
        self.assertEqual(len(simulator.ledger()), 30)
        self.assertEqual(self.counts(), {"accepted": 30})

    def test_an_exhausted_balance_stops_the_run_and_credit_resumes_it(self):
        first = self.simulate("--balance", 25, ledger="first.tsv").ledger
        self.write_campaign(60)
        result = self.campana("run", "campaign.csv", "--concurrency", 4, "--yes", expect=3)
        self.assertIn("balance", result.err)
        self.assertIn("campana", result.err)
        counts = self.counts()
        self.assertEqual(counts, {"accepted": 25, "pending": 35})
        ledger = first()
        self.assertLessEqual(sum(entry["answer"] == "-3" for entry in ledger), 4)
        second = self.simulate("--balance", 1000, ledger="second.tsv").ledger
        self.campana("run", "campaign.csv", "--concurrency", 4, "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 60})
        accepted = [entry for entry in ledger + second() if int(entry["answer"]) > 0]
        self.assertEqual(len(self.assert_never_twice(accepted)), 60)
        runs = self.rows("SELECT ended, balance_before, balance_after, accepted FROM run ORDER BY id")
        self.assertEqual(runs, [
            {"ended": "balance", "balance_before": "25", "balance_after": "0", "accepted": 25},
            {"ended": "done", "balance_before": "1000", "balance_after": "965", "accepted": 35}])

    def test_load_then_send_is_the_same_as_run(self):
        simulator = self.simulate()
        self.write_campaign(10)
        self.campana("load", "campaign.csv", "--campaign", "noviembre", expect=0)
        self.assertEqual(self.counts(), {"pending": 10})
        self.assertEqual(simulator.ledger(), [])
        self.campana("send", "noviembre", "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 10})

    def test_a_limit_ends_the_run_with_exit_0_and_the_rest_stays_pending(self):
        simulator = self.simulate()
        self.write_campaign(20)
        self.campana("run", "campaign.csv", "--limit", 7, "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 7, "pending": 13})
        self.assertEqual([entry["msisdn"] for entry in simulator.ledger()].sort(), [number(i) for i in range(7)].sort())

    def test_both_methods_and_both_charsets_bring_every_character(self):
        text = "Año nuevo: 100% & más + ¿sí? ñÑüÜé €uro = \"x\" ~ {1} [2] \\ ^ | ; , # / ? @"
        for method in ("post", "get"):
            with self.subTest(method=method):
                self.fresh_folder(method)
                simulator = self.simulate("--user", harness.USER, "--password", harness.PASSWORD)
                self.write("campaign.csv", 'celular;mensaje\n%s;"%s\nsegunda línea"\n'
                           % (number(1), text.replace('"', '""')))
                self.campana("run", "campaign.csv", "--method", method, "--yes", expect=0)
                [row] = self.rows()
                [entry] = simulator.ledger()
                self.assertEqual(entry["method"].lower(), method)
                self.assertEqual(entry["text"], row["text"])
                self.assertIn("ñÑüÜé €uro", row["text"])
                self.assertIn("& mas + ¿si?", row["text"])
                self.assertIn("\nsegunda linea", row["text"])

    def test_latin_1_is_refused_for_a_text_that_it_cannot_hold_before_anything_is_sent(self):
        simulator = self.simulate()
        self.write("campaign.csv", "celular,mensaje\n%s,Año\n%s,10 €\n" % (number(1), number(2)))
        result = self.campana("run", "campaign.csv", "--charset", "iso-8859-1", "--yes", expect=2)
        self.assertIn("row 3", result.err)
        self.assertEqual(simulator.ledger(), [])
        self.write("other.csv", "celular,mensaje\n%s,Año\n" % number(3))
        self.campana("run", "other.csv", "--charset", "iso-8859-1", "--yes", expect=0)
        self.assertEqual(simulator.ledger()[0]["encoded"], "A%F1o")

    def begun(self, requests, *options):
        """A run that is under way: so many requests have come."""
        before = len(self.simulator.ledger())
        process = self.start("run", "campaign.csv", "--yes", *options)
        self.wait_for(lambda: len(self.simulator.ledger()) >= before + requests, "nothing is sent", process)
        return process

    def test_ctrl_c_drains_what_is_in_flight_and_says_how_to_go_on(self):
        simulator = self.simulate("--latency", 300)
        self.write_campaign(2000)
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.begun(20, "--concurrency", 8)
            process.send_signal(sig)
            out, err = process.communicate(timeout=harness.DEADLINE_S)
            self.assertEqual(process.returncode, 5, err)
            self.assertIn(b"campana run", err)
            self.assertNotIn("inflight", self.counts())
            self.assertNotIn("unknown", self.counts())
        self.assertGreater(self.counts()["accepted"], 8)
        self.assertIn("pending", self.counts())
        self.assert_books_agree(simulator.ledger(), self.rows())

    def test_a_second_ctrl_c_leaves_at_once_and_the_next_run_calls_it_unknown(self):
        self.simulate("--latency", 3600_000)
        self.write_campaign(50)
        process = self.begun(8, "--concurrency", 8, "--timeout", 600)
        process.send_signal(signal.SIGINT)
        self.wait_for(lambda: not self.pending_signal(process, signal.SIGINT), "the first one is not taken", process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=harness.DEADLINE_S)  # less than the answers or the timeout would take
        self.assertEqual(process.returncode, 5)
        self.assertEqual(self.counts(), {"inflight": 8, "pending": 42})
        self.simulate(ledger="second.tsv")
        self.campana("send", "campaign", "--yes", expect=9)
        self.assertEqual(self.counts(), {"accepted": 42, "unknown": 8})

    @staticmethod
    def pending_signal(process, sig):
        """Whether it was sent and has not been taken: another one would be the same one."""
        status = pathlib.Path("/proc/%d/status" % process.pid).read_text()
        return any(int(mask, 16) >> (sig - 1) & 1 for mask in re.findall(r"(?m)^(?:SigPnd|ShdPnd):\s+(\w+)", status))

    def test_one_sender_per_database(self):
        self.simulate("--latency", 3600_000)
        self.write_campaign(10)
        first = self.begun(1, "--concurrency", 1, "--timeout", 600)
        second = self.campana("send", "campaign", "--yes", expect=10)
        self.assertIn("another process", second.err)
        self.assertEqual(self.campana("status", "campaign").code, 0)
        first.kill()
        first.communicate()

    def test_a_person_resolves_unknown_rows(self):
        simulator = self.simulate(script="on 1: close\non 2: close\non 3: code -4\n")
        self.write_campaign(4)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
        self.assertEqual(self.counts(), {"unknown": 2, "refused": 1, "accepted": 1})
        self.campana("resolve", "campaign", "--as", "accepted", "--row", 2, "--yes", expect=0)
        self.assertEqual(self.counts(), {"unknown": 1, "refused": 1, "accepted": 2})
        self.campana("resolve", "campaign", "--as", "pending", "--yes", expect=0)
        self.assertEqual(self.counts(), {"pending": 1, "refused": 1, "accepted": 2})
        self.campana("run", "campaign.csv", "--yes", expect=0)
        self.assertEqual(self.counts(), {"refused": 1, "accepted": 3})
        self.assertEqual(len(simulator.ledger()), 5)
        decisions = self.rows("SELECT from_state, to_state FROM resolution ORDER BY id")
        self.assertEqual(decisions, [{"from_state": "unknown", "to_state": "accepted"},
                                     {"from_state": "unknown", "to_state": "pending"}])

    def test_a_test_message_goes_to_ones_own_number_and_leaves_the_campaign_alone(self):
        simulator = self.simulate()
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        self.campana("send", "campaign", "--test-to", "+57 310 211 1111", "--yes", expect=0)
        [entry] = simulator.ledger()
        self.assertEqual((entry["msisdn"], entry["text"]), ("573102111111", "Hola 0, feliz año"))
        self.assertEqual(self.counts(), {"pending": 3})
        self.assertEqual(self.rows("SELECT msisdn, state FROM test_message"),
                         [{"msisdn": "573102111111", "state": "accepted"}])

    def test_once_per_day_holds_back_numbers_that_were_reached_today(self):
        harness.wait_out_midnight()
        simulator = self.simulate()
        self.write_campaign(5)
        self.campana("run", "campaign.csv", "--yes", expect=0)
        self.write_campaign(8, name="second.csv", text="Otra vez {i}")
        result = self.campana("run", "second.csv", "--once-per-day", "--yes")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(len(self.assert_never_twice(simulator.ledger())), 8)
        self.assertIn("5", result.err)
        self.campana("run", "second.csv", "--yes", expect=0)
        self.assertEqual(len(simulator.ledger()), 13)

    def test_outside_contact_hours_nothing_is_sent_and_exit_8_names_the_next_opening(self):
        simulator = self.simulate()
        self.write_campaign(3)
        day, hours = harness.closed_now()
        closed_today = self.campana("run", "campaign.csv", "--hours", hours, "--yes", expect=8)
        self.assertIn(day, closed_today.err)
        self.assertEqual(simulator.ledger(), [])
        self.assertEqual(self.counts(), {"pending": 3})

    def test_balance_is_a_number_alone(self):
        self.simulate("--balance", 1234)
        self.assertEqual(self.campana("balance", expect=0).out, "1234\n")

    def test_wrong_credentials_are_exit_4(self):
        self.simulate("--user", "somebody", "--password", "else")
        self.write_campaign(40)
        self.campana("balance", expect=4)
        self.campana("run", "campaign.csv", "--concurrency", 4, "--yes", expect=4)
        self.assertEqual(self.counts(), {"pending": 40})

    def test_a_balance_that_cannot_be_asked_for_speaks_of_no_message(self):
        result = self.campana("balance", url="http://127.0.0.1:1/sms", expect=7)
        self.assertIn("the gateway could not be reached: Failed to connect", result.err)
        self.assertNotIn("message", result.err)

    def test_a_stop_names_its_own_cause_and_no_failure_before_or_after_it(self):
        self.simulate("--latency", 50, script="on 2: status 500\n")
        self.write_campaign(2000)
        process = self.begun(4, "--concurrency", 2, "--rate", "50/s")
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=harness.DEADLINE_S)[1].decode()
        self.assertIn("stopped: it was interrupted; ", err)

        self.simulate(script="on 1: no-balance\non 2: delay 500 + status 500\n", ledger="later.tsv")
        err = self.campana("run", "campaign.csv", "--concurrency", 2, "--yes", expect=3).err
        self.assertIn("stopped: the account's balance is exhausted (gateway code -3); ", err)

        self.simulate(script="on 1: forbidden\non 2: delay 500 + status 500\n", ledger="last.tsv")
        err = self.campana("run", "campaign.csv", "--concurrency", 2, "--yes", expect=4).err
        self.assertIn("registered with the gateway: <html><body>Forbidden</body></html>; ", err)

    def test_simulators_one_after_the_other_give_codes_of_their_own(self):
        codes = []
        for turn in range(3):
            simulator = self.simulate(ledger="ledger-%d.tsv" % turn)
            self.write_campaign(20)
            self.campana("run", "campaign.csv", "--campaign", "turn-%d" % turn, "--yes", expect=0)
            codes += [entry["answer"] for entry in simulator.ledger()]
        self.assertEqual(len(codes), 60)
        self.assertEqual(len(set(codes)), 60)

    def test_every_report_format_tells_the_same(self):
        self.simulate(script="on 2: code -5\non 3: html\n")
        self.write("campaign.csv", "celular,mensaje,state,ciudad,ciudad\n" + "".join(
            "%s,=1+1 %d,x%d,\"Bogotá, D.C.\",-1\n" % (number(i), i, i) for i in range(5)) + "12,corto,,,\n")
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
        lines = self.report_csv("campaign")
        objects = self.report_json("campaign")
        jsonl = [json.loads(line) for line in
                 self.campana("report", "campaign", "--format", "jsonl", expect=0).out.splitlines()]
        self.assertEqual(objects, jsonl)
        self.assertEqual(list(objects[0]), harness.REPORT_COLUMNS + ["columns"])
        self.assertEqual(list(objects[0]["columns"]), ["celular", "mensaje", "state", "ciudad", "ciudad_2"])
        self.assertEqual(list(lines[0])[11:], ["celular", "mensaje", "state_2", "ciudad", "ciudad_2"])
        for line, item in zip(lines, objects):
            self.assertEqual(line["row"], str(item["row"]))
            self.assertEqual(line["state"], item["state"])
            self.assertEqual(line["code"], "" if item["code"] is None else str(item["code"]))
            self.assertEqual(line["reason"], item["reason"] or "")
        self.assertEqual(lines[0]["text"], "'=1+1 0")
        self.assertEqual(objects[0]["text"], "=1+1 0")
        self.assertEqual(objects[0]["columns"]["ciudad"], "Bogotá, D.C.")
        self.assertEqual([item["state"] for item in objects],
                         ["accepted", "refused", "unknown", "accepted", "accepted", "invalid"])
        self.assertEqual(objects[1]["code"], -5)
        self.assertIsNone(objects[2]["code"])
        self.assertEqual([item["row"] for item in objects], [2, 3, 4, 5, 6, 7])
        only = self.report_json("campaign", "--state", "refused,unknown")
        self.assertEqual([item["row"] for item in only], [3, 4])
        table = self.campana("report", "campaign", expect=0).out
        self.assertEqual(len(table.splitlines()), 7)

    def test_a_report_into_a_closed_pipe_ends_quietly(self):
        self.simulate()
        self.write_campaign(5000)
        self.campana("load", "campaign.csv", expect=0)
        process = self.start("report", "campaign", "--format", "csv")
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        process.wait(harness.DEADLINE_S)
        self.assertEqual(err, b"")

    def test_a_report_can_go_to_a_file_that_only_its_owner_reads(self):
        self.write_campaign(5)
        self.campana("load", "campaign.csv", expect=0)
        previous = os.umask(0)
        try:
            self.campana("report", "campaign", "--format", "csv", "--output", "out.csv", expect=0)
        finally:
            os.umask(previous)
        self.assertEqual(stat.S_IMODE((self.folder / "out.csv").stat().st_mode), 0o600)
        self.assertEqual(len((self.folder / "out.csv").read_text().splitlines()), 6)
        self.assertEqual(stat.S_IMODE(self.db.stat().st_mode), 0o600)

    def test_a_report_takes_the_place_of_nothing_that_is_nowhere_else(self):
        self.write_campaign(5)
        self.write("campana.ini", "rate = 5/s\n")
        self.campana("load", "campaign.csv", expect=0)
        os.symlink("campaign.csv", self.folder / "symbolic.csv")
        os.link(self.folder / "campaign.csv", self.folder / "hard.csv")
        (self.folder / "elsewhere").mkdir()
        os.rename(self.folder / "campaign.csv", self.folder / "elsewhere" / "moved.csv")
        os.symlink(self.folder / "elsewhere" / "moved.csv", self.folder / "campaign.csv")
        refused = {"campaign.csv": "spreadsheet", "symbolic.csv": "spreadsheet", "hard.csv": "spreadsheet",
                   "./elsewhere/moved.csv": "spreadsheet", "campana.ini": "configuration", self.db.name: "database itself",
                   os.path.join("elsewhere", "..", self.db.name): "database itself"}
        before = {name: (self.folder / name).read_bytes() for name in refused}
        for name, what in refused.items():
            for scope in (["campaign", "--format", "csv"], ["--all"]):
                result = self.campana("report", *scope, "--output", name, expect=2)
                self.assertIn(what, result.err)
                self.assertIn("nothing was written", result.err)
        self.assertEqual({name: (self.folder / name).read_bytes() for name in refused}, before)
        self.assertEqual(os.readlink(self.folder / "symbolic.csv"), "campaign.csv")

        (self.folder / "elsewhere" / "moved.csv").write_text("celular,mensaje\n")  # is edited: its path tells
        self.assertIn("spreadsheet", self.campana("report", "campaign", "--output", "campaign.csv", expect=2).err)
        for _ in range(2):  # an earlier report is replaced
            self.campana("report", "campaign", "--output", "informe.txt", expect=0)

    def test_status_counts_and_lists_runs(self):
        self.simulate("--balance", 3)
        self.write_campaign(5)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=3)
        status = json.loads(self.campana("status", "campaign", "--json", expect=0).out)
        self.assertEqual(status["campaign"], "campaign")
        self.assertEqual(status["counts"], dict(dict.fromkeys(harness.STATES, 0), accepted=3, pending=2))
        self.assertEqual(len(status["runs"]), 1)
        text = self.campana("status", "campaign", expect=0).out
        self.assertIn("accepted", text)
        self.assertIn("campaign", self.campana("status", expect=0).out)

    def test_other_content_under_the_same_name_is_refused_with_a_choice(self):
        self.write_campaign(5)
        self.campana("load", "campaign.csv", expect=0)
        self.write_campaign(6)
        result = self.campana("load", "campaign.csv", expect=2)
        self.assertIn("--campaign", result.err)
        self.assertEqual(self.counts(), {"pending": 5})
        self.campana("load", "campaign.csv", "--campaign", "otra", expect=0)
        self.assertEqual(self.counts(), {"pending": 11})

    def test_standard_input_is_a_file_too(self):
        self.write_campaign(3)
        content = (self.folder / "campaign.csv").read_bytes()
        self.campana("load", "-", stdin=content, expect=2)
        self.campana("load", "-", "--campaign", "tubo", stdin=content, expect=0)
        self.campana("load", "-", "--campaign", "tubo", stdin=content, expect=0)
        self.assertEqual(self.counts(), {"pending": 3})

    def test_doctor_says_what_is_wrong_and_sends_nothing(self):
        simulator = self.simulate("--user", harness.USER, "--password", harness.PASSWORD)
        self.assertEqual(self.campana("doctor").code, 0)
        wrong = self.campana("doctor", env={"CAMPANA_PASSWORD": "wrong"})
        self.assertNotEqual(wrong.code, 0)
        self.assertEqual(simulator.ledger(), [])

    def test_help_and_version(self):
        for arguments in (["--version"], ["--help"], ["help"], ["help", "run"], ["run", "--help"]):
            result = self.campana(*arguments, expect=0)
            self.assertTrue(result.out)
        for arguments in ([], ["sned"], ["run"], ["run", "a.csv", "--rat", "3"], ["send", "x", "--rate", "fast"]):
            result = self.campana(*arguments, expect=2)
            self.assertTrue(result.err)


if __name__ == "__main__":
    harness.main()
