"""Every way of asking gives the same figures: 20 random campaigns in one database, and each report held against plain SQL
over the tables. CAMPANA_SEED=N tries others."""

import collections
import csv
import datetime
import io
import json
import os
import random
import re
import sqlite3

import harness
from harness import STATES, number

SEED = int(os.environ.get("CAMPANA_SEED", "20261124"))
CAMPAIGNS = 20
COLOMBIA = datetime.timezone(datetime.timedelta(hours=-5))

HOSTILE = ["Hola", "a;b,c\td", 'dijo "ya"', "dos\nlíneas", "dos\r\nlíneas", "=1+1", "+SUM(A1)", "-2+3", "@x", "'", "''", " borde ",
           "<script>alert(1)</script>", "&amp;", "\u202eexe.txt\u202c", "\u200b", "007", "573102111111222", "5.73102E+11", "1/2",
           "3-4", "12,50", "1.234", "TRUE", "#N/A", "ñandú", "日本語", "👩‍👩‍👧‍👦" * 40, "\\N", "NULL", "{}", "[null]", "\\u0041", ""]
TREATMENTS = ["code -4", "code -5", "empty", "html", "code 0", "close", "cut 3", "status 500", "code 99999999999"]


def strict_json(text):
    def refuse(name):
        raise ValueError(name)

    def unique(pairs):
        assert len({name for name, _ in pairs}) == len(pairs), pairs
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)


