namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>What a filter is asked about: struct seccomp_data without the instruction pointer.</summary>
internal sealed record SeccompCall(uint Architecture, uint Number, params ulong[] Arguments)
{
    public const uint X86_64 = 0xc000003e, I386 = 0x40000003, AArch64 = 0xc00000b7, X32Bit = 0x40000000;

    /// <summary>The 32 bits at an offset.</summary>
    public uint this[uint offset] => offset switch
    {
        0 => Number,
        4 => Architecture,
        >= 16 and < 64 => (uint)(Argument((int)(offset - 16) / 8) >> (offset % 8 == 0 ? 0 : 32)),
        _ => throw new InvalidOperationException($"a filter reads offset {offset}"),
    };

    private ulong Argument(int index) => index < Arguments.Length ? Arguments[index] : 0;
}
