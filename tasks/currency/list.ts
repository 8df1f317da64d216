import { defineRead } from "../support/define";
import { currenciesTable } from "../support/sections";

defineRead({
  name: "currency:list",
  description: "Lists the currencies and their prices",
  arguments: {},
  read: async (context) => {
    const currencies = await context.currencies();
    return [{ key: "currencies", text: currenciesTable(currencies), data: currencies }];
  },
});
