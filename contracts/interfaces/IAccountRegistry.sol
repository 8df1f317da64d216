// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../types/Currency.sol";
import {Funding} from "../types/Funding.sol";
import {ClusterId, CurrencyId} from "../types/Ids.sol";
import {IAccountErrors, IBalanceErrors, IDepositErrors, IListingErrors, IStreamErrors} from "./ISharedErrors.sol";

/// @title IAccountRegistry
/// @notice Keeps every token in custody: the deposits, and the streams that pay from them.
/// @dev Amounts called `scaled` are in the scaled unit. Streams are exact in it; fees and refunds are rounded down. One whole token is
/// 10^36 x 2,678,400 of them (the seconds of a month), whatever its decimals. All other amounts are in the token's base
/// units. An *index* is the integral over time of 10^36 / price; rate x difference of the index is an amount in scaled units.
interface IAccountRegistry is IStreamErrors, IAccountErrors, IBalanceErrors, IDepositErrors, IListingErrors {
    /// @notice The balance and the payments of an account in one currency.
    /// @param balance The amount that can be withdrawn now, without all that has streamed out, in base units, rounded down.
    /// @param ratePerMonth The sum of the rates of its streams (USD, 18 decimals, per month), while it is funded.
    /// @param coveredUntil When the balance runs out at the present rate and price (unix seconds): now if it has, and the
    /// largest value if nothing is owed.
    /// @param scaledBalance The balance in scaled units, exact.
    /// @param paidIndex How much of the currency's index the account has paid for.
    /// @param endIndex The currency's index at which the account's streams are registered to end; 0: they are not registered. Payments
    /// beyond it reach the clusters with the next touch.
    /// @param streamCount How many clusters it pays, at most 32.
    struct AccountStatus {
        uint256 balance;
        uint256 ratePerMonth;
        uint64 coveredUntil;
        uint256 scaledBalance;
        uint256 paidIndex;
        uint256 endIndex;
        uint256 streamCount;
    }

    /// @notice A listed currency.
    /// @param currencyId Its number, given in order from 1.
    /// @param decimals The token's decimals.
    /// @param paused Whether streams may neither start nor grow in it.
    /// @param tickBits How wide a tick is: 2^tickBits of the index, which took 42 to 85 minutes at the price at which
    /// the currency was listed. It never changes; from 48 to 98.
    /// @param scale How many scaled units one base unit is.
    /// @param indexPerSecond 10^36 / price: by how much the currency's index grows in a second.
    /// @param index The currency's index now.
    struct ListingStatus {
        CurrencyId currencyId;
        uint8 decimals;
        bool paused;
        uint8 tickBits;
        uint256 scale;
        uint256 indexPerSecond;
        uint256 index;
    }

    /// @notice The payments of one account to one cluster.
    /// @param clusterId The cluster.
    /// @param ratePerMonth USD (18 decimals) per month.
    /// @param scaledLate Payments that the cluster's revenue does not show yet: {touchAccount} passes them on.
    /// @param scaledUnserved The refund that {touchAccount} would give for time that the cluster did not serve.
    struct StreamStatus {
        ClusterId clusterId;
        uint256 ratePerMonth;
        uint256 scaledLate;
        uint256 scaledUnserved;
    }

    /// @notice The earnings of a cluster.
    /// @param currencyId The cluster's currency; 0: no stream has ever paid it.
    /// @param ratePerMonth The sum of the rates of the streams that are on the cluster's line (USD, 18 decimals, per month): those whose
    /// registered end has not been crossed.
    /// @param settledTick All registered ends up to this tick have been crossed.
    /// @param scaledRevenue The revenue that is earned and not distributed, now.
    /// @param scaledUnserved The amount withheld from the cluster for refunds of unserved time.
    /// @param isSettled Whether one call can settle the cluster up to now; if not, the amounts are as far as one call can.
    /// @param unservedShare The share that is not served now, in 2^-32.
    /// @param unservedSince The currency's index when that share last changed.
    struct LineStatus {
        CurrencyId currencyId;
        uint256 ratePerMonth;
        uint256 settledTick;
        uint256 scaledRevenue;
        uint256 scaledUnserved;
        bool isSettled;
        uint256 unservedShare;
        uint256 unservedSince;
    }

