import { expect } from "chai";

import { type Outcome, Anvil, Workplace } from "../../helpers/processes";

/** What has to have happened, in this order. */
const TOLD = [
  "PUT photos/0-",
  "stored by nodes 1, 2, 3",
  "stored by nodes 2, 3, 4",
  "lies on nodes 1, 2, 3",
  "lies on nodes 2, 3, 4",
  "lies on nodes 1, 5, 6",
  "Node 3 is killed.",
  "first kept by node 3: as it was written",
  "cluster:replace-node --cluster 1 --vnode 2 --node 6 --as manager",
  "cluster:replace-node --cluster 1 --vnode 8 --node 4 --as manager",
  "lies on nodes 1, 2, 6",
  "the stranger writes: 403 not-allowed",
  "the owner writes to the new bucket: 402 not-funded",
  'the friend reads: "This is the first letter."',
  "the friend reads through the gateway: 403 not-allowed",
  "the friend asks node 1 itself: 403 not-allowed",
  "the newest key that the friend has is that of epoch 0",
  "every part accounted for",
  "Done.",
];

describe("npm run example", function () {
  this.timeout(600_000);

  let workplace: Workplace;
  beforeEach(function () {
    workplace = new Workplace();
  });
  afterEach(function () {
    workplace.remove();
  });

  function expectTold({ code, stdout, stderr }: Outcome): void {
    expect(code, stderr + stdout.slice(-2_000)).to.equal(0);
    let at = 0;
    for (const text of TOLD) {
      const found = stdout.indexOf(text, at);
      expect(found, `"${text}" after\n${stdout.slice(at)}`).to.be.at.least(0);
      at = found;
    }
    expect(stdout + stderr).to.not.match(/^\s+at /m);
  }

  it("plays on an embedded chain", async function () {
    expectTold(await workplace.runScript("example"));
  });

  it("plays on anvil", async function () {
    const anvil = await Anvil.start();
    try {
      expectTold(await workplace.runScript("example", ["--network", "localhost"], { DDC_LOCALHOST_URL: anvil.url }));
    } finally {
      await anvil.stop();
    }
  });
});
