// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title NoAllowanceToken
/// @notice A token that refuses without saying why, as older ones do, asks for no allowance, and has whatever balances it is told to.
contract NoAllowanceToken {
    uint8 private immutable DECIMALS;

    /// @notice The balance of a holder, in base units.
    mapping(address holder => uint256) public balanceOf;

    /// @notice Makes a token of which nobody has any.
    /// @param tokenDecimals The number of its decimals.
    constructor(uint8 tokenDecimals) {
        DECIMALS = tokenDecimals;
    }

    /// @notice Makes a balance what it is said to be.
    /// @param holder The holder.
    /// @param amount Base units.
    function setBalance(address holder, uint256 amount) external {
        balanceOf[holder] = amount;
    }

    /// @notice Moves `amount` to `to`.
    /// @return Always true.
    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    /// @notice Moves `amount` from anyone to `to`.
    /// @return Always true.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _move(from, to, amount);
        return true;
    }

    /// @notice The number of decimals.
    function decimals() external view returns (uint8) {
        return DECIMALS;
    }

    function _move(address from, address to, uint256 amount) private {
        // As `require` without a reason did; the linter asks for a custom error, which would be one.
        if (balanceOf[from] < amount) {
            assembly ("memory-safe") {
                revert(0, 0)
            }
        }
        unchecked {
            // The first was checked; the second may wrap, as this token keeps no total.
            balanceOf[from] -= amount;
            balanceOf[to] += amount;
        }
    }
}