    /// @notice A change of what a payer pays to a cluster.
    /// @param payer The account that pays.
    /// @param clusterId The cluster that is paid.
    /// @param currencyId The cluster's currency.
    /// @param rate By how much the rate changes (USD, 18 decimals, per month).
    struct RateChange {
        address payer;
        ClusterId clusterId;
        CurrencyId currencyId;
        uint256 rate;
    }

    /// @notice How a pool is divided before the rest is shared by the nodes.
    /// @param clusterId The cluster whose pool it is.
    /// @param whole Whether to refuse a cluster that cannot be settled up to now in one call.
    /// @param networkFeeBps The network fee, in basis points of the pool.
    /// @param managementFeeBps The management fee, in basis points of what the network fee leaves.
    /// @param networkAccount The account that receives the network fee.
    /// @param manager The account that receives the management fee.
    struct Distribution {
        ClusterId clusterId;
        bool whole;
        uint16 networkFeeBps;
        uint16 managementFeeBps;
        address networkAccount;
        address manager;
    }

    /// @notice A deposit is credited.
    /// @param account The account.
    /// @param currency The currency.
    /// @param payer The account that paid it.
    /// @param amount The amount that arrived, in base units.
    /// @param scaledBalance The account's balance after it, in scaled units.
    event Deposited(address indexed account, Currency indexed currency, address indexed payer, uint256 amount, uint256 scaledBalance);

    /// @notice Tokens leave.
    /// @param account The account that they left.
    /// @param currency The currency.
    /// @param to The recipient.
    /// @param amount How many, in base units.
    /// @param scaledBalance The account's balance after it, in scaled units.
    event Withdrawn(address indexed account, Currency indexed currency, address indexed to, uint256 amount, uint256 scaledBalance);

    /// @notice The registry credits an account out of what a cluster has earned or out of a bond: a fee, a node's share, a bond.
    /// @dev The account is not touched: what it pays out of the credit reaches its clusters with its next touch.
    /// @param account The account.
    /// @param currencyId The currency.
    /// @param scaledAmount How much, in scaled units.
    /// @param scaledBalance The account's balance after it, in scaled units.
    event Credited(address indexed account, CurrencyId currencyId, uint256 scaledAmount, uint256 scaledBalance);

    /// @notice A bond leaves its provider's account. An account that pays streams is touched first.
    /// @param account The account.
    /// @param currencyId The currency.
    /// @param scaledAmount How much, in scaled units.
    /// @param scaledBalance The account's balance after it, in scaled units.
    event Debited(address indexed account, CurrencyId currencyId, uint256 scaledAmount, uint256 scaledBalance);

    /// @notice A stream starts, grows, shrinks or ends, for which its account is touched.
    /// @param payer The account that pays.
    /// @param clusterId The cluster that is paid.
    /// @param currencyId The cluster's currency.
    /// @param ratePerMonth The stream's new rate (USD, 18 decimals, per month).
    /// @param accountRatePerMonth The new sum of the account's rates in this currency.
    /// @param scaledBalance The rest of the account's balance.
    /// @param paidIndex The account's paid index. Before it the stream had its old rate.
    /// @param endIndex As in {AccountTouched}.
    event StreamChanged(
        address indexed payer,
        ClusterId indexed clusterId,
        CurrencyId indexed currencyId,
        uint256 ratePerMonth,
        uint256 accountRatePerMonth,
        uint256 scaledBalance,
        uint256 paidIndex,
        uint256 endIndex
    );

