"""What somebody meets who sees campana for the first time: interrupts before anything is sent, names, places of options, outputs."""

import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

import harness
from harness import number


class Interrupted(harness.CampanaTest):
    def test_ctrl_c_at_the_question_says_what_is_left_and_how_to_go_on(self):
        simulator = self.simulate()
        self.write_campaign(3)
        text = self.on_a_terminal(["run", "campaign.csv", "--rate", "5/s"], [("[y/N]", "\x03")], expect=5, TERM="xterm")
        self.assertIn("campana: interrupted; nothing was sent; 3 messages are left; to go on: campana run campaign.csv --rate 5/s",
                      " ".join(text.split()))
        self.assertEqual(simulator.ledger(), [])

    def test_a_test_message_that_is_under_way_is_not_called_unsent(self):
        simulator = self.simulate("--latency", 3600_000)
        self.write_campaign(3)
        for sig in (signal.SIGINT, signal.SIGTERM):
            already = len(simulator.ledger())
            process = self.start("run", "campaign.csv", "--test-to", number(9), "--timeout", 600)
            self.wait_for(lambda: len(simulator.ledger()) > already, "nothing is sent", process)
            process.send_signal(sig)
            _, err = process.communicate(timeout=harness.DEADLINE_S)
            self.assertEqual(process.returncode, 5)
            self.assertIn("campana: interrupted; whether the test message to %s was sent is not known; nothing of campaign campaign was sent"
                          % number(9), err.decode())


class Names(harness.CampanaTest):
    def test_a_name_that_the_next_command_would_take_for_something_else_is_refused(self):
        self.write_campaign(1, name="./-x.csv")
        for name, why in (("-x", "--campaign: a campaign's name must not begin with -"), (" ", "must not be blank")):
            self.assertIn(why, self.campana("load", "./-x.csv", "--campaign", name, expect=2).err)
        self.assertIn("./-x.csv: name the campaign with --campaign NAME", self.campana("load", "./-x.csv", expect=2).err)
        self.assertEqual(self.rows("SELECT * FROM campaign"), [])

    def test_a_command_that_is_named_works_in_a_shell_whatever_stands_in_it(self):
        self.simulate()
        template = "Hola {nombre}\n'ya' \\x41"
        for name in ("a\nb.csv", "\x1b[31mrojo \u202e'x'.csv", os.fsdecode(b"caf\xe9 $(d).csv")):
            with self.subTest(name=name):
                self.write(name, "celular,nombre\n%s,%s\n%s,Juan\n" % (number(1), os.fsencode(name).hex(), number(2)))
                err = self.campana("run", name, "--template", template, "--limit", "1", "--yes", expect=0).err
                command = err.splitlines()[-1].split("to go on: ")[1]
                self.assertTrue(command.isprintable(), command)
                again = subprocess.run(["bash", "-c", command.replace("campana", str(harness.BIN / "campana"), 1)], cwd=self.folder,
                                       env=self.environment(), capture_output=True, stdin=subprocess.DEVNULL, timeout=harness.DEADLINE_S)
                self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(self.counts(), {"accepted": 6})


