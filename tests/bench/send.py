"""Sending: campana against libcurl without a database, curl, xargs, Python; and how fast the server can be asked."""
import re
import shutil
import sqlite3
import subprocess

import bench
import material
import servers

CONCURRENCIES = (32, 128)
LATENCY_MS = 20
LATENCY_S = 16  # about 100,000 messages, 128 at once


class Messages:
    """A campaign as every program takes it: loaded once, and put back before every turn."""

    def __init__(self, place, rows):
        self.place, self.rows = place, rows
        self.database, self.loaded = place.folder / "send.db", place.folder / "loaded.db"
        self.forms = material.forms(place.folder / "forms", rows)
        sheet = material.spreadsheet(place.folder / "send.csv", rows)
        self.database.unlink(missing_ok=True)
        bench.timed([str(place.program("campana")), "--db", str(self.database), "load", str(sheet), "--campaign", "c"])
        self.database.rename(self.loaded)

    def few(self, count):
        """The first forms alone, for programs that take long."""
        count = min(count, self.rows)
        return material.forms(self.place.folder / ("forms-%d" % count), count), count

    def put_back(self):
        shutil.copyfile(self.loaded, self.database)

    def all_accepted(self):
        database = sqlite3.connect("file:%s?mode=ro" % self.database, uri=True)
        accepted, = database.execute("SELECT count(*) FROM message WHERE state = 'accepted'").fetchone()
        database.close()
        if accepted != self.rows:
            raise bench.Failed("campana recorded %d of %d messages as accepted" % (accepted, self.rows))

    def campana(self, url, concurrency, certificate=None, all_cores=False):
        env = {"CAMPANA_USER": material.USER, "CAMPANA_PASSWORD": material.PASSWORD, "CAMPANA_URL": url,
               "CAMPANA_HOURS": "any", "CAMPANA_RATE": "max"}
        configuration = self.place.folder / "campana.ini"
        configuration.write_text("ca-file = %s\n" % certificate if certificate else "")
        command = [self.place.program("campana"), "--config", configuration, "--db", self.database, "send", "c",
                   "--concurrency", concurrency]
        return bench.Contender("campana send, %s" % ("two cores" if all_cores else "one core"), command, self.rows,
                               before=self.put_back, after=self.all_accepted, env=env, all_cores=all_cores)

    def loop_command(self, url, concurrency, certificate):
        return [self.place.program("campana-bare-loop"), url + "/send.php", concurrency, self.forms, certificate or ""]

    def bare_loop(self, url, concurrency, certificate=None):
        return bench.Contender("bare libcurl loop, no database", self.loop_command(url, concurrency, certificate), self.rows)

    def least_books(self, url, concurrency, certificate=None):
        """What SQLite and the disk leave of the bare loop, where nothing but numbers is claimed and settled."""
        books = self.place.folder / "books.db"
        return bench.Contender("the same, with the least books",
                               [*self.loop_command(url, concurrency, certificate), books], self.rows)

    def curl(self, url, concurrency, certificate=None):
        configuration = material.curl_configuration(self.place.folder / ("curl-%s.cfg" % url.rpartition(":")[2]), self.rows,
                                                    url, certificate)
        return bench.Contender("curl --parallel", ["curl", "-s", "--parallel", "--parallel-max", concurrency, "-K",
                                                   configuration], self.rows)

    def xargs(self, url, concurrency):
        forms, count = self.few(2000)
        command = "xargs -a %s -n 1 -P %d curl -s -o /dev/null %s/send.php -d" % (forms, concurrency, url)
        return bench.Contender("xargs -P curl", ["sh", "-c", command], count)

    def requests(self, url, concurrency):
        forms, count = self.few(5000)
        script = bench.ROOT / "tests/bench/requests_threads.py"
        return bench.Contender("Python requests, threads", ["python3", script, url + "/send.php", concurrency, forms], count)


def asked(command, pattern):
    """What a load generator says of itself."""
    done = subprocess.run(["taskset", "-c", str(bench.CLIENT_CORE), *map(str, command)], capture_output=True, text=True,
                          check=True)
    return float(re.search(pattern, done.stdout).group(1))


