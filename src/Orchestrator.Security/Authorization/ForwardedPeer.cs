using Grpc.Core;

namespace Orchestrator.Security;

/// <summary>Metadata by which a manager names the caller whose call it passes on to the leader.</summary>
public static class ForwardedPeer
{
    private const string IdKey = "orch-forwarded-id";
    private const string RoleKey = "orch-forwarded-role";

    public static Metadata Write(PeerIdentity caller) =>
        new() { { IdKey, caller.Id.Value }, { RoleKey, caller.Role.ToWord() } };

    /// <summary>The named caller, whose cluster is the manager's; null: the call was not passed on.</summary>
    public static PeerIdentity? Read(Metadata headers) =>
        headers.GetValue(IdKey) is { Length: > 0 } id
            && CertificateRoles.TryParse(headers.GetValue(RoleKey), out var role)
            ? new PeerIdentity(new NodeId(id), role, default)
            : null;
}
