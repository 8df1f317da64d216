export { DATA_KEY_BYTES, type DataKey, createDataKey, rotateDataKey } from "./data-key";
export { EncryptionError, type EncryptionProblem } from "./errors";
export { DEFAULT_CHUNK_BYTES, type FileHeader, HEADER_BYTES, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, parseHeader } from "./header";
export { followLink, linkKeys, linkPath } from "./link";
export { type PublishedKey, type Reader, readDataKey, wrapForReaders } from "./published";
export { accountPublicKey, compressPublicKey, publicKeyMessage, recoverPublicKey } from "./public-key";
export { type EncryptOptions, type KeyOfEpoch, decryptBytes, decryptStream, encryptBytes, encryptStream, encryptedLength } from "./stream";
export { type KeyPlace, WRAPPED_KEY_BYTES, unwrapDataKey, wrapDataKey } from "./wrap";
