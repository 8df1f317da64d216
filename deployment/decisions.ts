/**
 * What the admin of a network decided after its deployment, for the check to expect: by network, what the check names and says of it;
 * null: it is gone. Everything else that differs from the plan makes the check fail.
 */
export type Decisions = Readonly<Record<string, string | null>>;

export const DECISIONS: Readonly<Record<string, Decisions>> = {};
