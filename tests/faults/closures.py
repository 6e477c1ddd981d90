"""Connections that end at every single byte of a short exchange: of the request, with and without a reset, and of the answer,
with and without a reset; by POST and by GET, on a fresh connection and on a kept one, in clear and over TLS."""

import certificates
import provider as mad

KEEP, CLOSE = ("fine", 0), ("fine", 2)  # good answers in between


def variants():
    for method in ("post", "get"):
        for connection in ("fresh", "kept"):
            for where in ("unread", "unread-reset", "cut", "cut-reset"):
                for transport in ("http", "https"):
                    yield method, connection, where, transport


class Closures:
    def __init__(self, trial, pems, method, connection, where, transport):
        self.trial, self.method, self.where = trial, method, where
        self.between = KEEP if connection == "kept" else CLOSE
        self.context = mad.tls_context(pems[certificates.GOOD], ["http/1.1"]) if transport == "https" else None
        trial.write("campana.ini", "ca-file = %s\n" % pems["ca"])

    def send(self, plan, rows, name):
        trial = self.trial
        trial.fresh_folder(name)
        trial.write("campana.ini", (trial.root / "campana.ini").read_bytes())
        trial.write_campaign(rows, text="x")
        server = mad.Provider(mad.Fixed(plan), self.context)
        try:
            result = trial.campana("run", "campaign.csv", "--method", self.method, "--concurrency", 1, "--yes", "--timeout", 10,
                                   "--max-failures", 100000, url=server.url + "/1")
            trial.assert_speaks_cleanly(result, self.method)
        finally:
            server.close()
        return server, result

    def length(self):
        """Of a request, in bytes; of an answer."""
        if self.where.startswith("cut"):
            return len(mad.whole(str(mad.CODES_FROM)))
        server, _ = self.send({}, 1, "length")
        return server.request_bytes

    def play(self):
        trial, length = self.trial, self.length()
        positions = range(1, length + 1) if self.where.startswith("unread") else range(length)
        begin = 4  # behind the balance query and the first messages

        def plan(ordinal):
            at, turn = divmod(ordinal - begin, 2)
            if ordinal < begin or turn == 1 or at >= len(positions):
                return self.between
            return self.where, positions[at]

        server, result = self.send(plan, 2 * len(positions) + begin, "closures")
        trial.figures["byte positions"] += server.misdeeds
        trial.assertEqual(server.misdeeds, len(positions), "not every position was tried")
        rows = trial.assert_promises(server.receipts, 2 * len(positions) + begin)
        unknown = sum(row["state"] == "unknown" for row in rows)
        trial.assertEqual(result.code, 9 if unknown else 0, result)
        trial.assertEqual({row["state"] for row in rows} - {"accepted", "unknown"}, set())
        trial.assertLessEqual(unknown, len(positions))
        trial.figures["unknown"] += unknown
        trial.figures["unknown at most"] += len(positions)
        if self.where.startswith("cut"):
            trial.assertEqual(unknown, len(positions), "an answer that was cut is no answer")


def run_variant(pems):
    def run(variant, trial):
        Closures(trial, pems, *variant).play()
    return run
