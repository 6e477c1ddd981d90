"""Header compression for HTTP/2 (RFC 7541), as much as a gateway in a test needs: it reads what any client may send, and writes
literals alone."""

# RFC 7541, appendix B: the lengths of the code's words, by octet, and of the end's. The code is canonical, so they say it all.
LENGTHS = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
]

# RFC 7541, appendix A, as far as anybody here asks: other names are not told apart. So the sizes of dynamic entries are not
# exact; a connection tells the client at once to keep none.
STATIC = [(b"", b"")] * 62
STATIC[2], STATIC[3] = (b":method", b"GET"), (b":method", b"POST")
STATIC[4], STATIC[5] = (b":path", b"/"), (b":path", b"/index.html")


def _words():
    words, word, length = {}, 0, 0
    for symbol in sorted(range(257), key=lambda symbol: (LENGTHS[symbol], symbol)):
        word <<= LENGTHS[symbol] - length
        length = LENGTHS[symbol]
        words[length, word] = symbol
        word += 1
    return words


WORDS = _words()


def decode_huffman(data):
    out, word, length = bytearray(), 0, 0
    for octet in data:
        for bit in range(7, -1, -1):
            word, length = word << 1 | octet >> bit & 1, length + 1
            symbol = WORDS.get((length, word))
            if symbol is not None:
                out.append(symbol)
                word = length = 0
    return bytes(out)


class Decoder:
    """One direction of one connection."""

    def __init__(self):
        self.dynamic, self.size_most = [], 4096

    def _integer(self, data, at, bits):
        value = data[at] & (1 << bits) - 1
        at += 1
        if value < (1 << bits) - 1:
            return value, at
        shift = 0
        while True:
            value += (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                return value, at

    def _string(self, data, at):
        is_huffman = data[at] & 128
        length, at = self._integer(data, at, 7)
        text = data[at:at + length]
        return decode_huffman(text) if is_huffman else bytes(text), at + length

    def _entry(self, index):
        return STATIC[index] if index < len(STATIC) else self.dynamic[index - len(STATIC)]

    def _add(self, entry):
        self.dynamic.insert(0, entry)
        while sum(len(name) + len(value) + 32 for name, value in self.dynamic) > self.size_most:
            self.dynamic.pop()

    def decode(self, data):
        headers, at = [], 0
        while at < len(data):
            octet = data[at]
            if octet & 0x80:
                index, at = self._integer(data, at, 7)
                headers.append(self._entry(index))
                continue
            if octet & 0xE0 == 0x20:
                self.size_most, at = self._integer(data, at, 5)
                while sum(len(name) + len(value) + 32 for name, value in self.dynamic) > self.size_most:
                    self.dynamic.pop()
                continue
            kept = octet & 0x40
            index, at = self._integer(data, at, 6 if kept else 4)
            name = self._entry(index)[0] if index else None
            if name is None:
                name, at = self._string(data, at)
            value, at = self._string(data, at)
            if kept:
                self._add((name, value))
            headers.append((name, value))
        return headers


def encode(headers):
    """Literals without indexing."""
    out = bytearray()
    for name, value in headers:
        for text, prefix in ((name, b"\x00"), (value, b"")):
            assert len(text) < 127
            out += prefix + bytes([len(text)]) + text
    return bytes(out)
