#!/usr/bin/python3
"""Test double of sstream-mirror, for Labwright's bed only.

It was written from what the real program (simplestreams 0.1.0) was seen to do: its options, exit
codes, last lines of tracebacks, files and progress output. It shares no code with it.
"""

import argparse
import re
import sys

from labwright_bed_sstream import Log, Progress, Remote, Store


class Filter:
    def __init__(self, text):
        parts = re.match(r'([^!=~]+)(!?)([=~])(.*)$', text)
        if not parts:
            raise ValueError('Unable to parse expression %s' % text)
        self.key, negated, self.kind, self.value = parts.groups()
        self.wanted = not negated

    def passes(self, fields):
        seen = str(fields.get(self.key, ''))
        if self.kind == '~':
            return bool(re.search(self.value, seen)) == self.wanted
        return (seen == self.value) == self.wanted


class Plan:
    """What one products file means for the destination under the given filters."""

    def __init__(self, products, target, args, filters, log, label):
        self.add, self.remove = [], []
        common = {k: v for k, v in products.items() if isinstance(v, str)}
        for name in sorted(products['products']):
            product = products['products'][name]
            versions = product.get('versions', {})
            here = target.get('products', {}).get(name, {}).get('versions', {})
            wanted = {}
            for version, body in versions.items():
                for key, item in sorted(body.get('items', {}).items()):
                    fields = dict(common, product_name=name, version_name=version, item_name=key)
                    for level in (product, body, item):
                        fields.update({k: v for k, v in level.items() if not isinstance(v, dict)})
                    if all(f.passes(fields) for f in filters):
                        wanted.setdefault(version, []).append((key, item))
            newest = sorted(wanted, reverse=True)[:args.max]
            to_add = [v for v in newest if v not in here]
            kept = sorted(set(here) | set(to_add), reverse=True)
            alive = [v for v in kept if args.keep or v in versions][:args.max]
            to_remove = [v for v in kept if v not in alive]
            if to_add or to_remove:
                log.info('%s/%s: to_add=%s to_remove=%s' % (label, name, to_add, to_remove))
            self.add += [(name, v, k, i) for v in to_add for k, i in wanted[v]]
            self.remove += [(name, v, k, i) for v in to_remove
                            for k, i in sorted(here[v].get('items', {}).items())]

    @property
    def pathed(self):
        return [e for e in self.add if 'path' in e[3]]


def carry_out(plan, products, remote, store, args, log, progress):
    record = '.data/%s' % products['content_id']
    target = store.read_json(record)
    target.update({k: v for k, v in products.items() if not isinstance(v, dict)})
    kept = target.setdefault('products', {})
    for name, version, key, item in plan.add:
        if 'path' in item and not args.no_item_download:
            algorithm = next((a for a in ('sha512', 'sha256', 'md5') if a in item), 'sha256')
            expected = item.get(algorithm) if args.checksumming else None
            log.info('inserting %s to %s' % (remote.url(item['path']), item['path']))
            store.fetch(remote, item, algorithm, expected, progress)
            store.refer(item['path'], [name, version, key])
        product = products['products'][name]
        mine = kept.setdefault(name, {'versions': {}})
        mine.update({k: v for k, v in product.items() if k != 'versions'})
        body = product['versions'][version]
        shelf = mine['versions'].setdefault(version, {'items': {}})
        shelf.update({k: v for k, v in body.items() if k != 'items'})
        shelf['items'][key] = item
    for name, version, key, item in plan.remove:
        if 'path' in item:
            store.release(item['path'], [name, version, key])
        kept.get(name, {}).get('versions', {}).pop(version, None)
    store.write(record, target)


def walk(remote, path, args, filters, store, log, act):
    """Visits every products file, then the index: nothing is published before its parts."""
    raw, document = remote.document(path, args, log)
    parts = [(path, raw, document)] if document.get('format') == 'products:1.0' else []
    for name, entry in sorted(document.get('index', {}).items()):
        if entry.get('format') == 'products:1.0':
            parts.append((entry['path'],))
    for where, *known in parts:
        body, products = known or remote.document(where, args, log)
        content = products['content_id']
        target = store.read_json('.data/%s' % content)
        act(where, body, products, Plan(products, target, args, filters, log, content))
    if 'index' in document:
        act(path, raw, None, None)


def arguments():
    parser = argparse.ArgumentParser(prog='sstream-mirror')
    add = parser.add_argument
    add('--keep', action='store_true', help='keep items that left the source, up to MAX')
    add('--max', type=int, default=None, help='store at most MAX versions')
    add('--path', default=None, help='sync from this index or products file')
    add('--no-item-download', action='store_true')
    add('--dry-run', action='store_true')
    add('--progress', action='store_true')
    add('--mirror', action='append', default=[], dest='mirrors')
    add('--verbose', '-v', action='count', default=0)
    add('--log-file', default=None)
    add('--keyring', default='/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg')
    add('--no-verify', '-U', action='store_false', dest='verify')
    add('--no-checksumming-reader', action='store_false', dest='checksumming')
    add('source_mirror')
    add('output_d')
    add('filters', nargs='*', default=[])
    return parser.parse_intermixed_args()


def main():
    args = arguments()
    log = Log(args.verbose, args.log_file)
    filters = [Filter(text) for text in args.filters]
    base, path = args.source_mirror, args.path
    if path is None:
        named = re.search(r'streams/v1/[^/]*[.]s?json$', base)
        path = named.group(0) if named else 'streams/v1/index.sjson'
        base = base[:-len(path)] if named else base
    remote, store = Remote(base, args.mirrors), Store(args.output_d, log)

    found = {'+': [], '-': []}

    def note(_where, _raw, _products, plan):
        if plan:
            found['+'] += plan.pathed
            found['-'] += [e for e in plan.remove if 'path' in e[3]]

    walk(remote, path, args, filters, store, log, note)
    change = {}
    for sign, entries in found.items():
        change[sign] = sum(int(e[3].get('size', 0)) for e in entries)
        for name, version, key, item in entries:
            megabytes = int(item.get('size', 0)) // (1024 * 1024)
            sys.stderr.write('%s %s %s %s %s %d Mb\n'
                             % (sign, name, version, key, item['path'], megabytes))
    sys.stderr.write('%d Mb change\n' % int((change['+'] - change['-']) / (1024 * 1024)))
    if args.dry_run:
        return

    progress = Progress(change['+']) if args.progress else None

    def do(where, raw, products, plan):
        if plan:
            carry_out(plan, products, remote, store, args, log, progress)
        store.write(where, raw)

    walk(remote, path, args, filters, store, log, do)


if __name__ == '__main__':
    main()
