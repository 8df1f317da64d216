/** Why something could not be encrypted or decrypted. */
export type EncryptionProblem =
  /** A public or private key, or a signature, is not one. */
  | "not-a-key"
  /** A signature is not that of the account. */
  | "not-the-account"
  /** The bytes do not begin as this format does. */
  | "not-this-format"
  /** The bytes are in a version of the format that this library does not know. */
  | "version-unknown"
  /** A value of the header is out of bounds. */
  | "out-of-bounds"
  /** The key is another one, or the bytes are not what was encrypted: changed, moved, cut off or put together from several. */
  | "not-authentic";

/** Decryption failed: the message gives the cause to people, and `problem` gives it to programs. */
export class EncryptionError extends Error {
  override readonly name = "EncryptionError";

  constructor(
    readonly problem: EncryptionProblem,
    message: string,
  ) {
    super(message);
  }
}
