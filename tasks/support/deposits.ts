import { type Call, UserError, calls, isNative, parseAmount, signPermit } from "../../src";
import { IERC20__factory } from "../../src/bindings";
import type { TaskContext } from "./context";
import { amountOf } from "./parts";

/** How long a permit that is sent at once has to be good, in seconds. */
const PERMIT_VALIDITY = 3_600n;

/** An amount as people type it, in base units of a currency. */
export async function amountIn(context: TaskContext, token: string, amount: string): Promise<bigint> {
  const { decimals } = await context.currency(token);
  context.known.currency = token;
  return parseAmount(amount, Number(decimals));
}

/** Refuses to deposit more than somebody holds. */
export async function refuseMoreThanHeld(context: TaskContext, token: string, amount: bigint, holder: string): Promise<void> {
  const { provider } = context;
  const held = isNative(token) ? await provider.getBalance(holder) : await IERC20__factory.connect(token, provider).balanceOf(holder);
  if (held >= amount) return;
  const info = await context.currency(token);
  throw new UserError(`${context.nameOf(holder)} has ${amountOf(held, info)}, which is not enough to deposit ${amountOf(amount, info)}.`);
}

/** What has to be sent before a deposit: an approval, where the allowance does not suffice. */
export async function approvalFor(context: TaskContext, token: string, amount: bigint, holder: string): Promise<Call[]> {
  if (isNative(token)) return [];
  const spender = context.addresses.accountRegistry;
  const allowance = await IERC20__factory.connect(token, context.provider).allowance(holder, spender);
  return allowance < amount ? [calls.approve(token, { spender, amount })] : [];
}

/** A permit for a deposit that is sent at once. */
export async function permitFor(context: TaskContext, token: string, amount: bigint, holder: string): Promise<calls.Permit> {
  if (isNative(token)) throw new UserError("The native currency knows no permits: leave --permit out.");
  const block = await context.provider.getBlock("latest");
  const deadline = BigInt(block?.timestamp ?? 0) + PERMIT_VALIDITY;
  return signPermit(context.people.signer(holder), { token, spender: context.addresses.accountRegistry, amount, deadline });
}
