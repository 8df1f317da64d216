import { type ContractTransactionResponse, MaxUint256, Signature } from "ethers";
import { ethers } from "hardhat";
import { type HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-network-helpers";

import { type AccountRegistry } from "../../../cache/typechain-types";
import { type Meter } from "../meter";
import { DAY, ETHER, NATIVE, TOKEN, type World } from "../world";

const YEAR = 365 * DAY;
const CROWD = 100;
/** Less than there are ends in the crowd. */
const MORE_TICKS = 20;
/** As many clusters as an account can pay in one currency. */
const MOST_STREAMS = 32;

export async function measureAccounts(world: World, meter: Meter): Promise<void> {
  await measureDeposits(world, meter);
  await measurePermits(world, meter);
  await measureWithdrawals(world, meter);
  await measureStreaming(world, meter);
}

async function measureDeposits({ accounts, token, people }: World, meter: Meter): Promise<void> {
  const { owner, other, stranger } = people;
  const own = accounts.connect(owner);
  await meter.record("native, first", own.deposit(NATIVE, ETHER, { value: ETHER }));
  await meter.record("native", own.deposit(NATIVE, ETHER, { value: ETHER }), 38_000);
  await meter.record("token, first of the currency", own.deposit(token, 10n * TOKEN));
  await meter.record("token, first of the account", accounts.connect(other).deposit(token, 10n * TOKEN));
  await meter.record("token", own.deposit(token, 10n * TOKEN), 57_500);
  await token.connect(owner).approve(accounts, 1_000n * TOKEN);
  await meter.record("token, out of a limited allowance", own.deposit(token, 10n * TOKEN), 57_500);
  await token.connect(owner).approve(accounts, MaxUint256);

  await meter.record("native, first", own.depositFor(stranger, NATIVE, ETHER, { value: ETHER }));
  await meter.record("native", own.depositFor(stranger, NATIVE, ETHER, { value: ETHER }));
  await meter.record("token, first", own.depositFor(stranger, token, 10n * TOKEN));
  await meter.record("token", own.depositFor(stranger, token, 10n * TOKEN));
}

async function measurePermits({ accounts, token, people: { owner } }: World, meter: Meter): Promise<void> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: await token.name(), version: "1", chainId, verifyingContract: await token.getAddress() };
  const types = {
    Permit: ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"].map((field) => {
      const [type = "", name = ""] = field.split(" ");
      return { type, name };
    }),
  };
  const depositWithPermit = async () => {
    const value = 10n * TOKEN;
    const permit = {
      owner: owner.address,
      spender: await accounts.getAddress(),
      value,
      nonce: await token.nonces(owner),
      deadline: MaxUint256,
    };
    const { v, r, s } = Signature.from(await owner.signTypedData(domain, types, permit));
    return accounts.connect(owner).depositWithPermit(owner, token, value, MaxUint256, v, r, s);
  };
  await meter.record("first permit of the owner", depositWithPermit());
  await meter.record("", depositWithPermit());
  // A permit leaves no more than it allowed.
  await token.connect(owner).approve(accounts, MaxUint256);
}

async function measureWithdrawals({ accounts, token, people: { owner, other } }: World, meter: Meter): Promise<void> {
  const own = accounts.connect(owner);
  await meter.record("native", own.withdraw(NATIVE, ETHER / 2n, owner), 46_000);
  await meter.record("native, all there is, to somebody else", own.withdraw(NATIVE, MaxUint256, other));
  await meter.record("token", own.withdraw(token, TOKEN, owner), 55_000);
  await meter.record("token, all there is, to somebody else", own.withdraw(token, MaxUint256, other));
}

