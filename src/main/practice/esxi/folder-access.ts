import type { IncomingMessage, ServerResponse } from 'node:http';
import { folderOf } from './datastore-files.ts';
import type { EsxiHost } from './esxi-host.ts';
import { VimFault } from './vim-fault.ts';

/**
 * Files over HTTP: `PUT` and `GET` of `/folder/PATH?dcPath=ha-datacenter&dsName=NAME` ("HTTP Access to
 * vSphere Server Files"). Which status a full datastore or a missing folder is answered with is written
 * nowhere: 500 and 404 are what clients report ([K], govmomi#1504, #1332). What has come stays there.
 */
export async function answerFile(
  host: EsxiHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://host');
  const path = decodeURIComponent(pathname.slice('/folder/'.length));
  const datastore = searchParams.get('dsName') ?? '';
  const known =
    searchParams.get('dcPath') === 'ha-datacenter' &&
    host.datastores.some(({ name }) => name === datastore) &&
    host.files.hasFolder(datastore, folderOf(path));
  if (!known) return void response.writeHead(404).end();
  if (request.method === 'GET') {
    const file = host.files.file(datastore, path);
    response.setHeader('Content-Type', 'application/octet-stream');
    if (file === undefined) response.writeHead(404).end();
    // Of large files the practice host keeps no bytes.
    else if (file.bytes === undefined) response.writeHead(500).end();
    else response.end(file.bytes);
    return;
  }
  if (request.method !== 'PUT') return void response.writeHead(405).end();
  if (request.headers['content-length'] === undefined) {
    return void response.writeHead(411).end();
  }
  const existed = host.files.file(datastore, path) !== undefined;
  const writer = host.files.begin(datastore, path);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) writer.write(chunk);
    writer.end();
    response.writeHead(existed ? 200 : 201).end();
  } catch (error) {
    if (!(error instanceof VimFault)) return;
    response.writeHead(500, { Connection: 'close' }).end(() => request.destroy());
  } finally {
    host.changed();
  }
}
