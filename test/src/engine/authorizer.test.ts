import { expect } from "chai";

import { Authorizer, type AuthorizerOptions, type Change, type Question, RIGHTS } from "../../../src/engine";
import { FakeChain } from "./fake-chain";
import { expectRefusal } from "./refusals";

const START = 1_800_000_000;
const question: Question = { bucketId: 1n, account: `0x${"aa".repeat(20)}`, right: RIGHTS.read };
const other: Question = { ...question, bucketId: 2n };

interface Clocks {
  seconds: number;
  milliseconds: number;
}

async function withChain(options: AuthorizerOptions = {}) {
  const chain = new FakeChain(START);
  const clocks: Clocks = { seconds: START + 12, milliseconds: 0 };
  const authorizer = new Authorizer(chain, { clock: () => clocks.seconds, stopwatch: () => clocks.milliseconds, ...options });
  await authorizer.poll();
  return { chain, clocks, authorizer };
}

describe("src/engine/authorizer", () => {
  context("what is known", () => {
    it("is not asked again, over any number of blocks", async () => {
      const { chain, authorizer } = await withChain();
      for (let i = 0; i < 5; i += 1) {
        await authorizer.authorize(question);
        chain.mine();
        await authorizer.poll();
      }
      expect(chain.asked).to.equal(1);
    });

    it("is of one bucket, account and right", async () => {
      const { chain, authorizer } = await withChain();
      const others: Partial<Question>[] = [{}, { bucketId: 2n }, { account: `0x${"bb".repeat(20)}` }, { right: RIGHTS.write }];
      for (const difference of others) await authorizer.authorize({ ...question, ...difference });
      expect(chain.asked).to.equal(4);
    });

    it("holds until it ends, by the node's clock", async () => {
      const { chain, clocks, authorizer } = await withChain();
      chain.answer!.until = BigInt(START + 100);
      clocks.seconds = START + 99;
      await authorizer.authorize(question);
      await authorizer.authorize(question);
      expect(chain.asked).to.equal(1);
      clocks.seconds = START + 100;
      chain.answer = { ...chain.answer!, allowed: false };
      await expectRefusal(authorizer.authorize(question), "not-allowed");
    });

    it("holds until it ends, by the chain's clock, when the node's is late", async () => {
      const { chain, authorizer } = await withChain();
      chain.answer!.until = BigInt(START + 100);
      await authorizer.authorize(question);
      chain.answer = { ...chain.answer!, funded: false };
      chain.mine([], 100);
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(question), "not-funded");
    });

    it("holds for one block where nothing tells when it ends", async () => {
      const { chain, authorizer } = await withChain();
      chain.answer!.until = 0n;
      await authorizer.authorize(question);
      await authorizer.authorize(question);
      expect(chain.asked).to.equal(1);
      chain.mine();
      await authorizer.poll();
      await authorizer.authorize(question);
      expect(chain.asked).to.equal(2);
    });

    it("is a bounded number of answers", async () => {
      const { chain, authorizer } = await withChain({ remembered: 10 });
      for (let i = 1n; i <= 25n; i += 1n) await authorizer.authorize({ ...question, bucketId: i });
      expect(authorizer.remembered).to.equal(10);
      await authorizer.authorize({ ...question, bucketId: 25n });
      expect(chain.asked).to.equal(25);
    });
  });

  context("who may not", () => {
    it("is refused, and told why", async () => {
      const { chain, authorizer } = await withChain();
      chain.answer = { ...chain.answer!, allowed: false, funded: false, until: 0n };
      await expectRefusal(authorizer.authorize(question), "not-allowed");
      chain.answer = { ...chain.answer, allowed: true };
      chain.mine();
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(question), "not-funded");
      chain.answer = undefined;
      await expectRefusal(authorizer.authorize(other), "bucket-unknown");
    });

    it("is not asked about again in the same block", async () => {
      const { chain, authorizer } = await withChain();
      for (const no of [{ allowed: false }, { funded: false }]) {
        chain.asked = 0;
        chain.answer = { ...chain.answer!, allowed: true, funded: true, ...no };
        await authorizer.authorize(question).catch(() => undefined);
        await expectRefusal(authorizer.authorize(question), "allowed" in no ? "not-allowed" : "not-funded");
        expect(chain.asked).to.equal(1);
        chain.mine();
        await authorizer.poll();
        await authorizer.authorize(question).catch(() => undefined);
        expect(chain.asked).to.equal(2);
        chain.mine();
        await authorizer.poll();
      }
    });
  });

  context("an event", () => {
    const concerning: [string, Change][] = [
      ["the bucket", { bucketId: 1n }],
      ["its owner's account", { account: `0x${"01".repeat(20)}` }],
      ["the currency's price", { currency: `0x${"02".repeat(20)}` }],
      ["nobody knows what", "anything"],
    ];

    for (const [what, change] of concerning) {
      it(`of ${what} has it asked again, from the block on that it is in`, async () => {
        const { chain, authorizer } = await withChain();
        await authorizer.authorize(question);
        chain.answer = { ...chain.answer!, allowed: false };
        chain.mine([change]);
        await authorizer.authorize(question);
        await authorizer.poll();
        await expectRefusal(authorizer.authorize(question), "not-allowed");
      });
    }

    it("of others does not", async () => {
      const { chain, authorizer } = await withChain();
      await authorizer.authorize(question);
      chain.mine([{ bucketId: 2n }, { account: `0x${"03".repeat(20)}` }, { currency: `0x${"04".repeat(20)}` }]);
      await authorizer.poll();
      await authorizer.authorize(question);
      expect(chain.asked).to.equal(1);
    });

    it("in any of several blocks is not missed", async () => {
      const { chain, authorizer } = await withChain();
      await authorizer.authorize(question);
      for (let i = 0; i < 10; i += 1) chain.mine(i === 4 ? [{ bucketId: 1n }] : []);
      await authorizer.poll();
      await authorizer.authorize(question);
      expect(chain.asked).to.equal(2);
    });

    it("that comes while the chain is asked has it asked again", async () => {
      const { chain, authorizer } = await withChain();
      let first = true;
      chain.whenAsked = async () => {
        if (!first) return;
        first = false;
        chain.answer = { ...chain.answer!, allowed: false };
        chain.mine([{ bucketId: 1n }]);
        await authorizer.poll();
      };
      await expectRefusal(authorizer.authorize(question), "not-allowed");
      expect(chain.asked).to.equal(2);
    });

    it("of each block anew is not waited for without end, and nothing old is remembered", async () => {
      const { chain, authorizer } = await withChain();
      chain.whenAsked = async () => {
        chain.mine();
        await authorizer.poll();
      };
      await authorizer.authorize(question);
      expect(chain.asked).to.equal(3);
      expect(authorizer.remembered).to.equal(0);
    });
  });

  context("blocks that are replaced by others", () => {
    for (const [depth, length] of [
      [1, 1],
      [1, 2],
      [3, 3],
      [3, 2],
      [2, 5],
    ] as const) {
      it(`have everything asked again (${depth} by ${length})`, async () => {
        const { chain, authorizer } = await withChain();
        for (let i = 0; i < 5; i += 1) chain.mine();
        await authorizer.poll();
        await authorizer.authorize(question);
        chain.reorganize(depth, length);
        await authorizer.poll();
        await authorizer.authorize(question);
        expect(chain.asked).to.equal(2);
      });
    }

    it("or are too many to look through", async () => {
      const { chain, authorizer } = await withChain();
      await authorizer.authorize(question);
      for (let i = 0; i < 1_001; i += 1) chain.mine();
      await authorizer.poll();
      await authorizer.authorize(question);
      expect(chain.asked).to.equal(2);
    });
  });

  context("when the chain is gone", () => {
    it("goes on with what is known for a bounded time, then refuses", async () => {
      const { chain, clocks, authorizer } = await withChain({ silentSeconds: 60 });
      await authorizer.authorize(question);
      chain.isDown = true;
      clocks.milliseconds = 60_000;
      await authorizer.poll().catch(() => undefined);
      await authorizer.authorize(question);
      clocks.milliseconds = 60_001;
      await expectRefusal(authorizer.authorize(question), "chain-gone");
      expect(authorizer.isLive).to.equal(false);
    });

    it("refuses at once what is not known", async () => {
      const { chain, authorizer } = await withChain();
      chain.isDown = true;
      await expectRefusal(authorizer.authorize(question), "chain-gone");
    });

    it("knows nothing before it has heard of the chain", async () => {
      await expectRefusal(new Authorizer(new FakeChain(START)).authorize(question), "chain-gone");
    });

    it("goes on when it is back, and has missed nothing", async () => {
      const { chain, clocks, authorizer } = await withChain({ silentSeconds: 60 });
      await authorizer.authorize(question);
      chain.isDown = true;
      chain.answer = { ...chain.answer!, allowed: false };
      chain.mine([{ bucketId: 1n }]);
      clocks.milliseconds = 100_000;
      await authorizer.poll().catch(() => undefined);
      chain.isDown = false;
      chain.mine();
      await authorizer.poll();
      await expectRefusal(authorizer.authorize(question), "not-allowed");
    });

    it("has not heard of a block before it has seen what is in it", async () => {
      const { chain, clocks, authorizer } = await withChain({ silentSeconds: 60 });
      await authorizer.authorize(question);
      chain.mine([{ bucketId: 1n }]);
      chain.changes = () => Promise.reject(new Error("too many results"));
      clocks.milliseconds = 61_000;
      await authorizer.poll().catch(() => undefined);
      await expectRefusal(authorizer.authorize(question), "chain-gone");
    });

    it("takes an endpoint that stands still for gone, where that is wanted", async () => {
      const { clocks, authorizer } = await withChain({ blockSeconds: 300 });
      clocks.seconds = START + 12 + 300;
      await authorizer.authorize(question);
      clocks.seconds += 1;
      await expectRefusal(authorizer.authorize(question), "chain-gone");
    });
  });

  context("when many ask", () => {
    it("asks the chain once for those who want to know the same", async () => {
      const { chain, authorizer } = await withChain();
      await Promise.all(Array.from({ length: 100 }, () => authorizer.authorize(question)));
      expect(chain.asked).to.equal(1);
    });

    it("asks a bounded number of questions at a time, and still answers what is known", async () => {
      const { chain, authorizer } = await withChain({ atOnce: 2 });
      await authorizer.authorize(question);
      let goOn = (): void => undefined;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      chain.whenAsked = () => held;
      const waiting = [2n, 3n].map((bucketId) => authorizer.authorize({ ...question, bucketId }));
      await expectRefusal(authorizer.authorize({ ...question, bucketId: 4n }), "busy");
      await authorizer.authorize(question);
      goOn();
      await Promise.all(waiting);
    });
  });

  it("follows the chain by itself until it is stopped", async () => {
    const chain = new FakeChain(START);
    const authorizer = new Authorizer(chain, { pollMilliseconds: 5, clock: () => START });
    await authorizer.start();
    chain.isDown = true;
    await new Promise((resolve) => setTimeout(resolve, 30));
    chain.isDown = false;
    chain.mine();
    while (authorizer.block?.number !== chain.head.number) await new Promise((resolve) => setTimeout(resolve, 5));
    authorizer.stop();
    chain.mine();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(authorizer.block.number).to.equal(chain.head.number - 1);
  });
});
