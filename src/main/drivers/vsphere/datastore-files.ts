import type { Readable } from 'node:stream';
import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { entityName } from './entity-name.ts';
import { type Exchange, type ExchangeAnswer, exchange } from './exchange.ts';
import { faultOf } from './faults.ts';
import type { Place } from './place.ts';
import { retrieveAll, retrieveOne } from './properties.ts';
import { type CallOptions, parseAnswer, Ref, type Session } from './session.ts';
import { parseProperties } from './shapes.ts';
import { ANSWER_MS } from './soap.ts';
import { runTask, type TaskOptions } from './tasks.ts';
import type { MoRef } from './vim-value.ts';

/** A file or folder on a datastore. */
export interface DatastorePath {
  readonly datastore: string;
  /** Below the datastore's top: `iso/ubuntu.iso`. */
  readonly path: string;
}

/** What the site says when it takes a file is a few lines of HTML, of no interest. */
const MAX_UPLOAD_ANSWER = 1_000_000;
const MAX_SEGMENT = 255;
/** A descriptor, a seed: more is no small file. */
const MAX_SMALL_FILE = 4_000_000;

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

/** Where files are reached over HTTP ("HTTP Access to vSphere Server Files"). */
async function fileExchange(
  session: Session,
  { datacenterPath }: Place,
  { datastore, path }: DatastorePath,
  what: Pick<Exchange, 'method' | 'body' | 'limit' | 'onSent'>,
  options: CallOptions,
): Promise<ExchangeAnswer> {
  // A stream cannot be sent twice, so a session that has ended is renewed before, not after.
  await retrieveOne(session, session.content.rootFolder, ['name'], options);
  const { signal, silenceMs = ANSWER_MS } = options;
  const segments = path.split('/').map(encodeURIComponent).join('/');
  const query = new URLSearchParams({ dcPath: datacenterPath, dsName: datastore });
  return exchange(session.site, session.writeAgent, {
    ...what,
    path: `/folder/${segments}?${query}`,
    headers: {
      ...(what.method === 'PUT' ? { 'Content-Type': 'application/octet-stream' } : {}),
      ...(session.cookie === undefined ? {} : { Cookie: session.cookie }),
    },
    silenceMs,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The bytes of a small file; undefined when there is none. */
export async function readSmallFile(
  session: Session,
  place: Place,
  path: DatastorePath,
  options: CallOptions = {},
): Promise<Buffer | undefined> {
  const what = datastorePath(path);
  const get = { method: 'GET', body: '', limit: MAX_SMALL_FILE } as const;
  const answer = await fileExchange(session, place, path, get, options);
  if (answer.status === 200) {
    const chunks: Buffer[] = [];
    for await (const chunk of answer.bytes) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
  answer.discard();
  if (answer.status === 404) return undefined;
  const params = { site: session.site.name, what, status: answer.status };
  throw new LabwrightError('site-download-refused', params);
}

/** Name and size of what lies in a folder; undefined when there is no such folder. */
export async function listFolder(
  session: Session,
  { datastore, path }: DatastorePath,
  options: TaskOptions = {},
): Promise<Map<string, number> | undefined> {
  const browser = await browserOf(session, datastore, options);
  const details = { fileType: false, fileSize: true, modification: false };
  const args = {
    datastorePath: datastorePath({ datastore, path }),
    searchSpec: { details, matchPattern: ['*'] },
  };
  try {
    const found = await runTask(session, 'SearchDatastore_Task', browser, args, options);
    const { file } = parseAnswer(session.site, Found, found, 'HostDatastoreBrowserSearchResults');
    return new Map(file.map(({ path: name, fileSize }) => [name, fileSize]));
  } catch (error) {
    if (faultOf(error)?.name === 'FileNotFound') return undefined;
    throw error;
  }
}

/** Kinds of files that the table does not have are read by their looks: a number is a text then. */
const Found = z.looseObject({
  file: z
    .array(z.looseObject({ path: z.string(), fileSize: z.coerce.number().default(0) }))
    .default([]),
});

const Browsed = z.looseObject({ name: z.string(), browser: Ref });

async function browserOf(session: Session, name: string, options: CallOptions): Promise<MoRef> {
  const wanted = { type: 'Datastore', paths: Object.keys(Browsed.shape) };
  for await (const page of retrieveAll(session, wanted, options)) {
    for (const found of page) {
      const datastore = parseProperties(session, Browsed, found);
      if (entityName(datastore.name) === name) return datastore.browser;
    }
  }
  const params = { site: session.site.name, kind: 'Datastore', what: name };
  throw new LabwrightError('site-object-missing', params);
}

/** Writes a file, replacing one that is there. Nothing of it is held in memory. */
export async function uploadFile(
  session: Session,
  place: Place,
  path: DatastorePath,
  { stream, size, onSent }: Upload,
  options: CallOptions = {},
): Promise<void> {
  const what = datastorePath(path);
  const put = {
    method: 'PUT',
    body: { stream, size },
    limit: MAX_UPLOAD_ANSWER,
    ...(onSent === undefined ? {} : { onSent }),
  } as const;
  const answer = await fileExchange(session, place, path, put, options);
  answer.discard();
  // A refusal may come while the stream still flows.
  stream.destroy();
  if (answer.status === 200 || answer.status === 201 || answer.status === 204) return;
  const params = { site: session.site.name, what, status: answer.status };
  throw new LabwrightError('site-upload-refused', params);
}