class ReportsAgree(harness.CampanaTest):
    def make_campaign(self, chance, place):
        """A spreadsheet of hostile cells, sent to a gateway of moods, and some decisions."""
        count = chance.randrange(1, 60)
        name = chance.choice(["campaña %d", "%d", "=1+%d", "a'b %d", "日本 %d"]) % place
        out = io.StringIO(newline="")
        table = csv.writer(out)
        table.writerow(["celular", "mensaje", "dato", "text", "columna con = y \"comillas\""])
        for _ in range(count):
            cell = chance.choice([number(chance.randrange(40)), number(chance.randrange(10**6)), "310 211 1111", "12", "",
                                  "5.73102E+11"])
            text = chance.choice(["Hola", "Hola %d" % chance.randrange(99), chance.choice(HOSTILE), "x" * chance.choice([159, 161])])
            table.writerow([cell, text] + [chance.choice(HOSTILE) for _ in range(chance.randrange(4))])
        self.write("c%d.csv" % place, out.getvalue())
        script = "".join("on %d: %s\n" % (place, chance.choice(TREATMENTS))
                         for place in sorted(chance.sample(range(1, 40), chance.randrange(12))))
        self.simulate("--balance", chance.choice([3, 20, 1000]), script=script, ledger="%d.tsv" % place)
        self.campana("load", "c%d.csv" % place, "--campaign", name, "--duplicates", chance.choice(["first", "all"]))
        if self.rows("SELECT 1 FROM campaign WHERE name = ?", name):
            if chance.random() < 0.3:
                self.campana("send", name, "--test-to", number(chance.randrange(40)), "--yes")
            for _ in range(chance.randrange(3)):
                self.campana("send", name, "--yes", "--concurrency", chance.randrange(1, 8), "--limit", chance.randrange(1, 80),
                             "--max-failures", 1000)
                if chance.random() < 0.5:
                    self.campana("resolve", name, "--as", chance.choice(["accepted", "refused", "pending"]), "--yes")
        return name

    def assert_rows_agree(self, name):
        rows = self.rows("SELECT m.* FROM message AS m JOIN campaign AS c ON c.id = m.campaign_id WHERE c.name = ? ORDER BY m.id",
                         name)
        view = self.rows("SELECT * FROM message_report WHERE campaign = ? ORDER BY row", name)
        as_json = strict_json(self.campana("report", name, "--format", "json", expect=0).out)
        lines = self.campana("report", name, "--format", "jsonl", expect=0).out
        self.assertEqual([strict_json(line) for line in lines.split("\n")[:-1]], as_json)
        self.assertEqual(len(as_json), len(rows))
        for row, line, seen in zip(rows, as_json, view):
            for column in ("row", "msisdn", "text", "state", "code", "attempts", "http_status", "latency_ms"):
                self.assertEqual(line[column], row[column])
                self.assertEqual(line[column], seen[column])
            for column in ("first_sent_at", "finished_at"):
                self.assertEqual(line[column], seen[column])
            self.assertEqual(line["reason"] is None, row["reason_code"] is None and row["reason"] is None)
        plain = self.assert_csv_agrees(self.campana("report", name, "--format", "csv", expect=0).out, as_json, ",", "\n", False)
        excel = self.campana("report", name, "--excel", expect=0).out
        self.assertEqual(excel[0], "\ufeff")
        self.assert_csv_agrees(excel[1:], as_json, ";", "\r\n", True)
        table = self.campana("report", name, expect=0).out.split("\n")[1:-1]
        self.assertEqual([line.split()[0] for line in table], [str(line["row"]) for line in as_json])
        for line, row in zip(table, as_json):
            self.assertIn(" %s " % row["state"], line)
            self.assertNotRegex(line, "[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
        return collections.Counter(line["state"] for line in plain)

    def assert_csv_agrees(self, text, as_json, delimiter, line_end, excel):
        """Read by Python's csv, cell by cell what JSON says."""
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        header, body = table[0], table[1:]
        self.assertEqual(header[:11], harness.REPORT_COLUMNS)
        self.assertEqual(len(body), len(as_json))
        self.assertTrue(text.endswith(line_end))
        for cells, line in zip(body, as_json):
            self.assertEqual(len(cells), len(header))
            expected = [line[column] for column in harness.REPORT_COLUMNS] + list(line["columns"].values())
            for place, (cell, value) in enumerate(zip(cells, expected)):
                value = "" if value is None else str(value)
                if excel and header[place] in ("first_sent_at", "finished_at") and place < 11 and value:
                    at = datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(COLOMBIA)
                    value = at.strftime("%Y-%m-%d %H:%M:%S")
                self.assertIn(cell, (value, "'" + value, '="%s"' % value) if excel else (value, "'" + value))
                if value[:1] in tuple("=@\t\r") or cell[:1] == "'":
                    self.assertEqual(cell[:1], "=" if cell == '="%s"' % value else "'")
        return [dict(zip(harness.REPORT_COLUMNS, cells)) for cells in body]

    def assert_counts_agree(self, name, counts):
        status = strict_json(self.campana("status", name, "--json", expect=0).out)
        self.assertEqual(list(status["counts"]), STATES)
        self.assertEqual({state: count for state, count in status["counts"].items() if count}, dict(counts))
        [summary] = self.rows("SELECT * FROM campaign_summary WHERE campaign = ?", name)
        self.assertEqual({state: summary[state] for state in STATES}, status["counts"])
        self.assertEqual(summary["rows"], sum(counts.values()))
        words = self.campana("status", name, expect=0).out
        for state, count in counts.items():
            self.assertRegex(words, r"(?m)^ *%d %s " % (count, state))
        for state in STATES:
            only = strict_json(self.campana("report", name, "--format", "json", "--state", state, expect=0).out) \
                if counts[state] else []
            self.assertEqual(len(only), counts[state])

    def assert_html_agrees(self, name, counts):
        page = self.campana("report", name, "--format", "html", expect=0).out
        figures = {key: int(value) for key, value in re.findall(r'id="(rows|count-\w+)" data-value="(\d+)"', page)}
        self.assertEqual(figures, {
            "rows": sum(counts.values()), "count-accepted": counts["accepted"], "count-refused": counts["refused"],
            "count-waiting": counts["pending"] + counts["inflight"], "count-unknown": counts["unknown"],
            "count-unsendable": counts["invalid"] + counts["duplicate"] + counts["suppressed"]})

    def bill(self, by, *options):
        lines = strict_json(self.campana("report", "--all", "--by", by, "--format", "json", *options, expect=0).out)
        for form, excel in (("csv", []), ("csv", ["--excel"])):
            text = self.campana("report", "--all", "--by", by, "--format", form, *excel, *options, expect=0).out.lstrip("\ufeff")
            cells = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if excel else ","))
            self.assertEqual(len(cells), len(lines))
            for line, row in zip(lines, cells):
                for column in ("accepted", "refused", "unknown", "attempts", "tests"):
                    self.assertEqual(row[column], str(line[column]))
        jsonl = self.campana("report", "--all", "--by", by, "--format", "jsonl", *options, expect=0).out
        self.assertEqual([strict_json(line) for line in jsonl.splitlines()], lines)
        return lines

    def assert_bills_agree(self):
        [sql] = self.rows("SELECT count(*) FILTER (WHERE state = 'accepted') AS accepted,"
                          "       count(*) FILTER (WHERE state = 'refused') AS refused,"
                          "       count(*) FILTER (WHERE state = 'unknown') AS unknown,"
                          "       sum(attempts) AS attempts,"
                          "       (SELECT count(*) FROM test_message WHERE state = 'accepted') AS tests FROM message")
        by_campaign = self.bill("campaign")
        for by in ("total", "day", "campaign", "reason"):
            lines = self.bill(by)
            self.assertEqual({name: sum(line[name] for line in lines) for name in sql}, sql, by)
            table = self.campana("report", "--all", "--by", by, expect=0).out.splitlines()
            figures = [int(cell) for cell in table[-1].split()[2 if by == "total" else 1:][:5]]
            self.assertEqual(figures, list(sql.values()), table[-1])
        for line in by_campaign:
            [one] = self.rows("SELECT * FROM campaign_summary WHERE campaign = ?", line["campaign"])
            self.assertEqual([line[s] for s in ("accepted", "refused", "unknown")],
                             [one[s] for s in ("accepted", "refused", "unknown")])
            spent = self.rows("SELECT sum(CAST(balance_before AS REAL) - CAST(balance_after AS REAL)) AS spent FROM run"
                              "  JOIN campaign AS c ON c.id = campaign_id"
                              " WHERE c.name = ? AND balance_before IS NOT NULL AND balance_after IS NOT NULL", line["campaign"])
            self.assertEqual(line["credit"], spent[0]["spent"])
        days = [line["day"] for line in self.bill("day")]
        self.assertEqual(sum(line["accepted"] for line in self.bill("total", "--since", days[0], "--until", days[-1])),
                         sql["accepted"])
        before = (datetime.date.fromisoformat(days[0]) - datetime.timedelta(1)).isoformat()
        [nothing] = self.bill("total", "--until", before)
        self.assertEqual([nothing[name] for name in sql], [0] * len(sql))
        self.assertEqual(self.bill("day", "--until", before), [])

    def test_twenty_random_campaigns(self):
        chance = random.Random(SEED)
        total = collections.Counter()
        names = [self.make_campaign(chance, place) for place in range(CAMPAIGNS)]
        self.simulator.close()
        loaded = [row["name"] for row in self.rows("SELECT name FROM campaign ORDER BY id")]
        self.assertGreater(len(loaded), CAMPAIGNS // 2)
        for name in names:
            if name in loaded:
                with self.subTest(seed=SEED, campaign=name):
                    counts = self.assert_rows_agree(name)
                    self.assert_counts_agree(name, counts)
                    self.assert_html_agrees(name, counts)
                    total += counts
        self.assertEqual(dict(total), self.counts())
        self.assertGreaterEqual(len(total), 4, "the chance made too little: %s" % total)
        everything = strict_json(self.campana("status", "--json", expect=0).out)
        self.assertEqual({state: sum(one["counts"][state] for one in everything) for state in total}, dict(total))
        self.assertEqual([one["campaign"] for one in everything], loaded)
        self.assert_bills_agree()


class TheDaysOfABill(harness.CampanaTest):
    def test_a_colombian_day_begins_at_five_in_the_morning_utc_and_until_is_included(self):
        self.simulate("--balance", 100)
        self.write_campaign(4)
        self.campana("run", "campaign.csv", "--yes", expect=0)
        midnight = int(datetime.datetime(2026, 11, 2, tzinfo=COLOMBIA).timestamp() * 1000)
        database = sqlite3.connect(self.db)
        for place, at in enumerate((midnight - 1, midnight, midnight + 86399999, midnight + 86400000)):
            database.execute("UPDATE message SET finished_at_ms = ? WHERE row = ?", (at, place + 2))
        database.execute("UPDATE run SET started_at_ms = ?", (midnight,))
        database.commit()
        database.close()

        def bill(*options):
            out = self.campana("report", "--all", "--format", "json", *options, expect=0).out
            return [(line.get("day"), line["accepted"], line["credit"]) for line in json.loads(out)]

        self.assertEqual(bill("--by", "day"), [("2026-11-01", 1, None), ("2026-11-02", 2, 4), ("2026-11-03", 1, None)])
        self.assertEqual(bill("--by", "day", "--since", "2026-11-02", "--until", "2026-11-02"), [("2026-11-02", 2, 4)])
        self.assertEqual(bill("--since", "2026-11-02"), [(None, 3, 4)])
        self.assertEqual(bill("--until", "2026-11-01"), [(None, 1, None)])

    def test_what_does_not_go_together_is_refused(self):
        self.write_campaign(1)
        self.campana("load", "campaign.csv", expect=0)
        for arguments, says in ((["--all", "campaign"], "leave one"), (["--all", "--state", "accepted"], "--state"),
                                (["--all", "--format", "html"], "html"), (["campaign", "--by", "day"], "--all"),
                                (["--all", "--since", "2026-02-30"], "no day"), ([], "campana report CAMPAIGN"),
                                (["--all", "--since", "2026-11-02", "--until", "2026-11-01"], "later"),
                                (["--all", "--excel", "--format", "json"], "--excel")):
            self.assertIn(says, self.campana("report", *arguments, expect=2).err)
        self.campana("report", "--all", "--output", "cuenta.csv", "--excel", expect=0)
        self.assertTrue((self.folder / "cuenta.csv").read_bytes().startswith(b"\xef\xbb\xbfsince;until;accepted;"))


if __name__ == "__main__":
    harness.main()
