using System.Runtime.InteropServices;

namespace Orchestrator.Runtime.Seccomp;

/// <param name="Instructions">1 to 4096 of them.</param>
/// <param name="Flags">For seccomp(2).</param>
internal sealed record SeccompProgram(BpfInstruction[] Instructions, uint Flags)
{
    /// <summary>Loading it gives a listener, which somebody must answer on.</summary>
    public bool HasListener => (Flags & SeccompWords.FlagNewListener) != 0;

    /// <summary>As the kernel reads it.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes<BpfInstruction>(Instructions);
}
