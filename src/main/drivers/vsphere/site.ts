/** How a site (an ESXi host or a vCenter) is reached. */
export interface Site {
  /** The plan's word for it; it stands in errors. */
  readonly name: string;
  readonly address: string;
  /** 443 unless told. */
  readonly port?: number;
  /**
   * SHA-256 fingerprint of the certificate that a person trusted, as hex with or without colons.
   * Without one every connection ends with `site-certificate-unknown`, which carries what to show.
   */
  readonly pin?: string;
  /** Allows TLS 1.0 and what went with it: for an ESXi 5.5 that cannot be patched. */
  readonly legacyTls?: boolean;
}

export const HTTPS_PORT = 443;
