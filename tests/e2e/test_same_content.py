"""A spreadsheet under another name is the same spreadsheet: nobody in it is written to twice unless a person names a campaign."""

import json
import re
import shlex
import shutil
import sqlite3
import time

import harness


class SameContent(harness.CampanaTest):
    def setUp(self):
        super().setUp()
        self.simulator = self.simulate()
        self.write_campaign(5)
        self.copy = "campaign (1).csv"
        shutil.copy(self.folder / "campaign.csv", self.folder / self.copy)

    def sent(self):
        return len(self.simulator.ledger())

    def test_a_copy_goes_on_with_what_its_original_left(self):
        self.campana("run", "campaign.csv", "--limit", 2, "--yes", expect=0)
        again = self.campana("run", self.copy, "--yes", expect=0)
        self.assertIn("Campaign «campaign» is loaded already, from this very content", again.err)
        self.assertIn("--campaign NAME", again.err)
        self.assertEqual(self.sent(), 5)
        self.assert_never_twice(self.simulator.ledger())
        self.campana("run", self.copy, "--yes", expect=0)
        self.assertEqual(self.sent(), 5)
        self.assertEqual(self.rows("SELECT name FROM campaign"), [{"name": "campaign"}])

    def test_a_copy_that_is_loaded_is_told_and_not_loaded(self):
        self.campana("load", "campaign.csv", expect=0)
        told = self.campana("load", self.copy, expect=0)
        self.assertIn("Campaign «campaign» is loaded already", told.out)
        self.assertIn("campana send campaign", told.err)
        verdict = json.loads(self.campana("load", self.copy, "--json", expect=0).out)
        self.assertEqual((verdict["campaign"], verdict["loaded_before"], verdict["same_content_as"]), ("campaign", True, "campaign"))
        self.assertEqual(self.counts(), {"pending": 5})

    def test_of_two_loads_at_the_same_moment_one_is_refused(self):
        self.campana("load", "-", "--campaign", "before", expect=0, stdin=b"telefono,mensaje\n3101234567,Hola\n")
        holder = sqlite3.connect(self.db, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        loads = [self.start("load", name) for name in ("campaign.csv", self.copy)]
        time.sleep(1)  # both have found nothing, and wait to write; where not, they are told of what is loaded before
        holder.execute("ROLLBACK")
        for load in loads:
            out, err = load.communicate(timeout=harness.DEADLINE_S)
            if load.returncode != 0:
                self.assertEqual(load.returncode, 2, err)
                self.assertIn(b"another process has just loaded the campaign", err)
        self.assertEqual(self.rows("SELECT count(*) AS n FROM campaign WHERE name <> 'before'"), [{"n": 1}])

    def test_a_new_name_sends_again_with_a_warning(self):
        self.campana("run", "campaign.csv", "--yes", expect=0)
        again = self.campana("run", self.copy, "--campaign", "otra vez", "--yes", expect=0)
        self.assertIn("WARNING: campaign «campaign» was loaded from this very content: its recipients would be written to again", again.err)
        self.assertEqual(self.sent(), 10)
        content = (self.folder / "campaign.csv").read_bytes()
        piped = self.campana("load", "-", "--campaign", "y otra", expect=0, stdin=content)
        self.assertIn("WARNING: campaign «otra vez» was loaded from this very content", piped.out)

    def test_a_name_that_has_other_content_is_refused_with_a_way_out_that_a_shell_reads(self):
        self.campana("load", "campaign.csv", "--campaign", "otra vez", expect=0)
        with open(self.folder / self.copy, "a", encoding="utf-8") as sheet:
            sheet.write("3109999999,one more\n")
        refused = self.campana("run", self.copy, "--campaign", "otra vez", "--yes", expect=2)
        self.assertIn("from other content (campaign.csv)", refused.err)
        way_out = shlex.split(refused.err.rpartition("go on with what is loaded: campana ")[2].splitlines()[0])
        self.campana(*way_out, "--yes", expect=0)
        self.assertEqual(self.sent(), 5)
        self.campana("forget", "otra vez", "--yes", expect=0)
        refused = self.campana("run", self.copy, "--campaign", "otra vez", "--yes", expect=2)
        self.assertIn("(forgotten since)", refused.err)
        self.assertNotIn("go on with", refused.err)

    def test_a_corrected_sheet_spares_whom_it_has_written_to_where_the_way_out_is_taken(self):
        self.campana("run", "campaign.csv", "--yes", expect=0)
        with open(self.folder / "campaign.csv", "a", encoding="utf-8") as sheet:
            sheet.write("3109999999,one more\n")
        refused = self.campana("run", "campaign.csv", "--yes", expect=2)
        self.assertIn("which writes to everybody in it", refused.err)
        self.campana(*re.search(r"campana (report campaign --state \S+ --format csv --output written.csv)", refused.err)[1].split(), expect=0)
        sent = self.sent()
        self.campana("run", "campaign.csv", "--campaign", "segunda", "--suppress", "written.csv", "--yes", expect=0)
        self.assertEqual(self.sent(), sent + 1)

    def test_a_forgotten_one_is_refused_and_other_settings_are_too(self):
        self.campana("load", "campaign.csv", expect=0)
        other = self.campana("run", self.copy, "--text-mode", "ascii", "--yes", expect=2)
        self.assertIn('loaded already as "campaign", but with other settings: --text-mode', other.err)
        self.campana("forget", "campaign", "--unfinished", "--yes", expect=0)
        forgotten = self.campana("run", self.copy, "--yes", expect=2)
        self.assertIn('loaded as "campaign" before, and that campaign was forgotten', forgotten.err)
        self.assertIn("--campaign NAME", forgotten.err)
        self.assertEqual(self.sent(), 0)

    def test_who_opted_out_since_is_spared_as_the_message_says(self):
        (self.folder / "lists.csv").write_text("celular\n%s\n" % harness.number(4))
        self.campana("run", "campaign.csv", "--suppress", "lists.csv", "--limit", 2, "--yes", expect=0)
        (self.folder / "lists.csv").write_text("celular\n%s\n%s\n" % (harness.number(4), harness.number(3)))
        for name in ("campaign.csv", self.copy):
            refused = self.campana("run", name, "--suppress", "lists.csv", "--yes", expect=2)
            self.assertIn("campana send campaign goes by the lists as they were then, and would write to whoever was added since", refused.err)
            command = re.search(r"campana (report campaign --state \S+ --format csv --output written.csv)", refused.err)[1]
        self.campana(*command.split(), expect=0)
        self.campana("run", "campaign.csv", "--campaign", "rest", "--suppress", "lists.csv", "--suppress", "written.csv", "--yes", expect=0)
        self.assertEqual(sorted(entry["msisdn"] for entry in self.simulator.ledger()), sorted(harness.number(i) for i in range(3)))

    def test_rejects_that_were_not_written_come_with_the_command_that_writes_them(self):
        with open(self.folder / "campaign.csv", "a", encoding="utf-8") as file:
            file.write("abc,x\n")
        for command in (["load"], ["run", "--yes"]):
            self.campana("load", "campaign.csv", "--max-length", 80, expect=0)
            told = self.campana(*command, "campaign.csv", "--max-length", 80, "--rejects", "rej 1.csv", expect=0)
            named = re.search(r"rej 1.csv was not written: .* To have it now: (.*)", told.err)[1]
            self.assertEqual(shlex.split(named), ["campana", "load", "campaign.csv", "--max-length", "80", "--dry-run", "--rejects", "rej 1.csv"])
            self.campana(*shlex.split(named)[1:], expect=0)
            self.assertIn("abc", (self.folder / "rej 1.csv").read_text(encoding="utf-8"))
            told = self.campana(*command, "campaign.csv", "--max-length", 80, "--rejects", "rej 1.csv", expect=0)
            self.assertIn("rej 1.csv is there already, and was left as it is", told.err)
            (self.folder / "rej 1.csv").unlink()

    def test_a_dry_run_tells_the_same_and_makes_no_database(self):
        self.campana("load", self.copy, "--dry-run", expect=0)
        self.assertFalse(self.db.exists())
        self.campana("load", "campaign.csv", expect=0)
        for name in (self.copy, "campaign.csv"):
            told = self.campana("load", name, "--dry-run", expect=0)
            self.assertIn("WARNING: campaign «campaign» was loaded from this very content: it is loaded again only under another name", told.out)
        told = self.campana("load", self.copy, "--dry-run", "--campaign", "otra", expect=0)
        self.assertIn("its recipients would be written to again", told.out)
        self.db.write_bytes(b"no database at all" * 100)
        told = self.campana("load", self.copy, "--dry-run", expect=0)
        self.assertIn("whether this content is loaded already is not known", told.err)


if __name__ == "__main__":
    harness.main()
