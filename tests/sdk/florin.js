// Starts the real program, on each engine, for the tests of one file.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** The SDK under test: the newest, or the major before it. */
export const { default: Stripe } = await import(process.env.FLORIN_STRIPE_SDK ?? 'stripe');

const host = process.env.FLORIN_HOST
  ?? fileURLToPath(new URL('../../src/Florin.Host/bin/Release/net10.0/Florin.Host.dll', import.meta.url));
const postgres = process.env.FLORIN_TEST_POSTGRES;

/**
 * Runs the same tests on SQLite and on PostgreSQL; without FLORIN_TEST_POSTGRES the second half is shown as skipped.
 * @param {(florin: Florin) => void} tests declares them; the program runs once they do.
 * @param {string[]} options more options of `florin start`.
 */
export function onEachEngine(name, tests, options = []) {
  for (const engine of ['sqlite', 'postgres']) {
    const skip = engine === 'postgres' && !postgres ? 'FLORIN_TEST_POSTGRES is not set' : false;
    describe(`${name} on ${engine}`, { skip }, () => {
      const florin = new Florin(engine, options);
      before(() => florin.start());
      after(() => florin.stop());
      tests(florin);
    });
  }
}

/** One running Florin with its own data. */
export class Florin {
  constructor(engine, options = []) {
    this.engine = engine;
    this.options = options;
  }

  async start() {
    this.data = await mkdtemp(path.join(tmpdir(), 'florin-sdk-'));
    if (this.engine === 'postgres') await this.#createDatabase();
    // Another program may take a port between our look and the start; then the next pair is tried.
    for (let tries = 1; ; tries++) {
      try {
        this.report = await this.#run(await freePair());
        break;
      } catch (failure) {
        if (tries === 5) throw failure;
      }
    }
    this.stripe = this.client(this.report.secret_key);
  }

  async stop() {
    if (this.process && this.process.exitCode === null) {
      const gone = new Promise(resolve => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await gone;
    }
    if (this.database) await sql(postgres, `DROP DATABASE ${this.database} WITH (FORCE)`);
    if (this.data) await rm(this.data, { recursive: true, force: true });
  }

  /** Stripe's SDK as a merchant would set it up: another host and key, nothing else. */
  client(key, options = {}) {
    const { protocol, hostname, port } = new URL(this.report.url);
    return new Stripe(key, { host: hostname, port, protocol: protocol.slice(0, -1), ...options });
  }

  /** A plain request, for what the SDK would not send or not show. */
  fetch(method, url, { key = this.report.secret_key, headers = {}, body } = {}) {
    return fetch(new URL(url, this.report.url), {
      method,
      redirect: 'manual',
      headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers },
      body,
    });
  }

  /** A restricted key, made as its merchant makes one: on the back office's page. */
  async restrictedKey(rights) {
    const page = async (url, cookie) => (await fetch(new URL(url, this.report.url), { headers: { cookie } })).text();
    const tokenOf = html => [...html.matchAll(/name="form_token" value="([^"]+)"/g)].at(-1)[1];
    const post = (url, fields, cookie = '') => fetch(new URL(url, this.report.url), {
      method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams(fields),
    });
    const { back_office_email: email, back_office_password: password } = this.report;
    const door = await post('/office/sign-in', { form_token: tokenOf(await page('/office/sign-in')), email, password });
    const cookie = door.headers.get('set-cookie').split(';')[0];
    const form = tokenOf(await page('/office/keys/new', cookie));
    const made = await post('/office/keys/new', { form_token: form, name: 'SDK tests', kind: 'restricted', ...rights }, cookie);
    return (await made.text()).match(/frk_test_[0-9a-f]+/)[0];
  }

  sql(text, values) {
    return sql(this.databaseUrl, text, values);
  }

  async #createDatabase() {
    this.database = `florin_sdk_${randomBytes(6).toString('hex')}`;
    await sql(postgres, `CREATE DATABASE ${this.database}`);
    const url = new URL(postgres);
    url.pathname = `/${this.database}`;
    this.databaseUrl = url.href;
  }

  #run(port) {
    const args = [host, 'start', '--port', String(port), '--data', this.data, '--json', ...this.options];
    if (this.databaseUrl) args.push('--database', this.databaseUrl);
    this.process = spawn('dotnet', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    this.process.stderr.on('data', chunk => { errors += chunk; });
    return new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).on('line', line => {
        if (line.startsWith('{') && line.includes('"api_url"')) resolve(JSON.parse(line));
      });
      this.process.once('error', reject);
      this.process.once('exit', code => reject(new Error(`Florin ended with ${code}: ${errors}`)));
    });
  }
}

/** A port whose successor is free too: the sandbox takes that one. */
export async function freePair() {
  for (;;) {
    // Below the ports that go to outgoing connections, which would now and then take one before it is listened at.
    const port = 11_000 + 2 * Math.floor(Math.random() * 10_000);
    if (await isFree(port) && await isFree(port + 1)) return port;
  }
}

async function isFree(port) {
  const server = await listen(port).catch(() => null);
  if (server) await close(server);
  return server !== null;
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function close(server) {
  return new Promise(resolve => server.close(resolve));
}

async function sql(url, text, values) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** What a request was refused with; a request that succeeds fails the test. */
export async function refusalOf(request) {
  let answer;
  try {
    answer = await request;
  } catch (error) {
    return error;
  }
  throw new Error(`It was not refused: ${JSON.stringify(answer)}`);
}

/** Waits for something that happens by itself. */
export async function eventually(what, find, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`After ${seconds} s there was still no ${what}.`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

export const card = { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' };

export const paid = { amount: 1999, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };
