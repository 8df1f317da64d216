import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroHash, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { type ReentrantReceiver, ReentrantReceiver__factory, type ReentrantToken } from "../../cache/typechain-types";
import { REGISTRIES } from "../../src/contract-names";
import { NATIVE, usd } from "../fixtures";
import { type Call, withEverything, type WithEverything } from "../helpers/everyCall";
import { expectExactCustody } from "../helpers/custody";

// Each party is a contract that calls, in its own name, each function of each registry, while tokens or ether are on their way in or out.
// Whatever moves tokens is refused; all else happens as it would have before or afterwards.

const GUARDED = ["deposit", "depositFor", "depositWithPermit", "withdraw", "openBucket", "acceptTermsWithBond"];
const REFUSAL = ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);

interface Scene extends WithEverything {
  /** The deployer has 100 of it deposited, and 100 left. */
  token: ReentrantToken;
}

/** What moves while the party calls: each says what it does to the deployer's account in the token, and in ether. */
const PLACES: Record<string, { move: (scene: Scene, party: string) => Promise<unknown>; token: bigint; ether: bigint; calls: bigint }> = {
  "ether on its way to it": {
    move: ({ accountRegistry, deployer }, party) => accountRegistry.connect(deployer).withdraw(NATIVE, 5, party),
    token: 0n,
    ether: -5n,
    calls: 1n,
  },
  "a deposit of a token that calls before it moves": {
    move: ({ accountRegistry, deployer, token }) => accountRegistry.connect(deployer).deposit(token, 5),
    token: 5n,
    ether: 0n,
    calls: 1n,
  },
  "a deposit of a token that calls once it has moved": {
    move: async ({ accountRegistry, deployer, token }) => {
      await token.setAfter(true);
      await accountRegistry.connect(deployer).deposit(token, 5);
    },
    token: 5n,
    ether: 0n,
    calls: 1n,
  },
  "a withdrawal of a token that tells its recipient": {
    move: async ({ accountRegistry, deployer, token }, party) => {
      await token.setAfter(true);
      await accountRegistry.connect(deployer).withdraw(token, 5, party);
    },
    token: -5n,
    ether: 0n,
    calls: 1n,
  },
  "a permit, and the transfer after it": {
    move: ({ accountRegistry, deployer, token }) =>
      accountRegistry.connect(deployer).depositWithPermit(deployer, token, 5, MaxUint256, 27, ZeroHash, ZeroHash),
    token: 5n,
    ether: 0n,
    calls: 2n,
  },
};

async function withScene(): Promise<Scene> {
  const fixture = await withEverything();
  const { accountRegistry, priceRegistry, admin, deployer } = fixture;
  const token = await ethers.deployContract("ReentrantToken", deployer);
  await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
  await token.mint(deployer, 200);
  await token.connect(deployer).approve(accountRegistry, MaxUint256);
  await accountRegistry.connect(deployer).deposit(token, 100);
  await accountRegistry.connect(deployer).deposit(NATIVE, 100, { value: 100 });
  return { ...fixture, token };
}

/** Lets whoever makes the call be a contract, which makes it whenever it is called without data. */
async function armed({ token, deployer }: Scene, { contract, from, data }: Call): Promise<ReentrantReceiver> {
  const model = await ethers.deployContract("ReentrantReceiver");
  await setCode(from.address, await ethers.provider.getCode(model));
  const party = ReentrantReceiver__factory.connect(from.address, deployer);
  await party.setHook(contract, data);
  await token.setHook(party, "0x");
  return party;
}

describe("attacks from inside", function () {
  this.timeout(120_000);

  for (const [place, { move, token: tokens, ether, calls }] of Object.entries(PLACES)) {
    for (const registry of REGISTRIES) {
      it(`${registry}, called during ${place}, moves no tokens, and does all else as ever`, async () => {
        const names = (await withEverything()).calls[registry].map(({ name }) => name);
        // The authority is a contract, which does nothing of the kind.
        for (const name of names.filter((it) => it !== "setAuthority")) {
          const scene = await withScene();
          const { accountRegistry, deployer, token } = scene;
          const call = scene.calls[registry].find((it) => it.name === name)!;
          const party = await armed(scene, call);
          await move(scene, call.from.address);

          expect(await party.calls(), name).to.equal(calls);
          // A second time there may be nothing left to do.
          if (calls === 1n) expect(await party.succeeded(), name).to.equal(!GUARDED.includes(name));
          if (GUARDED.includes(name)) expect(await party.answer(), name).to.equal(REFUSAL);
          expect((await accountRegistry.getAccount(deployer, token)).balance, name).to.equal(100n + tokens);
          expect((await accountRegistry.getAccount(deployer, NATIVE)).balance, name).to.equal(100n + ether);
          await expectExactCustody(scene, name === "addCurrency" ? 4 : 3);
        }
      });
    }

    it(`a multicall during ${place} is no way around the guard`, async () => {
      for (const name of GUARDED) {
        const scene = await withScene();
        const { accountRegistry, deployer, token } = scene;
        const all = [...scene.calls.AccountRegistry, ...scene.calls.BucketRegistry, ...scene.calls.TermsRegistry];
        const call = all.find((it) => it.name === name)!;
        const data = accountRegistry.interface.encodeFunctionData("multicall", [[call.data]]);
        const party = await armed(scene, { ...call, data });
        await move(scene, call.from.address);
        expect(await party.answer(), name).to.equal(REFUSAL);
        expect((await accountRegistry.getAccount(deployer, token)).balance, name).to.equal(100n + tokens);
        await expectExactCustody(scene, 3);
      }
    });
  }
});
