import { type Signer, Signature, type TypedDataDomain } from "ethers";

import { IERC20Metadata__factory, IERC20Permit__factory, IERC5267__factory } from "./bindings";
import type { Permit } from "./calls/account";
import { UserError } from "./user-error";

const TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** Signs an ERC-2612 permit: lets `spender` take `amount` of the signer's tokens until `deadline` (unix seconds). */
export async function signPermit(
  signer: Signer,
  input: { token: string; spender: string; amount: bigint; deadline: bigint },
): Promise<Permit> {
  const { token, spender, amount, deadline } = input;
  const owner = await signer.getAddress();
  const nonce = await nonceOf(signer, token, owner);
  const message = { owner, spender, value: amount, nonce, deadline };
  const signature = Signature.from(await signer.signTypedData(await domainOf(signer, token), TYPES, message));
  return { deadline, v: BigInt(signature.v), r: signature.r, s: signature.s };
}

async function nonceOf(signer: Signer, token: string, owner: string): Promise<bigint> {
  try {
    return await IERC20Permit__factory.connect(token, signer).nonces(owner);
  } catch (error) {
    throw new UserError(`The token ${token} does not know permits: deposit without one.`, { cause: error });
  }
}

async function domainOf(signer: Signer, token: string): Promise<TypedDataDomain> {
  try {
    const { name, version, chainId, verifyingContract } = await IERC5267__factory.connect(token, signer).eip712Domain();
    return { name, version, chainId, verifyingContract };
  } catch {
    // Older tokens do not describe their domain; nearly all of them are version 1.
    const name = await IERC20Metadata__factory.connect(token, signer).name();
    const network = await signer.provider?.getNetwork();
    return { name, version: "1", chainId: network?.chainId, verifyingContract: token };
  }
}
