namespace Orchestrator.Network.Encryption;

/// <summary>Marks that lead packets of encrypted overlays on their way. Single bits that nobody else is known to
/// use.</summary>
internal static class TunnelMarks
{
    public const uint WireGuard = 0x0040_0000, Esp = 0x0080_0000;
}
