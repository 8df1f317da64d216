/** Why a storage node or a gateway does not do something, beside the reasons of `src/engine/refusal.ts`, and the HTTP status that says so. */
export const FAILURES = {
  "bad-path": 400,
  "bad-bucket": 400,
  /** There is a body where none belongs. */
  "bad-body": 400,
  "bad-session": 401,
  "not-found": 404,
  /** There is a newer version already. */
  newer: 409,
  /** There was a file, and it was deleted. */
  deleted: 410,
  "too-large": 413,
  /** The ring keeps this key on other nodes. Not 421: at that, `fetch` sends the same again, which is a replay. */
  "other-place": 422,
  "too-many": 429,
  /** No node that keeps the key answers as it should. */
  "no-replica": 502,
  /** Fewer nodes than have to have stored it. */
  "too-few-replicas": 503,
  overloaded: 503,
  "disk-full": 507,
} as const;

export type FailureReason = keyof typeof FAILURES;

export class Failure extends Error {
  override readonly name = "Failure";
  readonly status: number;

  constructor(
    readonly reason: FailureReason,
    message: string,
    /** Details for programs, beside the reason. */
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = FAILURES[reason];
  }
}
