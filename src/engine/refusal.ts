/** Why an engine does not do what it is asked for, and the HTTP status that says so. */
export const REFUSALS = {
  /** There is no authorization, and what is asked for needs one. */
  missing: 401,
  /** The authorization is not in the written format. */
  malformed: 401,
  /** The authorization is for another bucket, action, path, node or body than what was sent. */
  "other-bucket": 401,
  "other-action": 401,
  "other-path": 401,
  "other-node": 401,
  "other-body": 401,
  expired: 401,
  /** It expires too late: a clock is off, or the signer wants to use it for long. */
  "too-far-ahead": 401,
  replayed: 401,
  "session-expired": 401,
  "session-too-far-ahead": 401,
  /** The session does not extend to this bucket or action. */
  "session-bounds": 401,
  "bad-signature": 401,
  "not-funded": 402,
  "not-allowed": 403,
  "bucket-unknown": 404,
  /** There is too much to do or to remember; it may work later. */
  busy: 503,
  /** The chain has not been heard of for too long. */
  "chain-gone": 503,
  /** The node's own clock cannot be trusted. */
  "clock-went-back": 503,
} as const;

export type RefusalReason = keyof typeof REFUSALS;

/** A request that is refused. The message says why to people, `reason` to programs, `status` over HTTP. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(
    readonly reason: RefusalReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = REFUSALS[reason];
  }
}
