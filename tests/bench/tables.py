"""Loading, reporting, starting: campana against sqlite3's own shell and sqlite-utils; and how cost and memory grow."""
import sqlite3
import statistics

import bench
import material
import servers
import spreadsheet

MEMORY_MOST_MIB = 64


def campana(place, database, *arguments):
    return [place.program("campana"), "--db", database, *arguments]


def remove(database):
    for ending in ("", "-wal", "-shm", "-sender"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def loader(place, database, sheet, rows):
    return bench.Contender("campana load", campana(place, database, "load", sheet, "--campaign", "c"), rows,
                           before=lambda: remove(database), all_cores=True)


def load(place):
    rows = place.rows or 1_000_000
    sheet = spreadsheet.write(place.folder / "load.csv", rows)
    ours, bare = place.folder / "load.db", place.folder / "bare.db"
    shell = bench.Contender("sqlite3 .import, bare table", ["sqlite3", bare, ".import --csv %s message" % sheet], rows,
                            before=lambda: remove(bare), all_cores=True)
    peers = [shell]
    few = min(rows, 100_000)
    short = spreadsheet.write(place.folder / "short.csv", few)
    peers.append(bench.Contender("sqlite-utils insert --csv", ["sqlite-utils", "insert", bare, "message", short, "--csv"], few,
                                 before=lambda: remove(bare), all_cores=True))
    place.compare("load %s rows, with all checks" % "{:,}".format(rows), loader(place, ours, sheet, rows), peers, "rows/s",
                  {shell.name: "≥ 1.0"})
    remove(ours)
    remove(bare)


def as_if_sent(database, but=0):
    """All rows accepted but so many at the end, by the moves that a sender makes, so that a report has something to write in
    every column."""
    connection = sqlite3.connect(database)
    connection.execute("UPDATE message SET state = 'inflight', attempts = 1, first_sent_at_ms = 1764000000000 + id * 7"
                       " WHERE state = 'pending' AND id <= (SELECT max(id) FROM message) - ?", (but,))
    connection.execute("UPDATE message SET state = 'accepted', code = 17954223921 + id, http_status = 200, latency_ms = id % 97,"
                       " finished_at_ms = first_sent_at_ms + id % 97 WHERE state = 'inflight'")
    connection.commit()
    connection.close()


def report(place):
    rows = place.rows or 1_000_000
    sheet = material.spreadsheet(place.folder / "report.csv", rows)
    database = place.folder / "report.db"
    loader(place, database, sheet, rows).go()
    as_if_sent(database)
    out = place.folder / "out.csv"
    columns = ("row, msisdn, text, state, code, reason, attempts, http_status, first_sent_at_ms, finished_at_ms, "
               "latency_ms, fields")
    shell = bench.Contender("sqlite3 -csv", ["sqlite3", "-csv", database, "SELECT %s FROM message ORDER BY id" % columns],
                            rows, stdout=out)
    ours = bench.Contender("campana report", campana(place, database, "report", "c", "--format", "csv"), rows, stdout=out)
    place.compare("report %s rows as CSV" % "{:,}".format(rows), ours, [shell], "rows/s", {shell.name: "≥ 1.0"})
    remove(database)


def pending_at_the_end(place, name, rows):
    """A database of so many rows, all sent but the last ten."""
    sheet, database = material.spreadsheet(place.folder / (name + ".csv"), rows), place.folder / (name + ".db")
    remove(database)
    bench.timed([str(word) for word in campana(place, database, "load", sheet, "--campaign", "c")])
    sheet.unlink()
    as_if_sent(database, but=10)
    return database


def start(place):
    """How much later the first request leaves when the database is large: a message from it, and one from a small one."""
    rows = place.rows or 1_000_000
    with servers.nginx(place.folder) as urls:
        env = {"CAMPANA_USER": material.USER, "CAMPANA_PASSWORD": material.PASSWORD, "CAMPANA_URL": urls["http"],
               "CAMPANA_HOURS": "any", "CAMPANA_RATE": "max"}
        contenders = []
        for name, count in (("large", rows), ("small", 10)):
            database = pending_at_the_end(place, name, count)
            contenders.append(bench.Contender("%s rows" % "{:,}".format(count),
                                              campana(place, database, "send", "c", "--limit", 1), 1, env=env))
        bench.take_turns(contenders, min(2 * place.turns, 9))
        ms = [statistics.median(run.wall_s for run in one.runs) * 1000 for one in contenders]
    place.table("start: campana send --limit 1, ten rows pending at the end", ["", "ms", "goal"],
                [[one.name, "%.1f" % took, ""] for one, took in zip(contenders, ms)] +
                [["later by", "%.1f" % (ms[0] - ms[1]), "≤ 50"]])


def every_command(sheet):
    """What is done with a campaign, in this order; True: at a cost for every row."""
    return [
        ("load", True, ["load", sheet, "--campaign", "c"]),
        ("send", True, ["send", "c", "--concurrency", "128"]),
        ("report, CSV", True, ["report", "c", "--format", "csv"]),
        ("report, JSON", True, ["report", "c", "--format", "json"]),
        ("report, HTML", True, ["report", "c", "--format", "html"]),
        ("status", False, ["status", "c", "--json"]),
        ("report --all", False, ["report", "--all", "--by", "day"]),
        ("find", False, ["find", material.number(1)]),
        ("reconcile", False, ["reconcile", "c"]),
        ("forget", False, ["forget", "c", "--yes"]),
    ]


def memory(place):
    """Peak memory of every command, and cost per row, small against large."""
    large = place.rows or 1_000_000
    small = min(10_000, large)
    results = {}
    with servers.nginx(place.folder) as urls:
        env = {"CAMPANA_USER": material.USER, "CAMPANA_PASSWORD": material.PASSWORD, "CAMPANA_URL": urls["http"],
               "CAMPANA_HOURS": "any", "CAMPANA_RATE": "max"}
        for rows in (small, large):
            sheet, database = material.spreadsheet(place.folder / "memory.csv", rows), place.folder / "memory.db"
            remove(database)
            for name, by_row, arguments in every_command(sheet):
                run = bench.timed([str(word) for word in campana(place, database, *arguments)], env=env)
                results.setdefault(name, []).append((run.cpu_s / rows * 1e6 if by_row else None, run.memory_mib))
            remove(database)
    lines = []
    for name, ((small_us, _), (large_us, mib)) in results.items():
        cost = ["%.3g" % large_us, "%.2f ×" % (large_us / small_us), "≤ 1.15"] if large_us is not None else ["", "", ""]
        lines.append([name, bench.rounded(mib), "≤ %d" % MEMORY_MOST_MIB, *cost])
    place.table("memory and cost per row, %s against %s rows" % ("{:,}".format(large), "{:,}".format(small)),
                ["", "MiB", "goal", "CPU µs per row", "of the small one", "goal"], lines)
