using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>Runs a filter as the kernel would, and throws where the kernel would not have taken it.</summary>
internal static class BpfInterpreter
{
    public static uint Run(ReadOnlySpan<BpfInstruction> program, SeccompCall call) => Run(program, call, out _);

    /// <summary>How many instructions the answer takes.</summary>
    public static int Count(ReadOnlySpan<BpfInstruction> program, SeccompCall call)
    {
        Run(program, call, out var count);
        return count;
    }

    private static uint Run(ReadOnlySpan<BpfInstruction> program, SeccompCall call, out int count)
    {
        if (program.Length is 0 or > 4096)
            throw new InvalidOperationException($"{program.Length} instructions");
        var accumulator = 0u;
        count = 0;
        for (var i = 0; ; i++)
        {
            count++;
            var (code, jumpTrue, jumpFalse, k) = program[i];
            switch (code)
            {
                case BpfCode.Return:
                    return k;
                case BpfCode.Load:
                    accumulator = call[k];
                    break;
                case BpfCode.And:
                    accumulator &= k;
                    break;
                case BpfCode.Jump:
                    i += checked((int)k);
                    break;
                default:
                    i += Holds(code, accumulator, k) ? jumpTrue : jumpFalse;
                    break;
            }
        }
    }

    private static bool Holds(BpfCode code, uint accumulator, uint k) => code switch
    {
        BpfCode.JumpIfEqual => accumulator == k,
        BpfCode.JumpIfGreater => accumulator > k,
        BpfCode.JumpIfAtLeast => accumulator >= k,
        _ => throw new InvalidOperationException($"instruction {code}"),
    };
}
