namespace Orchestrator.Security;

/// <summary>A node's role as its certificate spells it, in the OU. The words are Swarm's.</summary>
public static class CertificateRoles
{
    public const string Worker = "swarm-worker";

    public const string Manager = "swarm-manager";

    public static string ToWord(this NodeRole role) => role == NodeRole.Manager ? Manager : Worker;

    public static bool TryParse(string? word, out NodeRole role)
    {
        role = word == Manager ? NodeRole.Manager : NodeRole.Worker;
        return word is Manager or Worker;
    }
}
