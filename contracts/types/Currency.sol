// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {IListingErrors, ITokenErrors} from "../interfaces/ISharedErrors.sol";

/// @dev The address of an ERC-20, or zero for the native currency of the chain.
type Currency is address;

using CurrencyTransfers for Currency global;

/// @title CurrencyTransfers
/// @notice Reads and moves the native currency and ERC-20s alike, and says what really moved.
/// @dev A token's answers are not trusted: no more of them than is needed is copied, and every wrong answer leads to an error with a name.
library CurrencyTransfers {
    /// @dev Maximum revert data that is bubbled up, in bytes.
    uint256 private constant MAX_REASON = 1024;
    uint256 private constant NATIVE_DECIMALS = 18;
    bytes4 private constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @notice Takes `amount` of an ERC-20 from `from`, by its allowance.
    /// @return received The amount that arrived, in base units: a fee on transfer makes it less than `amount`.
    function pull(Currency currency, address from, uint256 amount) internal returns (uint256 received) {
        uint256 before = currency.heldBy(address(this));
        if (!SafeERC20.trySafeTransferFrom(IERC20(Currency.unwrap(currency)), from, address(this), amount)) {
            _passOnReason();
            revert ITokenErrors.TokenTransferFailed(currency, from, address(this), amount);
        }
        uint256 afterwards = currency.heldBy(address(this));
        // A token that takes instead of giving has sent nothing.
        return afterwards > before ? afterwards - before : 0;
    }

    /// @notice Sends `amount` to `to`.
    /// @return cost The amount that left this contract, in base units: a dishonest token can make it more than `amount`.
    function push(Currency currency, address to, uint256 amount) internal returns (uint256 cost) {
        if (currency.isNative()) {
            // All gas goes along, as `to` may be a multisig; what it returns is not copied, so it cannot be made to cost memory.
            require(LowLevelCall.callNoReturn(to, amount, ""), ITokenErrors.NativeTransferFailed(to, amount));
            return amount;
        }
        uint256 before = currency.heldBy(address(this));
        if (!SafeERC20.trySafeTransfer(IERC20(Currency.unwrap(currency)), to, amount)) {
            _passOnReason();
            revert ITokenErrors.TokenTransferFailed(currency, address(this), to, amount);
        }
        uint256 afterwards = currency.heldBy(address(this));
        return before > afterwards ? before - afterwards : 0;
    }

    /// @notice The balance of `holder`, in base units.
    function heldBy(Currency currency, address holder) internal view returns (uint256) {
        if (currency.isNative()) return holder.balance;
        (bool answered, uint256 amount) = SafeTransferLib.checkBalanceOf(Currency.unwrap(currency), holder);
        require(answered, ITokenErrors.TokenUnavailable(currency));
        return amount;
    }

    /// @notice How much of an ERC-20 `spender` may take from `holder`, in base units.
    function allowanceOf(Currency currency, address holder, address spender) internal view returns (uint256) {
        bytes memory question = abi.encodeCall(IERC20.allowance, (holder, spender));
        (bool success, bytes32 answer, ) = LowLevelCall.staticcallReturn64Bytes(Currency.unwrap(currency), question);
        require(success && LowLevelCall.returnDataSize() >= 32, ITokenErrors.TokenUnavailable(currency));
        return uint256(answer);
    }

    /// @notice The currency's decimals, as the token says.
    function decimals(Currency currency) internal view returns (uint256) {
        if (currency.isNative()) return NATIVE_DECIMALS;
        bytes memory question = abi.encodeCall(IERC20Metadata.decimals, ());
        (bool success, bytes32 answer, ) = LowLevelCall.staticcallReturn64Bytes(Currency.unwrap(currency), question);
        require(success && LowLevelCall.returnDataSize() >= 32, IListingErrors.CurrencyNotToken(currency));
        return uint256(answer);
    }

    /// @notice Whether it is the native currency of the chain.
    function isNative(Currency currency) internal pure returns (bool) {
        return Currency.unwrap(currency) == address(0);
    }

    /// @dev Reverts with what the token has just said about a transfer that failed, if it is a reason: a selector and words, as neither
    /// `false` nor silence is. A panic explains nothing to whom it reaches.
    function _passOnReason() private pure {
        uint256 size = LowLevelCall.returnDataSize();
        if (size % 32 != 4 || size > MAX_REASON) return;
        bytes memory reason = LowLevelCall.returnData();
        if (bytes4(reason) != PANIC) LowLevelCall.bubbleRevert(reason);
    }
}
