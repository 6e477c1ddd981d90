"""The gateways that are asked: nginx with an answer that never changes, for speed; the simulator, for latency."""
import contextlib
import http.client
import os
import socket
import subprocess
import time

import bench

NGINX = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    server {{
        listen 127.0.0.1:{http} backlog=1024;
        listen 127.0.0.1:{tls} ssl backlog=1024;
        listen 127.0.0.1:{h2} ssl http2 backlog=1024;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        location = /send.php {{ return 200 "17954223921"; }}
        location = /query.php {{ return 200 "1000000"; }}
    }}
}}
"""


def on_server_core():
    os.sched_setaffinity(0, {bench.SERVER_CORE})


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, stderr=subprocess.DEVNULL)


def answers(process, port):
    """Whether nginx does in the end; it ends itself where another program has taken one of its ports. Until it has all of
    them it listens on some and answers on none."""
    for _ in range(1200):
        if process.poll() is not None:
            return False
        try:
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/query.php")
                if connection.getresponse().read() == b"1000000":
                    return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.05)
    raise bench.Failed("nginx does not answer on port %d" % port)


def start_nginx(folder):
    """The process and its ports."""
    configuration = folder / "nginx.conf"
    for _ in range(5):
        plain, tls, h2 = free_ports(3)
        configuration.write_text(NGINX.format(folder=folder, http=plain, tls=tls, h2=h2))
        process = subprocess.Popen(["nginx", "-p", folder, "-c", configuration], preexec_fn=on_server_core,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if answers(process, plain):
            return process, plain, tls, h2
    log = folder / "nginx.log"
    raise bench.Failed("nginx does not start: %s" % (log.read_text() if log.exists() else "it wrote no log"))


@contextlib.contextmanager
def nginx(folder):
    """Base URLs of the same server: plain, TLS, TLS with HTTP/2; and its certificate."""
    make_certificate(folder)
    os.chmod(folder, 0o755)
    process, plain, tls, h2 = start_nginx(folder)
    try:
        yield {"http": "http://127.0.0.1:%d" % plain, "tls": "https://127.0.0.1:%d" % tls,
               "h2": "https://127.0.0.1:%d" % h2, "certificate": folder / "certificate.pem"}
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def simulator(program, latency_ms):
    """The simulator's base URL; it answers every send request after that latency."""
    process = subprocess.Popen([program, "--latency", str(latency_ms)], preexec_fn=on_server_core,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
