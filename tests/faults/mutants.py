"""That the campaigns can fail: faults are written into a copy of the tree, one by one, each of the kind that somebody may make, and
the campaigns that shall see it must go red. One that stays green is as much a violation as a fault whose place is no longer found:
then the table has to follow the program."""

import collections
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import building

# Each edit: the file, what stands there (once), what stands there instead. Each check: a campaign of tests/prove, a unit test, or
# an end-to-end test by file and perhaps class and name.
Mutant = collections.namedtuple("Mutant", "name edits checks")

# Small: a mutant shall be seen by what runs with every change, too.
SIZES = {"kill": 40, "steps": 40, "power": 40, "io": 10, "memory": 60, "threads": 1, "chaos": 80}

CLAIMS = "src/io/store_sql.c"
SCHEMA = "sql/0001_campaigns.sql"
FENCE = "src/io/http_transfer.c"
EXCHANGE = "src/campaign/engine_exchange.c"
DISPATCH = "src/campaign/engine_dispatch.c"

MUTANTS = [
    # ---- a message is claimed, sent, and settled
    Mutant("a claim is written only with the answer",
           [(CLAIMS, "\"   SET state = 'inflight', attempts = attempts + 1,\"", "\"   SET state = 'pending', attempts = attempts,\""),
            ("src/io/store_send.c", "    struct store_tally *tally = &store->tally;\n",
             "    struct store_tally *tally = &store->tally;\n"
             "    struct job late = {.id = settlement->message_id};\n"
             "    if (store_claim(store, &late, settlement->finished_at_ms, error) != 0)\n        return -1;\n")],
           ["kill", "steps", "unit.test_store_send"]),
    Mutant("a crash makes pending again what was on its way",
           [(CLAIMS, '"UPDATE message SET state = \'unknown\', code = NULL, reason_code = ?2,"',
             '"UPDATE message SET state = \'pending\', code = NULL, reason_code = ?2,"')],
           ["kill", "steps", "unit.test_store_send"]),
    Mutant("every seventh answer is not written down",
           [(EXCHANGE, "    struct settlement settlement = {\n",
             "    static int answers;\n    if (++answers % 7 == 0)\n        return 0;\n    struct settlement settlement = {\n")],
           ["kill", "steps", "chaos", "e2e.test_answers"]),
    Mutant("an answer is written down one too high",
           [("src/io/store_send.c", "query_bind_optional(&query, outcome_has_code(outcome), outcome->code);\n"
             "    query_bind_text(&query, reason_code(outcome->reason));\n    query_bind_text(&query, outcome->detail);\n"
             "    query_bind_optional(&query, outcome->http_status != 0, outcome->http_status);\n"
             "    query_bind_optional(&query, settlement->first",
             "query_bind_optional(&query, outcome_has_code(outcome), outcome->code + 1);\n"
             "    query_bind_text(&query, reason_code(outcome->reason));\n    query_bind_text(&query, outcome->detail);\n"
             "    query_bind_optional(&query, outcome->http_status != 0, outcome->http_status);\n"
             "    query_bind_optional(&query, settlement->first")],
           ["kill", "chaos", "unit.test_store_send"]),
    Mutant("what is not pending is read to be sent (the claim refuses it)",
           [(CLAIMS, '" WHERE campaign_id = ?1 AND state = \'pending\' AND id > ?2 ORDER BY id LIMIT ?3"',
             '" WHERE campaign_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"')],
           ["kill", "chaos", "unit.test_store_send"]),
    Mutant("what is not pending is read, claimed and moved",
           [(CLAIMS, '" WHERE campaign_id = ?1 AND state = \'pending\' AND id > ?2 ORDER BY id LIMIT ?3"',
             '" WHERE campaign_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"'),
            (CLAIMS, "message INDEXED BY message_pending", "message"),
            (CLAIMS, "\" WHERE state = 'pending' AND campaign_id = ?1 AND id BETWEEN ?2 AND ?3\"",
             '" WHERE campaign_id = ?1 AND id BETWEEN ?2 AND ?3"'),
            (SCHEMA, "WHEN NOT ((OLD.state = 'pending' ", "WHEN 0 AND NOT ((OLD.state = 'pending' ")],
           ["kill", "steps", "chaos", "unit.test_store_send"]),
    Mutant("two senders are not kept apart",
           [("src/io/store_lock.c", "(locked = flock(file, LOCK_EX | LOCK_NB)) != 0", "(locked = 0) != 0")],
           ["chaos", "e2e.test_main_job", "unit.test_store"]),
    Mutant("what is claimed leaves although the claim did not reach the disk",
           [(EXCHANGE, "    if (exchange->result == 0) {\n        note_commit(",
             "    if (exchange->result == 0 || exchange->claiming.count > 0) {\n        note_commit(")],
           ["io", "unit.test_engine_failure"]),
    Mutant("the loop goes on with what its thread still writes",
           [(EXCHANGE, "    return engine->exchange.under_way && !worker_busy(engine->worker);", "    return engine->exchange.under_way;"),
            (EXCHANGE, "    worker_wait(engine->worker);\n", "")],
           ["threads", "unit.test_engine"]),
    Mutant("what is given back stays claimed",
           [(EXCHANGE, "        if (store_unclaim(engine->store, &slot->job, error) != 0)\n            return -1;\n",
             "        continue;\n")],
           ["unit.test_engine"]),
    Mutant("the database does not wait for the disk",
           [("src/io/store.c", '"PRAGMA synchronous = FULL"', '"PRAGMA synchronous = OFF"')], ["power"]),
    Mutant("the database waits for the disk only now and then",
           [("src/io/store.c", '"PRAGMA synchronous = FULL"', '"PRAGMA synchronous = NORMAL"')], ["power"]),
    Mutant("answers that could not be written down are not told",
           [("src/campaign/engine.c", "if (engine->watch != NULL && engine->watch->unrecorded != NULL)\n", "if (engine->watch == NULL)\n")],
           ["io"]),

    # ---- the fence
    Mutant("a reset behind the request counts as not sent",
           [(FENCE, "    if (transfer->post)\n        return transfer->handed_over",
             "    if (transfer->code == CURLE_RECV_ERROR)\n        return REACH_NEVER_LEFT;\n"
             "    if (transfer->post)\n        return transfer->handed_over")],
           ["closures", "chaos", "e2e.test_fence"]),
    Mutant("a connection that ends without an answer counts as not sent",
           [(FENCE, "    if (transfer->post)\n        return transfer->handed_over",
             "    if (transfer->code == CURLE_GOT_NOTHING)\n        return REACH_NEVER_LEFT;\n"
             "    if (transfer->post)\n        return transfer->handed_over")],
           ["closures", "chaos", "e2e.test_fence"]),
    Mutant("a timeout counts as not sent",
           [(FENCE, "    if (transfer->post)\n        return transfer->handed_over",
             "    if (transfer->code == CURLE_OPERATION_TIMEDOUT)\n        return REACH_NEVER_LEFT;\n"
             "    if (transfer->post)\n        return transfer->handed_over")],
           ["chaos", "e2e.test_fence", "unit.test_http"]),
    Mutant("libcurl may put a request onto a second connection",
           [(FENCE, "transfer->times_on_the_wire == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT", "CURL_PREREQFUNC_OK")],
           ["closures", "chaos", "e2e.test_fence"]),
    Mutant("libcurl has the body whole, and may begin again with it",
           [(FENCE, "transfer->times_on_the_wire == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT", "CURL_PREREQFUNC_OK"),
            (FENCE, "    SET(CURLOPT_POST, 1L);\n", "    SET(CURLOPT_POST, 1L);\n    SET(CURLOPT_POSTFIELDS, transfer->form.data);\n")],
           ["closures", "chaos", "e2e.test_fence"]),
    Mutant("an answer that was cut counts as whole",
           [(FENCE, "        (transfer->code == CURLE_OK || transfer->body_too_long))\n        return REACH_ANSWERED;",
             "        transfer->body_len > 0)\n        return REACH_ANSWERED;")],
           ["closures", "chaos"]),
    Mutant("an answer may be of any length",
           [(FENCE, "        transfer->body_too_long = true;\n        return 0; /* ends the transfer */\n",
             "        transfer->body_too_long = true;\n")],
           ["e2e.test_surroundings.Answers"]),
    Mutant("the end of a long answer is forgotten",
           [(FENCE, "        transfer->body_too_long = true;\n        return 0; /* ends the transfer */\n", "")],
           ["unit.test_http"]),
    Mutant("redirects are followed", [(FENCE, "SET(CURLOPT_FOLLOWLOCATION, 0L);", "SET(CURLOPT_FOLLOWLOCATION, 1L);")],
           ["unit.test_http"]),
    Mutant("anybody's certificate will do", [(FENCE, "SET(CURLOPT_SSL_VERIFYPEER, 1L);", "SET(CURLOPT_SSL_VERIFYPEER, 0L);")],
           ["chaos", "e2e.test_fence"]),
    Mutant("another host's certificate will do", [(FENCE, "SET(CURLOPT_SSL_VERIFYHOST, 2L);", "SET(CURLOPT_SSL_VERIFYHOST, 0L);")],
           ["chaos"]),

    # ---- when, how fast, and how it ends
    Mutant("contact hours are not looked at before a hand-off",
           [(DISPATCH, "return engine->ending || !engine_hours_open(engine, clock_wall_ms(engine->clock)) ||", "return engine->ending ||")],
           ["unit.test_engine"]),
    Mutant("the pace does not count what leaves",
           [(DISPATCH, "        pacer_take(&engine->pacer, clock_monotonic_ns(engine->clock));\n", "")], ["chaos"]),
    Mutant("one message more may be under way than allowed",
           [("src/domain/throttle.c", "throttle->limit - in_flight", "throttle->limit + 1 - in_flight")],
           ["unit.test_throttle", "unit.test_engine"]),
    Mutant("an exhausted balance refuses the row",
           [("src/domain/job.c", "[OUTCOME_NO_BALANCE] = {JOB_PENDING,", "[OUTCOME_NO_BALANCE] = {JOB_REFUSED,")],
           ["chaos", "unit.test_job", "e2e.test_answers"]),
    Mutant("a loop that never sleeps hears no signal", [("src/io/http.c", "        http_let_signals_in(unblocked);\n", "")],
           ["unit.test_http"]),
    Mutant("a signal that came while the disk was waited for comes too late",
           [("src/campaign/engine.c", "    http_let_signals_in(engine->unblocked);\n", "")], ["unit.test_engine_failure"]),
    Mutant("what is claimed already is forgotten when more is claimed",
           [(DISPATCH, "gateway_allows(engine, engine_in_flight(engine), now_ns)", "gateway_allows(engine, engine->under_way, now_ns)")],
           ["unit.test_engine"]),
    Mutant("a process that was suspended looks at the time before it looks at the network",
           [("src/io/http.c", "        allow_for_absence(http, now_ns);\n", "")],
           ["e2e.test_pace.Pace.test_a_suspended_process_finds_the_answers_that_came_meanwhile"]),
    Mutant("a signal ends the run without waiting for what is under way",
           [("src/cli/signals.c", "signals_stop = interrupts > 1 ? 2 : 1;", "signals_stop = 2;")],
           ["e2e.test_surroundings.Stops"]),

    # ---- people, and what surrounds it
    Mutant("rows without a number are left out",
           [("src/campaign/load.c", "    if (load->rejects != NULL && checked.message.state == JOB_INVALID &&\n",
             "    if (checked.message.reason == REASON_NUMBER_EMPTY)\n        return 0;\n"
             "    if (load->rejects != NULL && checked.message.state == JOB_INVALID &&\n")],
           ["e2e.test_corpus"]),
    Mutant("a number may stand twice in a spreadsheet",
           [("src/campaign/load.c", "load.rules.duplicates_allowed = options->duplicates == DUPLICATES_ALL;",
             "load.rules.duplicates_allowed = true;")],
           ["unit.test_load", "e2e.test_corpus"]),
    Mutant("suppression lists are read and not obeyed",
           [("src/campaign/load.c", "    load.rules.suppression = load.suppression;\n", "")], ["unit.test_load"]),
    Mutant("rows in any state may be resolved (the table of moves refuses it)",
           [("src/io/store_resolve.c", "bool decidable = resolve->from == JOB_UNKNOWN || resolve->from == JOB_REFUSED;",
             "bool decidable = true;")],
           ["unit.test_store_resolve"]),
    Mutant("accepted rows may be resolved",
           [("src/io/store_resolve.c", "bool decidable = resolve->from == JOB_UNKNOWN || resolve->from == JOB_REFUSED;",
             "bool decidable = true;"),
            ("src/domain/job.c", "    [JOB_REFUSED] = TO(ACCEPTED) | TO(PENDING),\n",
             "    [JOB_REFUSED] = TO(ACCEPTED) | TO(PENDING),\n    [JOB_ACCEPTED] = TO(REFUSED) | TO(PENDING),\n"),
            (SCHEMA, "OR (OLD.state = 'refused'  AND (NEW.state = 'accepted'",
             "OR (OLD.state = 'accepted' AND (NEW.state = 'refused' OR NEW.state = 'pending'))\n"
             "       OR (OLD.state = 'refused'  AND (NEW.state = 'accepted'")],
           ["unit.test_store_resolve", "unit.test_job"]),
    Mutant("a decision is not written down",
           [("src/io/store_resolve.c", "if (result == 0 && record(store, campaign, resolve, &given, error) == 0)", "if (result == 0)")],
           ["steps", "unit.test_store_resolve"]),
    Mutant("a load's thread keeps its failure to itself",
           [("src/io/store_inserter.c", "            if (failure.kind != ERROR_NONE)\n                inserter->failure = failure;\n", "")],
           ["unit.test_store_load"]),
    Mutant("a load's threads do not ask each other",
           [("src/io/store_inserter.c",
             "    pthread_mutex_lock(&inserter->mutex);\n    bool failed = inserter->failure.kind != ERROR_NONE;\n"
             "    if (failed)\n        *error = inserter->failure;\n    pthread_mutex_unlock(&inserter->mutex);\n",
             "    bool failed = inserter->failure.kind != ERROR_NONE || inserter->waiting > BATCHES;\n"
             "    if (failed)\n        *error = inserter->failure;\n")],
           ["threads"]),
    Mutant("memory that is not there is written to",
           [("src/base/buffer.c", "    if (data == NULL)\n        return false;\n", "")], ["memory"]),
    Mutant("what the terminal would obey is shown as it is",
           [("src/base/utf8.c", "static bool is_unshowable(uint32_t character)\n{\n",
             "static bool is_unshowable(uint32_t character)\n{\n    if (character != 0)\n        return false;\n")],
           ["e2e.test_surroundings.Terminal", "unit.test_utf8"]),
    Mutant("a password within the gateway's answer is shown",
           [("src/domain/gateway.c", "    if (reply->reach != REACH_ANSWERED || plain.len == 0 || outcome->detail[0] == '\\0')\n        return;\n",
             "    if (plain.len != 0)\n        return;\n")],
           ["unit.test_gateway"]),
    Mutant("the database is made through a link",
           [("src/io/store_file.c", "O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600", "O_RDWR | O_CREAT | O_CLOEXEC, 0600")],
           ["e2e.test_surroundings.Databases"]),
    Mutant("the database is made as the umask has it",
           [("src/io/store_file.c", "O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600",
             "O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666"),
            ("src/io/store_file.c", "int failed = fchmod(file, 0600) != 0 || fsync", "int failed = fsync")],
           ["e2e.test_surroundings.Databases"]),
]