/** What deposits, withdrawals and touches cost an account that pays streams. */
async function measureStreaming(world: World, meter: Meter): Promise<void> {
  const { accounts, token } = world;
  const { clusterId, payer } = await world.createPaidCluster(3, 6);
  const own = accounts.connect(payer);
  await time.increase(DAY);
  await meter.record("token, while one stream is paid, to an end of its own", own.deposit(token, 10n * TOKEN));
  await meter.record("token, while one stream is paid, the end stays", own.deposit(token, 1n));
  await meter.record("token, while one stream is paid, the end stays", own.withdraw(token, 1n, payer));
  await meter.record("token, while one stream is paid, to an end of its own", own.withdraw(token, 200n * TOKEN, payer));
  await meter.record("1 cluster, the end stays", accounts.touchAccount(payer, token), 75_000);
  await measureCrowd(world, meter, clusterId);
  await measureEnds(world, meter);
  await measureManyStreams(world, meter);
}

/** In a cluster with many payers, whose ends are spread over some days. */
async function measureCrowd(world: World, meter: Meter, clusterId: bigint): Promise<void> {
  const { accounts, token } = world;
  const crowd = await world.createCrowd(clusterId, CROWD);
  await time.increase(DAY);
  const each = (send: (payer: HardhatEthersSigner, own: AccountRegistry) => Promise<ContractTransactionResponse>) =>
    crowd.slice(0, CROWD / 2).map((payer) => () => send(payer, accounts.connect(payer)));
  const amount = 30n * TOKEN;
  const average = `token, while one stream is paid, average of ${CROWD / 2} in a crowd of ${CROWD}`;
  await meter.recordAverage(
    average,
    each((_, own) => own.deposit(token, amount)),
    105_000,
  );
  await meter.recordAverage(
    average,
    each((payer, own) => own.withdraw(token, amount, payer)),
    100_000,
  );
}

/** Accounts that have run out of funds, and clusters whose ends have been passed. */
async function measureEnds(world: World, meter: Meter): Promise<void> {
  const { accounts, token } = world;
  const { clusterId, payer } = await world.createPaidCluster(3, 6);
  const own = accounts.connect(payer);
  const crowd = await world.createCrowd(clusterId, CROWD);
  await own.withdraw(token, MaxUint256, payer);
  await time.increase(DAY);
  await meter.record("token, first after running out of funds", own.deposit(token, 10n * TOKEN));
  await time.increase(YEAR);
  const one = await meter.record("1 tick with an end", accounts.settleCluster(clusterId, 1));
  await meter.recordEach(
    "each further tick with an end",
    accounts.settleCluster(clusterId, MORE_TICKS + 1),
    one,
    BigInt(MORE_TICKS),
    6_000,
  );
  await accounts.settleCluster(clusterId, MaxUint256);
  await accounts.settleCluster(clusterId, MaxUint256);
  await own.deposit(token, 10n * TOKEN);
  const [first] = crowd;
  if (first === undefined) throw new Error("Nobody is there.");
  await meter.record("1 cluster, after running out of funds, the last part is late", accounts.touchAccount(first, token));
  await time.increase(YEAR);
  await meter.record("1 cluster, after running out of funds", accounts.settlePayment(payer, clusterId));
}

/** What grows with the number of clusters that an account pays. */
async function measureManyStreams(world: World, meter: Meter): Promise<void> {
  const { accounts, token } = world;
  const payer = await world.createPayer(1_000_000n * TOKEN);
  const own = accounts.connect(payer);
  const nodes = await world.createNodes(1);
  for (let count = 1; count <= MOST_STREAMS; count++) {
    await world.createBucket(payer, await world.createCluster(nodes, 1, 1), 1);
    if (count !== 8 && count !== MOST_STREAMS) continue;
    const clusters = `${count} clusters${count === MOST_STREAMS ? ", the most" : ""}`;
    await time.increase(DAY);
    await meter.record(`token, while streams are paid to ${clusters}, to an end of its own`, own.deposit(token, 100n * TOKEN));
    await meter.record(`token, while streams are paid to ${clusters}, to an end of its own`, own.withdraw(token, 300n * TOKEN, payer));
    await meter.record(`${clusters}, the end stays`, accounts.touchAccount(payer, token));
  }
}
