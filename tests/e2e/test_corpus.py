"""The corpus: small files as spreadsheets really write them, with what must become of every row beside them."""

import json
import pathlib

import harness

CORPUS = pathlib.Path(__file__).parents[1] / "corpus"


class Corpus(harness.CampanaTest):
    def test_every_file_is_read_as_it_says_beside_it(self):
        files = sorted(CORPUS.glob("*.csv"))
        self.assertGreaterEqual(len(files), 60)
        for file in files:
            with self.subTest(file=file.stem):
                expected = json.loads(file.with_suffix(".json").read_text())
                self.campana("load", file, *expected["options"], expect=0)
                rows = self.report_json(file.stem)
                self.assertEqual(list(rows[0]["columns"]), expected["columns"])
                self.assertEqual([[row["row"], row["state"], row["msisdn"], row["text"], list(row["columns"].values())]
                                  for row in rows], expected["rows"])
                for row in rows:
                    self.assertEqual(row["reason"] is None, row["state"] == "pending")


class Rejects(harness.CampanaTest):
    def test_rejects_come_in_the_files_own_dialect_and_can_be_corrected_and_loaded_again(self):
        for encoding, mark in (("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("cp1252", b"")):
            for delimiter in ",;\t":
                name = "%s-%d-%d" % (encoding, len(mark), ord(delimiter))
                with self.subTest(name=name):
                    good = ["Ñato", harness.number(1), "Hola"]
                    bad = ["Íngrid", "31021A1111", "Año \"1\"\r\nfin"]
                    lines = [["Nombre", "Celular", "Mensaje"], good, bad]
                    text = "".join(delimiter.join('"%s"' % cell.replace('"', '""') for cell in line) + "\r\n" for line in lines)
                    self.write(name + ".csv", mark + text.encode(encoding))
                    self.campana("load", name + ".csv", "--rejects", name + ".rejects", expect=0)
                    rejected = (self.folder / (name + ".rejects")).read_bytes()
                    self.assertTrue(rejected.startswith(mark))
                    decoded = rejected[len(mark):].decode(encoding)
                    self.assertTrue(decoded.endswith("\r\n"))
                    self.assertEqual(decoded.count("Íngrid"), 1)
                    self.assertNotIn("Ñato", decoded)
                    corrected = decoded.replace("31021A1111", harness.number(2)).encode(encoding)
                    self.write("corrected.csv", mark + corrected)
                    self.campana("load", "corrected.csv", "--campaign", name + "-2", expect=0)
                    [row] = self.report_json(name + "-2")
                    self.assertEqual((row["state"], row["msisdn"]), ("pending", harness.number(2)))
                    self.assertEqual(row["columns"]["Nombre"], "Íngrid")

    def test_a_suppressed_row_names_its_list(self):
        self.write("bajas.csv", "sep=;\nNombre;Teléfono\nx;+57 300 000 0001\n")
        self.write("rne.txt", "573000000002\n3000000003\n")
        self.write_campaign(5)
        self.campana("load", "campaign.csv", "--suppress", "bajas.csv", "--suppress", "rne.txt", expect=0)
        rows = self.report_json("campaign")
        self.assertEqual([row["state"] for row in rows], ["pending", "suppressed", "suppressed", "suppressed", "pending"])
        self.assertIn("bajas.csv", rows[1]["reason"])
        self.assertIn("rne.txt", rows[2]["reason"])


class HostileTexts(harness.CampanaTest):
    TEXTS = [
        "\x00", "\x07", "\x1b[31mred\x1b[0m", "\x7f", "\u0085", "\u200b", "a\u200bb", "\ufeffa", "\u202eabc", "\u2066x\u2069", "\u200f",
        "😀", "👨‍👩‍👧", "❤️", "字", "русский", "עברית", "العربية", "e\u0301", "z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", "ﬁn", "𝐀𝐛", "①", "½", "№ 5",
        "'; DROP TABLE message; --", "\" OR 1=1", "$(reboot)", "`id`", "; rm -rf /", "%s%n%x", "%00", "%0d%0aX: y", "{nombre}", "{{x}}",
        "<script>alert(1)</script>", "&amp;&GSM=573000000000", "a=b&c=d", "+1 +2", "100 %", "../../etc/passwd", "\\x00\\n", "~^{}[]|\\€",
        "=1+1", "@SUM(A1)", "-1", "'x", "NULL", "null", "true", "0", "NaN", "\ttab", "a\nb", "a\r\nb", "   x   ", "x" * 159, "ñ" * 159, "€" * 79,
        "x" * 160, "€" * 80, "\x00abc", "\x1a", "\x0c", "\r", "a\rb", "\u2028", "\u061cabc", "\U000e0041\U000e007f", "Ａｂ", "1\ufe0f\u20e3", "ñ\u0303", "a\u0338",
        "\ufffd", "\U0010ffff", "\ud7ff", "\u00ad", "${IFS}cat", "%p%p%p%p", "1 UNION SELECT password", "\\'; DELETE FROM message; --", "<![CDATA[x]]>",
        "\"", "\"\"", ",", ";;", "|", "a\tb", "=cmd|' /C calc'!A0", "\u0130\u0131", "o\u0308\u0304", "\u200e1\u200e2",
    ]

    def test_the_gateway_gets_byte_for_byte_what_the_report_shows_or_the_row_is_invalid(self):
        simulator = self.simulate()
        lines = "".join('%s,"%s"\n' % (harness.number(i), text.replace('"', '""')) for i, text in enumerate(self.TEXTS))
        self.write("campaign.csv", ("celular,mensaje\n" + lines).encode())
        self.campana("run", "campaign.csv", "--delimiter", ",", "--yes", expect=0)
        received = self.assert_never_twice(simulator.ledger())
        rows = self.report_json("campaign")
        self.assertEqual(len(rows), len(self.TEXTS))
        for row in rows:
            if row["state"] == "accepted":
                self.assertEqual(received[row["msisdn"]]["text"], row["text"])
            else:
                self.assertEqual(row["state"], "invalid", row)
                self.assertTrue(row["reason"])
                self.assertNotIn(row["msisdn"], received)
        self.assertGreater(len(received), 30)
        for command in (["report", "campaign"], ["status", "campaign"], ["load", "campaign.csv", "--dry-run", "--sample", "20", "--delimiter", ","]):
            shown = self.campana(*command)
            for dangerous in "\x00\x07\x1b\x7f\u0085\u200b\u202e\u2066\u200f":
                self.assertNotIn(dangerous, shown.out + shown.err, command)


if __name__ == "__main__":
    harness.main()
