"""Any table, written in any supported dialect and encoding, is read back cell for cell; the dialect and the encoding are
recognised, not told, wherever a spreadsheet program could have written the file."""

import os
import random

import harness
from harness import number

TABLES = int(os.environ.get("CAMPANA_TABLES", "150"))
SEED = int(os.environ.get("CAMPANA_SEED", "4"))
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252", "cp850", "iso-8859-15", "utf-32", "utf-16-le without mark"]
NARROW = ["a", "Ana", "x y", " ", "  ", "ñ", "é", "ü", "¿", "¡", "Á", "57", "0", "-1", "1,5", "3;4", "=", "'", "+", "@", "\\", "\"", "\"\"",
          "\n", "\r\n", "\r", ",", ";", "\t", "|", "{x}", "%s", "null", "#"]
WIDE = NARROW + ["字", "🎁", "e\u0301", "\u200b", "\u202e", "—", "“", "€", "\ufeff", "\u2028"]


def random_cell(chance, pieces):
    return "".join(chance.choice(pieces) for _ in range(chance.choice([0, 1, 1, 2, 3, 8])))


def random_table(chance, pieces):
    columns = chance.randrange(2, 8)
    header = ["Celular", "Mensaje"] + ["Columna %d ñ" % i for i in range(2, columns)]
    return [header] + [[number(row)] + [random_cell(chance, pieces) for _ in range(columns - 1)] for row in range(chance.randrange(1, 25))]


def encode(text, encoding):
    if encoding == "utf-16-le without mark":
        return text.encode("utf-16-le"), []
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    told = encoding in ("cp850", "iso-8859-15")
    return mark + text.encode(encoding), ["--encoding", encoding] if told else []


def quoted(cell, delimiter, everything):
    """As RFC 4180 has it (Python's csv module leaves a line feed bare where lines end otherwise)."""
    if everything or any(sign in cell for sign in (delimiter, '"', "\n", "\r")) or (cell and cell[0] == "\ufeff"):
        return '"%s"' % cell.replace('"', '""')
    return cell


def write(table, chance):
    """The table as some program writes it. Returns its text, and the options without which nobody could read it."""
    options = []
    delimiter = chance.choice(",;\t|")
    if chance.random() < 0.15:
        delimiter = chance.choice("^#~:")
        options = ["--delimiter", delimiter]
    line_end = chance.choice(["\n", "\r\n", "\r"])
    everything = chance.random() < 0.4
    lines = [delimiter.join(quoted(cell, delimiter, everything) for cell in row) for row in table]
    if not options and chance.random() < 0.2:
        lines.insert(0, chance.choice(["sep=%s", '"sep=%s"']) % delimiter)
    return line_end.join(lines) + chance.choice([line_end, line_end, ""]), options


class Tables(harness.CampanaTest):
    def test_any_table_is_read_back_cell_for_cell(self):
        for i in range(TABLES):
            chance = random.Random("%d/%d" % (SEED, i))
            encoding = chance.choice(ENCODINGS)
            wide = encoding.startswith("utf")
            table = random_table(chance, WIDE if wide else NARROW)
            text, options = write(table, chance)
            content, told = encode(text, encoding)
            with self.subTest(table=i, encoding=encoding, options=options):
                self.write("t%d.csv" % i, content)
                self.campana("load", "t%d.csv" % i, *options, *told, expect=0)
                rows = self.report_json("t%d" % i)
                self.assertEqual([list(row["columns"].values()) for row in rows], table[1:])
                self.assertEqual([row["row"] for row in rows], list(range(2, len(table) + 1)))
                self.assertEqual(list(rows[0]["columns"]), table[0])


if __name__ == "__main__":
    harness.main()
