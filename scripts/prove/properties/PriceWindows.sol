// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PriceWindow, PriceWindows} from "../../../contracts/libraries/PriceWindows.sol";
import {Units} from "../../../contracts/libraries/Units.sol";

/// @dev Any windows, and a price within those that are open. That prices stay within them is {PricesStayWithinWindows}.
abstract contract AnyWindows {
    using PriceWindows for PriceWindow;

    PriceWindow internal self;

    function _assume(PriceWindow memory windows, uint88 price) internal {
        require(windows.hourOpenedAt <= block.timestamp && windows.dayOpenedAt <= block.timestamp && block.timestamp < 2 ** 40);
        require(_isPrice(windows.hourPrice) && _isPrice(windows.dayPrice) && _isPrice(price));
        self = windows;
        require(_isWithinWindows(price));
    }

    function _reopen(uint256 price) internal {
        // body of reopen of contracts/libraries/PriceWindows.sol
    }

    function _isPrice(uint256 price) internal pure returns (bool) {
        return price >= Units.MIN_PRICE && price <= Units.MAX_PRICE;
    }

    /// @dev Said without rounding: half <= price <= twice, a quarter <= price <= four times.
    function _isWithinWindows(uint88 price) internal view returns (bool) {
        uint256 value = price;
        uint256 hour = self.hourPrice;
        uint256 day = self.dayPrice;
        bool hourOver = block.timestamp >= uint256(self.hourOpenedAt) + 3_600;
        bool dayOver = block.timestamp >= uint256(self.dayOpenedAt) + 86_400;
        return (hourOver || (2 * value >= hour && value <= 2 * hour)) && (dayOver || (4 * value >= day && value <= 4 * day));
    }
}

/// @notice The bounds of a price lie within the range of prices, with the price in force between them.
contract BoundsHoldThePrice is AnyWindows {
    using PriceWindows for PriceWindow;

    function check(PriceWindow memory windows, uint88 price) external {
        _assume(windows, price);
        (uint256 minimum, uint256 maximum) = self.bounds(price);
        assert(Units.MIN_PRICE <= minimum && minimum <= price);
        assert(price <= maximum && maximum <= Units.MAX_PRICE);
    }
}

/// @notice A price between the bounds is one within the windows that are open once it is set, at their prices and until their ends.
contract PricesStayWithinWindows is AnyWindows {
    using PriceWindows for PriceWindow;

    function check(PriceWindow memory windows, uint88 price, uint88 next) external {
        _assume(windows, price);
        (uint256 minimum, uint256 maximum) = self.bounds(price);
        bool allowed = minimum <= next && next <= maximum;
        _reopen(price);
        assert(self.hourOpenedAt == (block.timestamp < uint256(windows.hourOpenedAt) + 3_600 ? windows.hourOpenedAt : block.timestamp));
        assert(self.dayOpenedAt == (block.timestamp < uint256(windows.dayOpenedAt) + 86_400 ? windows.dayOpenedAt : block.timestamp));
        assert(allowed == (_isPrice(next) && _isWithinWindows(next)));
    }
}

/// @notice Whom an open window refuses is told of a time to come, within a day; who is not refused is told of none.
contract RefusalsSayUntilWhen is AnyWindows {
    using PriceWindows for PriceWindow;

    function check(PriceWindow memory windows, uint88 price, uint256 wanted) external {
        _assume(windows, price);
        require(_isPrice(wanted));
        (uint256 minimum, uint256 maximum) = self.bounds(price);
        bool allowed = minimum <= wanted && wanted <= maximum;
        uint256 until = self.boundUntil(price, wanted);
        assert(!allowed || until == block.timestamp);
        bool open = block.timestamp < uint256(windows.hourOpenedAt) + 3_600 && block.timestamp < uint256(windows.dayOpenedAt) + 86_400;
        assert(allowed || !open || until > block.timestamp);
        assert(until >= block.timestamp && until <= block.timestamp + 86_400);
    }
}

/// @notice A price that opens both windows is kept in full.
contract WindowsOpenAtThePrice is AnyWindows {
    using PriceWindows for PriceWindow;

    function _open(uint256 price) private {
        // body of open of contracts/libraries/PriceWindows.sol
    }

    function check(uint256 price) external {
        require(_isPrice(price) && block.timestamp < 2 ** 40);
        _open(price);
        assert(self.hourPrice == price && self.dayPrice == price);
        assert(self.hourOpenedAt == block.timestamp && self.dayOpenedAt == block.timestamp);
    }
}
