"""A provider gone mad, on raw sockets: it answers, or misbehaves, as a seeded plan says, and writes down what it received.

A send request counts as received when its last byte was read; the receipt is written before anything is answered. The path of
every request begins with /NUMBER/, the run of campana that sent it, so that what an earlier run left in a socket is told apart.
"""

import random
import socket
import ssl
import struct
import threading
import time
import urllib.parse

import http2

ANSWER_DEADLINE_S = 20  # for a client that neither reads nor closes
CODES_FROM = 17954220000


class Receipt:
    """One complete send request. `code` is what a whole answer told; `returned`: the gateway itself says that it did not take the
    message, so that it may be sent again; `passes_for`: the code that a cut answer shows to who cannot know that it was cut."""

    def __init__(self, number, text, run, treatment):
        self.number, self.text, self.run, self.treatment = number, text, run, treatment
        self.at_ns = time.monotonic_ns()
        self.code = self.passes_for = None
        self.returned = False
        self.in_flight = 0

    def __repr__(self):
        return "%s in run %d, %s, code %s" % (self.number, self.run, self.treatment, self.code)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def head(status, *headers):
    return ("HTTP/1.1 %s\r\n" % status + "".join(header + "\r\n" for header in headers) + "\r\n").encode("latin-1")


def whole(body, status="200 OK", *headers):
    body = body if isinstance(body, bytes) else str(body).encode()
    return head(status, "Content-Length: %d" % len(body), *headers) + body


class Wire:
    """A connection, and how one request is read from it."""

    def __init__(self, connection):
        self.connection = connection

    def read_request(self, first, bytes_most):
        """The request's bytes: all of them, or the first `bytes_most`; the second value tells whether it is whole."""
        data = first
        while len(data) < bytes_most:
            need = self.missing(data)
            if need == 0:
                return data, True
            more = self.connection.recv(min(need, bytes_most - len(data)))
            if not more:
                return data, False
            data += more
        return data, self.missing(data) == 0

    @staticmethod
    def missing(data):
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 65536
        length = 0
        for line in data[:end].split(b"\r\n")[1:]:
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        return end + 4 + length - len(data)


def parse(data):
    """(path, form) of a whole request."""
    start, _, rest = data.partition(b"\r\n")
    method, target, _ = start.decode("latin-1").split(" ", 2)
    path, _, query = target.partition("?")
    form = query if method == "GET" else rest.partition(b"\r\n\r\n")[2].decode("latin-1")
    return path, dict(urllib.parse.parse_qsl(form, keep_blank_values=True))


