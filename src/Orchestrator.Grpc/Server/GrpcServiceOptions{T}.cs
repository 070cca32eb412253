namespace Grpc.AspNetCore.Server;

/// <summary>Options of one service; they begin as those of all.</summary>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;
