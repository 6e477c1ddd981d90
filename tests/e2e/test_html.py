"""The HTML report as a browser sees it: read back from the DOM of a headless Chromium and held against plain SQL."""

import html.parser
import json
import re
import shutil
import subprocess

import harness

HOSTILE = ["<script>alert(1)</script>", "</style><h1>x", "\"><img src=x onerror=alert(1)>", "]]> <!-- -->", "'; DROP TABLE message; --",
           "=HYPERLINK(\"http://x\")", "a\u202eb\u2066c", "{{7*7}} ${7*7}", "&amp; &lt;", "\U0001F600" * 160]
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--virtual-time-budget=2000", "--dump-dom"]


class Dom(html.parser.HTMLParser):
    """Elements with their attributes and the text within."""

    VOID = {"meta", "input", "br", "link", "img", "line", "rect"}

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.open = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        while self.open and self.open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, **wanted):
        names = {name.replace("_", "-") if name != "class_" else "class": value for name, value in wanted.items()}
        return [e for e in self.elements if all((e.get(n) is not None if v is True else e.get(n) == v) for n, v in names.items())]

    def one(self, **wanted):
        found = self.all(**wanted)
        assert len(found) == 1, (wanted, len(found))
        return found[0]


class Html(harness.CampanaTest):
    def browse(self, page):
        """Opens the file; returns its DOM, what the console said, and which addresses were asked for."""
        profile = self.root / "profile"
        log = self.root / "net.json"
        try:
            process = subprocess.run([*CHROMIUM, "--user-data-dir=%s" % profile, "--log-net-log=%s" % log, page.as_uri()],
                                     capture_output=True, timeout=300, env={**self.environment(), "HOME": str(self.root)})
        finally:
            shutil.rmtree(profile, ignore_errors=True)
        errors = process.stderr.decode("utf-8", "replace")
        console = re.findall(r".*CONSOLE.*", errors)
        return Dom(process.stdout.decode()), console, self.asked_by_the_page(log)

    @staticmethod
    def asked_by_the_page(log):
        """A line is an event. What Chromium asks for itself (its updates, the time) has no origin as its initiator."""
        lines = log.read_text(errors="replace").splitlines()
        assert len(lines) > 10, "Chromium wrote no log of what it asked for"
        asked = [line for line in lines if '"initiator":' in line and '"initiator":"not an origin"' not in line]
        return [url for line in asked for url in re.findall(r'"url":"([^"]*)"', line) if not url.startswith("file:")]

    def report(self, campaign, *options):
        page = self.folder / ("report%d.html" % len(list(self.folder.glob("report*.html"))))
        self.campana("report", campaign, "--format", "html", "--output", page.name, *options, expect=0)
        self.assertEqual(page.stat().st_mode & 0o777, 0o600)
        tidy = subprocess.run(["tidy", "-errors", "-quiet", "-utf8", page], capture_output=True, text=True)
        self.assertEqual((tidy.returncode, tidy.stderr), (0, ""))
        return page

    def send_a_mixed_campaign(self):
        rules = ["on 5: code -4", "on 9: close", "on 12: empty", "on 15: code -5", "from 40: balance 0"]
        self.simulate("--latency", 20, "--balance", 500, script="\n".join(rules) + "\n")
        lines = ["celular,mensaje,nombre"]
        for i in range(60):
            name = HOSTILE[i % len(HOSTILE)].replace('"', '""')
            lines.append('%s,"Hola %d, llama al 310 555 12 34 ya","%s"' % (harness.number(i), i, name))
        lines += ['%s,"otra vez",x' % harness.number(3), '12,"corto",x', '573001112233,"%s",x' % ("x" * 200)]
        lines += ['%s,"%s",x' % (harness.number(900 + i), text.replace('"', '""')) for i, text in enumerate(HOSTILE)]
        lines += ['12,"corto","%s"' % text.replace('"', '""') for text in HOSTILE]
        self.write("campaign.csv", "\n".join(lines) + "\n")
        self.campana("run", "campaign.csv", "--yes", "--concurrency", 4, expect=3)
        self.simulate("--latency", 20, "--balance", 900)
        self.campana("run", "campaign.csv", "--yes", "--concurrency", 4, expect=9)

    def test_a_browser_reads_the_same_figures_as_sql(self):
        self.send_a_mixed_campaign()
        page = self.report("campaign")
        dom, console, asked = self.browse(page)
        self.assertEqual(console, [])
        self.assertEqual(asked, [])

        counts = self.counts()
        parts = {"accepted": ["accepted"], "waiting": ["pending", "inflight"], "unknown": ["unknown"], "refused": ["refused"],
                 "unsendable": ["invalid", "duplicate", "suppressed"]}
        for part, states in parts.items():
            count = sum(counts.get(state, 0) for state in states)
            self.assertEqual(int(dom.one(id="count-%s" % part)["data-value"]), count)
            bars = dom.all(data_name=part)
            self.assertEqual([int(bar["data-count"]) for bar in bars], [count] if count else [])
        self.assertEqual(int(dom.one(id="rows")["data-value"]), sum(counts.values()))

        answered = "finished_at_ms IS NOT NULL AND latency_ms IS NOT NULL"
        timeline = dom.all(tag="g", class_="bin", data_accepted=True)
        accepted, others = self.rows("SELECT sum(state = 'accepted') AS a, sum(state <> 'accepted') AS o FROM message WHERE "
                                     + answered)[0].values()
        self.assertEqual(sum(int(b["data-accepted"]) for b in timeline), accepted)
        self.assertEqual(sum(int(b["data-others"]) for b in timeline), others)
        self.assertEqual(len(dom.all(tag="g", class_="stop")), 2)
        latencies = sorted(row["latency_ms"] for row in self.rows("SELECT latency_ms FROM message WHERE " + answered))
        bins = dom.all(tag="g", class_="bin", data_count=True)
        self.assertEqual(sum(int(b["data-count"]) for b in bins), len(latencies))
        for b in bins:
            low, high = int(b["data-from-ms"]), int(b.get("data-to-ms") or 10 ** 9)
            self.assertEqual(int(b["data-count"]), sum(low <= value < high for value in latencies))
        for percent in (50, 95, 99):
            expected = latencies[-(-len(latencies) * percent // 100) - 1]
            self.assertEqual(int(dom.one(id="p%d" % percent)["data-value"]), expected)
            self.assertEqual(int(dom.one(data_percentile=str(percent))["data-ms"]), expected)

        reasons = {(e["data-state"], e["data-reason"]): int(e["data-count"]) for e in dom.all(tag="tr", data_reason=True)}
        for row in self.rows("SELECT state, reason_code, count(*) AS n FROM message WHERE state IN ('refused', 'unknown', "
                             "'invalid', 'duplicate') GROUP BY 1, 2"):
            self.assertEqual(reasons[row["state"], row["reason_code"]], row["n"])
        self.assertEqual([e["data-ended"] for e in dom.all(tag="tr", data_ended=True)], ["balance", "done"])
        credit = sum(float(r["balance_before"]) - float(r["balance_after"]) for r in self.rows("SELECT * FROM run"))
        self.assertEqual(float(dom.one(id="credit")["data-value"]), credit)
        shown = {(int(e["data-row"]), e["data-state"]) for e in dom.all(tag="tr", data_row=True)}
        wanted = {(r["row"], r["state"]) for r in self.rows("SELECT row, state FROM message WHERE state IN ('unknown', 'refused', "
                                                            "'invalid')")}
        self.assertEqual(shown, wanted)

        self.assert_hostile_is_text(dom)
        self.assertIsNone(dom.one(id="search").get("hidden"), "the search works, so it is shown")
        text = page.read_text()
        for row in self.rows("SELECT msisdn FROM message WHERE length(msisdn) = 12"):
            self.assertNotIn(row["msisdn"], text)
        self.assertNotIn("555 12 34", text)
        self.assertIn("not delivered", dom.one(tag="body")["text"])

    def assert_hostile_is_text(self, dom):
        body = dom.one(tag="body")["text"]
        self.assertEqual(dom.all(tag="img"), [])
        self.assertEqual(len(dom.all(tag="script")), 1)
        self.assertEqual(len(dom.all(tag="h1")), 1)
        self.assertIn("<script>alert(1)</script>", body)
        self.assertIn("=HYPERLINK(\"http://x\")", body)
        self.assertIn("]]> <!-- -->", body)
        self.assertIn("&amp; &lt;", body)
        self.assertIn("\U0001F600", body)
        self.assertNotIn("\u202e", body)

    def test_numbers_are_shown_whole_where_that_is_asked_for(self):
        self.write_campaign(3)
        self.write("campaign.csv", (self.folder / "campaign.csv").read_text() + "12,corto\n")
        self.campana("load", "campaign.csv", expect=0)
        page = self.report("campaign", "--full-numbers", "--state", "pending")
        text = page.read_text()
        self.assertIn(harness.number(2), text)
        self.assertEqual(text.count("<tr data-row="), 3)
        self.assertIn("keep this file to yourself", text)
        self.assertIn("Not sent yet", text)

    def test_many_rows_make_a_small_page_that_says_what_it_leaves_out(self):
        lines = ["celular,mensaje"] + ["%d,mal" % i for i in range(20000)]
        self.write("campaign.csv", "\n".join(lines) + "\n")
        self.campana("load", "campaign.csv", expect=0)
        page = self.report("campaign")
        self.assertLess(page.stat().st_size, 100000)
        text = page.read_text()
        self.assertEqual(text.count("<tr data-row="), 50)
        self.assertIn("campana report campaign --state invalid", text)

    def test_a_forgotten_campaign_still_tells_its_figures(self):
        self.simulate()
        self.write_campaign(5, text="Texto secreto {i}")
        self.campana("run", "campaign.csv", "--yes", expect=0)
        self.campana("forget", "campaign", "--yes", expect=0)
        text = self.report("campaign").read_text()
        self.assertIn("All 5 messages were accepted", text)
        self.assertIn("were forgotten on", text)
        self.assertNotIn("secreto", text)

    def test_the_policy_of_the_page_lets_nothing_in_from_outside(self):
        self.write_campaign(1)
        self.campana("load", "campaign.csv", expect=0)
        text = self.report("campaign").read_text()
        self.assertIn("default-src 'none'", text)
        self.assertNotIn("unsafe-inline", text)
        self.assertEqual(re.findall(r"(?:src|href)\s*=\s*[\"'][^\"']*", text), [])
        self.assertEqual(re.findall(r"url\(|@import|fetch\(|XMLHttpRequest", text), [])
        self.assertEqual(json.loads(self.campana("status", "campaign", "--json", expect=0).out)["counts"]["pending"], 1)


if __name__ == "__main__":
    harness.main()
