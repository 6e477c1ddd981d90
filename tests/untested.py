#!/usr/bin/env python3
"""Holds tests/untested.md against what the tests reach, as gcovr has counted it.

  tests/untested.py COVERAGE.json          fails where a branch is untested and has no sentence
  tests/untested.py --list COVERAGE.json   every untested branch of these rooms, with its line

A branch that is never taken needs a sentence, and so does a function that is never called; what stands behind such a branch
does not. A sentence names its function and quotes of the condition what is enough to find it.
"""

import fnmatch
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SENTENCES = ROOT / "tests" / "untested.md"
ROOMS = ["src/io/store*.c", "src/campaign/engine*.c", "src/domain/gateway*.c", "src/domain/job.c"]

HEADING = re.compile(r"^## `?(src/\S+?\.[ch])`?$")
SENTENCE = re.compile(r"^- `(\w+)`(?:, `(.+?)`)?: (\S.*)$")


def read_sentences(text):
    """(file, function, quoted part of the condition or None) of every sentence."""
    file, found = None, []
    for line in text.splitlines():
        heading = HEADING.match(line)
        file = heading.group(1) if heading else file
        if line.startswith("- ") and file is not None:
            sentence = SENTENCE.match(line)
            if sentence is None:
                sys.exit("untested.md: this line is none of \"- `function`, `condition`: sentence\": %s" % line)
            found.append((file, sentence.group(1), sentence.group(2)))
    return found


def functions_of(entry):
    """The functions with their first and last lines."""
    starts = sorted((function["lineno"], function["name"], function["execution_count"]) for function in entry["functions"])
    last = max((line["line_number"] for line in entry["lines"]), default=0)
    for place, (first, name, count) in enumerate(starts):
        end = starts[place + 1][0] - 1 if place + 1 < len(starts) else last
        yield name, first, end, count


def untested(entry):
    """(function, line, source) of every branch that is reached and not taken, and of functions that are never called."""
    source = (ROOT / entry["file"]).read_text().splitlines()
    lines = {line["line_number"]: line for line in entry["lines"] if not line.get("gcovr/noncode")}
    for name, first, last, count in functions_of(entry):
        if count == 0:
            yield name, first, source[first - 1].strip()
            continue
        for number in range(first, last + 1):
            line = lines.get(number)
            if line and line["count"] > 0 and any(branch["count"] == 0 for branch in line["branches"]):
                yield name, number, source[number - 1].strip()


def explained(file, function, source, sentences):
    return any(file == of and function == named and (quoted is None or quoted in source) for of, named, quoted in sentences)


def stale(sentences, entries):
    """Sentences about what is not in the source any more."""
    for file, function, quoted in sentences:
        bounds = [(first, last) for name, first, last, _ in functions_of(entries[file]) if name == function] if file in entries else []
        body = (ROOT / file).read_text().splitlines()[bounds[0][0] - 1:bounds[0][1]] if bounds else []
        if not any(quoted is None or quoted in line for line in body):
            yield "%s: %s%s" % (file, function, ", " + quoted if quoted else "")


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--list"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    files = json.loads(pathlib.Path(arguments[0]).read_text())["files"]
    entries = {entry["file"]: entry for entry in files if any(fnmatch.fnmatch(entry["file"], room) for room in ROOMS)}
    sentences = read_sentences(SENTENCES.read_text())
    if len(arguments) < len(sys.argv) - 1:
        for file, entry in sorted(entries.items()):
            for function, number, source in untested(entry):
                print("%s:%d: %s: %s" % (file, number, function, source))
        return
    unexplained = ["%s:%d: %s: %s" % (file, number, function, source) for file, entry in sorted(entries.items())
                   for function, number, source in untested(entry) if not explained(file, function, source, sentences)]
    gone = list(stale(sentences, entries))
    if unexplained:
        print("Untested, without a sentence in tests/untested.md that says why:\n  " + "\n  ".join(unexplained))
    if gone:
        print("Explained in tests/untested.md, but not in the source:\n  " + "\n  ".join(gone))
    if unexplained or gone:
        sys.exit(1)
    print("tests/untested.md says why of every branch that no test takes in store, engine, gateway and job.")


if __name__ == "__main__":
    main()
