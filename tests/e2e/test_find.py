"""What support asks: what became of the messages to this number?"""

import json
import unittest

import harness
from harness import number

BIDI = "\u202egnp.exe"


class Find(harness.CampanaTest):
    def find(self, *arguments):
        return self.campana("find", *arguments, expect=0).out

    def find_json(self, *arguments):
        return json.loads(self.find(*arguments, "--json"))

    def test_the_whole_story_of_a_number_over_several_campaigns(self):
        self.simulate(script="to %s: empty\n" % number(1))
        self.write("uno.csv", "celular,mensaje\n%s,Hola\n%s,Chao\n%s,Otra vez\n" % (number(1), number(2), number(1)))
        self.campana("run", "uno.csv", "--yes", expect=9)
        self.campana("resolve", "uno", "--as", "pending", "--yes", expect=0)
        self.simulate("--balance", 0)
        self.campana("send", "uno", "--yes", expect=3)
        self.simulate()
        self.campana("send", "uno", "--yes", expect=0)
        self.write("dos.csv", 'celular,mensaje\n%s,\n' % number(1))
        self.campana("load", "dos.csv")
        self.write("tres.csv", "celular,mensaje\n%s,prueba\n" % number(7))
        self.campana("run", "tres.csv", "--test-to", number(1), "--yes")

        found = self.find_json(number(1))
        self.assertEqual(found["msisdn"], number(1))
        self.assertEqual([(m["campaign"], m["row"], m["state"]) for m in found["messages"]],
                         [("uno", 2, "accepted"), ("uno", 4, "duplicate"), ("dos", 2, "invalid")])
        first = found["messages"][0]
        self.assertEqual([(e["event"], e["state"], e.get("reason_code")) for e in first["history"]],
                         [("try", "unknown", "answer_empty"), ("decision", "pending", None),
                          ("try", "pending", "gateway_balance"), ("try", "accepted", None)])
        self.assertEqual(sorted(e["at"] for e in first["history"]), [e["at"] for e in first["history"]])
        self.assertEqual(first["history"][-1]["code"], first["code"])
        self.assertEqual(first["attempts"], 3)
        self.assertEqual([test["state"] for test in found["tests"]], ["accepted"])
        self.assertEqual(found["tests"][0]["text"], "prueba")

        words = self.find(number(1))
        self.assertEqual(words.split("\n")[0], "%s: 3 messages and 1 test message" % number(1))
        for fragment in ("«uno», row 2 of uno.csv", "«Hola»", "the gateway's answer was empty", "decided: no longer unknown",
                         "no balance left", "code %d" % first["code"], "the same number stands earlier", "there is no text",
                         "test message before «tres»"):
            self.assertIn(fragment, " ".join(words.split()))
        self.assertLessEqual(max(map(len, words.splitlines())), 80)

    def test_every_row_of_the_report_is_found_by_any_way_of_writing_its_number(self):
        rows = ["%s,Hola %d" % (number(i), i) for i in range(300)] + ["310 211 1111,Hola", "'57-310-211-2222,Hola"]
        self.write("campaign.csv", "celular,mensaje\n" + "\n".join(rows) + "\n")
        self.campana("load", "campaign.csv", expect=0)
        report = self.report_json("campaign")
        for line in report[::29] + report[-2:]:
            msisdn = line["msisdn"]
            for written in (msisdn, msisdn[2:], "+%s %s-%s" % (msisdn[:2], msisdn[2:5], msisdn[5:]), "00" + msisdn,
                            '="%s"' % msisdn):
                [message] = self.find_json(written)["messages"]
                for name in ("row", "text", "state", "code", "reason", "attempts", "first_sent_at"):
                    self.assertEqual(message[name], line[name])

    def test_a_number_of_another_country_needs_its_code(self):
        self.write("quito.csv", "celular,mensaje\n593991234567,Hola\n")
        self.campana("load", "quito.csv", "--country", 593, expect=0)
        self.assertEqual(len(self.find_json("991234567", "--country", "593")["messages"]), 1)
        self.assertEqual(len(self.find_json("593991234567")["messages"]), 1)

    def test_what_is_no_number_is_refused_and_what_is_not_there_is_said(self):
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        for wrong in ("31021A1111", "12", "6012345678", "x\x1b[31m"):
            result = self.campana("find", wrong, expect=2)
            self.assertNotIn("\x1b", result.err)
            self.assertIn("--country", result.err)
        self.assertIn("no campaign", self.find(number(9)))
        self.assertEqual(self.find_json(number(9)), {"msisdn": number(9), "messages": [], "tests": []})

    def test_a_hostile_text_is_shown_and_not_obeyed(self):
        self.write("malo.csv", "celular,mensaje\n%s,%s\x1b[31m\n" % (number(1), BIDI))
        self.campana("load", "malo.csv")
        words = self.find(number(1))
        self.assertNotIn("\x1b", words)
        self.assertNotIn("\u202e", words)
        self.assertIn("\\u{202e}", words)
        self.assertEqual(self.find_json(number(1))["messages"][0]["text"], BIDI + "\x1b[31m")

    def test_the_number_is_found_while_it_is_being_sent(self):
        self.simulate("--latency", 3600_000)
        self.write_campaign(1)
        process = self.start("run", "campaign.csv", "--timeout", 600, "--yes")
        try:
            self.wait_for(self.simulator.ledger, "nothing is sent", process)
            [found] = self.find_json(number(0))["messages"]
            self.assertEqual((found["state"], found["history"]), ("inflight", []))
        finally:
            process.kill()
            process.communicate()


if __name__ == "__main__":
    unittest.main()
