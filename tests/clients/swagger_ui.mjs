// Swagger UI's page in a real browser: authorizes, then executes each operation with what the page has filled in.
// Prints what each was answered, and what went wrong, as JSON. SCREENSHOTS names a folder for pictures of every step.
import { createRequire } from "node:module";

const [tools, chromium, address, token] = process.argv.slice(2);
const { chromium: browserType } = createRequire(`${tools}/`)("playwright-core");

const browser = await browserType.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
page.setDefaultTimeout(30_000);
const found = { problems: [], elsewhere: [], executed: [] };
page.on("pageerror", (error) => found.problems.push(String(error)));
page.on("console", (message) => message.type() === "error" && found.problems.push(message.text()));
page.on("request", (request) => {
  const { protocol, origin } = new URL(request.url());
  if (protocol.startsWith("http") && origin !== new URL(address).origin) found.elsewhere.push(request.url());
});
const picture = (name, of = page) =>
  process.env.SCREENSHOTS ? of.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` }) : undefined;

await page.goto(address);
await page.locator(".opblock").first().waitFor();
await picture("opened");
found.version = await page.evaluate(() => globalThis.versions.swaggerUI.version);
await page.locator("button.authorize").first().click();
await page.locator(".auth-container input").fill(token);
await picture("authorize");
await page.locator(".auth-container button.authorize").click();
await page.locator(".auth-container button.btn-done").click();

for (const operation of await page.locator(".opblock").all()) {
  const name = (await operation.getAttribute("id")).split("-").at(-1);
  await operation.locator(".opblock-summary-control").click();
  await operation.locator(".try-out__btn").click();
  await picture(`${name}-filled-in`, operation);
  const [method, path] = await Promise.all([
    operation.locator(".opblock-summary-method").innerText(),
    operation.locator(".opblock-summary-path").getAttribute("data-path"),
  ]);
  const answered = page.waitForResponse((response) => response.request().method() === method);
  await operation.locator("button.execute").click();
  const response = await answered;
  const status = operation.locator(".live-responses-table .response-col_status").last();
  await status.waitFor();
  await picture(`${name}-executed`, operation);
  found.executed.push({
    operation: name,
    path,
    url: response.url(),
    shown: Number((await status.innerText()).match(/\d{3}/)[0]),
    documented: (await operation.locator("tr.response:not(.live-responses-table tr) .response-col_status").allInnerTexts())
      .map((each) => Number(each.trim())),
    headers: Object.keys(response.request().headers()),
    body: response.request().postData(),
    text: await response.text().catch(() => ""),
  });
  await operation.locator(".opblock-summary-control").click();
}
await browser.close();
console.log(JSON.stringify(found));