def targets_of(check):
    if check.startswith("unit."):
        return [check[len("unit."):]]
    return ["campana", "campana-simulator", "campana-torture"]


class Copy:
    """A copy of the tree with a build of its own."""

    def __init__(self, root, folder):
        self.root = pathlib.Path(folder) / "tree"
        self.root.mkdir()
        for name in ("src", "include", "sql", "tests", "samples"):
            shutil.copytree(root / name, self.root / name)
        for name in ("CMakeLists.txt", "README.md"):
            shutil.copy(root / name, self.root)
        self.left = pathlib.Path(folder) / "left"  # by trials that fail
        self.left.mkdir()
        self.build = self.root / "build" / "release"

    @contextlib.contextmanager
    def changed(self, edits):
        before = {}
        try:
            for name, old, new in edits:
                text = (self.root / name).read_text()
                before.setdefault(name, text)
                if text.count(old) != 1:
                    raise LookupError("%s has this %d times, not once:\n%s" % (name, text.count(old), old))
                (self.root / name).write_text(text.replace(old, new))
            yield
        finally:
            for name, text in before.items():
                (self.root / name).write_text(text)

    def make(self, checks):
        targets = sorted({target for check in checks for target in targets_of(check)})
        building.build(self.root, self.build, targets, "-DCMAKE_BUILD_TYPE=Release")

    def command(self, check):
        kind, _, rest = check.partition(".")
        if kind == "unit":
            return [self.build / "bin" / rest]
        if kind == "e2e":
            module, *names = rest.split(".")
            return [sys.executable, "-B", self.root / "tests/e2e" / (module + ".py"), "-f", *([".".join(names)] if names else [])]
        size = ["--trials", str(SIZES[check])] if check in SIZES else []
        return [sys.executable, "-B", self.root / "tests/prove", check, *size]

    def is_green(self, check):
        done = subprocess.run(self.command(check), cwd=self.root / "tests/e2e", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace",
                              env={**os.environ, "CAMPANA_BIN": str(self.build / "bin"), "TMPDIR": str(self.left)})
        for path in self.left.iterdir():
            shutil.rmtree(path, ignore_errors=True)
        return done.returncode == 0, done.stdout


