"""The benchmarks themselves, with a few rows: that each comes to its end and tells what it is for. Their figures are nobody's."""
import pathlib
import subprocess
import tempfile
import unittest

import harness

DEADLINE_S = 800
RUN = pathlib.Path(__file__).resolve().parents[1] / "bench/run"
TITLES = ["How fast nginx can be asked at all", "send, http, 0 ms, concurrency 32", "send, http, 0 ms, concurrency 128",
          "Database, bytes per sent row", "send, TLS, 0 ms", "send, TLS with HTTP/2, 0 ms", "send, http, 20 ms",
          "load 400 rows", "report 400 rows as CSV", "start: campana send --limit 1", "memory and cost per row"]
PROGRAMS = ["campana send", "bare libcurl loop", "curl --parallel", "xargs -P curl", "Python requests", "sqlite3 .import",
            "sqlite-utils insert", "sqlite3 -csv", "wrk", "h2load"]


def run(*arguments):
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([RUN, "--programs", harness.BIN, "--folder", folder, "--turns", "1", *arguments],
                              capture_output=True, text=True, timeout=DEADLINE_S, check=False)


class Benchmarks(unittest.TestCase):
    def check(self, done, words):
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        for word in words:
            self.assertIn(word, done.stdout)

    def test_each_comes_to_its_end(self):
        self.check(run("send", "load", "report", "start", "memory", "--rows", "400"), TITLES + PROGRAMS)

    def test_instructions_are_counted(self):
        if b"__asan_init" in (harness.BIN / "campana").read_bytes():
            self.skipTest("valgrind cannot run what the address sanitizer watches")
        self.check(run("instructions", "--rows", "100"),
                   ["campana send, concurrency 32", "campana send, concurrency 128", "bare libcurl loop, concurrency 32"])

    def test_tables_for_a_readme(self):
        self.check(run("start", "--rows", "50", "--markdown"), ["**start: campana send --limit 1", "|---|---:|"])

    def test_a_wrong_name_is_told(self):
        done = run("sending")
        self.assertEqual(done.returncode, 2)
        self.assertIn("sending is no benchmark; there are: send, load", done.stderr)


if __name__ == "__main__":
    unittest.main()
