"""Reports and status on a terminal, and beside a pipe."""

import fcntl
import glob
import json
import os
import pathlib
import pty
import re
import select
import signal
import sqlite3
import struct
import subprocess
import termios
import time

import harness
from harness import number

FAKETIME = (glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + ["libfaketime.so.1 (package faketime)"])[0]
README = pathlib.Path(__file__).parents[2] / "README.md"


class Screen:
    """A process on a terminal of its own, and all that it wrote."""

    def __init__(self, test, arguments, columns=80, lines=24, **env):
        self.test = test
        self.written = ""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = test.environment(TERM="xterm", **env)

        def lead():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen([str(harness.BIN / "campana"), *map(str, arguments)], stdin=slave, stdout=slave,
                                        stderr=slave, cwd=test.folder, env=environment, preexec_fn=lead)
        os.close(slave)

    def until(self, wanted):
        """Reads until the pattern stands there, or to the end with None."""
        deadline = time.monotonic() + harness.DEADLINE_S
        while wanted is None or not re.search(wanted, self.written):
            self.test.assertLess(time.monotonic(), deadline, self.written)
            if not select.select([self.master], [], [], 1)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:  # Linux says so when the other end is closed
                data = b""
            if data == b"":
                self.test.assertIsNone(wanted, self.written)
                break
            self.written += data.decode("utf-8", "replace")
        return self.written

    def type(self, keys):
        os.write(self.master, keys)

    def end(self):
        if self.process.poll() is None and self.process.returncode is None:
            try:
                self.process.wait(harness.DEADLINE_S)
            finally:
                if self.process.returncode is None:
                    self.process.kill()
                    self.process.wait()
        os.close(self.master)
        return self.process.returncode


class Watch(harness.CampanaTest):
    def test_it_is_redrawn_in_place_while_a_run_works_and_ctrl_c_ends_it_quietly(self):
        self.simulate()
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        screen = Screen(self, ["status", "campaign", "--watch"])
        screen.until(r"3 pending")
        self.campana("send", "campaign", "--yes", expect=0)
        screen.until(r"(?s)\x1b\[\d+A\r.*3 accepted")
        screen.type(b"\x03")
        written = screen.until(None)
        self.assertEqual(screen.end(), 0, written)
        self.assertNotIn("interrupted", written)
        self.assertNotIn("\x1b[2J", written)

    def test_a_long_list_is_cut_to_the_screen(self):
        self.write_campaign(1)
        for place in range(12):
            self.campana("load", "campaign.csv", "--campaign", "campaña larguísima número %d" % place, expect=0)
        screen = Screen(self, ["status", "--watch"], columns=60, lines=8)
        frame = screen.until("…\x1b\\[K\r\n\x1b\\[J")
        self.assertEqual(frame.count("\n"), 7)
        for line in frame.split("\r\n"):
            self.assertLessEqual(len(re.sub("\x1b\\[\\w", "", line).strip("\r")), 59)
        screen.process.send_signal(signal.SIGTERM)
        screen.until(None)
        self.assertEqual(screen.end(), 0)

    def test_in_a_pipe_it_writes_what_has_changed_and_ends_with_its_reader(self):
        self.simulate()
        self.write_campaign(2)
        self.campana("load", "campaign.csv", expect=0)
        process = self.start("status", "campaign", "--watch", "--json")
        decoder, text, seen = json.JSONDecoder(), "", []
        while len(seen) < 2:
            text += os.read(process.stdout.fileno(), 65536).decode()
            while "]}\n" in text:
                one, end = decoder.raw_decode(text.lstrip())
                text = text.lstrip()[end:]
                seen.append(one["counts"])
            if len(seen) == 1:
                self.campana("send", "campaign", "--yes", expect=0)
        self.assertEqual((seen[0]["pending"], seen[-1]["pending"] < 2), (2, True))
        process.stdout.close()
        self.assertEqual(process.wait(harness.DEADLINE_S), 0)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()


