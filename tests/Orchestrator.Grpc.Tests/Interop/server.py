"""A gRPC server of bare bytes by grpcio: prints its port, serves until stdin closes."""
import sys
import time
from concurrent import futures

import grpc

cancelled = 0


def unary(request, context):
    sent = dict(context.invocation_metadata())
    echo = [(k, v) for k, v in context.invocation_metadata() if k.startswith("x-echo")]
    context.send_initial_metadata(echo)
    left = context.time_remaining()
    trailers = echo + [("x-has-deadline", "yes" if left is not None and left < 3600 else "no")]
    if "x-fail" in sent:
        code = next(c for c in grpc.StatusCode if c.value[0] == int(sent["x-fail"]))
        context.set_trailing_metadata(
            trailers + [("grpc-status-details-bin", b"\x08\x05\xff\x00"), ("x-why", "asked")])
        context.abort(code, "näh: 100%\nline")
    context.set_trailing_metadata(trailers)
    return request


def server_stream(request, context):
    for i in range(int(request)):
        yield str(i).encode()


def client_stream(requests, context):
    return b"".join(requests)


def duplex(requests, context):
    yield from requests


def hang(request, context):
    def ended():
        global cancelled
        cancelled += 1

    context.add_callback(ended)
    yield request
    while context.is_active():
        time.sleep(0.01)


def count_cancelled(request, context):
    return str(cancelled).encode()


handlers = {
    "Unary": grpc.unary_unary_rpc_method_handler(unary),
    "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream),
    "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream),
    "Duplex": grpc.stream_stream_rpc_method_handler(duplex),
    "Hang": grpc.unary_stream_rpc_method_handler(hang),
    "Cancelled": grpc.unary_unary_rpc_method_handler(count_cancelled),
}
server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), compression=grpc.Compression.Gzip)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("interop.Raw", handlers),))
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(None)
