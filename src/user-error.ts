/** A mistake of the person who asks, found before anything was sent. The message says what to type or do instead. */
export class UserError extends Error {
  override readonly name = "UserError";
}
