"""A gateway on a raw socket, for what no HTTP library would do: a thread per connection, and a function that decides what
happens to every complete request."""

import collections
import socket
import threading
import urllib.parse


class RawServer:
    """`treat(connection, request)` gets the socket and the decoded parameters of each complete request and returns True to
    keep the connection."""

    def __init__(self, treat, context=None):
        self.treat = treat
        self.context = context
        self.received = collections.Counter()  # complete send requests by number
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = "%s://127.0.0.1:%d" % ("https" if context else "http", self.listener.getsockname()[1])
        self.closing = False
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self):
        self.closing = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join(10)

    def _accept(self):
        while not self.closing:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.settimeout(30)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            pending = b""
            while True:
                request, pending = self._read(connection, pending)
                if request is None or not self._answer(connection, request):
                    return
        except OSError:
            pass
        finally:
            connection.close()

    def _read(self, connection, pending):
        while b"\r\n\r\n" not in pending:
            more = connection.recv(65536)
            if not more:
                return None, b""
            pending += more
        head, pending = pending.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        length = 0
        for line in lines[1:]:
            name, value = line.split(":", 1)
            if name.lower() == "content-length":
                length = int(value)
        while len(pending) < length:
            more = connection.recv(65536)
            if not more:
                return None, b""
            pending += more
        body, pending = pending[:length], pending[length:]
        path, _, query = target.partition("?")
        form = dict(urllib.parse.parse_qsl(query if method == "GET" else body.decode("latin-1"), keep_blank_values=True))
        return {"method": method, "path": path, "form": form}, pending

    def _answer(self, connection, request):
        if request["path"].endswith("query.php"):
            answer(connection, "1000000")
            return True
        with self.lock:
            self.received[request["form"]["GSM"]] += 1
        return self.treat(connection, request)


def answer(connection, body, status="200 OK", headers=""):
    body = body if isinstance(body, bytes) else body.encode()
    connection.sendall(("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n" % (status, len(body), headers)).encode() + body)