    /// @notice An account that pays streams is touched: its clusters know of all that it has paid, and its streams are registered to end at
    /// the last tick before it runs out of funds.
    /// @param account The account.
    /// @param currencyId The currency.
    /// @param scaledBalance The rest of its balance.
    /// @param paidIndex How much of the currency's index it has paid for.
    /// @param endIndex The currency's index at which all its streams are registered to end; 0: less than a tick is left.
    event AccountTouched(
        address indexed account,
        CurrencyId indexed currencyId,
        uint256 scaledBalance,
        uint256 paidIndex,
        uint256 endIndex
    );

    /// @notice Registered ends of a cluster's streams are crossed, or the cluster is settled up to a later tick without any.
    /// @param settledIndex The currency's index up to which all ends are crossed; divided by 2^tickBits it is the settled tick.
    /// @param ratePerMonth The sum of the rates of the streams that are left (USD, 18 decimals, per month).
    event ClusterSettled(ClusterId indexed clusterId, uint256 settledIndex, uint256 ratePerMonth);

    /// @notice A payer's account gets back what it paid for time that a cluster did not serve.
    /// @param payer The account.
    /// @param clusterId The cluster.
    /// @param scaledAmount How much, in scaled units.
    event UnservedRefunded(address indexed payer, ClusterId indexed clusterId, uint256 scaledAmount);

    /// @notice From now on another share of what a cluster's owners pay for is not served.
    /// @param clusterId The cluster.
    /// @param share The share in 2^-32, rounded down.
    event UnservedShareChanged(ClusterId indexed clusterId, uint256 share);

    /// @notice A currency is listed. Its index starts at zero.
    /// @param currency The token, zero for the native currency.
    /// @param currencyId Its number.
    /// @param decimals Its decimals.
    /// @param tickBits As in {ListingStatus}.
    /// @param indexPerSecond By how much its index grows in a second.
    event CurrencyListed(Currency indexed currency, CurrencyId indexed currencyId, uint8 decimals, uint8 tickBits, uint256 indexPerSecond);

    /// @notice A currency's index goes on at another speed, as its price has changed.
    /// @param currencyId The currency.
    /// @param indexPerSecond By how much its index grows in a second from now on.
    /// @param index Its index at that moment.
    event IndexSpeedChanged(CurrencyId indexed currencyId, uint256 indexPerSecond, uint256 index);

    /// @notice Streams in a currency may no longer start or grow, or they may again.
    /// @param currencyId The currency.
    /// @param paused Which of the two.
    event PauseChanged(CurrencyId indexed currencyId, bool paused);

    /// @notice No stream has ever paid the cluster, or there is none with this id.
    error ClusterNeverPaid(ClusterId clusterId);
    /// @notice Tokens are withdrawn neither to the zero address nor to the registry.
    error RecipientInvalid(address to);
    /// @notice The token took more from the registry than was withdrawn.
    error WithdrawalOvercharged(Currency currency, uint256 cost, uint256 amount);

    /// @notice Deposits into the caller's account.
    /// @dev With a token, what arrives is credited (less than `amount` if it takes a fee), by the caller's allowance.
    /// @param currency The currency; the call carries `amount` of ether for the native one, and none otherwise.
    /// @param amount Base units.
    function deposit(Currency currency, uint256 amount) external payable;

    /// @notice Deposits into any account.
    /// @param account The account that may withdraw it.
    /// @param currency The currency; the call carries `amount` of ether for the native one, and none otherwise.
    /// @param amount Base units, by the caller's allowance.
    function depositFor(address account, Currency currency, uint256 amount) external payable;

