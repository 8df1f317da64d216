import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, MaxUint256, parseEther } from "ethers";
import { ethers } from "hardhat";

import { MONTH, NATIVE, usd, withCluster, withNodes } from "../fixtures";
import { BURNS_GAS, MEGABYTE, reverts } from "../helpers/code";
import { functionsOf } from "../helpers/everyCall";
import { at, now } from "../helpers/units";

// Ether that comes by force, and recipients that do not take it.

/** 60 ETH a month, less 2 % for the manager, for three providers. */
const SHARE = parseEther("19.6");
/** Jumps to where it is. */
const LOOPS = "0x5b5f56";

describe("attacks by ether", () => {
  it("ether that is forced in by a contract that destroys itself is credited to nobody", async () => {
    const { accountRegistry, otherOwner, owner, stranger } = await withCluster();
    await accountRegistry.connect(owner).deposit(NATIVE, 1_000, { value: 1_000 });
    // PUSH20 of the registry, SELFDESTRUCT: as its constructor, so that it still works after EIP-6780.
    const data = concat(["0x73", await accountRegistry.getAddress(), "0xff"]);
    await stranger.sendTransaction({ data, value: 7 });
    expect(await accountRegistry.custody(NATIVE)).to.deep.equal([1_007n, 1_000n]);
    await accountRegistry.connect(otherOwner).deposit(NATIVE, 100, { value: 100 });
    for (const [person, amount] of [
      [owner, 1_000n],
      [otherOwner, 100n],
    ] as const) {
      await expect(accountRegistry.connect(person).withdraw(NATIVE, amount + 1n, person))
        .to.be.revertedWithCustomError(accountRegistry, "InsufficientBalance")
        .withArgs(amount, amount + 1n);
      await expect(accountRegistry.connect(person).withdraw(NATIVE, MaxUint256, person)).to.changeEtherBalance(person, amount);
    }
    expect(await accountRegistry.custody(NATIVE)).to.deep.equal([7n, 0n]);
  });

  it("no registry takes ether but by deposits, and by calls that pass it on to one", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, stranger, termsRegistry } = await withCluster();
    const payable: string[] = [];
    for (const registry of [accountRegistry, nodeRegistry, clusterRegistry, bucketRegistry, termsRegistry]) {
      await expect(stranger.sendTransaction({ to: registry, value: 1 })).to.be.revertedWithoutReason();
      payable.push(...functionsOf(registry).filter((name) => registry.interface.getFunction(name as "multicall").payable));
    }
    expect(payable).to.deep.equal(["deposit", "depositFor", "fundAccount", "openBucket", "acceptTermsWithBond"]);
  });
});

describe("attacks by recipients of ether", () => {
  for (const [what, code] of Object.entries({
    "refuses it": reverts("0x"),
    "refuses it with a megabyte": reverts("0x", MEGABYTE),
    "burns all gas": BURNS_GAS,
    "never comes to an end": LOOPS,
  })) {
    it(`a provider that ${what} is paid like the others, keeps nobody from anything, and withdraws to another address`, async () => {
      const { accountRegistry, bucketRegistry, clusterRegistry, manager, owner, provider1, provider2, nodeIds } = await withNodes();
      await clusterRegistry.connect(manager).createCluster(NATIVE, 3, nodeIds, 200, "");
      await clusterRegistry.connect(manager).reserveResource(1, 10);
      await accountRegistry.connect(owner).deposit(NATIVE, parseEther("120"), { value: parseEther("120") });
      await bucketRegistry.connect(owner).createBucket(1, "");
      const start = (await now()) + 1_000n;
      await at(start);
      await bucketRegistry.connect(owner).allocate(1, 2, usd("30"));
      await setCode(provider1.address, code);
      await at(start + MONTH);
      await bucketRegistry.connect(owner).closeBucket(1);
      await clusterRegistry.distributeRevenues(1);
      for (const nodeId of nodeIds) await clusterRegistry.claimRevenues(1, nodeId);
      await clusterRegistry.connect(manager).removeCluster(1);

      const theirs = accountRegistry.connect(await ethers.getImpersonatedSigner(provider1.address));
      await expect(theirs.withdraw(NATIVE, MaxUint256, provider1, { gasLimit: 6_000_000 }))
        .to.be.revertedWithCustomError(accountRegistry, "NativeTransferFailed")
        .withArgs(provider1, SHARE);
      expect((await accountRegistry.getAccount(provider1, NATIVE)).balance).to.equal(SHARE);
      const elsewhere = ethers.Wallet.createRandom().address;
      await expect(theirs.withdraw(NATIVE, MaxUint256, elsewhere)).to.changeEtherBalance(elsewhere, SHARE);
      for (const [person, amount] of [
        [provider2, SHARE],
        [manager, parseEther("1.2")],
        [owner, parseEther("60")],
      ] as const) {
        await expect(accountRegistry.connect(person).withdraw(NATIVE, MaxUint256, person)).to.changeEtherBalance(person, amount);
      }
      expect(await accountRegistry.custody(NATIVE)).to.deep.equal([SHARE, SHARE]);
    });
  }
});
