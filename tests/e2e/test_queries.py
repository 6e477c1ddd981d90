"""SQL for the curious: every ready query answers through the sqlite3 shell, read-only, and says what the reports say."""

import csv
import io
import pathlib
import re
import shlex
import subprocess

import harness
from harness import number

ROOT = pathlib.Path(__file__).parents[2]
QUERIES = ROOT / "sql" / "queries"


class Queries(harness.CampanaTest):
    def setUp(self):
        super().setUp()
        self.simulate("--balance", 100, script="on 3: empty\non 5: code -4\non 7: empty\n")
        cities = ["Bogotá", "Cali", "Medellín"]
        lines = ["%s,Hola,%s" % (number(i), cities[i % 3]) for i in range(20)] + ["12,Hola,Cali", "%s,Hola,Cali" % number(1)]
        self.write("uno.csv", "celular,mensaje,ciudad\n" + "\n".join(lines) + "\n")
        self.campana("run", "uno.csv", "--yes", "--test-to", number(99), expect=0)
        self.campana("run", "uno.csv", "--yes", "--concurrency", 1, expect=9)
        [first, *_] = self.rows("SELECT row FROM message WHERE state = 'unknown' ORDER BY id")
        self.campana("resolve", "uno", "--as", "accepted", "--row", first["row"], "--yes", expect=0)
        self.write("dos.csv", "celular,mensaje\n%s,Hola\n" % number(1))
        self.campana("load", "dos.csv", expect=0)

    def ask(self, query, *parameters):
        command = ["sqlite3", "-readonly", "-csv", "-header", str(self.db)]
        command += [".param set %s \"'%s'\"" % parameter for parameter in parameters]
        answer = subprocess.run(command + [".read sql/queries/%s.sql" % query], cwd=ROOT, capture_output=True, text=True,
                                timeout=harness.DEADLINE_S)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""), query)
        return list(csv.DictReader(io.StringIO(answer.stdout, newline="")))

    def test_every_query_of_the_readme_is_there_and_answers_and_nothing_changes(self):
        names = sorted(path.stem for path in QUERIES.glob("*.sql"))
        self.assertEqual(sorted(re.findall(r"\]\(([\w-]+)\.sql\)", (QUERIES / "README.md").read_text())), names)
        self.assertEqual(len(names), 10)
        before = self.db.read_bytes()
        for name in names:
            self.assertTrue(self.ask(name, (":campaign", "uno")), name)
            self.ask(name)
        self.assertEqual(self.db.read_bytes(), before)

    def test_the_answers_are_those_of_the_reports(self):
        counts = {line["state"]: 0 for line in self.report_csv("uno")}
        for line in self.report_csv("uno"):
            counts[line["state"]] += 1
        self.assertEqual(counts, {"accepted": 18, "refused": 1, "unknown": 1, "invalid": 1, "duplicate": 1})
        uno = ":campaign", "uno"
        [dos, first] = self.ask("how-did-it-go")
        self.assertEqual((first["rows"], first["sendable"], first["accepted"], first["accepted_percent"]),
                         ("22", "20", "18", "90.0"))
        self.assertEqual((dos["campaign"], dos["open"]), ("dos", "1"))
        self.assertEqual({(line["state"], line["rows"]) for line in self.ask("why-not", uno)},
                         {("refused", "1"), ("unknown", "1"), ("invalid", "1"), ("duplicate", "1")})
        self.assertEqual([line["row"] for line in self.ask("needs-a-look", uno)],
                         [line["row"] for line in self.report_csv("uno", "--state", "unknown")])
        self.assertEqual(sum(int(line["accepted"]) for line in self.ask("per-minute", uno)), 18)
        latencies = sorted(int(line["latency_ms"]) for line in self.report_csv("uno") if line["latency_ms"])
        [latency] = self.ask("latency", uno)
        self.assertEqual((int(latency["answers"]), int(latency["slowest_ms"])), (len(latencies), latencies[-1]))
        self.assertEqual(int(latency["p50_ms"]), latencies[(len(latencies) + 1) // 2 - 1])
        self.assertEqual(sum(int(line["tries"]) for line in self.ask("failed-tries", uno)), 3)
        self.assertEqual({(line["value"], line["rows"]) for line in self.ask("by-column", uno)},
                         {("Bogotá", "7"), ("Cali", "9"), ("Medellín", "6")})
        self.assertEqual({line["value"] for line in self.ask("by-column", uno, (":column", "mensaje"))}, {"Hola"})
        self.assertEqual(len(self.ask("by-column", uno, (":column", "celular"))), 21)
        [bill] = self.ask("bill-by-month")
        self.assertEqual((bill["messages"], bill["tests"], bill["charged"]), ("18", "1", "19"))
        [run] = self.ask("credit-by-run")
        self.assertEqual((run["accepted"], run["unknown"]), ("17", "2"))
        [decision] = self.ask("decisions", uno)
        self.assertEqual((decision["from_state"], decision["to_state"]), ("unknown", "accepted"))

    def test_the_examples_of_the_readme_run(self):
        for command in re.findall(r"(?m)^\$ (sqlite3 .*)$", (QUERIES / "README.md").read_text()):
            command = command.replace("campana.db", shlex.quote(str(self.db))).replace("'clientes'", "'uno'")
            answer = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=harness.DEADLINE_S)
            self.assertEqual((answer.returncode, answer.stderr), (0, ""), command)
            self.assertIn("│", answer.stdout)


if __name__ == "__main__":
    harness.main()
