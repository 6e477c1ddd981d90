"""Spreadsheets with blemishes: nothing is guessed silently, no row is swallowed, and what is refused says how to mend it."""

import json

import harness
from harness import number


class Sheets(harness.CampanaTest):
    def check(self, content, *options, name="f.csv"):
        """The verdict of a dry run, as JSON and in words."""
        self.write(name, content)
        arguments = ["load", name, "--dry-run", "--sample", 20, *options]
        verdict = json.loads(self.campana(*arguments, "--json", expect=0).out)
        return verdict, self.campana(*arguments, expect=0).out

    def texts(self, verdict):
        return [(sample["row"], sample["msisdn"], sample["text"]) for sample in verdict["samples"]]

    def refuse(self, content, *options, words=(), name="f.csv"):
        self.write(name, content)
        error = self.campana("load", name, *options, expect=2).err
        for word in words:
            self.assertIn(word, error)
        self.assertFalse(self.db.exists() and self.rows("SELECT * FROM campaign"))
        return error


class Quotes(Sheets):
    def test_a_quote_that_is_not_doubled_swallows_no_row(self):
        verdict, words = self.check('celular,mensaje\n%s,"Promo 5" pulgadas\n%s,"otra"\n' % (number(1), number(2)))
        self.assertEqual(self.texts(verdict), [(2, number(1), 'Promo 5" pulgadas'), (3, number(2), "otra")])
        self.assertEqual(verdict["odd_quotes"], {"cells": 1, "first_row": 2})
        self.assertIn("WARNING: 1 quote stands in an odd place (row 2)", words)

    def test_a_quote_that_was_never_closed_is_noticed_at_the_next_one(self):
        self.refuse('celular,mensaje\n%s,"abierto\n%s,"x"\n%s,"y"\n' % (number(1), number(2), number(3)), words=["row 2", "never closed"])

    def test_a_text_never_takes_in_the_cell_behind_it(self):
        for end in ("\n", ""):
            self.refuse('celular,mensaje,nombre\n%s,"Promo 5" pulgadas,Ana%s' % (number(1), end), words=["row 2", "never closed"])

    def test_blanks_around_quotes_cut_no_text(self):
        verdict, _ = self.check('celular, mensaje\n%s, "Hola, Ana" \n' % number(1))
        self.assertEqual(self.texts(verdict), [(2, number(1), "Hola, Ana")])

    def test_a_comma_that_nobody_quoted_is_told(self):
        verdict, words = self.check("celular,mensaje\n%s,Hola\n%s,Hola, Ana\n%s,Hola,,\n" % (number(1), number(2), number(3)))
        self.assertEqual(verdict["wide_rows"], {"rows": 1, "first_row": 3})
        self.assertIn("WARNING: 1 row has text behind the last column (row 3)", words)


class Headers(Sheets):
    ROWS = "%s,Ana\n%s,Luz\n" % (number(1), number(2))

    def test_a_first_message_is_not_lost_as_a_header(self):
        for options in (["--text", 2], ["--template", "Hola"]):
            self.refuse(self.ROWS, "--phone", 1, *options, words=["row 1 holds a telephone number", "--no-header"])

    def test_columns_without_a_header_are_named_by_their_place(self):
        verdict, _ = self.check(self.ROWS, "--no-header", "--phone", 1, "--template", "Hola {2}")
        self.assertEqual(self.texts(verdict), [(1, number(1), "Hola Ana"), (2, number(2), "Hola Luz")])
        self.refuse(self.ROWS, "--no-header", "--phone", "celular", words=['the columns are: "1", "2"'])
        self.refuse(self.ROWS, "--no-header", "--phone", 1, "--template", "{3}", words=["{3}", '"1", "2"'])

    def test_emoji_and_braces_in_headers(self):
        verdict, _ = self.check("📱,{x},nombre\n%s,a,Ana\n" % number(1), "--phone", "📱", "--template", "{{{nombre}}}")
        self.assertEqual(self.texts(verdict), [(2, number(1), "{Ana}")])


