using System.Runtime.InteropServices;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>A test against the library that runc compiles with. Skipped, with the reason, where it is not installed.
/// </summary>
internal sealed class LibseccompFactAttribute : FactAttribute
{
    public LibseccompFactAttribute()
    {
        if (!NativeLibrary.TryLoad(Libseccomp.Name, out _))
            Skip = $"needs {Libseccomp.Name}; on Debian it comes with runc";
    }
}

/// <summary>A profile compiled by libseccomp, told to it as runc does.</summary>
internal static class Libseccomp
{
    public const string Name = "libseccomp.so.2";

    private static readonly Dictionary<string, uint> Architectures = new()
    {
        ["SCMP_ARCH_X86"] = SeccompCall.I386, ["SCMP_ARCH_X86_64"] = SeccompCall.X86_64, ["SCMP_ARCH_X32"] = 0x4000003e,
    };

    /// <summary>A profile without the names that are newer than this library.</summary>
    public static SeccompSpec Known(SeccompSpec spec) => spec with
    {
        Syscalls =
        [
            .. spec.Syscalls!.Select(r => r with { Names = [.. r.Names.Where(n => seccomp_syscall_resolve_name(n) != -1)] })
                .Where(r => r.Names.Length > 0),
        ],
    };

    public static BpfInstruction[] Compile(SeccompSpec spec)
    {
        var defaultAction = Action(spec.DefaultAction, spec.DefaultErrnoRet);
        var context = seccomp_init(defaultAction);
        Assert.NotEqual(0, context);
        foreach (var architecture in (spec.Architectures ?? []).Where(a => a != "SCMP_ARCH_X86_64"))
            Check(seccomp_arch_add(context, Architectures[architecture]));
        foreach (var rule in spec.Syscalls ?? [])
        {
            foreach (var number in rule.Names.Select(seccomp_syscall_resolve_name).Where(n => n != -1))
                Add(context, rule, number, defaultAction);
        }

        var program = Export(context);
        seccomp_release(context);
        return program;
    }

    private static void Add(nint context, SyscallRule rule, int number, uint defaultAction)
    {
        var action = Action(rule.Action, rule.ErrnoRet);
        if (action == defaultAction)
            return;
        var conditions = (rule.Args ?? []).Select(a => new Condition
        {
            Argument = a.Index, Op = Array.IndexOf(SeccompWords.Operators, a.Op) + 1, A = a.Value, B = a.ValueTwo,
        }).ToArray();
        Check(seccomp_rule_add_array(context, action, number, (uint)conditions.Length, conditions));
    }

    private static BpfInstruction[] Export(nint context)
    {
        using var file = MemoryFile.With("program", []);
        Check(seccomp_export_bpf(context, file.Fd));
        return MemoryMarshal.Cast<byte, BpfInstruction>(File.ReadAllBytes(file.ProcPath)).ToArray();
    }

    private static uint Action(string word, uint? errno) =>
        SeccompWords.Action(word)!.Value | (word is "SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE" ? errno ?? 1 : 0);

    private static void Check(int result) => Assert.True(result == 0, $"libseccomp: {result}");

    /// <summary>struct scmp_arg_cmp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Condition
    {
        public uint Argument;
        public int Op;
        public ulong A;
        public ulong B;
    }

    [DllImport(Name)] private static extern nint seccomp_init(uint action);

    [DllImport(Name)] private static extern void seccomp_release(nint context);

    [DllImport(Name)] private static extern int seccomp_arch_add(nint context, uint architecture);

    [DllImport(Name, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int seccomp_syscall_resolve_name(string name);

    [DllImport(Name)]
    private static extern int seccomp_rule_add_array(
        nint context, uint action, int number, uint count, [In] Condition[] conditions);

    [DllImport(Name)] private static extern int seccomp_export_bpf(nint context, int fd);
}
