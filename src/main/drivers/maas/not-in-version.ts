import { LabwrightError } from '../../../contract/error.ts';
import type { MaasLink } from './link.ts';

/** For what a version cannot do at all: said before anything is sent. */
export function notInVersion({ maas }: MaasLink, what: string): Promise<never> {
  return Promise.reject(new LabwrightError('maas-not-in-version', { maas, what }));
}
