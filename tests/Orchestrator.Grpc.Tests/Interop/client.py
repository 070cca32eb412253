"""Calls the server at argv[1] with grpcio; prints a line a scenario: its name, then ok or what went wrong."""
import sys
import time
import traceback

import grpc

channel = grpc.insecure_channel(sys.argv[1])
raw = "/interop.Raw/"
unary = channel.unary_unary(raw + "Unary")


def equal(expected, actual):
    assert expected == actual, f"expected {expected!r}, got {actual!r}"


def failure(code, run):
    try:
        run()
    except grpc.RpcError as e:
        equal(code, e.code())
        return e
    raise AssertionError("the call succeeded")


def echo():
    equal(b"hello", unary(b"hello", timeout=10))
    equal(b"", unary(b"", timeout=10))


def large():
    equal(b"x" * 3_000_000, unary(b"x" * 3_000_000, timeout=10))


def metadata():
    sent = (("x-echo", "text, with"), ("x-echo-bin", bytes(range(256))))
    reply, call = unary.with_call(b"", metadata=sent, timeout=10)
    for got in (call.initial_metadata(), call.trailing_metadata()):
        equal(set(sent), {(k, v) for k, v in got if k.startswith("x-echo")})


def server_stream():
    got = list(channel.unary_stream(raw + "ServerStream")(b"1000", timeout=10))
    equal([str(i).encode() for i in range(1000)], got)
    equal([], list(channel.unary_stream(raw + "ServerStream")(b"0", timeout=10)))


def client_stream():
    equal(b"abc", channel.stream_unary(raw + "ClientStream")(iter([b"a", b"b", b"c"]), timeout=10))
    equal(b"", channel.stream_unary(raw + "ClientStream")(iter([]), timeout=10))


def duplex():
    sent = [str(i).encode() * 1000 for i in range(200)]
    equal(sent, list(channel.stream_stream(raw + "Duplex")(iter(sent), timeout=10)))


def status_and_details():
    e = failure(grpc.StatusCode.NOT_FOUND, lambda: unary(b"", metadata=(("x-fail", "5"),), timeout=10))
    equal("näh: 100%\nline", e.details())
    equal(b"\x08\x05\xff\x00", dict(e.trailing_metadata())["grpc-status-details-bin"])
    equal("asked", dict(e.trailing_metadata())["x-why"])


def deadline():
    hang = channel.unary_stream(raw + "Hang")
    failure(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(hang(b"x", timeout=0.2)))
    _, call = unary.with_call(b"", timeout=10)
    assert dict(call.trailing_metadata())["x-request-timeout"], "the server saw no grpc-timeout"


def cancellation():
    count = channel.unary_unary(raw + "Cancelled")
    before = int(count(b"", timeout=10))
    call = channel.unary_stream(raw + "Hang")(b"x", timeout=30)
    equal(b"x", next(call))
    call.cancel()
    until = time.time() + 10
    while int(count(b"", timeout=10)) <= before:
        assert time.time() < until, "the handler was not cancelled"
        time.sleep(0.01)


def gzip():
    reply, call = unary.with_call(
        b"z" * 100_000, metadata=(("x-compress", "gzip"),), compression=grpc.Compression.Gzip, timeout=10)
    equal(b"z" * 100_000, reply)
    equal("gzip", dict(call.trailing_metadata())["x-request-encoding"])


def size_limit():
    failure(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: unary(b"x" * 5_000_000, timeout=10))
    equal(b"after", unary(b"after", timeout=10))


def unimplemented():
    failure(grpc.StatusCode.UNIMPLEMENTED, lambda: channel.unary_unary("/interop.Raw/No")(b"", timeout=10))
    failure(grpc.StatusCode.UNIMPLEMENTED, lambda: channel.unary_unary("/no.Such/No")(b"", timeout=10))


scenarios = (echo, large, metadata, server_stream, client_stream, duplex, status_and_details, deadline,
             cancellation, gzip, size_limit, unimplemented)
for scenario in scenarios:
    try:
        scenario()
        print(scenario.__name__, "ok", flush=True)
    except Exception:
        print(scenario.__name__, traceback.format_exc().replace("\n", " | "), flush=True)
