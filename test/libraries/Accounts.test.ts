import { expect } from "chai";
import { ethers } from "hardhat";

import type { AccountsHarness } from "../../typechain-types";
import { MAX_RATE, MAX_UINT64, now, passTo } from "../helpers/units";

const MAX_BALANCE = 2n ** 224n - 1n;
const MAX_DRY_SPELLS = 2n ** 24n - 1n;

interface Stored {
  balance: bigint;
  streams: boolean;
  wasDry: boolean;
  rate: bigint;
  index: bigint;
  skipped: bigint;
  drySpells: bigint;
}

interface Touched {
  balance: bigint;
  rate: bigint;
  streamed: boolean;
  skipped: bigint;
  drySpells: bigint;
  ranDry: boolean;
  index: bigint;
}

const stored = (changes: Partial<Stored> = {}): Stored => ({
  balance: 0n,
  streams: false,
  wasDry: false,
  rate: 0n,
  index: 0n,
  skipped: 0n,
  drySpells: 0n,
  ...changes,
});
const touched = (changes: Partial<Touched> = {}): Touched => ({
  balance: 0n,
  rate: 0n,
  streamed: false,
  skipped: 0n,
  drySpells: 0n,
  ranDry: false,
  index: 0n,
  ...changes,
});
const harnessWith = async (account: Stored): Promise<AccountsHarness> => {
  const harness = await ethers.deployContract("AccountsHarness");
  await harness.setAccount(account);
  return harness;
};

