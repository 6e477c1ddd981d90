"""Files that no spreadsheet should have written: a clear error or invalid rows, never a crash, never silence."""

import random

import harness
from harness import number

GOOD = number(1)


class HostileFiles(harness.CampanaTest):
    def assert_refused(self, content, *words, options=()):
        path = self.write("file.csv", content) if content is not None else "file.csv"
        result = self.campana("load", path, *options, expect=2)
        for word in words:
            self.assertIn(word, result.err)
        self.assertIn("file.csv", result.err)
        if self.db.exists():
            self.assertEqual(self.rows(), [])
            self.assertEqual(self.rows("SELECT * FROM campaign"), [])

    def test_a_missing_file(self):
        self.assert_refused(None, "No such file")

    def test_a_directory(self):
        (self.folder / "file.csv").mkdir()
        result = self.campana("load", "file.csv", expect=2)
        self.assertIn("directory", result.err)

    def test_an_empty_file(self):
        self.assert_refused("", "empty")

    def test_blank_lines_only(self):
        self.assert_refused("\n\r\n\n")

    def test_only_a_header(self):
        self.assert_refused("celular,mensaje\n", "row")

    def test_no_header(self):
        self.assert_refused("%s,Hola\n%s,Hola\n" % (number(1), number(2)), "--no-header")
        self.campana("load", "file.csv", "--no-header", "--phone", 1, "--text", 2, expect=0)
        self.assertEqual(self.counts(), {"pending": 2})
        self.assertEqual([row["row"] for row in self.rows()], [1, 2])

    def test_columns_that_nobody_knows(self):
        self.assert_refused("abc,def\n%s,Hola\n" % GOOD)
        self.assert_refused("celular,def\n%s,Hola\n" % GOOD, "--text", "def")
        self.campana("load", "file.csv", "--text", "def", expect=0)

    def test_an_unclosed_quote_names_the_row_where_it_opened(self):
        self.assert_refused('celular,mensaje\n%s,Hola\n%s,"nunca cerrado\n%s,x\n' % (GOOD, number(2), number(3)), "row 3")

    def test_an_unclosed_quote_before_a_hundred_megabytes_does_not_fill_memory(self):
        self.assert_refused(b'celular,mensaje\n1,"' + b"x" * 100_000_000, "row 2")

    def test_a_nul_byte_makes_its_row_invalid(self):
        self.write("file.csv", b"celular,mensaje\n%s,Hola\x00\n%s\x00,Hola\n%s,Hola\n"
                   % (GOOD.encode(), number(2).encode(), number(3).encode()))
        self.campana("load", "file.csv", expect=0)
        self.assertEqual([row["state"] for row in self.rows()], ["invalid", "invalid", "pending"])
        self.assertEqual(len(self.report_csv("file")), 3)

    def test_a_field_of_a_megabyte_makes_its_row_invalid(self):
        self.write("file.csv", "celular,mensaje\n%s,%s\n%s,Hola\n" % (GOOD, "x" * 1_000_000, number(2)))
        self.campana("load", "file.csv", expect=0)
        self.assertEqual([row["state"] for row in self.rows()], ["invalid", "pending"])
        self.assertEqual(self.report_json("file")[0]["columns"]["mensaje"], "x" * 1_000_000)

    def test_ten_thousand_columns(self):
        header = ["celular", "mensaje"] + ["c"] * 9998
        cells = [GOOD, "Hola"] + ["x"] * 9998
        self.write("file.csv", ",".join(header) + "\n" + ",".join(cells) + "\n")
        self.campana("load", "file.csv", expect=0)
        [row] = self.report_json("file")
        self.assertEqual(len(row["columns"]), 10000)
        self.assertEqual(list(row["columns"])[-1], "c_9998")

    def test_more_columns_than_any_spreadsheet_has(self):
        self.assert_refused("celular,mensaje\n" + ",".join(["x"] * 20000) + "\n")

    def test_workbooks_and_pictures_are_named(self):
        self.assert_refused(b"PK\x03\x04" + b"\x00" * 100, "CSV")
        self.assert_refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "CSV")
        self.assert_refused(b"%PDF-1.7\n" + b"\x00" * 100, "PDF")
        self.assert_refused(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)

    def test_random_bytes_never_crash(self):

        chance = random.Random(7)
        for i in range(30):
            self.write("file.csv", b"celular,mensaje\n" + chance.randbytes(chance.randrange(1, 5000)))
            result = self.campana("load", "file.csv", "--campaign", i)
            self.assertIn(result.code, (0, 2), result)

    def test_row_numbers_are_those_of_the_spreadsheet(self):
        self.write("file.csv", "celular,mensaje\r\n\r\n%s,\"dos\r\nlíneas\"\r\n\r\n%s,x\r\n" % (number(1), number(2)))
        self.campana("load", "file.csv", expect=0)
        self.assertEqual([row["row"] for row in self.rows()], [3, 5])

    def test_delimiters_and_encodings_that_excel_writes(self):
        table = [["Celular", "Mensaje", "Ciudad"], [GOOD, "Año; nuevo, ¿sí?", "Bogotá"], [number(2), "señor\tx", "Cali"]]
        i = 0
        for delimiter in ",;\t|":
            for encoding, bom in (("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b""), ("utf-16-le", b"\xff\xfe"),
                                  ("utf-16-be", b"\xfe\xff")):
                for line_end in ("\n", "\r\n", "\r"):
                    with self.subTest(delimiter=delimiter, encoding=encoding, line_end=line_end):
                        text = line_end.join(delimiter.join('"%s"' % cell for cell in row) for row in table) + line_end
                        self.write("file.csv", bom + text.encode(encoding))
                        i += 1
                        self.campana("load", "file.csv", "--campaign", i, expect=0)
                        rows = self.report_json(str(i))
                        self.assertEqual([row["columns"]["Ciudad"] for row in rows], ["Bogotá", "Cali"])
                        self.assertEqual(rows[0]["columns"]["Mensaje"], "Año; nuevo, ¿sí?")
                        self.assertEqual([row["state"] for row in rows], ["pending", "pending"])


if __name__ == "__main__":
    harness.main()