class Columns(harness.CampanaTest):
    def test_of_two_columns_that_are_called_alike_the_one_that_is_not_taken_is_named(self):
        self.write("c.csv", "celular,mensaje,celular,Mensaje\n%s,Uno,%s,Dos\n" % (number(1), number(2)))
        out = self.campana("load", "c.csv", "--dry-run", expect=0).out
        self.assertIn("WARNING: column 3 is called «celular», too, and is not the one that is taken; --phone 3 takes it\n", out)
        self.assertIn("WARNING: column 4 is called «mensaje», too, and is not the one that is taken; --text 4 takes it\n", out)
        out = self.campana("load", "c.csv", "--dry-run", "--phone", 3, "--text", 4, expect=0).out
        self.assertIn("column 1 is called «celular», too", out)
        self.assertIn("%s  3 characters\n      «Dos»" % number(2), out)

    def test_texts_that_came_spoiled_are_told_before_they_are_paid(self):
        row = '%s,"%s"\n'
        self.write("c.csv", "celular,mensaje\n" + row % (number(1), "Hola, niño") + row % (number(2), "Hola, niÃ±o, estÃ¡ listo") + row % (number(3), "Â¿Sí?"))
        self.assertIn("WARNING: 2 texts look spoiled, with such as Ã± where ñ should be (first row 3): a program before campana read UTF-8 as",
                      self.campana("load", "c.csv", "--dry-run", expect=0).out)
        self.write("d.csv", ("celular,mensaje\n" + row % (number(1), "Hola, niño")).encode() + (row % (number(2), "Hola, niño")).encode("cp1252"))
        out = self.campana("load", "d.csv", "--dry-run", expect=0).out
        self.assertIn("WARNING: 1 text looks spoiled, with such as Ã± where ñ should be (row 2): they seem to be UTF-8, and the file was read as WINDOWS-1252",
                      out)
        verdict = json.loads(self.campana("load", "c.csv", "--dry-run", "--json", expect=0).out)
        self.assertEqual(verdict["spoiled_texts"], {"texts": 2, "first_row": 3})

    def test_one_digit_is_one_digit(self):
        self.write("c.csv", "celular,mensaje\n5,Hola\n%s,Hola\n" % number(1))
        self.campana("load", "c.csv", expect=0)
        self.assertIn(": 1 digit; expected", self.report_csv("c")[0]["reason"])


class StandardInput(harness.CampanaTest):
    def test_it_is_called_standard_input_in_words(self):
        self.simulate()
        content = ("celular,mensaje\n%s,Hola\n%s,Hola\n" % (number(1), number(2))).encode()
        err = self.campana("run", "-", "--campaign", "c", "--limit", "1", "--yes", stdin=content, expect=0).err
        self.assertIn("Campaign «c» from standard input\n", err)
        self.assertIn("2 rows of standard input, loaded", self.campana("status", "c", expect=0).out)
        self.assertIn("row 2 of standard input, loaded", self.campana("find", number(1), expect=0).out)
        self.assertIn("from other content (standard input)", self.campana("load", "-", "--campaign", "c", stdin=content[:-6], expect=2).err)
        self.write("d.csv", content)
        out = self.campana("load", "d.csv", "--campaign", "d", "--suppress", "-", stdin=number(1).encode(), expect=0).out
        self.assertIn("suppression list standard input: 1 number", out)
        self.assertEqual(self.report_csv("d")[0]["reason"], "the number is on a suppression list: standard input")


class CommandLine(harness.CampanaTest):
    def test_what_stands_in_the_wrong_place_is_told_where_it_belongs(self):
        for arguments, words in (
                (["--rate", "5", "run", "x.csv"], "--rate belongs behind its command: campana COMMAND … --rate"),
                (["balance", "3"], 'one argument too many: "3". campana balance takes none\n'),
                (["load", ""], "the argument is empty (a script's variable that is not set?). It is campana load FILE"),
                (["load", "nosuch.csv"], "nosuch.csv: cannot be opened: No such file or directory\n"),
                (["run", "nosuch.csv"], "nosuch.csv: cannot be opened: No such file or directory\n"),
                (["load", "x.csv", "--rejects", "-"], "--rejects needs a file of its own")):
            with self.subTest(arguments=arguments):
                self.assertIn(words, self.campana(*arguments, expect=2).err)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_database_that_would_forget_what_was_sent_is_refused(self):
        simulator = self.simulate()
        self.write_campaign(1)
        for options, env in ((["--db", ":memory:"], {}), ([], {"CAMPANA_DB": ":memory:"})):
            self.assertIn("name a file", self.campana(*options, "run", "campaign.csv", "--yes", env=env, expect=2).err)
        self.write("campana.ini", "db = :memory:\n")
        self.campana("--config", "campana.ini", "run", "campaign.csv", "--yes", env={"CAMPANA_DB": ""}, expect=2)
        self.assertEqual(simulator.ledger(), [])

    def test_hours_that_end_a_run_at_once_are_not_called_waited_for(self):
        self.simulate()
        self.write_campaign(2)
        day, hours = harness.closed_now()
        err = self.campana("run", "campaign.csv", "--hours", hours, "--yes", expect=8).err
        self.assertIn("outside the contact hours, which open on %s" % day, err)
        self.assertNotIn("waiting until", err)
        self.assertNotIn("sending 2", err)


