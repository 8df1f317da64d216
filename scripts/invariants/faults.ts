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
    "a stream is credited past the point where its account ran out of funds": ["result.skipped += passed - paid;", "result.skipped += 0;"],
    "an account that runs out of funds loses what pays for no whole step": ["result.balance -= paid * result.rate;", "result.balance = 0;"],
    "a credit pays for the time before it": [
      "if ((word >> COUNT_SHIFT) & MAX_COUNT == 0) return balance;",
      "if (word >= 0) return balance;",
    ],
    "a credit is not noted to have skipped anything since the touch": ["uint120(self.skippedLate + gap)", "self.skippedLate"],
    "what was skipped before a touch counts after it": [
      "_store(self, SKIPPED_SLOT, value.skipped);",
      "_store(self, SKIPPED_SLOT, value.skipped | (uint256(self.skippedLate) << 120));",
    ],
    "what is late is forgotten": ["if (paidNow > paidAtEnd) result.late = paidNow - paidAtEnd;", ""],
    "streams are registered to end one tick later": [
      "(runsOutAt >> tickBits) - (self.index >> tickBits);",
      "(runsOutAt >> tickBits) - (self.index >> tickBits) + 1;",
    ],
    "streams are registered to end one tick earlier": [
      "if (endTicks > MAX_END_TICKS) endTicks = MAX_END_TICKS;",
      "if (endTicks > MAX_END_TICKS) endTicks = MAX_END_TICKS;\n        if (endTicks != 0) --endTicks;",
    ],
    "a registered end is counted from the touch and not from its tick": [
      "((touchedAt >> tickBits) + endTicks) << tickBits;",
      "touchedAt + (endTicks << tickBits);",
    ],
  }),
  ...inFile("libraries/ClusterLines.sol", {
    "a rate that is lowered stays on the line": [
      "self.rate = (rate + newRate - oldRate).toUint112();",
      "self.rate = (newRate > oldRate ? rate + newRate - oldRate : rate).toUint112();",
    ],
    "a crossing leaves the line's rate as it was": ["self.rate = uint112(rate - walk.ended);", ""],
    "ends are crossed again": [
      "if (walk.ended != 0 || !walk.complete || walk.tick / WORD != tick / WORD) self.crossedTick = uint72(walk.tick);",
      "if (walk.tick / WORD != tick / WORD) self.crossedTick = uint72(walk.tick);",
    ],
    "a rate that changes is added to its end": [
      "self.ends[tick] = self.ends[tick] + newRate - oldRate;",
      "self.ends[tick] = self.ends[tick] + newRate;",
    ],
    "the last stream to end at a tick replaces the others": ["self.ends[tick] = sum + rate;", "self.ends[tick] = rate;"],
    "an end that is moved stays where it was": ["if (oldRate != 0) _removeEnd(self, oldEnd >> tickBits, oldRate);", ""],
    "an end is not marked": ["if (sum == 0) self.endBitmap[tick / WORD] |= 1 << (tick % WORD);", ""],
    "an end is marked one tick earlier": ["|= 1 << (tick % WORD);", "|= 1 << ((tick + WORD - 1) % WORD);"],
    "a tick is unmarked when one of its ends is removed": [
      "if (sum == 0) self.endBitmap[tick / WORD] &= ~(1 << (tick % WORD));",
      "self.endBitmap[tick / WORD] &= ~(1 << (tick % WORD));",
    ],
    "a tick stays marked when its last end is removed": ["if (sum == 0) self.endBitmap[tick / WORD] &= ~(1 << (tick % WORD));", ""],
    "the first tick of a word is passed over": ["? next | (WORD - 1) :", "? (next | (WORD - 1)) + 1 :"],
    "a settlement in parts leaves out the rest": [
      "walk.tick = tick;\n                    return walk;",
      "walk.tick = last;\n                    return walk;",
    ],
    "a crossing forgets what was earned up to an end": ["self.base += int256(walk.endedProduct);", ""],
    "a line is paid beyond the tick up to which it was crossed": [
      "return walk.complete ? index : _straightTo(self, walk.tick << tickBits);",
      "return index;",
    ],
    "a pool is distributed twice": ["if (scaledAmount != 0) self.base = base - int256(scaledAmount);", ""],
    "what is late does not reach the cluster": ["int256(rate * accrued.late) - int256(refund);", "-int256(refund);"],
    "what is not served comes back, and is shared as well": [
      "int256(rate * accrued.late) - int256(refund);",
      "int256(rate * accrued.late);",
    ],
    "half of what is not served comes back": [
      "refund = (onLine + beyond) >> Units.SHARE_BITS;",
      "refund = (onLine + beyond) >> (Units.SHARE_BITS + 1);",
    ],
    "a refund is handed out twice": ["self.unservedUpTo[payer] = unservedAt(self, accrued.index);", ""],
    "a refund stays withheld": ["if (onLine != 0) self.unservedBase -= int256(onLine);", ""],
    "nothing is withheld for refunds": [
      "net += -(unservedBase + int256(rate * unservedAt(self, reached))) >> Units.SHARE_BITS;",
      "net += 0;",
    ],
    "a refund is for the time before the stream, too": ["if (self.hasUnserved) self.unservedUpTo[payer] = unservedAt(self, index);", ""],
    "what was not served before a change counts at the new share": [
      "int256 offset = int256(unservedAt(self, index)) - int256(share * index);",
      "int256 offset = self.unserved.offset;",
    ],
    "a change of the share does not note when it was": [
      "(self.unservedSince, self.hasUnserved) = (uint120(index), true);",
      "self.hasUnserved = true;",
    ],
    "what was not served up to an end is not noted": ["_noteUnserved(self, tick, walk.tick, tickBits);", ""],
    "what was not served up to an end is noted up to now": [
      "CROSSED | uint256(offset + int256(share * (tick << tickBits)))",
      "CROSSED | uint256(offset + int256(share * (last << tickBits)))",
    ],
    "what was paid beyond an end comes back at any share": [
      "else if (self.unservedSince <= accrued.endIndex) beyond =",
      "else if (accrued.late != 0) beyond =",
    ],
  }),
  ...inFile("libraries/StreamLists.sol", {
    "an account pays one cluster more than it can": ["MAX_STREAMS = 32;", "MAX_STREAMS = 33;"],
  }),
  ...inFile("libraries/Payments.sol", {
    "a withdrawal rounds up": [
      "uint256 available = scaledBalance / scale;\n        taken =",
      "uint256 available = (scaledBalance + scale - 1) / scale;\n        taken =",
    ],
    "what is not served is kept from the payer": ["accrued.balance += refunds;", ""],
    "a stream that changes is not settled": [
      "Payer memory payer = touch(self, change.currencyId, change.payer);",
      "Payer memory payer = load(self, change.currencyId, change.payer);",
    ],
    "a new stream charges for the time before it": [
      "if (!accrued.streamed) accrued.index = self.indexes[change.currencyId].current();",
      "",
    ],
    "an end stays where it was when money leaves": [
      "if (newEnd != oldEnd || changed != NONE) {",
      "if (newEnd > oldEnd || changed != NONE) {",
    ],
    "a deposit does not touch the account": [
      "if (self.accounts[currencyId][account].streamCount == 0) return credit(",
      "if (self.accounts[currencyId][account].streamCount < 255) return credit(",
    ],
    "a stream that ended is still counted": ["--accrued.streamCount;", "accrued.streamCount;"],
    "the last stream is lost when another ends": ["if (position != count) list.set(position, payer.streams[count]);", ""],
    "the rate of an only stream is not written once it is not": ["if (count == 2) list.set(0, payer.streams[0]);", ""],
  }),
  ...inFile("libraries/CurrencyIndexes.sol", {
    "the index does not advance at a change of price": ["self.value = uint120(value);", ""],
  }),
  ...inFile("PriceRegistry.sol", {
    "a price rises as far as it likes": ["usdPerToken >= minimum && usdPerToken <= maximum,", "usdPerToken >= minimum,"],
    "anyone sets a price": [
      "function setPrice(Currency currency, uint256 usdPerToken) external restricted {",
      "function setPrice(Currency currency, uint256 usdPerToken) external {",
    ],
  }),
  ...inFile("AccountRegistry.sol", {
    "a withdrawal is taken from whom it is sent to": ["= _book.debit(id, msg.sender, amount,", "= _book.debit(id, to, amount,"],
    "a withdrawal stays owed": ["listing.owed = uint128(owed - amount);", ""],
    "the pause stops withdrawals": [
      "require(amount != 0, AmountZero());\n        // The balance of an account",
      "require(amount != 0 && !_book.indexes[id].isPaused(), AmountZero());\n        // The balance of an account",
    ],
    "a touch passes on what is late, and does not note it": ["if (payer.accrued.streamCount != 0) _book.store(payer);", ""],
    "a change of weights crosses one end at most": [
      "(line, reached, isSettled) = _book.settle(clusterId, MAX_TICKS);\n        if (whole && !isSettled) revert ClusterNotSettled(clusterId, reached, _book.indexes[line.currencyId].current());",
      "(line, reached, isSettled) = _book.settle(clusterId, whole ? 1 : MAX_TICKS);\n        if (whole) reached = _book.indexes[line.currencyId].current();",
    ],
    "the unserved share changes without a settlement": [
      "(ClusterLine storage line, uint256 reached) = _settle(clusterId, true);",
      "ClusterLine storage line = _book.lines[clusterId];\n        uint256 reached = _book.indexes[line.currencyId].current();",
    ],
    "anyone credits accounts": [
      "require(msg.sender == CLUSTER_REGISTRY || msg.sender == TERMS_REGISTRY, CallerNotRegistry(msg.sender));",
      "",
    ],
  }),
  ...inFile("libraries/Fees.sol", {
    "a fee is taken twice": ["shares = amount - networkFee - managementFee;", "shares = amount - managementFee;"],
    "the management fee is taken of the whole pool": ["((amount - networkFee) * managementFeeBps)", "(amount * managementFeeBps)"],
  }),
  ...inFile("libraries/Revenues.sol", {
    "the accumulator is cut to 136 bits": [
      "self.revenuePerWeight = revenuePerWeight;",
      "self.revenuePerWeight = uint136(revenuePerWeight);",
    ],
    "what a node was paid is cut to 136 bits": ["member.revenuePaid = earned;", "member.revenuePaid = uint136(earned);"],
    "what does not divide is dropped": ["self.undistributed = rest.toUint112();", "self.undistributed = 0;"],
    "a claim pays who makes it": ["address provider = context.nodes.providerOf(nodeId);", "address provider = tx.origin;"],
  }),
  ...inFile("libraries/Weights.sol", {
    "where all rents are zero nothing is served": [
      "(served, nominal) = (servedVnodes, nominalVnodes);\n        return",
      "(served, nominal) = (0, 1);\n        return",
    ],
  }),
  ...inFile("libraries/Memberships.sol", {
    "rents rise while buckets are allocated": ["bool allowed = rent <= oldRent ||", "bool allowed = rent <= type(uint88).max ||"],
    "a node that joins is paid from the beginning": ["member.revenuePaid = self.revenuePerWeight;", "member.revenuePaid = 0;"],
    "what was earned is shared by the weights after a replacement": [
      "self.distribute(context, networkFee, true);\n        self.pay(context, transfer.from);",
      "self.pay(context, transfer.from);",
    ],
    "a vnode stays on the node that was replaced": ["self.slots.move(vnodeIndex, slot);", ""],
    "a node's new rent counts for what it earned before": [
      "self.pay(context, nodeId);\n        _applyWeightChange(self, context, WeightChange(vnodes, oldRent, newRent",
      "_applyWeightChange(self, context, WeightChange(vnodes, oldRent, newRent",
    ],
    "what was earned is shared by the quality after a report": [
      "self.distribute(context, networkFee, true);\n        self.pay(context, nodeId);\n        Member storage member",
      "self.pay(context, nodeId);\n        Member storage member",
    ],
    "a worse quality counts for what was earned before": [
      "self.pay(context, nodeId);\n        Member storage member",
      "Member storage member",
    ],
    "a node that left goes on being served for": [
      "_changeQuality(self, context, networkFee, nodeId, 0);",
      "_changeQuality(self, context, networkFee, nodeId, member.qualityOf());",
    ],
  }),
  ...inFile("TermsRegistry.sol", {
    "a bond stays where it was when its node has left": ["_returnBond(clusterId, nodeId, agreement, bond);", ""],
    "a bond goes back when its node leaves early": ["if (lockedUntil != 0) {", "if (lockedUntil == type(uint256).max) {"],
    "an exit waits for a manager": [
      "require(block.timestamp >= exitAt, ",
      "_requireManager(clusterId);\n        require(block.timestamp >= exitAt, ",
    ],
    "anyone reports on a node": ["_requireValidator(clusterId, agreement, service);\n        require(qualityBps", "require(qualityBps"],
    "a bond is posted with nothing": ["IAccountRegistry(ACCOUNT_REGISTRY).debit(msg.sender, _terms[clusterId].currencyId, amount);", ""],
    "a bond goes back twice": ["uint256 bond = agreement.takeBond(amount);", "uint256 bond = agreement.bond;"],
    "anyone slashes": [
      "_requireValidator(clusterId, agreement, service);\n        require(agreement.provider",
      "require(agreement.provider",
    ],
  }),
  ...inFile("libraries/Agreements.sol", {
    "a node leaves early that serves well": ["serves ? self.mayLeaveEarly : until == 0", "serves || until == 0"],
  }),
  ...inFile("libraries/Bonds.sol", {
    "a slash leaves the bond as it was": ["return takeBond(self, amount);", "return self.bond - amount;"],
    "a week's slashes have no end": ["Math.min(_budget(self, terms), self.bond)", "self.bond"],
    "a bond that covers vnodes goes back": ["Math.saturatingSub(self.bond, service.liableVnodes * terms.bondPerVnode)", "self.bond"],
    "a slash is in no week": ["self.renewsAt = Casts.timeAfter(SLASH_RENEWAL);", ""],
    "a node that overstays takes its bond along": [
      "if (leftAt > until + EXIT_GRACE) until = leftAt + Math.min(leftAt - until, notice);",
      "",
    ],
  }),
  ...inFile("libraries/ClusterResources.sol", {
    "buckets use more than is reserved": ["require(resource <= reserved - used, ", "require(resource <= reserved, "],
  }),
  ...inFile("ClusterRegistry.sol", {
    "a new manager takes the fee of the time before": [
      "cluster.distribute(_context(clusterId), _networkFee, true);\n        _managements[clusterId].accept",
      "_managements[clusterId].accept",
    ],
  }),
  ...inFile("NodeRegistry.sol", {
    "a release does not lower what is reserved": ["node.reserved -= uint32(resource);", ""],
    "more is reserved than a node has": ["require(resource <= capacity - reserved, ", "require(resource <= type(uint32).max - reserved, "],
    "a node that takes a vnode over can be removed": ["++to.clusters;", ""],
    "anyone changes the rent of a node": ["_ownNode(nodeId).rentPerMonth =", "_node(nodeId).rentPerMonth ="],
  }),
  ...inFile("BucketRegistry.sol", {
    "anyone allocates at the owner's cost": ["if (msg.sender != bucket.owner) maxRent =", "if (msg.sender == address(0)) maxRent ="],
    "anyone releases": ["_ownBucket(bucketId);\n        require(resource != 0", "_bucket(bucketId);\n        require(resource != 0"],
    "a manager allocates at any rent": ["return notices.capRent;", "return type(uint256).max;"],
    "a manager's cap outlives the owner": ["(notices.resourceCap, notices.capRent) = (0, 0);", ""],
    "a bucket that is closed stays allocated": ["if (bucket.resource != 0) _release(bucketId, bucket, bucket.resource);", ""],
    "what an owner shared outlives it": ["(bucket.owner, bucket.tenure) = (msg.sender, bucket.tenure + 1);", "bucket.owner = msg.sender;"],
    "anyone shares": [
      "_accessStates[bucketId][_ownBucket(bucketId).tenure];\n        AccessRights.requireRights",
      "_accessStates[bucketId][_bucket(bucketId).tenure];\n        AccessRights.requireRights",
    ],
    "a bucket that holds nothing is served": ["bucket.resource != 0 && bucket.coveredUntil", "bucket.coveredUntil"],
  }),
  ...inFile("libraries/Holdings.sol", {
    "a release rounds the rate down": ["Math.ceilDiv(rate * left, held)", "(rate * left) / held"],
    "a bucket is accepted, and nobody pays for it": [
      "newPaid = IAccountRegistry(accountRegistry).raiseRate(change);",
      "newPaid = oldPaid;",
    ],
    "a funded bucket is reclaimed": ["require(depleted, IBucketRegistry.BucketCovered(bucketId, coveredUntil_));", ""],
  }),
  ...inFile("libraries/AccessRights.sol", {
    "a grant never ends": ["block.timestamp < self.grants[account].readUntil ||", "self.grants[account].readUntil != 0 ||"],
    "who may read may write": ["self.gates[WRITE].isOpenTo(account, gateGas)", "self.gates[READ].isOpenTo(account, gateGas)"],
    "readers have the keys of others": ["            start = end;\n", ""],
  }),
  ...inFile("libraries/KeyEpochs.sol", {
    "public access outlives an owner": ["return self.isPublic && self.publicTenure == tenure;", "return self.isPublic;"],
    "a key epoch goes on after a revocation": [
      "        ++self.epochsStarted;\n        emit IBucketAccess.KeyEpochStarted(bucketId, current(self, tenure));",
      "",
    ],
  }),
  ...inFile("libraries/Gates.sol", {
    "a gate opens for less": ["balance >= gate.minimum;", "balance >= gate.minimum / 2;"],
  }),
  ...inFile("validators/StorageProofs.sol", {
    "rules change": ["require(_rules[clusterId].approver == address(0), ClusterAlreadySetUp(clusterId));", ""],
    "anyone commits for a node": ["require(msg.sender == provider || msg.sender == prover,", "require(msg.sender != address(0),"],
    "anyone approves a commitment": ["require(msg.sender == rules.approver,", "require(msg.sender != address(0),"],
    "an approved tree is another than the node's": ["root == proposedRoot && leafCount", "leafCount"],
    "a node is challenged twice in a period": [
      "uint256 nextAt = record.openedAt == 0 ? 0 : uint256(record.openedAt) + rules.period;",
      "uint256 nextAt = record.openedAt;",
    ],
    "a challenge is open after its answer": ["record.state = ChallengeState.Idle;\n        record.countAnswer", "record.countAnswer"],
    "a late answer counts": ["require(block.timestamp <= deadline,", "require(deadline != 0,"],
    "a miss is reported before its deadline": ["require(block.timestamp > deadline,", "require(deadline != 0,"],
    "a miss is reported twice": ["record.state = ChallengeState.Idle;\n        record.countMiss(true);", "record.countMiss(true);"],
    "missed commitments bring a slash forward": ["record.challengeMisses >= rules.slashFrom", "record.misses >= rules.slashFrom"],
    "one miss slashes the bond twice": ["record.slashDue = false;", ""],
    "a challenge that has not lapsed is drawn again": ["require(!known, SeedNotLapsed(lapsed, block.number));", ""],
    "a miss does not lower the quality": [
      "_tryToEnforceQuality(clusterId, nodeId);\n        if (!slashDue) return;",
      "if (!slashDue) return;",
    ],
    "misses outlive the office": ["record.clear();\n            emit OfficeResumed(clusterId, nodeId);", ""],
    "a commitment outlives the node's service": [
      "if (service.leftAt == record.leftAt) return false;",
      "if (service.leftAt >= record.leftAt) return false;",
    ],
  }),
  ...inFile("libraries/Challenges.sol", {
    "the deciding block exists already": ["seedBlock = block.number + rules.delay;", "seedBlock = block.number - 1;"],
    "all nodes have to show the same positions": [
      "keccak256(abi.encode(hash, address(this), clusterId, nodeId))",
      "keccak256(abi.encode(hash, address(this), clusterId))",
    ],
    "one true proof is enough": ["for (uint256 i = 0; i < count; ++i) {", "for (uint256 i = 0; i < 1; ++i) {"],
  }),
  ...inFile("libraries/ProofRecords.sol", {
    "missed commitments count as missed challenges": ["if (isChallenge && self", "if (self"],
    "each answer takes back a miss": ["if (++self.answersInRow < answersPerMiss) return;", ""],
    "answers count while a commitment is overdue": [
      "if (self.misses == 0 || (self.commitmentDue != 0 && block.timestamp > self.commitmentDue)) return;",
      "if (self.misses == 0) return;",
    ],
  }),
  ...inFile("libraries/ProofRules.sol", {
    "a window is as long as it likes": ["self.period - 1);", "type(uint32).max);"],
    "the lowest quality holds from the first miss on": [
      "self.qualityAfter[Math.min(misses, self.qualityAfter.length) - 1]",
      "self.qualityAfter[self.qualityAfter.length - 1]",
    ],
  }),
  ...inFile("libraries/StorageTrees.sol", {
    "a path is longer than its tree": ["return used == path.length && node == root;", "return node == root;"],
    "an inner node hashes as a leaf": ["mstore8(free, 0x01)", "mstore8(free, 0x00)"],
  }),
];
