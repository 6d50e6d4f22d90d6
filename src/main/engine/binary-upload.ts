import { createHash } from 'node:crypto';
import type { UploadAction } from '../../contract/action.ts';

type Place = Pick<UploadAction, 'id' | 'title' | 'target' | 'path' | 'mode' | 'sudo'>;

/** An upload of bytes that are no text. */
export function binaryUpload(place: Place, bytes: Uint8Array): UploadAction {
  return {
    kind: 'upload',
    ...place,
    content: Buffer.from(bytes).toString('base64'),
    encoding: 'base64',
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
