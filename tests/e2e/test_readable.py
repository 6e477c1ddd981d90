"""Everything can be read at 80 columns, in a pipe, with NO_COLOR and on a dumb terminal."""

import re
import unicodedata

import harness
from harness import number

COMMANDS = ["run", "load", "send", "status", "report", "find", "resolve", "reconcile", "balance", "doctor", "pace", "stop", "hours",
            "forget"]
LONG = "Señora María José de los Ángeles Rodríguez Gutiérrez, su pedido nº 4711 está listo: pase a recogerlo hoy — gracias"


def width(line):
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


class Readable(harness.CampanaTest):
    def everyday(self):
        """Command lines with what is to be typed, over a campaign that has rows of every kind."""
        self.simulate("--balance", 120, script="on 3: close\non 5: code -4\non 7: html\n")
        lines = ["Número de celular;Mensaje;Ciudad"]
        lines += ["%s;%s (%d);Bogotá" % (number(i), LONG, i) for i in range(110)]
        lines += ["5.73102E+11;%s;Cali" % LONG, "31021A1111;x;Cali", "%s;otra vez;Cali" % number(1), "%s;;Cali" % number(900),
                  "%s;%s;Cali" % (number(901), LONG * 3), "6011234567;fijo;Cali"]
        self.write("Clientes de noviembre con un nombre largo.csv", "\n".join(lines) + "\n")
        name = "noviembre"
        file = "Clientes de noviembre con un nombre largo.csv"
        load = [file, "--campaign", name]
        return [
            (["help"], []), ([], []), (["--version"], []), (["sned"], []), (["run", "nada.csv"], []),
            *[(["help", command], []) for command in COMMANDS],
            (["load", *load, "--dry-run"], []),
            (["load", *load, "--text", "Ciudad", "--dry-run"], []),
            (["run", *load, "--rate", "20/min", "--hours", harness.closed_now()[1]], []),
            (["run", *load, "--rate", "20/min"], [("type their number", "no")]),
            (["run", *load, "--test-to", number(5000)], []),
            (["run", *load, "--concurrency", "1", "--limit", "20"], [("[y/N]", "y")]),
            (["load", *load, "--text-mode", "strict"], []),
            (["load", *load, "--template", "x"], []),
            (["send", name, "--concurrency", "1"], [("[y/N]", "y")]),
            (["send", name], []),
            (["status"], []), (["status", name], []), (["status", "nada"], []),
            (["report", name], []), (["report", name, "--state", "unknown,refused,invalid"], []),
            (["find", number(3)], []), (["find", number(2)], []), (["find", "57"], []),
            (["reconcile", name], []),
            (["resolve", name, "--as", "accepted", "--row", "3"], [("[y/N]", "n")]),
            (["resolve", name, "--as", "pending", "--row", "2"], []),
            (["resolve", name, "--as", "pending"], [("[y/N]", "y")]),
            (["resolve", name, "--as", "pending"], []),
            (["pace", name, "5/s"], []), (["stop", name], []),
            (["balance"], []), (["doctor"], []), (["hours"], []), (["hours", "2026-12-24"], []), (["hours", "x"], []),
            (["forget", name], []),
            (["forget", name, "--unfinished"], [("type the campaign's name", name)]),
            (["status", name], []), (["report", name], []),
        ]

    def check(self, environment, escapes):
        for arguments, answers in self.everyday():
            with self.subTest(arguments=arguments, environment=environment):
                text = self.on_a_terminal(arguments, answers, columns=80, **environment)
                self.assertIsNone(re.search(escapes, text), text)
                for line in re.split(r"[\n\r]", text):
                    line = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line)
                    self.assertLessEqual(width(line), 80, "%d columns: %s\n%s" % (width(line), line, text))

    def test_at_80_columns_on_a_dumb_terminal_nothing_is_wider_and_nothing_is_escaped(self):
        self.check({"TERM": "dumb"}, "[\x1b\r\x08]")

    def test_at_80_columns_with_no_color_nothing_is_wider_and_nothing_coloured(self):
        self.check({"TERM": "xterm-256color", "NO_COLOR": "1", "PAGER": "cat"}, "\x1b\\[[0-9;]*m")

    def test_the_progress_line_is_drawn_in_place_and_never_broken(self):
        self.simulate("--latency", 20)
        self.write_campaign(90)
        name = "diciembre " * 9
        text = self.on_a_terminal(["run", "campaign.csv", "--campaign", name, "--rate", "60/s"], [("[y/N]", "y")], columns=80,
                                  TERM="xterm", PAGER="cat")
        drawn = [piece for piece in re.split("\r\x1b\\[K", text) if piece.startswith("diciembre")]
        self.assertGreater(len(drawn), 2)
        for line in drawn:
            self.assertNotIn("\n", line)
            self.assertLess(width(line), 80)

    def test_in_a_pipe_there_are_lines_alone(self):
        for arguments, answers in self.everyday():
            if any(answer in ("n", "no") for _, answer in answers):
                continue  # a pipe is not asked
            with self.subTest(arguments=arguments):
                yes = ["--yes"] if answers else []
                result = self.campana(*arguments, *yes, env={"TERM": "xterm-256color"})
                for text in (result.out, result.err):
                    self.assertIsNone(re.search("[\x1b\r\x08]", text), text)
                    self.assertTrue(text == "" or text.endswith("\n"))


if __name__ == "__main__":
    harness.main()
