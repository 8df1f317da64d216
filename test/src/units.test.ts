import { expect } from "chai";

import {
  COVERED_FOREVER,
  SCALED_PER_TOKEN,
  UserError,
  scaledToBaseUnits,
  formatAmount,
  formatBps,
  formatCoverage,
  formatDuration,
  formatTime,
  formatUsd,
  parseAmount,
  parseBps,
  parseDuration,
  parseMoment,
  parseId,
  parseIds,
  parseTime,
  parseUint16,
  parseUint32,
  parseUsd,
} from "../../src";

describe("units", () => {
  describe("parseAmount", () => {
    const refused: [text: string, decimals: number, message: RegExp][] = [
      ["", 6, /Type a number/],
      ["ten", 6, /is not a number\. Type digits, and a point before decimals\. For example 25\.5/],
      ["-1", 6, /cannot be negative/],
      ["1,5", 6, /Use a point for decimals/],
      ["1,000.5", 6, /Type digits/],
      ["1e18", 18, /without an exponent/],
      [".5", 6, /Write 0\.5/],
      ["5.", 6, /Type digits/],
      ["0x10", 6, /Type digits/],
      ["1.1234567", 6, /too fine: it has at most 6 decimals/],
      ["1.5", 0, /too fine: it has no decimals\. For example 25\./],
      ["1" + "0".repeat(80), 6, /too large/],
    ];
    for (const [text, decimals, message] of refused) {
      it(`refuses "${text.slice(0, 20)}" with ${decimals} decimals`, () => {
        expect(() => parseAmount(text, decimals)).to.throw(UserError, message);
      });
    }

    it("names what is wrong", () => {
      expect(() => parseUsd("ten", "rent")).to.throw(UserError, 'The rent "ten" is not a number');
    });

    it("refuses USD that do not fit 128 bits", () => {
      expect(parseUsd(formatUsd(2n ** 128n - 1n))).to.equal(2n ** 128n - 1n);
      expect(() => parseUsd(formatUsd(2n ** 128n))).to.throw(UserError, /too large/);
    });

    it("reads decimals exactly", () => {
      expect(parseAmount("25.5", 6)).to.equal(25_500_000n);
      expect(parseAmount(" 0.000001 ", 6)).to.equal(1n);
      expect(parseAmount("007", 0)).to.equal(7n);
      expect(parseAmount("1.10", 1)).to.equal(11n);
      expect(parseUsd("0.02")).to.equal(2n * 10n ** 16n);
    });

    it("reads back what is formatted", () => {
      for (const decimals of [0, 1, 6, 18, 24]) {
        for (const amount of [0n, 1n, 10n, 123_456_789n, 10n ** 30n + 7n]) {
          expect(parseAmount(formatAmount(amount, decimals), decimals)).to.equal(amount);
        }
      }
    });
  });

  describe("parseUint32, parseId, parseIds", () => {
    it("reads whole numbers up to 32 bits", () => {
      expect(parseUint32("4294967295")).to.equal(4_294_967_295n);
      expect(() => parseUint32("4294967296", "capacity")).to.throw(UserError, "The capacity 4294967296 is too large: at most 4294967295.");
      expect(() => parseUint32("1.5", "capacity")).to.throw(UserError, /not a whole number/);
      expect(() => parseUint32("-1")).to.throw(UserError, /not a whole number/);
      expect(() => parseUint32("0", "number of vnodes", 1n)).to.throw(UserError, "The number of vnodes has to be at least 1.");
    });

    it("knows that ids start at 1, and refuses a list with the same twice", () => {
      expect(parseIds("1, 2,3", "node")).to.deep.equal([1n, 2n, 3n]);
      expect(() => parseId("0", "node")).to.throw(UserError, "There is no node 0: ids start at 1.");
      expect(() => parseIds("1,2,1", "node")).to.throw(UserError, "The node 1 is listed twice");
      expect(() => parseIds("1,,2", "node")).to.throw(UserError, /not a whole number/);
    });
  });

  describe("parseBps", () => {
    it("reads percent and basis points", () => {
      expect(parseBps("2.5")).to.equal(250n);
      expect(parseBps("2.5%")).to.equal(250n);
      expect(parseBps("30 %")).to.equal(3_000n);
      expect(parseBps("250bps")).to.equal(250n);
    });

    it("refuses more than all, and less than a basis point", () => {
      expect(() => parseBps("101")).to.throw(UserError, "more than 100 %");
      expect(() => parseBps("0.001")).to.throw(UserError, /at most 2 decimals/);
      expect(() => parseBps("2.5bps")).to.throw(UserError, /not a whole number/);
    });
  });

  describe("parseTime", () => {
    it("reads days and times of day, in UTC", () => {
      expect(parseTime("1970-01-02")).to.equal(86_400n);
      expect(parseTime("1970-01-01 01:00")).to.equal(3_600n);
      expect(parseTime(" 1970-01-01T01:00:05Z ")).to.equal(3_605n);
      expect(parseTime("2028-02-29")).to.equal(1_835_395_200n);
    });

    it("reads what formatTime writes", () => {
      for (const time of [0n, 1_763_716_800n, 4_105_101_000n]) expect(parseTime(formatTime(time))).to.equal(time);
    });

    it("refuses what is no date", () => {
      for (const text of [
        "",
        "tomorrow",
        "7d",
        "2030-1-31",
        "2030-02-30",
        "2030-13-01",
        "2030-01-31 25:00",
        "2030-01-31 18:60",
        "31.1.2030",
      ]) {
        expect(() => parseTime(text, "end"), text).to.throw(UserError, `The end "${text}" is no date.`);
      }
    });
  });

  describe("formats", () => {
    it("amounts without trailing zeros", () => {
      expect(formatAmount(25_500_000n, 6)).to.equal("25.5");
      expect(formatAmount(-5n, 6)).to.equal("-0.000005");
      expect(formatAmount(7n, 0)).to.equal("7");
      expect(formatUsd(10n ** 18n)).to.equal("1");
      expect(formatBps(250n)).to.equal("2.5 %");
    });

    it("scaled units as base units, rounded down", () => {
      expect(scaledToBaseUnits(SCALED_PER_TOKEN, 6)).to.equal(1_000_000n);
      expect(scaledToBaseUnits(SCALED_PER_TOKEN - 1n, 6)).to.equal(999_999n);
      expect(scaledToBaseUnits(SCALED_PER_TOKEN - 1n, 0)).to.equal(0n);
    });

    it("lengths of time in two units", () => {
      expect(formatDuration(0n)).to.equal("0 seconds");
      expect(formatDuration(1n)).to.equal("1 second");
      expect(formatDuration(446_400n)).to.equal("5 days 4 hours");
      expect(formatDuration(86_460n)).to.equal("1 day");
      expect(formatDuration(63_072_000n)).to.equal("2 years");
      expect(formatDuration(-60n)).to.equal("-1 minute");
    });

    it("times and coverage", () => {
      expect(formatTime(0n)).to.equal("1970-01-01 00:00:00 UTC");
      expect(formatTime(2n ** 63n)).to.equal("after the year 275760");
      expect(formatCoverage(COVERED_FOREVER, 100n)).to.equal("owes nothing");
      expect(formatCoverage(100n, 100n)).to.equal("out of funds");
      expect(formatCoverage(160n, 100n)).to.equal("1970-01-01 00:02:40 UTC (1 minute)");
    });
  });

  describe("parseMoment", () => {
    const now = 1_800_000_000n;
    const cases: [text: string, time: number][] = [
      ["2027-01-31", Date.UTC(2027, 0, 31)],
      ["2028-02-29", Date.UTC(2028, 1, 29)],
      ["2027-01-31 12:30", Date.UTC(2027, 0, 31, 12, 30)],
      ["2027-01-31T12:30:15Z", Date.UTC(2027, 0, 31, 12, 30, 15)],
      [" 2027-01-31 12:30:15 UTC ", Date.UTC(2027, 0, 31, 12, 30, 15)],
    ];
    for (const [text, time] of cases) {
      it(`reads ${text}`, () => {
        expect(parseMoment(text, now)).to.equal(BigInt(time / 1_000));
      });
    }

    it("counts a length of time from now", () => {
      expect(parseMoment("1d12h", now)).to.equal(now + 129_600n);
    });

    for (const text of ["2027-02-29", "2027-13-01", "2027-01-31 25:00", "2027-00-10"]) {
      it(`says that there is no ${text}`, () => {
        expect(() => parseMoment(text, now)).to.throw(UserError, `The time "${text}" is no date.`);
      });
    }

    for (const text of ["2027-1-31", "2027/01/31", "2027-01-31 noon", "2027-01-31 12:30 CET"]) {
      it(`says how to type ${text}`, () => {
        expect(() => parseMoment(text, now)).to.throw(UserError, "For example 2030-01-31");
      });
    }

    it("refuses what is neither", () => {
      expect(() => parseMoment("tomorrow", now)).to.throw(UserError, "is not a length of time");
    });
  });

  describe("parseDuration", () => {
    for (const [text, seconds] of [
      ["7d", 604_800n],
      ["36h", 129_600n],
      ["90m", 5_400n],
      ["45s", 45n],
      ["1d12h", 129_600n],
      [" 2 Days 1 hour 30 minutes ", 178_200n],
      ["0s", 0n],
    ] as const) {
      it(`reads "${text}"`, () => {
        expect(parseDuration(text)).to.equal(seconds);
      });
    }

    for (const text of ["", "7", "a day", "-1d", "1.5h", "12h1d", "1w"]) {
      it(`refuses "${text}"`, () => {
        expect(() => parseDuration(text, "notice")).to.throw(UserError, `The notice "${text}" is not a length of time. Type days`);
      });
    }
  });

  describe("parseUint16", () => {
    it("reads what fits, and refuses what does not", () => {
      expect(parseUint16("65535", "code")).to.equal(65_535n);
      expect(() => parseUint16("65536", "code")).to.throw(UserError, "The code 65536 is too large: at most 65535.");
      expect(() => parseUint16("x", "code")).to.throw(UserError, 'The code "x" is not a whole number.');
    });
  });
});
