// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title NoReturnToken
/// @notice A token of before the standard was settled, like USDT on the main network: its functions return nothing.
contract NoReturnToken {
    /// @notice Its decimals.
    uint8 public decimals = 6;
    /// @notice The balance of an account.
    mapping(address holder => uint256) public balanceOf;
    /// @notice The amount that an account lets another one take.
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    /// @notice Makes tokens out of nothing.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Lets somebody take tokens of the caller.
    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    /// @notice Moves tokens of the caller.
    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    /// @notice Moves tokens by an allowance.
    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
