import { type Call, ZERO_ADDRESS, RIGHT_BITS, UserError, calls, isNative, parseAmount, readToken } from "../../src";
import { bucketId, currency, flag, optional, text } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { accessPart, right } from "../support/sharing";

const args = {
  bucket: bucketId(),
  right: right("Right that the token gives"),
  token: optional(currency("The token: ERC-20, ERC-721 or ERC-1155")),
  minimum: optional(text("Minimum holding; 1 by default")),
  id: optional(text("Token id, for an ERC-1155")),
  remove: flag("Remove the gate instead"),
};

defineWrite({
  name: "bucket:gate",
  description: "Lets holders of a token read or write a bucket; for its owner",
  arguments: args,
  call: async (context, values) => {
    const { bucket, right: what, token, remove } = values;
    if (remove === (token !== undefined)) throw new UserError("Give the --token that opens the gate, or --remove to have none.");
    const input = { bucketId: bucket, right: RIGHT_BITS[what] };
    if (token === undefined) return calls.setGate(context.addresses, { ...input, token: ZERO_ADDRESS, id: 0n, minimum: 0n });
    return gateCall(context, { ...values, token }, input);
  },
  written: async (context, { bucket, remove }) => [
    title(remove ? `Holding a token no longer opens bucket ${bucket}.` : `Bucket ${bucket} has a gate.`),
    await accessPart(context, bucket),
  ],
});

/** Names mistakes before the registry refuses them: the native currency, an address without code, an id that the token has not. */
async function gateCall(
  context: TaskContext,
  { token, minimum = "1", id }: { token: string; minimum?: string | undefined; id?: string | undefined },
  input: { bucketId: bigint; right: bigint },
): Promise<Call> {
  if (isNative(token)) throw new UserError("The native currency is no token, and opens no gate. Give the name or the address of a token.");
  if ((await context.provider.getCode(token)) === "0x") {
    throw new UserError(`There is no token at ${token} on this network. Check the address and the network.`);
  }
  const { standard, decimals } = await readToken(context.registries, token);
  if (standard === "ERC-1155" && id === undefined) throw new UserError("An ERC-1155 has tokens of many kinds: say which with --id.");
  if (standard !== "ERC-1155" && id !== undefined)
    throw new UserError(`The token is an ${standard}, which has no ids to hold several of: leave --id out.`);
  return calls.setGate(context.addresses, {
    ...input,
    token,
    id: parseAmount(id ?? "0", 0, "id"),
    minimum: parseAmount(minimum, Number(decimals), "minimum"),
  });
}
