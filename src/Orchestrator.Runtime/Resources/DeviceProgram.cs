namespace Orchestrator.Runtime.Resources;

/// <summary>Device rules as an eBPF program, which the kernel asks at each open and mknod.</summary>
/// <remarks>
/// The last rule that names a device and a use decides. So the program goes through the rules from the last to the
/// first, with the uses not decided yet in a register: an allowing rule strikes its own off, and with none left the
/// answer is yes; a denying rule that has one of them makes it no.
/// Source: include/uapi/linux/bpf.h (struct bpf_cgroup_dev_ctx); Documentation/bpf/standardization/instruction-set.rst.
/// </remarks>
internal static class DeviceProgram
{
    // Registers. The kernel passes the context in R1 and takes the answer from R0.
    private const int Answer = 0, Context = 1, Use = 2, Type = 3, Major = 4, Minor = 5;

    // Opcodes: class, operation, operand.
    private const int Load32 = 0x61, Move = 0xb7, MoveRegister = 0xbf, And32 = 0x54, And = 0x57, ShiftRight = 0x77,
        JumpNotEqual32 = 0x56, JumpSet = 0x45, Jump = 0x05, Exit = 0x95;

    public static ulong[] Compile(IReadOnlyList<DeviceAccess> rules)
    {
        List<ulong> program =
        [
            // access_type is the use in its upper half and the type in its lower.
            Instruction(Load32, Use, Context, offset: 0),
            Instruction(MoveRegister, Type, Use),
            Instruction(And32, Type, value: 0xffff),
            Instruction(ShiftRight, Use, value: 16),
            Instruction(Load32, Major, Context, offset: 4),
            Instruction(Load32, Minor, Context, offset: 8),
        ];
        foreach (var rule in rules.Reverse())
        {
            if (rule.IsEverything) // Whatever came before it no longer counts; the verifier refuses dead code.
                return [.. program, .. Return(rule.Allow)];
            program.AddRange(Rule(rule));
        }

        return [.. program, .. Return(false)];
    }

    private static IEnumerable<ulong> Rule(DeviceAccess rule)
    {
        List<ulong> decision = rule.Allow
            ?
            [
                Instruction(And, Use, value: (int)(DeviceUse.All & ~rule.Use)),
                Instruction(JumpNotEqual32, Use, offset: 2, value: 0),
                .. Return(true),
            ]
            :
            [
                Instruction(JumpSet, Use, offset: 1, value: (int)rule.Use),
                Instruction(Jump, offset: 2),
                .. Return(false),
            ];
        List<(int Register, uint Value)> tests = [];
        if (rule.Type != DeviceType.Any)
            tests.Add((Type, (uint)rule.Type));
        if (rule.Major is { } major)
            tests.Add((Major, major));
        if (rule.Minor is { } minor)
            tests.Add((Minor, minor));
        // A test that fails jumps over the tests after it and the decision.
        return tests.Select((test, i) => Instruction(
                JumpNotEqual32, test.Register, offset: tests.Count - i - 1 + decision.Count, value: (int)test.Value))
            .Concat(decision);
    }

    private static IEnumerable<ulong> Return(bool allow) =>
        [Instruction(Move, Answer, value: allow ? 1 : 0), Instruction(Exit)];

    private static ulong Instruction(int code, int to = 0, int from = 0, int offset = 0, int value = 0) =>
        (byte)code | ((ulong)to << 8) | ((ulong)from << 12) | ((ulong)(ushort)offset << 16)
        | ((ulong)(uint)value << 32);
}