class Provider:
    def __init__(self, plan, context=None):
        self.plan, self.context = plan, context
        self.healed = False
        self.lock = threading.Lock()
        self.receipts = []
        self.misdeeds = 0  # each may cost the row that met it its certainty
        self.heard_out = 0  # endless answers that were listened to for as long as there was anything to hear
        self.requests = self.connections = self.request_bytes = 0
        self.in_flight = {}  # by run
        self.on_receipt = None  # called without the lock, with the run and how many messages it has sent
        self.of_run = {}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = "%s://127.0.0.1:%d" % ("https" if context else "http", self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def heal(self):
        self.healed = True

    # ---- what the plan says

    def draw(self):
        """The treatment of the request that begins now."""
        with self.lock:
            self.requests += 1
            return ("fine", 0) if self.healed else self.plan.request(self.requests)

    def misdeed(self):
        with self.lock:
            self.misdeeds += 1

    def receive(self, path, form, treatment):
        """Writes down a whole send request; None for a balance query."""
        if path.endswith("/query.php"):
            return None
        run = int(path.split("/")[1])
        receipt = Receipt(form["GSM"], form["SMSText"], run, treatment)
        with self.lock:
            self.in_flight[run] = receipt.in_flight = self.in_flight.get(run, 0) + 1
            self.receipts.append(receipt)
            self.of_run[run] = count = self.of_run.get(run, 0) + 1
            receipt.code_to_give = CODES_FROM + len(self.receipts)
        if self.on_receipt is not None:
            self.on_receipt(run, count)
        return receipt

    def done(self, receipt):
        """Before the first byte of an answer, or before the connection ends: the client may send the next one from here on."""
        if receipt is not None:
            with self.lock:
                self.in_flight[receipt.run] -= 1

    # ---- connections

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                misdeed = None if self.healed else self.plan.connection(self.connections)
            threading.Thread(target=self._serve, args=(connection, misdeed), daemon=True).start()

    def _serve(self, connection, misdeed):
        try:
            connection.settimeout(ANSWER_DEADLINE_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if misdeed is not None:
                self.misdeed()
                kind, amount = misdeed
                if amount > 0:
                    connection.recv(amount)
                if kind == "reset":
                    reset(connection)
                return
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
                if connection.selected_alpn_protocol() == "h2":
                    http2.Connection(self, connection).serve()
                    return
            while self._serve_request(Wire(connection)):
                pass
        except (OSError, ValueError, KeyError):
            pass  # the client went away, in the middle of something
        finally:
            connection.close()

    def _serve_request(self, wire):
        """True to keep the connection."""
        connection = wire.connection
        first = connection.recv(1)
        if not first:
            return False
        treatment, amount = self.draw()
        if treatment in ("unread", "unread-reset"):
            self.misdeed()
            data, is_whole = wire.read_request(first, amount)
            if is_whole:
                path, form = parse(data)
                self.done(self.receive(path, form, treatment))
            if treatment == "unread-reset":
                reset(connection)
            return False
        data, is_whole = wire.read_request(first, 1 << 20)
        if not is_whole:
            return False
        path, form = parse(data)
        self.request_bytes = max(self.request_bytes, len(data))
        receipt = self.receive(path, form, treatment)
        if receipt is None:
            return self._answer_query(connection, treatment, amount, form)
        return ANSWERS[treatment](self, connection, receipt, amount, form)

    def _answer_query(self, connection, treatment, amount, form):
        if treatment in RETURNS:
            status, body, headers = RETURNS[treatment]
            connection.sendall(whole("1000" if body in ("-3", "-6") else body, status, *headers))
            return True
        if treatment in ("fine", "delayed", "dripped", "refused-number", "refused-text"):
            connection.sendall(whole("1000"))
            return True
        return ANSWERS[treatment](self, connection, None, amount, form)


# ---- answers: (provider, connection, receipt or None, amount, form) → whether to keep the connection

RETURNS = {  # the gateway did not take the message: status, body, headers
    "credentials": ("200 OK", "-1", ()),
    "no-balance": ("200 OK", "-3", ()),
    "maintenance": ("200 OK", "-6", ()),
    "forbidden": ("403 Forbidden", "<html>Forbidden</html>", ()),
    "busy": ("429 Too Many Requests", "slow down", ()),
    "busy-0": ("429 Too Many Requests", "slow down", ("Retry-After: 0",)),
    "busy-1": ("429 Too Many Requests", "slow down", ("Retry-After: 1",)),
    "busy-date": ("429 Too Many Requests", "", ("Retry-After: Thu, 01 Jan 2026 00:00:00 GMT",)),
    "unavailable-0": ("503 Service Unavailable", "<h1>503</h1>", ("Retry-After: 0",)),
    "unavailable-1": ("503 Service Unavailable", "<h1>503</h1>", ("Retry-After: 1",)),
}

NONSENSE = {  # no documented answer: unknown
    "empty": whole(""),
    "html": whole("<html><body>Error: 17954229999</body></html>"),
    "zero": whole("0"),
    "undocumented": whole("-2"),
    "plus": whole("+17954229999"),
    "leading-zero": whole("0017954229999"),
    "two-numbers": whole("17954229999 17954229998"),
    "exponent": whole("1e9"),
    "full-width": whole("１７９５４"),
    "too-many-digits": whole("9" * 40),
    "escapes": whole("\x1b[2J\x1b]0;title\x07\u202e 17\u2066 \x00\x9b31m\r\nnext line"),
    "not-utf-8": whole(b"\xff\xfe\x80\xc0\xaf"),
    "long": whole("1" * 3000),
    "no-content": head("204 No Content"),
    "created": whole("17954229999", "201 Created"),
    "redirect": whole("", "302 Found", "Location: /1/send.php"),
    "redirect-method": whole("", "307 Temporary Redirect", "Location: /1/send.php"),
    "unauthorized": whole("", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'),
    "timeout-told": whole("", "408 Request Timeout"),
    "expectation": whole("", "417 Expectation Failed"),
    "misdirected": whole("", "421 Misdirected Request"),
    "upgrade": whole("", "426 Upgrade Required", "Upgrade: h2c", "Connection: Upgrade"),
    "error": whole("17954229999", "500 Internal Server Error"),
    "bad-gateway": whole("<h1>502</h1>", "502 Bad Gateway"),
    "unavailable": whole("17954229999", "503 Service Unavailable"),
    "status-999": whole("17954229999", "999 Odd"),
    "version-0.9": b"17954229999",
    "another-protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "no-colon": b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n-2",
    "bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n17954229999\r\n0\r\n\r\n",
    "chunk-cut": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n17954\r\n",
    "interim-only": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
    "gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
}
CLOSES_AFTER = {"version-0.9", "another-protocol", "no-colon", "bad-chunk", "chunk-cut", "interim-only", "upgrade", "gzip"}


def framed(code, amount):
    """A documented answer in one of the forms that HTTP has for it, and whether the connection can be kept."""
    body = str(code).encode()
    forms = [
        (whole(body), True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in body)
         + b"0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body, False),
        (b"HTTP/1.0 200 OK\r\n\r\n" + body, False),
        (whole(b"\xef\xbb\xbf \t" + body + b"\r\n\r\n"), True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + whole(body), True),
        (whole(body, "200 OK", "X-Long: " + "x" * 4000, "Set-Cookie: a=b"), True),
        (whole(body) + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n-4", True),  # an answer that nobody asked for
    ]
    return forms[amount % len(forms)]


def answer_fine(provider, connection, receipt, amount, form):
    receipt.code = receipt.code_to_give
    data, keep = framed(receipt.code, amount)
    provider.done(receipt)
    connection.sendall(data)
    return keep


def answer_delayed(provider, connection, receipt, amount, form):
    time.sleep(amount / 1000)
    return answer_fine(provider, connection, receipt, 0, form)


def answer_dripped(provider, connection, receipt, amount, form):
    receipt.code = receipt.code_to_give
    provider.done(receipt)
    for byte in whole(str(receipt.code)):
        connection.sendall(bytes([byte]))
        if byte == ord(":"):
            time.sleep(0.005)
    return True


def refused(code):
    def answer_refused(provider, connection, receipt, amount, form):
        receipt.code = code
        provider.done(receipt)
        connection.sendall(whole(str(code)))
        return True
    return answer_refused


def returned(treatment):
    def answer_returned(provider, connection, receipt, amount, form):
        status, body, headers = RETURNS[treatment]
        receipt.returned = True
        provider.done(receipt)
        connection.sendall(whole(body, status, *headers))
        return True
    return answer_returned


def nonsense(treatment):
    def answer_nonsense(provider, connection, receipt, amount, form):
        provider.misdeed()
        provider.done(receipt)
        connection.sendall(NONSENSE[treatment])
        return treatment not in CLOSES_AFTER
    return answer_nonsense


def answer_echo(provider, connection, receipt, amount, form):
    """An error page that repeats the request, password and all."""
    provider.misdeed()
    provider.done(receipt)
    connection.sendall(whole("Wrong: " + " ".join("%s=%s" % pair for pair in form.items())))
    return True


def answer_cut(provider, connection, receipt, amount, form):
    """The first `amount` bytes of a good answer."""
    provider.misdeed()
    code = CODES_FROM if receipt is None else receipt.code_to_give
    data = whole(str(code))
    if receipt is not None and amount >= len(data):
        receipt.code = code
    provider.done(receipt)
    connection.sendall(data[:amount])
    return False


def answer_cut_reset(provider, connection, receipt, amount, form):
    answer_cut(provider, connection, receipt, amount, form)
    reset(connection)
    return False


def answer_closed_behind(provider, connection, receipt, amount, form):
    """A good answer, and the connection dies without notice `amount` ms later: perhaps under the next request."""
    provider.misdeed()
    if receipt is None:
        connection.sendall(whole("1000"))
    else:
        answer_fine(provider, connection, receipt, 0, form)
    time.sleep(amount / 1000)
    return False


def until_the_client_leaves(connection):
    connection.settimeout(ANSWER_DEADLINE_S)
    while connection.recv(4096):
        pass


def answer_stalled(provider, connection, receipt, amount, form):
    provider.misdeed()
    provider.done(receipt)
    connection.sendall(whole("17954229999")[:amount])
    until_the_client_leaves(connection)
    return False


def answer_slowly_for_ever(provider, connection, receipt, amount, form):
    """A byte now and then: every one would start an idle timeout afresh."""
    provider.misdeed()
    provider.done(receipt)
    deadline = time.monotonic() + ANSWER_DEADLINE_S
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while time.monotonic() < deadline:
        connection.sendall(b"x")
        time.sleep(0.1)
    return False


ENDLESS_BYTES = 48 << 20  # more than the sockets on both sides may hold


def endless(opening, piece):
    def answer_endlessly(provider, connection, receipt, amount, form):
        provider.misdeed()
        provider.done(receipt)
        connection.sendall(opening)
        for _ in range(ENDLESS_BYTES // len(piece)):
            connection.sendall(piece)
        provider.heard_out += 1
        until_the_client_leaves(connection)
        return False
    return answer_endlessly


ANSWERS = {
    "fine": answer_fine,
    "delayed": answer_delayed,
    "dripped": answer_dripped,
    "refused-number": refused(-4),
    "refused-text": refused(-5),
    "echo": answer_echo,
    "cut": answer_cut,
    "cut-reset": answer_cut_reset,
    "closed-behind": answer_closed_behind,
    "stalled": answer_stalled,
    "slow-for-ever": answer_slowly_for_ever,
    "endless-body": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"1" * 4096),
    "endless-header": endless(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 2000 + b"\r\n"),
    "endless-line": endless(b"HTTP/1.1 200 OK\r\nX-More: ", b"x" * 4096),
    "endless-interim": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 40),
    **{name: returned(name) for name in RETURNS},
    **{name: nonsense(name) for name in NONSENSE},
}


GOOD = ["fine", "fine", "fine", "delayed", "dripped", "refused-number", "refused-text"]
SLOW = ["busy", "busy-0", "busy-date", "unavailable-0"]
WAITS = ["stalled", "slow-for-ever"]  # each costs a timeout
BAD = [name for name in ANSWERS if name not in RETURNS and name not in GOOD and name not in WAITS] + [
    "cut", "cut", "cut-reset", "unread", "unread", "unread-reset", "closed-behind"]


class Plan:
    """What becomes of every connection and every request, by the seed alone."""

    def __init__(self, chance, size=3000):
        badness = chance.choice([0.03, 0.1, 0.3])
        slowness = chance.choice([0, 0, 0.05])
        self.requests = [self._draw(chance, badness, slowness) for _ in range(size)]
        self.windows = []
        for _ in range(chance.choice([0, 0, 1, 2])):
            start = chance.randrange(1, 60)
            self.windows.append((start, start + chance.randrange(1, 12), chance.choice(
                ["maintenance", "no-balance", "credentials", "forbidden", "busy-1", "unavailable-1"])))
        rate = chance.choice([0, 0, 0.05, 0.2])
        self.connections = [self._draw_connection(chance) if chance.random() < rate else None for _ in range(size)]
        waits = chance.sample(range(60), chance.choice([0, 0, 1, 2]))
        for at in waits:
            self.requests[at] = (chance.choice(WAITS), chance.randrange(0, 50))

    def _draw(self, chance, badness, slowness):
        lot = chance.random()
        if lot < badness:
            name = chance.choice(BAD)
        elif lot < badness + slowness:
            name = chance.choice(SLOW)
        else:
            name = chance.choice(GOOD)
        amount = {"fine": chance.randrange(8) if chance.random() < 0.5 else 0, "delayed": chance.randrange(1, 120),
                  "closed-behind": chance.choice([0, 0, 1, 5, 20])}.get(name, chance.randrange(0, 420))
        return name, min(amount, 60) if name.startswith("cut") else amount

    @staticmethod
    def _draw_connection(chance):
        return chance.choice(["close", "reset"]), chance.choice([0, 0, chance.randrange(1, 500)])

    def request(self, ordinal):
        for start, end, name in self.windows:
            if start <= ordinal < end:
                return name, 0
        return self.requests[ordinal % len(self.requests)]

    def connection(self, ordinal):
        return self.connections[ordinal % len(self.connections)]


class Fixed:
    """A plan that is told: `requests` by ordinal from 1, all others fine."""

    def __init__(self, requests):
        self.requests = requests

    def request(self, ordinal):
        return self.requests.get(ordinal, ("fine", 0)) if isinstance(self.requests, dict) else self.requests(ordinal)

    def connection(self, ordinal):
        return None


def plan_for(seed):
    return Plan(random.Random(seed))


def tls_context(certificate, alpn):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(alpn)
    return context
