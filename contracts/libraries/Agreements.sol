// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Agreement} from "../types/Agreement.sol";
import {NodeService} from "../types/NodeService.sol";
import {StoredTerms} from "../types/StoredTerms.sol";
import {Bonds} from "./Bonds.sol";
import {Casts} from "./Casts.sol";
import {ClusterTerms} from "./ClusterTerms.sol";

/// @title Agreements
/// @notice The agreement of a node's provider in a cluster: how it begins, and how the node leaves.
/// @dev A node has served under its agreement if it serves, or left after its provider accepted: `leftAt` differs from `leftBefore`.
library Agreements {
    using Bonds for Agreement;
    using Casts for uint256;
    using ClusterTerms for StoredTerms;

    /// @dev Below this quality a node whose exit is announced may leave at once.
    uint256 private constant HALF_QUALITY = 5_000;

    // ------------------------------------------------------------ functions that change state

    /// @notice Begins an agreement. The new bond does not answer for the service before.
    function begin(Agreement storage self, address provider, NodeService memory service) internal {
        self.provider = provider;
        if (service.leftAt != 0) self.leftBefore = service.leftAt.toTime();
    }

    /// @notice Announces the node's exit.
    /// @param office The number of the office whose validator judges the node from now on.
    function announceExit(Agreement storage self, NodeService memory service, uint16 office) internal {
        (self.exitAnnouncedAt, self.exitOffice) = (Casts.currentTime(), office);
        noteQuality(self, service.qualityBps);
    }

    /// @notice Lets a node leave early whose exit is announced and whose quality is below half.
    /// @dev That is never taken back: otherwise a validator could raise the quality for the block in which the node would leave.
    function noteQuality(Agreement storage self, uint256 qualityBps) internal {
        if (qualityBps < HALF_QUALITY && self.exitAnnouncedAt != 0) self.mayLeaveEarly = true;
    }

    // ------------------------------------------------------------ views

    /// @notice Whether the node has served under this agreement and serves no more.
    function hasLeft(Agreement storage self, NodeService memory service) internal view returns (bool) {
        return service.vnodes == 0 && service.leftAt != self.leftBefore;
    }

    /// @notice When the node's exit can be finished (unix seconds); 0: it announced none. It cannot come back before that.
    /// @dev A node that has not served under its agreement can finish at once; one that has left, when its notice is over and its bond
    /// answers for it no more.
    function exitAt(Agreement storage self, StoredTerms storage terms, NodeService memory service) internal view returns (uint256) {
        uint256 announcedAt = self.exitAnnouncedAt;
        if (announcedAt == 0) return 0;
        (bool serves, uint256 until) = (service.vnodes != 0, self.liableUntil(terms, service));
        if (serves ? self.mayLeaveEarly : until == 0) return announcedAt;
        (uint256 notice, ) = terms.notices();
        return serves ? announcedAt + notice : Math.max(announcedAt + notice, until);
    }
}
