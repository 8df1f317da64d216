import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { type Meter } from "../meter";
import { personOf } from "../people";
import { TOKEN, type World } from "../world";

const READ = 1;
const BOTH = 3;
/** As many accounts as are granted, revoked and given keys together. */
const MANY = 10;
/** As long as a key envelope is. */
const ENVELOPE = 82;

export async function measureAccess(world: World, meter: Meter): Promise<void> {
  const { clusterId } = await world.createPaidCluster(3, 6);
  await world.accounts.connect(world.people.owner).deposit(world.token, 1_000_000n * TOKEN);
  const bucketId = await world.createBucket(world.people.owner, clusterId, 1);
  await measureGrants(world, meter, bucketId);
  await measureGates(world, meter, bucketId);
  await measureKeys(world, meter, bucketId);
  await measureQuestions(world, meter, bucketId);
}

const group = (role: string, count = MANY): string[] => Array.from({ length: count }, (_, i) => personOf(role, i));
const envelopes = (count: number): string[] => Array.from({ length: count }, (_, i) => `0x${(i + 17).toString(16).repeat(ENVELOPE)}`);

async function measureGrants({ buckets, people }: World, meter: Meter, bucketId: bigint): Promise<void> {
  const mine = buckets.connect(people.owner);
  const [alone = ""] = group("grantee alone");
  const one = await meter.record("1 account, first", mine.grantAccess(bucketId, [alone], READ, 0));
  await meter.record("1 account, again", mine.grantAccess(bucketId, [alone], BOTH, 2n ** 36n));
  await meter.recordEach(
    "each further account, first",
    mine.grantAccess(bucketId, [personOf("grantee", -1), ...group("grantee", MANY - 1)], READ, 0),
    one,
    BigInt(MANY - 1),
  );
  const revoked = await meter.record("1 account", mine.revokeAccess(bucketId, [alone]));
  await meter.recordEach("each further account", mine.revokeAccess(bucketId, group("grantee", MANY)), revoked, BigInt(MANY - 1));
}

async function measureGates({ buckets, people, token }: World, meter: Meter, bucketId: bigint): Promise<void> {
  const mine = buckets.connect(people.owner);
  const badge = await ethers.deployContract("TestBadge");
  await meter.record("public, first", mine.setPublic(bucketId, true));
  await meter.record("no longer public", mine.setPublic(bucketId, false));
  await meter.record("ERC-20, first", mine.setGate(bucketId, READ, token, 0, 1));
  await meter.record("ERC-1155, instead of it", mine.setGate(bucketId, READ, badge, 5, 1));
  await meter.record("none, instead of it", mine.setGate(bucketId, READ, ZeroAddress, 0, 0));
}

async function measureKeys({ buckets, people }: World, meter: Meter, bucketId: bigint): Promise<void> {
  const mine = buckets.connect(people.owner);
  const first = await meter.record("1 reader, first epoch", mine.publishKeys(bucketId, 0, [personOf("reader", -1)], envelopes(1)));
  const readers = group("reader");
  const more = [personOf("reader", -2), ...readers.slice(1)];
  await meter.recordEach("each further reader, new", mine.publishKeys(bucketId, 0, more, envelopes(MANY)), first, BigInt(MANY - 1));
  await meter.record("1 account, which starts a key epoch", mine.revokeAccess(bucketId, [personOf("reader", -1)]));
  const next = await meter.record("1 reader, another epoch", mine.publishKeys(bucketId, 1, more.slice(0, 1), envelopes(1)));
  await meter.recordEach(
    "each further reader, another epoch",
    mine.publishKeys(bucketId, 2, more, envelopes(MANY)),
    next,
    BigInt(MANY - 1),
  );
}

async function measureQuestions({ buckets, people, token }: World, meter: Meter, bucketId: bigint): Promise<void> {
  const mine = buckets.connect(people.owner);
  const granted = personOf("guest", 0);
  const holder = personOf("guest", 1);
  await mine.grantAccess(bucketId, [granted], READ, 0);
  await mine.setGate(bucketId, READ, token, 0, 1);
  await token.mint(holder, 1);
  const ask = (account: string) => buckets.canAccess.send(bucketId, account, READ);
  await meter.record("the owner", ask(people.owner.address));
  await meter.record("by a grant", ask(granted));
  await meter.record("by a token", ask(holder));
  await meter.record("by nothing", ask(personOf("guest", 2)));
}
