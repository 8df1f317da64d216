import { type Signer, getAddress, isAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { ZERO_ADDRESS, UserError } from "../../src";

/** Named accounts of a network, and those that can sign there. */
export interface People {
  /** Names by address. */
  names: ReadonlyMap<string, string>;
  /** Everyone with a name, and their addresses. */
  named: ReadonlyMap<string, string>;
  /** A signer, by name, index or address. */
  signer: (who: string) => Signer;
  /** An address, by name, index or as such. */
  address: (who: string) => string;
}

/** A text as an address with its checksum, if it is one. */
export function addressIn(text: string): string | undefined {
  return isAddress(text) ? getAddress(text) : undefined;
}

export async function findPeople(hre: HardhatRuntimeEnvironment): Promise<People> {
  const signers = await hre.ethers.getSigners();
  const accounts = await hre.getNamedAccounts();
  const named = new Map(Object.entries(accounts).filter(([, address]) => isAddress(address)));

  const address = (who: string): string => {
    const wanted = who.trim();
    const given = addressIn(wanted);
    if (given !== undefined) return given;
    const found = /^\d+$/.test(wanted) ? signers[Number(wanted)]?.address : named.get(wanted);
    if (found !== undefined) return getAddress(found);
    throw new UserError(
      `The name "${wanted}" is unknown on this network. Give ${[...named.keys()].join(", ") || "a name"}, ` +
        `an index below ${signers.length}, or an address (with its checksum, if it has capitals).`,
    );
  };
  return {
    names: new Map([...named].map(([name, owner]) => [getAddress(owner), name])),
    named,
    address,
    signer: (who) => {
      const wanted = address(who);
      const signer = signers.find((candidate) => candidate.address === wanted);
      if (signer !== undefined) return signer;
      throw new UserError(
        `No key for ${wanted}: neither the node nor the configuration has it. ` +
          `It can for ${
            signers
              .map((candidate) => candidate.address)
              .slice(0, 6)
              .join(", ") || "nobody"
          }.`,
      );
    },
  };
}

/** Recipient of an offer: `nobody` withdraws it. */
export function addressOrNobody(people: People, who: string): string {
  return /^(nobody|none)$/i.test(who.trim()) ? ZERO_ADDRESS : people.address(who);
}
