import { expect } from "chai";
import { type BaseContract, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { signPermit } from "../../src";
import { NATIVE, usd } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { encoded, NODE_BOND, POCKET, termsOf, withTerms, type WithTerms } from "../helpers/terms";
import { now } from "../helpers/units";

const byAllowance = (amount: bigint) => ({ amount, deadline: 0n, v: 0n, r: ZeroHash, s: ZeroHash });

describe("TermsRegistry: acceptTermsWithBond", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withTerms();
    const { accountRegistry, provider1, testUSD } = fixture;
    await testUSD.mint(provider1, NODE_BOND);
    await testUSD.connect(provider1).approve(accountRegistry, NODE_BOND);
  });

  const balance = async (): Promise<bigint> => (await fixture.accountRegistry.getAccount(fixture.provider1, fixture.testUSD)).balance;
  const accept = (bond: bigint, funding = byAllowance(NODE_BOND), value = 0n) =>
    fixture.termsRegistry.connect(fixture.provider1).acceptTermsWithBond(1, 1, bond, funding, { value });

  /** Cluster 2, which asks for one ether for each vnode. */
  const createInEther = async (): Promise<void> => {
    const { manager, stranger, termsRegistry } = fixture;
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(stranger, { bondPerVnode: usd("1") }), NATIVE, 6, 0, "");
  };

  it("accepts, deposits and posts the bond, in one transaction", async () => {
    const { accountRegistry, clusterRegistry, provider1, termsRegistry, testUSD } = fixture;
    const before = await balance();
    await expect(accept(NODE_BOND))
      .to.emit(termsRegistry, "TermsAccepted")
      .withArgs(1, 1, provider1.address)
      .and.to.emit(accountRegistry, "Deposited")
      .and.to.emit(termsRegistry, "BondPosted")
      .withArgs(1, 1, provider1.address, NODE_BOND, NODE_BOND)
      .and.to.emit(clusterRegistry, "VnodesCovered")
      .withArgs(1, 1, 2);
    expect(await balance()).to.equal(before);
    expect(await testUSD.balanceOf(termsRegistry)).to.equal(0);
    await expectExactCustody(fixture);
  });

  it("takes a permit, and what the account has already", async () => {
    const { accountRegistry, provider1, termsRegistry, testUSD } = fixture;
    await testUSD.connect(provider1).approve(accountRegistry, 0);
    const [token, spender] = await Promise.all([testUSD.getAddress(), accountRegistry.getAddress()]);
    const permit = await signPermit(provider1, { token, spender, amount: 5n, deadline: (await now()) + 3_600n });
    const before = await balance();
    await accept(NODE_BOND, { amount: 5n, deadline: permit.deadline, v: permit.v, r: permit.r, s: permit.s });
    expect(await balance()).to.equal(before + 5n - NODE_BOND);
    expect(await termsRegistry.bondOf(1, 1)).to.equal(NODE_BOND);
  });

  it("takes a permit that somebody has sent ahead", async () => {
    const { accountRegistry, provider1, stranger, termsRegistry, testUSD } = fixture;
    await testUSD.connect(provider1).approve(accountRegistry, 0);
    const [token, spender] = await Promise.all([testUSD.getAddress(), accountRegistry.getAddress()]);
    const { deadline, v, r, s } = await signPermit(provider1, { token, spender, amount: NODE_BOND, deadline: (await now()) + 3_600n });
    await testUSD.connect(stranger).permit(provider1, spender, NODE_BOND, deadline, v, r, s);
    await accept(NODE_BOND, { amount: NODE_BOND, deadline, v, r, s });
    expect(await termsRegistry.bondOf(1, 1)).to.equal(NODE_BOND);
  });

  it("refuses ether with a permit, and too much or too little of it", async () => {
    const { provider1, termsRegistry } = fixture;
    await createInEther();
    const pay = (funding: ReturnType<typeof byAllowance>) =>
      termsRegistry.connect(provider1).acceptTermsWithBond(2, 1, usd("2"), funding, { value: usd("3") });
    await expect(pay({ ...byAllowance(usd("3")), deadline: 2n ** 64n, v: 27n }))
      .to.be.revertedWithCustomError(termsRegistry, "CurrencyWithoutPermit")
      .withArgs(NATIVE);
    for (const amount of [usd("3") - 1n, usd("3") + 1n]) {
      await expect(pay(byAllowance(amount)))
        .to.be.revertedWithCustomError(termsRegistry, "EtherMismatch")
        .withArgs(usd("3"), amount);
    }
  });

  it("takes ether, and keeps none", async () => {
    const { provider1, termsRegistry } = fixture;
    await createInEther();
    const funding = byAllowance(usd("3"));
    await termsRegistry.connect(provider1).acceptTermsWithBond(2, 1, usd("2"), funding, { value: usd("3") });
    expect(await termsRegistry.bondOf(2, 1)).to.equal(usd("2"));
    expect((await fixture.accountRegistry.getAccount(provider1, NATIVE)).balance).to.equal(usd("1"));
    expect(await ethers.provider.getBalance(termsRegistry)).to.equal(0);
    await expectExactCustody(fixture);
  });

  it("refuses what accepting, depositing and posting refuse, and then nothing happens", async () => {
    const { manager, provider1, provider2, termsRegistry, testUSD } = fixture;
    const before = await balance();
    await expect(accept(0n)).to.be.revertedWithCustomError(termsRegistry, "AmountZero");
    await expect(accept(NODE_BOND, byAllowance(0n))).to.be.revertedWithCustomError(termsRegistry, "AmountZero");
    await expect(accept(NODE_BOND, byAllowance(1n), 1n))
      .to.be.revertedWithCustomError(termsRegistry, "EtherMismatch")
      .withArgs(1, 0);
    await expect(accept(POCKET + NODE_BOND + 1n))
      .to.be.revertedWithCustomError(termsRegistry, "InsufficientBalance")
      .withArgs(before + NODE_BOND, POCKET + NODE_BOND + 1n);
    await expect(accept(NODE_BOND, byAllowance(NODE_BOND + 1n))).to.be.revertedWithCustomError(testUSD, "ERC20InsufficientAllowance");
    await expect(termsRegistry.connect(provider2).acceptTermsWithBond(1, 1, 1, byAllowance(1n)))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotProvider")
      .withArgs(1, provider2.address, provider1.address);
    await termsRegistry.connect(manager).offerValidator(1, manager);
    await expect(accept(NODE_BOND)).to.be.revertedWithCustomError(termsRegistry, "ValidatorChangePending");
    await termsRegistry.connect(manager).offerValidator(1, ZeroAddress);
    expect(await balance()).to.equal(before);
    expect((await termsRegistry.getAgreement(1, 1)).provider).to.equal(ZeroAddress);
    await accept(NODE_BOND);
    await expect(accept(NODE_BOND)).to.be.revertedWithCustomError(termsRegistry, "TermsAlreadyAccepted").withArgs(1, 1);
  });

  it("covers vnodes once, by the whole bond", async () => {
    const { clusterRegistry } = fixture;
    const accepted = await accept(NODE_BOND);
    const covered = await clusterRegistry.queryFilter(clusterRegistry.filters.VnodesCovered(1, 1), accepted.blockNumber!);
    expect(covered.map(({ args }) => args.vnodes)).to.deep.equal([2n]);
  });

  it("posts no bond without an agreement, which the provider ended while the token called it back", async () => {
    const { accountRegistry, admin, manager, nodeRegistry, priceRegistry, stranger, termsRegistry } = fixture;
    const provider = await ethers.deployContract("ReentrantManager");
    const token = await ethers.deployContract("ReentrantToken");
    await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(stranger, { bondPerVnode: 5n }), token, 1, 0, "");
    const act = (contract: BaseContract, name: string, ...args: unknown[]) =>
      provider.forward(contract, contract.interface.encodeFunctionData(name, args));
    await act(nodeRegistry, "createNode", 1, 1, "");
    await token.mint(provider, 5);
    await act(token, "approve", await accountRegistry.getAddress(), 5);
    const calls = ["announceExit", "finishExit"].map((name) => encoded(termsRegistry, name, [2, 4]));
    await provider.setHook(termsRegistry, encoded(termsRegistry, "multicall", [calls]));
    await token.setHook(provider, "0x");
    await expect(act(termsRegistry, "acceptTermsWithBond", 2, 4, 5, byAllowance(5n)))
      .to.be.revertedWithCustomError(termsRegistry, "TermsNotAccepted")
      .withArgs(2, 4);
    await token.setHook(ZeroAddress, "0x");
    await act(termsRegistry, "acceptTermsWithBond", 2, 4, 5, byAllowance(5n));
    expect(await termsRegistry.bondOf(2, 4)).to.equal(5);
  });
});
