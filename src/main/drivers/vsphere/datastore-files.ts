import type { Readable } from 'node:stream';
import { LabwrightError } from '../../../contract/error.ts';
import { exchange } from './exchange.ts';
import type { Place } from './place.ts';
import { retrieveOne } from './properties.ts';
import type { CallOptions, Session } from './session.ts';
import { ANSWER_MS } from './soap.ts';
import { runTask, type TaskOptions } from './tasks.ts';

/** A file or folder on a datastore. */
export interface DatastorePath {
  readonly datastore: string;
  /** Below the datastore's top: `iso/ubuntu.iso`. */
  readonly path: string;
}

/** What the site says when it takes a file is a few lines of HTML, of no interest. */
const MAX_UPLOAD_ANSWER = 1_000_000;
const MAX_SEGMENT = 255;

/** As the API writes it: `[datastore1] iso/ubuntu.iso`. Throws `site-path-unfit`. */
export function datastorePath({ datastore, path }: DatastorePath): string {
  const segments = path.split('/');
  const fits = segments.every(
    (part) => part !== '' && part !== '.' && part !== '..' && part.length <= MAX_SEGMENT,
  );
  if (!fits || /[\u0000-\u001f\\]/.test(path)) {
    throw new LabwrightError('site-path-unfit', { what: path });
  }
  if (/[\u0000-\u001f[\]]/.test(datastore) || datastore === '') {
    throw new LabwrightError('site-path-unfit', { what: datastore });
  }
  return `[${datastore}] ${path}`;
}

/** Makes a folder and those above it. `site-file-exists` when it is there. */
export async function makeDirectory(
  session: Session,
  { datacenter }: Place,
  path: DatastorePath,
  options: CallOptions = {},
): Promise<void> {
  const args = { name: datastorePath(path), datacenter, createParentDirectories: true };
  await session.call('MakeDirectory', session.manager('fileManager'), args, options);
}

/** Deletes a file, or a folder with all that is in it. */
export async function deleteFile(
  session: Session,
  { datacenter }: Place,
  path: DatastorePath,
  options: TaskOptions = {},
): Promise<void> {
  const args = { name: datastorePath(path), datacenter };
  await runTask(session, 'DeleteDatastoreFile_Task', session.manager('fileManager'), args, options);
}

export interface Upload {
  readonly stream: Readable;
  /** Exactly as many bytes as the stream gives. */
  readonly size: number;
  /** Called with the bytes that have gone out. */
  readonly onSent?: (bytes: number) => void;
}

/** Writes a file, replacing one that is there. Nothing of it is held in memory. */
export async function uploadFile(
  session: Session,
  { datacenterPath }: Place,
  path: DatastorePath,
  { stream, size, onSent }: Upload,
  options: CallOptions = {},
): Promise<void> {
  const what = datastorePath(path);
  // A stream cannot be sent twice, so a session that has ended is renewed before, not after.
  await retrieveOne(session, session.content.rootFolder, ['name'], options);
  const { signal, silenceMs = ANSWER_MS } = options;
  const segments = path.path.split('/').map(encodeURIComponent).join('/');
  const query = new URLSearchParams({ dcPath: datacenterPath, dsName: path.datastore });
  const answer = await exchange(session.site, session.writeAgent, {
    method: 'PUT',
    path: `/folder/${segments}?${query}`,
    headers: {
      'Content-Type': 'application/octet-stream',
      ...(session.cookie === undefined ? {} : { Cookie: session.cookie }),
    },
    body: { stream, size },
    silenceMs,
    limit: MAX_UPLOAD_ANSWER,
    ...(signal === undefined ? {} : { signal }),
    ...(onSent === undefined ? {} : { onSent }),
  });
  answer.discard();
  // A refusal may come while the stream still flows.
  stream.destroy();
  if (answer.status === 200 || answer.status === 201 || answer.status === 204) return;
  const params = { site: session.site.name, what, status: answer.status };
  throw new LabwrightError('site-upload-refused', params);
}