def run(campaign, root, only):
    """`only`: part of the names of the mutants that are wanted; None: all."""
    wanted = [mutant for mutant in MUTANTS if only is None or only in mutant.name]
    with tempfile.TemporaryDirectory(prefix="campana-mutants-") as folder:
        copy = Copy(root, folder)
        checks = sorted({check for mutant in wanted for check in mutant.checks})
        copy.make(checks)
        for check in checks:  # what is red already proves nothing
            green, words = copy.is_green(check)
            if not green:
                campaign.failures += 1
                print("VIOLATION in mutants: %s fails without any fault:\n%s" % (check, words[-3000:]), flush=True)
        for mutant in wanted:
            campaign.figures["trials"] += 1
            try:
                with copy.changed(mutant.edits):
                    copy.make(mutant.checks)
                    survived = [check for check in mutant.checks if copy.is_green(check)[0]]
            except LookupError as missing:
                campaign.failures += 1
                print("VIOLATION in mutants, \"%s\": its place is not found: %s" % (mutant.name, missing), flush=True)
                continue
            campaign.figures["checks that went red"] += len(mutant.checks) - len(survived)
            campaign.figures["checks that stayed green"] += len(survived)
            campaign.failures += bool(survived)
            print("  %-75s %s" % (mutant.name, "NOT SEEN by " + ", ".join(survived) if survived else "seen by " + ", ".join(mutant.checks)),
                  flush=True)
