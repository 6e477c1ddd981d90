"""Forgetting: of a forgotten campaign's numbers and texts not one byte is left in the database's files, its counts and codes
are, and nothing of it is ever sent again."""

import json
import sqlite3

import harness
from harness import number

DAY_MS = 24 * 3600 * 1000


class Forget(harness.CampanaTest):
    def database_bytes(self):
        """Every byte of every file that belongs to the database."""
        files = sorted(path for path in self.folder.iterdir() if path.name.startswith(self.db.name))
        return b"\0".join(path.read_bytes() for path in files)

    def traces(self, numbers, texts):
        """What of the numbers, as text, integer or index entry, and of the texts is left."""
        data = self.database_bytes()
        found = []
        for digits in numbers:
            value = int(digits)
            forms = [digits.encode(), digits[2:].encode(), value.to_bytes(6, "big"), (value << 24).to_bytes(8, "big")[:5]]
            found += [(digits, form) for form in forms if form in data]
        return found + [text for text in texts if text.encode() in data]

    def execute(self, sql, *parameters):
        database = sqlite3.connect(self.db)
        database.execute(sql, parameters)
        database.commit()
        database.close()

    def send_all_kinds(self):
        """A campaign with rows in every state that is over, and with what may quote them."""
        self.write("rne.csv", number(90007) + "\n")
        lines = ["celular;nombre;ciudad;saldo"]
        for i in range(40):
            lines.append("%s;Persona%dSecreta;Municipio%dOculto;%d" % (number(90000 + i), i, i, 770000 + i))
        lines += ["%s;Persona1Secreta;Otra;1" % number(90001), "31021A1111;LetraSecreta;Pueblo;2"]
        self.write("Lista de Ana Perez.csv", "\n".join(lines) + "\n")
        self.simulate("--balance", 1000, script='on 5: code -4\non 9: close\non 11: body "eco %s Persona11Secreta"\n'
                                                % number(90011))
        self.command = ["run", "Lista de Ana Perez.csv", "--campaign", "agosto", "--suppress", "rne.csv", "--template",
                        "Hola {nombre} de {ciudad}, debe {saldo}", "--concurrency", 1, "--yes"]
        self.campana(*self.command, expect=9)
        self.campana("send", "agosto", "--test-to", "573209998877", expect=2)
        self.campana("resolve", "agosto", "--as", "accepted", "--row", 11, "--yes")
        self.campana("resolve", "agosto", "--as", "refused", "--yes")
        numbers = [number(90000 + i) for i in range(40)]
        texts = ["Persona%dSecreta" % i for i in range(40)] + ["Oculto", "LetraSecreta", "31021A1111", "Hola {nombre}",
                                                               "Ana Perez", "ciudad", "Pueblo"]
        return numbers, texts

    def test_not_one_byte_is_left_and_the_counts_stay(self):
        numbers, texts = self.send_all_kinds()
        self.write_campaign(5, name="septiembre.csv", text="Otro mensaje {i}")
        self.campana("load", "septiembre.csv", expect=0)
        counts = json.loads(self.campana("status", "agosto", "--json", expect=0).out)["counts"]
        self.assertEqual({"accepted", "refused", "invalid", "duplicate", "suppressed"},
                         {state for state, count in counts.items() if count})
        kept = "row, state, code, attempts, http_status, first_sent_at_ms, finished_at_ms, latency_ms, reason_code"
        before = self.rows("SELECT %s FROM message ORDER BY id" % kept)
        decisions = self.rows("SELECT * FROM resolution")
        found = self.traces(numbers, texts) # as text, in the index, and the first one of the index as an integer
        self.assertGreater(len(found), 40 * 3 + len(texts), "what is looked for is there")

        result = self.campana("forget", "agosto", "--yes", expect=0)
        self.assertIn("1 campaign forgotten: 42 rows", result.out)
        self.assertEqual(self.traces(numbers, texts), [])
        self.assertEqual(self.rows("SELECT %s FROM message ORDER BY id" % kept), before)
        self.assertEqual(self.rows("SELECT * FROM resolution"), decisions)
        self.assertGreater(len(self.traces([number(i) for i in range(5)], ["Otro mensaje"])), 5 * 3 + 1, "the other stays")

        status = json.loads(self.campana("status", "agosto", "--json", expect=0).out)
        self.assertEqual(status["counts"], counts)
        self.assertIsNotNone(status["forgotten_at"])
        self.assertIsNone(status["file"])
        self.assertIn("forgotten", self.campana("status", "agosto", expect=0).out)
        report = self.report_csv("agosto")
        self.assertEqual(len(report), 42)
        self.assertEqual({line["msisdn"] + line["text"] for line in report}, {""})
        self.assertEqual(list(report[0]), harness.REPORT_COLUMNS)
        self.assertIn("was forgotten", self.campana("report", "agosto", "--format", "json", expect=0).err)
        self.campana("reconcile", "agosto", expect=0)
        self.campana("doctor")
        self.assertEqual(self.rows("PRAGMA integrity_check"), [{"integrity_check": "ok"}])

    def test_the_same_file_again_sends_nothing(self):
        self.send_all_kinds()
        self.campana("forget", "agosto", "--yes", expect=0)
        sent = len(self.simulator.ledger())
        result = self.campana(*self.command, expect=2)
        self.assertIn("was forgotten", result.err)
        self.campana("send", "agosto", "--yes", expect=0)
        self.campana("resolve", "agosto", "--state", "refused", "--as", "pending", "--yes", expect=2)
        self.assertEqual(len(self.simulator.ledger()), sent)
        self.assertIn("nothing is left to forget", self.campana("forget", "agosto", "--yes", expect=0).err)

    def test_what_is_not_over_is_left_as_it_is_unless_told(self):
        simulator = self.simulate(script="on 2: close\non 3: code -6\n")
        self.write_campaign(6)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=6)
        self.assertEqual(self.counts(), {"accepted": 1, "unknown": 1, "pending": 4})
        before = self.rows()
        result = self.campana("forget", "campaign", "--yes", expect=2)
        self.assertIn("4 pending, 1 unknown", result.err)
        self.assertIn("--unfinished", result.err)
        self.assertEqual(self.rows(), before)
        self.campana("forget", "campaign", "--unfinished", "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 1, "unknown": 1, "invalid": 4})
        self.assertEqual({row["reason"] for row in self.report_csv("campaign", "--state", "invalid")},
                         {"its number and text were forgotten before it was sent"})
        self.assertEqual(self.traces([number(i) for i in range(6)], ["Hola"]), [])
        self.campana("send", "campaign", "--yes", expect=9)
        self.campana("resolve", "campaign", "--as", "pending", "--yes", expect=2)
        self.campana("resolve", "campaign", "--as", "refused", "--yes", expect=0)
        self.campana("send", "campaign", "--yes", expect=0)
        self.assertEqual(len(simulator.ledger()), 3)

    def test_a_run_under_way_is_not_disturbed_and_a_crashed_one_is_sorted_out(self):
        self.simulate("--latency", 3600_000)
        self.write_campaign(3)
        process = self.start("run", "campaign.csv", "--concurrency", 3, "--timeout", 600, "--yes")
        self.wait_for(lambda: len(self.simulator.ledger()) == 3, "nothing is sent", process)
        self.campana("forget", "campaign", "--unfinished", "--yes", expect=10)
        process.kill()
        process.communicate()
        self.assertIn("3 inflight", self.campana("forget", "campaign", "--yes", expect=2).err)
        self.campana("forget", "campaign", "--unfinished", "--yes", expect=0)
        self.assertEqual(self.counts(), {"unknown": 3})
        self.assertEqual(self.traces([number(i) for i in range(3)], ["Hola"]), [])

    def test_old_campaigns_are_forgotten_by_age_and_the_unfinished_are_named(self):
        self.simulate()
        for name, age in (("viejo", 100), ("abierto", 100), ("nuevo", 10)):
            self.write_campaign(3, name=name + ".csv", text="Texto de " + name + " {i}")
            self.campana("load", name + ".csv", expect=0)
            if name != "abierto":
                self.campana("send", name, "--yes", expect=0)
            self.execute("UPDATE campaign SET loaded_at_ms = loaded_at_ms - ? WHERE name = ?", age * DAY_MS, name)
            self.execute("UPDATE run SET started_at_ms = started_at_ms - ?1, ended_at_ms = ended_at_ms - ?1"
                         " WHERE campaign_id = (SELECT id FROM campaign WHERE name = ?2)", age * DAY_MS, name)
        result = self.campana("forget", "--older-than", "90d", "--yes", expect=0)
        self.assertIn("1 campaign forgotten: 3 rows", result.out)
        self.assertIn("abierto", result.err)
        self.assertEqual(self.traces([], ["Texto de viejo", "Texto de abierto", "Texto de nuevo"]),
                         ["Texto de abierto", "Texto de nuevo"])
        self.assertIn("nothing is left to forget", self.campana("forget", "--older-than", "90d", "--yes", expect=0).err)
        self.campana("forget", "--older-than", "90d", "--unfinished", "--yes", expect=0)
        self.assertEqual(self.traces([], ["Texto de viejo", "Texto de abierto", "Texto de nuevo"]), ["Texto de nuevo"])

    def test_usage_and_a_pipe_needs_yes(self):
        self.simulate()
        self.write_campaign(1)
        self.campana("run", "campaign.csv", "--yes", expect=0)
        self.assertIn("--yes", self.campana("forget", "campaign", expect=2).err)
        self.assertEqual(self.rows("SELECT msisdn FROM message"), [{"msisdn": number(0)}])
        for words in ([], ["campaign", "--older-than", "90d"], ["--older-than", "90"], ["--older-than", "0d"],
                      ["--older-than", "x"], ["other"]):
            self.campana("forget", *words, "--yes", expect=2)

    def test_a_terminal_is_told_what_takes_its_time(self):
        work = ["taking numbers and texts out", "rewriting the database's file"]
        self.simulate()
        for name in ("uno", "dos"):
            self.write_campaign(2, name=name + ".csv", text=name + " {i}")
            self.campana("run", name + ".csv", "--yes", expect=0)
        seen = self.on_a_terminal(["forget", "uno"], [("type the campaign's name:", "uno")], expect=0, TERM="xterm")
        self.assertEqual([words in seen for words in work], [True, True], seen)
        self.assertLess(seen.index(work[0]), seen.index(work[1]))
        told = self.campana("forget", "dos", "--yes", expect=0)
        self.assertEqual([words in told.err + told.out for words in work], [False, False], told)

    def test_a_reader_in_the_way_is_named_and_the_same_command_completes_it(self):
        self.simulate()
        self.write_campaign(3)
        self.campana("run", "campaign.csv", "--yes", expect=0)
        reader = sqlite3.connect(self.db)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM message").fetchone()
        process = self.start("forget", "campaign", "--yes")
        self.wait_for(lambda: self.rows("SELECT forgotten_at_ms FROM campaign")[0]["forgotten_at_ms"] is not None,
                      "nothing is forgotten", process)
        process.kill() # it would wait for a minute
        process.communicate()
        self.assertIsNone(self.rows("SELECT erased_at_ms FROM campaign")[0]["erased_at_ms"])
        reader.close()
        self.campana("forget", "campaign", "--yes", expect=0)
        self.assertIsNotNone(self.rows("SELECT erased_at_ms FROM campaign")[0]["erased_at_ms"])
        self.assertEqual(self.traces([number(i) for i in range(3)], ["Hola"]), [])

    def test_a_large_campaign_is_forgotten_in_little_memory(self):
        count = 60000
        self.simulate()
        with open(self.folder / "campaign.csv", "w") as file:
            file.write("celular,mensaje\n")
            for i in range(count):
                file.write("%s,Secreto%06d para una persona en particular\n" % (number(i), i))
        self.campana("load", "campaign.csv", expect=0)
        process = self.start("forget", "campaign", "--unfinished", "--yes")
        out, err = process.communicate(timeout=harness.DEADLINE_S)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(self.counts(), {"invalid": count})
        data = self.database_bytes()
        self.assertNotIn(b"Secreto", data)
        self.assertNotIn(b"57300", data)


if __name__ == "__main__":
    harness.main()
