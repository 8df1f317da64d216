// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";

/// @dev The address of an ERC-20, or zero for the native currency of the chain.
type Currency is address;

using CurrencyTransfers for Currency global;

/// @title CurrencyTransfers
/// @notice Moves the native currency and ERC-20s alike, and says what really moved.
library CurrencyTransfers {
    /// @notice Takes `amount` of an ERC-20 from `from`, by its allowance.
    /// @return received What arrived, in base units: a fee on transfer makes it less than `amount`.
    function pull(Currency currency, address from, uint256 amount) internal returns (uint256 received) {
        uint256 before = currency.heldBy(address(this));
        IERC20 token = IERC20(Currency.unwrap(currency));
        if (!SafeERC20.trySafeTransferFrom(token, from, address(this), amount)) {
            _passOnReason(currency, abi.encodeCall(IERC20.transferFrom, (from, address(this), amount)));
            revert IAccountRegistry.TokenTransferFailed(currency, from, address(this), amount);
        }
        uint256 afterwards = currency.heldBy(address(this));
        // A token that takes instead of giving has sent nothing.
        return afterwards > before ? afterwards - before : 0;
    }

    /// @notice Sends `amount` to `to`.
    /// @return cost What that cost this contract, in base units: a dishonest token can make it more than `amount`.
    function push(Currency currency, address to, uint256 amount) internal returns (uint256 cost) {
        if (currency.isNative()) {
            // All gas goes along, as `to` may be a multisig; what it returns is not copied, so it cannot be made to cost memory.
            require(LowLevelCall.callNoReturn(to, amount, ""), IAccountRegistry.NativeTransferFailed(to, amount));
            return amount;
        }
        uint256 before = currency.heldBy(address(this));
        if (!SafeERC20.trySafeTransfer(IERC20(Currency.unwrap(currency)), to, amount)) {
            _passOnReason(currency, abi.encodeCall(IERC20.transfer, (to, amount)));
            revert IAccountRegistry.TokenTransferFailed(currency, address(this), to, amount);
        }
        uint256 afterwards = currency.heldBy(address(this));
        return before > afterwards ? before - afterwards : 0;
    }

    /// @notice What `holder` holds, in base units.
    function heldBy(Currency currency, address holder) internal view returns (uint256) {
        return currency.isNative() ? holder.balance : IERC20(Currency.unwrap(currency)).balanceOf(holder);
    }

    /// @notice Whether it is the native currency of the chain.
    function isNative(Currency currency) internal pure returns (bool) {
        return Currency.unwrap(currency) == address(0);
    }

    /// @dev Makes a call that failed once more, to revert with what the token says about it, if it says anything.
    function _passOnReason(Currency currency, bytes memory call) private {
        bool success = LowLevelCall.callNoReturn(Currency.unwrap(currency), call);
        if (!success && LowLevelCall.returnDataSize() != 0) LowLevelCall.bubbleRevert();
    }
}
