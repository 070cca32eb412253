using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Puts an eBPF program between a v2 cgroup and the devices it opens or makes nodes of.</summary>
/// <remarks>Source: bpf(2); include/uapi/linux/bpf.h. Attached with ALLOW_MULTI, so that programs of the cgroups above
/// still have their say. The cgroup holds the program: it goes with it.</remarks>
public static unsafe partial class DeviceFilter
{
    private const int Load = 5, Attach = 8, Detach = 9, FdById = 13, Query = 16;
    private const uint TypeDevice = 15, AttachDevice = 6, AllowMulti = 2, ReplaceOne = 4;
    private const int AttributeWords = 32;

    /// <param name="cgroup">Directory of a v2 cgroup.</param>
    /// <param name="program">Instructions as the kernel's struct bpf_insn, eight bytes each.</param>
    /// <remarks>A program that was there before is replaced at once: at no moment is everything allowed, or nothing.
    /// </remarks>
    /// <exception cref="LinuxException">EPERM: needs CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN. EINVAL: the kernel is
    /// built without CONFIG_CGROUP_BPF, or its verifier refuses the program.</exception>
    public static void Replace(string cgroup, ReadOnlySpan<ulong> program)
    {
        using var directory = FileDescriptor.Open(cgroup, OpenFlags.O_DIRECTORY);
        using var loaded = new FileDescriptor(LoadProgram(program));
        var old = Attached(directory.Fd).ConvertAll(id => new FileDescriptor(OpenProgram(id)));
        try
        {
            var replaced = old.Count == 1 ? old[0] : null;
            AttachTo(directory.Fd, loaded.Fd, replaced, cgroup);
            if (replaced is null)
                old.ForEach(o => DetachFrom(directory.Fd, o.Fd, cgroup));
        }
        finally
        {
            old.ForEach(o => o.Dispose());
        }
    }

    /// <summary>How many programs decide on this cgroup's devices, those of the cgroups above not counted.</summary>
    public static int Count(string cgroup)
    {
        using var directory = FileDescriptor.Open(cgroup, OpenFlags.O_DIRECTORY);
        return Attached(directory.Fd).Count;
    }

    private static int LoadProgram(ReadOnlySpan<ulong> program)
    {
        fixed (ulong* instructions = program)
        fixed (byte* license = "Apache-2.0"u8)
        {
            var attribute = stackalloc uint[AttributeWords];
            new Span<uint>(attribute, AttributeWords).Clear();
            attribute[0] = TypeDevice;
            attribute[1] = (uint)program.Length;
            *(ulong*)(attribute + 2) = (ulong)instructions;
            *(ulong*)(attribute + 4) = (ulong)license;
            "orch_devices"u8.CopyTo(new Span<byte>(attribute + 12, 16));
            return Call(Load, attribute, "load of a device filter");
        }
    }

    private static void AttachTo(int directory, int program, FileDescriptor? replaced, string cgroup)
    {
        var attribute = stackalloc uint[AttributeWords];
        new Span<uint>(attribute, AttributeWords).Clear();
        attribute[0] = (uint)directory;
        attribute[1] = (uint)program;
        attribute[2] = AttachDevice;
        attribute[3] = AllowMulti | (replaced is null ? 0 : ReplaceOne);
        attribute[4] = (uint)(replaced?.Fd ?? 0);
        Call(Attach, attribute, $"device filter of {cgroup}");
    }

    private static void DetachFrom(int directory, int program, string cgroup)
    {
        var attribute = stackalloc uint[AttributeWords];
        new Span<uint>(attribute, AttributeWords).Clear();
        attribute[0] = (uint)directory;
        attribute[1] = (uint)program;
        attribute[2] = AttachDevice;
        Call(Detach, attribute, $"device filter of {cgroup}");
    }

    private static List<uint> Attached(int directory)
    {
        const int most = 64; // BPF_CGROUP_MAX_PROGS.
        var ids = stackalloc uint[most];
        var attribute = stackalloc uint[AttributeWords];
        new Span<uint>(attribute, AttributeWords).Clear();
        attribute[0] = (uint)directory;
        attribute[1] = AttachDevice;
        *(ulong*)(attribute + 4) = (ulong)ids;
        attribute[6] = most;
        Call(Query, attribute, "query of device filters");
        return [.. new ReadOnlySpan<uint>(ids, (int)attribute[6])];
    }

    private static int OpenProgram(uint id)
    {
        var attribute = stackalloc uint[AttributeWords];
        new Span<uint>(attribute, AttributeWords).Clear();
        attribute[0] = id;
        return Call(FdById, attribute, $"device filter {id}");
    }

    private static int Call(int command, uint* attribute, string subject)
    {
        const long bpf = 321;
        var result = syscall(bpf, command, attribute, AttributeWords * sizeof(uint));
        return (int)LinuxException.Check(result, "bpf", subject);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, int command, uint* attribute, nuint size);
}
