"""One connection of a provider that speaks HTTP/2 (RFC 9113), well or badly."""

import struct
import threading
import time
import urllib.parse

import hpack

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32
HEADER_TABLE_SIZE = 1  # a setting
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM, HTTP_1_1_REQUIRED = 0, 2, 7, 8, 11, 13

# Misdeeds that HTTP/2 alone has; a treatment of HTTP/1 is translated into one of them, or into its like.
STREAM_ERRORS = [REFUSED_STREAM, REFUSED_STREAM, CANCEL, INTERNAL_ERROR, ENHANCE_YOUR_CALM, HTTP_1_1_REQUIRED]
MISDEEDS = ["reset-stream", "reset-stream", "reset-stream-early", "go-away", "go-away-lower", "close", "cut-body", "two-answers"]


class Connection:
    def __init__(self, provider, connection):
        self.provider, self.connection = provider, connection
        self.decoder = hpack.Decoder()
        self.bodies, self.paths, self.treatments = {}, {}, {}
        self.waiting = {}  # receipts by stream that are answered later
        self.sending = threading.Lock()

    # ---- frames

    def _read(self, length):
        data = b""
        while len(data) < length:
            more = self.connection.recv(length - len(data))
            if not more:
                raise OSError("the client has left")
            data += more
        return data

    def _send(self, kind, flags, stream, payload=b""):
        with self.sending:
            self.connection.sendall(struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload)

    def serve(self):
        if self._read(len(PREFACE)) != PREFACE:
            return
        self._send(SETTINGS, 0, 0, struct.pack(">HI", HEADER_TABLE_SIZE, 0))
        while True:
            length = struct.unpack(">I", b"\0" + self._read(3))[0]
            kind, flags, stream = struct.unpack(">BBI", self._read(6))
            payload = self._read(length)
            if not self._take(kind, flags, stream & 0x7FFFFFFF, payload):
                return

    def _take(self, kind, flags, stream, payload):
        """False to close the connection."""
        if kind == SETTINGS and not flags & ACK:
            self._send(SETTINGS, ACK, 0)
        elif kind == PING and not flags & ACK:
            self._send(PING, ACK, 0, payload)
        elif kind == HEADERS:
            return self._take_headers(flags, stream, payload)
        elif kind == DATA and stream in self.bodies:
            if flags & PADDED:
                payload = payload[1:len(payload) - payload[0]]
            self.bodies[stream] += payload
            if flags & END_STREAM:
                return self._answer(stream)
        elif kind == GOAWAY:
            return False
        return True

    def _take_headers(self, flags, stream, payload):
        if flags & PADDED:
            payload = payload[1:len(payload) - payload[0]]
        if flags & PRIORITY:
            payload = payload[5:]
        if not flags & END_HEADERS:
            raise ValueError("a header in several frames")
        headers = dict(self.decoder.decode(payload))
        self.paths[stream] = headers[b":path"].decode("latin-1")
        self.bodies[stream] = b""
        self.treatments[stream] = treatment, amount = self.provider.draw()
        if treatment == "unread" and amount % 2:  # refused as soon as it is announced
            self.provider.misdeed()
            self._send(RST_STREAM, 0, stream, struct.pack(">I", STREAM_ERRORS[amount % len(STREAM_ERRORS)]))
        return self._answer(stream) if flags & END_STREAM else True

    # ---- answers

    def _reply(self, stream, body, status=b"200", headers=()):
        self._send(HEADERS, END_HEADERS, stream, hpack.encode([(b":status", status), *headers]))
        self._send(DATA, END_STREAM, stream, body)

    def _answer(self, stream):
        path, _, query = self.paths[stream].partition("?")
        text = self.bodies.pop(stream).decode("latin-1") or query
        form = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        treatment, amount = self.treatments.pop(stream)
        receipt = self.provider.receive(path, form, "h2 " + treatment)
        provider = self.provider
        if receipt is None:
            self._reply(stream, b"1000")
            return True
        from provider import RETURNS  # the two halves of one provider
        if treatment in ("fine", "dripped"):
            receipt.code = receipt.code_to_give
            provider.done(receipt)
            self._reply(stream, str(receipt.code).encode())
        elif treatment == "delayed":
            self.waiting[stream] = receipt
            threading.Thread(target=self._answer_later, args=(stream, amount), daemon=True).start()
        elif treatment.startswith("refused-"):
            receipt.code = -4 if treatment == "refused-number" else -5
            provider.done(receipt)
            self._reply(stream, str(receipt.code).encode())
        elif treatment in RETURNS:
            status, body, headers = RETURNS[treatment]
            receipt.returned = True
            provider.done(receipt)
            self._reply(stream, body.encode(), status[:3].encode(),
                        [(line.split(": ")[0].lower().encode(), line.split(": ")[1].encode()) for line in headers])
        else:
            return self._misbehave(stream, receipt, treatment, amount)
        return True

    def _answer_later(self, stream, amount):
        time.sleep(amount / 1000)
        receipt = self.waiting.pop(stream, None)
        if receipt is None:
            return
        receipt.code = receipt.code_to_give
        self.provider.done(receipt)
        try:
            self._reply(stream, str(receipt.code).encode())
        except OSError:
            pass

    def _give_up_others(self):
        """The connection is about to end, and all that wait on it with it."""
        while self.waiting:
            try:
                self.provider.done(self.waiting.popitem()[1])
            except KeyError:
                return

    def _misbehave(self, stream, receipt, treatment, amount):
        self.provider.misdeed()
        self.provider.done(receipt)
        kind = MISDEEDS[amount % len(MISDEEDS)]
        code = str(receipt.code_to_give).encode()
        if treatment in ("stalled", "slow-for-ever"):
            return True
        if treatment == "escapes":
            self._reply(stream, "\x1b[2J\u202e\r\nnext".encode())
        elif kind == "reset-stream":
            self._send(RST_STREAM, 0, stream, struct.pack(">I", STREAM_ERRORS[amount // 8 % len(STREAM_ERRORS)]))
        elif kind == "reset-stream-early":  # in the middle of the answer
            length = [(b"content-length", b"%d" % len(code))] if amount // len(MISDEEDS) % 2 else []
            if not length:  # libcurl 7.88 may take it for whole where the connection, too, ends just then
                receipt.passes_for = int(code[:5])
            self._send(HEADERS, END_HEADERS, stream, hpack.encode([(b":status", b"200"), *length]))
            self._send(DATA, 0, stream, code[:5])
            self._send(RST_STREAM, 0, stream, struct.pack(">I", CANCEL))
        elif kind in ("go-away", "go-away-lower"):
            self._give_up_others()
            last = stream if kind == "go-away" else max(0, stream - 2)
            self._send(GOAWAY, 0, 0, struct.pack(">II", last, NO_ERROR))
            return False
        elif kind == "close":
            self._give_up_others()
            return False
        elif kind == "cut-body":
            self._give_up_others()
            self._send(HEADERS, END_HEADERS, stream, hpack.encode([(b":status", b"200"), (b"content-length", b"11")]))
            self._send(DATA, 0, stream, code[:7])
            return False
        else:
            self._reply(stream, b"-2")
            self._reply(stream, code)
        return True