class Load(harness.CampanaTest):
    """A load that takes its time: by a clock that goes 20,000 times as fast (libfaketime)."""

    ROWS = 30000

    def setUp(self):
        super().setUp()
        self.write_campaign(self.ROWS)
        asan = os.environ.get("ASAN_OPTIONS", "")
        self.slow = {"LD_PRELOAD": FAKETIME, "FAKETIME": "+0 x20000", "TERM": "xterm",
                     "ASAN_OPTIONS": ":".join(filter(None, [asan, "verify_asan_link_order=0"]))}

    def test_a_line_tells_how_far_it_is_and_is_gone_when_the_verdict_comes(self):
        for command in (["load", "campaign.csv"], ["load", "campaign.csv", "--dry-run"],
                        ["load", "campaign.csv", "--campaign", "other"]):
            seen = self.on_a_terminal(command, [], columns=60, expect=0, **self.slow)
            drawn, verdict = seen.rsplit("\r\x1b[K", 1)
            lines = drawn.split("\r\x1b[K")
            self.assertEqual(lines.pop(0), "")
            shares = [(int(rows), int(share)) for rows, share in re.findall(r"csv  (\d+) rows checked  (\d+)%", drawn)]
            self.assertEqual(shares, sorted(shares))
            self.assertIn((self.ROWS, 100), shares)
            self.assertRegex(lines[0], r"^campaign\.csv  looking at the file  \d+%$")
            self.assertEqual(lines[-1] == "campaign.csv  %d rows checked, writing to the disk" % self.ROWS,
                             "--dry-run" not in command, lines)
            self.assertTrue(verdict.startswith("campaign.csv: UTF-8"), verdict)

    def test_a_run_that_loads_first_tells_it_too(self):
        self.simulate()
        clock = {**self.slow, "FAKETIME": "+0 x400"}  # of the gateway's answer, too, which has 600 s
        seen = self.on_a_terminal(["run", "campaign.csv", "--limit", "1", "--timeout", "600", "--connect-timeout", "600", "--yes"], [],
                                  expect=0, **clock)
        self.assertEqual(self.counts()["accepted"], 1)
        self.assertRegex(seen, r"\r\x1b\[Kcampaign\.csv  \d+ rows checked  \d+%")

    def test_a_file_that_is_refused_leaves_nothing_but_why(self):
        with open(self.folder / "campaign.csv", "a", encoding="utf-8") as file:
            file.write('573102111111,"no end\n')
        seen = self.on_a_terminal(["load", "campaign.csv"], [], columns=200, expect=2, **self.slow)
        self.assertRegex(seen, r"rows checked[^\n]*\r\x1b\[Kcampana: campaign\.csv: in row %d " % (self.ROWS + 2))

    def test_nothing_of_it_in_a_pipe_nor_where_it_is_not_wanted(self):
        result = self.campana("load", "campaign.csv", "--dry-run", env=self.slow, expect=0)
        self.assertNotIn("rows checked", result.out + result.err)
        for more in ({"TERM": "dumb"}, {"TERM": None}):
            seen = self.on_a_terminal(["load", "campaign.csv", "--dry-run"], [], expect=0, **{**self.slow, **more})
            self.assertNotIn("rows checked", seen)
        seen = self.on_a_terminal(["-q", "load", "campaign.csv", "--dry-run"], [], expect=0, **self.slow)
        self.assertNotIn("rows checked", seen)


class Pager(harness.CampanaTest):
    def setUp(self):
        super().setUp()
        self.write_campaign(100)
        self.campana("load", "campaign.csv", expect=0)

    def test_a_table_on_a_terminal_goes_through_the_pager(self):
        screen = Screen(self, ["report", "campaign"], PAGER="sed 's/^/| /'", columns=60)
        written = screen.until(None)
        self.assertEqual(screen.end(), 0, written)
        lines = written.replace("\r\n", "\n").splitlines()
        self.assertEqual(len(lines), 101)
        self.assertTrue(all(line.startswith("| ") and len(line) <= 62 for line in lines), written)

    def test_no_pager_is_wanted_and_none_for_programs(self):
        for pager in ("", "cat"):
            screen = Screen(self, ["report", "campaign"], PAGER=pager)
            self.assertEqual(len(screen.until(None).splitlines()), 101)
            self.assertEqual(screen.end(), 0)
        screen = Screen(self, ["report", "campaign", "--format", "csv"], PAGER="false")
        self.assertEqual(len(screen.until(None).splitlines()), 101)
        self.assertEqual(screen.end(), 0)
        self.assertEqual(len(self.campana("report", "campaign", env={"PAGER": "false", "TERM": "xterm"}).out.splitlines()), 101)

    def test_a_pager_that_is_not_there_is_told(self):
        self.write_campaign(5000, name="more.csv")  # more than fits a pipe that nobody reads
        self.campana("load", "more.csv", expect=0)
        for name in ("campaign", "more"):
            screen = Screen(self, ["report", name], PAGER="no-such-pager")
            written = screen.until(None)
            self.assertEqual(screen.end(), 2, written)
            self.assertIn('PAGER is "no-such-pager"', written)
            self.assertIn("PAGER=cat", written)

    def test_a_pager_that_is_left_early_ends_the_report_quietly(self):
        screen = Screen(self, ["report", "campaign"], PAGER="head -1")
        written = screen.until(None)
        self.assertEqual(screen.end(), 0, written)
        self.assertEqual(len(written.splitlines()), 1, written)


