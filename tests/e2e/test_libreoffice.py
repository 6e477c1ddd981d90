"""Row numbers are those that LibreOffice shows, for blank lines, line breaks in quotes, and quotes in odd places."""

import csv
import io
import random
import subprocess

import harness
from harness import number

N = [number(i) for i in range(12)]
CASES = {
    "blank-lines": "%s,a\n\n%s,b\n\n\n%s,c\n" % tuple(N[:3]),
    "blank-lines-first": "\n\n%s,a\n%s,b" % tuple(N[:2]),
    "blank-lines-crlf": "%s,a\r\n\r\n%s,b\r\n\r\n" % tuple(N[:2]),
    "lone-cr": "%s,a\r\r%s,b\r%s,c\r" % tuple(N[:3]),
    "mixed-line-ends": "%s,a\r\n%s,b\r%s,c\n\r%s,d\r\r\n%s,e" % tuple(N[:5]),
    "quoted-line-breaks": '%s,"a\nb"\n\n%s,"c\r\nd\r\n\r\ne"\r\n%s,"f\rg"\n%s,h\n' % tuple(N[:4]),
    "quoted-line-break-and-doubled-quotes": '%s,"a ""b""\n""c"""\n%s,d\n' % tuple(N[:2]),
    "only-blanks-in-a-line": "%s,a\n   \n%s,b\n" % tuple(N[:2]),
    "only-delimiters-in-a-line": "%s,a\n,,\n%s,b\n" % tuple(N[:2]),
    "empty-quotes-in-a-line": '%s,a\n""\n%s,b\n' % tuple(N[:2]),
    "quote-not-doubled": '%s,"Promo 5" pulgadas\n%s,"otra"\n%s,x\n' % tuple(N[:3]),
    "quote-not-doubled-and-closed": '%s,"Hola "Ana" hoy"\n%s,x\n' % tuple(N[:2]),
    "quote-not-doubled-before-a-delimiter": '%s,"5" x, y",z\n%s,"a" b "c",d\n%s,e\n' % tuple(N[:3]),
    "quote-within-a-plain-cell": '%s,x 5" y\n%s,"z"\n' % tuple(N[:2]),
    "blanks-before-a-quote": '%s, "a, b\nc"\n%s, "d" \n%s,e\n' % tuple(N[:3]),
    "ragged": "%s,a\n%s\n%s,a,b,c\n\n%s,d\n" % tuple(N[:4]),
}


def random_sheet(seed):
    """Well formed, with all that may stand between two rows and within a cell."""
    chance = random.Random(seed)
    text, line_end = "", chance.choice(["\n", "\r\n", "\r", "\n\r"])
    for msisdn in N:
        text += line_end * chance.choice([0, 0, 0, 1, 2])
        cell = "".join(chance.choice(["a", "b c", ",", '""', "\n", "\r\n", "ñ", " "]) for _ in range(chance.randrange(6)))
        text += '%s,"%s"%s' % (msisdn, cell, line_end)
    return text


class LibreOffice(harness.CampanaTest):
    def convert(self, names):
        """Opens all of them as comma-separated UTF-8 and writes what stands in which row."""
        out = self.folder / "out"
        subprocess.run(["soffice", "--headless", "-env:UserInstallation=" + (self.folder / "profile").as_uri(), "--infilter=CSV:44,34,76,1",
                        "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", "--outdir", str(out), *names],
                       cwd=self.folder, env={**self.environment(), "HOME": str(self.folder)}, stdin=subprocess.DEVNULL,
                       capture_output=True, check=True, timeout=harness.DEADLINE_S)
        return {name: list(csv.reader(io.StringIO((out / name).read_text(), newline=""))) for name in names}

    def test_the_row_numbers_agree(self):
        sheets = {**CASES, **{"random-%d" % seed: random_sheet(seed) for seed in range(25)}}
        for name, content in sheets.items():
            self.write(name + ".csv", content)
        converted = self.convert([name + ".csv" for name in sheets])
        for name in sheets:
            with self.subTest(sheet=name):
                self.campana("load", name + ".csv", "--no-header", "--phone", 1, "--text", 2, "--delimiter", ",", expect=0)
                ours = {row["msisdn"]: row["row"] for row in self.report_json(name) if row["msisdn"] in N}
                theirs = {cells[0]: at for at, cells in enumerate(converted[name + ".csv"], 1) if cells and cells[0] in N}
                self.assertEqual(ours, theirs)
                self.assertGreaterEqual(len(ours), 2)


if __name__ == "__main__":
    harness.main()
