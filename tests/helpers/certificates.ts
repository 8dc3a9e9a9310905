/** Certificates for servers of tests, made on the spot: X.509 in DER, signed with ECDSA over P-256. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

const DAY_MS = 24 * 60 * 60 * 1000;

type Pair = { publicKey: KeyObject; privateKey: KeyObject };

export type Certificate = { cert: string; key: string };

/** Signs certificates for servers; `cert` is what a client must trust. */
export type Authority = {
  cert: string;
  issue(name: string, days?: { from: number; to: number }): Certificate;
};

const keyPair = (): Pair => generateKeyPairSync("ec", { namedCurve: "P-256" });

/** One value of DER: tag, length, content. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const lengthBytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}

const sequence = (...contents: Buffer[]): Buffer => der(0x30, ...contents);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const octets = (content: Buffer): Buffer => der(0x04, content);

/** 1.2.840.10045.4.3.2, ecdsa-with-SHA256. */
const SIGNATURE_ALGORITHM = sequence(oid("2a8648ce3d040302"));
const COMMON_NAME = "550403";
const SUBJECT_ALT_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";
const TRUE = der(0x01, Buffer.from([0xff]));

const nameOf = (text: string): Buffer =>
  sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(text)))));

/** GeneralizedTime, YYYYMMDDHHMMSSZ. */
const time = (ms: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, "").slice(0, 14)}Z`));

type Content = {
  issuer: string;
  subject: string;
  publicKey: KeyObject;
  days: { from: number; to: number };
  extension: Buffer;
};

function signed({ issuer, subject, publicKey, days, extension }: Content, key: KeyObject): string {
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const now = Date.now();
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    SIGNATURE_ALGORITHM,
    nameOf(issuer),
    sequence(time(now + days.from * DAY_MS), time(now + days.to * DAY_MS)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", content, key));
  const lines =
    sequence(content, SIGNATURE_ALGORITHM, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
const WEEK = { from: -1, to: 7 };

const authorityExtension = sequence(oid(BASIC_CONSTRAINTS), TRUE, octets(sequence(TRUE)));
const serverExtension = (name: string): Buffer =>
  sequence(oid(SUBJECT_ALT_NAME), octets(sequence(der(0x82, Buffer.from(name)))));

export function createAuthority(): Authority {
  const issuer = "PraxTalk test authority";
  const own = keyPair();
  const base = { issuer, subject: issuer, publicKey: own.publicKey, days: WEEK };
  return {
    cert: signed({ ...base, extension: authorityExtension }, own.privateKey),
    issue(name, days = WEEK) {
      const { publicKey, privateKey } = keyPair();
      const content = { issuer, subject: name, publicKey, days, extension: serverExtension(name) };
      return { cert: signed(content, own.privateKey), key: pem(privateKey) };
    },
  };
}

/** A certificate that nobody vouches for but its own key. */
export function selfSigned(name: string): Certificate {
  const { publicKey, privateKey } = keyPair();
  const content = { issuer: name, subject: name, publicKey, days: WEEK, extension: serverExtension(name) };
  return { cert: signed(content, privateKey), key: pem(privateKey) };
}
