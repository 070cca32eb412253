namespace Orchestrator.Grpc.Tests.Interop;

public sealed class GrpcioServerTests() : ForeignServerTests("server.py");
