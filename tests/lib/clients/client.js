// npm's dockerode: streams above all, which it takes apart itself.
'use strict';
const assert = require('assert');
const fs = require('fs');
const { PassThrough } = require('stream');
const Docker = require('dockerode');

const docker = new Docker();
const image = process.env.IMAGE;

const collect = stream => new Promise((resolve, reject) => {
  const parts = [];
  stream.on('data', part => parts.push(part));
  stream.on('end', () => resolve(Buffer.concat(parts).toString()));
  stream.on('error', reject);
});

const follow = stream => new Promise((resolve, reject) =>
  docker.modem.followProgress(stream, (error, lines) => error ? reject(error) : resolve(lines)));

const checks = {
  async 'run demultiplexes'() {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const texts = Promise.all([collect(out), collect(err)]);
    const [result, container] = await docker.run(image, ['sh', '-c', 'echo o; echo e >&2; exit 5'], [out, err], { Tty: false });
    out.end(); err.end();
    assert.deepStrictEqual([result.StatusCode, ...await texts], [5, 'o\n', 'e\n']);
    await container.remove();
  },

  async 'run with a terminal'() {
    const out = new PassThrough();
    const text = collect(out);
    const [, container] = await docker.run(image, ['sh', '-c', 'test -t 0 && echo tty'], out, { Tty: true });
    out.end();
    assert.strictEqual(await text, 'tty\r\n');
    await container.remove();
  },

  async 'attach writes and reads over one connection'() {
    const container = await docker.createContainer({ Image: image, Cmd: ['cat'], OpenStdin: true, StdinOnce: true });
    const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
    const out = new PassThrough();
    const text = collect(out);
    container.modem.demuxStream(stream, out, out);
    stream.on('end', () => out.end());
    await container.start();
    stream.write('to and fro\n');
    stream.end();
    assert.strictEqual(await text, 'to and fro\n');
    assert.strictEqual((await container.wait()).StatusCode, 0);
    await container.remove();
  },

  async 'exec, resize and inspect'() {
    const container = await docker.createContainer({ Image: image, Cmd: ['sleep', '100'] });
    await container.start();
    const resized = 'for i in $(seq 200); do [ "$(stty size 2>/dev/null)" = "33 77" ] && exit 2; sleep 0.1; done';
    const exec = await container.exec({ Cmd: ['sh', '-c', resized], AttachStdout: true, Tty: true });
    const stream = await exec.start({ hijack: true, stdin: false, Tty: true });
    await exec.resize({ h: 33, w: 77 });
    assert.strictEqual(await collect(stream), '');
    assert.strictEqual((await exec.inspect()).ExitCode, 2);
    await assert.rejects(exec.resize({ h: 33, w: 77 }), { statusCode: 409 });
    await container.remove({ force: true });
  },

  async 'logs and stats follow'() {
    const container = await docker.createContainer({ Image: image, Cmd: ['sh', '-c', 'while sleep 0.1; do echo tick; done'] });
    await container.start();
    const logs = await container.logs({ follow: true, stdout: true });
    await new Promise(resolve => logs.once('data', resolve));
    logs.destroy();
    const stats = await container.stats({ stream: true });
    const first = JSON.parse(await new Promise(resolve => stats.once('data', resolve)));
    assert.ok(first.memory_stats.usage > 0 && first.cpu_stats.cpu_usage.total_usage > 0);
    stats.destroy();
    await container.stop({ t: 0 });
    await container.remove();
  },

  async 'events by filter'() {
    const stream = await docker.getEvents({ filters: { type: ['volume'] } });
    const heard = new Promise(resolve => stream.once('data', data => resolve(JSON.parse(data))));
    const volume = await docker.createVolume({ Name: 'jsv' });
    assert.deepStrictEqual([(await heard).Type, (await heard).Action], ['volume', 'create']);
    stream.destroy();
    await docker.getVolume('jsv').remove();
    assert.ok(volume);
  },

  async 'progress of import, push and pull'() {
    const name = `${process.env.REGISTRY}/js`;
    await follow(await docker.importImage(fs.createReadStream(`${process.env.WORK}/root.tar`), { repo: name, tag: '1' }));
    const pushed = await follow(await docker.getImage(`${name}:1`).push({ tag: '1', authconfig: { username: '', password: '' } }));
    assert.ok(pushed.some(line => line.aux && /^sha256:/.test(line.aux.Digest)), JSON.stringify(pushed.slice(-2)));
    await docker.getImage(`${name}:1`).remove();
    const pulled = await follow(await docker.pull(`${name}:1`));
    assert.ok(pulled.some(line => /^Status: Downloaded newer image/.test(line.status)), JSON.stringify(pulled.slice(-2)));
    await docker.getImage(`${name}:1`).remove();
  },

  async 'a pull that cannot be says why'() {
    await assert.rejects(async () => follow(await docker.pull(`${process.env.REGISTRY}/nobody:1`)), /not found|unknown|denied/i);
  },

  async 'archives in and out'() {
    const container = await docker.createContainer({ Image: image, Cmd: ['true'] });
    await container.putArchive(`${process.env.WORK}/root.tar`, { path: '/home' }).catch(error => assert.strictEqual(error.statusCode, 404));
    await container.putArchive(`${process.env.WORK}/root.tar`, { path: '/' });
    const stream = await container.getArchive({ path: '/bin/busybox' });
    assert.ok((await collect(stream)).length > 100000);
    await container.remove();
  },

  async 'errors carry status and message'() {
    await assert.rejects(docker.getContainer('nobody').inspect(), error => error.statusCode === 404 && /No such container/.test(error.json.message));
    await assert.rejects(docker.createNetwork({ Name: 'bridge' }), error => [403, 409].includes(error.statusCode));
  },

  async 'lists'() {
    assert.ok((await docker.listImages()).length > 0);
    assert.ok((await docker.listNetworks()).some(n => n.Name === 'bridge'));
    assert.deepStrictEqual(await docker.listContainers({ all: true }), []);
  },
};

(async () => {
  let failed = 0;
  for (const [name, body] of Object.entries(checks)) {
    try {
      await Promise.race([body(), new Promise((_, reject) => setTimeout(() => reject(new Error('not within 30 s')), 30000).unref())]);
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}: ${String(error.message).slice(0, 600).replace(/\n/g, ' ')}`);
    }
  }
  process.exit(failed ? 1 : 0);
})();
