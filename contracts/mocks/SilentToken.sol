// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title SilentToken
/// @notice A token that reverts without saying why, as older ones do; its balances can be set, so that it can lie about them.
contract SilentToken {
    uint8 public immutable decimals;
    mapping(address holder => uint256) public balanceOf;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    /// @notice Makes a balance what it is said to be.
    function setBalance(address holder, uint256 amount) external {
        balanceOf[holder] = amount;
    }

    /// @notice Moves tokens without asking for an allowance.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _move(from, to, amount);
        return true;
    }

    /// @notice Moves tokens.
    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) private {
        if (balanceOf[from] < amount) {
            // Says nothing.
            assembly {
                revert(0, 0)
            }
        }
        unchecked {
            balanceOf[from] -= amount;
            balanceOf[to] += amount;
        }
    }
}
