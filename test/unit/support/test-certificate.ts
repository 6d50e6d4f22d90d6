import {
  type SelfSigned,
  selfSignedCertificate,
} from '../../../src/main/practice/esxi/self-signed-certificate.ts';

export type TestCertificate = SelfSigned;

/** Made anew for each test. `old`: RSA and SHA-1, as in the days of TLS 1.0. */
export function testCertificate(name = 'esxi.lab', old = false): TestCertificate {
  return selfSignedCertificate(name, old);
}
