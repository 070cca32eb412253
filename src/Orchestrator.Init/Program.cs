using System.Runtime;

namespace Orchestrator.Init;

/// <summary>Runs between the runtime and a container's program: executes the plan it is handed on
/// <see cref="InitFd.Plan"/>, step by step, and becomes the program with the last one.</summary>
/// <remarks>There is no garbage collector, no second thread, no heap, no exception and no parser here: a step either
/// works, or is reported by number with its errno. See docs/design/runtime.md.</remarks>
internal static unsafe class Program
{
    [RuntimeExport("main")]
    private static int Main(int argc, byte** argv, byte** environment)
    {
        var header = Map();
        if (header == null)
            return 1;
        Plan.Base = (byte*)header;
        var steps = (PlanStep*)(Plan.Base + sizeof(PlanHeader));
        for (var i = 0; i < header->Steps; i++)
        {
            Plan.Current = i;
            var result = Interpreter.Execute(steps + i);
            if (result < 0 && (steps[i].Flags & PlanFlag.Optional) == 0)
                Plan.Fail((int)-result);
        }

        return 1; // A plan ends with Execute, which does not return.
    }

    /// <summary>Private and writable: Execute turns offsets into pointers in place.</summary>
    private static PlanHeader* Map()
    {
        PlanHeader header;
        if (Syscall.Call(Syscall.Read, InitFd.Plan, (long)&header, sizeof(PlanHeader)) != sizeof(PlanHeader)
            || header.Magic != PlanHeader.ExpectedMagic)
            return null;
        const long readWrite = 3, mapPrivate = 2;
        var address = Syscall.Call(Syscall.Mmap, 0, header.Length, readWrite, mapPrivate, InitFd.Plan);
        Syscall.Call(Syscall.Close, InitFd.Plan);
        return address is < 0 and > -4096 ? null : (PlanHeader*)address;
    }
}
