using Grpc.AspNetCore.Server;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Server;

/// <summary>Options of a service as its calls use them.</summary>
internal sealed class ServerTerms
{
    public ServerTerms(GrpcServiceOptions options)
    {
        MaxReceiveBytes = options.MaxReceiveMessageSize;
        MaxSendBytes = options.MaxSendMessageSize;
        DetailedErrors = options.EnableDetailedErrors ?? false;
        if (!MessageEncoding.TryFind(options.ResponseCompressionAlgorithm, out var encoding))
            throw new ArgumentException(
                $"ResponseCompressionAlgorithm is \"{options.ResponseCompressionAlgorithm}\"; "
                + $"set one of {WireNames.AcceptedEncodings}.");
        Encoding = options.ResponseCompressionLevel is { } level ? encoding?.AtLevel(level) : encoding;
    }

    public int? MaxReceiveBytes { get; }

    public int? MaxSendBytes { get; }

    public bool DetailedErrors { get; }

    public MessageEncoding? Encoding { get; }
}
