"""Doctor: every check has its line, every failure its level, its exit code and something to do; exit 0 only if a campaign could
start."""

import email.utils
import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
import time
import unittest

import harness

CA_CONFIG = """[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = names
unique_subject = no
[any]
commonName = supplied
[names]
subjectAltName = DNS:%s
basicConstraints = CA:TRUE
"""


class Gateway:
    """A gateway that answers every question with the same words, perhaps with TLS, perhaps with another time of day."""

    def __init__(self, status=200, body="100", skew_s=0, certificate=None):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

            def do_GET(self):
                words = (b"<p>203.0.113.7</p>" if self.path.startswith("/envio/ip/") else body.encode())
                self.send_response_only(status)
                self.send_header("Date", email.utils.formatdate(time.time() + skew_s, usegmt=True))
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
            scheme = "https"
        self.url = "%s://localhost:%d/envio/api/sendsms" % (scheme, self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Doctor(harness.CampanaTest):
    def gateway(self, **manner):
        gateway = Gateway(**manner)
        self.addCleanup(gateway.close)
        return gateway

    def doctor(self, expect, *options, **more):
        """The findings by the name of their check."""
        result = self.campana("doctor", "--json", *options, expect=expect, **more)
        findings = json.loads(result.out)
        for finding in findings:
            self.assertEqual(set(finding), {"check", "level", "found", "advice"})
            self.assertNotIn(harness.PASSWORD, json.dumps(finding, ensure_ascii=False))
            if finding["level"] == "failure" and finding["check"] not in ("configuration", "password", "database", "gateway"):
                self.assertTrue(finding["advice"], finding)
        levels = {finding["level"] for finding in findings}
        self.assertEqual("failure" in levels, expect != 0, findings)
        return {finding["check"]: finding for finding in findings}

    def assert_finding(self, findings, check, level, *words):
        self.assertIn(check, findings)
        self.assertEqual(findings[check]["level"], level, findings[check])
        for word in words:
            self.assertIn(word, findings[check]["found"] + " " + (findings[check]["advice"] or ""))

    def certificate(self, name="localhost", days=(-10, 300.5)):
        """Its file and its key's, for that name and from and to so many days from now."""
        folder = self.folder / "ca"
        folder.mkdir()
        (folder / "ca.cnf").write_text(CA_CONFIG % name)
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("01\n")
        dates = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + day * 86400)) for day in days]
        for words in (["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj",
                       "/CN=" + name],
                      ["ca", "-batch", "-config", "ca.cnf", "-selfsign", "-keyfile", "key.pem", "-in", "request.pem", "-out",
                       "certificate.pem", "-notext", "-startdate", dates[0], "-enddate", dates[1]]):
            made = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
            self.assertEqual(made.returncode, 0, made.stderr)
        return folder / "certificate.pem", folder / "key.pem"

    def trust(self, certificate):
        self.write("campana.ini", "ca-file = %s\n" % certificate[0])

    # ---- in order

    def test_in_order_every_check_says_ok(self):
        simulator = self.simulate("--balance", 500)
        self.write("campana.ini", "user = %s\npassword = %s\nrate = 3/s\n" % (harness.USER, harness.PASSWORD)).chmod(0o600)
        self.write_campaign(3)
        self.campana("load", "campaign.csv", expect=0)
        environment = {"CAMPANA_PASSWORD": "", "CAMPANA_USER": "", "CAMPANA_RATE": ""}
        findings = self.doctor(0, env=environment)
        self.assertEqual({finding["level"] for finding in findings.values()}, {"ok"}, findings)
        for check, word in (("configuration", "campana.ini"), ("url", "(CAMPANA_URL)"), ("user", "campana.ini, line 1"),
                            ("rate", "3/s (./campana.ini, line 3)"), ("hours", "any (CAMPANA_HOURS)"),
                            ("db", "(CAMPANA_DB)"), ("database", "1 campaign,"), ("disk", "MiB free"),
                            ("password", "campana.ini, line 2"), ("secrets", "mode 0600"), ("connection", "127.0.0.1"),
                            ("clock", "less than 2 minutes"), ("balance", "500"), ("public IP", "127.0.0.1"),
                            ("contact hours", "always open")):
            self.assert_finding(findings, check, "ok", word)
        text = self.campana("doctor", expect=0, env=environment).out
        self.assertNotIn("FAILURE", text)
        self.assertEqual(simulator.ledger(), [], "no message is sent")

    def test_over_tls_with_a_certificate_and_its_end(self):
        certificate = self.certificate()
        self.trust(certificate)
        findings = self.doctor(0, url=self.gateway(certificate=certificate).url)
        self.assert_finding(findings, "name", "ok", "localhost is ")
        self.assert_finding(findings, "TLS", "ok")
        self.assert_finding(findings, "certificate", "ok", "valid for another 300 d")
        self.assert_finding(findings, "public IP", "ok", "203.0.113.7", "firewall")

    # ---- one thing wrong

    def test_a_certificate_that_ends_soon_is_a_warning(self):
        certificate = self.certificate(days=(-1, 5.5))
        self.trust(certificate)
        findings = self.doctor(0, url=self.gateway(certificate=certificate).url)
        self.assert_finding(findings, "certificate", "warning", "5 d", "gateway's people")

    def test_an_expired_certificate(self):
        certificate = self.certificate(days=(-10, -2))
        self.trust(certificate)
        findings = self.doctor(7, url=self.gateway(certificate=certificate).url)
        self.assert_finding(findings, "TLS", "failure", "expired", "clock")
        self.assertNotIn("balance", findings)

    def test_a_certificate_for_another_host(self):
        certificate = self.certificate(name="gateway.example")
        self.trust(certificate)
        self.assert_finding(self.doctor(7, url=self.gateway(certificate=certificate).url), "TLS", "failure", "localhost")

    def test_a_certificate_that_nobody_vouches_for(self):
        certificate = self.certificate()
        self.assert_finding(self.doctor(7, url=self.gateway(certificate=certificate).url), "TLS", "failure", "certificate",
                            "ca-file")

    def test_a_server_that_speaks_no_tls(self):
        url = self.gateway().url.replace("http:", "https:")
        self.assert_finding(self.doctor(7, url=url), "TLS", "failure", "prove who it is")

    def test_a_port_where_nobody_listens(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = "http://127.0.0.1:%d/envio/api/sendsms" % unused.getsockname()[1]
            findings = self.doctor(7, url=url)
        self.assert_finding(findings, "connection", "failure", "url")

    def test_a_name_that_does_not_exist(self):
        findings = self.doctor(7, url="https://gateway.invalid/envio/api/sendsms")
        self.assert_finding(findings, "name", "failure", "gateway.invalid", "network")

    def test_plain_http_to_another_host(self):
        self.assert_finding(self.doctor(2, url="http://gateway.invalid/"), "gateway", "failure", "https")

    def test_what_the_gateway_says_about_the_account(self):
        for status, body, code, level, words in (
                (200, "-1", 4, "failure", ["refused the user or the password", "administrator"]),
                (403, "no", 4, "failure", ["firewall"]),
                (200, "0", 3, "failure", ["buy credit"]),
                (200, "0.00", 3, "failure", ["buy credit"]),
                (200, "-6", 3, "failure", ["maintenance"]),
                (200, "<html>No aplica</html>", 0, "warning", ["administrator", "--test-to"]),
                (200, "", 0, "warning", ["administrator"]),
                (502, "bad gateway", 7, "failure", ["HTTP 502"]),
                (429, "slowly", 7, "failure", ["HTTP 429"]),
                (200, "12.50", 0, "ok", ["12.50"])):
            with self.subTest(status=status, body=body):
                findings = self.doctor(code, url=self.gateway(status=status, body=body).url)
                self.assert_finding(findings, "balance", level, *words)

    def test_a_clock_that_is_off(self):
        for skew_s in (-1000, 1000):
            findings = self.doctor(0, url=self.gateway(skew_s=skew_s).url)
            self.assert_finding(findings, "clock", "warning", "min", "contact hours")
        self.assert_finding(self.doctor(0, url=self.gateway(skew_s=60).url), "clock", "ok")

    def test_an_address_page_that_is_not_there(self):
        url = self.gateway(status=404, body="no").url
        findings = self.doctor(7, url=url)
        self.assert_finding(findings, "public IP", "warning", "browser")

    def test_a_password_file_that_others_can_read(self):
        self.simulate()
        for name, content in (("campana.ini", "password = secreto\n"), ("campana.ini", "password-file = clave\n")):
            self.write(name, content).chmod(0o600)
            self.write("clave", "secreto\n").chmod(0o644)
            if "file" not in content:
                (self.folder / name).chmod(0o664)
            findings = self.doctor(0, env={"CAMPANA_PASSWORD": ""})
            self.assert_finding(findings, "secrets", "warning", "chmod 600")

    def test_no_user_no_password_and_a_bad_configuration(self):
        self.simulate()
        self.assert_finding(self.doctor(2, env={"CAMPANA_USER": ""}), "user", "failure", "campana.ini")
        findings = self.doctor(2, env={"CAMPANA_PASSWORD": ""})
        self.assert_finding(findings, "password", "failure", "CAMPANA_PASSWORD")
        self.write("campana.ini", "raet = 5\n")
        findings = self.doctor(2)
        self.assert_finding(findings, "configuration", "failure", "line 1", "rate")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_database_that_cannot_be_written(self):
        self.simulate()
        self.write_campaign(1)
        self.campana("load", "campaign.csv", expect=0)
        self.db.chmod(0o400)
        self.assert_finding(self.doctor(1), "database", "failure", "cannot be written")
        self.db.chmod(0o600)
        self.folder.chmod(0o500)
        self.assert_finding(self.doctor(1), "database", "failure", "cannot write in its folder")
        self.folder.chmod(0o700)

    def test_a_database_that_cannot_be_written_is_seen_by_root_too(self):
        self.simulate()
        self.db = self.folder / "nowhere" / "campana.db"
        self.assert_finding(self.doctor(1), "database", "failure", "--db FILE")

    def test_a_damaged_database(self):
        self.simulate()
        self.write_campaign(3000)
        self.campana("load", "campaign.csv", expect=0)
        whole = self.db.read_bytes()
        self.db.write_bytes(whole[:40960] + b"\x55" * 8192 + whole[49152:])
        findings = self.doctor(1)
        self.assert_finding(findings, "database", "failure")
        self.assertRegex(findings["database"]["found"], "damaged|malformed|corrupt")
        self.db.write_bytes(b"no database at all" * 1000)
        self.assert_finding(self.doctor(2), "database", "failure", "not a campana database")

    def test_a_database_that_others_can_read_and_rows_that_are_unknown(self):
        self.simulate(script="on 1: close\n")
        self.write_campaign(1)
        self.campana("run", "campaign.csv", expect=9)
        self.db.chmod(0o644)
        findings = self.doctor(0)
        self.assert_finding(findings, "privacy", "warning", "chmod 600")
        self.assert_finding(findings, "unknown rows", "warning", "1 whose fate", "reconcile")

    def test_another_sender_and_closed_hours(self):
        self.simulate("--latency", 3600_000)
        self.write_campaign(1)
        process = self.start("run", "campaign.csv", "--timeout", 600)
        self.wait_for(self.simulator.ledger, "nothing is sent", process)
        self.assert_finding(self.doctor(10), "sender", "failure", "another process")
        process.kill()
        process.communicate()
        day, hours = harness.closed_now()
        self.assert_finding(self.doctor(8, "--hours", hours), "contact hours", "failure", day, "--wait")


if __name__ == "__main__":
    harness.main()