class Encodings(Sheets):
    def test_one_byte_of_another_encoding_spoils_no_other_row(self):
        rows = ["%s,Año %d" % (number(i), i) for i in range(100000)]
        content = ("celular,mensaje\n" + "\n".join(rows)).encode().replace("Año 89998\n".encode(), b"A\xf1o\n")
        error = self.refuse(content, words=["row 90000:", "0xF1", "two encodings are mixed", "--encoding windows-1252"])
        self.assertNotIn("Ã", error)

    def test_the_encoding_is_chosen_by_the_whole_file(self):
        rows = ["%s,Hola" % number(i) for i in range(20000)]
        verdict, words = self.check(("celular,mensaje\n" + "\n".join(rows)).encode() + b"\n573999999999,Adi\xf3s, a\xf1o\n")
        self.assertEqual((verdict["encoding"], verdict["counts"]["pending"]), ("WINDOWS-1252", 20001))
        self.assertIn("WINDOWS-1252 (no byte-order mark and not UTF-8", words)

    def test_utf_16_without_its_mark(self):
        for encoding in ("utf-16-le", "utf-16-be"):
            verdict, words = self.check("celular\tmensaje\r\n{}\tAño\r\n".format(number(1)).encode(encoding))
            self.assertEqual(self.texts(verdict), [(2, number(1), "Año")])
            self.assertIn("(by its zero bytes)", words)

    def test_standard_input_takes_all_of_it(self):
        table = "sep=;\r\ncelular;mensaje\r\n{};Año\r\n".format(number(1))
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            out = self.campana("load", "-", "--campaign", "x", "--dry-run", "--json", stdin=table.encode(encoding), expect=0).out
            self.assertEqual(json.loads(out)["samples"][0]["text"], "Año")
        for head, what in ((b"PK\x03\x04", "workbook"), (b"\xd0\xcf\x11\xe0", ".xls"), (b"%PDF-1.4", "PDF"), (b"\x89PNG\r\n", "PNG"),
                           (b"\xff\xd8\xff\xe0", "JPEG"), (b"<table><tr>", "web page")):
            error = self.campana("load", "-", "--campaign", "x", stdin=head + bytes(60), expect=2).err
            self.assertIn("standard input: this is no CSV file", error)
            self.assertIn(what, error)
            self.assertIn("CSV", error.partition(what)[2])


class Verdict(Sheets):
    def test_a_dry_run_stores_nothing_and_makes_no_database(self):
        self.check("celular,mensaje\n%s,Hola\n" % number(1))
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["f.csv"])

    def test_the_first_row_of_each_reason_is_shown_with_what_is_wrong(self):
        verdict, words = self.check("celular,mensaje\n31021A1111,x\n310211111,x\n%s,Feliz 🎉\n" % number(1))
        self.assertIn("(row 2: «31021A1111»)", words)
        self.assertIn("(row 3: «310211111»)", words)
        self.assertIn("(row 4: 🎉 (U+1F389) is not in the SMS alphabet", words)
        self.assertEqual([reason["first"] for reason in verdict["reasons"]][:2], ["31021A1111", "310211111"])

    def test_every_number_that_is_refused_says_why(self):
        cases = {"": "no telephone number", "5,73102E+11": "rounded", "5.73102E+11": "rounded", "3102111111/3102111112": "more than one",
                 "31021A1111": "letter", "576012345678": "fixed line", "6012345678": "fixed line", "310211111": "9 digits",
                 "5731021111111": "13 digits", "03102111111": "a 0 stands in front"}
        self.write("f.csv", "celular;mensaje\n" + "".join("%s;x\n" % case for case in cases))
        self.campana("load", "f.csv", expect=0)
        rows = self.report_json("f")
        self.assertEqual(len({row["reason"] for row in rows}), 8)
        for row, (case, words) in zip(rows, cases.items()):
            self.assertEqual((row["state"], row["msisdn"] or ""), ("invalid", case))
            self.assertIn(words, row["reason"])


class Suppression(Sheets):
    SHEET = "celular,mensaje\n%s,a\n%s,b\n%s,c\n" % (number(1), number(2), number(3))

    def test_an_entry_that_cannot_be_read_is_told_with_its_file_and_row(self):
        self.write("bajas.csv", "Nombre;Línea\nAna;%s\nLuz;31021111\nEva;5,73102E+11\nTel;6012345678\n" % number(2))
        verdict, words = self.check(self.SHEET, "--suppress", "bajas.csv")
        [found] = verdict["suppression"]
        self.assertEqual(found, {"file": "bajas.csv", "numbers": 1, "column": 2, "unreadable_rows": 2, "first_unreadable_row": 3})
        self.assertIn("WARNING: 2 rows of it hold no number that can be read", words)
        self.assertEqual(verdict["counts"]["suppressed"], 1)

    def test_a_broken_first_entry_of_a_list_without_a_header_is_told_too(self):
        self.write("rne.txt", "31021111\n%s\n" % number(1))
        verdict, _ = self.check(self.SHEET, "--suppress", "rne.txt")
        self.assertEqual(verdict["suppression"][0]["first_unreadable_row"], 1)

    def test_the_most_usual_name_wins_and_every_list_counts(self):
        self.write("a.csv", "telefono,celular\n6012345678,%s\n" % number(1))
        self.write("b.txt", b"\xff\xfe" + ("Nombre\tCelular\r\nÑ\t'%s\r\n" % number(3)).encode("utf-16-le"))
        verdict, _ = self.check(self.SHEET, "--suppress", "a.csv", "--suppress", "b.txt")
        self.assertEqual([found["column"] for found in verdict["suppression"]], [2, 2])
        self.assertEqual(self.texts(verdict), [(3, number(2), "b")])

    def test_the_campaign_itself_as_a_list_suppresses_everybody(self):
        verdict, _ = self.check(self.SHEET, "--suppress", "f.csv")
        self.assertEqual(verdict["counts"]["suppressed"], 3)


