// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {AccruedAccount} from "../../../contracts/libraries/Accounts.sol";
import {UnservedLine} from "../../../contracts/libraries/ClusterLines.sol";
import {Units} from "../../../contracts/libraries/Units.sol";

/// @dev What {ClusterLine} has but its mappings: the model checker forgets what a library writes.
struct Line {
    uint112 rate;
    uint72 crossedTick;
    bool hasUnserved;
    int256 base;
    int256 unservedBase;
    UnservedLine unserved;
    uint120 unservedSince;
}

/// @dev Any line of a cluster at any index: rates below 2^100; what they make of an index below 2^120, or of U below 2^152, is in the bases.
function assumeLine(Line memory self, uint256 index) pure {
    require(self.rate < 2 ** 100 && index < 2 ** 120);
    require(self.base > -(2 ** 254) && self.base < 2 ** 254);
    require(self.unservedBase > -(2 ** 254) && self.unservedBase < 2 ** 254);
    require(self.unserved.share <= 2 ** Units.SHARE_BITS);
    require(self.unserved.offset > -(2 ** 152) && self.unserved.offset < 2 ** 152);
}

function earnedAt(Line memory self, uint256 index) pure returns (int256) {
    return self.base + int256(self.rate * index);
}

function withheldAt(Line memory self, uint256 unserved) pure returns (int256) {
    return self.unservedBase + int256(self.rate * unserved);
}

/// @notice A stream that changes its rate leaves what was earned before as it was.
contract RatesChangeFromNowOn {
    using SafeCast for uint256;

    function check(Line memory self, uint256 oldRate, uint256 newRate, uint256 index) external pure {
        assumeLine(self, index);
        require(!self.hasUnserved && oldRate <= self.rate && newRate < 2 ** 96);
        int256 earned = earnedAt(self, index);
        uint256 rate = self.rate;
        // cut contracts/libraries/ClusterLines.sol from "self.rate = (rate + newRate - oldRate)" up to "// See the ranges above."
        unchecked {
            // cut contracts/libraries/ClusterLines.sol from "int256 difference = " up to "if (self.hasUnserved) self.unservedBase -= "
        }
        assert(uint256(self.rate) == rate - oldRate + newRate);
        assert(earnedAt(self, index) == earned);
    }
}

/// @notice A stream that changes its rate leaves what was unserved before as it was.
contract RatesChangeWhatIsUnservedFromNowOn {
    /// @param index U at the index: that is any number here.
    function check(int256 unservedBase, uint112 rate, uint112 newRate, uint256 index) external pure {
        require(rate < 2 ** 100 && newRate < 2 ** 100 && index < 2 ** 152);
        Line memory self;
        (self.unservedBase, self.rate, self.hasUnserved) = (unservedBase, rate, true);
        require(unservedBase > -(2 ** 254) && unservedBase < 2 ** 254);
        int256 before = withheldAt(self, index);
        int256 difference = int256(uint256(newRate)) - int256(uint256(rate));
        unchecked {
            // cut contracts/libraries/ClusterLines.sol from "if (self.hasUnserved) self.unservedBase -= " up to "}"
        }
        self.rate = newRate;
        assert(withheldAt(self, index) == before);
    }

    function unservedAt(Line memory, uint256 index) private pure returns (uint256) {
        return index;
    }
}

/// @dev A walk that comes past one end.
abstract contract AnyCrossing {
    struct Walk {
        uint256 ended;
        uint256 endedProduct;
    }

    /// @param endIndex Where the end is: its tick in units of the index.
    function _walk(uint256 rate, uint256 endIndex) internal pure returns (Walk memory walk) {
        (uint256 tick, uint256 tickBits) = (endIndex, 0);
        unchecked {
            // cut contracts/libraries/ClusterLines.sol from "walk.ended += rate;" up to "}"
        }
    }
}

/// @notice Of an end that is crossed, the line has what was earned up to there, and nothing after.
contract CrossedEndsEarnedUpToThere is AnyCrossing {
    function check(Line memory self, uint256 ended, uint256 endIndex, uint256 index) external pure {
        assumeLine(self, index);
        require(ended <= self.rate && endIndex <= index);
        int256 expected = earnedAt(self, index) - int256(ended * (index - endIndex));
        Walk memory walk = _walk(ended, endIndex);
        uint256 rate = self.rate;
        // cut contracts/libraries/ClusterLines.sol from "self.rate = uint112(rate - walk.ended);" up to "if (self.hasUnserved) {"
        assert(uint256(self.rate) == rate - ended);
        assert(earnedAt(self, index) == expected);
    }
}

/// @notice A refund takes nothing of what a cluster has served: what is late adds to it what was served of that, and at most one unit more.
contract RefundsAreWhatIsWithheld {
    function check(Line memory self, uint256 rate, AccruedAccount memory accrued, uint256 onLine, uint256 beyond) external pure {
        assumeLine(self, accrued.index);
        require(rate < 2 ** 96 && accrued.late < 2 ** 120 && onLine < 2 ** 248 && beyond <= rate * accrued.late * 2 ** Units.SHARE_BITS);
        (int256 base, int256 unservedBase) = (self.base, self.unservedBase);
        uint256 refund = 0;
        // cut contracts/libraries/ClusterLines.sol from "refund = (onLine + beyond) >> Units.SHARE_BITS;" up to "self.unservedUpTo[payer] ="
        unchecked {
            // cut contracts/libraries/ClusterLines.sol from "if (accrued.late != 0 || refund != 0) self.base +=" up to "}"
        }
        int256 servedLate = int256(rate * accrued.late * 2 ** Units.SHARE_BITS) - int256(beyond);
        int256 added = (self.base - base) * 2 ** 32 - (self.unservedBase - unservedBase);
        assert(added >= servedLate);
        assert(added < servedLate + 2 ** 32);
    }
}
