import { CERTIFICATE_TYPE, type HostState } from '../../contract/lab-state.ts';

/** Whether what proves who it is is a certificate (of a site) and not a host key. */
export function isCertificate({ offered, trusted }: HostState): boolean {
  return (offered ?? trusted[0])?.type === CERTIFICATE_TYPE;
}