class Quiet(harness.CampanaTest):
    def test_whoever_reads_only_the_first_line_gets_it_and_no_complaint(self):
        rows = "".join("%s,Hola %d\n" % (number(i), i) for i in range(20000))
        self.write("campaign.csv", "celular,mensaje\n" + rows)
        self.campana("load", "campaign.csv", expect=0)
        for form in ("table", "csv", "json", "jsonl"):
            process = self.start("report", "campaign", "--format", form)
            self.assertTrue(process.stdout.readline())
            process.stdout.close()
            self.assertEqual(process.wait(harness.DEADLINE_S), 0, form)
            self.assertEqual(process.stderr.read(), b"")
            process.stderr.close()


class SlowReader(harness.CampanaTest):
    def test_a_reader_that_takes_its_time_does_not_keep_the_log_from_being_cut(self):
        self.simulate()
        self.write("campaign.csv", "celular,mensaje\n" + "".join("%s,Hola %d\n" % (number(i), i) for i in range(20000)))
        self.campana("load", "campaign.csv", expect=0)
        process = self.start("report", "campaign", "--format", "jsonl")
        first = process.stdout.readline()
        deadline = time.monotonic() + harness.DEADLINE_S
        while self.log_is_held():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.campana("send", "campaign", "--yes", "--limit", 10, expect=0)
        lines = (first + process.stdout.read()).decode().splitlines()
        self.assertEqual([json.loads(line)["row"] for line in lines], list(range(2, 20002)))
        self.assertEqual({json.loads(line)["state"] for line in lines}, {"pending"})
        process.stdout.close()
        self.assertEqual(process.wait(harness.DEADLINE_S), 0)
        process.stderr.close()

    def log_is_held(self):
        """Whether some reader keeps a checkpoint from starting the log anew."""
        database = sqlite3.connect(self.db, isolation_level=None, timeout=harness.DEADLINE_S)
        try:
            database.execute("CREATE TABLE IF NOT EXISTS beside (a)")
            database.execute("INSERT INTO beside VALUES (1)")
            database.execute("PRAGMA busy_timeout = 0")
            return database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] != 0
        finally:
            database.close()


class StatusJson(harness.CampanaTest):
    def test_its_keys_are_those_that_the_readme_lists(self):
        self.simulate("--balance", 50)
        self.write_campaign(3)
        self.campana("run", "campaign.csv", "--yes", expect=0)
        one = json.loads(self.campana("status", "campaign", "--json", expect=0).out)
        listed = re.findall(r"(?m)^\| `([\w.\[\]]+)` \|", README.read_text().split("### `status --json`")[1].split("\n##")[0])
        keys = [key for key in one if key not in ("counts", "runs")]
        keys += ["counts." + state for state in one["counts"]] + ["runs[]." + key for key in one["runs"][0]]
        self.assertEqual(sorted(keys), sorted(listed))
        [same] = json.loads(self.campana("status", "--json", expect=0).out)
        self.assertEqual(set(one) - set(same), {"runs"})
        self.assertEqual(same["counts"], one["counts"])

    def test_the_readme_names_every_end_of_a_run(self):
        table = (README.parent / "src/campaign/engine_ends.c").read_text()
        names = re.findall(r'\] = \{"([a-z-]+)"', table)
        [row] = re.findall(r"(?m)^\| `runs\[\].ended` \| why: (.*) \|$", README.read_text())
        self.assertEqual(re.findall(r"`([a-z-]+)`", row), names)


if __name__ == "__main__":
    harness.main()
