// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Vm, vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @dev The exits that are announced, by the events: who may leave when, and until when a bond answers for its node.
abstract contract Exits is World {
    /// @dev `low`: the node's quality was below half since the announcement. `leftBefore`: when it had last left as its provider accepted.
    struct Exit {
        uint256 announcedAt;
        uint256 leftBefore;
        bool low;
    }

    uint256 private constant DEFAULT_NOTICE = 7 days;
    uint256 private constant HALF_QUALITY = 5_000;

    mapping(ClusterId clusterId => uint256) private _leavingNotice;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Exit)) private _exits;

    function _expect(bool holds, string memory name, string memory what) internal virtual;

    function _followExits(Vm.Log memory log, bytes32 topic) internal {
        ClusterId clusterId = ClusterId.wrap(uint32(uint256(log.topics[1])));
        if (topic == ITermsRegistry.TermsSet.selector) {
            _leavingNotice[clusterId] = abi.decode(log.data, (ITermsRegistry.Terms)).leavingNotice;
            return;
        }
        if (log.topics.length < 3) return;
        NodeId nodeId = NodeId.wrap(uint32(uint256(log.topics[2])));
        Exit storage exit = _exits[clusterId][nodeId];
        if (topic == ITermsRegistry.ExitAnnounced.selector) {
            (, , uint256 quality, , , ) = clusters.membershipOf(clusterId, nodeId);
            (exit.announcedAt, exit.low) = (vm.getBlockTimestamp(), quality < HALF_QUALITY);
        } else if (topic == ITermsRegistry.QualityReported.selector) {
            (uint256 quality, , ) = abi.decode(log.data, (uint256, uint256, string));
            if (exit.announcedAt != 0 && quality < HALF_QUALITY) exit.low = true;
        } else if (topic == ITermsRegistry.TermsAccepted.selector) {
            (, , , , exit.leftBefore, ) = clusters.membershipOf(clusterId, nodeId);
        } else if (topic == ITermsRegistry.BondRetained.selector) {
            bool overstayed = vm.getBlockTimestamp() > exit.announcedAt + _noticeOf(clusterId) + 1 days;
            _expect(exit.low || overstayed, "exitsTakeTheirNotice", "a node that was not judged down left early");
        } else if (topic == ITermsRegistry.ExitFinished.selector) {
            bool over = vm.getBlockTimestamp() >= exit.announcedAt + _noticeOf(clusterId);
            (, uint256 vnodes, , , uint256 leftAt, ) = clusters.membershipOf(clusterId, nodeId);
            bool hasServed = vnodes != 0 || leftAt != exit.leftBefore;
            _expect(
                exit.announcedAt != 0 && (over || exit.low || !hasServed),
                "exitsTakeTheirNotice",
                "an exit was finished before its notice was over"
            );
            delete _exits[clusterId][nodeId];
        } else if (topic == ITermsRegistry.BondReturned.selector) {
            _bondReturned(clusterId, nodeId, exit);
        }
    }

    /// @dev While it serves and stays, it may have back what answers for no vnode; if it has not served, everything.
    function _bondReturned(ClusterId clusterId, NodeId nodeId, Exit storage exit) private {
        (, uint256 vnodes, , , uint256 leftAt, ) = clusters.membershipOf(clusterId, nodeId);
        if (vnodes == 0 && leftAt == exit.leftBefore) return;
        if (vnodes != 0 && exit.announcedAt == 0) return;
        uint256 notice = _noticeOf(clusterId);
        uint256 until = leftAt + notice;
        if (exit.announcedAt != 0 && exit.announcedAt <= leftAt) {
            until = exit.announcedAt + notice;
            uint256 overstayed = leftAt > until + 1 days ? leftAt - until : 0;
            if (overstayed != 0) until = leftAt + (overstayed < notice ? overstayed : notice);
        }
        bool free = vnodes == 0 && vm.getBlockTimestamp() >= until;
        _expect(free, "bondsAnswerForTheirNotice", "a bond went back too early");
    }

    function _noticeOf(ClusterId clusterId) private view returns (uint256) {
        return _leavingNotice[clusterId] == 0 ? DEFAULT_NOTICE : _leavingNotice[clusterId];
    }
}
