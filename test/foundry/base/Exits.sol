// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Vm, vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @dev The exits that are announced, by the events: who may leave when, and until when a bond answers for its node.
abstract contract Exits is World {
    /// @dev `low`: the node's quality was below half since the announcement.
    struct Exit {
        uint256 announcedAt;
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
            (, , uint256 quality, , ) = clusters.membershipOf(clusterId, nodeId);
            (exit.announcedAt, exit.low) = (vm.getBlockTimestamp(), quality < HALF_QUALITY);
        } else if (topic == ITermsRegistry.QualityReported.selector) {
            (uint256 quality, , ) = abi.decode(log.data, (uint256, uint256, string));
            if (exit.announcedAt != 0 && quality < HALF_QUALITY) exit.low = true;
        } else if (topic == ITermsRegistry.NodeLeftEarly.selector) {
            _expect(exit.low, "exitsTakeTheirNotice", "a node that was not judged down left early");
        } else if (topic == ITermsRegistry.ExitFinished.selector) {
            bool over = vm.getBlockTimestamp() >= exit.announcedAt + _noticeOf(clusterId);
            _expect(exit.announcedAt != 0 && (over || exit.low), "exitsTakeTheirNotice", "an exit was finished before its notice was over");
            delete _exits[clusterId][nodeId];
        } else if (topic == ITermsRegistry.BondReturned.selector) {
            _bondReturned(clusterId, nodeId, exit.announcedAt);
        }
    }

    /// @dev While it serves and stays, it may have back what covers no vnode.
    function _bondReturned(ClusterId clusterId, NodeId nodeId, uint256 announcedAt) private {
        (, uint256 vnodes, , , uint256 leftAt) = clusters.membershipOf(clusterId, nodeId);
        bool left = vnodes == 0 && leftAt != 0;
        if (!left && announcedAt == 0) return;
        uint256 since = announcedAt != 0 && (!left || announcedAt < leftAt) ? announcedAt : leftAt;
        bool free = left && vm.getBlockTimestamp() >= since + _noticeOf(clusterId);
        _expect(free, "bondsAnswerForTheirNotice", "a bond went back too early");
    }

    function _noticeOf(ClusterId clusterId) private view returns (uint256) {
        return _leavingNotice[clusterId] == 0 ? DEFAULT_NOTICE : _leavingNotice[clusterId];
    }
}
