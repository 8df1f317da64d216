// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../types/Currency.sol";
import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";

/// @title IRegistryErrors
/// @notice Errors of every registry about functions for other registries.
interface IRegistryErrors {
    /// @notice Only another registry, fixed when this one was deployed, may call this function.
    error CallerNotRegistry(address caller);
}

/// @title IManagerErrors
/// @notice Errors of every contract with functions for the manager of a cluster.
interface IManagerErrors {
    /// @notice Only the cluster's manager may call this.
    error CallerNotManager(ClusterId clusterId, address caller, address manager);
}

/// @title IProviderErrors
/// @notice Errors of every contract with functions for the provider of a node.
interface IProviderErrors {
    /// @notice Only the node's provider may call this.
    error CallerNotProvider(NodeId nodeId, address caller, address provider);
}

/// @title IClusterIdErrors
/// @notice The error of whatever takes the id of a cluster.
interface IClusterIdErrors {
    /// @notice There is no cluster with this id.
    error ClusterUnknown(ClusterId clusterId);
}

/// @title INodeIdErrors
/// @notice The error of whatever takes the id of a node.
interface INodeIdErrors {
    /// @notice There is no node with this id.
    error NodeUnknown(NodeId nodeId);
}

/// @title IServiceErrors
/// @notice The error of what only a node that serves a cluster can do or suffer.
interface IServiceErrors {
    /// @notice The node serves no vnode of the cluster.
    error NodeNotInCluster(ClusterId clusterId, NodeId nodeId);
}

/// @title IJudgingErrors
/// @notice Errors of the terms registry that also reach the users of contracts that judge nodes.
interface IJudgingErrors is IServiceErrors {
    /// @notice Only the node's validator may do this (see {ITermsRegistry.validatorOf}).
    error CallerNotValidator(ClusterId clusterId, address caller, address validator);
    /// @notice The network fee's account receives slashed amounts, so it may be neither the validator nor a past or present manager of the
    /// cluster.
    error SlashRecipientInvolved(ClusterId clusterId, address networkAccount);
}

/// @title IAccountErrors
/// @notice The error of whatever gives something to an account.
interface IAccountErrors {
    /// @notice The account is the zero address, whose key does not exist.
    error AccountZero();
}

/// @title IParamsErrors
/// @notice Errors of every registry with params.
interface IParamsErrors {
    /// @notice The params are longer than the registry can keep (bytes).
    error ParamsTooLong(uint256 length, uint256 maximum);
}

/// @title ICurrencyErrors
/// @notice Errors of every registry about currencies.
interface ICurrencyErrors {
    /// @notice The currency is not listed.
    error CurrencyNotListed(Currency currency);
}

/// @title IListingErrors
/// @notice Errors of the account registry when the price registry lists a currency.
interface IListingErrors is ICurrencyErrors {
    /// @notice The currency is listed already.
    error CurrencyAlreadyListed(Currency currency);
    /// @notice No more currencies can be listed.
    error CurrencyLimitReached(uint256 maximum);
    /// @notice There is no token with decimals at this address.
    error CurrencyNotToken(Currency currency);
    /// @notice The token has more decimals than the registry can count exactly.
    error CurrencyDecimalsTooMany(Currency currency, uint256 decimals, uint256 maximum);
}

/// @title IStreamErrors
/// @notice Errors of the account registry that reach the users of all registries.
interface IStreamErrors is IRegistryErrors, ICurrencyErrors {
    /// @notice While the currency is paused, streams in it can neither start nor grow.
    error CurrencyPaused(CurrencyId currencyId);
    /// @notice The account would pay more than the registry can count (USD, 18 decimals, per month).
    error RateTooHigh(address payer, uint256 ratePerMonth, uint256 maximum);
    /// @notice The account pays as many clusters in this currency as it can.
    error StreamLimitReached(address payer, uint256 maximum);
    /// @notice So much time has passed since the cluster was last settled that it cannot be settled inside another call. Call
    /// {IAccountRegistry.settleCluster} first.
    /// @param settledIndex The currency's index up to which it is settled.
    /// @param index The currency's index now.
    error ClusterNotSettled(ClusterId clusterId, uint256 settledIndex, uint256 index);
}

/// @title IBalanceErrors
/// @notice Errors of the account registry about balances that do not suffice.
interface IBalanceErrors {
    /// @notice The balance does not cover the amount.
    /// @param available The balance, in base units.
    /// @param needed The amount, in base units.
    error InsufficientBalance(uint256 available, uint256 needed);
}

/// @title ITokenErrors
/// @notice Errors of the account registry about tokens and transfers that fail.
interface ITokenErrors {
    /// @notice The recipient refused native currency.
    error NativeTransferFailed(address to, uint256 amount);
    /// @notice The token does not answer `balanceOf` or `allowance` as a token does.
    error TokenUnavailable(Currency currency);
    /// @notice The token refused the transfer, and did not say why.
    error TokenTransferFailed(Currency currency, address from, address to, uint256 amount);
}

/// @title IDepositErrors
/// @notice Errors of the account registry about deposits, made directly or in a call to another registry.
interface IDepositErrors is ITokenErrors {
    /// @notice An amount of zero moves nothing.
    error AmountZero();
    /// @notice The token reported a transfer, but no tokens arrived.
    error DepositNotReceived(Currency currency, uint256 amount);
    /// @notice The ether sent differs from what the call needs: the amount with the native currency, none with a token.
    error EtherMismatch(uint256 sent, uint256 expected);
    /// @notice The native currency has no permits.
    error CurrencyWithoutPermit(Currency currency);
    /// @notice The token refused the permit, and the allowance does not suffice without it.
    error PermitFailed(Currency currency, address account, uint256 allowance, uint256 amount);
    /// @notice With this deposit the currency's custody would not fit the widths in which the registry counts.
    error CustodyExceeded(Currency currency, uint256 total, uint256 maximum);
}