    /// @notice Deposits a token into any account by the caller's ERC-2612 permit instead of an allowance.
    /// @dev A permit that fails does not matter where the allowance suffices: another account may have sent it ahead.
    /// @param account The account that may withdraw it.
    /// @param currency The token.
    /// @param amount Base units; the permit is for exactly these.
    /// @param deadline Until when the permit is good (unix seconds).
    /// @param v Signature.
    /// @param r Signature.
    /// @param s Signature.
    function depositWithPermit(
        address account,
        Currency currency,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Withdraws from the caller's account. Nothing can pause or prevent it.
    /// @param currency The currency.
    /// @param amount Base units; the largest `uint256`: all there is.
    /// @param to The recipient.
    function withdraw(Currency currency, uint256 amount, address to) external;

    /// @notice Lists a currency. For the price registry.
    /// @param currency An ERC-20 of 0 to 24 decimals, or zero for the native currency (18 decimals).
    /// @param indexPerSecond 10^36 / price: by how much its index grows in a second, from 10^11 to 10^26.
    /// @return currencyId Its number.
    function listCurrency(Currency currency, uint256 indexPerSecond) external returns (CurrencyId currencyId);

    /// @notice Lets a currency's index grow at another speed from now on. For the price registry.
    /// @param currencyId A listed currency.
    /// @param indexPerSecond 10^36 / price, from 10^11 to 10^26.
    /// @return index The currency's index now.
    function setIndexSpeed(CurrencyId currencyId, uint256 indexPerSecond) external returns (uint256 index);

    /// @notice Keeps streams from starting or growing in a currency, or lets them again. For the price registry.
    /// @param currencyId A listed currency.
    /// @param paused Which of the two.
    function setPaused(CurrencyId currencyId, bool paused) external;

    /// @notice Deposits into an account on behalf of its holder, who is calling another registry. For the bucket and the terms registry.
    /// @dev Takes ether that is sent along, or tokens by the holder's allowance or permit.
    /// @param account The holder: both the source of the tokens and the account that is credited.
    function fundAccount(address account, CurrencyId currencyId, Funding calldata funding) external payable;

    /// @notice Raises what a payer pays to a cluster. For the bucket registry.
    /// @dev A payer need not be funded: the stream then runs from the next deposit on.
    /// @return paidIndex The payer's paid index now.
    function raiseRate(RateChange calldata change) external returns (uint256 paidIndex);

    /// @notice Lowers what a payer pays to a cluster. For the bucket registry.
    /// @return paidIndex The payer's paid index now.
    function lowerRate(RateChange calldata change) external returns (uint256 paidIndex);

    /// @notice Passes on what an account has paid and its clusters do not know of, hands out its refunds, and moves the ends of its
    /// streams to where it now runs out of funds. For anyone; an account without streams is left alone.
    /// @dev Deposits, withdrawals and changes of rates do the same. Credits do not: they count for the clusters from the next touch on.
    /// @param account The account.
    /// @param currency The currency.
    function touchAccount(address account, Currency currency) external;

    /// @notice Settles a cluster with all its payers. For anyone.
    /// @dev Revenue needs no settling. This call only crosses the ends of streams that have been passed, 17 to 34 ticks a day at the
    /// listing's price. It is needed when more of them have been passed than a distribution can cross.
    /// @param maxTicks How many ticks with ends to cross at most; 256 ticks without one count as one.
    /// @return isSettled Whether all ends up to now have been crossed.
    function settleCluster(ClusterId clusterId, uint256 maxTicks) external returns (bool isSettled);

    /// @notice Touches a payer's account, and settles a cluster. For anyone.
    function settlePayment(address payer, ClusterId clusterId) external;

    /// @notice Settles a cluster and takes its pool: credits both fees, and hands over the rest to be shared. For the cluster registry.
    /// @return networkFee The credit of the network's account, in scaled units, rounded down.
    /// @return managementFee The credit of the manager's account, in scaled units, rounded down.
    /// @return shares The amount that the cluster registry now has to share, in scaled units.
    function takePool(Distribution calldata distribution) external returns (uint256 networkFee, uint256 managementFee, uint256 shares);

    /// @notice Notes which share of what a cluster's owners pay for it does not serve from now on. For the cluster registry.
    /// @param currencyId The cluster's currency.
    /// @param share The share in 2^-32, rounded down.
    function setUnservedShare(ClusterId clusterId, CurrencyId currencyId, uint256 share) external;

    /// @notice Credits what a cluster owes to an account. For the cluster registry and the terms registry.
    /// @param account The account.
    /// @param currencyId The cluster's currency.
    /// @param scaledAmount Scaled units, out of what `takePool` or `debit` handed over.
    function credit(address account, CurrencyId currencyId, uint256 scaledAmount) external;

    /// @notice Takes a bond out of an account. For the terms registry.
    /// @param amount Base units.
    /// @return scaledAmount The same in scaled units.
    function debit(address account, CurrencyId currencyId, uint256 amount) external returns (uint256 scaledAmount);

    /// @notice The balance and the payments of an account in a currency.
    function getAccount(address account, Currency currency) external view returns (AccountStatus memory);

    /// @notice The payments of an account to a cluster; all zero but the cluster if it pays nothing.
    function getStream(address payer, ClusterId clusterId) external view returns (StreamStatus memory);

    /// @notice All streams of an account in a currency, at most 32.
    function listStreams(address account, Currency currency) external view returns (StreamStatus[] memory);

    /// @notice The earnings of a cluster.
    function getLine(ClusterId clusterId) external view returns (LineStatus memory);

    /// @notice The sum of the rates (USD, 18 decimals, per month) of a cluster's streams that are registered to end at a tick; once it has
    /// been crossed in a cluster with unserved time, 2^255 and what was not served up to it.
    /// @param tick The currency's index divided by 2^tickBits.
    function endsAt(ClusterId clusterId, uint256 tick) external view returns (uint256);

    /// @notice The undistributed revenue of a cluster, in scaled units: now, or as far as one call can settle the cluster.
    function poolOf(ClusterId clusterId) external view returns (uint256 scaledAmount);

    /// @notice The amount of a currency that the registry holds, and the amount that it owes, for anyone to compare.
    /// @return held The registry's own balance, in base units.
    /// @return owed All deposits credited less all withdrawals, in base units.
    function custody(Currency currency) external view returns (uint256 held, uint256 owed);

    /// @notice A listed currency. Reverts if it is not listed.
    function getListing(Currency currency) external view returns (ListingStatus memory);

    /// @notice The number of a listed currency. Reverts if it is not listed.
    function currencyIdOf(Currency currency) external view returns (CurrencyId);

    /// @notice The currency with a number, how many scaled units its base unit is, and tokens per USD as its index counts them.
    /// @return currency The token, zero for the native currency.
    /// @return scale Scaled units per base unit.
    /// @return indexPerSecond 10^36 / price: by how much the currency's index grows in a second.
    function currencyOf(CurrencyId currencyId) external view returns (Currency currency, uint256 scale, uint256 indexPerSecond);

    /// @notice The highest number that a currency has been given so far; 0 if none has.
    function lastCurrencyId() external view returns (CurrencyId);

    /// @notice How far an account has paid.
    /// @return index The currency's index now.
    /// @return paidIndex How much of it the account has paid for.
    /// @return indexPerSecond By how much the currency's index grows in a second.
    /// @return coveredUntil As in {AccountStatus}.
    /// @return depleted Whether the account pays nothing now although it owes.
    function coverageOf(
        address account,
        CurrencyId currencyId
    ) external view returns (uint256 index, uint256 paidIndex, uint256 indexPerSecond, uint64 coveredUntil, bool depleted);

    /// @notice The registry that may list and pause currencies, and change the speed of their indexes.
    function PRICE_REGISTRY() external view returns (address);

    /// @notice The registry that may take pools and credit shares.
    function CLUSTER_REGISTRY() external view returns (address);

    /// @notice The registry that may raise and lower streams.
    function BUCKET_REGISTRY() external view returns (address);

    /// @notice The registry that may take and give back bonds.
    function TERMS_REGISTRY() external view returns (address);
}