def server_limits(place, messages, urls):
    """How fast the servers can be asked at all, from one core; wrk and h2load ask by GET."""
    rows = []
    for concurrency in CONCURRENCIES:
        wrk = asked(["wrk", "-t1", "-c", concurrency, "-d2", urls["http"] + "/send.php?" + material.form(0)],
                    r"Requests/sec:\s+([\d.]+)")
        rows.append(["wrk, http, %d connections" % concurrency, bench.rounded(wrk)])
    h2load = ["h2load", "-n", messages.rows, "-c1", "-m100", urls["h2"] + "/send.php?" + material.form(0)]
    rows.append(["h2load, HTTP/2, 100 streams", bench.rounded(asked(h2load, r"finished in .*?, ([\d.]+) req/s"))])
    place.table("How fast nginx can be asked at all", ["", "requests/s"], rows)


def size_per_row(place, messages):
    """What sending adds to the database, and what stands in it beyond the text, for every row."""
    database = sqlite3.connect(messages.database)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages, = database.execute("PRAGMA page_count").fetchone()
    free, = database.execute("PRAGMA freelist_count").fetchone()
    size, = database.execute("PRAGMA page_size").fetchone()
    own, = database.execute("SELECT sum(length(CAST(text AS BLOB)) + length(msisdn) + length(CAST(fields AS BLOB)))"
                            "  FROM message").fetchone()
    database.close()
    loaded = messages.loaded.stat().st_size
    used = (pages - free) * size
    place.table("Database, bytes per sent row", ["", "bytes"], [
        ["number, text and cells", bench.rounded(own / messages.rows)],
        ["all when loaded", bench.rounded(loaded / messages.rows)],
        ["all when sent", bench.rounded(used / messages.rows)],
        ["beyond the row's own text when sent", bench.rounded((used - own) / messages.rows)],
    ])


def compare(place, messages, title, where, goals, others=()):
    """`where`: URL, concurrency and certificate."""
    peers = [messages.bare_loop(*where), messages.campana(*where), messages.least_books(*where), messages.curl(*where), *others]
    place.compare("send, %s, 0 ms, concurrency %d" % (title, where[1]), messages.campana(*where, all_cores=True), peers,
                  goals={peers[0].name: "≥ 0.85", **goals})


def run(place):
    messages = Messages(place, place.rows or 100_000)
    with servers.nginx(place.folder) as urls:
        server_limits(place, messages, urls)
        for concurrency in CONCURRENCIES:
            where = urls["http"], concurrency, None
            first = concurrency == CONCURRENCIES[0]
            compare(place, messages, "http", where, {"curl --parallel": "≥ 1.4"},
                    [messages.xargs(*where[:2]), messages.requests(*where[:2])] if first else [])
        size_per_row(place, messages)
        for scheme, title in (("tls", "TLS"), ("h2", "TLS with HTTP/2")):
            for concurrency in CONCURRENCIES:
                compare(place, messages, title, (urls[scheme], concurrency, urls["certificate"]), {})
    with_latency(place)


def with_latency(place):
    rows = []
    with servers.simulator(place.program("campana-simulator"), LATENCY_MS) as url:
        for concurrency in CONCURRENCIES:
            ideal = concurrency * 1000 / LATENCY_MS
            messages = Messages(place, place.rows or int(ideal) * LATENCY_S)
            ours = messages.campana(url, concurrency)
            bare = messages.bare_loop(url, concurrency)
            bench.take_turns([ours, bare], place.turns)
            for one in (ours, bare):
                rows.append(["%s, concurrency %d" % (one.name, concurrency), bench.rounded(one.rate()),
                             bench.rounded(one.cpu_us()), "%.3f" % (one.rate() / ideal),
                             "≥ 0.97" if one is ours and concurrency == CONCURRENCIES[-1] else ""])
    place.table("send, http, %d ms" % LATENCY_MS,
                ["", "messages/s", "CPU µs each", "of concurrency/latency", "goal"], rows)
