// A gRPC server of bare bytes by @grpc/grpc-js: prints its port, serves until stdin closes.
'use strict';
const grpc = require('@grpc/grpc-js');

let cancelled = 0;

function unary(call, done) {
  const echo = new grpc.Metadata();
  const trailers = new grpc.Metadata();
  for (const key of Object.keys(call.metadata.getMap())) {
    if (!key.startsWith('x-echo')) continue;
    for (const value of call.metadata.get(key)) {
      echo.add(key, value);
      trailers.add(key, value);
    }
  }
  const deadline = call.getDeadline();
  trailers.set('x-has-deadline', deadline !== Infinity && deadline - Date.now() < 3600e3 ? 'yes' : 'no');
  call.sendMetadata(echo);
  const fail = call.metadata.get('x-fail')[0];
  if (fail !== undefined) {
    trailers.set('grpc-status-details-bin', Buffer.from([8, 5, 255, 0]));
    trailers.set('x-why', 'asked');
    done({ code: Number(fail), details: 'näh: 100%\nline', metadata: trailers });
    return;
  }
  done(null, call.request, trailers);
}

function serverStream(call) {
  for (let i = 0; i < Number(call.request.toString()); i++) call.write(Buffer.from(String(i)));
  call.end();
}

function clientStream(call, done) {
  const parts = [];
  call.on('data', (part) => parts.push(part));
  call.on('end', () => done(null, Buffer.concat(parts)));
}

function duplex(call) {
  call.on('data', (part) => call.write(part));
  call.on('end', () => call.end());
}

function hang(call) {
  call.on('cancelled', () => { cancelled++; });
  call.write(call.request);
}

const method = (name, requestStream, responseStream) => ({
  path: '/interop.Raw/' + name,
  requestStream,
  responseStream,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
});

const server = new grpc.Server({ 'grpc.default_compression_algorithm': 2 });
server.addService({
  Unary: method('Unary', false, false),
  ServerStream: method('ServerStream', false, true),
  ClientStream: method('ClientStream', true, false),
  Duplex: method('Duplex', true, true),
  Hang: method('Hang', false, true),
  Cancelled: method('Cancelled', false, false),
}, {
  Unary: unary,
  ServerStream: serverStream,
  ClientStream: clientStream,
  Duplex: duplex,
  Hang: hang,
  Cancelled: (call, done) => done(null, Buffer.from(String(cancelled))),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