describe("Accounts", () => {
  describe("at", () => {
    const running = { streams: true, rate: 10n, index: 1000n };
    const cases: [name: string, account: Partial<Stored>, index: bigint, result: Partial<Touched>][] = [
      ["leaves a plain balance alone", { balance: 7n }, 2000n, { balance: 7n, index: 2000n }],
      ["ignores what a rate of before has left behind", { balance: 7n, rate: 10n, index: 1000n }, 2000n, { balance: 7n, index: 2000n }],
      [
        "ignores what a dry spell of before has left behind",
        { balance: 7n, skipped: 5n, drySpells: 3n },
        2000n,
        { balance: 7n, index: 2000n },
      ],
      [
        "keeps what was skipped, and how often",
        { balance: 7n, wasDry: true, skipped: 5n, drySpells: 3n },
        2000n,
        { balance: 7n, skipped: 5n, drySpells: 3n, index: 2000n },
      ],
      [
        "charges nothing where no index has passed",
        { ...running, balance: 100n },
        1000n,
        { balance: 100n, rate: 10n, streamed: true, index: 1000n },
      ],
      [
        "charges the rate for each of the index",
        { ...running, balance: 100n },
        1009n,
        { balance: 10n, rate: 10n, streamed: true, index: 1009n },
      ],
      ["charges all where it just suffices", { ...running, balance: 100n }, 1010n, { rate: 10n, streamed: true, index: 1010n }],
      [
        "skips what the balance does not pay for",
        { ...running, balance: 100n },
        1011n,
        { rate: 10n, streamed: true, skipped: 1n, ranDry: true, index: 1011n },
      ],
      [
        "keeps the dust of what it pays",
        { ...running, balance: 109n },
        1500n,
        { balance: 9n, rate: 10n, streamed: true, skipped: 490n, ranDry: true, index: 1500n },
      ],
      [
        "skips on top of what was skipped before",
        { ...running, balance: 25n, wasDry: true, skipped: 300n, drySpells: 3n },
        1500n,
        { balance: 5n, rate: 10n, streamed: true, skipped: 798n, drySpells: 3n, ranDry: true, index: 1500n },
      ],
      [
        "keeps what was skipped while it is funded",
        { ...running, balance: 25n, wasDry: true, skipped: 300n, drySpells: 3n },
        1001n,
        { balance: 15n, rate: 10n, streamed: true, skipped: 300n, drySpells: 3n, index: 1001n },
      ],
      [
        "skips everything where nothing is left",
        { ...running },
        1001n,
        { rate: 10n, streamed: true, skipped: 1n, ranDry: true, index: 1001n },
      ],
      [
        "holds for the largest numbers, funded",
        { balance: MAX_BALANCE, streams: true, rate: MAX_RATE, index: 0n },
        2n ** 120n - 1n,
        { balance: MAX_BALANCE - MAX_RATE * (2n ** 120n - 1n), rate: MAX_RATE, streamed: true, index: 2n ** 120n - 1n },
      ],
      [
        "holds for the largest numbers, dry",
        { balance: MAX_RATE - 1n, streams: true, rate: MAX_RATE, index: 0n },
        2n ** 120n - 1n,
        { balance: MAX_RATE - 1n, rate: MAX_RATE, streamed: true, skipped: 2n ** 120n - 1n, ranDry: true, index: 2n ** 120n - 1n },
      ],
    ];
    for (const [name, account, index, result] of cases) {
      it(name, async () => {
        const harness = await harnessWith(stored(account));
        expect([...(await harness.at(index))]).to.deep.equal(Object.values(touched(result)));
      });
    }
  });

  describe("touched and touchedBalance", () => {
    it("read the currency's index", async () => {
      const harness = await harnessWith(stored({ balance: 100n, streams: true, rate: 2n, index: 1000n }));
      const start = (await now()) + 1_000n;
      await harness.setCurrencyIndex({ value: 1010, perSecond: 3, updatedAt: start, flags: 0 });
      await passTo(start + 5n);
      const result = touched({ balance: 50n, rate: 2n, streamed: true, index: 1025n });
      expect([...(await harness.touched())]).to.deep.equal(Object.values(result));
      expect([...(await harness.touchedBalance())]).to.deep.equal(Object.values(result));
    });

    it("read it only where something streams, for those who need the balance alone", async () => {
      const harness = await harnessWith(stored({ balance: 100n, wasDry: true, skipped: 4n }));
      await harness.setCurrencyIndex({ value: 1010, perSecond: 0, updatedAt: 0, flags: 0 });
      expect([...(await harness.touched())]).to.deep.equal(Object.values(touched({ balance: 100n, skipped: 4n, index: 1010n })));
      expect([...(await harness.touchedBalance())]).to.deep.equal(Object.values(touched({ balance: 100n, skipped: 4n })));
    });
  });

  describe("credit", () => {
    it("adds to the balance alone where nothing streams, dry once or not", async () => {
      for (const before of [
        stored({ balance: 100n }),
        stored({ balance: 100n, wasDry: true, rate: 0n, index: 3n, skipped: 4n, drySpells: 5n }),
      ]) {
        const harness = await harnessWith(before);
        await harness.setCurrencyIndex({ value: 1010, perSecond: 3, updatedAt: 0, flags: 0 });
        expect(await harness.credit.staticCall(7)).to.equal(107);
        await harness.credit(7);
        expect([...(await harness.account())]).to.deep.equal(Object.values({ ...before, balance: 107n }));
      }
    });

    it("lets the account pay first for the time until now where something streams", async () => {
      const harness = await harnessWith(stored({ balance: 100n, streams: true, rate: 2n, index: 1000n }));
      await harness.setCurrencyIndex({ value: 1010, perSecond: 0, updatedAt: 0, flags: 0 });
      await harness.credit(7);
      expect([...(await harness.account())]).to.deep.equal(Object.values(stored({ balance: 87n, streams: true, rate: 2n, index: 1010n })));
    });

    it("pays for no time before it, where the account was dry", async () => {
      const harness = await harnessWith(stored({ balance: 5n, streams: true, rate: 2n, index: 1000n }));
      await harness.setCurrencyIndex({ value: 1010, perSecond: 0, updatedAt: 0, flags: 0 });
      expect(await harness.credit.staticCall(7)).to.equal(8);
      await harness.credit(7);
      // 5 pay for 2 of the 10 by which the index grew, and 1 is left.
      const after = stored({ balance: 8n, streams: true, wasDry: true, rate: 2n, index: 1010n, skipped: 8n, drySpells: 1n });
      expect([...(await harness.account())]).to.deep.equal(Object.values(after));
    });

    it("credits up to the widest balance", async () => {
      const harness = await harnessWith(stored({ balance: 1n }));
      await harness.credit(2n ** 224n - 2n);
      expect((await harness.account()).balance).to.equal(2n ** 224n - 1n);
    });
  });

  describe("store", () => {
    const before = stored({ balance: 1n, rate: 2n, index: 3n, skipped: 4n, drySpells: 5n });
    const cases: [name: string, value: Partial<Touched>, result: Partial<Stored>][] = [
      ["writes the balance alone where nothing streams", { balance: 9n, index: 7n }, { ...before, balance: 9n }],
      [
        "leaves what was skipped in its slot where nothing streams",
        { balance: 9n, index: 7n, skipped: 4n },
        { ...before, balance: 9n, wasDry: true },
      ],
      [
        "writes rate and index where something streams",
        { balance: 9n, rate: 5n, index: 7n },
        { ...before, balance: 9n, streams: true, rate: 5n, index: 7n },
      ],
      [
        "writes rate and index where something has streamed until now",
        { balance: 9n, streamed: true, index: 7n },
        { ...before, balance: 9n, rate: 0n, index: 7n },
      ],
      [
        "writes what was skipped",
        { balance: 9n, rate: 5n, streamed: true, index: 7n, skipped: 6n, drySpells: 8n },
        { balance: 9n, streams: true, wasDry: true, rate: 5n, index: 7n, skipped: 6n, drySpells: 8n },
      ],
      [
        "counts a dry spell",
        { balance: 9n, rate: 5n, streamed: true, index: 7n, skipped: 6n, drySpells: 8n, ranDry: true },
        { balance: 9n, streams: true, wasDry: true, rate: 5n, index: 7n, skipped: 6n, drySpells: 9n },
      ],
      [
        "counts from the beginning once they are too many",
        { balance: 9n, rate: 5n, streamed: true, index: 7n, skipped: 6n, drySpells: MAX_DRY_SPELLS, ranDry: true },
        { balance: 9n, streams: true, wasDry: true, rate: 5n, index: 7n, skipped: 6n, drySpells: 0n },
      ],
      [
        "keeps the largest numbers",
        { balance: MAX_BALANCE, rate: MAX_RATE, index: 2n ** 120n - 1n, skipped: 2n ** 120n - 1n, drySpells: MAX_DRY_SPELLS },
        {
          balance: MAX_BALANCE,
          streams: true,
          wasDry: true,
          rate: MAX_RATE,
          index: 2n ** 120n - 1n,
          skipped: 2n ** 120n - 1n,
          drySpells: MAX_DRY_SPELLS,
        },
      ],
    ];
    for (const [name, value, result] of cases) {
      it(name, async () => {
        const harness = await harnessWith(before);
        await harness.store(touched(value));
        expect([...(await harness.account())]).to.deep.equal(Object.values(stored(result)));
      });
    }
  });

  describe("paidIndex", () => {
    it("is the index less what was skipped", async () => {
      const harness = await harnessWith(stored());
      expect(await harness.paidIndex(touched({ index: 100n, skipped: 30n }))).to.equal(70n);
    });
  });

  describe("isDry", () => {
    it("is so from the first of the index on that the balance does not pay for", async () => {
      const harness = await harnessWith(stored());
      expect(await harness.isDry(touched({ balance: 10n, rate: 10n }))).to.equal(false);
      expect(await harness.isDry(touched({ balance: 9n, rate: 10n }))).to.equal(true);
      expect(await harness.isDry(touched({ balance: 0n, rate: 1n }))).to.equal(true);
      expect(await harness.isDry(touched())).to.equal(false);
    });
  });

  describe("coveredUntil", () => {
    it("is the largest value where nothing is owed", async () => {
      const harness = await harnessWith(stored());
      expect(await harness.coveredUntil(touched(), 10)).to.equal(MAX_UINT64);
      expect(await harness.coveredUntil(touched({ balance: 5n }), 10)).to.equal(MAX_UINT64);
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
        expect(await harness.coveredUntil(touched({ balance, rate: 3n }), 10)).to.equal(time + seconds);
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
        expect(await harness.coveredUntil(touched({ balance, rate: 1n }), 1)).to.equal(until);
      }
    });

    it("holds for the largest rate and the lowest price", async () => {
      const harness = await harnessWith(stored());
      const time = await now();
      const perSecond = MAX_RATE * 10n ** 26n;
      expect(await harness.coveredUntil(touched({ balance: MAX_BALANCE, rate: MAX_RATE }), 10n ** 26n)).to.equal(
        time + MAX_BALANCE / perSecond,
      );
    });
  });
});
