import { expect } from "chai";
import { SigningKey, computeAddress } from "ethers";

import { StorageClient, listFiles } from "../../../examples/storage/client/client";
import type { RunningNode } from "../../../examples/storage/node/node";
import { readableParams } from "../../../examples/storage/node/identity";
import { serializeSession } from "../../../examples/storage/shared/session-header";
import { calls, engine, readNode } from "../../../src";
import { World, failureOf, people, refusalOf } from "./world";

const MEGABYTE = 1_048_576;

describe("a gateway", function () {
  this.timeout(60_000);

  let world: World;
  let gateway: Omit<RunningNode, "repair">;
  let owner: StorageClient;
  before(async function () {
    world = await World.open(4);
    gateway = await world.startGateway();
    owner = await StorageClient.open(world.network, people.owner, gateway.nodeId);
    await world.see([...world.nodes, gateway]);
  });
  after(async function () {
    await gateway.close();
    await world.close();
  });

  async function placesOf(path: string): Promise<bigint[]> {
    return engine.routesOf(await engine.readRoutes(world.network.registries, world.bucketId), path).map(({ nodeId }) => nodeId);
  }

  function nodeOf(nodeId: bigint | undefined): RunningNode {
    return world.nodes.find((node) => node.nodeId === nodeId)!;
  }

  async function keyOfGateway(): Promise<string> {
    const { publicKey } = readableParams((await readNode(world.network.registries, gateway.nodeId)).params)!;
    return computeAddress(SigningKey.computePublicKey(publicKey!));
  }

  it("writes to all nodes that keep a key, and to no other", async () => {
    const bytes = Buffer.alloc(3 * MEGABYTE, "spread ");
    const stored = await owner.put(world.bucketId, "spread", bytes);
    const places = await placesOf("spread");
    expect(stored.map(BigInt)).to.have.members(places);
    for (const node of world.nodes) {
      const paths = await listFiles(world.network, people.owner, node, world.bucketId);
      expect(paths.includes("spread")).to.equal(places.includes(node.nodeId));
    }
    expect(Buffer.compare(Buffer.from(await owner.get(world.bucketId, "spread")), bytes)).to.equal(0);
    const elsewhere = world.nodes.find(({ nodeId }) => !places.includes(nodeId))!;
    expect(await refusalOf(await world.put(elsewhere, "spread", "x"))).to.deep.equal({ status: 422, error: "other-place" });
  });

  it("lets the last of several quick writes stand", async () => {
    for (const text of ["one", "two", "three", "two"]) await owner.put(world.bucketId, "quick", Buffer.from(text));
    expect(Buffer.from(await owner.get(world.bucketId, "quick")).toString()).to.equal("two");
    await owner.delete(world.bucketId, "quick");
    expect(await failureOf(owner.get(world.bucketId, "quick"))).to.include("deleted");
    const later = await StorageClient.open(world.network, people.owner, gateway.nodeId);
    await later.put(world.bucketId, "quick", Buffer.from("again"));
    expect(Buffer.from(await later.get(world.bucketId, "quick")).toString()).to.equal("again");
  });

  it("acts for nobody without a session for its key", async () => {
    const without = await world.put(gateway, "a.txt", "a");
    expect(await refusalOf(without)).to.deep.equal({ status: 401, error: "bad-session" });
    for (const session of ["", "e30", "!!!", "A".repeat(9_000)]) {
      const answer = await world.put(gateway, "a.txt", "a", { headers: { "ddc-session": session } });
      expect(await refusalOf(answer)).to.deep.equal({ status: 401, error: "bad-session" });
    }
  });

  const sessions: [string, string, Partial<engine.Session>, typeof people.owner][] = [
    ["has expired", "session-expired", { expiry: 1_000 }, people.owner],
    ["is for another bucket", "session-bounds", { bucketIds: [999n] }, people.owner],
    ["does not extend to it", "session-bounds", { actions: ["list"] }, people.owner],
    ["somebody else has signed", "bad-signature", {}, people.stranger],
  ];
  for (const [what, error, changed, signer] of sessions) {
    it(`passes on what the nodes say of a session that ${what}`, async () => {
      const path = `session that ${what}`;
      await owner.put(world.bucketId, path, Buffer.from("in session"));
      const session: engine.Session = {
        account: people.owner.address,
        key: await keyOfGateway(),
        bucketIds: [world.bucketId],
        actions: ["read", "write", "delete"],
        expiry: Math.floor(Date.now() / 1_000) + 600,
        ...changed,
      };
      const signed = await engine.delegate(session, signer, world.network.realm);
      const headers = { "ddc-session": serializeSession(signed) };
      for (const answer of [
        await world.ask(gateway, { path, headers }),
        await world.put(gateway, path, "x", { headers }),
        await world.ask(gateway, { method: "DELETE", action: "delete", path, headers }),
      ]) {
        expect(await refusalOf(answer)).to.deep.equal({ status: 401, error });
      }
    });
  }

  it("refuses what was signed with a body that is not there", async () => {
    const bodyHash = await engine.hashBody(Buffer.from("x"));
    for (const [method, action] of [
      ["GET", "read"],
      ["DELETE", "delete"],
    ] as const) {
      const answer = await world.ask(gateway, { method, action, signed: { bodyHash } });
      expect(await refusalOf(answer)).to.deep.equal({ status: 401, error: "other-body" });
    }
  });

  it("refuses strangers", async () => {
    const stranger = await StorageClient.open(world.network, people.stranger, gateway.nodeId);
    expect(await failureOf(stranger.put(world.bucketId, "mine", Buffer.from("mine")))).to.include("has not let you");
    expect(await failureOf(stranger.get(world.bucketId, "spread"))).to.include("has not let you");
  });

  it("reads what is public for anyone", async () => {
    const { addresses } = world.network;
    await owner.put(world.bucketId, "open", Buffer.from("for all"));
    await world.send(people.owner, calls.setPublic(addresses, { bucketId: world.bucketId, isPublic: true }));
    await world.see([...world.nodes, gateway]);
    const url = `${gateway.url}/buckets/${world.bucketId}/files/open`;
    expect(await (await fetch(url)).text()).to.equal("for all");
    expect((await fetch(url, { method: "PUT", body: "no" })).status).to.equal(401);
    await world.send(people.owner, calls.setPublic(addresses, { bucketId: world.bucketId, isPublic: false }));
  });

  it("says so when nobody has it", async () => {
    expect(await failureOf(owner.get(world.bucketId, "nowhere"))).to.include("no such file");
  });

  // The last: nodes go away.
  it("reads from the next replica, writes to those that are left, and a node that comes back fetches what it missed", async () => {
    const path = "survivor";
    const [first, second, third] = await placesOf(path);
    await owner.put(world.bucketId, path, Buffer.from("before"));
    const place = world.nodes.indexOf(nodeOf(first));
    await nodeOf(first).close();
    expect(Buffer.from(await owner.get(world.bucketId, path)).toString()).to.equal("before");
    expect((await owner.put(world.bucketId, path, Buffer.from("meanwhile"))).map(BigInt)).to.have.members([second, third]);
    await owner.put(world.bucketId, "deleted", Buffer.from("soon gone"));
    const back = await world.startNode(`node-${place}`);
    world.nodes[place] = back;
    const answer = await world.ask(back, { path });
    expect(await answer.text()).to.equal("meanwhile");
    expect(await back.repair.run()).to.equal(0);

    await nodeOf(second).close();
    await nodeOf(third).close();
    world.nodes.splice(0, world.nodes.length, ...world.nodes.filter(({ nodeId }) => nodeId !== second && nodeId !== third));
    expect(await failureOf(owner.put(world.bucketId, path, Buffer.from("too few")))).to.include("of 3 nodes have stored it");
  });
});
