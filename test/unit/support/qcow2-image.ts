import { deflateRawSync } from 'node:zlib';

/** How a cluster of the disk is kept: `kept-zero` has a place in the file and says that it is zero. */
export interface ClusterShape {
  readonly kind: 'hole' | 'plain' | 'packed' | 'zero' | 'kept-zero';
  readonly fill: number;
}

export interface ImageShape {
  readonly clusterBits: number;
  readonly version: 2 | 3 | number;
  /** Bytes of the disk in its last cluster. */
  readonly tail: number;
  readonly clusters: readonly ClusterShape[];
}

/** Bytes that shrink when they are packed, and differ from cluster to cluster. */
function content(cluster: number, fill: number): Buffer {
  const bytes = Buffer.alloc(cluster, fill);
  for (let at = 0; at < cluster; at += 7) bytes[at] = (fill * 31 + at) & 0xff;
  return bytes;
}

/** A qcow2 image by the book (QEMU, docs/interop/qcow2.rst), and the disk that it is one of. */
export function qcow2Image({ clusterBits, version, tail, clusters }: ImageShape): {
  image: Buffer;
  disk: Buffer;
} {
  const cluster = 2 ** clusterBits;
  const perL2 = cluster / 8;
  const tables = Math.ceil(clusters.length / perL2);
  const size = (clusters.length - 1) * cluster + Math.min(tail, cluster);
  const l1Clusters = Math.ceil((tables * 8) / cluster);
  const l1 = Buffer.alloc(l1Clusters * cluster);
  const l2s = Buffer.alloc(tables * cluster);
  const first = cluster * (1 + l1Clusters);
  let data = Buffer.alloc(0);
  const base = first + l2s.length;
  const place = (bytes: Buffer, align: number) => {
    const pad = (align - ((base + data.length) % align)) % align;
    data = Buffer.concat([data, Buffer.alloc(pad, 0xee), bytes]);
    return base + data.length - bytes.length;
  };
  const disk = Buffer.alloc(clusters.length * cluster);
  clusters.forEach(({ kind, fill }, index) => {
    const bytes = content(cluster, fill);
    // Version 2 knows no zero clusters.
    const as = version < 3 && kind !== 'plain' && kind !== 'packed' ? 'hole' : kind;
    let entry = 0n;
    if (as === 'plain') entry = BigInt(place(bytes, cluster)) | (1n << 63n);
    if (as === 'zero') entry = 1n;
    if (as === 'kept-zero') entry = BigInt(place(bytes, cluster)) | (1n << 63n) | 1n;
    if (as === 'packed') {
      const packed = deflateRawSync(bytes);
      const at = place(packed, 1);
      const bits = BigInt(62 - (clusterBits - 8));
      const sectors = BigInt(Math.floor((at + packed.length - 1) / 512) - Math.floor(at / 512));
      entry = BigInt(at) | (sectors << bits) | (1n << 62n);
    }
    if (as === 'plain' || as === 'packed') bytes.copy(disk, index * cluster);
    l2s.writeBigUInt64BE(entry, Math.floor(index / perL2) * cluster + (index % perL2) * 8);
  });
  for (let table = 0; table < tables; table++) {
    // A table of nothing but holes need not be there.
    const holes = l2s.subarray(table * cluster, (table + 1) * cluster).every((byte) => byte === 0);
    const at = holes ? 0n : BigInt(first + table * cluster) | (1n << 63n);
    l1.writeBigUInt64BE(at, table * 8);
  }
  const head = Buffer.alloc(cluster);
  head.writeUInt32BE(0x514649fb, 0);
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(clusterBits, 20);
  head.writeBigUInt64BE(BigInt(size), 24);
  head.writeUInt32BE(tables, 36);
  head.writeBigUInt64BE(BigInt(cluster), 40);
  if (version >= 3) {
    head.writeUInt32BE(4, 96);
    head.writeUInt32BE(104, 100);
  }
  return { image: Buffer.concat([head, l1, l2s, data]), disk: disk.subarray(0, size) };
}
