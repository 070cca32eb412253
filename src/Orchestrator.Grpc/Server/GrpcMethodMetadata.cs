using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>On every gRPC endpoint: which method it serves.</summary>
/// <param name="ServiceType">Null when an instance is served.</param>
/// <param name="Method">Its name and shape.</param>
public sealed record GrpcMethodMetadata(Type? ServiceType, IMethod Method);
