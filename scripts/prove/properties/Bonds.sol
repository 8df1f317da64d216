// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Agreements} from "../../../contracts/libraries/Agreements.sol";
import {Bonds} from "../../../contracts/libraries/Bonds.sol";
import {Casts} from "../../../contracts/libraries/Casts.sol";
import {Units} from "../../../contracts/libraries/Units.sol";
import {Agreement} from "../../../contracts/types/Agreement.sol";
import {NodeService} from "../../../contracts/types/NodeService.sol";
import {StoredTerms} from "../../../contracts/types/StoredTerms.sol";

/// @dev Any agreement under any terms, with any service of the node. Times have 40 bits, and {ClusterTerms.set} checks the share.
abstract contract AnyAgreement {
    Agreement internal self;
    StoredTerms internal terms;

    function _assume(Agreement memory agreement, StoredTerms memory stored, NodeService memory service) internal {
        require(block.timestamp < 2 ** 39 && service.leftAt < 2 ** 40);
        require(service.vnodes <= type(uint16).max && service.liableVnodes <= type(uint16).max);
        require(stored.maxSlashBps <= Units.BPS);
        (self, terms) = (agreement, stored);
    }
}

/// @notice A bond answers for its node until a leaving notice after the node left or announced its exit, whichever was earlier, and for no longer than a notice after it left.
contract LiabilityLastsTheNotice is AnyAgreement {
    using Bonds for Agreement;

    function check(Agreement memory agreement, StoredTerms memory stored, NodeService memory service) external {
        _assume(agreement, stored, service);
        require(service.vnodes == 0 && service.leftAt != agreement.leftBefore);
        (uint256 notice, uint256 announcedAt, uint256 leftAt) = (stored.leavingNotice, agreement.exitAnnouncedAt, service.leftAt);
        uint256 until = self.liableUntil(terms, service);
        uint256 begun = announcedAt == 0 || leftAt < announcedAt ? leftAt : announcedAt;
        assert(until >= begun + notice);
        assert(until <= leftAt + notice);
    }
}

/// @notice A node that serves on for more than a day after its notice answers afterwards for as long as it overstayed, at most for one more notice.
contract OverstayingProlongsLiability is AnyAgreement {
    using Bonds for Agreement;

    function check(Agreement memory agreement, StoredTerms memory stored, NodeService memory service) external {
        _assume(agreement, stored, service);
        require(service.vnodes == 0 && service.leftAt != agreement.leftBefore && agreement.exitAnnouncedAt != 0);
        uint256 over = uint256(agreement.exitAnnouncedAt) + stored.leavingNotice;
        require(service.leftAt > over + 1 days);
        uint256 until = self.liableUntil(terms, service);
        assert(until == 2 * service.leftAt - over || until == service.leftAt + stored.leavingNotice);
        assert(until <= 2 * service.leftAt - over);
    }
}

/// @notice A node that serves finishes its exit after its notice, unless it may leave early; one that has left finishes it after its notice, and after its bond's liability.
contract ExitsOutlastLiability is AnyAgreement {
    using Agreements for Agreement;
    using Bonds for Agreement;

    function check(Agreement memory agreement, StoredTerms memory stored, NodeService memory service) external {
        _assume(agreement, stored, service);
        require(agreement.exitAnnouncedAt != 0);
        uint256 exitAt = self.exitAt(terms, service);
        uint256 noticeOver = uint256(agreement.exitAnnouncedAt) + stored.leavingNotice;
        if (service.vnodes != 0) {
            assert(agreement.mayLeaveEarly ? exitAt == agreement.exitAnnouncedAt : exitAt >= noticeOver);
        } else if (service.leftAt != agreement.leftBefore) {
            uint256 until = self.liableUntil(terms, service);
            assert(until == 0 || (exitAt >= noticeOver && exitAt >= until));
        } else {
            assert(exitAt == agreement.exitAnnouncedAt);
        }
    }
}

/// @notice No more goes back than the bond. While the node serves, the bond of its liable vnodes stays; with an announced exit, or under liability, all of it stays.
contract ReturnsAreWithinTheBond is AnyAgreement {
    using Bonds for Agreement;

    function check(Agreement memory agreement, StoredTerms memory stored, NodeService memory service) external {
        _assume(agreement, stored, service);
        uint256 bond = agreement.bond;
        (uint256 available, uint256 lockedUntil) = self.returnable(terms, service);
        assert(available <= bond);
        assert(lockedUntil == 0 || (available == 0 && lockedUntil > block.timestamp));
        if (service.vnodes == 0) return;
        uint256 liable = service.liableVnodes * stored.bondPerVnode;
        assert(available == 0 || (agreement.exitAnnouncedAt == 0 && bond - available >= liable));
    }
}

/// @notice A slash takes no more than the bond and, with what may follow within the week, no more than the terms' share of the bond at the first slash.
contract SlashesAreWithinTheWeek is AnyAgreement {
    using Casts for uint256;

    uint256 private constant SLASH_RENEWAL = 7 days;

    function check(Agreement memory agreement, StoredTerms memory stored, NodeService memory service, uint256 amount) external {
        _assume(agreement, stored, service);
        require(block.timestamp >= agreement.renewsAt);
        uint256 bond = agreement.bond;
        uint256 most = (bond * stored.maxSlashBps) / Units.BPS;
        // As {ITermsRegistry.slash} requires.
        require(amount <= _slashable());
        uint256 left = _slash(amount);
        assert(left == bond - amount && self.bond == left);
        assert(self.renewsAt == block.timestamp + SLASH_RENEWAL);
        uint256 next = _slashable();
        assert(amount + next <= most && next <= left);
    }

    function _slash(uint256 amount) private returns (uint256 bond) {
        // Assumed above, but the model checker looks at each function for itself, too.
        require(amount <= _slashable() && block.timestamp < 2 ** 39);
        // body of slash of contracts/libraries/Bonds.sol
    }

    function _slashable() private view returns (uint256) {
        // body of slashable of contracts/libraries/Bonds.sol
    }

    function takeBond(Agreement storage, uint256 amount) private returns (uint256 bond) {
        require(amount <= self.bond);
        // body of takeBond of contracts/libraries/Bonds.sol
    }

    function _budget(Agreement storage, StoredTerms storage) private view returns (uint256) {
        // body of _budget of contracts/libraries/Bonds.sol
    }
}
