import { expect } from "chai";
import { ethers } from "hardhat";

import type { AccountsHarness } from "../../cache/typechain-types";
import { MAX_RATE, MAX_UINT64, now, passTo } from "../helpers/units";

const MAX_BALANCE = 2n ** 224n - 1n;
const MAX_INDEX = 2n ** 120n - 1n;
const MAX_END_TICKS = 2n ** 40n - 1n;
/** A tick is 16 of the index. */
const TICK_BITS = 4n;

interface Stored {
  balance: bigint;
  streamCount: bigint;
  wasDepleted: boolean;
  rate: bigint;
  index: bigint;
  endTicks: bigint;
  skipped: bigint;
  skippedLate: bigint;
}

interface Accrued {
  balance: bigint;
  rate: bigint;
  streamCount: bigint;
  streamed: boolean;
  index: bigint;
  skipped: bigint;
  endIndex: bigint;
  registered: boolean;
  late: bigint;
}

const stored = (changes: Partial<Stored> = {}): Stored => ({
  balance: 0n,
  streamCount: 0n,
  wasDepleted: false,
  rate: 0n,
  index: 0n,
  endTicks: 0n,
  skipped: 0n,
  skippedLate: 0n,
  ...changes,
});
const accrued = (changes: Partial<Accrued> = {}): Accrued => ({
  balance: 0n,
  rate: 0n,
  streamCount: 0n,
  streamed: false,
  index: 0n,
  skipped: 0n,
  endIndex: 0n,
  registered: false,
  late: 0n,
  ...changes,
});
const harnessWith = async (account: Stored): Promise<AccountsHarness> => {
  const harness = await ethers.deployContract("AccountsHarness");
  await harness.setAccount(account);
  return harness;
};

