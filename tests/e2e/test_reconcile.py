"""Reconciliation: what the account's balance says about unknown rows, for every number of them that was charged."""

import json
import shlex
import signal

import harness
from harness import number

UNKNOWN = 5


class Reconcile(harness.CampanaTest):
    def reconcile(self, *options, campaign="campaign"):
        return json.loads(self.campana("reconcile", campaign, "--json", *options, expect=0).out)

    def words(self, *options, campaign="campaign"):
        """The words, unwrapped."""
        return " ".join(self.campana("reconcile", campaign, *options, expect=0).out.split())

    def follow(self, command):
        """Gives the advised command as it was printed."""
        words = shlex.split(command)
        self.assertEqual(words[:2], ["campana", "resolve"])
        return self.campana(*words[1:], "--yes", expect=0)

    def script(self, charged, first=3):
        """The requests from `first` on are closed without an answer; so many of them are charged."""
        return "".join("on %d: close + %s\n" % (first + i, "charged" if i < charged else "free") for i in range(UNKNOWN))

    def test_every_number_of_charged_rows_from_none_to_all_is_told(self):
        for price in ("1", "2.50"):
            for charged in range(UNKNOWN + 1):
                with self.subTest(price=price, charged=charged):
                    self.fresh_folder("%s-%d" % (price, charged))
                    simulator = self.simulate("--balance", 100, "--price", price, script=self.script(charged))
                    self.write_campaign(12)
                    self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
                    self.assertEqual(self.counts(), {"accepted": 7, "unknown": UNKNOWN})
                    before = self.rows()
                    found = self.reconcile(*([] if price == "1" else ["--price", price]))
                    [span] = found["spans"]
                    self.assertEqual(span["charged"], {"least": charged, "most": charged}, found)
                    self.assertEqual(span["verdict"], {0: "none", UNKNOWN: "all"}.get(charged, "some"))
                    self.assertEqual(found["unknown"], UNKNOWN)
                    self.assertEqual(self.rows(), before, "it decides nothing by itself")
                    if charged not in (0, UNKNOWN):
                        self.assertIsNone(span["advice"])
                        continue
                    self.follow(span["advice"])
                    state = "accepted" if charged else "pending"
                    self.assertEqual({row["state"] for row in self.rows("SELECT state FROM message WHERE id BETWEEN 3 AND 7")},
                                     {state})
                    if not charged: # sent again, nobody pays twice
                        self.campana("send", "campaign", "--yes", expect=0)
                        self.assertEqual(self.counts(), {"accepted": 12})
                        self.assertEqual(float(self.campana("balance", expect=0).out), (100 - 12) * float(price))
                    self.assertEqual(len(simulator.ledger()), 12 if charged else 12 + UNKNOWN)

    def test_the_price_is_learned_from_a_run_without_unknown_rows(self):
        for charged in range(UNKNOWN + 1):
            with self.subTest(charged=charged):
                self.fresh_folder("price-%d" % charged)
                self.simulate("--balance", 100, "--price", "0.75", script=self.script(charged, first=5))
                self.write_campaign(12)
                self.campana("run", "campaign.csv", "--concurrency", 1, "--limit", 4, "--yes", expect=0)
                self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
                found = self.reconcile()
                self.assertEqual((found["price"], found["price_source"]), (0.75, "shown"))
                self.assertEqual(found["spans"][1]["charged"], {"least": charged, "most": charged})
                self.assertIn("A message costs 0.75, as 4 accepted messages show", self.words())
                self.assertIn("From the balance went 3: that agrees.", self.words())

    def crash(self, inflight, *arguments):
        """A run that is killed when two answers are recorded and so many requests are under way."""
        process = self.start("run", "campaign.csv", "--concurrency", inflight, "--timeout", 600, "--yes", *arguments)
        self.wait_for(lambda: len(self.simulator.ledger()) >= 2 + inflight, "nothing is sent", process)
        self.wait_for(lambda: (self.counts().get("accepted"), self.counts().get("inflight")) == (2, inflight),
                      "the answers are not recorded", process)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def test_a_crashed_run_is_judged_by_the_balance_of_now_and_by_that_of_the_next_run(self):
        for charged in range(UNKNOWN + 1):
            with self.subTest(charged=charged):
                self.fresh_folder("crash-%d" % charged)
                self.simulate("--balance", 100, script="".join(
                    "on %d: stall + %s\n" % (3 + i, "charged" if i < charged else "free") for i in range(UNKNOWN)))
                self.write_campaign(12)
                self.crash(UNKNOWN)
                accepted = self.counts()["accepted"]
                found = self.reconcile()
                [span] = found["spans"]
                self.assertTrue(span["asked_now"])
                self.assertEqual(span["inflight"], UNKNOWN)
                self.assertEqual(span["charged"], {"least": charged, "most": charged}, found)
                self.assertIn("inflight still", self.words())
                self.campana("send", "campaign", "--yes", expect=9)
                found = self.reconcile()
                self.assertEqual(len(found["spans"]), 2)
                self.assertEqual(found["spans"][0]["accepted"], accepted)
                self.assertEqual(found["spans"][0]["charged"], {"least": charged, "most": charged}, found)
                self.assertEqual(found["spans"][0]["balance_after"], str(100 - accepted - charged))
                if charged in (0, UNKNOWN):
                    self.follow(found["spans"][0]["advice"])
                    self.assertNotIn("unknown", self.counts())

    def test_several_runs_are_judged_apart_and_the_advice_names_the_run(self):
        self.simulate("--balance", 100, script="on 2: close + charged\non 5: close + free\non 6: close + free\n")
        self.write_campaign(9)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--limit", 3, "--yes", expect=0)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
        found = self.reconcile()
        self.assertEqual([span["verdict"] for span in found["spans"]], ["all", "none"])
        printed = self.campana("reconcile", "campaign", expect=0).out
        for span in found["spans"]:
            self.assertIn("--run %d" % span["first_run"], span["advice"])
            self.assertIn(span["advice"], printed)
            self.follow(span["advice"])
        self.assertEqual(self.counts(), {"accepted": 7, "pending": 2})
        self.campana("send", "campaign", "--yes", expect=0)
        self.assertEqual(self.counts(), {"accepted": 9})
        self.assertEqual(self.campana("resolve", "campaign", "--as", "accepted", "--run", 9, "--yes", expect=2).out, "")

    def test_what_a_person_has_decided_counts(self):
        self.simulate("--balance", 100, script=self.script(2))
        self.write_campaign(12)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
        self.campana("resolve", "campaign", "--as", "accepted", "--row", 4, "--row", 5, "--yes", expect=0)
        [span] = self.reconcile()["spans"]
        self.assertEqual((span["verdict"], span["unknown"], span["decided_accepted"]), ("none", 3, 2))
        self.campana("resolve", "campaign", "--as", "refused", "--row", 6, "--yes", expect=0)
        self.campana("resolve", "campaign", "--as", "accepted", "--state", "refused", "--row", 6, "--yes", expect=0)
        [span] = self.reconcile()["spans"]
        self.assertEqual(span["verdict"], "disagrees")

    def test_a_row_that_became_unknown_twice_is_judged_in_each_run(self):
        self.simulate("--balance", 100, script="on 2: close + free\non 4: close + charged\n")
        self.write_campaign(3)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
        self.assertEqual(self.reconcile()["spans"][0]["verdict"], "none")
        self.campana("resolve", "campaign", "--as", "pending", "--yes", expect=0)
        self.campana("send", "campaign", "--yes", expect=9)
        first, second = self.reconcile()["spans"]
        self.assertEqual((first["unknown"], first["decided_not_sent"], first["verdict"]), (0, 1, "nothing-unknown"))
        self.assertEqual((second["unknown"], second["verdict"]), (1, "all"))

    def use_elsewhere(self, count):
        """Somebody else sends from the same account."""
        kept = self.db
        self.db = self.folder / "other.db"
        self.write("other.csv", "celular,mensaje\n" + "".join("%s,x\n" % number(1000 + i) for i in range(count)))
        self.campana("run", "other.csv", "--yes", expect=0)
        self.db = kept

    def test_somebody_else_on_the_account_is_told_and_nothing_is_advised(self):
        self.simulate("--balance", 100, script="on 3: stall + charged\n")
        self.write_campaign(4)
        self.crash(1)
        self.use_elsewhere(9)
        [span] = self.reconcile()["spans"]
        self.assertEqual((span["verdict"], span["advice"]), ("too-much", None))
        self.assertIn("somebody else used the account", self.words())

    def test_credit_that_was_bought_is_told_and_nothing_is_advised(self):
        self.simulate("--balance", 100, script="on 3: stall + free\non 4: balance 500\n")
        self.write_campaign(4)
        self.crash(1)
        self.use_elsewhere(1)
        [span] = self.reconcile()["spans"]
        self.assertEqual((span["verdict"], span["advice"]), ("too-little", None))
        self.assertIn("credit was bought", self.words())

    def test_what_goes_after_the_run_keeps_none_from_being_said(self):
        self.simulate("--balance", 100, script="on 3: close + free\n")
        self.write_campaign(4)
        self.campana("run", "campaign.csv", "--concurrency", 1, "--yes", expect=9)
        self.assertEqual(self.reconcile()["spans"][0]["verdict"], "none")
        self.use_elsewhere(1)
        [span] = self.reconcile()["spans"]
        self.assertEqual((span["verdict"], span["charged"]), ("some", {"least": 0, "most": 1}))
        self.assertIn("charged late", self.words())

    def test_test_messages_are_paid_for_too(self):
        self.simulate("--balance", 100, script="on 4: stall + free\n")
        self.write_campaign(6)
        self.campana("load", "campaign.csv", expect=0)
        self.campana("send", "campaign", "--test-to", number(77), expect=0)
        self.crash(1)
        self.campana("send", "campaign", "--test-to", number(78), expect=0)
        found = self.reconcile()
        self.assertEqual(found["spans"][-1]["verdict"], "none", found)
        self.assertEqual(found["spans"][-1]["accepted"], 3)

    def test_without_a_balance_nothing_is_claimed(self):
        simulator = self.simulate("--user", harness.USER, "--password", harness.PASSWORD, "--balance", 100,
                                  script="on 2: stall + free\n")
        self.write_campaign(3)
        process = self.start("run", "campaign.csv", "--concurrency", 1, "--timeout", "0.5", "--yes")
        process.communicate(timeout=harness.DEADLINE_S)
        simulator.close()
        self.rows()
        database = harness.sqlite3.connect(self.db)
        database.execute("UPDATE run SET balance_before = NULL, balance_after = NULL")
        database.commit()
        database.close()
        result = self.campana("reconcile", "campaign", expect=0)
        self.assertIn("a balance is missing", " ".join(result.out.split()))
        self.assertIn("the balance of now is not known", result.err)

    def test_a_campaign_without_unknown_rows_or_without_runs(self):
        self.simulate("--balance", 100)
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        self.assertIn("Nothing of it has been sent yet.", self.words())
        self.campana("send", "campaign", "--yes", expect=0)
        self.assertIn("no row is unknown", self.words())
        self.assertEqual(self.reconcile()["spans"][0]["verdict"], "nothing-unknown")
        self.campana("reconcile", "other", expect=2)


if __name__ == "__main__":
    harness.main()
