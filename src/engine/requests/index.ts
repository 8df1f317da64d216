export { NO_BODY, checkBody, hashBody } from "./body";
export { type Caller, type ContractSignatures, contractSignatures } from "./contract-signatures";
export { MAX_HEADER_LENGTH, SCHEME, type SignedRequest, type SignedSession, parseAuthorization, serializeAuthorization } from "./format";
export { type NonceLimits, NonceMemory, type NonceOutcome, type NonceStore, type NonceUse } from "./nonces";
export { MAX_PATH_BYTES, isPath } from "./path";
export { type RequestInput, type Credentials, type SessionBounds, type TypedDataSigner, signRequest, delegate, startSession } from "./sign";
export { type KeySignature, type RecoverSigner, recoverSigner } from "./signature";
export { type Realm, REQUEST_TYPES, type Request, SESSION_TYPES, type Session, domainOf } from "./typed-data";
export { type Expected, RequestVerifier, type VerifierOptions } from "./verify";
