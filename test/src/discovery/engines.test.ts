import { expect } from "chai";

import { UserError, engineMismatch, isInRegion, parseWantedEngine } from "../../../src";

describe("parseWantedEngine", () => {
  it("reads a name, and a range of versions after an @", () => {
    expect(parseWantedEngine("storage")).to.deep.equal({ name: "storage", range: undefined });
    expect(parseWantedEngine(" storage@^1.2 ")).to.deep.equal({ name: "storage", range: "^1.2" });
    expect(parseWantedEngine("storage@>=1.2.0 <2")).to.deep.equal({ name: "storage", range: ">=1.2.0 <2" });
  });

  for (const text of ["", "@1.2", "storage@", "storage@ ", "storage@newest", "storage@1.2.3.4"]) {
    it(`refuses "${text}", and shows what to type`, () => {
      expect(() => parseWantedEngine(text)).to.throw(UserError, "storage@^1.2");
    });
  }
});

describe("engineMismatch", () => {
  const cases: [version: string, range: string, fits: boolean][] = [
    ["1.2.0", "^1.2", true],
    ["1.9.7", "^1.2", true],
    ["1.1.9", "^1.2", false],
    ["2.0.0", "^1.2", false],
    ["0.3.1", "^0.3.0", true],
    ["0.4.0", "^0.3.0", false],
    ["1.4.5", "1.4.x", true],
    ["1.3.0", ">=1.2.0 <1.3.0 || >=1.4.0", false],
    // A pre-release is in no range that does not name one, and comes before its release.
    ["1.3.0-beta.1", "^1.2", false],
    ["1.3.0-beta.2", "^1.3.0-beta.1", true],
    // What is no semantic version is in no range.
    ["1.2", "^1.2", false],
    ["latest", "*", false],
    ["1.2.0+build.7", "^1.2", true],
  ];
  for (const [version, range, fits] of cases) {
    it(`says that ${version} is ${fits ? "" : "not "}in ${range}`, () => {
      const found = engineMismatch({ name: "storage", version }, { name: "storage", range });
      expect(found).to.equal(fits ? undefined : "version");
    });
  }

  it("looks at the name first, and takes any version where none is asked for", () => {
    expect(engineMismatch({ name: "cdn", version: "1.2.0" }, { name: "storage", range: "^1.2" })).to.equal("engine");
    expect(engineMismatch(undefined, { name: "storage", range: undefined })).to.equal("engine");
    expect(engineMismatch({ name: "storage", version: "latest" }, { name: "storage", range: undefined })).to.equal(undefined);
  });
});

describe("isInRegion", () => {
  it("finds a region and its parts, in whatever letters", () => {
    expect([isInRegion("eu", "eu"), isInRegion("eu-central", "EU"), isInRegion("EU-central-1", "eu-central")]).to.not.include(false);
  });

  it("does not take the beginning of a word, the whole or nothing for a part", () => {
    expect([isInRegion("europe", "eu"), isInRegion("eu", "eu-central"), isInRegion(undefined, "eu"), isInRegion("", "eu")]).to.not.include(
      true,
    );
  });
});
