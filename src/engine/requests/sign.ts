// The client's side.
import { type TypedDataDomain, type TypedDataField, Wallet, hexlify } from "ethers";

import { NO_BODY } from "./body";
import { type SignedSession, serializeAuthorization } from "./format";
import { type Realm, REQUEST_TYPES, type Request, SESSION_TYPES, type Session, domainOf } from "./typed-data";

/** Long enough for clocks that are a little off, well below what nodes accept. */
const REQUEST_SECONDS = 60;
const SESSION_SECONDS = 3_600;

/** Whatever signs typed data: any signer of ethers; for a contract account, whatever makes a signature that its `isValidSignature` takes. */
export interface TypedDataSigner {
  signTypedData: (domain: TypedDataDomain, types: Record<string, TypedDataField[]>, value: Record<string, unknown>) => Promise<string>;
}

/** A request; omitted fields have defaults: no body, a minute from now, a random nonce. */
export type RequestInput = Pick<Request, "bucketId" | "action" | "path" | "nodeId"> &
  Partial<Pick<Request, "bodyHash" | "expiry" | "nonce">>;

/** The signer of a request: an account by itself, or a key within its session. */
export interface Credentials {
  account: string;
  signer: TypedDataSigner;
  session?: SignedSession;
}

/** The value of the `Authorization` header for one request to one node. */
export async function signRequest(wanted: RequestInput, { account, signer, session }: Credentials, realm: Realm): Promise<string> {
  const request: Request = { bodyHash: NO_BODY, expiry: inSeconds(REQUEST_SECONDS), nonce: randomWord(), ...wanted, account };
  const signature = await signer.signTypedData(domainOf(realm), REQUEST_TYPES, { ...request });
  return serializeAuthorization({ request, signature, session });
}

/** Within what an account lets a session's key act. */
export type SessionBounds = Pick<Session, "bucketIds" | "actions"> & Partial<Pick<Session, "expiry">>;

/** Lets a new key act for an account: the account signs once, the key signs requests. Keep the key in memory only. */
export async function startSession(bounds: SessionBounds, { account, signer }: Credentials, realm: Realm): Promise<Credentials> {
  // Not `createRandom`: deriving the words of an unused mnemonic takes a browser seconds.
  const key = new Wallet(randomWord());
  const session = await delegate({ expiry: inSeconds(SESSION_SECONDS), ...bounds, account, key: key.address }, signer, realm);
  return { account, signer: key, session };
}

/** Lets another party's key act for an account, for example a gateway's. */
export async function delegate(session: Session, signer: TypedDataSigner, realm: Realm): Promise<SignedSession> {
  return { ...session, signature: await signer.signTypedData(domainOf(realm), SESSION_TYPES, { ...session }) };
}

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}

function randomWord(): string {
  return hexlify(crypto.getRandomValues(new Uint8Array(32)));
}
