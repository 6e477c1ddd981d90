"""The house rules that a compiler does not check: who may include what, and which functions are not used."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parents[2]
FLOORS = ["base", "domain", "io", "campaign", "cli"]
ONE_INCLUDER = {
    "csv.h": r"io/csvfile\.c",
    "sqlite3.h": r"io/(store\w*\.[ch]|migrate\.c)",
    "curl/curl.h": r"io/http\w*\.[ch]",
    "iconv.h": r"io/encoding\.c",
    "openssl/": r"io/digest\.c",
    "roaring/": r"base/numberset\.c",
    "uni(str|norm|case|ctype|width)\\.h": r"base/utf8\.c",
    "microhttpd.h": r"simulator/\w+\.c",
    "ini.h": r"cli/config\.c",
}
BANNED = r"\b(strcpy|strcat|sprintf|vsprintf|atoi|atol|atof|strtok|gets|system|tmpnam|alloca)\s*\("


def sources():
    for path in sorted((ROOT / "src").rglob("*.[ch]")):
        yield path, str(path.relative_to(ROOT / "src")), path.read_text()


class House(unittest.TestCase):
    def test_a_file_includes_only_headers_of_its_own_floor_or_below(self):
        floor_of = {path.stem: FLOORS.index(path.parent.name) for path in (ROOT / "src").rglob("*.c")
                    if path.parent.name in FLOORS}
        for path, name, text in sources():
            if path.parent.name not in FLOORS:
                continue
            for header in re.findall(r'#include "campana/(\w+)\.h"', text):
                self.assertLessEqual(floor_of.get(header, 0), FLOORS.index(path.parent.name), "%s includes %s" % (name, header))

    def test_the_simulator_shares_only_the_lowest_floors(self):
        allowed = {path.stem for floor in ("base", "domain") for path in (ROOT / "src" / floor).glob("*.c")}
        for path, name, text in sources():
            if path.parent.name == "simulator":
                self.assertLessEqual(set(re.findall(r'#include "campana/(\w+)\.h"', text)), allowed, name)

    def test_each_foreign_library_has_one_includer(self):
        for path, name, text in sources():
            for header, allowed in ONE_INCLUDER.items():
                if re.search(r"#include <%s" % header, text):
                    self.assertRegex(name, "^%s$" % allowed)
        for path in (ROOT / "include").rglob("*.h"):
            self.assertIsNone(re.search(r"#include <(csv|sqlite3|curl|iconv|openssl|roaring|uni|microhttpd|ini)", path.read_text()),
                              path)

    def test_every_module_has_its_header_and_every_header_its_module(self):
        headers = {path.stem for path in (ROOT / "include" / "campana").glob("*.h")}
        modules = {path.stem for path in (ROOT / "src").rglob("*.c") if path.parent.name in FLOORS}
        self.assertEqual(headers - modules - {"block", "steps", "store", "engine", "hours"}, set())

    def test_banned_functions_are_not_used(self):
        for path, name, text in sources():
            code = re.sub(r'/\*.*?\*/|"(\\.|[^"\\])*"', "", text, flags=re.S)
            self.assertIsNone(re.search(BANNED, code), name)

    def test_only_the_command_line_prints_and_exits(self):
        for path, name, text in sources():
            if path.parent.name in FLOORS[:-1]:
                code = re.sub(r'/\*.*?\*/|"(\\.|[^"\\])*"', "", text, flags=re.S)
                self.assertIsNone(re.search(r"\b(printf|puts|perror|exit|_exit)\s*\(|\bstd(out|err)\b", code), name)


if __name__ == "__main__":
    unittest.main()
