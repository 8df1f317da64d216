/** A fault that is sown into the contracts: the text `find`, which has to be there exactly once, becomes `replace`. */
export interface Fault {
  name: string;
  file: string;
  find: string;
  replace: string;
}

function inFile(path: string, faults: Record<string, readonly [find: string, replace: string]>): Fault[] {
  return Object.entries(faults).map(([name, [find, replace]]) => ({ name, file: `contracts/${path}`, find, replace }));
}

/** What may go wrong in contracts like these, one at a time. The campaign has to find each. */
export const FAULTS: readonly Fault[] = [
  ...inFile("libraries/Accounts.sol", {
    "a stream is credited past the point where its account ran dry": ["result.skipped += passed - paid;", "result.skipped += 0;"],
    "an account that runs dry loses what pays for no whole step": ["result.balance -= paid * result.rate;", "result.balance = 0;"],
    "a credit pays for the time before it": ["if (!self.streams) return self.balance", "if (self.index >= 0) return self.balance"],
  }),
  ...inFile("libraries/CurrencyIndexes.sol", {
    "the index does not advance at a change of price": ["self.value = uint120(value);", ""],
  }),
  ...inFile("prices/Currencies.sol", {
    "a price rises as far as it likes": ["usdPerToken >= minimum && usdPerToken <= maximum,", "usdPerToken >= minimum,"],
    "anyone sets a price": [
      "function setPrice(Currency currency, uint256 usdPerToken) external restricted {",
      "function setPrice(Currency currency, uint256 usdPerToken) external {",
    ],
  }),
  ...inFile("AccountRegistry.sol", {
    "a withdrawal rounds up": [
      "uint256 available = touched.balance / scale;\n        if (amount ==",
      "uint256 available = (touched.balance + scale - 1) / scale;\n        if (amount ==",
    ],
    "a withdrawal is taken from whom it is sent to": [
      "Account storage account = _accounts[id][msg.sender];",
      "Account storage account = _accounts[id][to];",
    ],
    "a withdrawal stays owed": ["listing.owed = uint128(owed - amount);", ""],
    "the pause stops withdrawals": [
      "if (amount == type(uint256).max) amount = available;",
      "require(!_indexes[id].paused, CurrencyPaused(id));\n        if (amount == type(uint256).max) amount = available;",
    ],
    "a second settlement pays again": ["        stream.settledIndex = uint120(paidIndex);\n", ""],
    "a stream that changes is not settled": ["if (settled != 0) _fill(change.clusterId", "if (settled == 1) _fill(change.clusterId"],
    "a new stream charges for the time before it": [
      "Touched memory touched = account.touched(currencyIndex);",
      "Touched memory touched = account.at(account.index);",
    ],
    "a pool is distributed twice": ["_pools[distribution.clusterId].amount = 0;", ""],
    "a fee is taken twice": ["shares = amount - networkFee - managementFee;", "shares = amount - managementFee;"],
    "the management fee is taken of the whole pool": ["((amount - networkFee) * distribution", "(amount * distribution"],
    "what is not served is kept from the payer": ["touched.balance += returned;", ""],
    "what is not served comes back, and is shared as well": [
      "_fill(clusterId, currencyId, owed - returned);",
      "_fill(clusterId, currencyId, owed);",
    ],
    "half of what is not served comes back": [
      "Math.mulDiv(stream.rate, unserved - stream.unserved, UNSERVED_SCALE)",
      "Math.mulDiv(stream.rate, unserved - stream.unserved, UNSERVED_SCALE) / 2",
    ],
    "what is not served comes back for a dry spell": ["touched.ranDry || touched.drySpells != stream.drySpells", "false"],
    "anyone credits accounts": [
      "require(msg.sender == CLUSTER_REGISTRY || msg.sender == TERMS_REGISTRY, CallerNotRegistry(msg.sender));",
      "",
    ],
  }),
  ...inFile("clusters/Revenues.sol", {
    "the accumulator is cut to 136 bits": [
      "cluster.revenuePerWeight = revenuePerWeight;",
      "cluster.revenuePerWeight = uint136(revenuePerWeight);",
    ],
    "what a node was paid is cut to 136 bits": ["member.revenuePaid = earned;", "member.revenuePaid = uint136(earned);"],
    "what does not divide is dropped": ["cluster.undistributed = uint112(rest);", "cluster.undistributed = 0;"],
    "a claim pays who makes it": ["address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);", "address provider = tx.origin;"],
  }),
  ...inFile("clusters/Memberships.sol", {
    "rents rise while buckets are allocated": ["require(newRent <= oldRent ||", "require(newRent <= type(uint88).max ||"],
    "a node that joins is paid from the beginning": ["member.revenuePaid = cluster.revenuePerWeight;", "member.revenuePaid = 0;"],
    "what was settled is shared by the weights after a replacement": ["_distributeIfAny(clusterId, cluster);", ""],
    "a vnode stays on the node that was replaced": ["places.move(vnodeIndex, place);", ""],
  }),
  ...inFile("clusters/Governance.sol", {
    "a node's new rent counts for what it earned before": [
      "_payMember(clusterId, cluster, nodeId);\n        (uint256 oldWeight, uint256 vnodes)",
      "(uint256 oldWeight, uint256 vnodes)",
    ],
    "a worse quality counts for what was earned before": [
      "_payMember(clusterId, cluster, nodeId);\n        uint256 oldWeight = _weightOf(member);\n        if (quality",
      "uint256 oldWeight = _weightOf(member);\n        if (quality",
    ],
    "a node that left goes on being served for": [
      "newWeight: 0}));\n\n        (uint88 rent",
      "newWeight: _weightOf(member)}));\n\n        (uint88 rent",
    ],
  }),
  ...inFile("TermsRegistry.sol", {
    "a bond stays where it was when its node has left": ["_returnBond(clusterId, nodeId, agreement, bond);", ""],
    "a bond goes back when its node leaves early": ["if (lockedUntil != 0) {", "if (lockedUntil == type(uint256).max) {"],
    "a node leaves early that serves well": ["(mayLeaveEarly && vnodes != 0)", "vnodes != 0"],
    "an exit waits for a manager": [
      "require(block.timestamp >= exitAt, ",
      "_requireManager(clusterId);\n        require(block.timestamp >= exitAt, ",
    ],
    "anyone reports on a node": ["_requireValidator(clusterId, nodeId);\n        require(qualityBps", "require(qualityBps"],
  }),
  ...inFile("terms/Agreements.sol", {
    "a bond is posted with nothing": ["IAccountRegistry(ACCOUNT_REGISTRY).debit(msg.sender, _terms[clusterId].currencyId, amount);", ""],
    "a bond goes back twice": [
      "agreement.bond -= uint128(amount);\n        _credit(clusterId, agreement.provider",
      "_credit(clusterId, agreement.provider",
    ],
    "a slash leaves the bond as it was": [
      "agreement.slashableLeft -= uint128(amount);\n        agreement.bond -= uint128(amount);",
      "agreement.slashableLeft -= uint128(amount);",
    ],
    "a week's slashes have no end": ["Math.min(agreement.slashableLeft, agreement.bond)", "agreement.bond"],
    "anyone slashes": ["_requireValidator(clusterId, nodeId);\n        require(agreement.provider", "require(agreement.provider"],
    "a bond that covers vnodes goes back": ["Math.saturatingSub(agreement.bond, vnodes * terms.bondPerVnode)", "agreement.bond"],
  }),
  ...inFile("ClusterRegistry.sol", {
    "buckets use more than is reserved": ["require(resource <= reserved - used, ", "require(resource <= reserved, "],
    "a new manager takes the fee of the time before": [
      "_distribute(clusterId, cluster);\n        address oldManager",
      "address oldManager",
    ],
  }),
  ...inFile("NodeRegistry.sol", {
    "a release does not lower what is reserved": ["node.reserved -= uint32(resource);", ""],
    "more is reserved than a node has": ["require(resource <= capacity - reserved, ", "require(resource <= type(uint32).max - reserved, "],
    "a node that takes a vnode over can be removed": ["++to.clusters;", ""],
    "anyone changes the rent of a node": ["_ownNode(nodeId).rentPerMonth =", "_node(nodeId).rentPerMonth ="],
  }),
  ...inFile("BucketRegistry.sol", {
    "anyone allocates at the owner's cost": ["if (msg.sender != owner) maxRent =", "if (msg.sender == address(0)) maxRent ="],
    "anyone releases": ["_ownBucket(bucketId);\n        require(resource != 0", "_bucket(bucketId);\n        require(resource != 0"],
    "a manager allocates at any rent": ["return terms.capRent;", "return type(uint256).max;"],
    "a manager's cap outlives the owner": ["(terms.resourceCap, terms.capRent) = (0, 0);", ""],
    "a release rounds the rate down": ["Math.ceilDiv(rate * left, held)", "(rate * left) / held"],
    "a bucket is accepted, and nobody pays for it": [
      "newFunded = IAccountRegistry(ACCOUNT_REGISTRY).raiseRate(change);",
      "newFunded = oldFunded;",
    ],
    "a bucket that is closed stays allocated": ["if (bucket.resource != 0) _release(bucketId, bucket, bucket.resource);", ""],
    "a funded bucket is reclaimed": ["require(dry, BucketCovered(bucketId, coveredUntil));", ""],
    "what an owner shared outlives it": ["(bucket.owner, bucket.tenure) = (msg.sender, bucket.tenure + 1);", "bucket.owner = msg.sender;"],
    "anyone shares": ["return _ownBucket(bucketId).tenure;", "return _bucket(bucketId).tenure;"],
    "a bucket that holds nothing is served": ["return bucket.resource != 0 && _coveredUntil", "return _coveredUntil"],
  }),
  ...inFile("buckets/BucketAccess.sol", {
    "a grant never ends": ["block.timestamp < sharing.grants[account].readUntil ||", "sharing.grants[account].readUntil != 0 ||"],
    "who may read may write": ["sharing.gates[WRITE].isOpenTo(account)", "sharing.gates[READ].isOpenTo(account)"],
    "publicity outlives an owner": [
      "_stages[bucketId].publicTenure == tenure + 1) return true;",
      "_stages[bucketId].publicTenure != 0) return true;",
    ],
    "a key epoch goes on when somebody is turned away": [
      "        ++stage.epochsStarted;\n        emit KeyEpochStarted(bucketId, epoch + 1);",
      "",
    ],
    "readers have the keys of others": ["            start = end;\n", ""],
  }),
  ...inFile("libraries/Gates.sol", {
    "a gate opens for less": [">= gate.minimum;", ">= gate.minimum / 2;"],
  }),
];