describe("Accounts", () => {
  describe("at", () => {
    // Touched at 1000, in tick 62, of which 8 have passed.
    const running = { streamCount: 3n, rate: 10n, index: 1000n };
    const result = { rate: 10n, streamCount: 3n, streamed: true };
    const unregistered = { ...result, endIndex: 1000n };
    // 100 pay for 10 of the index: up to 1010, in tick 63, which began at 1008.
    const ends = { ...running, balance: 100n, endTicks: 1n };
    const registered = { ...result, endIndex: 1008n, registered: true };
    const cases: [name: string, account: Partial<Stored>, index: bigint, result: Partial<Accrued>][] = [
      ["leaves a plain balance alone", { balance: 7n }, 2000n, { balance: 7n, index: 2000n }],
      [
        "ignores what streams of before have left behind",
        { balance: 7n, rate: 10n, index: 1000n, endTicks: 3n },
        2000n,
        { balance: 7n, index: 2000n },
      ],
      [
        "keeps what was skipped while nothing streams",
        { balance: 7n, wasDepleted: true, skipped: 5n, skippedLate: 3n },
        2000n,
        { balance: 7n, skipped: 5n, index: 2000n },
      ],
      ["charges nothing where no index has passed", { ...running, balance: 100n }, 1000n, { ...unregistered, balance: 100n, index: 1000n }],
      [
        "charges the rate for each of the index, all of it late where no end is registered",
        { ...running, balance: 100n },
        1009n,
        { ...unregistered, balance: 10n, index: 1009n, late: 9n },
      ],
      ["charges all where it just suffices", { ...running, balance: 100n }, 1010n, { ...unregistered, index: 1010n, late: 10n }],
      [
        "skips what the balance does not pay for",
        { ...running, balance: 100n },
        1011n,
        { ...unregistered, skipped: 1n, index: 1011n, late: 10n },
      ],
      [
        "keeps the dust of what it pays",
        { ...running, balance: 109n },
        1500n,
        { ...unregistered, balance: 9n, skipped: 490n, index: 1500n, late: 10n },
      ],
      [
        "skips on top of what was skipped before",
        { ...running, balance: 25n, wasDepleted: true, skipped: 300n },
        1500n,
        { ...unregistered, balance: 5n, skipped: 798n, index: 1500n, late: 2n },
      ],
      [
        "keeps what was skipped while it is funded",
        { ...running, balance: 25n, wasDepleted: true, skipped: 300n },
        1001n,
        { ...unregistered, balance: 15n, skipped: 300n, index: 1001n, late: 1n },
      ],
      ["skips everything where nothing is left", { ...running }, 1001n, { ...unregistered, skipped: 1n, index: 1001n }],
      ["is not late before its registered end", ends, 1007n, { ...registered, balance: 30n, index: 1007n }],
      ["is not late at its registered end", ends, 1008n, { ...registered, balance: 20n, index: 1008n }],
      ["is late by what it pays after it", ends, 1009n, { ...registered, balance: 10n, index: 1009n, late: 1n }],
      ["is late by no more, once it is out of funds", ends, 1500n, { ...registered, skipped: 490n, index: 1500n, late: 2n }],
      [
        "is never late where it runs out of funds at its end",
        { ...ends, balance: 80n },
        1500n,
        { ...registered, skipped: 492n, index: 1500n },
      ],
      [
        "counts ends from the tick of the last touch, not from its index",
        { ...running, index: 1007n, balance: 1_000n, endTicks: 2n },
        1008n,
        { ...result, balance: 990n, index: 1008n, endIndex: 1024n, registered: true },
      ],
      [
        // Touched at 1000, registered to end at 1008; 100 pay up to 1010; 100 that were credited at 1040 pay up to 1050, and 30 more at 1060.
        "counts ends from the last touch, not from credits since",
        { ...running, index: 1040n, balance: 230n, endTicks: 1n, wasDepleted: true, skipped: 47n, skippedLate: 40n },
        1062n,
        { ...registered, balance: 10n, skipped: 47n, index: 1062n, late: 14n },
      ],
      [
        "counts what is late from the last touch where no end is registered, not from credits since",
        { ...running, index: 1040n, balance: 230n, wasDepleted: true, skipped: 47n, skippedLate: 40n },
        1070n,
        { ...unregistered, skipped: 54n, index: 1070n, late: 23n },
      ],
      [
        "holds for the largest numbers, funded",
        { balance: MAX_BALANCE, streamCount: 1n, rate: MAX_RATE },
        MAX_INDEX,
        {
          balance: MAX_BALANCE - MAX_RATE * MAX_INDEX,
          rate: MAX_RATE,
          streamCount: 1n,
          streamed: true,
          index: MAX_INDEX,
          late: MAX_INDEX,
        },
      ],
      [
        "holds for the largest numbers, out of funds",
        { balance: MAX_RATE - 1n, streamCount: 255n, rate: MAX_RATE },
        MAX_INDEX,
        { balance: MAX_RATE - 1n, rate: MAX_RATE, streamCount: 255n, streamed: true, skipped: MAX_INDEX, index: MAX_INDEX },
      ],
    ];
    for (const [name, account, index, value] of cases) {
      it(name, async () => {
        const harness = await harnessWith(stored(account));
        expect([...(await harness.at(index, TICK_BITS))]).to.deep.equal(Object.values(accrued(value)));
      });
    }

    it("holds for the farthest end of the widest ticks", async () => {
      const harness = await harnessWith(
        stored({ balance: MAX_BALANCE, streamCount: 1n, rate: 1n, index: MAX_INDEX, endTicks: MAX_END_TICKS }),
      );
      const { endIndex, registered } = await harness.at(MAX_INDEX, 98);
      expect([endIndex, registered]).to.deep.equal([((MAX_INDEX >> 98n) + MAX_END_TICKS) << 98n, true]);
    });
  });

  describe("accrued", () => {
    it("reads the currency's index, and how wide a tick is", async () => {
      const harness = await harnessWith(stored({ balance: 100n, streamCount: 1n, rate: 2n, index: 1000n, endTicks: 1n }));
      const start = (await now()) + 1_000n;
      await harness.setCurrencyIndex({ value: 1010, perSecond: 3, updatedAt: start, flags: 128n + TICK_BITS });
      await passTo(start + 5n);
      expect([...(await harness.accrued())]).to.deep.equal(
        Object.values(
          accrued({ balance: 50n, rate: 2n, streamCount: 1n, streamed: true, index: 1025n, endIndex: 1008n, registered: true, late: 17n }),
        ),
      );
    });
  });

  describe("credit", () => {
    const index = (value: bigint): { value: bigint; perSecond: bigint; updatedAt: bigint; flags: bigint } => ({
      value,
      perSecond: 0n,
      updatedAt: 0n,
      flags: TICK_BITS,
    });

    it("adds to the balance alone where nothing streams, whether or not it was ever out of funds", async () => {
      for (const before of [
        stored({ balance: 100n }),
        stored({ balance: 100n, wasDepleted: true, index: 3n, skipped: 4n, skippedLate: 2n }),
      ]) {
        const harness = await harnessWith(before);
        await harness.setCurrencyIndex(index(1010n));
        expect(await harness.credit.staticCall(7)).to.equal(107n);
        await harness.credit(7);
        expect([...(await harness.account())]).to.deep.equal(Object.values({ ...before, balance: 107n }));
      }
    });

    it("adds to the balance alone where something streams and is funded, and returns what is left now", async () => {
      const before = stored({ balance: 20n, streamCount: 1n, rate: 2n, index: 1000n, endTicks: 5n });
      for (const [value, left] of [
        [1000n, 27n],
        [1009n, 9n],
        // All is paid, for which it just suffices.
        [1010n, 7n],
      ] as const) {
        const harness = await harnessWith(before);
        await harness.setCurrencyIndex(index(value));
        expect(await harness.credit.staticCall(7)).to.equal(left);
        await harness.credit(7);
        expect([...(await harness.account())]).to.deep.equal(Object.values({ ...before, balance: 27n }));
      }
    });

    it("pays for no time before it, where the account was out of funds", async () => {
      const harness = await harnessWith(stored({ balance: 5n, streamCount: 1n, rate: 2n, index: 1000n, endTicks: 7n }));
      await harness.setCurrencyIndex(index(1010n));
      expect(await harness.credit.staticCall(7)).to.equal(8n);
      await harness.credit(7);
      // 5 pay for 2 of the 10 by which the index grew: it pays from 1008 on as if from 1000 on, and 8 are left at 1010.
      const after = {
        balance: 12n,
        streamCount: 1n,
        wasDepleted: true,
        rate: 2n,
        index: 1008n,
        endTicks: 7n,
        skipped: 8n,
        skippedLate: 8n,
      };
      expect([...(await harness.account())]).to.deep.equal(Object.values(stored(after)));
      expect((await harness.accrued()).balance).to.equal(8n);
    });

    it("skips on top of what was skipped, credit by credit", async () => {
      const before = { streamCount: 1n, rate: 2n, endTicks: 0n };
      const harness = await harnessWith(
        stored({ ...before, balance: 1n, wasDepleted: true, index: 1000n, skipped: 30n, skippedLate: 20n }),
      );
      await harness.setCurrencyIndex(index(1001n));
      expect(await harness.credit.staticCall(4)).to.equal(5n);
      await harness.credit(4);
      const first = { ...before, balance: 5n, wasDepleted: true, index: 1001n, skipped: 31n, skippedLate: 21n };
      expect([...(await harness.account())]).to.deep.equal(Object.values(stored(first)));
      // 5 pay for 2, up to 1003.
      await harness.setCurrencyIndex(index(1010n));
      expect(await harness.credit.staticCall(0)).to.equal(1n);
      await harness.credit(0);
      const second = { ...before, balance: 5n, wasDepleted: true, index: 1008n, skipped: 38n, skippedLate: 28n };
      expect([...(await harness.account())]).to.deep.equal(Object.values(stored(second)));
      // The last touch was at 980, and from there on 2 + 0 were paid.
      const { endIndex, late, balance } = await harness.accrued();
      expect([endIndex, late, balance]).to.deep.equal([980n, 2n, 1n]);
    });

    it("credits up to the widest balance", async () => {
      const harness = await harnessWith(stored({ balance: 1n }));
      await harness.credit(2n ** 224n - 2n);
      expect((await harness.account()).balance).to.equal(2n ** 224n - 1n);
    });
  });

  describe("store", () => {
    const before = stored({ balance: 1n, rate: 2n, index: 3n, endTicks: 4n, skipped: 5n, skippedLate: 6n });
    const streams = { rate: 5n, streamCount: 2n, streamed: true };
    const cases: [name: string, value: Partial<Accrued>, endTicks: bigint, result: Partial<Stored>][] = [
      ["writes the balance alone where nothing streams", { balance: 9n, index: 7n }, 8n, { ...before, balance: 9n }],
      [
        "leaves what was skipped in its slot where nothing streams",
        { balance: 9n, index: 7n, skipped: 4n },
        8n,
        { ...before, balance: 9n, wasDepleted: true },
      ],
      [
        "writes rate, index and end where something streams",
        { ...streams, balance: 9n, index: 7n },
        8n,
        { ...before, balance: 9n, streamCount: 2n, rate: 5n, index: 7n, endTicks: 8n },
      ],
      [
        "writes them where the first stream starts",
        { ...streams, streamed: false, balance: 9n, index: 7n },
        8n,
        { ...before, balance: 9n, streamCount: 2n, rate: 5n, index: 7n, endTicks: 8n },
      ],
      [
        "writes them where the last stream has ended",
        { balance: 9n, streamed: true, index: 7n },
        0n,
        { ...before, balance: 9n, rate: 0n, index: 7n, endTicks: 0n },
      ],
      [
        "writes what was skipped, none of it late",
        { ...streams, balance: 9n, index: 7n, skipped: 1n },
        8n,
        { balance: 9n, streamCount: 2n, wasDepleted: true, rate: 5n, index: 7n, endTicks: 8n, skipped: 1n, skippedLate: 0n },
      ],
      [
        "keeps the largest numbers",
        { balance: MAX_BALANCE, rate: MAX_RATE, streamCount: 255n, streamed: true, index: MAX_INDEX, skipped: MAX_INDEX },
        MAX_END_TICKS,
        {
          balance: MAX_BALANCE,
          streamCount: 255n,
          wasDepleted: true,
          rate: MAX_RATE,
          index: MAX_INDEX,
          endTicks: MAX_END_TICKS,
          skipped: MAX_INDEX,
        },
      ],
    ];
    for (const [name, value, endTicks, result] of cases) {
      it(name, async () => {
        const harness = await harnessWith(before);
        await harness.store(accrued(value), endTicks);
        expect([...(await harness.account())]).to.deep.equal(Object.values(stored(result)));
      });
    }
  });

  describe("endTicksOf", () => {
    const cases: [name: string, value: Partial<Accrued>, endTicks: bigint][] = [
      ["none where nothing streams", { balance: 1_000n, index: 1000n }, 0n],
      ["none where nothing is left", { rate: 10n, index: 1000n }, 0n],
      ["none where less than a rate is left, at a tick", { balance: 9n, rate: 10n, index: 1008n }, 0n],
      ["none one before the next tick", { balance: 79n, rate: 10n, index: 1000n }, 0n],
      ["one where it runs out of funds at the next tick", { balance: 80n, rate: 10n, index: 1000n }, 1n],
      ["one up to the tick after it", { balance: 239n, rate: 10n, index: 1000n }, 1n],
      ["two there", { balance: 240n, rate: 10n, index: 1000n }, 2n],
      ["none from a tick to one before the next", { balance: 159n, rate: 10n, index: 1008n }, 0n],
      ["one from a tick to the next", { balance: 160n, rate: 10n, index: 1008n }, 1n],
      ["the most that fit, exactly", { balance: MAX_END_TICKS * 16n, rate: 1n, index: 1008n }, MAX_END_TICKS],
      ["one less than that", { balance: MAX_END_TICKS * 16n - 1n, rate: 1n, index: 1008n }, MAX_END_TICKS - 1n],
      ["no more than that", { balance: 2n ** 44n, rate: 1n, index: 1008n }, MAX_END_TICKS],
      ["no more than that of the largest balance", { balance: MAX_BALANCE, rate: 1n, index: MAX_INDEX }, MAX_END_TICKS],
    ];
    for (const [name, value, endTicks] of cases) {
      it(name, async () => {
        const harness = await harnessWith(stored());
        expect(await harness.endTicksOf(accrued(value), TICK_BITS)).to.equal(endTicks);
      });
    }
  });

  describe("paidIndex", () => {
    it("is the index less what was skipped", async () => {
      const harness = await harnessWith(stored());
      expect(await harness.paidIndex(accrued({ index: 100n, skipped: 30n }))).to.equal(70n);
    });
  });

  describe("isDepleted", () => {
    it("is so from the first of the index on that the balance does not pay for", async () => {
      const harness = await harnessWith(stored());
      expect(await harness.isDepleted(accrued({ balance: 10n, rate: 10n }))).to.equal(false);
      expect(await harness.isDepleted(accrued({ balance: 9n, rate: 10n }))).to.equal(true);
      expect(await harness.isDepleted(accrued({ balance: 0n, rate: 1n }))).to.equal(true);
      expect(await harness.isDepleted(accrued())).to.equal(false);
    });
  });

  describe("coveredUntil", () => {
    it("is the largest value where nothing is owed", async () => {
      const harness = await harnessWith(stored());
      expect(await harness.coveredUntil(accrued(), 10)).to.equal(MAX_UINT64);
      expect(await harness.coveredUntil(accrued({ balance: 5n }), 10)).to.equal(MAX_UINT64);
    });

    it("is the last whole second that the balance pays for", async () => {
      const harness = await harnessWith(stored());
      const time = await now();
      for (const [balance, seconds] of [
        [0n, 0n],
        [29n, 0n],
        [30n, 1n],
        [59n, 1n],
        [3000n, 100n],
      ] as const) {
        expect(await harness.coveredUntil(accrued({ balance, rate: 3n }), 10)).to.equal(time + seconds);
      }
    });

    it("saturates", async () => {
      const harness = await harnessWith(stored());
      const time = await now();
      const last = MAX_UINT64 - time;
      for (const [balance, until] of [
        [last - 1n, MAX_UINT64 - 1n],
        [last, MAX_UINT64],
        [last + 1n, MAX_UINT64],
        [MAX_BALANCE, MAX_UINT64],
      ] as const) {
        expect(await harness.coveredUntil(accrued({ balance, rate: 1n }), 1)).to.equal(until);
      }
    });

    it("holds for the largest rate and the lowest price", async () => {
      const harness = await harnessWith(stored());
      const time = await now();
      const perSecond = MAX_RATE * 10n ** 26n;
      expect(await harness.coveredUntil(accrued({ balance: MAX_BALANCE, rate: MAX_RATE }), 10n ** 26n)).to.equal(
        time + MAX_BALANCE / perSecond,
      );
    });
  });
});
