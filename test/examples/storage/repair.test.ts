import { join } from "node:path";

import { expect } from "chai";
import type { Wallet } from "ethers";

import type { RunningNode } from "../../../examples/storage/node/node";
import { Store } from "../../../examples/storage/node/store";
import { calls, engine } from "../../../src";
import { World, people, refusalOf } from "./world";

/** Three nodes, each of which keeps all files: the third lies. */
describe("repair", function () {
  this.timeout(60_000);

  let world: World;
  before(async function () {
    world = await World.open(3);
    const grant = { bucketId: world.bucketId, accounts: [people.friend.address], rights: 3n, until: 0n };
    await world.send(people.owner, calls.grantAccess(world.network.addresses, grant));
    await world.see();
  });
  after(async function () {
    await world.close();
  });

  interface Forged {
    path: string;
    body?: string;
    as: Wallet;
    expiry?: number;
  }

  /** What the third node says that somebody wrote, or deleted if there is no body: it asks nobody. */
  async function forge(...files: Forged[]): Promise<void> {
    const liar = world.nodes[2]!;
    const port = Number(new URL(liar.url).port);
    await liar.close();
    const store = await Store.open(join(world.folder, "node-2", "files"), { minFreeBytes: 0 });
    for (const { path, body, as, expiry = inSeconds(200) } of files) {
      const bodyHash = body === undefined ? engine.NO_BODY : await engine.hashBody(Buffer.from(body));
      const action = body === undefined ? "delete" : "write";
      const authorization = await world.authorization(liar.nodeId, { action, path, as, signed: { bodyHash, expiry } });
      const place = { bucketId: world.bucketId, path };
      const claim = { bodyHash, expiry, authorization };
      if (body === undefined) await store.delete(place, claim);
      else await store.write(place, claim, piecesOf(body));
    }
    await store.close();
    // Where the others know it to be.
    world.nodes[2] = await world.startNode("node-2", { port });
  }

  async function textAt(node: RunningNode, path: string): Promise<string> {
    const answer = await world.ask(node, { path });
    return answer.status === 200 ? answer.text() : String((await refusalOf(answer)).error);
  }

  async function repaired(path: string): Promise<string> {
    await world.nodes[0]!.repair.run();
    return textAt(world.nodes[0]!, path);
  }

  it("takes what who may write has written and deleted elsewhere", async () => {
    await world.put(world.nodes[2]!, "true", "by a friend", { as: people.friend });
    expect(await repaired("true")).to.equal("by a friend");
    const expiry = inSeconds(90);
    await world.ask(world.nodes[2]!, { method: "DELETE", action: "delete", path: "true", as: people.friend, signed: { expiry } });
    expect(await repaired("true")).to.equal("deleted");
  });

  it("does not take what a node of the cluster had a stranger sign", async () => {
    await world.put(world.nodes[0]!, "mine", "mine");
    await world.put(world.nodes[0]!, "kept", "kept");
    const as = people.stranger;
    await forge({ path: "new", body: "forged", as }, { path: "mine", body: "forged", as }, { path: "kept", as });
    expect(await textAt(world.nodes[2]!, "mine")).to.equal("forged");
    expect(await repaired("new")).to.equal("not-found");
    expect(await textAt(world.nodes[0]!, "mine")).to.equal("mine");
    expect(await textAt(world.nodes[0]!, "kept")).to.equal("kept");
  });

  context("given a writer who may not any more", () => {
    before(async function () {
      const signed = { expiry: inSeconds(100) };
      for (const node of world.nodes.slice(1)) {
        for (const path of ["earlier", "empty", "other"]) {
          await world.put(node, path, path === "empty" ? "" : path, { as: people.friend, signed });
        }
        await world.put(node, "gone", "gone", { as: people.friend });
        await world.ask(node, { method: "DELETE", action: "delete", path: "gone", as: people.friend, signed });
      }
      await world.put(world.nodes[0]!, "alone", "before", { as: people.friend });
      const grant = { bucketId: world.bucketId, accounts: [people.friend.address] };
      await world.send(people.owner, calls.revokeAccess(world.network.addresses, grant));
      await world.see();
    });

    it("does not take what only one node has of them", async () => {
      await forge(
        { path: "made up", body: "made up", as: people.friend },
        { path: "alone", as: people.friend },
        // Newer than what two nodes had of it.
        { path: "other", body: "another", as: people.friend },
      );
      expect(await repaired("made up")).to.equal("not-found");
      expect(await textAt(world.nodes[0]!, "alone")).to.equal("before");
      expect(await textAt(world.nodes[0]!, "other")).to.equal("not-found");
    });

    it("takes what more than half of the nodes have", async () => {
      expect(await repaired("earlier")).to.equal("earlier");
      expect(await textAt(world.nodes[0]!, "empty")).to.equal("");
      expect(await textAt(world.nodes[0]!, "gone")).to.equal("deleted");
    });
  });
});

async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}
