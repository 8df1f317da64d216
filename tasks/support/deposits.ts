import { type Call, UserError, calls, isNative, parseAmount, signPermit } from "../../src";
import { IERC20__factory } from "../../src/bindings";
import type { TaskContext } from "./context";
import { amountOf } from "./sections";

/** How long a permit that is sent at once has to be good, in seconds. */
const PERMIT_VALIDITY = 3_600n;

/** A deposit as people ask for it. */
interface Wanted {
  currency: string;
  /** In whole tokens, for example 25.5. */
  amount: string;
  /** Whether to sign a permit instead of approving. */
  permit: boolean;
}

/** The deposit in base units, with a permit if one is wanted. Refuses more than the depositor holds. */
export async function fundingFor(context: TaskContext, wanted: Wanted, depositor: string): Promise<calls.Funding> {
  const { currency } = wanted;
  const amount = await amountIn(context, wanted);
  await refuseMoreThanHeld(context, currency, amount, depositor);
  return { currency, amount, permit: wanted.permit ? await permitFor(context, currency, amount, depositor) : undefined };
}

/** The approval to send before a deposit, if there is no permit and the allowance does not suffice. */
export async function approvalFor(context: TaskContext, wanted: Wanted, depositor: string): Promise<Call[]> {
  const { currency } = wanted;
  if (wanted.permit || isNative(currency)) return [];
  const amount = await amountIn(context, wanted);
  const spender = context.addresses.accountRegistry;
  const allowance = await IERC20__factory.connect(currency, context.provider).allowance(depositor, spender);
  return allowance < amount ? [calls.approve(currency, { spender, amount })] : [];
}

async function amountIn(context: TaskContext, { currency, amount }: Wanted): Promise<bigint> {
  const { decimals } = await context.currency(currency);
  context.known.currency = currency;
  return parseAmount(amount, Number(decimals));
}

async function refuseMoreThanHeld(context: TaskContext, token: string, amount: bigint, holder: string): Promise<void> {
  const { provider } = context;
  const held = isNative(token) ? await provider.getBalance(holder) : await IERC20__factory.connect(token, provider).balanceOf(holder);
  if (held >= amount) return;
  const info = await context.currency(token);
  throw new UserError(`${context.nameOf(holder)} has ${amountOf(held, info)}, which is not enough to deposit ${amountOf(amount, info)}.`);
}

async function permitFor(context: TaskContext, token: string, amount: bigint, holder: string): Promise<calls.Permit> {
  if (isNative(token)) throw new UserError("The native currency knows no permits: leave --permit out.");
  const block = await context.provider.getBlock("latest");
  const deadline = BigInt(block?.timestamp ?? 0) + PERMIT_VALIDITY;
  return signPermit(context.people.signer(holder), { token, spender: context.addresses.accountRegistry, amount, deadline });
}
