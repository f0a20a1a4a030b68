import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { Florin, freePair } from './florin.js';

// The sample imports the SDK by name, so it has to lie where that name is known.
const program = new URL(`./sample-${process.pid}.mjs`, import.meta.url);

describe('the samples of docs/integrate', () => {
  const florin = new Florin('sqlite');
  before(() => florin.start());
  after(() => Promise.all([florin.stop(), rm(program, { force: true })]));

  test('sdks/node.md pays, refunds, offers a page and hears of the payment', async () => {
    await write('sdks/node.md');
    const printed = await runUntil([/^pi_\w+ succeeded$/, /^re_\w+ succeeded$/, /^http:.*\/c\/cs_/, /^payment_intent\.succeeded pi_/]);
    assert.equal(printed.length, 4, printed.join('\n'));
  });

  test('ledger.md opens, posts, holds, posts in bulk and reads', async () => {
    await write('ledger.md');
    const printed = await runUntil([
      /^ltx_\w+ top-up:1$/, /^posted ltx_\w+$/, /^3 posted posted posted$/, /^41100 41100$/,
      /^credit 300 -> 41100, credit 200 -> 40800, credit 100 -> 40600, debit 9500 -> 40500, credit 50000 -> 50000$/,
    ]);
    assert.equal(printed.length, 5, printed.join('\n'));
  });

  async function write(name) {
    const page = await readFile(new URL(`../../docs/integrate/${name}`, import.meta.url), 'utf8');
    const [, sample] = page.match(/```js\n(.*?)```/s);
    await writeFile(program, sample
      .replaceAll('8080', new URL(florin.report.url).port)
      .replaceAll('3000', String(await freePair()))
      .replace("from 'stripe'", `from '${process.env.FLORIN_STRIPE_SDK ?? 'stripe'}'`));
  }
});

/** Runs the sample until a line of each kind has been printed, or it ends by itself. */
function runUntil(wanted) {
  return new Promise((resolve, reject) => {
    const sample = spawn(process.execPath, [program.pathname], { stdio: ['ignore', 'pipe', 'inherit'] });
    const printed = [];
    sample.once('error', reject);
    sample.once('exit', () => resolve(printed));
    createInterface({ input: sample.stdout }).on('line', line => {
      printed.push(line);
      if (wanted.every(kind => printed.some(had => kind.test(had)))) sample.kill();
    });
  });
}
