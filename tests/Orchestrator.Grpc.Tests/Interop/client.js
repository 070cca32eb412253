// Calls the server at argv[2] with @grpc/grpc-js; prints a line a scenario: its name, then ok or what went wrong.
'use strict';
const assert = require('node:assert');
const grpc = require('@grpc/grpc-js');

const raw = '/interop.Raw/';
const same = (bytes) => bytes;
const make = (options) => new grpc.Client(process.argv[2], grpc.credentials.createInsecure(), options);
const client = make({});
const soon = (seconds) => ({ deadline: Date.now() + seconds * 1000 });

function call(path, bytes, { metadata = {}, seconds = 10, on = client } = {}) {
  const sent = new grpc.Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  return new Promise((resolve) => {
    const result = {};
    on.makeUnaryRequest(path, same, same, bytes, sent, soon(seconds), (error, reply) => {
      result.error = error;
      result.reply = reply;
    }).on('metadata', (headers) => { result.headers = headers; })
      .on('status', (status) => { result.trailers = status.metadata; setImmediate(() => resolve(result)); });
  });
}

function gather(stream) {
  return new Promise((resolve, reject) => {
    const all = [];
    stream.on('data', (bytes) => all.push(bytes.toString()));
    stream.on('end', () => resolve(all));
    stream.on('error', reject);
  });
}

const scenarios = {
  async echo() {
    assert.strictEqual((await call(raw + 'Unary', Buffer.from('hello'))).reply.toString(), 'hello');
    assert.strictEqual((await call(raw + 'Unary', Buffer.alloc(0))).reply.length, 0);
  },
  async large() {
    const sent = Buffer.alloc(3_000_000, 'x');
    assert.ok(sent.equals((await call(raw + 'Unary', sent)).reply));
  },
  async metadata() {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const got = await call(raw + 'Unary', Buffer.alloc(0), { metadata: { 'x-echo': 'text, with', 'x-echo-bin': bytes } });
    for (const metadata of [got.headers, got.trailers]) {
      assert.deepStrictEqual(metadata.get('x-echo'), ['text, with']);
      assert.deepStrictEqual(metadata.get('x-echo-bin'), [bytes]);
    }
  },
  async server_stream() {
    const numbers = (n) => Array.from({ length: n }, (_, i) => String(i));
    for (const n of [1000, 0]) {
      const stream = client.makeServerStreamRequest(
        raw + 'ServerStream', same, same, Buffer.from(String(n)), new grpc.Metadata(), soon(10));
      assert.deepStrictEqual(await gather(stream), numbers(n));
    }
  },
  async client_stream() {
    for (const parts of [['a', 'b', 'c'], []]) {
      const reply = await new Promise((resolve, reject) => {
        const stream = client.makeClientStreamRequest(
          raw + 'ClientStream', same, same, new grpc.Metadata(), soon(10),
          (error, bytes) => (error ? reject(error) : resolve(bytes)));
        parts.forEach((part) => stream.write(Buffer.from(part)));
        stream.end();
      });
      assert.strictEqual(reply.toString(), parts.join(''));
    }
  },
  async duplex() {
    const sent = Array.from({ length: 200 }, (_, i) => String(i).repeat(1000));
    const stream = client.makeBidiStreamRequest(raw + 'Duplex', same, same, new grpc.Metadata(), soon(10));
    const got = gather(stream);
    sent.forEach((text) => stream.write(Buffer.from(text)));
    stream.end();
    assert.deepStrictEqual(await got, sent);
  },
  async status_and_details() {
    const { error } = await call(raw + 'Unary', Buffer.alloc(0), { metadata: { 'x-fail': '5' } });
    assert.strictEqual(error.code, grpc.status.NOT_FOUND);
    assert.strictEqual(error.details, 'näh: 100%\nline');
    assert.deepStrictEqual(error.metadata.get('grpc-status-details-bin'), [Buffer.from([8, 5, 255, 0])]);
    assert.deepStrictEqual(error.metadata.get('x-why'), ['asked']);
  },
  async deadline() {
    const stream = client.makeServerStreamRequest(
      raw + 'Hang', same, same, Buffer.from('x'), new grpc.Metadata(), soon(0.2));
    await assert.rejects(gather(stream), (error) => error.code === grpc.status.DEADLINE_EXCEEDED);
    const { trailers } = await call(raw + 'Unary', Buffer.alloc(0));
    assert.notStrictEqual(trailers.get('x-request-timeout')[0], '');
  },
  async cancellation() {
    const count = async () => Number((await call(raw + 'Cancelled', Buffer.alloc(0))).reply.toString());
    const before = await count();
    const stream = client.makeServerStreamRequest(
      raw + 'Hang', same, same, Buffer.from('x'), new grpc.Metadata(), soon(30));
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('data', resolve));
    stream.cancel();
    const until = Date.now() + 10_000;
    while (await count() <= before) {
      assert.ok(Date.now() < until, 'the handler was not cancelled');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
  async gzip() {
    const gzip = make({ 'grpc.default_compression_algorithm': 2 });
    const sent = Buffer.alloc(100_000, 'z');
    const { reply, trailers } = await call(raw + 'Unary', sent, { metadata: { 'x-compress': 'gzip' }, on: gzip });
    assert.ok(sent.equals(reply));
    assert.deepStrictEqual(trailers.get('x-request-encoding'), ['gzip']);
    gzip.close();
  },
  async size_limit() {
    const { error } = await call(raw + 'Unary', Buffer.alloc(5_000_000));
    assert.strictEqual(error.code, grpc.status.RESOURCE_EXHAUSTED);
    assert.strictEqual((await call(raw + 'Unary', Buffer.from('after'))).reply.toString(), 'after');
  },
  async unimplemented() {
    for (const path of [raw + 'No', '/no.Such/No']) {
      const { error } = await call(path, Buffer.alloc(0));
      assert.strictEqual(error.code, grpc.status.UNIMPLEMENTED);
    }
  },
};

(async () => {
  for (const [name, run] of Object.entries(scenarios)) {
    try {
      await run();
      console.log(name, 'ok');
    } catch (error) {
      console.log(name, String(error.stack).replaceAll('\n', ' | '));
    }
  }
  client.close();
})();
