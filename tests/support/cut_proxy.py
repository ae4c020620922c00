"""A proxy of TCP between a client and a MySQL server that knows their packets (three bytes of length, one of sequence),
counts them in both directions together, and cuts the connection at a chosen one.

I1 Until the cut everything is passed on as it is; after it the connection is closed to both sides at once. One that
   swallows tells neither side that the other has gone.
I2 Counted are the packets of all connections since `arm`, in the order in which they arrive here.
"""

import contextlib
import random
import socket
import threading
from dataclasses import dataclass

HEADER_SIZE = 4
CHUNK_SIZE = 65536

# Packets by what they are: how many come before them depends on the rows that are there.
COMMIT, COMMIT_ANSWER = -1, -2

# How the chosen packet is cut: it is not passed on, half of it is, all of it is and nothing that follows. Or it is
# swallowed with all that follows, and neither side is told.
BEFORE, WITHIN, AFTER, SWALLOWED = 'before', 'within', 'after', 'swallowed'


@dataclass
class Packet:
    from_client: bool
    is_commit: bool


@dataclass
class Plan:
    cut_at: int = 0  # the packet, from 1, or one of the above; 0: none
    how: str = BEFORE
    stays_down: bool = False  # who comes after the cut is turned away
    bytes_max: int = 0        # each connection is cut after some bytes, at random up to twice this many; 0: none is


class CutProxy:
    """Listens at 127.0.0.1:`port` until it is closed."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.lock = threading.Lock()
        self.plan = Plan()
        self.packets = []
        self.has_cut = False
        self.cuts = 0
        self.connections = 0
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.is_closed = False
        threading.Thread(target=self.listen, daemon=True).start()

    def arm(self, plan):
        with self.lock:
            self.plan = plan
            self.packets = []
            self.has_cut = False
            self.connections = 0

    def close(self):
        self.is_closed = True
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def listen(self):
        while not self.is_closed:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.accept(client)

    def accept(self, client):
        with self.lock:
            is_down = self.has_cut and self.plan.stays_down
            bytes_max = self.plan.bytes_max
            self.connections += 1
            number = self.connections
        try:
            server = None if is_down else socket.create_connection(('127.0.0.1', self.server_port))
        except OSError:
            server = None
        if server is None:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = Link(self, number, client, server, random.randrange(1, 2 * bytes_max) if bytes_max else 0)
        for from_client in (True, False):
            threading.Thread(target=link.pump, args=(from_client,), daemon=True).start()

    def take(self, packet):
        """What becomes of it: None where it is passed on, else how it is cut."""
        with self.lock:
            self.packets.append(packet)
            if self.has_cut or not self.is_chosen():
                return None
            self.has_cut = True
            return self.plan.how

    def is_chosen(self):
        """Whether the last packet is the one to cut."""
        if self.plan.cut_at == COMMIT:
            return self.packets[-1].is_commit
        if self.plan.cut_at == COMMIT_ANSWER:
            return len(self.packets) > 1 and self.packets[-2].is_commit
        return len(self.packets) == self.plan.cut_at


class Link:
    """One connection with both its ends."""

    def __init__(self, proxy, number, client, server, bytes_left):
        self.proxy = proxy
        self.number = number
        self.client = client
        self.server = server
        self.bytes_left = bytes_left  # 0: not counted
        self.is_mute = False
        self.is_cut = False  # I1: an answer that comes before it is closed goes nowhere either

    def pump(self, from_client):
        source, sink = (self.client, self.server) if from_client else (self.server, self.client)
        with contextlib.suppress(OSError):
            while self.pass_on(source, sink, from_client):
                pass
        if not self.is_mute:
            self.close()

    def close(self):
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def pass_on(self, source, sink, from_client):
        """Whether it goes on after one more packet."""
        header = read_exactly(source, HEADER_SIZE)
        if header is None:
            return False
        size = int.from_bytes(header[:3], 'little')
        body = read_exactly(source, size)
        if body is None:
            return False
        data = header + body
        how = self.proxy.take(Packet(from_client, body.startswith(b'\x03') and body.rstrip(b';').endswith(b'COMMIT')))
        if how is None and self.bytes_left:
            how = self.count(len(data))
            if how is not None:
                data = data[:self.bytes_left]
        if how is None:
            if not self.is_mute and not self.is_cut:
                sink.sendall(data)
            return not self.is_cut
        if how == SWALLOWED:
            self.is_mute = True
            return True
        self.is_cut = True
        if how == WITHIN:
            sink.sendall(data[:len(data) // 2])
        elif how != BEFORE:
            sink.sendall(data)
        return False

    def count(self, size):
        with self.proxy.lock:
            if size < self.bytes_left:
                self.bytes_left -= size
                return None
            self.proxy.cuts += 1
            return AFTER


def read_exactly(source, size):
    """None where the other end closed before that."""
    parts = []
    while size > 0:
        part = source.recv(min(size, CHUNK_SIZE))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b''.join(parts)
