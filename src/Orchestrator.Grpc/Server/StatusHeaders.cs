using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Server;

/// <summary>Writes status and metadata into headers or trailers.</summary>
internal static class StatusHeaders
{
    public static void Write(IHeaderDictionary target, Status status, Metadata trailers)
    {
        target[WireNames.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
            target[WireNames.Message] = StatusText.Encode(status.Detail);
        Write(target, trailers);
    }

    public static void Write(IHeaderDictionary target, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!MetadataWire.IsReserved(entry.Key))
                target[entry.Key] = StringValues.Concat(target[entry.Key], MetadataWire.Encode(entry));
        }
    }

    public static Metadata Read(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                MetadataWire.Receive(metadata, name, value);
        }

        return metadata;
    }
}
