"""The half of the sstream-mirror test double that moves bytes: the source, the destination, the
signature check and the progress dots. The other half, sstream-mirror.py, decides what to move.
"""

import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

CHUNK = 10240
REFERENCES = '.data/references.json'


class InvalidChecksum(ValueError):
    """Named as the real one, since the name is in the traceback people match on."""


InvalidChecksum.__module__ = 'simplestreams.checksum_util'


class ConnectionError(IOError):
    pass


class ChunkedEncodingError(IOError):
    pass


ConnectionError.__module__ = ChunkedEncodingError.__module__ = 'requests.exceptions'


class Log:
    def __init__(self, level, path):
        self.level = level
        self.out = open(path, 'a') if path else sys.stderr

    def info(self, text):
        if self.level >= 1:
            self.out.write(text + '\n')
            self.out.flush()

    def debug(self, text):
        if self.level >= 2:
            self.info(text)


class Remote:
    """The source and its mirrors: whole documents, and streams that may begin midway."""

    def __init__(self, base, mirrors):
        self.bases = [b if b.endswith('/') else b + '/' for b in [base] + mirrors]

    def url(self, path):
        return self.bases[0] + path

    def open(self, path, start=0):
        for base in self.bases:
            url = base + path
            if '://' not in url:
                if os.path.exists(url):
                    local = open(url, 'rb')
                    local.seek(start)
                    return local
                continue
            request = urllib.request.Request(url)
            if start:
                request.add_header('Range', 'bytes=%d-' % start)
            try:
                return urllib.request.urlopen(request)
            except urllib.error.HTTPError:
                continue
            except urllib.error.URLError as error:
                why = error.reason
                where = urllib.parse.urlsplit(url)
                raise ConnectionError(
                    "HTTPConnectionPool(host='%s', port=%d): Max retries exceeded with url: %s "
                    "(Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at "
                    "0x%x>: Failed to establish a new connection: [Errno %s] %s'))"
                    % (where.hostname, where.port or 80, where.path, id(request),
                       getattr(why, 'errno', None), getattr(why, 'strerror', why)))
        raise OSError('Unable to open %s. mirrors=%s' % (self.url(path), self.bases[1:]))

    def document(self, path, args, log):
        with self.open(path) as stream:
            raw = stream.read()
        text = raw.decode()
        if path.endswith('sjson'):
            text = signed_part(text, args, log)
        return raw, json.loads(text)


def signed_part(text, args, log):
    if args.verify:
        command = ['gpgv', '--keyring=%s' % args.keyring, '-']
        done = subprocess.run(command, input=text.encode(), capture_output=True)
        if done.returncode != 0:
            log.debug(done.stderr.decode().rstrip())
            raise subprocess.CalledProcessError(done.returncode, command)
    found = re.match(r'-----BEGIN PGP SIGNED MESSAGE-----\n(?:\S.*\n)*\n(.*?)\n'
                     r'-----BEGIN PGP SIGNATURE-----', text, re.DOTALL)
    if not found:
        return text
    return re.sub(r'^- ', '', found.group(1), flags=re.MULTILINE)


class Progress:
    """One line per file, then up to eighty dots as its bytes come in."""

    def __init__(self, total):
        self.total, self.before = total, 0
        self.path, self.dots = None, 0

    def step(self, path, written, size):
        if path != self.path:
            self.path, self.dots = path, 0
            percent = int(100 * self.before / self.total) if self.total else 0
            sys.stderr.write('=> %s [%d] %2d%%\n' % (path, size, percent))
        if written == size:
            self.before += size
            sys.stderr.write('\n')
        else:
            due = int(80 * written / size)
            sys.stderr.write('.' * (due - self.dots))
            self.dots = due
        sys.stderr.flush()


class Store:
    def __init__(self, base, log):
        self.base, self.log = base, log

    def full(self, path):
        return os.path.join(self.base, path)

    def read_json(self, path):
        try:
            with open(self.full(path)) as stream:
                return json.load(stream)
        except FileNotFoundError:
            return {}

    def write(self, path, data):
        os.makedirs(os.path.dirname(self.full(path)), exist_ok=True)
        part = self.full(path) + '.part'
        with open(part, 'wb') as stream:
            stream.write(data if isinstance(data, bytes) else json.dumps(data, indent=1).encode())
        os.rename(part, self.full(path))

    def refer(self, path, user):
        references = self.read_json(REFERENCES)
        references.setdefault(path, []).append(user)
        self.write(REFERENCES, references)

    def release(self, path, user):
        references = self.read_json(REFERENCES)
        users = [other for other in references.pop(path, []) if other != user]
        if users:
            references[path] = users
        elif os.path.exists(self.full(path)):
            os.unlink(self.full(path))
        self.write(REFERENCES, references)

    def holds(self, path, algorithm, expected):
        if not os.path.isfile(self.full(path)):
            return False
        return expected is None or self.digest(self.full(path), algorithm).hexdigest() == expected

    @staticmethod
    def digest(path, algorithm):
        total = hashlib.new(algorithm)
        with open(path, 'rb') as stream:
            for block in iter(lambda: stream.read(1 << 20), b''):
                total.update(block)
        return total

    def fetch(self, remote, item, algorithm, expected, progress):
        path, size = item['path'], int(item.get('size', 0))
        target = self.full(path)
        if self.holds(path, algorithm, expected):
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        part = target + '.part'
        begun = os.path.getsize(part) if os.path.exists(part) else 0
        total = self.digest(part, algorithm) if begun else hashlib.new(algorithm)
        count = begun
        if begun:
            self.log.info("resuming partial (%d) download of '%s' from '%s'" % (begun, path, part))
        with remote.open(path, begun) as stream:
            with open(part, 'ab') as out:
                while True:
                    block = self.block(stream)
                    out.write(block)
                    total.update(block)
                    count += len(block)
                    if progress and block:
                        progress.step(path, count, size)
                    if len(block) < CHUNK or (expected and count > size):
                        break
        if expected and (count != size or total.hexdigest() != expected):
            if begun:
                self.log.info("resumed download of '%s' had bad checksum." % path)
            os.unlink(part)
            raise InvalidChecksum(
                'Invalid %s Checksum at %s. Found %s. Expected %s. read %d bytes expected %d '
                'bytes. (size %d expected %d)' % (algorithm, remote.url(path), total.hexdigest(),
                                                  expected, count, size, count, size))
        os.rename(part, target)

    @staticmethod
    def block(stream):
        # A connection closed early just ends the data here; the checksum tells. One that is
        # reset is an error of its own, and leaves the partial file for the next run.
        got = b''
        try:
            while len(got) < CHUNK:
                more = stream.read(CHUNK - len(got))
                if not more:
                    break
                got += more
        except http.client.IncompleteRead as error:
            got += error.partial
        except OSError as error:
            raise ChunkedEncodingError(('Connection broken: %r' % error, error))
        return got
