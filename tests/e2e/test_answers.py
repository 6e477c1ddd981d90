"""Every kind of answer that the contract knows, two thousand times: every row in the state that the contract gives."""

import json

import harness
from harness import number

# What the simulator does → the state and code that the contract gives. "given": accepted with the code that was given.
KINDS = [
    ("", "accepted", "given"),
    ("code 987654321", "accepted", 987654321),
    ("code 999999999999999999", "accepted", 999999999999999999),
    (r'body "  4711\r\n"', "accepted", 4711),
    (r'body "\xef\xbb\xbf4712"', "accepted", 4712),
    (r'body "\xef\xbb\xbf\n 4713 \t\n"', "accepted", 4713),
    ("chunked", "accepted", "given"),
    ("delay 30", "accepted", "given"),
    ("code -4", "refused", -4),
    ("code -5", "refused", -5),
    (r'body "\xef\xbb\xbf-4\n"', "refused", -4),
    ("code 0", "unknown", 0),
    ("code -2", "unknown", -2),
    ("code -7", "unknown", -7),
    ("code 1234567890123456789012345678901234567890", "unknown", None),
    ('body "12 34"', "unknown", None),
    ('body "+12"', "unknown", None),
    ('body "12.5"', "unknown", None),
    ('body "OK 12"', "unknown", None),
    (r'body "12\x00"', "unknown", None),
    ("empty", "unknown", None),
    ("html", "unknown", None),
    ("close", "unknown", None),
    ("reset", "unknown", None),
    ("cut 1", "unknown", None),
    ("endless", "unknown", None),
]
# Few among many: where they are a quarter of what comes back within a second, the run slows down to one a second.
STATUSES = [
    ("status 500", "unknown", None),
    ("status 503", "unknown", None),
    ("status 404", "unknown", None),
    ('status 201 body "12"', "unknown", None),
    ("redirect http://127.0.0.1:9/", "unknown", None),
]
STATUS_EVERY = 40
ROWS = 2000


class Answers(harness.CampanaTest):
    def test_a_number_that_the_manual_does_not_know_is_kept_as_it_came_and_shown_everywhere(self):
        self.simulate(script="on 1: code 0\non 2: code -2\nfrom 3: code 0\n")
        self.write_campaign(2)
        self.campana("run", "campaign.csv", "--concurrency", 1, expect=9)
        codes = [0, -2]
        self.assertEqual([row["code"] for row in self.rows()], codes)
        self.assertEqual([row["code"] for row in self.rows("SELECT * FROM attempt ORDER BY id")], codes)
        self.assertEqual([row["code"] for row in self.report_csv("campaign")], ["0", "-2"])
        self.assertEqual([row["code"] for row in self.report_json("campaign")], codes)
        self.assertIn("answer 0", self.campana("find", number(0), expect=0).out)
        found, = json.loads(self.campana("find", number(0), "--json", expect=0).out)["messages"]
        self.assertEqual((found["state"], found["code"]), ("unknown", 0))
        self.campana("resolve", "campaign", "--as", "pending", "--yes", expect=0)
        self.campana("send", "campaign", "--test-to", "3102111111", expect=7)
        self.assertEqual(self.rows("SELECT state, code FROM test_message"), [{"state": "unknown", "code": 0}])

    def kind_of(self, i):
        round, place = divmod(i, STATUS_EVERY)
        return STATUSES[round % len(STATUSES)] if place == STATUS_EVERY - 1 else KINDS[i % len(KINDS)]

    def test_every_answer_leads_to_the_state_of_the_contract(self):
        script = "".join("to %s: %s\n" % (number(i), self.kind_of(i)[0]) for i in range(ROWS) if self.kind_of(i)[0])
        simulator = self.simulate(script=script)
        self.write_campaign(ROWS)
        self.campana("run", "campaign.csv", "--max-failures", ROWS, "--yes", "--timeout", 10, expect=9)
        entries = simulator.ledger()
        received = self.assert_never_twice(entries)
        rows = self.rows()
        self.assertEqual(len(rows), ROWS)
        for i, row in enumerate(rows):
            does, state, code = self.kind_of(i)
            if code == "given":
                code = int(received[row["msisdn"]]["answer"].split()[-1])
            got = (row["state"], row["code"])
            self.assertEqual(got, (state, code), (does, row))
            self.assertEqual(row["attempts"], 1)
        self.assert_books_agree(entries, rows)
        self.campana("run", "campaign.csv", "--yes", expect=9)
        self.assertEqual(len(simulator.ledger()), len(entries))

    def test_what_was_closed_before_the_body_was_read_is_not_in_the_ledger(self):
        simulator = self.simulate(script="every 10: close-unread\n")
        self.write_campaign(200)
        self.campana("run", "campaign.csv", "--max-failures", 1000, "--limit", 200, "--yes")
        received = self.assert_never_twice(simulator.ledger())
        for row in self.rows():
            if row["msisdn"] in received:
                self.assertEqual(row["state"], "accepted")
            else:
                self.assertIn(row["state"], ("pending", "unknown"))

    def test_slow_down_is_obeyed_and_loses_nothing(self):
        simulator = self.simulate(script="on 5-7: status 429 retry-after 1\non 30: status 503 retry-after 1\n")
        self.write_campaign(60)
        self.campana("run", "campaign.csv", "--concurrency", 4, "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 60})
        accepted = [entry for entry in simulator.ledger() if entry["answer"].isdigit()]
        self.assertEqual(len(self.assert_never_twice(accepted)), 60)
        self.assertEqual(self.rows("SELECT count(*) AS n FROM attempt WHERE reason_code = 'gateway_busy'"), [{"n": 4}])


class Stops(harness.CampanaTest):
    STOPS = [("code -1", 4), ("code -3", 3), ("code -6", 6), ("forbidden", 4)]

    def test_a_stop_in_mid_campaign_meets_only_what_is_in_flight_and_resuming_ends_it(self):
        for does, code in self.STOPS:
            for concurrency in (1, 8):
                with self.subTest(does=does, concurrency=concurrency):
                    self.fresh_folder("%s-%d" % (does.replace(" ", ""), concurrency))
                    simulator = self.simulate(script="from 101: %s\n" % does)
                    self.write_campaign(300)
                    result = self.campana("run", "campaign.csv", "--concurrency", concurrency, "--yes", expect=code)
                    entries = simulator.ledger()
                    self.assertLessEqual(len(entries), 100 + concurrency)
                    self.assertEqual(self.counts(), {"accepted": 100, "pending": 200})
                    self.assertIn("200", result.err)
                    if does == "forbidden":
                        self.assertIn("doctor", result.err)
                    again = self.simulate(ledger="again.tsv")
                    self.campana("run", "campaign.csv", "--yes", expect=0)
                    self.assertEqual(self.counts(), {"accepted": 300})
                    self.assertEqual(len(again.ledger()), 200)

    def test_maintenance_can_be_waited_for(self):
        simulator = self.simulate(script="on 11-12: code -6\n")
        self.write_campaign(30)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--wait", "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 30})
        self.assertEqual(len(simulator.ledger()), 32)


if __name__ == "__main__":
    harness.main()