class Templates(Sheets):
    SHEET = "celular,nombre\n%s,Ana\n%s,\n%s,\u00a0\n%s,\u00a0Luz \n" % tuple(number(i) for i in range(4))

    def test_a_template_file_may_be_of_any_editor(self):
        text = "Hola {Nombre|cliente},\r\nfeliz año\r\n"
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            self.write("t.txt", text.encode(encoding))
            verdict, words = self.check(self.SHEET, "--template-file", "t.txt")
            self.assertEqual([sample["text"] for sample in verdict["samples"]],
                             ["Hola %s,\nfeliz año" % name for name in ("Ana", "cliente", "cliente", "Luz")])
            self.assertIn("message from a template in a file (", words)
        self.write("t.txt", b"PK\x03\x04word/document.xml")
        self.refuse(self.SHEET, "--template-file", "t.txt", words=["t.txt", "Word document"])

    def test_a_field_that_is_empty_names_its_row_and_column(self):
        _, words = self.check(self.SHEET, "--template", "Hola {nombre}")
        self.assertIn('(first row 3: column "nombre")', words)
        self.refuse(self.SHEET, "--template", "{apellido}", words=["{apellido}", 'the columns are: "celular", "nombre"'])

    def test_a_template_may_come_from_standard_input_or_a_pipe(self):
        self.write("f.csv", self.SHEET)
        for path in ("-", "/dev/stdin"):
            out = self.campana("load", "f.csv", "--dry-run", "--template-file", path, stdin="Feliz día, {nombre|cliente}\n".encode(), expect=0).out
            self.assertIn("«Feliz dia, Ana»", out)
        self.assertIn("this is too long", self.campana("load", "f.csv", "--template-file", "/dev/zero", expect=2).err)

    def test_standard_input_is_read_once(self):
        for options in (["--template-file", "-"], ["--suppress", "-"]):
            error = self.campana("load", "-", "--campaign", "x", *options, stdin=b"celular\n", expect=2).err
            self.assertIn("standard input (-) can be only one of", error)


class Again(Sheets):
    def test_rejects_corrected_in_vain_get_a_new_reason_in_the_same_column(self):
        self.write("f.csv", "celular;mensaje\n31021A1111;Hola\n310;x;y\n")
        self.campana("load", "f.csv", "--rejects", "r1.csv", expect=0)
        first = (self.folder / "r1.csv").read_text()
        self.assertEqual(first.splitlines()[0], "celular;mensaje;campana_reason")
        self.write("r1.csv", first.replace("31021A1111", "6012345678"))
        self.campana("load", "r1.csv", "--rejects", "r2.csv", expect=0)
        second = (self.folder / "r2.csv").read_text().splitlines()
        self.assertEqual(second[0], "celular;mensaje;campana_reason")
        self.assertRegex(second[1], "^6012345678;Hola;the number is that of a fixed line")
        self.write("r2.csv", "\n".join(second).replace("6012345678", number(1)) + "\n")
        self.campana("load", "r2.csv", expect=0)
        self.assertEqual([row["state"] for row in self.report_json("r2")], ["pending", "invalid"])

    def test_the_same_file_with_other_settings_says_which(self):
        self.write("bajas.txt", number(9))
        self.write_campaign(2)
        self.campana("load", "campaign.csv", "--suppress", "bajas.txt", expect=0)
        self.write("bajas.txt", number(8))
        error = self.campana("load", "campaign.csv", "--suppress", "bajas.txt", "--max-length", 160, expect=2).err
        self.assertIn("--max-length was 159 and is 160; the suppression lists (--suppress) said something else then", error)
        self.assertNotIn("{", error)

    def test_run_gives_its_verdict_to_programs_too(self):
        self.simulate()
        self.write_campaign(2)
        verdict = json.loads(self.campana("run", "campaign.csv", "--json", "--yes", expect=0).out)
        self.assertEqual((verdict["to_be_paid"], verdict["campaign"]), (2, "campaign"))
        self.assertIn("campana load FILE --dry-run", self.campana("run", "campaign.csv", "--dry-run", expect=2).err)


if __name__ == "__main__":
    harness.main()
