"""The gateways that are asked: nginx with an answer that never changes, for speed; the simulator, for latency."""
import contextlib
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


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise bench.Failed("nginx does not listen on port %d" % port)


@contextlib.contextmanager
def nginx(folder):
    """Base URLs of the same server: plain, TLS, TLS with HTTP/2; and its certificate."""
    http, tls, h2 = free_ports(3)
    make_certificate(folder)
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, http=http, tls=tls, h2=h2))
    os.chmod(folder, 0o755)
    process = subprocess.Popen(["nginx", "-p", folder, "-c", configuration], preexec_fn=on_server_core,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(h2)
        yield {"http": "http://127.0.0.1:%d" % http, "tls": "https://127.0.0.1:%d" % tls,
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
