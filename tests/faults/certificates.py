"""Certificates, good and bad, made with openssl: the address 127.0.0.1 under an authority of our own."""

import subprocess

GOOD, EXPIRED, WRONG_HOST, SELF_SIGNED = "good", "expired", "wrong-host", "self-signed"

CONFIGURATION = """
[ca]
default_ca = test
[test]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


def _request(folder, name, subject_alternative):
    _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=gateway", "-addext",
             "subjectAltName=" + subject_alternative, "-keyout", folder / (name + ".key"), "-out", folder / (name + ".csr"))


def _join(folder, name):
    path = folder / (name + ".pem")
    path.write_bytes((folder / (name + ".key")).read_bytes() + (folder / (name + ".crt")).read_bytes())
    return path


def make(folder):
    """{name: file with key and certificate}, and "ca": the authority's certificate."""
    folder.mkdir()
    (folder / "index").touch()
    (folder / "serial").write_text("1000\n")
    (folder / "ca.cnf").write_text(CONFIGURATION.format(folder=folder))
    made = {"ca": folder / "ca.crt"}
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
             "/CN=Test authority", "-keyout", folder / "ca.key", "-out", folder / "ca.crt")
    for name, host, begins, ends in ((GOOD, "IP:127.0.0.1", "20200101000000Z", "20491231000000Z"),
                                     (WRONG_HOST, "DNS:elsewhere.example", "20200101000000Z", "20491231000000Z"),
                                     (EXPIRED, "IP:127.0.0.1", "20200101000000Z", "20200201000000Z")):
        _request(folder, name, host)
        _openssl("ca", "-batch", "-config", folder / "ca.cnf", "-cert", folder / "ca.crt", "-keyfile", folder / "ca.key",
                 "-startdate", begins, "-enddate", ends, "-notext", "-in", folder / (name + ".csr"), "-out",
                 folder / (name + ".crt"))
        made[name] = _join(folder, name)
        (folder / "index").write_text("")  # the same name once more
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=gateway",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / (SELF_SIGNED + ".key"), "-out",
             folder / (SELF_SIGNED + ".crt"))
    made[SELF_SIGNED] = _join(folder, SELF_SIGNED)
    return made
