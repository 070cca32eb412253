using Google.Protobuf;

namespace Orchestrator.Protocol.Mapping;

/// <summary>Between secrets and configs of the model and the wire; total in both directions.</summary>
public static class Payloads
{
    /// <remarks>The bytes are shared, not copied: nobody changes either.</remarks>
    public static P.Payload ToProto(this M.Payload payload) => new()
    {
        Id = payload.Id.Value,
        Meta = payload.Meta.ToProto(),
        Annotations = payload.Annotations.ToProto(),
        Kind = (P.PayloadKind)payload.Kind,
        Data = UnsafeByteOperations.UnsafeWrap(payload.Data),
    };

    public static M.Payload ToModel(this P.Payload payload) => new()
    {
        Id = new(payload.Id),
        Meta = payload.Meta.ToModel(),
        Annotations = payload.Annotations.ToModel(),
        Kind = (M.PayloadKind)payload.Kind,
        Data = payload.Data.Memory,
    };

    public static P.PayloadReference ToProto(this M.PayloadReference reference) => new()
    {
        Kind = (P.PayloadKind)reference.Kind,
        Id = reference.Id.Value,
        Name = reference.Name,
        Target = reference.Target,
        Uid = reference.Uid,
        Gid = reference.Gid,
        Mode = reference.Mode,
    };

    public static M.PayloadReference ToModel(this P.PayloadReference reference) => new(
        (M.PayloadKind)reference.Kind, new(reference.Id), reference.Name, reference.Target, reference.Uid, reference.Gid,
        reference.Mode);
}
