"""The reports in a real spreadsheet program: LibreOffice reads them headless, as set up in Colombia, and every cell is what it
was."""

import subprocess
import xml.etree.ElementTree as ElementTree

import harness
from harness import number

OFFICE, TABLE, TEXT = ("{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}" % name for name in ("office", "table", "text"))
SPANISH_OF_COLOMBIA = 9226  # Windows' number of the language (MS-LCID, 0x240A)

# As it stands in the file, as a number where a spreadsheet may take it for one.
CELLS = [("007", None), ("573102111111222", None), ("12345678901", 12345678901.0), ("-4", -4.0), ("12,5", 12.5), ("12,50", None),
         ("1.5", None), ("1.234", None), ("1/2", None), ("3-4", None), ("2026-11-24", None), ("10:30", None), ("5.73102E+11", None),
         ("1E5", None), ("+57 310", None), ("50%", None), ("=1+1", None), ("@SUM(1)", None), ("-a", None), ("+a", None),
         ("\u202eexe.txt", None), ('dijo "ya"; y', None), ("dos\nlíneas", None), ("a,b;c\td", None), ("  borde ", None),
         ("Bogotá ñ €", None), ("日本語 👍", None), ("'ya", None), ("=HYPERLINK(\"x\")", None), ("0", 0.0), ("-0", None)]


def plain_text(cell):
    """A cell's text: paragraphs are line breaks, and runs of spaces have an element of their own."""
    def words(node):
        yield node.text or ""
        for child in node:
            if child.tag == TEXT + "s":
                yield " " * int(child.get(TEXT + "c", "1"))
            elif child.tag == TEXT + "tab":
                yield "\t"
            elif child.tag == TEXT + "line-break":
                yield "\n"
            else:
                yield from words(child)
            yield child.tail or ""

    return "\n".join("".join(words(paragraph)) for paragraph in cell.findall(TEXT + "p"))


class Spreadsheet(harness.CampanaTest):
    def read(self, name, delimiter):
        """Rows of (text as shown, number or None)."""
        subprocess.run(["soffice", "-env:UserInstallation=" + (self.folder / "office").as_uri(), "--headless",
                        "--infilter=Text - txt - csv (StarCalc):%d,34,76,1,,%d" % (ord(delimiter), SPANISH_OF_COLOMBIA),
                        "--convert-to", "fods", "--outdir", str(self.folder), str(self.folder / name)],
                       check=True, timeout=harness.DEADLINE_S, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        table = []
        for row in ElementTree.parse((self.folder / name).with_suffix(".fods")).getroot().iter(TABLE + "table-row"):
            cells = []
            for cell in row.findall(TABLE + "table-cell"):
                value = cell.get(OFFICE + "value") if cell.get(OFFICE + "value-type") == "float" else None
                self.assertIsNone(cell.get(OFFICE + "date-value") if len(cells) > 10 else None)
                cells += [(plain_text(cell), None if value is None else float(value))] * \
                    min(int(cell.get(TABLE + "number-columns-repeated", "1")), 20)
            table.append(cells)
        return table

    def test_what_excel_would_change_stays_and_nothing_is_run(self):
        self.simulate()
        rows = ['%s,Hola %d,"%s"' % (number(i), i, cell.replace('"', '""')) for i, (cell, _) in enumerate(CELLS)]
        self.write("hoja.csv", "celular,mensaje,dato\n" + "\n".join(rows) + "\n")
        self.campana("run", "hoja.csv", "--yes", expect=0)
        self.campana("report", "hoja", "--excel", "--output", "excel.csv", expect=0)
        report = self.report_csv("hoja")
        table = self.read("excel.csv", ";")
        self.assertEqual([text for text, _ in table[0][:14]], list(report[0])[:14])
        for (cell, value), line, shown in zip(CELLS, report, table[1:]):
            self.assertEqual(shown[0][1], float(line["row"]))
            self.assertEqual(shown[1], (line["msisdn"], None))
            self.assertEqual(shown[3], ("accepted", None))
            self.assertEqual(shown[4][0], line["code"])
            self.assertEqual(shown[11], (line["msisdn"], None))
            self.assertEqual(shown[13][1], value, cell)
            if value is None:
                self.assertIn(shown[13][0], (cell, "'" + cell))
            if cell[0] in "=@":
                self.assertEqual(shown[13][0], "'" + cell)

    def test_the_plain_report_has_the_same_texts(self):
        texts = [cell for cell, value in CELLS if value is None and not cell[0].isdigit() and cell not in ("-0", "+57 310", "50%")]
        rows = ['%s,Hola,"%s"' % (number(i), cell.replace('"', '""')) for i, cell in enumerate(texts)]
        self.write("hoja.csv", "celular,mensaje,dato\n" + "\n".join(rows) + "\n")
        self.campana("load", "hoja.csv", expect=0)
        self.campana("report", "hoja", "--format", "csv", "--output", "plain.csv", expect=0)
        for cell, shown in zip(texts, self.read("plain.csv", ",")[1:]):
            self.assertIn(shown[13][0], (cell, "'" + cell))


if __name__ == "__main__":
    harness.main()
