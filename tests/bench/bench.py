"""What the benchmarks share: the build, the machine, programs taking turns, and tables of what came out."""
import os
import pathlib
import platform
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]
DEADLINE_S = 900


class Failed(Exception):
    """A program of the comparison did not do its work: a figure for it would be a lie."""


def build(folder):
    launcher = os.environ.get("CMAKE_C_COMPILER_LAUNCHER")
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, "-DCMAKE_BUILD_TYPE=Release", "-DCAMPANA_BENCH=ON",
                    "-DCAMPANA_TESTS=OFF", *(["-DCMAKE_C_COMPILER_LAUNCHER=" + launcher] if launcher else [])], **quiet)
    subprocess.run(["cmake", "--build", folder, "--parallel", str(len(CORES))], **quiet)


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "%s: not installed" % command[0]
    return ((done.stdout or done.stderr).splitlines() or [""])[0].strip()


def sync_us(folder):
    """What it costs here to have a page on the disk: the median of a hundred tries."""
    path, took = folder / "sync", []
    with open(path, "wb", buffering=0) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(took) * 1e6


def machine(folder):
    with open("/proc/cpuinfo", encoding="ascii") as info:
        models = [line.split(":")[1].strip() for line in info if line.startswith("model name")]
    libraries = first_line("curl", "--version").split()
    return "\n".join([
        "%s, %d core%s; server on core %d, client on core %d; Linux %s; load average %.1f when begun" % (
            models[0] if models else platform.machine(), len(CORES), "" if len(CORES) == 1 else "s", SERVER_CORE,
            CLIENT_CORE, platform.release(), os.getloadavg()[0]),
        "commit %s; %s; SQLite %s; %s; %s" % (
            first_line("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
            " ".join(part for part in libraries if part.startswith(("libcurl", "OpenSSL", "nghttp2"))),
            first_line("sqlite3", "--version").split()[0], first_line("nginx", "-v"), first_line("cc", "--version")),
        "a page takes %.0f µs to the disk (write and fdatasync), where the databases are" % sync_us(folder),
    ])


class Run:
    """One process that came to its end."""

    def __init__(self, wall_s, usage):
        self.wall_s = wall_s
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.memory_mib = usage.ru_maxrss / 1024


class Contender:
    """A program that does a piece of work again and again: `before` makes everything as it was, and is not timed. With
    `all_cores` it may use the server's core, too: what the server leaves of it."""

    def __init__(self, name, command, work, before=None, env=None, after=None, stdout=None, all_cores=False):
        self.name, self.command, self.work = name, [str(word) for word in command], work
        self.before, self.env, self.after, self.stdout = before, env, after, stdout
        self.cores = CORES if all_cores else [CLIENT_CORE]
        self.runs = []

    def go(self):
        if self.before:
            self.before()
        self.runs.append(timed(self.command, env=self.env, stdout=self.stdout, cores=self.cores))
        if self.after:
            self.after()

    def rate(self):
        return self.work / statistics.median(run.wall_s for run in self.runs)

    def cpu_us(self):
        return statistics.median(run.cpu_s for run in self.runs) / self.work * 1e6

    def memory_mib(self):
        return max(run.memory_mib for run in self.runs)


def timed(command, env=None, stdout=None, cores=(CLIENT_CORE,)):
    """Runs to the end on these cores. Told is what that process and its children used."""
    output = open(stdout, "wb") if stdout else subprocess.DEVNULL
    began = time.perf_counter()
    with subprocess.Popen(command, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=output,
                          stderr=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, cores)) as process:
        if stdout:
            output.close()
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - began
    if process.returncode != 0:
        raise Failed("%s ended with %d: %s" % (" ".join(command)[:200], process.returncode,
                                              said.decode(errors="replace")[-500:].strip()))
    return Run(wall_s, usage)


def take_turns(contenders, turns):
    for _ in range(turns):
        for contender in contenders:
            contender.go()


def ratio(ours, theirs):
    """How many times as fast: the ratio of the medians, and of the turns that followed one another."""
    one = theirs.work / ours.work
    turns = sorted(b.wall_s / a.wall_s / one for a, b in zip(ours.runs, theirs.runs))
    return ours.rate() / theirs.rate(), turns[0], turns[-1]


def rounded(number):
    return "{:,.0f}".format(float("%.3g" % number)) if number >= 100 else "%.3g" % number


class Place:
    """Where a benchmark runs, how large, and how it tells its results."""

    def __init__(self, binaries, folder, turns, rows, markdown):
        self.binaries, self.folder, self.turns, self.rows, self.markdown = binaries, folder, turns, rows, markdown

    def program(self, name):
        return self.binaries / name

    def say(self, text):
        print(text + ("\n" if self.markdown else ""), flush=True)

    def table(self, title, headings, rows):
        if self.markdown:
            lines = ["**%s**" % title, "", "| %s |" % " | ".join(headings),
                     "|%s|" % "|".join(["---"] + ["---:"] * (len(headings) - 1))]
            lines += ["| %s |" % " | ".join(row) for row in rows]
        else:
            widths = [max(len(line[i]) for line in [headings, *rows]) for i in range(len(headings))]
            lines = ["", "== " + title]
            for line in [headings, *rows]:
                lines.append("  ".join([line[0].ljust(widths[0])] +
                                       [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]))
        print("\n".join(lines) + ("\n" if self.markdown else ""), flush=True)

    def compare(self, title, ours, peers, unit="messages/s", goals=None):
        """`ours` and its peers take turns; the table says how many times as fast ours is."""
        take_turns([ours, *peers], self.turns)
        rows = [[ours.name, rounded(ours.rate()), rounded(ours.cpu_us()), rounded(ours.memory_mib()), "", "", ""]]
        for peer in peers:
            middle, least, most = ratio(ours, peer)
            rows.append([peer.name, rounded(peer.rate()), rounded(peer.cpu_us()), rounded(peer.memory_mib()),
                         "%.2f ×" % middle, "%.2f – %.2f" % (least, most), (goals or {}).get(peer.name, "")])
        self.table(title, ["", unit, "CPU µs each", "MiB", "campana is", "turns", "goal"], rows)
