// Loaded by mocha's workers: what a failed test compared goes to the reporter as JSON, which has no BigInts.
const send = process.send;
const asText = (_key, value) => (typeof value === "bigint" ? `${value}n` : value);

if (send) process.send = (message, ...others) => send.call(process, JSON.parse(JSON.stringify(message, asText)), ...others);
