using System.Runtime.InteropServices;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>One instruction of classic BPF, as struct sock_filter.</summary>
/// <param name="JumpTrue">Instructions to skip when the condition holds.</param>
/// <param name="JumpFalse">And when it does not.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(BpfCode Code, byte JumpTrue, byte JumpFalse, uint K);

/// <summary>The few instructions a filter needs, of those seccomp accepts. Source: linux/bpf_common.h.</summary>
internal enum BpfCode : ushort
{
    /// <summary>ja: on by K.</summary>
    Jump = 0x05,

    /// <summary>ret: the filter's word is K.</summary>
    Return = 0x06,

    JumpIfEqual = 0x15,

    JumpIfGreater = 0x25,

    JumpIfAtLeast = 0x35,

    /// <summary>ld: the accumulator takes the 32 bits of struct seccomp_data at offset K.</summary>
    Load = 0x20,

    /// <summary>and: the accumulator keeps the bits of K.</summary>
    And = 0x54,
}
