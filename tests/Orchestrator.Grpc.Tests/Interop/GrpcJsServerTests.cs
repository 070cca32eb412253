namespace Orchestrator.Grpc.Tests.Interop;

public sealed class GrpcJsServerTests() : ForeignServerTests("server.js");