class Configuration(harness.CampanaTest):
    def test_the_sample_names_every_key_there_is(self):
        table = (harness.SAMPLES.parent / "src/cli/config.c").read_text()
        keys = re.findall(r'\[SETTING_\w+\] = \{"([\w-]+)"', table)
        self.assertGreater(len(keys), 10)
        sample = (harness.SAMPLES / "campana.ini").read_text()
        for key in keys:
            self.assertRegex(sample, r"(?<![\w-])%s(?![\w-])" % key)
        self.write("campana.ini", re.sub(r"(?m)^# ((proxy|ca-file|url) = )", r"\1", sample))
        self.assertIn("Contact hours: co (campana.ini, line", self.campana("--config", "campana.ini", "hours", env={"CAMPANA_HOURS": ""}, expect=0).out)


class LimitedFiles(harness.CampanaTest):
    def limited(self, bytes_most):
        return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_most, bytes_most))}

    def test_a_limit_on_the_size_of_files_is_told_like_a_full_disk_and_nothing_is_sent_twice(self):
        simulator = self.simulate()
        self.write_campaign(3000)
        err = self.campana("load", "campaign.csv", expect=1, **self.limited(100_000)).err
        self.assertIn("campana.db: ", err)
        self.campana("load", "campaign.csv", expect=0)
        size = self.db.stat().st_size
        err = self.campana("send", "campaign", "--yes", expect=1, **self.limited(size)).err
        self.assertIn("to go on: campana send campaign", err)
        self.campana("report", "campaign", "--output", "r.csv", expect=1, **self.limited(10_000))
        self.assertFalse((self.folder / "r.csv").exists())
        told = err.count("could NOT be recorded")
        self.campana("send", "campaign", "--yes")
        self.assertEqual(self.counts().get("unknown", 0), told)
        self.assertEqual(len(self.assert_never_twice(simulator.ledger())), 3000)


class Rejects(harness.CampanaTest):
    def test_a_load_that_was_stopped_goes_on_with_the_same_command_and_its_rejects(self):
        self.simulate()
        self.fresh_folder("whole")
        self.write_big()
        began_s = time.monotonic()
        self.campana("load", "big.csv", "--rejects", "r.csv", expect=0)
        self.whole_s = time.monotonic() - began_s
        for sig, command in ((signal.SIGKILL, "run"), (signal.SIGINT, "run"), (signal.SIGTERM, "load")):
            arguments = [command, "big.csv", "--rejects", "r.csv", *(["--limit", "1", "--yes"] if command == "run" else [])]
            for attempt in range(10):
                self.fresh_folder("%s-%d" % (sig.name, attempt))
                self.write_big()
                if self.stopped_while_it_reads(arguments, sig):
                    break
            else:
                self.fail("every load had ended before it was stopped")
            self.assertEqual([path.name for path in self.folder.glob("r.csv*")], [])
            self.campana(*arguments, expect=0)
            self.assertEqual((self.folder / "r.csv").read_bytes().count(b"\n"), 100_001)
            self.assertEqual((self.folder / "r.csv").stat().st_mode & 0o777, 0o600)

    def write_big(self):
        self.write("big.csv", "celular,mensaje\n" + "".join("%s,Hola %d\n" % ("abc" if i % 2 else number(i), i) for i in range(200_000)))

    def stopped_while_it_reads(self, arguments, sig):
        process = self.start(*arguments)
        half_s = time.monotonic() + self.whole_s / 2
        while process.poll() is None and not self.has_begun_its_rejects(process.pid, half_s):
            time.sleep(0.001)
        process.send_signal(sig)
        _, err = process.communicate(timeout=harness.DEADLINE_S)
        if self.db.exists() and json.loads(self.campana("status", "--json", expect=0).out) != []:
            return False
        if sig != signal.SIGKILL:
            self.assertEqual(process.returncode, 5)
            self.assertIn(b"campana: interrupted; ", err)
        return True

    def has_begun_its_rejects(self, pid, half_s):
        """What a process that leaves no core has open, root alone may see. For others, half of its time."""
        if os.geteuid() != 0:
            return time.monotonic() > half_s
        for link in pathlib.Path("/proc/%d/fd" % pid).glob("*"):
            try:
                if os.readlink(link).startswith((str(self.folder / "r.csv"), str(self.folder) + "/#")) and os.stat(link).st_size > 0:
                    return True
            except OSError:
                pass  # closed meanwhile
        return False

    def test_a_name_that_is_taken_or_cannot_be_is_told_before_anything_is_stored(self):
        self.write("c.csv", "celular,mensaje\nabc,Hola\n%s,Hola\n" % number(1))
        (self.folder / "r.csv").symlink_to("nowhere")
        self.assertIn("--rejects overwrites nothing", self.campana("load", "c.csv", "--rejects", "r.csv", expect=2).err)
        self.campana("load", "c.csv", "--rejects", "nofolder/r.csv", expect=2)
        self.campana("load", "c.csv", "--rejects", "x" * 300, expect=2)
        self.assertEqual(self.rows("SELECT * FROM campaign"), [])


