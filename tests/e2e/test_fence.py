"""libcurl sends a request again by itself when a kept-alive connection dies under it. campana must not let it."""

import random
import socket
import ssl
import struct
import subprocess
import threading

import harness
import rawserver


class Fence(harness.CampanaTest):
    def serve(self, treat, context=None):
        self.server = rawserver.RawServer(treat, context)
        self.addCleanup(self.server.close)
        return self.server

    def send_through(self, treat, method, count=60, concurrency=8, expect=None, context=None, env=None):
        server = self.serve(treat, context)
        self.write_campaign(count)
        result = self.campana("run", "campaign.csv", "--method", method, "--concurrency", concurrency, "--yes",
                              "--max-failures", 10000, "--timeout", 5, url=server.url, env=env, expect=expect)
        self.assertLessEqual(max(server.received.values(), default=0), 1, server.received.most_common(3))
        for row in self.rows():
            if server.received[row["msisdn"]]:
                self.assertNotEqual(row["state"], "pending", row)
            else:
                self.assertNotEqual(row["state"], "accepted", row)
        return result

    def every_method(self, treat, check):
        for method in ("post", "get"):
            with self.subTest(method=method):
                self.fresh_folder(method)
                self.send_through(treat, method)
                check()

    @staticmethod
    def kept_alive(misbehave):
        """The first requests of every connection are answered; then it misbehaves."""
        served = {}
        lock = threading.Lock()

        def treat(connection, request):
            with lock:
                served[connection] = served.get(connection, 0) + 1
                turn = served[connection]
            if turn < 3:
                rawserver.answer(connection, str(1000 + turn))
                return True
            misbehave(connection)
            return False

        return treat

    def assert_unknown_once(self):
        counts = self.counts()
        self.assertGreater(counts["unknown"], 0)
        self.assertEqual(counts["accepted"] + counts["unknown"], 60)
        self.assertEqual(sum(self.server.received.values()), 60)

    def test_a_gateway_that_reads_and_closes_gets_every_message_once(self):
        self.every_method(self.kept_alive(lambda connection: None), self.assert_unknown_once)

    def test_a_gateway_that_reads_and_resets_gets_every_message_once(self):
        def reset(connection):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        self.every_method(self.kept_alive(reset), self.assert_unknown_once)

    def test_a_gateway_that_cuts_its_status_line_gets_every_message_once(self):
        self.every_method(self.kept_alive(lambda connection: connection.sendall(b"HTTP/1.1 2")),
                          self.assert_unknown_once)

    def test_a_gateway_that_never_answers_ends_in_unknown_rows_and_exit_7(self):
        silence = threading.Event()
        self.addCleanup(silence.set)
        server = self.serve(lambda connection, request: silence.wait(20) and False)
        self.write_campaign(40)
        self.campana("run", "campaign.csv", "--concurrency", 4, "--timeout", 2, "--max-failures", 6, "--yes",
                     url=server.url, expect=7)
        counts = self.counts()
        self.assertEqual(max(server.received.values()), 1)
        self.assertGreaterEqual(counts["unknown"], sum(server.received.values()))
        self.assertLessEqual(counts["unknown"], 6 + 4)
        self.assertEqual(counts["pending"] + counts["unknown"], 40)

    def test_a_dead_address_leaves_all_rows_pending_and_ends_with_exit_7(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = "http://127.0.0.1:%d" % closed.getsockname()[1]
            self.write_campaign(100)
            result = self.campana("run", "campaign.csv", "--yes", "--max-failures", 4, url=url, expect=7)
        self.assertEqual(self.counts(), {"pending": 100})
        self.assertIn("campana", result.err)
        self.assertEqual(self.rows("SELECT ended FROM run"), [{"ended": "failures"}])

    def test_a_certificate_that_nobody_vouches_for_leaves_all_rows_pending(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.folder / "key.pem", "-out",
                        self.folder / "certificate.pem"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "certificate.pem", self.folder / "key.pem")
        server = self.serve(lambda connection, request: rawserver.answer(connection, "77") or True, context)
        self.write_campaign(5)
        result = self.campana("run", "campaign.csv", "--max-failures", 2, "--yes", url=server.url, expect=7)
        self.assertEqual(self.counts(), {"pending": 5})
        self.assertEqual(server.received.total(), 0)
        self.assertIn("certificate", result.err.lower())
        self.write("campana.ini", "ca-file = certificate.pem\n")
        self.campana("run", "campaign.csv", "--yes", url=server.url, expect=0)
        self.assertEqual(self.counts(), {"accepted": 5})

    def test_a_gateway_that_misbehaves_at_random_never_gets_a_message_twice(self):
        """After "close-after", the next request may be written onto the dying connection: never read, and rightly unknown."""
        chance = random.Random(20261123)
        lock = threading.Lock()

        def treat(connection, request):
            with lock:
                kind = chance.choice(["fine"] * 6 + ["close", "reset", "cut", "half", "slow", "close-after"])
            if kind == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if kind in ("close", "reset"):
                return False
            if kind == "cut":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123")
                return False
            if kind == "half":
                connection.sendall(b"HTTP/1.1 200 OK\r\nConte")
                return False
            if kind == "slow":
                threading.Event().wait(0.05)
            rawserver.answer(connection, "4711")
            return kind != "close-after"

        for method in ("post", "get"):
            with self.subTest(method=method):
                self.fresh_folder(method)
                self.send_through(treat, method, count=400, concurrency=16, expect=9)
                counts = self.counts()
                self.assertEqual(counts["accepted"] + counts["unknown"], 400)
                self.assertLessEqual(counts["accepted"], sum(self.server.received.values()))


if __name__ == "__main__":
    harness.main()
