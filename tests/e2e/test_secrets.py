"""The password stays where it belongs."""

import pathlib
import subprocess
import urllib.parse

import harness


class Secrets(harness.CampanaTest):
    def forms_of_the_password(self):

        return [harness.PASSWORD, urllib.parse.quote(harness.PASSWORD, safe=""), urllib.parse.quote_plus(harness.PASSWORD)]

    def assert_nowhere(self, content, where):
        content = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        for form in self.forms_of_the_password():
            self.assertNotIn(form.encode(), content, where)

    def test_the_password_is_in_no_output_and_no_file(self):
        self.simulate("--user", harness.USER, "--password", harness.PASSWORD, script="on 3: close\non 5: html\n")
        self.write_campaign(20)
        for method in ("post", "get"):
            for arguments in (["run", "campaign.csv", "--campaign", method, "--method", method, "--concurrency", 1, "-v", "--yes"],
                              ["status", method], ["report", method, "--format", "json"], ["doctor"], ["balance"], ["-v", "doctor"]):
                result = self.campana(*arguments)
                self.assert_nowhere(result.out + result.err, arguments)
        result = self.campana("run", "campaign.csv", "--method", "get", "--max-failures", 1, "--yes", "-v",
                              url="http://127.0.0.1:9/x")
        self.assert_nowhere(result.out + result.err, "a gateway that cannot be reached")
        for path in self.folder.iterdir():
            if path.is_file() and not path.name.startswith("ledger"):
                self.assert_nowhere(path.read_bytes(), path)

    def test_the_password_is_not_in_argv_nor_in_a_file_that_others_read(self):
        self.simulate("--latency", 3600_000)
        self.write_campaign(2)
        process = self.start("run", "campaign.csv", "--method", "get", "--timeout", 600, "--yes")
        self.wait_for(self.simulator.ledger, "nothing is sent", process)
        argv = pathlib.Path("/proc/%d/cmdline" % process.pid).read_bytes()
        self.assertIn(b"campaign.csv", argv)
        self.assert_nowhere(argv, "argv")
        process.kill()
        process.communicate()

    def test_plain_http_is_refused_for_any_host_but_loopback(self):
        self.write_campaign(2)
        for url in ("http://sistemasmasivos.com/envio", "http://127.0.0.1.example.com/", "http://192.0.2.7/", "ftp://127.0.0.1/",
                    "http://localhost@192.0.2.7/"):
            result = self.campana("run", "campaign.csv", "--yes", url=url, expect=2)
            self.assertTrue(result.err)
        self.assertNotIn("inflight", self.counts() if self.db.exists() else {})

    def test_passwords_come_through_exactly_from_every_source(self):
        awkward = 'a;b#c = "d" \'e\' %25&+ñ\\'
        self.simulate("--user", harness.USER, "--password", awkward, "--balance", 77)

        def balance(**environment):
            env = self.environment(**environment)
            env.pop("CAMPANA_PASSWORD", None)
            env.update({key: value for key, value in environment.items() if value})
            return subprocess.run([harness.BIN / "campana", "balance"], env=env, cwd=self.folder, capture_output=True, text=True)

        self.assertEqual(balance(CAMPANA_PASSWORD=awkward).stdout, "77\n")
        self.write("secret", awkward + "\n").chmod(0o600)
        self.write("campana.ini", "[account]\npassword-file = secret\n").chmod(0o600)
        result = balance()
        self.assertEqual(result.stdout, "77\n", result.stderr)
        (self.folder / "campana.ini").unlink()
        self.write("campana-password", awkward).chmod(0o600)
        self.assertEqual(balance(CREDENTIALS_DIRECTORY=str(self.folder)).stdout, "77\n")


if __name__ == "__main__":
    harness.main()