class Outputs(harness.CampanaTest):
    def setUp(self):
        super().setUp()
        self.write_campaign(2)
        self.campana("load", "campaign.csv", expect=0)

    def test_a_closed_standard_output_loses_no_result_in_silence(self):
        closed = {"preexec_fn": lambda: os.close(1)}
        for arguments in (["report", "campaign", "--format", "csv"], ["status"], ["help"], ["load", "campaign.csv", "--campaign", "otra"]):
            with self.subTest(arguments=arguments):
                result = self.campana(*arguments, expect=1, **closed)
                self.assertIn("cannot write to standard output: ", result.err)
        self.assertIn("campaign otra is loaded, ", result.err)
        self.simulate()
        self.campana("send", "campaign", "--yes", expect=0, **closed)
        self.assertEqual(self.counts(), {"accepted": 2, "pending": 2})

    def test_a_dash_is_standard_output(self):
        files = set(self.folder.iterdir())
        self.assertEqual(self.campana("report", "campaign", "--format", "csv", "--output", "-", expect=0).out,
                         self.campana("report", "campaign", "--format", "csv", expect=0).out)
        self.assertIn("accepted", self.campana("report", "--all", "--output", "-", expect=0).out)
        self.assertEqual(set(self.folder.iterdir()), files)

    def test_an_outputs_ending_says_its_format_unless_the_command_does(self):
        for name, begins in (("a.csv", "row,msisdn,"), ("a.CSV", "row,msisdn,"), ("a.json", "[\n{"), ("a.jsonl", '{"row":2'),
                             ("a.html", "<!DOCTYPE html>"), ("a.txt", "    ROW NUMBER"), ("csv", "    ROW NUMBER")):
            self.campana("report", "campaign", "--output", name, expect=0)
            self.assertTrue((self.folder / name).read_text().startswith(begins), name)
        self.campana("report", "campaign", "--output", "b.csv", "--format", "jsonl", expect=0)
        self.assertTrue((self.folder / "b.csv").read_text().startswith("{"))
        self.campana("report", "campaign", "--output", "b.txt", "--excel", expect=0)
        self.assertTrue((self.folder / "b.txt").read_text().startswith("\ufeffrow;"))
        self.campana("report", "--all", "--output", "all.json", expect=0)
        self.assertTrue((self.folder / "all.json").read_text().startswith("["))
        self.assertIn("shows one campaign", self.campana("report", "--all", "--output", "all.html", expect=2).err)


if __name__ == "__main__":
    harness.main()
