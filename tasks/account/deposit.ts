import { type Call, UserError, calls, isNative, parseAmount, signPermit } from "../../src";
import { IERC20__factory } from "../../src/bindings";
import { currency, flag, optional, party, text } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineWrite } from "../support/define";
import { accountPart, amountOf, headline } from "../support/parts";
import { refundsIn, refundText } from "../support/refunds";

/** How long a permit that is sent at once has to be good, in seconds. */
const PERMIT_VALIDITY = 3_600n;

const args = {
  amount: text("How much, for example 25.5"),
  currency: currency(),
  for: optional(party("Whose account it is for; the signer's unless given")),
  permit: flag("Sign a permit instead of approving first (tokens only)"),
};

defineWrite({
  name: "account:deposit",
  description: "Deposits into an account",
  arguments: args,
  call: async (context, values, caller) => {
    const amount = await amountFor(context, values);
    await refuseMoreThanHeld(context, values.currency, amount, caller);
    if (values.permit) return permitCall(context, { ...values, amount }, caller);
    const input = { currency: values.currency, amount };
    const { addresses } = context;
    return values.for === undefined ? calls.deposit(addresses, input) : calls.depositFor(addresses, { ...input, account: values.for });
  },
  before: async (context, values, caller) => {
    if (values.permit || isNative(values.currency)) return [];
    const amount = await amountFor(context, values);
    const spender = context.addresses.accountRegistry;
    const allowance = await IERC20__factory.connect(values.currency, context.provider).allowance(caller, spender);
    return allowance < amount ? [calls.approve(values.currency, { spender, amount })] : [];
  },
  written: async (context, values, { sent, event }) => {
    const info = await context.currency(values.currency);
    const { account, amount } = event("Deposited") as { account: string; amount: bigint };
    const what = `Deposited ${amountOf(amount, info)} for ${context.nameOf(account)}.`;
    return [headline(what + refundText(context, refundsIn(sent), info)), await accountPart(context, account, [info])];
  },
});

async function amountFor(context: TaskContext, values: { amount: string; currency: string }): Promise<bigint> {
  const { decimals } = await context.currency(values.currency);
  context.known.currency = values.currency;
  return parseAmount(values.amount, Number(decimals));
}

async function refuseMoreThanHeld(context: TaskContext, token: string, amount: bigint, holder: string): Promise<void> {
  const { provider } = context;
  const held = isNative(token) ? await provider.getBalance(holder) : await IERC20__factory.connect(token, provider).balanceOf(holder);
  if (held >= amount) return;
  const info = await context.currency(token);
  throw new UserError(`${context.nameOf(holder)} has ${amountOf(held, info)}, which is not enough to deposit ${amountOf(amount, info)}.`);
}

async function permitCall(
  context: TaskContext,
  values: { amount: bigint; currency: string; for?: string | undefined },
  caller: string,
): Promise<Call> {
  const { amount, currency: token } = values;
  if (isNative(token)) throw new UserError("The native currency knows no permits: leave --permit out.");
  const block = await context.provider.getBlock("latest");
  const deadline = BigInt(block?.timestamp ?? 0) + PERMIT_VALIDITY;
  const spender = context.addresses.accountRegistry;
  const permit = await signPermit(context.people.signer(caller), { token, spender, amount, deadline });
  return calls.depositWithPermit(context.addresses, { account: values.for ?? caller, currency: token, amount, permit });
}
