import type { Call } from "./calls";
import type { Registries } from "./registries";

/** The roles of the access manager, by their numbers. */
export const ROLES = { ADMIN: 0n, PRICE_ORACLE: 1n, FEE_MANAGER: 2n, GUARDIAN: 3n } as const;

/** The options of an account for a restricted call. */
export type Permission =
  /** Send it: there is no delay, or it was scheduled and its time has come. */
  | { kind: "send" }
  /** Schedule it first; `delay` seconds later it can be sent. */
  | { kind: "schedule"; delay: bigint }
  /** It is scheduled, and can be sent from `readyAt` (unix seconds) on. */
  | { kind: "wait"; readyAt: bigint }
  /** They lack the role; `grantedBy` is the role whose holders grant it. */
  | { kind: "refused"; roleId: bigint; role: string; grantedBy: string };

/** Asks the access manager what `caller` can do with a restricted call at the time `now` (unix seconds). */
export async function permissionFor({ accessManager }: Registries, caller: string, call: Call, now: bigint): Promise<Permission> {
  const selector = call.data.slice(0, 10);
  const { allowed, delay } = await accessManager.canCall(caller, call.to, selector);
  if (allowed) return { kind: "send" };
  if (delay === 0n) {
    const roleId = await accessManager.getTargetFunctionRole(call.to, selector);
    const adminId = await accessManager.getRoleAdmin(roleId);
    return { kind: "refused", roleId, role: nameOfRole(roleId), grantedBy: nameOfRole(adminId) };
  }
  const operation = await accessManager.hashOperation(caller, call.to, call.data);
  // An operation that expired counts as not scheduled: the access manager then answers 0.
  const readyAt = await accessManager.getSchedule(operation);
  if (readyAt === 0n) return { kind: "schedule", delay };
  return readyAt > now ? { kind: "wait", readyAt } : { kind: "send" };
}

export function nameOfRole(roleId: bigint): string {
  return Object.entries(ROLES).find(([, id]) => id === roleId)?.[0] ?? `role ${roleId}`;
}
