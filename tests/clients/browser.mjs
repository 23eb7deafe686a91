// A page of another origin that uses the documented client, in a real browser. Prints what came of each step as JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [tools, chromium, out, api, token] = process.argv.slice(2);
const { chromium: browserType } = createRequire(`${tools}/`)("playwright-core");

const ALLOWED = "http://localhost:5173";
const UNLISTED = "http://localhost:5999";
const FILES = {
  "/": ["text/html", '<script type="importmap">{"imports": {"openapi-fetch": "/openapi-fetch.js"}}</script><pre></pre>'],
  "/catalogue.js": ["text/javascript", readFileSync(`${out}/catalogue.js`, "utf8")],
  "/openapi-fetch.js": ["text/javascript", readFileSync(`${tools}/openapi-fetch/dist/index.mjs`, "utf8")],
};

const browser = await browserType.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         // Pages that are not loaded over the network count as far away, and the API as too near for them.
         "--disable-features=LocalNetworkAccessChecks"],
});
const page = await browser.newPage();
const sent = [];
page.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
const devtools = await page.context().newCDPSession(page);
await devtools.send("Network.enable");
const preflights = [];
devtools.on("Network.requestWillBeSent", ({ request, type }) => {
  if (type === "Preflight" || request.method === "OPTIONS") preflights.push(new URL(request.url).pathname);
});
// The page's own files come from here, whatever its origin; calls to the API go over the network.
for (const origin of [ALLOWED, UNLISTED]) {
  await page.route(`${origin}/**`, (route) => {
    const [contentType, body] = FILES[new URL(route.request().url()).pathname] ?? ["text/plain", ""];
    return route.fulfill({ contentType, body });
  });
}

const steps = async ([api, token]) => {
  const { catalogue, Refused } = await import("/catalogue.js");
  const client = catalogue(api, () => token);
  const refusal = async (call) => {
    try {
      return { answer: await call() };
    } catch (error) {
      return error instanceof Refused ? { status: error.status, problem: error.problem } : { failure: String(error) };
    }
  };
  const names = async (limit) => {
    const found = [];
    for await (const product of client.all(limit)) found.push(product.name);
    return found;
  };
  const found = { pages: await names(3), onePage: await names(100) };
  const body = { name: `Made in a browser`, description: "A page that calls.", price: 79.77, period: "per year", features: ["One domain"] };
  const key = crypto.randomUUID();
  const created = await client.create(body, key);
  found.created = created;
  found.repeated = await client.create(body, key);
  found.refused = await refusal(() => client.create({ ...body, name: "x", price: 0 }));
  found.updated = await client.update(created.product.productId, created.etag, { price: 10.01 });
  found.stale = await refusal(() => client.update(created.product.productId, created.etag, { price: 12 }));
  found.read = await client.get(created.product.productId);
  await client.retire(created.product.productId, found.read.etag);
  found.gone = await refusal(() => client.get(created.product.productId));
  found.anonymous = await refusal(() => catalogue(api).create(body));
  document.querySelector("pre").textContent = JSON.stringify(found.refused, null, 2);
  return found;
};

await page.goto(ALLOWED);
const found = await page.evaluate(steps, [api, token]);
found.preflights = preflights;
if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
await page.goto(UNLISTED);
found.unlisted = await page.evaluate(
  (api) => fetch(`${api}/v1.0/products`).then((answer) => answer.status, (error) => String(error)),
  api,
);
found.sent = sent;
await browser.close();
console.log(JSON.stringify(found));
