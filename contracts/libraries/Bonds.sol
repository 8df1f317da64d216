// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Agreement} from "../types/Agreement.sol";
import {NodeService} from "../types/NodeService.sol";
import {StoredTerms} from "../types/StoredTerms.sol";
import {Agreements} from "./Agreements.sol";
import {Casts} from "./Casts.sol";
import {ClusterTerms} from "./ClusterTerms.sol";
import {Units} from "./Units.sol";

/// @title Bonds
/// @notice The bond of a node's provider in a cluster: how many vnodes it covers, what can be slashed, until when it answers for the node.
library Bonds {
    using Agreements for Agreement;
    using Casts for uint256;
    using ClusterTerms for StoredTerms;

    /// @dev Nothing may be slashed for so long before the budget of slashes is whole again.
    uint256 private constant SLASH_RENEWAL = 7 days;
    /// @dev A provider has so long to make good a bond that a slash made short.
    uint256 private constant TOP_UP_TIME = 7 days;
    /// @dev How long after its date an exit can be finished without consequence.
    uint256 private constant EXIT_GRACE = 1 days;

    // ------------------------------------------------------------ functions that change state

    /// @notice Adds to the bond, and returns the new one.
    function addBond(Agreement storage self, uint256 amount) internal returns (uint256 bond) {
        bond = self.bond + amount;
        self.bond = bond.toAmount();
    }

    /// @notice Takes from the bond, which holds at least the amount, and returns the rest.
    function takeBond(Agreement storage self, uint256 amount) internal returns (uint256 bond) {
        bond = self.bond - amount;
        self.bond = bond.toAmount();
    }

    /// @notice Takes a slash from the bond and from its budget, and returns the rest of the bond.
    /// @param amount At most what {slashable} returns.
    function slash(Agreement storage self, StoredTerms storage terms, uint256 amount) internal returns (uint256 bond) {
        self.slashableLeft = (_budget(self, terms) - amount).toAmount();
        self.renewsAt = Casts.timeAfter(SLASH_RENEWAL);
        return takeBond(self, amount);
    }

    /// @notice Notes since when the bond is short, and returns whether that changed. Only a slash makes it so; a node that gave up vnodes
    /// needs a smaller bond.
    function noteCoverage(Agreement storage self, StoredTerms storage terms, NodeService memory service) internal returns (bool changed) {
        bool short = isShort(self, terms, service);
        changed = short != (self.shortSince != 0);
        if (changed) self.shortSince = short ? Casts.currentTime() : 0;
    }

    // ------------------------------------------------------------ views

    /// @notice How many vnodes the node may serve: none once its exit is announced. Default terms need not be agreed to.
    function coverage(Agreement storage self, StoredTerms storage terms) internal view returns (uint16) {
        (address provider, uint256 announcedAt) = (self.provider, self.exitAnnouncedAt);
        if (announcedAt != 0 || (provider == address(0) && terms.isOwn())) return 0;
        uint256 bondPerVnode = terms.bondPerVnode;
        if (bondPerVnode == 0) return type(uint16).max;
        // At most 65,535.
        return uint16(Math.min(self.bond / bondPerVnode, type(uint16).max));
    }

    /// @notice Whether the bond does not cover the vnodes that the node serves.
    function isShort(Agreement storage self, StoredTerms storage terms, NodeService memory service) internal view returns (bool) {
        return service.vnodes != 0 && self.bond < service.vnodes * terms.bondPerVnode;
    }

    /// @notice Since when the bond is short, and from when on anyone can vacate the node's vnodes for it (unix seconds); zeros: it is not.
    function shortage(
        Agreement storage self,
        StoredTerms storage terms,
        NodeService memory service
    ) internal view returns (uint256 since, uint256 vacatableFrom) {
        if (isShort(self, terms, service)) (since, vacatableFrom) = (self.shortSince, self.shortSince + TOP_UP_TIME);
    }

    /// @notice Until when the bond answers for the node (unix seconds; the largest value while it serves; 0: it has not served under this
    /// agreement).
    /// @dev A node that left without an announcement answers for one leaving notice more; one that announced its exit, until the notice
    /// that it gave is over, which no party can begin again. A node that serves on for more than a day past that date answers afterwards
    /// for as long as it did, at most for one more notice: otherwise it could escape any challenge by leaving.
    function liableUntil(
        Agreement storage self,
        StoredTerms storage terms,
        NodeService memory service
    ) internal view returns (uint256 until) {
        if (service.vnodes != 0) return type(uint256).max;
        if (!self.hasLeft(service)) return 0;
        (uint256 leftAt, uint256 notice, uint256 announcedAt) = (service.leftAt, terms.leavingNotice, self.exitAnnouncedAt);
        if (announcedAt == 0 || leftAt < announcedAt) return leftAt + notice;
        until = announcedAt + notice;
        if (leftAt > until + EXIT_GRACE) until = leftAt + Math.min(leftAt - until, notice);
    }

    /// @notice How much of the bond may go back now, and until when all of it is withheld (unix seconds; 0: it is not).
    /// @dev While the node serves, the part that answers for no vnode may go back, or nothing if its exit is announced. Once the node has
    /// left, nothing may until the bond's liability ends, and then everything.
    function returnable(
        Agreement storage self,
        StoredTerms storage terms,
        NodeService memory service
    ) internal view returns (uint256 available, uint256 lockedUntil) {
        if (service.vnodes == 0) {
            uint256 until = liableUntil(self, terms, service);
            if (block.timestamp < until) return (0, until);
            return (self.bond, 0);
        }
        if (self.exitAnnouncedAt == 0) available = Math.saturatingSub(self.bond, service.liableVnodes * terms.bondPerVnode);
    }

    /// @notice How much can be slashed now, in base units.
    function slashable(Agreement storage self, StoredTerms storage terms) internal view returns (uint256) {
        return Math.min(_budget(self, terms), self.bond);
    }

    /// @dev The budget of slashes, which is renewed once nothing was slashed for seven days: so no seven days hold more than one.
    function _budget(Agreement storage self, StoredTerms storage terms) private view returns (uint256) {
        if (block.timestamp < self.renewsAt) return self.slashableLeft;
        return (uint256(self.bond) * terms.maxSlashBps) / Units.BPS;
    }
}
