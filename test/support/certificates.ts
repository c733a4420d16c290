import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import net from 'node:net';

/*
 * X.509 certificates for tests (RFC 5280), as short as clients accept them: Node can read certificates but make none,
 * and a new machine need not have openssl. Made anew each time, so that no key lies in the repository and none gets old.
 */

/** What a TLS server shows, and the key to it; both PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** PEM; whoever trusts it trusts what it issues. */
  readonly cert: string;
  /** @param host name or IPv4 address that the certificate is for */
  issue(host: string, validity?: Validity): TlsIdentity;
}

interface Validity {
  readonly from: Date;
  readonly to: Date;
}

const day = 24 * 60 * 60 * 1_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * day);
const nowValid: Validity = { from: daysFromNow(-1), to: daysFromNow(1) };
/** A certificate that was good until yesterday. */
export const expired: Validity = { from: daysFromNow(-2), to: daysFromNow(-1) };

/** A certificate authority that nobody knows yet. */
export function createAuthority(name = 'Tandem test authority'): Authority {
  const authority = keyPair();
  const cert = certificate({
    subject: name,
    issuer: name,
    validity: { from: daysFromNow(-3), to: daysFromNow(3) },
    key: authority.publicKey,
    signer: authority.privateKey,
    extension: extension(oids.basicConstraints, sequence(isTrue)),
  });
  const issue = (host: string, validity = nowValid): TlsIdentity => {
    const own = keyPair();
    return {
      cert: certificate({
        subject: host,
        issuer: name,
        validity,
        key: own.publicKey,
        signer: authority.privateKey,
        extension: extension(oids.subjectAltName, sequence(generalName(host))),
      }),
      key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };
  return { cert, issue };
}

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface CertificateParts {
  readonly subject: string;
  readonly issuer: string;
  readonly validity: Validity;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly extension: Buffer;
}

function certificate({ subject, issuer, validity, key, signer, extension }: CertificateParts): string {
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(validity.from), time(validity.to)),
    nameOf(subject),
    key.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(extension)),
  );
  const der = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, signer)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** One element of DER: tag, length, content. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = Buffer.from([content.length >> 8, content.length & 0xff]);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, ...size.subarray(1)]
        : [0x82, ...size];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Buffer[]) => element(0x30, ...parts);
const integer = (value: Buffer) => element(0x02, value);
const bitString = (value: Buffer) => element(0x03, Buffer.from([0]), value);
const octets = (value: Buffer) => element(0x04, value);
const isTrue = element(0x01, Buffer.from([0xff]));
/** UTCTime. */
const time = (at: Date) =>
  element(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));
const oid = (hex: string) => element(0x06, Buffer.from(hex, 'hex'));

const oids = {
  commonName: oid('550403'),
  basicConstraints: oid('551d13'),
  subjectAltName: oid('551d11'),
};
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

const nameOf = (text: string) =>
  sequence(element(0x31, sequence(oids.commonName, element(0x0c, Buffer.from(text)))));

const extension = (id: Buffer, value: Buffer) => sequence(id, isTrue, octets(value));

function generalName(host: string): Buffer {
  return net.isIPv4(host)
    ? element(0x87, Buffer.from(host.split('.').map(Number)))
    : element(0x82, Buffer.from(host));
}
